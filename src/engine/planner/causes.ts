import type { Change, TargetRef } from '../../domain/change.ts'
import type { PlanDraft, PlanInput } from './input.ts'
import { makePlan } from './planner.ts'

/**
 * Tells what only the changed rules ask for apart from what the source brings: the same reads are planned by the former
 * rules, and what those would not have planned is marked (P4). What they would have planned and is not planned any more is
 * told as a notice.
 */
export function withCauses(input: PlanInput, draft: PlanDraft): PlanDraft {
  const { former, trace: _, ...now } = input
  if (former === undefined) return draft
  const trust = { firstRun: false, rulesChanged: false, upgraded: false }
  const before = makePlan({ ...now, connection: former, trust })
  const formerKeys = new Set(before.changes.map((change) => keyOf(change, before.changes)))
  const keys = draft.changes.map((change) => keyOf(change, draft.changes))
  const isNew = keys.map((key) => !formerKeys.has(key))
  const present = new Set(keys)
  const dropped = before.changes.filter((change) => !present.has(keyOf(change, before.changes)))
  const onlyNow = isNew.filter((each) => each).length
  return {
    ...draft,
    changes: draft.changes.map((change, index) => (isNew[index] ? { ...change, cause: 'rules' } : change)),
    summary: {
      ...draft.summary,
      rules: { onlyNow, noLonger: dropped.length },
      notices: [...noticesOf(onlyNow, draft.changes.length, dropped), ...draft.summary.notices],
    },
  }
}

const droppedShown = 5

function noticesOf(onlyNow: number, all: number, dropped: readonly Change[]): readonly string[] {
  const asked =
    onlyNow === 0
      ? 'The changed rules ask for no change that the former ones would not have planned.'
      : `${onlyNow} of ${all} changes come from the changed rules alone; the source does not differ there.`
  if (dropped.length === 0) return [asked]
  const first = dropped.slice(0, droppedShown).map(called)
  const more = dropped.length > droppedShown ? `; and ${dropped.length - droppedShown} more` : ''
  return [asked, `${dropped.length} changes of the former rules are not planned any more: ${first.join('; ')}${more}.`]
}

function called({ kind, accountLabel, groupLabel, person }: Change): string {
  return [kind, accountLabel ?? person?.label, groupLabel].filter((each) => each !== undefined).join(' ')
}

/** What a change is about and what it sets, however the plan numbers it. */
function keyOf(change: Change, changes: readonly Change[]): string {
  const { kind, account, group, person, sourceGroup, access, lead, after } = change
  const name = (ref: TargetRef | undefined) => {
    if (ref === undefined || 'id' in ref) return ref?.id ?? ''
    const made = changes[ref.createdBy - 1]
    return `+${made?.person?.key ?? made?.groupLabel ?? ''}`
  }
  const values = Object.entries(after ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const from = kind.startsWith('group.') ? sourceGroup?.key : undefined
  return JSON.stringify([kind, name(account), name(group), person?.key, from, access, lead?.id, values])
}
