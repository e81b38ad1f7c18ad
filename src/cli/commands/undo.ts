import type { CallOptions, Client } from '../../contract/client.ts'
import type { RunView } from '../../contract/runs.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { numbersOf } from '../numbers.ts'
import { followPlan } from './follow-plan.ts'
import { listOptions } from './plan.ts'

/** More numbers than the API takes at once. */
const mostChanges = 10_000

export const undoCommand = command({
  name: 'undo',
  summary: 'plan what takes back a run; nothing is sent before a person approves it',
  description: [
    'Takes back memberships, account states, values and adoptions that the run made and that still are as it left them. What somebody else changed since stays. Groups and accounts are never deleted: created accounts are deactivated. What is kept, and why, stands in the notices.',
    'With --changes or --person only that part is taken back; the rest can be taken back later. A part of a name is not enough.',
    'The plan is approved and applied like any other: `muster approve`, `muster apply`.',
  ],
  arguments: { run: { help: 'number or id of a run, or latest (the newest run that changed something)' } },
  options: {
    changes: { kind: 'text', value: 'NUMBERS', help: 'take back only these changes of the run, e.g. 3,7-9' },
    person: {
      kind: 'text',
      value: 'WHO',
      help: 'take back only what the run did to this person (whole key, name or address)',
    },
    ...listOptions,
  },
  examples: [
    'undo 12',
    'undo 12 --changes 3,7-9',
    'undo 12 --person ann@example.com',
    'undo latest',
    'undo 12 --kind membership.remove --all',
  ],
  async run(invocation) {
    const { args, options, session } = invocation
    const client = await session.client()
    const id = args.run === 'latest' ? (await latestEffect(client, session.call)).id : args.run
    const params = { run: id }
    const part = partOf(options)
    const started =
      part === undefined
        ? await client.runs.undo({ params }, session.call)
        : await client.runs.undoPart({ params, body: part }, session.call)
    return await followPlan(invocation, client, started)
  },
})

function partOf({ changes, person }: { readonly changes: string | undefined; readonly person: string | undefined }) {
  if (changes !== undefined && person !== undefined) {
    throw fail.usage('--changes and --person do not go together.', { hint: 'Use one of them.' })
  }
  if (person !== undefined) return { person }
  return changes === undefined ? undefined : { changes: numbersOf(changes, { what: 'a change', most: mostChanges }) }
}

async function latestEffect(client: Client, call: CallOptions): Promise<RunView> {
  const { items } = await client.runs.list({ query: { limit: 200 } }, call)
  const withEffect = items.filter(
    ({ outcomes, state }) => Object.keys(outcomes).length > 0 && state !== 'planning' && state !== 'applying',
  )
  const connections = [...new Set(withEffect.map(({ connection }) => connection))]
  if (connections.length > 1) {
    throw fail.usage(`"latest" could be a run of ${connections.map((each) => `"${each}"`).join(' or ')}.`, {
      hint: 'Give the number of the run: muster runs',
    })
  }
  if (withEffect[0] !== undefined) return withEffect[0]
  throw fail.notFound('No run has changed anything yet.', { hint: 'List the runs: muster runs' })
}
