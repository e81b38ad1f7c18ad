import type { AccessRole } from '../../../domain/access.ts'
import type { DraftChange } from '../../../domain/change.ts'
import type { HoldReason } from '../../../domain/reason.ts'
import { has } from '../../../platform/sorted.ts'
import type { AccessScene } from './access-drafts.ts'
import { accessKey } from './holders.ts'
import { gains, idOf, waitForNewWays } from './ways-in.ts'

/**
 * When people leave groups that let them into a product, and when roles of their own end (D20). Who has no other way in when
 * the plan is done leaves early: the seat is free before others need it. Whose other way in is only given by this plan leaves
 * after that was done, and stays if it is not: nobody loses a product that they are meant to have. Where a rule asks for the
 * product and nothing of this plan gives it, they stay, unless a person decided about that very membership.
 */
export function orderLeaving(scene: AccessScene): void {
  const { book, memberships, people, drafts } = scene
  const gainsOf = gains(scene.input.target, book.holders, [...drafts, ...memberships.changes])
  const revocations = drafts.filter(({ kind, account }) => kind === 'access.revoke' && account !== undefined)
  const ending = new Set(revocations.map(({ account, access }) => `${idOf(account)} ${accessKey(access!)}`))
  const waysOf = otherWays(scene, ending)
  /** Notes what the draft has to wait for; tells whether the account is out of some product when the plan is done. */
  const order = (draft: DraftChange, account: number, roles: readonly AccessRole[]): boolean => {
    const lost = waitForNewWays(draft, roles, waysOf(account), gainsOf.get(idOf(draft.account) ?? ''))
    const isMeant = people.standingOf[account] === 'receives' && lost.some(({ product }) => book.meant.has(product))
    if (isMeant && draft.state === 'ready' && draft.reason !== 'decided-by-person') {
      Object.assign(draft, { state: 'blocked', stateReasons: ['access-wanted'] satisfies HoldReason[] })
    }
    return lost.length > 0
  }
  for (const { draft, account, position } of memberships.drafts.removals()) {
    const isLost = order(draft, account, book.holders.groups.get(position)!)
    const isFree = (draft.waitsFor ?? []).length === 0
    if (isLost && isFree && people.standingOf[account] !== 'frozen') draft.among = 'account.delete'
  }
  for (const draft of revocations) order(draft, people.positionOf.get(idOf(draft.account) ?? '')!, [draft.access!])
  // What waits for something that is not early itself comes after all of that.
  for (const draft of drafts) {
    const isEarly = draft.waitsFor?.every(({ among }) => among !== undefined) ?? true
    if (draft.kind === 'access.revoke' && !isEarly) draft.among = 'account.release'
  }
}

/** What lets an account in before and after a plan that ends these roles: `<id> <access>`. */
function otherWays(
  { input, book, memberships }: AccessScene,
  ending: ReadonlySet<string>,
): (account: number) => readonly AccessRole[] {
  return (account) => {
    const { id } = input.target.accounts[account]!
    return [
      ...book.holders.direct(account).filter((access) => !ending.has(`${id} ${accessKey(access)}`)),
      ...[...book.holders.groups].flatMap(([group, roles]) =>
        has(input.target.groups[group]!.accounts, account) && memberships.drafts.isMemberAfter(account, group)
          ? roles
          : [],
      ),
    ]
  }
}
