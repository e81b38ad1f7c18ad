import type { TargetAccount, TargetGroup } from '../../src/domain/account.ts'
import { type Change, type ChangeKind, endsOfAccounts, kindOrder, type SourceRef } from '../../src/domain/change.ts'
import { type Connection, ownerships } from '../../src/domain/connection.ts'
import { foldCase, foldKey, type SourceGroup, type SourceUser } from '../../src/domain/identity.ts'
import { type Mapped, mappingRule, nameChain } from '../../src/domain/mapping.ts'
import { matcher } from '../../src/domain/pattern.ts'
import { builtInProtectedGroups } from '../../src/domain/policy.ts'
import type { HoldReason, ReasonCode } from '../../src/domain/reason.ts'
import { linkRuleOf } from '../../src/engine/lessons.ts'
import { type CompanyRows, now } from '../planning/company.ts'
import { judge } from './guards.ts'

/**
 * The planner as one would write it first: records in Maps by their keys, memberships as Sets of ids, nesting by
 * recursion. It follows the rules of the product as far as the benchmark's company meets them (ownership `own`, adoption
 * on, stages at once, both reads complete), and shares only the functions that give rules their meaning: folding, mapping
 * chains, patterns.
 */

/** A change that may name objects other changes make, before it has a number. */
export interface Draft {
  kind: ChangeKind
  account?: { id: string } | { created: Draft }
  group?: { id: string } | { created: Draft }
  person?: SourceRef
  sourceGroup?: SourceRef
  accountLabel?: string
  groupLabel?: string
  before?: Record<string, string | null>
  after?: Record<string, string | null>
  reason: ReasonCode
  rule: string
  state: Change['state']
  stateReasons: HoldReason[]
  waitsFor: Draft[]
  seq: number
  needs: number[]
}

type Standing = 'receives' | 'frozen' | 'leaves'
/** An id of an account, or `+` and the key of the person whose account this plan creates. */
type AccountId = string

interface Filled {
  readonly id: string | undefined
  readonly ref: { id: string } | { created: Draft }
  readonly name: string
  readonly receipts: { group: SourceGroup; rule: string }[]
  adoption?: Draft
  forAll: boolean
  forNew: boolean
}

export interface ReferencePlan {
  readonly changes: readonly Draft[]
  readonly managedPeople: number
}

const writable = ['email', 'displayName', 'department', 'title']

