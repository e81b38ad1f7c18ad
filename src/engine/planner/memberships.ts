import type { AccessRole } from '../../domain/access.ts'
import type { DraftChange } from '../../domain/change.ts'
import type { Ownership } from '../../domain/connection.ts'
import { adoptedRule } from '../../domain/memory.ts'
import type { StandReason } from '../../domain/reason.ts'
import { compare, has, union } from '../../platform/sorted.ts'
import { groupsGoneAtSource, readChanged } from './absence.ts'
import { type AccessBook, defaultGroupsById } from './access/access-book.ts'
import { accessKey } from './access/holders.ts'
import type { AccessRule } from './access/rules.ts'
import { desiredMembers, receiversOf } from './desired-members.ts'
import type { Groups } from './groups.ts'
import type { PlanInput } from './input.ts'
import type { ManagedGroup } from './managed-group.ts'
import { type FilledGroup, type MembershipDrafts, membershipDrafts } from './membership-drafts.ts'
import type { Flatten } from './nesting.ts'
import type { PeopleBook } from './people-book.ts'
import type { Protection } from './protection.ts'
import { type Vouchers, vouchersByGroup } from './vouchers.ts'

interface Scene {
  readonly input: PlanInput
  readonly people: PeopleBook
  readonly drafts: MembershipDrafts
  readonly vouchersOf: (groupId: string | undefined) => Vouchers
  /** May this account be taken out of this group at all? What keeps it is told. */
  readonly removable: (account: number, group: Pick<FilledGroup, 'position' | 'name'>) => boolean
  readonly gone: ReturnType<typeof groupsGoneAtSource>
  /** Groups that are missing may only be left out of the read (D23). */
  readonly readChanged: boolean
  /** Does this group let its members into a product of the target? */
  readonly letsIn: (position: number) => boolean
  /** Members whom only their access keeps here: `<position> <account>`. */
  readonly keptByAccess: Set<string>
}

export interface Memberships {
  readonly changes: readonly DraftChange[]
  readonly drafts: MembershipDrafts
  /** Is the account in this default group for no other reason than access we want it to have? */
  isKeptByAccess(account: number, position: number): boolean
}

/** Compares who should be in each group with who is, and says why each difference stands. */
export function planMemberships(
  input: PlanInput,
  protection: Protection,
  people: PeopleBook,
  groups: Groups,
  flatten: Flatten,
  access: AccessBook,
): Memberships {
  const vouchersOf = vouchersByGroup(input, people.positionOf, defaultGroupsById(input))
  const drafts = membershipDrafts(input, people, access.holders.groups)
  // While a rule for access cannot be understood, nobody loses what it may stand for.
  const isUndecided = (account: number, position: number) =>
    !access.proven &&
    people.standingOf[account] !== 'leaves' &&
    has(vouchersOf(input.target.groups[position]?.id).forAccess, account)
  const keeper = (account: number, position: number): StandReason | undefined => {
    if (input.target.accounts[account]?.kind !== 'person') return 'not-a-person'
    if (protection.groups.has(position)) return 'group-protected'
    if (protection.untouchable.has(account)) return 'untouchable'
    if (people.standingOf[account] === 'frozen') return 'frozen'
    return isUndecided(account, position) ? 'access-undecided' : undefined
  }
  const removable: Scene['removable'] = (account, group) => {
    const reason = keeper(account, group.position)
    if (reason !== undefined) input.trace?.membership?.(account, group, { reason })
    return reason === undefined
  }
  const gone = groupsGoneAtSource(input)
  const keptByAccess = new Set<string>()
  const scene: Scene = {
    input,
    people,
    drafts,
    vouchersOf,
    removable,
    gone,
    readChanged: readChanged(input),
    keptByAccess,
    letsIn: productGroups(input, access),
  }
  const lacks = (account: number, rule: AccessRule) => !hasOtherAccess(access, drafts, account, rule)
  const receivers = receiversOf(people)
  const fill = (group: ManagedGroup) =>
    compareGroup(scene, group, desiredMembers(input, people, receivers, group, flatten, lacks))
  const addsAccess = (group: ManagedGroup) => group.access?.adds === true
  for (const group of groups.managed) if (!addsAccess(group)) fill(group)
  const filled = new Set(groups.managed.map((group) => group.position))
  input.target.groups.forEach((actual, position) => {
    if (!filled.has(position) && actual.membersComplete) endUnfilled(scene, position)
  })
  // Groups that let in whoever nothing else lets in come after all that could, and after all that no longer does.
  for (const group of groups.managed) if (addsAccess(group)) fill(group)
  settleOrders(scene)
  return {
    changes: drafts.changes,
    drafts,
    isKeptByAccess: (account, position) => keptByAccess.has(`${position} ${account}`),
  }
}

