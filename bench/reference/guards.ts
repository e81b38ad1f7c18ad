import type { Connection } from '../../src/domain/connection.ts'
import type { SourceGroup } from '../../src/domain/identity.ts'
import { limitFor } from '../../src/domain/policy.ts'
import type { HoldReason } from '../../src/domain/reason.ts'
import type { CompanyRows } from '../planning/company.ts'
import type { Draft } from './planner.ts'

interface Facts {
  readonly managedPeople: number
  readonly usersOf: (group: SourceGroup) => ReadonlySet<string>
  readonly filled: readonly { readonly id: string | undefined; readonly receipts: readonly { group: SourceGroup }[] }[]
}

/** Counts each kind against its limit, judges the read, and lets what needs a held change wait with it. */
export function judge(drafts: readonly Draft[], rows: CompanyRows, connection: Connection, facts: Facts): void {
  const rules = connection.guards
  const open = drafts.filter((draft) => draft.state !== 'blocked')
  const of = (kind: Draft['kind']) => open.filter((draft) => draft.kind === kind)
  const hold = (reason: HoldReason, list: readonly Draft[]) => {
    for (const draft of list) {
      if (!draft.stateReasons.includes(reason)) draft.stateReasons.push(reason)
      draft.state = 'held'
    }
  }
  const count = (reason: HoldReason, list: readonly Draft[], limit: Parameters<typeof limitFor>[0], base: number) => {
    if (list.length > limitFor(limit, base)) hold(reason, list)
  }
  const granted = rows.grants
    .filter((grant) => grant.connection === connection.key)
    .reduce((sum, grant) => sum + grant.accountIds.length, 0)
  const removals = of('membership.remove')
  const deactivations = of('account.deactivate')
  count('guard:deactivations', deactivations, rules.deactivations, facts.managedPeople)
  count('guard:membership-removals', removals, rules.membershipRemovals, granted)
  count('guard:creates', of('account.create'), rules.creates, facts.managedPeople)
  const identity = of('account.update').filter(({ after = {} }) => 'email' in after || 'userName' in after)
  count('guard:identity-changes', identity, rules.identityChanges, facts.managedPeople)

  const membersOf = new Map(rows.targetGroups.map((group) => [group.id, group.members ?? []]))
  const idOf = (ref: Draft['group']) => (ref !== undefined && 'id' in ref ? ref.id : '')
  const added = new Set(of('membership.add').map((draft) => idOf(draft.group)))
  const removalsByGroup = Map.groupBy(removals, (draft) => idOf(draft.group))
  const emptied: Draft[][] = []
  for (const [groupId, list] of removalsByGroup) {
    const size = membersOf.get(groupId)?.length ?? 0
    count('guard:group-removals', list, rules.groupRemovals, size)
    if (list.length >= size && !added.has(groupId)) emptied.push(list)
  }
  if (emptied.length > limitFor(rules.groupsEmptied, rows.targetGroups.length)) {
    hold('guard:groups-emptied', emptied.flat())
  }

  const adminGroups = new Set(rows.targetGroups.filter((group) => group.grantsAdmin).map((group) => group.id))
  const adminGrants = of('membership.add').filter((draft) => adminGroups.has(idOf(draft.group)))
  count('guard:admin-grants', adminGrants, rules.adminGrants, facts.managedPeople)
  const accountsById = new Map(rows.accounts.map((account) => [account.id, account]))
  const leaving = new Map(deactivations.map((draft) => [idOf(draft.account), draft]))
  for (const groupId of adminGroups) {
    const active = (membersOf.get(groupId) ?? []).filter((id) => {
      const account = accountsById.get(id)
      return account?.kind === 'person' && account.state === 'active'
    })
    const going = active.map((id) => leaving.get(id)).filter((draft) => draft !== undefined)
    if (going.length > 0 && going.length === active.length) hold('guard:last-administrator', going)
  }

  const { lastGood } = rows
  const shrunk = (value: number, before: number, limit: { floor: number; percent: number }) =>
    before - value > limit.floor && (before - value) * 100 > limit.percent * before
  const active = rows.users.filter((user) => user.active).length
  if (
    shrunk(rows.users.length, lastGood.users, rules.sourceUsers) ||
    shrunk(active, lastGood.activeUsers, rules.sourceUsers)
  ) {
    hold('guard:source-shrunk', [...removals, ...deactivations])
  }
  for (const group of facts.filled) {
    for (const { group: from } of group.receipts) {
      const before = lastGood.groupMembers[from.key]
      if (before === undefined || group.id === undefined) continue
      if (shrunk(facts.usersOf(from).size, before, rules.sourceGroupMembers)) {
        hold('guard:source-group-shrunk', removalsByGroup.get(group.id) ?? [])
      }
    }
  }
  const filled: Record<string, number> = {}
  for (const user of rows.users) {
    for (const [name, value] of Object.entries(user.attributes)) if (value) filled[name] = (filled[name] ?? 0) + 1
  }
  for (const [name, rule] of Object.entries(connection.users.mapping)) {
    const before = rule.from === undefined ? undefined : lastGood.filled[rule.from]
    if (rule.from === undefined || before === undefined || before < rules.attributeFilled.floor) continue
    if ((filled[rule.from] ?? 0) * 100 >= rules.attributeFilled.percent * before) continue
    hold(
      'guard:attribute-vanished',
      of('account.update').filter(({ after = {} }) => name in after),
    )
  }

  for (const draft of drafts) {
    const states = draft.needs.map((seq) => drafts[seq - 1]?.state)
    if (draft.state === 'blocked') continue
    if (states.includes('blocked')) {
      draft.state = 'blocked'
      draft.stateReasons = ['waits-for']
    } else if (states.includes('held')) {
      draft.state = 'held'
      draft.stateReasons.push('waits-for')
    }
  }
}
