import type { CheckReport } from '../src/contract/ends.ts'
import { makeCompany } from '../src/sandbox/company/company.ts'
import { Installation } from '../test/support/installation.ts'
import { sandboxProcess } from '../test/support/sandbox.ts'
import { type Bench, type Row, ratio, seconds } from './row.ts'

/** The organization's limit as it was seen (200 a minute), and how many times faster the twin is here unless `--large`. */
const usualPerMinute = 200
const faster = 60

/** A first import: what the doctor's forecast says beside what it then takes. */
const bench: Bench = {
  name: 'import',
  async run({ quick, large, say }) {
    const people = quick ? 200 : 5000
    const peoplePerGroup = 40
    const company = makeCompany(people, { seed: 1, peoplePerGroup })
    await using sandbox = await sandboxProcess({ company: people, seed: 1, peoplePerGroup, target: 'fresh' })
    using installation = new Installation(sandbox)
    await installation.writeCompany(company.directory)
    const perMinute = usualPerMinute * (large ? 1 : faster)
    const limit = { perSecond: perMinute / 60, windowSeconds: 60 }
    await sandbox.control('POST', '/limits', { operations: 'org.*,account.*', ...limit })
    const run = async (args: readonly string[]) => {
      const finished = await installation.run(args, { timeoutMs: 5 * 3_600_000 })
      if (finished.code !== 0) throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}`)
      return finished
    }
    const { steps } = JSON.parse((await run(['check', 'acme', '--json'])).stdout) as CheckReport
    const forecast = steps.find(({ name }) => name === 'forecast')
    const told = (forecast?.table?.rows ?? []).reduce((sum, [, calls]) => sum + Number(calls), 0)
    say(forecast?.message ?? 'no forecast')

    await sandbox.control('POST', '/reset-counters')
    const planned = await run(['plan', 'staff', '--json'])
    const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
    await run(['approve', plan.id, '--all'])
    const applied = await run(['apply', plan.id])
    const counters = await sandbox.control<{
      readonly total: number
      readonly limits: readonly { readonly refused: number; readonly undercut: number }[]
    }>('GET', '/counters')
    const took = planned.ms + applied.ms
    const { refused = 0, undercut = 0 } = counters.limits[0] ?? {}
    const size = `${people} people, ${company.directory.groups.length} groups, ${perMinute} calls a minute`
    const rows: Row[] = [
      {
        work: `first import (${size}): calls, beside the forecast`,
        measured: `${counters.total} beside ${told}: ${ratio(counters.total, told)}; ${refused} refused, ${undercut} undercut`,
        goal: '<= 1.05x',
      },
      {
        work: 'the same: time to plan, apply and verify, beside the forecast',
        measured: `${seconds(took)} beside ${seconds((told / perMinute) * 60_000)}: ${ratio(took, (told / perMinute) * 60_000)}`,
        goal: '-',
      },
    ]
    return rows
  },
}

export default bench