/** Groups that give a product of this target; where it tells no products, every group that gives any. */
function productGroups({ ends }: PlanInput, { holders }: AccessBook): (position: number) => boolean {
  const ids = ends.products === undefined ? undefined : new Set(ends.products.map(({ id }) => id))
  return (position) =>
    holders.groups.get(position)?.some(({ product }) => ids === undefined || ids.has(product)) ?? false
}

/** Does the account itself, or a group it will be in, have this role already? */
function hasOtherAccess(access: AccessBook, drafts: MembershipDrafts, account: number, rule: AccessRule): boolean {
  const key = accessKey(rule)
  const gives = (roles: readonly AccessRole[]) => roles.some((each) => accessKey(each) === key)
  if (gives(access.holders.direct(account))) return true
  return [...access.holders.groups].some(([position, roles]) => gives(roles) && drafts.isMemberAfter(account, position))
}

/** A group that a rule fills. */
function compareGroup(scene: Scene, group: ManagedGroup, desired: ReturnType<typeof desiredMembers>): void {
  const { input, people, drafts, vouchersOf, removable, gone } = scene
  const actual = input.target.groups[group.position]
  const { ours, oursOnce, others, byAccess } = vouchersOf(actual?.id)
  // Taking away needs a complete read of every group that could have said otherwise, on both sides (P1, P8).
  const isProven = desired.proven && actual?.membersComplete === true
  const mayRemove = isProven && group.ownership !== 'add-only'
  const keep = (account: number, reason: StandReason, rule?: string) => keepMember(scene, account, group, reason, rule)

  compare(desired.members, actual?.accounts ?? new Int32Array(0), (account, wanted, present) => {
    if (wanted && !present) return drafts.add(account, group, desired.whyOf(account))
    if (wanted) {
      const known = has(ours, account) || has(oursOnce, account)
      if (!known && desired.comesWithAccess(account)) {
        scene.keptByAccess.add(`${group.position} ${account}`)
        return keep(account, 'kept-by-access', 'users.access')
      }
      if (!known && input.connection.groups.adoptExisting) {
        return drafts.adopt(account, group, desired.whyOf(account))
      }
      if (!known && ordered(scene, 'adopts', account, actual?.id))
        return drafts.adopt(account, group, adoptedByDecision)
      input.trace?.membership?.(account, group, {
        reason: known ? 'as-wanted' : 'membership-not-adopted',
        why: desired.whyOf(account),
      })
      return
    }
    const standing = people.standingOf[account]
    if (standing === 'leaves' && isProven) return endMembership(scene, account, group, group.ownership)
    const isForeign =
      people.exceptions.orders.length > 0 && [ours, oursOnce, others, byAccess].every((list) => !has(list, account))
    if (isForeign && ordered(scene, 'adopts', account, actual?.id)) {
      return drafts.adopt(account, group, adoptedByDecision)
    }
    // A person may have this one taken out where the ownership alone would leave strangers; nothing else gives way to that.
    const isOrdered = isForeign && ordered(scene, 'takesOut', account, actual?.id)
    if (!mayRemove && !(isProven && isOrdered)) {
      if (isProven) return keep(account, 'add-only', 'groups.ownership.add-only')
      return keep(account, desired.proven ? 'target-unproven' : 'source-unproven')
    }
    const once = has(oursOnce, account)
    const isOurs = has(ours, account)
    const granted = isOurs || has(byAccess, account)
    const mirrored = isOrdered || group.ownership === 'mapped' || (group.ownership === 'all' && standing === 'receives')
    // Only what our ledger says we granted goes, unless the rule says the group mirrors the source (P7).
    if (!granted && (once || !mirrored)) {
      return keep(account, once ? 'given-once' : 'membership-foreign', `groups.ownership.${group.ownership}`)
    }
    if (has(others, account)) {
      if (isOurs && standing !== 'frozen') {
        drafts.release(account, group, { reason: 'still-granted-elsewhere', rule: 'groups.ownership' })
      } else keep(account, 'granted-elsewhere')
      return
    }
    if (!removable(account, group)) return
    if (isOrdered) return drafts.remove(account, group, { reason: 'decided-by-person', rule: 'decision' })
    const ended = scene.readChanged && gone.some.has(actual.id) ? 'read-changed' : 'no-longer-member'
    const isAboutAccess = granted && group.access !== undefined && group.receipts.length === 0
    drafts.remove(account, group, {
      reason: isAboutAccess ? 'access-not-wanted' : granted ? ended : 'not-received',
      rule: isAboutAccess ? 'users.access' : `groups.ownership.${group.ownership}`,
      sourceGroup: group.receipts[0]?.group,
    })
  })

  if (!isProven) return
  endHidden(scene, group, group.ownership)
  // What we granted, somebody else took away and the source no longer wants: only the ledger changes.
  for (const account of ours) {
    if (has(desired.members, account) || has(actual.accounts, account)) continue
    if (people.standingOf[account] === 'frozen' || input.target.membershipsUnknown.has(account)) continue
    if (!mayRemove && people.standingOf[account] !== 'leaves') continue
    drafts.release(account, group, { reason: 'membership-ended-outside', rule: 'groups.ownership' })
  }
}

