import type { DraftChange } from '../../domain/change.ts'
import type { ReasonCode } from '../../domain/reason.ts'
import { compare, has, sortedSet, union } from '../../platform/sorted.ts'
import type { Groups, ManagedGroup } from './groups.ts'
import type { PlanInput } from './input.ts'
import { nesting } from './nesting.ts'
import { accountLabel, accountRef, type People } from './people.ts'
import type { Protection } from './protection.ts'

/** Who vouches for a membership today, by position of the account. */
interface Vouchers {
  /** Our grants that end when the source stops saying so. */
  readonly ours: Int32Array
  /** Our grants given once to a new account; they end only with the person. */
  readonly oursOnce: Int32Array
  readonly others: Int32Array
}

const nobody = new Int32Array(0)
const noVouchers: Vouchers = { ours: nobody, oursOnce: nobody, others: nobody }

/** Compares who should be in each group with who is, and says why each difference stands. */
export function planMemberships(
  input: PlanInput,
  protection: Protection,
  people: People,
  groups: Groups,
): DraftChange[] {
  const { connection, source, target, memory, ends } = input
  const changes: DraftChange[] = []
  const flatten = nesting(source)
  const vouchers = vouchersByGroup(input)
  const managedPositions = new Set(groups.managed.map((group) => group.position))

  const personOf = (account: number) => {
    const user = people.userOf[account]
    const at = user === undefined || user < 0 ? undefined : source.users[user]
    if (at !== undefined) return { person: { key: at.key, label: labelOf(account) } }
    return {}
  }
  const labelOf = (account: number) => {
    const existing = target.accounts[account]
    return existing === undefined
      ? (people.creations[account - target.accounts.length]?.accountLabel ?? '')
      : accountLabel(existing)
  }
  const base = (account: number, group: ManagedGroup, sourceGroup: number | undefined) => {
    const from = sourceGroup === undefined ? undefined : source.groups[sourceGroup]
    return {
      account: accountRef(input, people, account),
      accountLabel: labelOf(account),
      group: group.ref,
      groupLabel: group.name,
      ...personOf(account),
      ...(from === undefined ? {} : { sourceGroup: { key: from.key, label: from.name } }),
      ...(group.adoption === undefined ? {} : { waitsFor: [group.adoption] }),
    }
  }

  const add = (account: number, group: ManagedGroup, why: Why) => {
    const existingGroup = target.groups[group.position]
    const existingAccount = target.accounts[account]
    if (existingGroup !== undefined && existingAccount !== undefined) {
      if (memory.settling.has(`add:${existingGroup.id}:${existingAccount.id}`)) return
    }
    const blocked =
      existingGroup?.readOnlyBecause !== undefined
        ? 'not-writable'
        : !ends.offered.has('membership.add')
          ? 'not-offered'
          : existingGroup !== undefined && !existingGroup.membersComplete
            ? 'target-unproven'
            : undefined
    const activation = people.activations.get(account)
    const draft = base(account, group, why.sourceGroup)
    changes.push({
      kind: 'membership.add',
      ...draft,
      ...(activation === undefined ? {} : { waitsFor: [...(draft.waitsFor ?? []), activation] }),
      reason: why.reason,
      rule: why.rule,
      state: blocked === undefined ? 'ready' : 'blocked',
      stateReasons: blocked === undefined ? [] : [blocked],
    })
  }
  const note = (kind: 'membership.adopt' | 'membership.release', account: number, group: ManagedGroup, why: Why) =>
    changes.push({
      kind,
      ...base(account, group, why.sourceGroup),
      reason: why.reason,
      rule: why.rule,
      state: 'ready',
      stateReasons: [],
    })
  const remove = (account: number, group: ManagedGroup, why: Why) => {
    const actual = target.groups[group.position]!
    const accountId = target.accounts[account]?.id
    if (accountId !== undefined && memory.settling.has(`remove:${actual.id}:${accountId}`)) return
    const blocked =
      actual.readOnlyBecause !== undefined
        ? 'not-writable'
        : ends.offered.has('membership.remove')
          ? undefined
          : 'not-offered'
    changes.push({
      kind: 'membership.remove',
      ...base(account, group, why.sourceGroup),
      reason: why.reason,
      rule: why.rule,
      state: blocked === undefined ? 'ready' : 'blocked',
      stateReasons: blocked === undefined ? [] : [blocked],
    })
  }

  /** May this account be taken out of this group at all? */
  const removable = (account: number, position: number, others: Int32Array) =>
    target.accounts[account]?.kind === 'person' &&
    !protection.groups.has(position) &&
    !protection.untouchable.has(account) &&
    people.standingOf[account] !== 'frozen' &&
    !has(others, account)

  // --- groups that a rule fills -------------------------------------------------------------------------------------
  for (const group of groups.managed) {
    const actual = target.groups[group.position]
    const { desired, whyOf, proven } = desiredMembers(input, people, group, flatten)
    const { ours, oursOnce, others } = (actual && vouchers.get(actual.id)) ?? noVouchers
    const mayRemove = proven && actual !== undefined && actual.membersComplete && group.ownership !== 'add-only'

    compare(desired, actual?.accounts ?? nobody, (account, wanted, present) => {
      if (wanted && present) {
        if (connection.groups.adoptExisting && !has(ours, account) && !has(oursOnce, account)) {
          note('membership.adopt', account, group, whyOf(account))
        }
        return
      }
      if (wanted) return add(account, group, whyOf(account))
      const standing = people.standingOf[account]
      const granted = has(ours, account) || (has(oursOnce, account) && standing === 'leaves-groups')
      const vouched = has(oursOnce, account) && !granted
      const ownsIt =
        granted ||
        (group.ownership === 'mapped' && !vouched) ||
        (group.ownership === 'all' && standing === 'receives' && !vouched)
      if (!mayRemove || !ownsIt) return
      if (granted && has(others, account)) {
        if (standing !== 'frozen')
          note('membership.release', account, group, { reason: 'still-granted-elsewhere', rule: 'groups.ownership' })
        return
      }
      if (!removable(account, group.position, others)) return
      remove(account, group, {
        reason: standing === 'leaves-groups' ? 'leaver-stage' : granted ? 'no-longer-member' : 'not-received',
        rule: standing === 'leaves-groups' ? 'users.remove-managed-groups' : `groups.ownership.${group.ownership}`,
        sourceGroup: group.receipts[0]?.group,
      })
    })
    // What we granted and somebody else already took away, and the source no longer wants: only the ledger changes.
    if (mayRemove) {
      for (const account of ours) {
        if (has(desired, account) || has(actual.accounts, account) || people.standingOf[account] === 'frozen') continue
        note('membership.release', account, group, { reason: 'membership-ended-outside', rule: 'groups.ownership' })
      }
    }
  }

  // --- groups we granted in that no rule fills any more ---------------------------------------------------------------
  const foreignToRules: ManagedGroup = {
    ref: { id: '' },
    position: -1,
    name: '',
    receipts: [],
    ownership: 'own',
    defaultForAll: false,
    defaultForNew: false,
  }
  const proven = source.groupsComplete && source.usersComplete
  target.groups.forEach((actual, position) => {
    if (managedPositions.has(position) || !actual.membersComplete) return
    const group: ManagedGroup = { ...foreignToRules, ref: { id: actual.id }, position, name: actual.name }
    const { ours, oursOnce, others } = vouchers.get(actual.id) ?? noVouchers
    for (const account of ours) {
      const standing = people.standingOf[account]
      if (!proven || standing === 'frozen' || connection.groups.ownership === 'add-only') continue
      if (!has(actual.accounts, account))
        note('membership.release', account, group, { reason: 'membership-ended-outside', rule: 'groups' })
      else if (has(others, account))
        note('membership.release', account, group, { reason: 'still-granted-elsewhere', rule: 'groups' })
      else if (removable(account, position, others)) {
        remove(account, group, {
          reason:
            standing === 'leaves-groups'
              ? 'leaver-stage'
              : groupGone(input, actual.id)
                ? 'group-gone'
                : 'group-left-scope',
          rule: 'groups',
        })
      }
    }
    for (const account of oursOnce) {
      if (people.standingOf[account] !== 'leaves-groups' || !has(actual.accounts, account)) continue
      if (removable(account, position, others))
        remove(account, group, { reason: 'leaver-stage', rule: 'users.remove-managed-groups' })
    }
    if (connection.groups.ownership !== 'all' || !proven) return
    for (const account of actual.accounts) {
      if (people.standingOf[account] !== 'receives' || has(ours, account) || has(oursOnce, account)) continue
      if (!removable(account, position, others)) continue
      remove(account, group, { reason: 'not-received', rule: 'groups.ownership.all' })
    }
  })
  return changes
}

