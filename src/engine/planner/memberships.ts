import type { DraftChange } from '../../domain/change.ts'
import { compare, has } from '../../platform/sorted.ts'
import { groupsGoneAtSource, readChanged } from './absence.ts'
import { desiredMembers } from './desired-members.ts'
import type { Groups, ManagedGroup } from './groups.ts'
import type { PlanInput } from './input.ts'
import { type MembershipDrafts, membershipDrafts } from './membership-drafts.ts'
import type { Flatten } from './nesting.ts'
import type { PeopleBook } from './people-book.ts'
import type { Protection } from './protection.ts'
import { type Vouchers, vouchersByGroup } from './vouchers.ts'

interface Scene {
  readonly input: PlanInput
  readonly people: PeopleBook
  readonly drafts: MembershipDrafts
  readonly vouchersOf: (groupId: string | undefined) => Vouchers
  /** May this account be taken out of this group at all? */
  readonly removable: (account: number, position: number) => boolean
  readonly gone: ReturnType<typeof groupsGoneAtSource>
  /** Groups that are missing may only be left out of the read (D23). */
  readonly readChanged: boolean
}

/** Compares who should be in each group with who is, and says why each difference stands. */
export function planMemberships(
  input: PlanInput,
  protection: Protection,
  people: PeopleBook,
  groups: Groups,
  flatten: Flatten,
): readonly DraftChange[] {
  const vouchersOf = vouchersByGroup(input, people.positionOf)
  const drafts = membershipDrafts(input, people)
  const removable = (account: number, position: number) =>
    input.target.accounts[account]?.kind === 'person' &&
    !protection.groups.has(position) &&
    !protection.untouchable.has(account) &&
    people.standingOf[account] !== 'frozen'
  const gone = groupsGoneAtSource(input)
  const scene: Scene = { input, people, drafts, vouchersOf, removable, gone, readChanged: readChanged(input) }
  for (const group of groups.managed) compareGroup(scene, group, desiredMembers(input, people, group, flatten))

  const filled = new Set(groups.managed.map((group) => group.position))
  input.target.groups.forEach((actual, position) => {
    if (!filled.has(position) && actual.membersComplete) endUnfilled(scene, position)
  })
  return drafts.changes
}

/** A group that a rule fills. */
function compareGroup(scene: Scene, group: ManagedGroup, desired: ReturnType<typeof desiredMembers>): void {
  const { input, people, drafts, vouchersOf, removable, gone } = scene
  const actual = input.target.groups[group.position]
  const { ours, oursOnce, others } = vouchersOf(actual?.id)
  // Taking away needs a complete read of every group that could have said otherwise, on both sides (P1, P8).
  const mayRemove = desired.proven && actual?.membersComplete === true && group.ownership !== 'add-only'

  compare(desired.members, actual?.accounts ?? new Int32Array(0), (account, wanted, present) => {
    if (wanted && !present) return drafts.add(account, group, desired.whyOf(account))
    if (wanted) {
      const known = has(ours, account) || has(oursOnce, account)
      if (!known && input.connection.groups.adoptExisting) drafts.adopt(account, group, desired.whyOf(account))
      return
    }
    if (!mayRemove) return
    const standing = people.standingOf[account]
    const once = has(oursOnce, account)
    const granted = has(ours, account) || (once && standing === 'leaves-groups')
    const mirrored = group.ownership === 'mapped' || (group.ownership === 'all' && standing === 'receives')
    // Only what our ledger says we granted goes, unless the rule says the group mirrors the source (P7).
    if (!granted && (once || !mirrored)) return
    if (has(others, account)) {
      if (granted && standing !== 'frozen') {
        drafts.release(account, group, { reason: 'still-granted-elsewhere', rule: 'groups.ownership' })
      }
      return
    }
    if (!removable(account, group.position)) return
    const left = standing === 'leaves-groups'
    const ended = scene.readChanged && gone.some.has(actual.id) ? 'read-changed' : 'no-longer-member'
    drafts.remove(account, group, {
      reason: left ? 'leaver-stage' : granted ? ended : 'not-received',
      rule: left ? 'users.remove-managed-groups' : `groups.ownership.${group.ownership}`,
      sourceGroup: group.receipts[0]?.group,
    })
  })

  if (!mayRemove) return
  // What we granted, somebody else took away and the source no longer wants: only the ledger changes.
  for (const account of ours) {
    if (has(desired.members, account) || has(actual.accounts, account)) continue
    if (people.standingOf[account] === 'frozen' || input.target.membershipsUnknown.has(account)) continue
    drafts.release(account, group, { reason: 'membership-ended-outside', rule: 'groups.ownership' })
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
  const proven = input.source.groupsComplete && input.source.usersComplete && input.connection.groups.import
  const leaves = (account: number) => people.standingOf[account] === 'leaves-groups'
  const leaverStage = { reason: 'leaver-stage', rule: 'users.remove-managed-groups' } as const

  for (const account of ours) {
    if (!proven || ownership === 'add-only' || people.standingOf[account] === 'frozen') continue
    if (input.target.membershipsUnknown.has(account)) continue
    if (!has(actual.accounts, account)) {
      drafts.release(account, group, { reason: 'membership-ended-outside', rule: 'groups' })
    } else if (has(others, account)) {
      drafts.release(account, group, { reason: 'still-granted-elsewhere', rule: 'groups' })
    } else if (removable(account, position)) {
      const goneBecause = scene.readChanged ? 'read-changed' : 'group-gone'
      const ended = { reason: gone.all.has(actual.id) ? goneBecause : 'group-left-scope', rule: 'groups' } as const
      drafts.remove(account, group, leaves(account) ? leaverStage : ended)
    }
  }
  for (const account of oursOnce) {
    if (!leaves(account) || !has(actual.accounts, account)) continue
    if (!has(others, account) && removable(account, position)) drafts.remove(account, group, leaverStage)
  }
  if (ownership !== 'all' || !proven) return
  for (const account of actual.accounts) {
    if (people.standingOf[account] !== 'receives' || has(ours, account) || has(oursOnce, account)) continue
    if (has(others, account) || !removable(account, position)) continue
    drafts.remove(account, group, { reason: 'not-received', rule: 'groups.ownership.all' })
  }
}