export function referencePlan(rows: CompanyRows, connection: Connection): ReferencePlan {
  const drafts: Draft[] = []
  const draft = (
    given: Pick<Draft, 'kind' | 'reason' | 'rule'> & Partial<Omit<Draft, 'kind' | 'reason' | 'rule'>>,
  ): Draft => {
    const made: Draft = { state: 'ready', stateReasons: [], waitsFor: [], seq: 0, needs: [], ...given }
    drafts.push(made)
    return made
  }

  // --- look-up tables -----------------------------------------------------------------------------------------------
  const groupsByKey = new Map(rows.groups.map((group) => [group.key, group]))
  const usersByKey = new Map(rows.users.map((user) => [user.key, user]))
  const accountsById = new Map(rows.accounts.map((account) => [account.id, account]))
  const targetGroupsById = new Map(rows.targetGroups.map((group) => [group.id, group]))
  const targetGroupsByName = new Map(rows.targetGroups.map((group) => [foldKey(group.name), group]))
  const membersOf = new Map(rows.targetGroups.map((group) => [group.id, new Set(group.members)]))
  const linkOf = new Map<string, string>()
  const linkedBy = new Map<string, string>()
  for (const link of rows.links) {
    if (link.source !== connection.source) continue
    linkOf.set(link.sourceKey, link.accountId)
    linkedBy.set(link.accountId, link.sourceKey)
  }
  const vouchedElsewhere = new Set<string>()
  const vouchedByUs = new Set<string>()
  for (const grant of rows.accountGrants) {
    const vouched = grant.connection === connection.key ? vouchedByUs : vouchedElsewhere
    for (const id of grant.accountIds) vouched.add(id)
  }
  const groupLinkOf = new Map(rows.groupLinks.map((link) => [`${link.groupKey} ${link.rule}`, link.groupId]))
  const ours = new Map<string, Set<string>>()
  const oursOnce = new Map<string, Set<string>>()
  const others = new Map<string, Set<string>>()
  for (const grant of rows.grants) {
    const mine = grant.rule === 'groups.defaultsForNew' ? oursOnce : ours
    const ledger = grant.connection === connection.key ? mine : others
    const known = ledger.get(grant.groupId)
    if (known === undefined) ledger.set(grant.groupId, new Set(grant.accountIds))
    else for (const id of grant.accountIds) known.add(id)
  }
  const settling = new Set(rows.settling)
  const deactivatedByUs = new Set(rows.deactivated)
  const departed = new Map(rows.departures.map((departure) => [departure.sourceKey, departure.firstProvenAt]))

  const flattened = new Map<string, Set<string>>()
  const usersOf = (group: SourceGroup): Set<string> => {
    let users = flattened.get(group.key)
    if (users === undefined) {
      users = new Set()
      collect(group, users, new Set())
      flattened.set(group.key, users)
    }
    return users
  }
  const collect = (group: SourceGroup, users: Set<string>, visited: Set<string>) => {
    if (visited.has(group.key)) return
    visited.add(group.key)
    for (const member of group.members ?? []) {
      if (member.kind === 'user') {
        if (usersByKey.has(member.key)) users.add(member.key)
      } else {
        const child = groupsByKey.get(member.key)
        if (child !== undefined) collect(child, users, visited)
      }
    }
  }

  // --- people -------------------------------------------------------------------------------------------------------
  const inScope = scopeOf(rows, connection, usersOf)
  const mapping = Object.entries(connection.users.mapping).map(([name, rule]) => [name, mappingRule(rule)] as const)
  const valuesOf = new Map(
    rows.users.map((user) => [
      user.key,
      Object.fromEntries(mapping.map(([name, map]) => [name, map(user.attributes)])) as Record<string, Mapped>,
    ]),
  )
  const isAdminName = matcher(builtInProtectedGroups)
  const isProtectedName = matcher(connection.groups.protected)
  const administrators = new Set<string>()
  for (const group of rows.targetGroups) {
    if (group.grantsAdmin || isAdminName(group.name)) {
      for (const id of group.members ?? []) administrators.add(id)
    }
  }
  const never = new Set(connection.guards.neverTouch.map(foldKey))
  const untouchable = (account: TargetAccount) =>
    [account.id, account.email].some((name) => name !== undefined && never.has(foldKey(name)))
  const byEmail = new Map<string, TargetAccount[]>()
  const byExternalId = new Map<string, TargetAccount[]>()
  for (const account of rows.accounts) {
    if (account.kind !== 'person') continue
    if (account.email) append(byEmail, foldKey(account.email), account)
    if (account.externalId) append(byExternalId, account.externalId, account)
  }
  const match = (user: SourceUser): TargetAccount | 'ask' | undefined => {
    const email = valuesOf.get(user.key)?.email
    const byId = byExternalId.get(user.key)
    const candidates = byId ?? (email ? byEmail.get(foldKey(email)) : undefined)
    if (candidates === undefined) return undefined
    const [account] = candidates
    if (candidates.length > 1 || account === undefined || linkedBy.has(account.id)) return 'ask'
    if (byId !== undefined) return account
    return administrators.has(account.id) || foldCase(account.email ?? '') !== foldCase(email ?? '') ? 'ask' : account
  }

  const accountOf = new Map<string, AccountId>()
  const standing = new Map<AccountId, Standing>()
  /** The stage by which somebody leaves whom another connection keeps. */
  const leaverRule = new Map<AccountId, string>()
  const labelOf = new Map<AccountId, string>()
  const userOf = new Map<AccountId, SourceUser>()
  const creations = new Map<AccountId, Draft>()
  const activations = new Map<AccountId, Draft>()
  const emailCount = new Map<string, number>()
  const claims = new Map<string, number>()
  const managedPeople = rows.links.filter((link) => link.source === connection.source).length
  for (const user of rows.users) {
    if (!user.active || !inScope(user) || linkOf.has(user.key)) continue
    const found = match(user)
    if (typeof found === 'object') claims.set(found.id, (claims.get(found.id) ?? 0) + 1)
    const email = valuesOf.get(user.key)?.email
    if (email) emailCount.set(foldKey(email), (emailCount.get(foldKey(email)) ?? 0) + 1)
  }
  const person = (user: SourceUser): SourceRef => {
    const values = valuesOf.get(user.key)
    return { key: user.key, label: called(values?.displayName, values?.email) ?? user.key }
  }
  const accountLabel = (account: TargetAccount) => called(account.displayName, account.email) ?? account.id

  const deactivate = (account: TargetAccount, by: SourceRef, signal: ReasonCode, rule: string, sourceKey: string) => {
    if (!departed.has(sourceKey) && !vouchedByUs.has(account.id)) return
    standing.set(account.id, 'frozen')
    if (untouchable(account) || account.kind !== 'person' || now < (departed.get(sourceKey) ?? now)) return
    const change = (kind: Draft['kind']) =>
      draft({
        kind,
        account: { id: account.id },
        accountLabel: accountLabel(account),
        person: by,
        reason: signal,
        rule,
      })
    const staysActive = vouchedElsewhere.has(account.id)
    if (staysActive) {
      standing.set(account.id, 'leaves')
      leaverRule.set(account.id, rule)
    }
    if (!staysActive && account.state === 'active') change('account.deactivate')
    else if (vouchedByUs.has(account.id)) change('account.release')
  }
  const receive = (user: SourceUser, account: TargetAccount) => {
    accountOf.set(user.key, account.id)
    userOf.set(account.id, user)
    standing.set(account.id, 'receives')
    const base = { account: { id: account.id }, accountLabel: accountLabel(account), person: person(user) }
    if (untouchable(account)) standing.set(account.id, 'frozen')
    else if (account.state !== 'active') {
      if (!deactivatedByUs.has(account.id)) standing.set(account.id, 'frozen')
      else {
        const activation = draft({
          kind: 'account.activate',
          ...base,
          reason: 'returned-to-source',
          rule: 'users.activate',
        })
        activations.set(account.id, activation)
      }
    } else {
      const difference = differences(valuesOf.get(user.key) ?? {}, account)
      if (difference !== undefined) {
        draft({ kind: 'account.update', ...base, ...difference, reason: 'attribute-differs', rule: 'users.mapping' })
      }
    }
  }

  for (const user of rows.users) {
    const linkedId = linkOf.get(user.key)
    const linked = linkedId === undefined ? undefined : accountsById.get(linkedId)
    if (linked !== undefined) userOf.set(linked.id, user)
    if (!user.active || !inScope(user)) {
      if (linked === undefined) continue
      const [signal, rule] = inScope(user)
        ? (['disabled-at-source', 'users.onDisabled[0]'] as const)
        : (['left-scope', 'users.onLeft[0]'] as const)
      deactivate(linked, person(user), signal, rule, user.key)
    } else if (linked !== undefined) receive(user, linked)
    else if (linkedId === undefined) {
      const found = match(user)
      if (found === 'ask') continue
      if (found === undefined) {
        if (settling.has(`create:${user.key}`)) continue
        const values = valuesOf.get(user.key) ?? {}
        const after: Record<string, string> = {}
        for (const name of writable) {
          const value = values[name]
          if (typeof value === 'string') after[name] = value
        }
        const { email } = values
        const blocked: HoldReason | undefined = !email
          ? 'required-missing'
          : (emailCount.get(foldKey(email)) ?? 0) > 1
            ? 'duplicate-email'
            : undefined
        const creation = draft({
          kind: 'account.create',
          accountLabel: person(user).label,
          person: person(user),
          after,
          reason: 'joined-source',
          rule: 'users.create',
          ...(blocked === undefined ? {} : { state: 'blocked', stateReasons: [blocked] }),
        })
        if (blocked !== undefined) continue
        const id = `+${user.key}`
        creations.set(id, creation)
        labelOf.set(id, creation.accountLabel ?? '')
        accountOf.set(user.key, id)
        userOf.set(id, user)
        standing.set(id, 'receives')
      } else if ((claims.get(found.id) ?? 0) === 1) {
        draft({
          kind: 'account.adopt',
          account: { id: found.id },
          accountLabel: accountLabel(found),
          person: person(user),
          reason: byExternalId.has(user.key) ? 'matched-by-external-id' : 'matched-by-email',
          rule: byExternalId.has(user.key) ? 'users.match.id' : 'users.match.email',
        })
        receive(user, found)
      }
    }
  }
  for (const link of rows.links) {
    if (link.source !== connection.source || usersByKey.has(link.sourceKey)) continue
    const account = accountsById.get(link.accountId)
    if (account === undefined) continue
    const by = { key: link.sourceKey, label: accountLabel(account) }
    deactivate(account, by, 'left-source', 'users.onLeft[0]', link.sourceKey)
  }

  // --- groups -------------------------------------------------------------------------------------------------------
  const filled = fillGroups(rows, connection, { drafts, draft, groupLinkOf, targetGroupsById, targetGroupsByName })

  // --- memberships --------------------------------------------------------------------------------------------------
  const refOf = (id: AccountId) => {
    const creation = creations.get(id)
    return creation === undefined ? { id } : { created: creation }
  }
  const write = (
    kind: ChangeKind,
    id: AccountId,
    group: Pick<Filled, 'ref' | 'name' | 'adoption'>,
    reason: ReasonCode,
    rule: string,
    from?: SourceGroup,
  ) => {
    const account = accountsById.get(id)
    const label = account === undefined ? (labelOf.get(id) ?? '') : accountLabel(account)
    const user = userOf.get(id)
    const activation = kind === 'membership.add' ? activations.get(id) : undefined
    draft({
      kind,
      account: refOf(id),
      accountLabel: label,
      group: group.ref,
      groupLabel: group.name,
      ...(user === undefined ? {} : { person: { key: user.key, label } }),
      ...(from === undefined ? {} : { sourceGroup: { key: from.key, label: from.name } }),
      waitsFor: [group.adoption, activation].filter((each) => each !== undefined),
      reason,
      rule,
    })
  }
  const remove = (
    id: AccountId,
    group: Parameters<typeof write>[2],
    reason: ReasonCode,
    rule: string,
    from?: SourceGroup,
  ) => {
    const stage = leaverRule.get(id)
    if (stage === undefined) write('membership.remove', id, group, reason, rule, from)
    else write('membership.remove', id, group, reason === 'taken-on-leave' ? reason : 'leaver-stage', stage)
  }
  const removable = (id: string, group: TargetGroup) => {
    const account = accountsById.get(id)
    return (
      account?.kind === 'person' &&
      !untouchable(account) &&
      !group.grantsAdmin &&
      !isAdminName(group.name) &&
      !isProtectedName(group.name) &&
      standing.get(id) !== 'frozen'
    )
  }
  const everybody = new Set<AccountId>()
  for (const id of accountOf.values()) if (standing.get(id) === 'receives') everybody.add(id)
  const nobody: ReadonlySet<string> = new Set()

  for (const group of filled.values()) {
    const actual = (group.id === undefined ? undefined : membersOf.get(group.id)) ?? nobody
    const ownGrants = ours.get(group.id ?? '') ?? nobody
    const onceGrants = oursOnce.get(group.id ?? '') ?? nobody
    const otherGrants = others.get(group.id ?? '') ?? nobody
    const desired = new Map<AccountId, { reason: ReasonCode; rule: string; from?: SourceGroup }>()
    for (const { group: from, rule } of group.receipts) {
      for (const key of usersOf(from)) {
        const id = accountOf.get(key)
        if (id === undefined || standing.get(id) !== 'receives' || desired.has(id)) continue
        desired.set(id, { reason: 'member-at-source', rule, from })
      }
    }
    if (group.forAll) {
      for (const id of everybody) {
        if (!desired.has(id)) desired.set(id, { reason: 'default-for-all', rule: 'groups.defaultsForAll' })
      }
    }
    if (group.forNew) {
      for (const id of creations.keys()) {
        if (!desired.has(id)) desired.set(id, { reason: 'default-for-new', rule: 'groups.defaultsForNew' })
      }
    }
    for (const [id, why] of desired) {
      if (!actual.has(id)) {
        if (!settling.has(`add:${group.id}:${id}`)) write('membership.add', id, group, why.reason, why.rule, why.from)
      } else if (!ownGrants.has(id) && !onceGrants.has(id)) {
        write('membership.adopt', id, group, why.reason, why.rule, why.from)
      }
    }
    const target = group.id === undefined ? undefined : targetGroupsById.get(group.id)
    if (target === undefined) continue
    for (const id of ownGrants) {
      if (desired.has(id) || !accountsById.has(id)) continue
      if (!actual.has(id)) {
        if (standing.get(id) === 'frozen') continue
        write('membership.release', id, group, 'membership-ended-outside', 'groups.ownership')
      } else if (otherGrants.has(id)) {
        if (standing.get(id) === 'frozen') continue
        write('membership.release', id, group, 'still-granted-elsewhere', leaverRule.get(id) ?? 'groups.ownership')
      } else if (removable(id, target) && !settling.has(`remove:${group.id}:${id}`)) {
        remove(id, group, 'no-longer-member', 'groups.ownership.own', group.receipts[0]?.group)
      }
    }
    for (const id of onceGrants) {
      const stage = leaverRule.get(id)
      if (stage === undefined || ownGrants.has(id) || desired.has(id) || !actual.has(id)) continue
      if (otherGrants.has(id)) write('membership.release', id, group, 'still-granted-elsewhere', stage)
      else if (removable(id, target)) remove(id, group, 'taken-on-leave', stage)
    }
  }

  const filledIds = new Set([...filled.values()].map((group) => group.id))
  const present = new Set(rows.groupLinks.filter((link) => groupsByKey.has(link.groupKey)).map((link) => link.groupId))
  const lost = new Set(rows.groupLinks.map((link) => link.groupId).filter((id) => !present.has(id)))
  for (const target of rows.targetGroups) {
    if (filledIds.has(target.id)) continue
    const group = { ref: { id: target.id }, name: target.name }
    const otherGrants = others.get(target.id) ?? nobody
    for (const id of ours.get(target.id) ?? nobody) {
      if (standing.get(id) === 'frozen' || !accountsById.has(id)) continue
      if (!membersOf.get(target.id)?.has(id)) {
        write('membership.release', id, group, 'membership-ended-outside', 'groups')
      } else if (otherGrants.has(id)) {
        write('membership.release', id, group, 'still-granted-elsewhere', leaverRule.get(id) ?? 'groups')
      } else if (removable(id, target)) {
        remove(id, group, lost.has(target.id) ? 'group-gone' : 'group-left-scope', 'groups')
      }
    }
    for (const id of oursOnce.get(target.id) ?? nobody) {
      const stage = leaverRule.get(id)
      if (stage === undefined || !membersOf.get(target.id)?.has(id)) continue
      if (otherGrants.has(id)) write('membership.release', id, group, 'still-granted-elsewhere', stage)
      else if (removable(id, target)) remove(id, group, 'taken-on-leave', stage)
    }
  }

  number(drafts)
  judge(drafts, rows, connection, { managedPeople, usersOf, filled: [...filled.values()] })
  return { changes: drafts, managedPeople }
}

