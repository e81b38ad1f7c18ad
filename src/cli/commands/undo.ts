import type { CallOptions, Client } from '../../contract/client.ts'
import type { RunView } from '../../contract/runs.ts'
import { fail } from '../../domain/errors.ts'
import { command } from '../command.ts'
import { followPlan } from './follow-plan.ts'
import { listOptions } from './plan.ts'

export const undoCommand = command({
  name: 'undo',
  summary: 'plan what takes back a run; nothing is sent before a person approves it',
  description: [
    'Takes back memberships, account states, values and adoptions that the run made and that still are as it left them. What somebody else changed since stays. Groups and accounts are never deleted: created accounts are deactivated. What is kept, and why, stands in the notices.',
    'The plan is approved and applied like any other: `muster approve`, `muster apply`.',
  ],
  arguments: { run: { help: 'number or id of a run, or latest (the newest run that changed something)' } },
  options: listOptions,
  examples: ['undo 12', 'undo latest', 'undo 12 --kind membership.remove --all'],
  async run(invocation) {
    const { args, session } = invocation
    const client = await session.client()
    const id = args.run === 'latest' ? (await latestEffect(client, session.call)).id : args.run
    const started = await client.runs.undo({ params: { run: id } }, session.call)
    return await followPlan(invocation, client, started)
  },
})

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
