import type { DraftChange, DraftRef } from '../../domain/change.ts'
import { type Attributes, foldKey, type SourceUser } from '../../domain/identity.ts'
import { type Mapped, mappingRule } from '../../domain/mapping.ts'
import type { Departure, DepartureSignal } from '../../domain/memory.ts'
import { type HoldReason, holdReasons } from '../../domain/reason.ts'
import { scopeNeedsGroups, userScope } from '../../domain/scope.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import { correlation } from './correlation.ts'
import type { PlanInput } from './input.ts'
import { groupNamesByUser } from './nesting.ts'
import type { Protection } from './protection.ts'

/**
 * How a person counts for memberships: `receives` what the source says; `frozen` = nothing changes either way;
 * `leaves-groups` = what we granted goes; `absent` = no account of theirs is concerned.
 */
export type Standing = 'receives' | 'frozen' | 'leaves-groups' | 'absent'

/** What was decided for people, by position. Accounts to be created have positions after the existing ones. */
export interface People {
  readonly changes: readonly DraftChange[]
  readonly workItems: readonly WorkItem[]
  readonly notices: readonly string[]
  readonly departures: readonly Departure[]
  readonly returned: readonly string[]
  /** Position of the person's account, or -1. By position of the source user. */
  readonly accountOf: Int32Array
  /** By position of the account, also of accounts to be created. */
  readonly standingOf: readonly Standing[]
  /** Position of the source user who is linked to an account, or -1; by position of the account. */
  readonly userOf: Int32Array
  /** Creation drafts by account position minus the number of existing accounts. */
  readonly creations: readonly DraftChange[]
  /** Reactivations by account position: additions to these accounts wait for them. */
  readonly activations: ReadonlyMap<number, DraftChange>
  /** Source keys of departed people by account position, for reasons. */
  readonly inScope: number
  readonly linked: number
}

/** Accounts as draft references; the planner's one way to name an account. */
export function accountRef(input: PlanInput, people: Pick<People, 'creations'>, account: number): DraftRef {
  const existing = input.target.accounts[account]
  if (existing !== undefined) return { id: existing.id }
  return { created: people.creations[account - input.target.accounts.length]! }
}

