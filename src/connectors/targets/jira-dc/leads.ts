import { fail } from '../../../domain/errors.ts'
import { type LedKind, type LedThing, ledKey } from '../../../domain/lead.ts'
import { required } from '../../kit/verdicts.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { Sessions } from './session.ts'
import type { Write } from './writing.ts'

/** What these accounts lead. Every project is looked at, and for components each project by itself. */
export async function leadsOf(
  { projects, client, config }: Sessions,
  accountIds: readonly string[],
  kinds: readonly LedKind[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly LedThing[]>> {
  const found = new Map<string, LedThing[]>(accountIds.map((id) => [id, []]))
  if (accountIds.length === 0) return found
  const all = await projects.projects(signal)
  const components = kinds.includes('component')
    ? await forEachOf(all, config.requestsAtOnce, ({ thing }) => projects.components(thing.project, signal))
    : []
  // These lists show an anonymous caller what is public: before they are believed, be sure that it was us who asked.
  await client.myself(signal)
  const led = [...(kinds.includes('project') ? all : []), ...components.flat()]
  for (const { thing, lead } of led) if (lead !== null) found.get(lead)?.push(thing)
  return found
}

/** Who leads these things right now. */
export async function leadsNow(
  { projects, config }: Sessions,
  things: readonly LedThing[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>()
  await forEachOf(things, config.requestsAtOnce, async (thing) => {
    const isProject = thing.kind === 'project'
    const lead = isProject
      ? await projects.projectLead(thing.id, signal)
      : await projects.componentLead(thing.id, signal)
    if (lead !== undefined) found.set(ledKey(thing), lead)
  })
  return found
}

export const handOver: Write = async (order, { signal }, { sessions, reads, carryOut }) => {
  const { lead } = order
  if (lead === undefined) throw fail.rejected(`Change ${order.seq} (${order.kind}) names nothing that is led.`)
  const to = required(lead.to.id, 'new lead', order)
  const userName = await reads.nameOf(to, signal)
  if (userName === undefined) throw fail.gone(`Jira has no account ${lead.to.label} any more.`)
  const act = `Handing over the ${lead.kind} ${lead.name} to ${lead.to.label}`
  return carryOut(order, {
    act,
    send: () => sessions.projects.setLead(lead, userName, signal),
    look: async () => {
      const now = (await leadsNow(sessions, [lead], signal)).get(ledKey(lead))
      if (now === undefined) return { gone: `The ${lead.kind} ${lead.name} no longer exists` }
      if (now === to) return { holds: true }
      return { holds: false }
    },
  })
}
