import type { CallOptions, Client } from '../../contract/client.ts'
import type { RunView } from '../../contract/runs.ts'
import { durationSchema } from '../../domain/duration.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { numbersOf } from '../numbers.ts'
import { followPlan } from './follow-plan.ts'
import { listOptions } from './plan.ts'

/** More numbers than the API takes at once. */
const mostChanges = 10_000

export const undoCommand = command({
  name: 'undo',
  summary: 'plan what takes back a run, or everything since a time; nothing is sent before a person approves it',
  description: [
    'Takes back memberships, account states, values and adoptions that the run made and that still are as it left them. What somebody else changed since stays. Groups and accounts are never deleted: created accounts are deactivated. What is kept, and why, stands in the notices.',
    'With --changes or --person only that part is taken back; the rest can be taken back later. A part of a name is not enough.',
    'With --since everything that a connection did from then on is taken back in one plan, in place of one run: what was done and taken back again meanwhile is nothing. With --person only what was done to that person.',
    'The plan is approved and applied like any other: `muster approve`, `muster apply`.',
  ],
  arguments: {
    run: { help: 'number or id of a run, or latest (the newest run that changed something)', optional: true },
  },
  options: {
    since: {
      kind: 'text',
      value: 'TIME',
      help: 'in place of a run: everything since then. A day, an instant (UTC), or how long ago: 2h, 3d',
    },
    connection: {
      kind: 'text',
      value: 'KEY',
      help: 'with --since: whose changes; may be left out while only one did any',
    },
    changes: { kind: 'text', value: 'NUMBERS', help: 'take back only these changes of the run, e.g. 3,7-9' },
    person: {
      kind: 'text',
      value: 'WHO',
      help: 'take back only what was done to this person (whole key, name or address)',
    },
    ...listOptions,
  },
  examples: [
    'undo 12',
    'undo 12 --changes 3,7-9',
    'undo 12 --person ann@example.com',
    'undo latest',
    'undo --since 2h',
    'undo --since 2026-03-01T08:00:00Z --connection staff --person ann@example.com',
    'undo 12 --kind membership.remove --all',
  ],
  async run(invocation) {
    const { args, options, session, environment } = invocation
    const client = await session.client()
    const { since } = options
    if (since !== undefined) {
      if (args.run !== undefined || options.changes !== undefined) {
        throw fail.usage('--since stands in place of a run and of --changes.', { hint: 'muster undo --since 2h' })
      }
      const then = instantOf(since, environment.now())
      const key = options.connection ?? (await onlyConnectionSince(client, session.call, then))
      const body = { since: then, ...(options.person === undefined ? {} : { person: options.person }) }
      return await followPlan(
        invocation,
        client,
        await client.connections.undoSince({ params: { key }, body }, session.call),
      )
    }
    if (args.run === undefined || options.connection !== undefined) {
      throw fail.usage('Say which run is taken back, or since when.', {
        hint: 'muster undo <run>, or muster undo --since <time> --connection <key>',
      })
    }
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

/** `2h` before now; what is a day or an instant already stays as it was typed. */
function instantOf(text: string, now: number): string {
  const ago = durationSchema.safeParse(text)
  return ago.success ? new Date(now - ago.data).toISOString() : text
}

/** The one connection that changed anything since then. Throws `usage` when it could be several, `not-found` for none. */
async function onlyConnectionSince(client: Client, call: CallOptions, since: string): Promise<string> {
  const { items } = await client.runs.list({ query: { limit: 1_000 } }, call)
  const then = Date.parse(since)
  const concerned = items.filter(
    ({ outcomes, endedAt }) =>
      Object.keys(outcomes).length > 0 && (endedAt === undefined || Date.parse(endedAt) >= then),
  )
  const [only, ...others] = [...new Set(concerned.map(({ connection }) => connection))]
  if (only === undefined) {
    throw fail.notFound(`Nothing was changed since ${since}.`, { hint: 'List the runs: muster runs' })
  }
  if (others.length === 0) return only
  const each = [only, ...others].map((key) => `"${key}"`).join(' and ')
  throw fail.usage(`${each} changed something since ${since}; each is taken back by a plan of its own.`, {
    hint: `muster undo --since ${since} --connection ${only}`,
  })
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
