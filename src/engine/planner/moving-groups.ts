import type { DraftChange, DraftRef } from '../../domain/change.ts'
import type { Move } from './groups.ts'

/**
 * When a changed rule gives a source group another target group, people leave the old one only after they are in the new
 * one: a removal waits for the addition, and for the taking over of the new group.
 */
export function moveTogether(moves: readonly Move[], memberships: readonly DraftChange[]): void {
  if (moves.length === 0) return
  const targets = Map.groupBy(moves, ({ from }) => from)
  const additions = new Map<string, DraftChange>()
  for (const draft of memberships) {
    if (draft.kind === 'membership.add') additions.set(pair(draft.account, draft.group), draft)
  }
  for (const draft of memberships) {
    const to = targets.get(draft.group !== undefined && 'id' in draft.group ? draft.group.id : '')
    if (draft.kind !== 'membership.remove' || to === undefined || draft.reason === 'leaver-stage') continue
    const waitsFor = to.flatMap((move) => {
      const addition = additions.get(pair(draft.account, move.to.ref))
      return [addition, move.to.adoption].filter((each) => each !== undefined)
    })
    // The draft itself: others may wait for it.
    Object.assign(draft, { reason: 'rule-changed', waitsFor: [...(draft.waitsFor ?? []), ...waitsFor] })
  }
}

function pair(account: DraftRef | undefined, group: DraftRef | undefined): string {
  return `${name(account)}\n${name(group)}`
}

function name(ref: DraftRef | undefined): string {
  if (ref === undefined) return ''
  return 'id' in ref ? ref.id : `+${ref.created.person?.key ?? ref.created.groupLabel ?? ''}`
}