function scopeOf(
  rows: CompanyRows,
  connection: Connection,
  usersOf: (group: SourceGroup) => ReadonlySet<string>,
): (user: SourceUser) => boolean {
  const { include, exclude } = connection.users.scope
  const compile = (condition: (typeof include)[number]) => {
    if ('memberOf' in condition) {
      const matches = matcher(condition.memberOf)
      const inside = new Set<string>()
      for (const group of rows.groups) {
        if (matches(group.name)) for (const key of usersOf(group)) inside.add(key)
      }
      return (user: SourceUser) => inside.has(user.key)
    }
    const matches = matcher(condition.in)
    return (user: SourceUser) => {
      const value = user.attributes[condition.attribute]
      if (value === undefined || value === null) return false
      return typeof value === 'string' ? matches(value) : value.some(matches)
    }
  }
  const included = include.map(compile)
  const excluded = exclude.map(compile)
  const known = new Map<string, boolean>()
  for (const user of rows.users) {
    const inside =
      (included.length === 0 || included.some((holds) => holds(user))) && !excluded.some((holds) => holds(user))
    known.set(user.key, inside)
  }
  return (user) => known.get(user.key) ?? false
}

function fillGroups(
  rows: CompanyRows,
  connection: Connection,
  {
    drafts,
    draft,
    groupLinkOf,
    targetGroupsById,
    targetGroupsByName,
  }: {
    drafts: readonly Draft[]
    draft: (given: Pick<Draft, 'kind' | 'reason' | 'rule'> & Partial<Draft>) => Draft
    groupLinkOf: ReadonlyMap<string, string>
    targetGroupsById: ReadonlyMap<string, TargetGroup>
    targetGroupsByName: ReadonlyMap<string, TargetGroup>
  },
): ReadonlyMap<string, Filled> {
  const rules = connection.groups
  const included = matcher(rules.scope.include)
  const excluded = matcher(rules.scope.exclude)
  const rename = nameChain(rules.byName?.transform ?? [])
  const isAdminName = matcher(builtInProtectedGroups)
  const table = new Map<string, { to: readonly string[]; rule: string }[]>()
  rules.byTable.forEach(({ from, to }, index) => {
    append(table, foldKey(from), { to: typeof to === 'string' ? [to] : to, rule: `groups.byTable[${index}]` })
  })
  const everManaged = new Set(rows.groupLinks.map((link) => link.groupId))
  for (const grant of rows.grants) if (grant.connection === connection.key) everManaged.add(grant.groupId)
  const filled = new Map<string, Filled>()
  const fill = (mapKey: string, id: string | undefined, ref: Filled['ref'], name: string): Filled => {
    const made = filled.get(mapKey) ?? { id, ref, name, receipts: [], forAll: false, forNew: false }
    filled.set(mapKey, made)
    return made
  }

  const newcomers: { from: SourceGroup; name: string; rule: string }[] = []
  for (const from of rows.groups) {
    if ((rules.scope.include.length > 0 && !included(from.name)) || excluded(from.name)) continue
    const tableRows = table.get(foldKey(from.name)) ?? table.get(foldKey(from.key))
    const wanted =
      tableRows === undefined
        ? [{ from, name: rename(from.name).trim(), rule: 'groups.byName' }]
        : tableRows.flatMap(({ to, rule }) => to.map((name) => ({ from, name, rule })))
    for (const each of wanted) {
      const id = groupLinkOf.get(`${from.key} ${linkRuleOf(each.rule, each.name)}`)
      const target = id === undefined ? undefined : targetGroupsById.get(id)
      if (target === undefined) newcomers.push(each)
      else {
        const group = fill(target.id, target.id, { id: target.id }, target.name)
        group.receipts.push({ group: from, rule: each.rule })
      }
    }
  }

  const obtain = (name: string, rule: string, from?: SourceGroup): Filled => {
    const existing = targetGroupsByName.get(foldKey(name))
    const known = filled.get(existing?.id ?? foldKey(name))
    if (known !== undefined) return known
    const sourceGroup = from === undefined ? {} : { sourceGroup: { key: from.key, label: from.name } }
    if (existing === undefined) {
      const creation = draft({
        kind: 'group.create',
        groupLabel: name,
        ...sourceGroup,
        after: { name },
        reason: 'group-in-scope',
        rule,
      })
      return fill(foldKey(name), undefined, { created: creation }, name)
    }
    const ref = { id: existing.id }
    if (everManaged.has(existing.id)) return fill(existing.id, existing.id, ref, existing.name)
    const held = rule === 'groups.byName' && ((existing.members?.length ?? 0) > 0 || existing.grantsAdmin)
    const adoption = draft({
      kind: 'group.adopt',
      group: ref,
      groupLabel: existing.name,
      ...sourceGroup,
      after: { members: String(existing.members?.length ?? 0) },
      reason: 'group-name-taken',
      rule,
      ...(held ? { state: 'held', stateReasons: ['guard:group-adoption'] } : {}),
    })
    const group = fill(existing.id, existing.id, ref, existing.name)
    group.adoption = adoption
    return group
  }
  const takers = new Map<string, number>()
  for (const { name, rule } of newcomers) {
    if (rule === 'groups.byName') takers.set(foldKey(name), (takers.get(foldKey(name)) ?? 0) + 1)
  }
  const linkedNames = new Set([...filled.values()].map((group) => foldKey(group.name)))
  for (const { from, name, rule } of newcomers) {
    if (rule === 'groups.byName') {
      if ((takers.get(foldKey(name)) ?? 0) > 1 || linkedNames.has(foldKey(name)) || isAdminName(name)) continue
    }
    const before = drafts.length
    const group = obtain(name, rule, from)
    group.receipts.push({ group: from, rule })
    // The change that makes or takes over the group remembers the link as well.
    if (drafts.length > before) continue
    draft({
      kind: 'group.link',
      group: group.ref,
      groupLabel: group.name,
      sourceGroup: { key: from.key, label: from.name },
      waitsFor: group.adoption === undefined ? [] : [group.adoption],
      reason: 'group-received',
      rule,
    })
  }
  for (const name of rules.defaultsForAll) obtain(name, 'groups.defaultsForAll').forAll = true
  for (const name of rules.defaultsForNew) obtain(name, 'groups.defaultsForNew').forNew = true
  if (ownerships.indexOf(rules.ownership) !== 1) throw new Error('The reference knows ownership `own` alone.')
  return filled
}

