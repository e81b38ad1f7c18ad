import type { Handlers } from '../contract/routes.ts'
import type { WorkItemView } from '../contract/work-items.ts'
import { type Choice, decisions, effectsOf } from '../domain/decision.ts'
import { fail } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import type { KeptWorkItem } from '../ports/work-items.ts'
import type { UseCase } from './use-case.ts'

/** What waits for a person, and what they decide about it. */
export function workItemUseCases(useCase: UseCase): Handlers['workItems'] {
  const { store } = useCase
  return {
    async list({ sees }, { query: { connection, reason, cursor, limit } }) {
      const filter = { connection, connections: sees, reason }
      const { items, next } = await store.workItems.list(filter, { cursor, limit })
      return { items: items.map(workItemView), next }
    },

    async decide({ principal }, { params, body }) {
      const item = await store.workItems.get(params.item)
      if (item === undefined) {
        throw fail.notFound(`There is no open work item ${params.item}.`, { hint: 'What is open: muster items' })
      }
      const choice = chosen(item, body)
      const { about, choices = [] } = item
      if (about === undefined) throw fail.bug(`Work item ${item.id} has choices and no subject.`)
      await store.decisions.decide(item.id, choice, effectsOf(about, choice, choices), principal.name)
      await useCase.audit(principal, 'item.decide', item.subject, {
        item: item.number,
        reason: item.reason,
        label: item.label,
        decision: choice.decision,
        ...(choice.objectId === undefined ? {} : { objectId: choice.objectId }),
      })
      return { item: workItemView(item), decision: choice.decision }
    },

    async decisions(_caller, { query }) {
      const { items, next } = await store.decisions.list(query)
      return {
        items: items.map(({ subject, decidedAt, ...rest }) => ({
          ...rest,
          ...subject,
          sentence: decisions[rest.decision],
          decidedAt: isoTime(decidedAt),
        })),
        next,
      }
    },

    async revoke({ principal }, { params: { decision } }) {
      const revoked = await store.decisions.end([decision], principal.name)
      if (revoked === 0) {
        throw fail.notFound(`There is no decision ${decision} that stands.`, {
          hint: 'List them: muster items decisions',
        })
      }
      await useCase.audit(principal, 'decision.revoke', `decision:${decision}`)
      return { removed: true }
    },
  }
}

/** The one choice that is meant. Throws `usage` and says what there is. */
function chosen(
  item: KeptWorkItem,
  wanted: { readonly decision: Choice['decision']; readonly objectId?: string | undefined },
) {
  const { choices = [], number } = item
  const offered = choices.filter(({ decision }) => decision === wanted.decision)
  const meant = wanted.objectId === undefined ? offered : offered.filter(({ objectId }) => objectId === wanted.objectId)
  const [only] = meant
  if (only !== undefined && meant.length === 1) return only
  const all = choices.map(({ decision, objectId }) => (objectId === undefined ? decision : `${decision} ${objectId}`))
  const hint =
    all.length === 0
      ? 'Nothing can be decided here: correct the source or the rules, and the next plan closes it.'
      : `Possible: ${all.join(', ')}.`
  if (offered.length === 0)
    throw fail.usage(`Work item ${number} cannot be answered with "${wanted.decision}".`, { hint })
  if (wanted.objectId === undefined) {
    throw fail.usage(`"${wanted.decision}" could mean ${offered.length} things here; name which.`, { hint })
  }
  throw fail.usage(`"${wanted.objectId}" is none of the choices of work item ${number}.`, { hint })
}

function workItemView({ openedAt, candidates, choices = [], about: _, ...rest }: KeptWorkItem): WorkItemView {
  return {
    ...rest,
    openedAt: isoTime(openedAt),
    candidates: candidates === undefined ? undefined : [...candidates],
    choices: choices.map((choice) => ({ ...choice, sentence: decisions[choice.decision] })),
  }
}
