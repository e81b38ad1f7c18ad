import { callsOfRun, sumOf } from '../src/connectors/kit/atlassian-cloud/forecast.ts'
import { makeCompany } from '../src/sandbox/company/company.ts'
import type { CompanyDirectory } from '../src/sandbox/company/directory.ts'
import { Installation } from '../test/support/installation.ts'
import { sandboxProcess } from '../test/support/sandbox.ts'
import { type Bench, megabytes, type Row, ratio, seconds } from './row.ts'

interface Counters {
  readonly total: number
  readonly effects: Readonly<Record<string, number>>
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
    const fewer = withoutSome(company.directory)
    await installation.writeCompany(fewer.directory)
    await step(`sync after ${fewer.people} people left a group`, ['sync', 'staff'])
    const { total, effects, operations } = await sandbox.control<Counters>('GET', '/counters')
    const removed = effects.membershipsRemoved ?? 0
    const wanted = callsOfRun({
      key: true,
      token: true,
      accounts: targetAccounts,
      groups: targetGroups,
      singles: removed,
      changed: [Math.min(removed, fewer.people)],
    })
    const writes = operations['org.group.removeMember']?.requests ?? 0
    rows.push({
      work: 'target calls of a run with changes, beside the formula: one write a change, a look for ten accounts, a proof for ten',
      measured: `${total} of ${sumOf(wanted)} (${ratio(total, sumOf(wanted))}); ${writes} writes for ${removed} memberships`,
      goal: '<= 1.05x; <= 1 write a change',
    })
    return rows
  },
}

/** The company after one in a hundred groups, and five at least, lost its first member that is a person. */
function withoutSome(directory: CompanyDirectory): { readonly directory: CompanyDirectory; readonly people: number } {
  const every = Math.max(1, Math.floor(directory.groups.length / Math.max(5, directory.groups.length / 100)))
  const gone = new Set<string>()
  const groups = directory.groups.map((group, at) => {
    const first = group.members.find((member) => 'user' in member)
    if (at % every !== 0 || first === undefined) return group
    gone.add(first.user)
    return { ...group, members: group.members.filter((member) => member !== first) }
  })
  return { directory: { ...directory, groups }, people: gone.size }
}

async function sizes(installation: Installation): Promise<{ targetAccounts: number; targetGroups: number }> {
  const planned = await installation.run(['plan', 'staff', '--json'], { timeoutMs: 600_000 })
  const { plan } = JSON.parse(planned.stdout) as {
    plan: { summary: { read: { targetAccounts: number; targetGroups: number } } }
  }
  return plan.summary.read
}

export default bench