function differences(values: Record<string, Mapped>, account: TargetAccount) {
  const before: Record<string, string | null> = {}
  const after: Record<string, string | null> = {}
  for (const name of writable) {
    const wanted = values[name]
    // The address is given when an account is made and never changed.
    if (name === 'email' || typeof wanted !== 'string') continue
    const kept = account.attributes?.[name]
    const has = name === 'displayName' ? account.displayName : typeof kept === 'object' ? kept?.[0] : kept
    if (has === undefined || has === wanted) continue
    before[name] = has
    after[name] = wanted
  }
  return Object.keys(after).length === 0 ? undefined : { before, after }
}

/** Gives drafts their order of execution, and to each the numbers of those it needs. */
function number(drafts: Draft[]): void {
  const rank = new Map(kindOrder.map((kind, index) => [kind, index]))
  const nameOf = (ref: Draft['account'], label: string | undefined) =>
    ref === undefined
      ? (label ?? '')
      : 'id' in ref
        ? ref.id
        : `+${ref.created.person?.key ?? ref.created.groupLabel ?? ''}`
  const plainKey = (each: Draft) =>
    [
      nameOf(each.group, each.groupLabel),
      nameOf(each.account, each.accountLabel),
      each.person?.key ?? '',
      each.rule,
    ].join('\u0000')
  // New accounts that receive the same stand together.
  const received = new Map<Draft, string[]>()
  for (const { kind, account, group, groupLabel, state } of drafts) {
    if (kind !== 'membership.add' || state === 'blocked' || account === undefined || !('created' in account)) continue
    append(received, account.created, nameOf(group, groupLabel))
  }
  const keys = new Map(
    drafts.map((each) => {
      const bundle = (received.get(each) ?? []).sort().join('\n')
      return [each, each.kind === 'account.create' ? `${bundle}\u0000${plainKey(each)}` : plainKey(each)]
    }),
  )
  // An account that loses groups in the same plan ends after that.
  const accountsIn = (kind: ChangeKind) =>
    new Set(
      drafts
        .filter((each) => each.kind === kind && each.state !== 'blocked')
        .map((each) => nameOf(each.account, each.accountLabel)),
    )
  const ending = accountsIn('account.deactivate')
  const losing = accountsIn('membership.remove')
  const afterEnds = Math.max(...endsOfAccounts.map((kind) => rank.get(kind) ?? 0))
  const rankOf = ({ kind, account, accountLabel }: Draft) => {
    const who = nameOf(account, accountLabel)
    if (kind === 'membership.remove' && ending.has(who)) return afterEnds + 0.25
    if (kind === 'account.deactivate' && losing.has(who)) return afterEnds + 0.5
    return rank.get(kind) ?? 0
  }
  drafts.sort((a, b) => {
    const kinds = rankOf(a) - rankOf(b)
    if (kinds !== 0) return kinds
    const [left, right] = [keys.get(a) ?? '', keys.get(b) ?? '']
    return left < right ? -1 : left > right ? 1 : 0
  })
  drafts.forEach((each, index) => {
    each.seq = index + 1
  })
  for (const each of drafts) {
    const needs = new Set(each.waitsFor.map(({ seq }) => seq))
    if (each.account !== undefined && 'created' in each.account) needs.add(each.account.created.seq)
    if (each.group !== undefined && 'created' in each.group) needs.add(each.group.created.seq)
    each.needs = [...needs].sort((a, b) => a - b)
  }
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

function called(name: Mapped, email: Mapped): string | undefined {
  if (name && email) return `${name} <${email}>`
  return name || email || undefined
}