interface Why {
  readonly reason: ReasonCode
  readonly rule: string
  readonly sourceGroup?: number | undefined
}

interface Desired {
  /** Positions of accounts, ascending, each once. */
  readonly desired: Int32Array
  readonly whyOf: (account: number) => Why
  /** Everything that could have added somebody was read completely. */
  readonly proven: boolean
}

/** Everybody a rule puts into a group: members of its source groups, and the defaults. */
function desiredMembers(
  input: PlanInput,
  people: People,
  group: ManagedGroup,
  flatten: ReturnType<typeof nesting>,
): Desired {
  const { source, target } = input
  let proven = source.usersComplete && source.groupsComplete
  const parts: Int32Array[] = []
  const receiving = (users: Iterable<number>) => {
    const accounts: number[] = []
    for (const user of users) {
      const account = people.accountOf[user]!
      if (account >= 0 && people.standingOf[account] === 'receives') accounts.push(account)
    }
    return sortedSet(accounts)
  }
  for (const receipt of group.receipts) {
    const flattened = flatten(receipt.group)
    proven &&= flattened.complete
    parts.push(receiving(flattened.users))
  }
  const received = parts.length
  if (group.defaultForAll) parts.push(receiving(source.users.keys()))
  if (group.defaultForNew)
    parts.push(Int32Array.from(people.creations.keys(), (index) => target.accounts.length + index))
  const whyOf = (account: number): Why => {
    for (let index = 0; index < received; index += 1) {
      if (!has(parts[index]!, account)) continue
      const receipt = group.receipts[index]!
      return { reason: 'member-at-source', rule: receipt.rule, sourceGroup: receipt.group }
    }
    return group.defaultForAll
      ? { reason: 'default-for-all', rule: 'groups.defaultsForAll' }
      : { reason: 'default-for-new', rule: 'groups.defaultsForNew' }
  }
  return { desired: parts.length === 0 ? nobody : union(parts), whyOf, proven }
}

