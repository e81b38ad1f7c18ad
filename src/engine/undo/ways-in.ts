import type { DraftChange } from '../../domain/change.ts'
import { has } from '../../platform/sorted.ts'
import { accessKey, holdersOf } from '../planner/access/holders.ts'
import { gains, idOf, waitForNewWays } from '../planner/access/ways-in.ts'
import { positionsById } from '../planner/positions.ts'
import type { UndoScene } from './scene.ts'

/**
 * Whoever comes back to another way into a product keeps the one that goes until then: what is taken waits for what is given
 * back, and stays if that fails. After memberships and access.
 */
export function orderUndoneWays({ input, drafts }: UndoScene): void {
  const { target } = input
  const holders = holdersOf(input)
  const groupAt = positionsById(target.groups)
  const accountAt = positionsById(target.accounts)
  const given = gains(target, holders, drafts)
  const rolesOf = ({ kind, group, access }: DraftChange) => {
    if (kind === 'access.revoke') return access === undefined ? [] : [access]
    return kind === 'membership.remove' ? (holders.groups.get(groupAt.get(idOf(group) ?? '') ?? -1) ?? []) : []
  }
  const takings = drafts.filter((draft) => given.has(idOf(draft.account) ?? '') && rolesOf(draft).length > 0)
  const taken = new Set(takings.map((draft) => `${idOf(draft.account)} ${wayOf(draft)}`))
  const late = new Set<DraftChange>()
  for (const draft of takings) {
    const id = idOf(draft.account)!
    const account = accountAt.get(id)!
    const stays = (way: string) => !taken.has(`${id} ${way}`)
    const kept = [
      ...holders.direct(account).filter((access) => stays(accessKey(access))),
      ...[...holders.groups].flatMap(([position, roles]) => {
        const group = target.groups[position]!
        return has(group.accounts, account) && stays(group.id) ? roles : []
      }),
    ]
    const before = draft.waitsFor?.length ?? 0
    waitForNewWays(draft, rolesOf(draft), kept, given.get(id))
    if ((draft.waitsFor?.length ?? 0) > before) late.add(draft)
  }
  // Both come after what gives, a role after the place in a group that it brought.
  for (const draft of drafts) {
    if (late.has(draft) && draft.kind === 'membership.remove') Object.assign(draft, { among: draft.kind })
    const isLate = late.has(draft) || draft.waitsFor?.some((other) => late.has(other)) === true
    if (isLate && draft.kind === 'access.revoke') Object.assign(draft, { among: 'account.release' })
  }
}

/** The way in that a draft closes, by the id of the group or the role. */
function wayOf({ group, access }: DraftChange): string {
  return access === undefined ? (idOf(group) ?? '') : accessKey(access)
}
