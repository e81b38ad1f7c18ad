import { fail } from '../../../domain/errors.ts'
import { type LedKind, type LedThing, ledKey } from '../../../domain/lead.ts'
import { concurrency } from '../../kit/atlassian-cloud/limits.ts'
import { quoted, vendorWords } from '../../kit/atlassian-cloud/vendor-errors.ts'
import { asObjectError, causeOf, explainedBySite, isSuccess, type Write } from '../../kit/atlassian-cloud/writing.ts'
import { applied, holds, required } from '../../kit/verdicts.ts'
import { forEachOf } from '../../kit/waiting.ts'
import type { Session } from './session.ts'
import { byLead } from './site-projects.ts'

/** What these accounts lead. Every project is looked at, and for components each project by itself. */
export async function leadsOf(
  { site, projects }: Session,
  accountIds: readonly string[],
  kinds: readonly LedKind[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly LedThing[]>> {
  if (site === undefined || projects === undefined || accountIds.length === 0) return new Map()
  const all = await projects.projects(signal)
  const components = kinds.includes('component')
    ? await forEachOf(all, concurrency, ({ thing }) => projects.components(thing.project, signal))
    : []
  // These lists answer an anonymous caller with what is public: before they are believed, be sure that it was us who asked.
  await site.myself(signal)
  return byLead([...(kinds.includes('project') ? all : []), ...components.flat()], accountIds)
}

/** Who leads these things right now. */
export async function leadsNow(
  { projects }: Session,
  things: readonly LedThing[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | null>> {
  const found = new Map<string, string | null>()
  if (projects === undefined) return found
  const idsOf = (kind: LedKind) => things.flatMap((thing) => (thing.kind === kind ? thing.id : []))
  for (const { thing, lead } of await projects.projectsById(idsOf('project'), signal)) found.set(ledKey(thing), lead)
  await forEachOf(idsOf('component'), concurrency, async (id) => {
    const lead = await projects.componentLead(id, signal)
    if (lead !== undefined) found.set(ledKey({ kind: 'component', id }), lead)
  })
  return found
}

export const handOver: Write<Session> = async (order, { signal }, { session }) => {
  const { lead } = order
  if (lead === undefined) throw fail.rejected(`Change ${order.seq} (${order.kind}) names nothing that is led.`)
  const to = required(lead.to.id, 'new lead', order)
  const { projects, site } = session
  if (projects === undefined) throw fail.bug('Leads were offered without an API token.')
  const answer = await projects.setLead(lead, to, signal)
  if (isSuccess(answer)) return applied(order)
  const now = (await leadsNow(session, [lead], signal)).get(ledKey(lead))
  if (now === to) return holds(order, answer)
  const act = `Handing over the ${lead.kind} ${lead.name} to ${lead.to.label}`
  const words = quoted(vendorWords(answer))
  if (now === undefined)
    throw fail.gone(`The ${lead.kind} ${lead.name} no longer exists: ${words}.`, { cause: causeOf(answer) })
  if (answer.status === 403) throw await explainedBySite(answer, act, site, signal)
  if (answer.status === 400) {
    throw fail.rejected(`${act} was refused: ${words}.`, {
      cause: causeOf(answer),
      hint: 'A lead must be active and able to browse the project; choose another default lead.',
    })
  }
  throw asObjectError(projects.api.refusal(answer, act))
}
