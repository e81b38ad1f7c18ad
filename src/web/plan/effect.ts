import type { PlanView } from '../../contract/plans.ts'
import { changeKinds, type ItemState, kindOrder } from '../../domain/change.ts'
import { listed } from '../words/numbers.ts'
import { t } from '../words/t.ts'
import { kindHeading } from './kind-name.ts'

/** `Create 3 accounts, add 5 memberships, and remove 1 membership.` Kinds that write nothing are counted together. */
export function effectSentence(tally: PlanView['tally'], only?: ItemState): string {
  const rows = only === undefined ? tally : tally.filter(({ state, outcome }) => state === only && outcome === 'open')
  const countOf = (wanted: string) => rows.reduce((sum, { kind, count }) => (kind === wanted ? sum + count : sum), 0)
  const parts: string[] = []
  let noted = 0
  for (const kind of kindOrder) {
    const count = countOf(kind)
    if (count === 0) continue
    if (changeKinds[kind].calls) parts.push(lowerFirst(kindHeading(kind, count), parts.length > 0))
    else noted += count
  }
  if (noted > 0) parts.push(lowerFirst(t('plan.noted', { count: noted }), parts.length > 0))
  return parts.length === 0 ? `${t('plan.empty')}.` : `${listed(parts)}.`
}

function lowerFirst(text: string, wanted: boolean): string {
  return wanted ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
