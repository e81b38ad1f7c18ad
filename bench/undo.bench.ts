import { makeCompany } from '../src/sandbox/company/company.ts'
import { startSandbox } from '../src/sandbox/start.ts'
import { Installation } from '../test/support/installation.ts'
import { type Bench, megabytes, type Row, seconds } from './row.ts'

const timeoutMs = 3_600_000
const wrongGroup = { id: 'g-wrong', name: 'wrong-group', description: 'made by mistake' }

/** A wrong group for everybody is synced and taken back: the site is as before, but for the group, which is never deleted. */
const bench: Bench = {
  name: 'undo',
  async run({ quick, say }) {
    const people = quick ? 200 : 5_000
    const shape = { seed: 1, peoplePerGroup: 40 }
    const { directory } = makeCompany(people, shape)
    const sandbox = await startSandbox({ company: people, ...shape })
    try {
      using installation = new Installation(sandbox)
      const rows: Row[] = []
      const step = async (work: string, args: readonly string[], codes: readonly number[] = [0]) => {
        const finished = await installation.run(args, { timeoutMs })
        if (!codes.includes(finished.code ?? -1)) {
          throw new Error(`${args.join(' ')} ended with ${finished.code}: ${finished.stderr}\n${finished.stdout}`)
        }
        rows.push({ work, measured: `${seconds(finished.ms)}, peak ${megabytes(finished.peakMemory)}`, goal: '-' })
        say(`${work}: ${rows.at(-1)?.measured}`)
        return finished
      }
      await installation.writeCompany(directory)
      await step(`plan of the first sync of ${people} people`, ['plan', 'staff'])
      await step('its approval', ['approve', 'latest', '--all'])
      // 1 = some of the made-up company is blocked by design, e.g. addresses of others.
      await step('its apply', ['apply', 'latest'], [0, 1])
      const before = [...sandbox.control.export()]

      const members = directory.people.map(({ id }) => ({ user: id }))
      await installation.writeCompany({ ...directory, groups: [...directory.groups, { ...wrongGroup, members }] })
      await step('sync of a wrong group with everybody in it', ['sync', 'staff'], [0, 1])
      const wrong = [...sandbox.control.export()]
      await step('plan of its undo', ['undo', 'latest'])
      await step('approval of the undo', ['approve', 'latest', '--all'])
      await step('apply of the undo', ['apply', 'latest'], [0, 1])
      const after = [...sandbox.control.export()]
      rows.push({
        work: `lines of the site's canonical export that differ from before the wrong sync (${before.length} lines)`,
        measured: `${differing(before, wrong)} after it, ${differing(before, after)} after its undo`,
        goal: '1: the group itself, which is kept',
      })
      return rows
    } finally {
      await sandbox.stop()
    }
  },
}

/** How many lines of the second export are not in the first one, or the other way round, whichever are more. */
function differing(before: readonly string[], after: readonly string[]): number {
  const [first, second] = [new Set(before), new Set(after)]
  const gone = before.filter((line) => !second.has(line)).length
  const come = after.filter((line) => !first.has(line)).length
  return Math.max(gone, come)
}

export default bench
