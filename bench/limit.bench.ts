import { setTimeout as pause } from 'node:timers/promises'
import { makeCompany } from '../src/sandbox/company/company.ts'
import { Installation } from '../test/support/installation.ts'
import { sandboxProcess } from '../test/support/sandbox.ts'
import type { Bench, BenchOptions, Row } from './row.ts'

interface Use {
  readonly granted: number
  readonly refused: number
  readonly offered: number
  readonly undercut: number
}

const operations = 'org.*,account.*'
const otherClientPercent = 30
const perSeconds = [60, 30, 75] as const

/**
 * A first import into a site whose limit nobody tells beforehand, while another client eats 30 % of it and it changes twice:
 * how much of what is left is used, and how often the twin has to refuse. Once every answer says what is left, as Atlassian's
 * do, and once only a refusal says how long to wait.
 */
const bench: Bench = {
  name: 'limit',
  run: async (options) => [...(await measured(options, false)), ...(await measured(options, true))],
}

async function measured({ quick, say }: BenchOptions, untold: boolean): Promise<readonly Row[]> {
  const [people, phaseMs] = quick ? [600, 4_000] : [4_000, 60_000]
  const shape = { seed: 1, peoplePerGroup: 40 }
  await using sandbox = await sandboxProcess({ company: people, ...shape, target: 'fresh', latencyMs: 20 })
  using installation = new Installation(sandbox)
  await installation.writeCompany(makeCompany(people, shape).directory)
  const planned = await installation.run(['plan', 'staff', '--json'], { timeoutMs: 600_000 })
  const { plan } = JSON.parse(planned.stdout) as { plan: { id: string } }
  await installation.run(['approve', plan.id, '--all'], { timeoutMs: 600_000 })

  const limit = (perSecond: number) =>
    sandbox.control('POST', '/limits', { operations, perSecond, burst: perSecond, otherClientPercent, untold })
  const use = async (): Promise<Use> => {
    const { limits } = await sandbox.control<{ readonly limits: readonly Use[] }>('GET', '/counters')
    return limits[0] ?? { granted: 0, refused: 0, offered: 0, undercut: 0 }
  }
  await limit(perSeconds[0])
  await sandbox.control('POST', '/reset-counters')
  const applying = installation.start(['apply', plan.id], { timeoutMs: 3_600_000 })
  try {
    while ((await use()).granted === 0) await pause(50)
    const all: Use[] = []
    for (const [index, perSecond] of perSeconds.entries()) {
      if (index > 0) await limit(perSecond)
      await sandbox.control('POST', '/reset-counters')
      await pause(phaseMs)
      const used = await use()
      all.push(used)
      say(`${perSecond}/s${untold ? ', untold' : ''}: ${told(used)}`)
    }
    if (applying.child.exitCode !== null) throw new Error('Everything was applied before the limit had changed twice.')
    const sum = (name: keyof Use) => all.reduce((total, each) => total + each[name], 0)
    const changes = perSeconds.map((each) => `${each}/s`).join(', then ')
    const how = untold ? 'only a refusal says how long to wait' : 'every answer says what is left'
    return [
      {
        work: `limit: ${changes}, a minute each, another client eats ${otherClientPercent} %; ${how}: calls beside what was left`,
        measured: `${((sum('granted') / sum('offered')) * 100).toFixed(0)} % (${all.map(share).join(', ')})`,
        goal: '>= 90 %',
      },
      {
        work: 'limit: calls refused in each of these minutes; Retry-After undercut',
        measured: `${all.map(({ refused }) => refused).join(', ')}; ${sum('undercut')} times`,
        goal: '<= 1 avoidable for each change; never',
      },
    ]
  } finally {
    applying.child.kill('SIGTERM')
    await applying.finished
  }
}

const share = ({ granted, offered }: Use) => `${((granted / offered) * 100).toFixed(0)} %`
const told = (use: Use) =>
  `${share(use)} of ${Math.round(use.offered)} used, ${use.refused} refused, ${use.undercut} undercut`

export default bench