const adoptedByDecision = { reason: 'decided-by-person', rule: adoptedRule } as const

/** Did a person order this about the membership? */
function ordered(
  { input, people }: Scene,
  what: 'adopts' | 'takesOut',
  account: number,
  groupId: string | undefined,
): boolean {
  const id = input.target.accounts[account]?.id
  return id !== undefined && groupId !== undefined && people.exceptions[what](groupId, id) !== undefined
}

/** Orders about memberships that are gone, or that somebody vouches for meanwhile, have nothing left to do. */
function settleOrders({ input, people, vouchersOf }: Scene): void {
  const { target, part } = input
  if (part !== undefined || people.exceptions.orders.length === 0) return
  const groupAt = new Map(target.groups.map(({ id }, position) => [id, position]))
  for (const order of people.exceptions.orders) {
    const account = people.positionOf.get(order.accountId ?? '')
    const group = target.groups[groupAt.get(order.groupId ?? '') ?? -1]
    if (account === undefined || group === undefined) {
      const isProven = account === undefined ? target.accountsComplete : target.groupsComplete
      if (isProven) people.exceptions.spend(order)
      continue
    }
    const { ours, oursOnce, others, byAccess } = vouchersOf(group.id)
    const isVouchedFor = [ours, oursOnce, others, byAccess].some((list) => has(list, account))
    const isGone = group.membersComplete && !target.membershipsUnknown.has(account) && !has(group.accounts, account)
    if (isVouchedFor || isGone) people.exceptions.spend(order)
  }
}

function keepMember(
  { input }: Scene,
  account: number,
  group: Pick<FilledGroup, 'position' | 'name'>,
  reason: StandReason,
  rule?: string,
): void {
  input.trace?.membership?.(account, group, rule === undefined ? { reason } : { reason, rule })
}

/** One membership of somebody whose leaving is due. What another connection grants stays (D4). */
function endMembership(scene: Scene, account: number, group: FilledGroup, ownership: Ownership): void {
  const { input, people, drafts, vouchersOf, removable } = scene
  const { ours, oursOnce, others, byAccess } = vouchersOf(input.target.groups[group.position]?.id)
  const { rule, granted, foreign, removesAccess } = people.leavingOf.get(account)!
  const isOurs = has(ours, account)
  const isInLedger = isOurs || has(oursOnce, account)
  const isGranted = isInLedger || has(byAccess, account)
  if (has(others, account)) {
    if (isInLedger) drafts.release(account, group, { reason: 'still-granted-elsewhere', rule })
    else keepMember(scene, account, group, 'granted-elsewhere', rule)
    return
  }
  const isAccess = removesAccess && scene.letsIn(group.position)
  const goes = isAccess
    ? true
    : isGranted
      ? granted === 'remove' || (granted !== 'keep' && ownership !== 'add-only')
      : foreign === 'remove' || (foreign === 'by-ownership' && (ownership === 'mapped' || ownership === 'all'))
  if (goes) {
    if (!removable(account, group)) return
    drafts.remove(account, group, {
      reason: isOurs || has(byAccess, account) ? 'leaver-stage' : 'taken-on-leave',
      rule,
    })
  } else if (isInLedger && granted === 'let-go') drafts.release(account, group, { reason: 'leaver-stage', rule })
  else keepMember(scene, account, group, 'leaver-keeps', rule)
}