/** Decides for every person: create, adopt, activate, update, deactivate, wait, or ask a person. */
export function planPeople(input: PlanInput, protection: Protection): People {
  const { connection, source, target, memory, ends, now } = input
  const rules = connection.users
  const mapped = mapper(input)
  const accountCount = target.accounts.length
  const standingOf: Standing[] = new Array<Standing>(accountCount).fill('absent')
  const userOf: number[] = new Array<number>(accountCount).fill(-1)
  const accountOf = new Int32Array(source.users.length).fill(-1)
  const changes: DraftChange[] = []
  const creations: DraftChange[] = []
  const activations = new Map<number, DraftChange>()
  const workItems: WorkItem[] = []
  const notices: string[] = []
  const departures: Departure[] = []
  const returned: string[] = []
  // Another filter at the source proves nothing about who is missing (D23).
  const readChanged = input.lastGood !== undefined && input.lastGood.readFingerprint !== source.readFingerprint
  // Accounts of somebody who left that an active record also points to: nothing is done to them (D9).
  const claimedAnew = new Set<number>()
  const knownDepartures = new Map(memory.departures.map((each) => [each.sourceKey, each]))
  const weDeactivated = new Set(memory.deactivations.map((each) => each.accountId))
  const foreignLinks = new Set(
    memory.links.filter((link) => link.source !== connection.source).map((link) => link.accountId),
  )
  const grantedElsewhere = grantsOfOthers(input)
  const names = scopeNeedsGroups(rules.scope) ? groupNamesByUser(source) : () => []
  const scope = userScope(rules.scope)
  const scopes = source.users.map((user, index) => scope(user, () => names(index)))
  const correlate = correlation({
    target,
    source: connection.source,
    links: memory.links,
    match: rules.match ?? ends.defaultMatch,
    administrators: protection.administrators,
    activeKeys: new Set(source.users.filter((user) => user.active).map((user) => user.key)),
  })

  const item = (reason: HoldReason, user: SourceUser, message: string, candidates?: readonly string[]) => {
    workItems.push({
      reason,
      subject: `person:${connection.source}:${user.key}`,
      label: labelOf(user, mapped(user)),
      message: `${message} (${holdReasons[reason]})`,
      ...(candidates === undefined ? {} : { candidates }),
    })
  }
  const person = (user: SourceUser) => ({ key: user.key, label: labelOf(user, mapped(user)) })

  const depart = (user: SourceUser | undefined, sourceKey: string, account: number, signal: DepartureSignal) => {
    standingOf[account] = 'frozen'
    const known = knownDepartures.get(sourceKey)
    if (known === undefined && readChanged && signal === 'left-source') return
    const firstProvenAt = known?.signal === signal ? known.firstProvenAt : now
    departures.push({ sourceKey, signal, firstProvenAt })
    if (claimedAnew.has(account)) return
    const stages = signal === 'disabled' ? rules.onDisabled : rules.onLeft
    const rule = signal === 'disabled' ? 'users.onDisabled' : 'users.onLeft'
    const actual = target.accounts[account]!
    if (protection.untouchable.has(account) || actual.kind !== 'person') return
    const someoneElseVouches =
      foreignLinks.has(actual.id) ||
      (signal === 'left-scope' && (input.siblings.length > 0 || grantedElsewhere.has(actual.id)))
    stages.forEach((stage, index) => {
      if (now - firstProvenAt < stage.afterMs) return
      if (stage.action === 'remove-managed-groups') standingOf[account] = 'leaves-groups'
      if (stage.action !== 'deactivate') return
      if (someoneElseVouches) {
        standingOf[account] = 'leaves-groups'
        notices.push(
          `${actual.displayName ?? actual.id} left this connection and stays active: ${'still-granted-elsewhere'}`,
        )
        return
      }
      if (actual.state !== 'active') return
      const offered = ends.offered.has('account.deactivate') && actual.readOnlyBecause === undefined
      changes.push({
        kind: 'account.deactivate',
        account: { id: actual.id },
        accountLabel: accountLabel(actual),
        person: user === undefined ? { key: sourceKey, label: accountLabel(actual) } : person(user),
        reason: signal === 'disabled' ? 'disabled-at-source' : signal,
        rule: `${rule}[${index}]`,
        state: offered ? 'ready' : 'blocked',
        stateReasons: offered ? [] : [actual.readOnlyBecause === undefined ? 'not-offered' : 'not-writable'],
      })
    })
  }

  // --- people who are there -----------------------------------------------------------------------------------------
  const matches = source.users.map((user) => correlate(user, identifiers(mapped(user))))
  const claims = new Map<number, number>()
  const emails = new Map<string, number>()
  source.users.forEach((user, index) => {
    if (!user.active || scopes[index] !== 'in') return
    const match = matches[index]!
    if (match.found === 'matched') claims.set(match.account, (claims.get(match.account) ?? 0) + 1)
    if (match.found === 'undecided' && match.why === 'rehire') claimedAnew.add(match.candidates[0]!)
    if (match.found === 'linked') return
    const { email } = identifiers(mapped(user))
    if (email !== undefined) emails.set(foldKey(email), (emails.get(foldKey(email)) ?? 0) + 1)
  })
  let inScope = 0
  let linked = 0

  const receive = (index: number, account: number) => {
    accountOf[index] = account
    userOf[account] = index
    standingOf[account] = 'receives'
  }

  const planLinked = (user: SourceUser, index: number, account: number) => {
    const actual = target.accounts[account]!
    receive(index, account)
    if (protection.untouchable.has(account)) {
      standingOf[account] = 'frozen'
      return
    }
    if (actual.state !== 'active') {
      const ours = weDeactivated.has(actual.id)
      if (ours && rules.activate) {
        const offered = ends.offered.has('account.activate') && actual.readOnlyBecause === undefined
        const change: DraftChange = {
          kind: 'account.activate',
          account: { id: actual.id },
          accountLabel: accountLabel(actual),
          person: person(user),
          reason: 'returned-to-source',
          rule: 'users.activate',
          state: offered ? 'ready' : 'blocked',
          stateReasons: offered ? [] : [actual.readOnlyBecause === undefined ? 'not-offered' : 'not-writable'],
        }
        changes.push(change)
        activations.set(account, change)
      } else {
        standingOf[account] = 'frozen'
        if (!ours) item('suspended-outside', user, `${accountLabel(actual)} is suspended in the target`)
      }
      return
    }
    if (rules.update && ends.offered.has('account.update')) {
      const update = differences(input, mapped(user), actual)
      if (update === undefined) return
      const writable = actual.readOnlyBecause === undefined
      changes.push({
        kind: 'account.update',
        account: { id: actual.id },
        accountLabel: accountLabel(actual),
        person: person(user),
        ...update,
        reason: 'attribute-differs',
        rule: 'users.mapping',
        state: writable ? 'ready' : 'blocked',
        stateReasons: writable ? [] : ['not-writable'],
      })
    }
  }

  const planNew = (user: SourceUser, index: number) => {
    if (!rules.create || memory.settling.has(`create:${user.key}`)) return
    const values = mapped(user)
    const { email } = identifiers(values)
    const after: Record<string, string> = {}
    for (const attribute of ends.writableAttributes) {
      const value = values.get(attribute.name)
      if (typeof value === 'string') after[attribute.name] = value
    }
    const missing = ends.writableAttributes.filter((each) => each.required && after[each.name] === undefined)
    const blocked = !ends.offered.has('account.create')
      ? 'not-offered'
      : missing.length > 0
        ? 'required-missing'
        : !target.accountsComplete
          ? 'target-unproven'
          : email !== undefined && (emails.get(foldKey(email)) ?? 0) > 1
            ? 'duplicate-email'
            : email !== undefined && !isMailAddress(email)
              ? 'value-invalid'
              : undefined
    const change: DraftChange = {
      kind: 'account.create',
      accountLabel: labelOf(user, values),
      person: person(user),
      after,
      reason: 'joined-source',
      rule: 'users.create',
      state: blocked === undefined ? 'ready' : 'blocked',
      stateReasons: blocked === undefined ? [] : [blocked],
    }
    changes.push(change)
    if (blocked !== undefined) {
      if (blocked === 'duplicate-email') {
        item(blocked, user, `${email} belongs to more than one person of the source; give each their own address`)
      }
      return
    }
    const account = accountCount + creations.length
    creations.push(change)
    accountOf[index] = account
    standingOf[account] = 'receives'
    userOf[account] = index
  }

  source.users.forEach((user, index) => {
    const match = matches[index]!
    const scoped = scopes[index]!
    if (scoped === 'in' && user.active) inScope += 1
    if (match.found === 'linked') linked += 1
    if (scoped === 'unknown' || match.found === 'unseen') {
      if (match.found === 'linked') {
        standingOf[match.account] = 'frozen'
        userOf[match.account] = index
      }
      return
    }
    if (!user.active || scoped === 'out') {
      if (match.found !== 'linked') return
      userOf[match.account] = index
      depart(user, user.key, match.account, scoped === 'out' ? 'left-scope' : 'disabled')
      return
    }
    if (knownDepartures.has(user.key)) returned.push(user.key)
    switch (match.found) {
      case 'linked':
        return planLinked(user, index, match.account)
      case 'gone':
        return item('account-gone', user, `The linked account ${match.accountId} no longer exists in the target`)
      case 'undecided':
        return item(
          match.why,
          user,
          `${match.candidates.length} account(s) could belong to this person`,
          match.candidates.map((candidate) => accountLabel(target.accounts[candidate]!)),
        )
      case 'matched': {
        if ((claims.get(match.account) ?? 0) > 1) {
          return item(
            'duplicate-email',
            user,
            `More than one person of the source matches ${accountLabel(target.accounts[match.account]!)}`,
          )
        }
        const actual = target.accounts[match.account]!
        changes.push({
          kind: 'account.adopt',
          account: { id: actual.id },
          accountLabel: accountLabel(actual),
          person: person(user),
          reason: match.reason,
          rule: `users.match.${match.how}`,
          state: 'ready',
          stateReasons: [],
        })
        return planLinked(user, index, match.account)
      }
      case 'none':
        return planNew(user, index)
    }
  })

  // --- people who are no longer there -------------------------------------------------------------------------------
  const present = new Set(source.users.map((user) => user.key))
  const positionOf = new Map(target.accounts.map((account, index) => [account.id, index]))
  for (const link of memory.links) {
    if (link.source !== connection.source || present.has(link.sourceKey)) continue
    const account = positionOf.get(link.accountId)
    if (account === undefined) continue
    if (source.usersComplete) depart(undefined, link.sourceKey, account, 'left-source')
    else standingOf[account] = 'frozen'
  }

  return {
    changes,
    workItems,
    notices,
    departures,
    returned,
    accountOf,
    standingOf,
    userOf: Int32Array.from(userOf),
    creations,
    activations,
    inScope,
    linked,
  }
}

