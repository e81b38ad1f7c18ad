import { makeCompany } from '../src/sandbox/company/company.ts'
import { Installation } from '../test/support/installation.ts'
import { sandboxProcess } from '../test/support/sandbox.ts'
import { type Bench, megabytes, type Row, seconds } from './row.ts'

interface Counters {
  readonly total: number
  readonly operations: Readonly<Record<string, { readonly requests: number }>>
}

/** A whole company from a file to the twin: the first sync, and a second one that finds nothing to do. */
const bench: Bench = {
  name: 'sync',
  async run({ quick, say }) {
    const people = quick ? 500 : 20_000
    const peoplePerGroup = people / (quick ? 20 : 500)
    const company = makeCompany(people, { seed: 1, peoplePerGroup })
    const memberships = company.directory.groups.reduce((sum, group) => sum + group.members.length, 0)
    const size = `${people} people, ${company.directory.groups.length} groups, ${memberships} direct memberships`
    say(size)
    await using sandbox = await sandboxProcess({ company: people, seed: 1, peoplePerGroup })
    using installation = new Installation(sandbox)
    await installation.writeCompany(company.directory)
    const rows: Row[] = []

    const step = async (work: string, args: readonly string[], codes: readonly number[] = [0]) => {
      await sandbox.control('POST', '/reset-counters')
      const finished = await installation.run(args, { timeoutMs: 3_600_000 })
      if (!codes.includes(finished.code ?? -1)) {
        throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}\n${finished.stdout}`)
      }
      const { total, operations } = await sandbox.control<Counters>('GET', '/counters')
      const most = Object.entries(operations)
        .sort(([, a], [, b]) => b.requests - a.requests)
        .slice(0, 4)
        .map(([name, { requests }]) => `${name} ${requests}`)
      const measured = `${seconds(finished.ms)}, peak ${megabytes(finished.peakMemory)}, ${total} target calls (${most.join(', ')})`
      rows.push({ work, measured, goal: '-' })
      say(`${work}: ${measured}`)
      return finished
    }

    const planned = await step(`plan of the first sync (${size})`, ['plan', 'staff', '--json'])
    const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
    const planId = plan.id
    await installation.run(['approve', planId, '--all'], { timeoutMs: 600_000 })
    await step('first sync: apply and verify the whole plan', ['apply', planId])
    await step('second sync: nothing to do', ['sync', 'staff'])
    const { targetAccounts, targetGroups } = await sizes(installation)
    const formula = Math.ceil(targetAccounts / 100) + Math.ceil(targetGroups / 100) + 10
    rows.push({
      work: 'target calls of a run without a change, beside ceil(U/100) + ceil(G/100) + 10',
      measured: `${rows.at(-1)!.measured.match(/(\d+) target calls/)?.[1]} of ${formula}`,
      goal: '<= 1.05x',
    })
    return rows
  },
}

async function sizes(installation: Installation): Promise<{ targetAccounts: number; targetGroups: number }> {
  const planned = await installation.run(['plan', 'staff', '--json'], { timeoutMs: 600_000 })
  const { plan } = JSON.parse(planned.stdout) as {
    plan: { summary: { read: { targetAccounts: number; targetGroups: number } } }
  }
  return plan.summary.read
}

export default bench