/** Where the target does not show the groups of a leaver, our ledger says what there is to end. */
function endHidden(scene: Scene, group: FilledGroup, ownership: Ownership): void {
  const { input, people, vouchersOf } = scene
  if (input.target.membershipsUnknown.size === 0) return
  const actual = input.target.groups[group.position]!
  const { ours, oursOnce, byAccess } = vouchersOf(actual.id)
  for (const account of union([ours, oursOnce, byAccess])) {
    const isHidden = input.target.membershipsUnknown.has(account) && !has(actual.accounts, account)
    if (isHidden && people.standingOf[account] === 'leaves') endMembership(scene, account, group, ownership)
  }
}

/** A group that no rule of this connection fills: what we once granted there ends. */
function endUnfilled(scene: Scene, position: number): void {
  const { input, people, drafts, vouchersOf, removable, gone } = scene
  const actual = input.target.groups[position]!
  const group = { ref: { id: actual.id }, position, name: actual.name }
  const { ours, oursOnce, others } = vouchersOf(actual.id)
  const { ownership } = input.connection.groups
  // Switching the import of groups off leaves them as they are; it is not a reason to empty them.
  const isRead = input.source.groupsComplete && input.source.usersComplete
  const proven = isRead && input.connection.groups.import
  const standing = (account: number) => people.standingOf[account]
  const whyKept = (account: number): StandReason | undefined => {
    if (!proven) return input.connection.groups.import ? 'source-unproven' : 'groups-off'
    if (ownership === 'add-only') return 'add-only'
    if (standing(account) === 'frozen') return 'frozen'
    return input.target.membershipsUnknown.has(account) ? 'membership-hidden' : undefined
  }

  // What a stage orders for a person does not rest on the groups of the source.
  if (people.leavingOf.size > 0 && input.source.usersComplete && (isRead || !input.connection.groups.import)) {
    for (const account of actual.accounts) {
      if (standing(account) === 'leaves') endMembership(scene, account, group, ownership)
    }
    endHidden(scene, group, ownership)
  }
  for (const account of ours) {
    const kept = whyKept(account)
    if (kept !== undefined) {
      keepMember(scene, account, group, kept)
      continue
    }
    if (standing(account) === 'leaves' && has(actual.accounts, account)) continue
    if (!has(actual.accounts, account)) {
      drafts.release(account, group, { reason: 'membership-ended-outside', rule: 'groups' })
    } else if (has(others, account)) {
      drafts.release(account, group, { reason: 'still-granted-elsewhere', rule: 'groups' })
    } else if (removable(account, group)) {
      const goneBecause = scene.readChanged ? 'read-changed' : 'group-gone'
      const reason = gone.all.has(actual.id) ? goneBecause : 'group-left-scope'
      drafts.remove(account, group, { reason, rule: 'groups' })
    }
  }
  if (ownership !== 'all' || !proven) {
    if (input.trace === undefined) return
    for (const account of actual.accounts) {
      if (!has(ours, account) && standing(account) !== 'leaves') keepMember(scene, account, group, 'group-unfilled')
    }
    return
  }
  for (const account of actual.accounts) {
    if (has(ours, account) || standing(account) === 'leaves') continue
    if (standing(account) !== 'receives') keepMember(scene, account, group, 'group-unfilled')
    else if (has(oursOnce, account)) keepMember(scene, account, group, 'given-once')
    else if (has(others, account)) keepMember(scene, account, group, 'granted-elsewhere')
    else if (!removable(account, group)) continue
    else drafts.remove(account, group, { reason: 'not-received', rule: 'groups.ownership.all' })
  }
}