function vouchersByGroup(input: PlanInput): ReadonlyMap<string, Vouchers> {
  const { target, memory, connection } = input
  const positionOf = new Map(target.accounts.map((account, index) => [account.id, index]))
  const lists = new Map<string, { ours: number[]; oursOnce: number[]; others: number[] }>()
  for (const grant of memory.grants) {
    let list = lists.get(grant.groupId)
    if (list === undefined) {
      list = { ours: [], oursOnce: [], others: [] }
      lists.set(grant.groupId, list)
    }
    const mine =
      grant.connection !== connection.key
        ? list.others
        : grant.rule === 'groups.defaultsForNew'
          ? list.oursOnce
          : list.ours
    for (const accountId of grant.accountIds) {
      const position = positionOf.get(accountId)
      if (position !== undefined) mine.push(position)
    }
  }
  return new Map(
    Array.from(lists, ([groupId, list]) => [
      groupId,
      { ours: sortedSet(list.ours), oursOnce: sortedSet(list.oursOnce), others: sortedSet(list.others) },
    ]),
  )
}

/** True when every source group that was linked to this target group is no longer in the source. */
function groupGone(input: PlanInput, groupId: string): boolean {
  const present = new Set(input.source.groups.map((group) => group.key))
  const links = input.memory.groupLinks.filter((link) => link.groupId === groupId)
  return links.length > 0 && links.every((link) => !present.has(link.groupKey))
}