/** Maps a person's attributes once and remembers them. */
function mapper(input: PlanInput): (user: SourceUser) => ReadonlyMap<string, Mapped> {
  const rules = Object.entries({ ...input.ends.defaultMapping, ...input.connection.users.mapping })
  const compiled = rules.map(([name, rule]) => [name, mappingRule(rule)] as const)
  const known = new WeakMap<SourceUser, ReadonlyMap<string, Mapped>>()
  return (user) => {
    let values = known.get(user)
    if (values === undefined) {
      values = new Map(compiled.map(([name, map]) => [name, map(user.attributes)]))
      known.set(user, values)
    }
    return values
  }
}

function identifiers(values: ReadonlyMap<string, Mapped>): { email?: string; userName?: string } {
  const email = values.get('email')
  const userName = values.get('userName')
  return { ...(email ? { email } : {}), ...(userName ? { userName } : {}) }
}

/** Mapped values that differ from the account's. Unknown and empty values change nothing (P15). */
function differences(
  input: PlanInput,
  values: ReadonlyMap<string, Mapped>,
  actual: PlanInput['target']['accounts'][number],
): { before: Attributes; after: Attributes } | undefined {
  const before: Record<string, string | null> = {}
  const after: Record<string, string | null> = {}
  for (const attribute of input.ends.writableAttributes) {
    if (attribute.when !== 'always') continue
    const wanted = values.get(attribute.name)
    if (wanted === undefined || wanted === null) continue
    const has = attributeOf(actual, attribute.name)
    if (has === undefined) continue
    const same =
      attribute.name === 'email' || attribute.name === 'userName'
        ? foldKey(has ?? '') === foldKey(wanted)
        : (has ?? '') === wanted
    if (same) continue
    if (input.connection.users.mapping[attribute.name]?.onlyIfEmpty === true && has !== null && has !== '') continue
    before[attribute.name] = has
    after[attribute.name] = wanted
  }
  return Object.keys(after).length === 0 ? undefined : { before, after }
}

function attributeOf(account: PlanInput['target']['accounts'][number], name: string): string | null | undefined {
  if (name === 'email' || name === 'userName' || name === 'displayName') return account[name]
  const value = account.attributes?.[name]
  return typeof value === 'string' || value === null ? value : value?.[0]
}

function grantsOfOthers(input: PlanInput): ReadonlySet<string> {
  const others = new Set<string>()
  for (const grant of input.memory.grants) {
    if (grant.connection === input.connection.key) continue
    for (const accountId of grant.accountIds) others.add(accountId)
  }
  return others
}

export function accountLabel(account: { id: string; displayName?: string; email?: string; userName?: string }): string {
  const name = account.displayName ?? account.userName
  if (name !== undefined && account.email !== undefined) return `${name} <${account.email}>`
  return name ?? account.email ?? account.id
}

function labelOf(user: SourceUser, values: ReadonlyMap<string, Mapped>): string {
  const name = values.get('displayName') ?? values.get('userName')
  const email = values.get('email')
  if (name && email) return `${name} <${email}>`
  return name || email || user.key
}

/** One `@`, something on both sides, no blanks: enough to catch a wrong column, the target decides the rest. */
function isMailAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text)
}
