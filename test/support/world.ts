import type { AccessRole, Product } from '../../src/domain/access.ts'
import type { TargetAccount } from '../../src/domain/account.ts'
import { type Change, grantRuleOf, type TargetRef, type WriteKind } from '../../src/domain/change.ts'
import { type Connection, connectionSchema } from '../../src/domain/connection.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Exception } from '../../src/domain/exception.ts'
import type { AttributeValue } from '../../src/domain/identity.ts'
import type { LedKind } from '../../src/domain/lead.ts'
import {
  type AccountGrants,
  type CustomValues,
  type Deactivation,
  type Departure,
  type GroupLink,
  type Link,
  markOf,
} from '../../src/domain/memory.ts'
import type { HoldReason } from '../../src/domain/reason.ts'
import type { SourceReadSummary } from '../../src/domain/snapshot.ts'
import { linkRuleOf } from '../../src/engine/lessons.ts'
import type { PlanDraft, PlanInput } from '../../src/engine/planner/input.ts'
import { makePlan } from '../../src/engine/planner/planner.ts'
import { sortedSet } from '../../src/platform/sorted.ts'

/** A grant of the ledger in a described world: who granted, by which rule. */
interface WorldGrant {
  connection: string
  rule: string
}

interface WorldProduct {
  /** Total and used; absent = unlimited. */
  seats?: [number, number] | 'unknown'
  by?: 'role' | 'group'
  /** Ids of its default groups. */
  defaults?: string[]
}

/** What every product of a world can give: `guest` takes no seat, `admin` administers. */
const worldRoles = [
  { key: 'user', usesSeat: true, administers: false },
  { key: 'guest', usesSeat: false, administers: false },
  { key: 'admin', usesSeat: true, administers: true },
]

/** `jira` or `jira:guest` as a role in a product. */
function roleOf(text: string): AccessRole {
  const [product = '', role = 'user'] = text.split(':')
  return { product, role }
}

/** A value that a connection wrote; undefined = nothing of ours stood there. */
interface WorldValue {
  connection: string
  value: string
}

/**
 * A whole situation in words a reader can hold: source people and groups, target accounts and groups, and what Muster
 * remembers. Member lists name people; `@name` is a nested group. Accounts and target groups are called by their ids;
 * a target group's id is its name in capitals unless given.
 */
export interface World {
  people: Record<
    string,
    { active?: boolean; mail?: string | null; [attribute: string]: AttributeValue | boolean | undefined }
  >
  groups: Record<string, { name?: string; members: string[]; complete?: boolean }>
  /** `access` = the roles of the account itself, as `jira` or `jira:guest`, where the target shows them. */
  accounts: Record<string, Partial<Omit<TargetAccount, 'id' | 'access'>> & { access?: string[] }>
  targetGroups: Record<
    string,
    { name: string; members: string[]; admin?: boolean; readOnly?: string; access?: string[]; complete?: boolean }
  >
  links: Record<string, string>
  foreignLinks: Link[]
  groupLinks: GroupLink[]
  /** Key `GROUP/account`. */
  grants: Record<string, WorldGrant[]>
  /** Products by key, which is their id, too; absent = the target knows none. */
  products?: Record<string, WorldProduct> | undefined
  /** The ledger of access; key `jira/account` or `jira:guest/account`. */
  accessGrants: Record<string, WorldGrant[]>
  creationMails?: 'always' | 'asked'
  /** What is led, as `project SHOP` or `component SHOP/Checkout`, and the id of the account that leads it. */
  leads: Record<string, string>
  deactivations: Record<string, Deactivation>
  departures: Departure[]
  settling: string[]
  appliedLastDay: Record<string, number>
  decisions: Decision[]
  exceptions: Exception[]
  lastGood?: Partial<SourceReadSummary> | 'same' | undefined
  usersComplete: boolean
  groupsComplete: boolean
  membershipsUnknown: string[]
  accountsComplete: boolean
  targetGroupsComplete: boolean
  readFingerprint: string
  ownAccountId?: string
  /** Who vouches for an account (D4): connections by account. Given none, everybody linked is vouched for by their own. */
  vouchers?: Record<string, string[]>
  /** `GROUP/account` of memberships that a leaver stage took and no source had given. */
  taken: string[]
  /** What was written last, by `attribute/account`; `before` = what was ours until then, the newest last. */
  written: Record<string, WorldValue & { before?: WorldValue[] }>
  /** What connections delivered in their last good read: accounts by connection and attribute. */
  deliveries: Record<string, Record<string, string[]>>
  /** Custom attributes as they were written last, by `id/account`. */
  custom: Record<string, WorldValue>
  /** Most bytes of custom attributes the target keeps for an account. */
  customBytes: number
  absentMeansEmpty: boolean
  /** The connection and the source that the people above are of. */
  connection: string
  source: string
  /** Other connections into the directory with their priority; given none, those that the ledger names. */
  others?: Record<string, number>
  offered: WriteKind[]
  /** Addresses the target makes no account for, and why. */
  notCreatable: Record<string, HoldReason>
  now: number
  /** Settings of the connection as an administrator writes them. */
  rules: Record<string, unknown>
  /** The rules of the last good read, if they were others. */
  formerRules?: Record<string, unknown> | undefined
  rulesChanged: boolean
  settingsChanges?: string[]
  versionSteps?: string[]
  upgraded: boolean
  /** Another installation keeps the directory, in words. */
  keptBy?: string
  rekeyed?: boolean
}

const allKinds: WriteKind[] = [
  'account.create',
  'account.update',
  'account.activate',
  'account.deactivate',
  'group.create',
  'membership.add',
  'membership.remove',
  'access.grant',
  'access.revoke',
  'account.disable',
  'account.enable',
  'account.delete',
  'lead.handover',
  'custom.update',
]

export const day = 86_400_000

/** A situation with everything left out that the test does not care about. Limits are wide open unless given. */
export function world(part: Partial<World>): World {
  return {
    people: {},
    groups: {},
    accounts: {},
    targetGroups: {},
    links: {},
    foreignLinks: [],
    groupLinks: [],
    grants: {},
    accessGrants: {},
    leads: {},
    deactivations: {},
    taken: [],
    written: {},
    deliveries: {},
    custom: {},
    customBytes: 1000,
    absentMeansEmpty: false,
    connection: 'staff',
    source: 'hr',
    departures: [],
    settling: [],
    appliedLastDay: {},
    decisions: [],
    exceptions: [],
    lastGood: 'same',
    usersComplete: true,
    groupsComplete: true,
    membershipsUnknown: [],
    accountsComplete: true,
    targetGroupsComplete: true,
    readFingerprint: 'all',
    offered: allKinds,
    notCreatable: {},
    now: Date.UTC(2026, 2, 1),
    rules: {},
    rulesChanged: false,
    upgraded: false,
    ...part,
  }
}

const wideOpen = { floor: 100_000, percent: 100, cap: 100_000 }
/** Guards that hold nothing, for tests of other rules. */
export const openGuards = {
  deactivations: wideOpen,
  deletions: wideOpen,
  membershipRemovals: wideOpen,
  groupRemovals: wideOpen,
  groupsEmptied: wideOpen,
  creates: wideOpen,
  identityChanges: wideOpen,
  adminGrants: wideOpen,
  sourceUsers: { floor: 100_000, percent: 100 },
  sourceGroupMembers: { floor: 100_000, percent: 100 },
  attributeFilled: { floor: 50, percent: 50 },
  groupAdoption: 'allow',
}

function connectionOf(w: World): Connection {
  const parsed = connectionSchema.parse({
    source: w.source,
    target: 'acme',
    mode: 'automatic',
    ...w.rules,
    groups: { byName: {}, ...(w.rules.groups as object | undefined) },
    guards: w.rules.guards ?? openGuards,
  })
  return { ...parsed, key: w.connection, version: 1 }
}

/** The connection whose source a link belongs to is called like the source. */
function vouchersOf(w: World): Record<string, string[]> {
  if (w.vouchers !== undefined) return w.vouchers
  const vouchers: Record<string, string[]> = {}
  for (const id of Object.values(w.links)) vouchers[id] = [w.connection]
  for (const { accountId, source } of w.foreignLinks) vouchers[accountId] = [...(vouchers[accountId] ?? []), source]
  return vouchers
}

function accountGrantsOf(vouchers: Record<string, string[]>): AccountGrants[] {
  const pairs = Object.entries(vouchers).flatMap(([id, connections]) => connections.map((each) => [each, id] as const))
  return Array.from(
    Map.groupBy(pairs, ([connection]) => connection),
    ([connection, list]) => ({ connection, accountIds: list.map(([, id]) => id) }),
  )
}

function othersOf(w: World): PlanInput['others'] {
  const named = [...Object.values(w.grants).flatMap((list) => list.map(({ connection }) => connection))]
  for (const connections of Object.values(vouchersOf(w))) named.push(...connections)
  for (const list of Object.values(w.accessGrants)) named.push(...list.map(({ connection }) => connection))
  const others = w.others ?? Object.fromEntries(named.map((key) => [key, 0]))
  return Object.entries(others).flatMap(([key, priority]) => (key === w.connection ? [] : [{ key, priority }]))
}

export function inputOf(w: World): PlanInput {
  const userKeys = Object.keys(w.people)
  const groupKeys = Object.keys(w.groups)
  const accountIds = Object.keys(w.accounts)
  const users = userKeys.map((key) => {
    const { active = true, mail = `${key}@x.test`, ...rest } = w.people[key]!
    const attributes: Record<string, AttributeValue> = {}
    for (const [name, value] of Object.entries(rest))
      if (value !== undefined && typeof value !== 'boolean') attributes[name] = value
    return { key, active, attributes: { ...attributes, mail } }
  })
  const groups = groupKeys.map((key) => {
    const { name = key, members, complete = true } = w.groups[key]!
    const refs = members.map((member) =>
      member.startsWith('@') ? groupKeys.indexOf(member.slice(1)) : userKeys.indexOf(member),
    )
    return {
      key,
      name,
      users: sortedSet(refs.filter((at, index) => at >= 0 && !members[index]!.startsWith('@'))),
      groups: sortedSet(refs.filter((at, index) => at >= 0 && members[index]!.startsWith('@'))),
      unknownMembers: refs.filter((at) => at < 0).length,
      membersComplete: complete,
    }
  })
  const accounts = accountIds.map((id) => {
    const { access, ...account } = w.accounts[id]!
    return {
      id,
      kind: 'person' as const,
      state: 'active' as const,
      email: `${id.toLowerCase()}@x.test`,
      ...account,
      ...(access === undefined ? {} : { access: access.map(roleOf) }),
    }
  })
  const targetGroups = Object.entries(w.targetGroups).map(([id, group]) => ({
    id,
    name: group.name,
    grantsAdmin: group.admin ?? false,
    ...(group.readOnly === undefined ? {} : { readOnlyBecause: group.readOnly }),
    ...(group.access === undefined ? {} : { grantsAccess: group.access.map(roleOf) }),
    accounts: sortedSet(group.members.map((member) => accountIds.indexOf(member)).filter((at) => at >= 0)),
    membersComplete: group.complete ?? true,
  }))
  const grants = new Map<string, { groupId: string; connection: string; rule: string; accountIds: string[] }>()
  for (const [key, list] of Object.entries(w.grants)) {
    const [groupId, accountId] = key.split('/') as [string, string]
    for (const grant of list) {
      const at = `${groupId}\n${grant.connection}\n${grant.rule}`
      const known = grants.get(at) ?? { groupId, ...grant, accountIds: [] }
      known.accountIds.push(accountId)
      grants.set(at, known)
    }
  }
  const input: PlanInput = {
    connection: connectionOf(w),
    source: {
      id: 's1',
      takenAt: w.now,
      readFingerprint: w.readFingerprint,
      users,
      groups,
      usersComplete: w.usersComplete,
      groupsComplete: w.groupsComplete,
      absentMeansEmpty: w.absentMeansEmpty,
      unproven: [],
      notices: [],
    },
    target: {
      id: 't1',
      takenAt: w.now,
      directoryKey: 'dir',
      accounts,
      groups: targetGroups,
      membershipsUnknown: new Set(w.membershipsUnknown.map((id) => accountIds.indexOf(id))),
      accountsComplete: w.accountsComplete,
      groupsComplete: w.targetGroupsComplete,
      unproven: [],
    },
    memory: {
      links: [
        ...Object.entries(w.links).map(([sourceKey, accountId]) => ({
          source: w.source,
          sourceKey,
          accountId,
          how: 'email' as const,
          since: 0,
        })),
        ...w.foreignLinks,
      ],
      groupLinks: w.groupLinks,
      grants: [...grants.values()],
      access: Object.entries(w.accessGrants).flatMap(([key, list]) => {
        const [access = '', accountId = ''] = key.split('/')
        return list.map(({ connection, rule }) => ({ ...roleOf(access), connection, rule, accountIds: [accountId] }))
      }),
      custom: customValuesOf(w),
      accountGrants: accountGrantsOf(vouchersOf(w)),
      taken: w.taken.map((key) => {
        const [groupId, accountId] = key.split('/') as [string, string]
        return { groupId, accountIds: [accountId] }
      }),
      deliveries: Object.entries(w.deliveries).map(([connection, byAttribute]) => ({
        connection,
        accountIds: byAttribute,
      })),
      written: Object.entries(w.written).map(([key, { connection, value }]) => {
        const [attribute, accountId] = key.split('/') as [string, string]
        return { connection, attribute, accountIds: [accountId], marks: [markOf(attribute, value)] }
      }),
      deactivations: Object.values(w.deactivations),
      departures: w.departures,
      appliedLastDay: w.appliedLastDay,
      decisions: w.decisions,
      exceptions: w.exceptions,
      settling: new Set(w.settling),
    },
    ends: {
      defaultMapping: {
        email: { from: 'mail', steps: [], onlyIfEmpty: false },
        displayName: { from: 'name', steps: [], onlyIfEmpty: false },
        title: { from: 'title', steps: [], onlyIfEmpty: false },
        office: { from: 'office', steps: [], onlyIfEmpty: false },
      },
      defaultMatch: ['link', 'id', 'email'],
      writableAttributes: [
        { name: 'email', required: true, when: 'create', seen: 'profile' },
        { name: 'displayName', required: false, when: 'always', seen: 'profile' },
        { name: 'title', required: false, when: 'always', seen: 'profile' },
        { name: 'office', required: false, when: 'always', seen: 'profile' },
      ],
      customAttributes: { seen: 'to apps only', hidden: true, bytesAtMost: w.customBytes },
      groupNameLimit: 255,
      offered: new Set(w.offered),
      notOffered: {},
      ...(w.ownAccountId === undefined ? {} : { ownAccountId: w.ownAccountId }),
      ...(w.products === undefined ? {} : { products: Object.entries(w.products).map(productOf) }),
      ...(w.creationMails === undefined ? {} : { creationMails: w.creationMails }),
    },
    leads: leadsOf(w),
    notCreatable: new Map(Object.entries(w.notCreatable)),
    ...(w.formerRules === undefined ? {} : { former: connectionOf({ ...w, rules: w.formerRules }) }),
    trust: {
      firstRun: w.lastGood === undefined,
      rulesChanged: w.rulesChanged,
      upgraded: w.upgraded,
      ...(w.settingsChanges === undefined ? {} : { settingsChanges: w.settingsChanges }),
      ...(w.keptBy === undefined ? {} : { keptBy: w.keptBy }),
      ...(w.rekeyed === undefined ? {} : { rekeyed: w.rekeyed }),
      ...(w.versionSteps === undefined ? {} : { versionSteps: w.versionSteps }),
    },
    others: othersOf(w),
    now: w.now,
  }
  if (w.lastGood === undefined) return input
  const same = makePlan(input).read
  return { ...input, lastGood: w.lastGood === 'same' ? same : { ...same, ...w.lastGood } }
}

function productOf([key, { seats, by = 'role', defaults = [] }]: [string, WorldProduct]): Product {
  const [total, used] = Array.isArray(seats) ? seats : []
  return {
    id: key,
    key,
    title: key,
    seats:
      total === undefined || used === undefined ? (seats === 'unknown' ? 'unknown' : 'unlimited') : { total, used },
    roles: worldRoles,
    grantedBy: by,
    defaultGroupIds: defaults,
  }
}

export function planOf(w: World): PlanDraft {
  return makePlan(inputOf(w))
}

function customValuesOf(w: World): CustomValues[] {
  return Object.entries(w.custom).map(([key, { connection, value }]) => {
    const [id = '', accountId = ''] = key.split('/')
    return { accountId, connection, values: { [id]: value } }
  })
}

function leadsOf(w: World): NonNullable<PlanInput['leads']> {
  const things = Object.entries(w.leads).map(([text, accountId]) => {
    const [kind = '', name = ''] = text.split(' ')
    const [project = ''] = name.split('/')
    return { accountId, thing: { kind: kind as LedKind, id: name, name, project } }
  })
  return new Map(
    Array.from(
      Map.groupBy(things, ({ accountId }) => accountId),
      ([id, list]) => [id, list.map(({ thing }) => thing)],
    ),
  )
}

function textOf({ product, role }: AccessRole): string {
  return role === 'user' ? product : `${product}:${role}`
}

/** `+ add bob to DEV`-like lines, for tables: kind, account, group, and the state when it is not ready. */
export function lines(plan: Pick<PlanDraft, 'changes'>): string[] {
  const created = new Map(plan.changes.map((change) => [change.seq, change.person?.key ?? change.groupLabel ?? '']))
  const ref = (it: TargetRef | undefined) =>
    it === undefined ? undefined : 'id' in it ? it.id : `new:${created.get(it.createdBy)}`
  return plan.changes.map((change) => {
    const account = change.kind === 'account.create' ? `new:${change.person?.key}` : ref(change.account)
    const group = change.kind === 'group.create' ? `new:${change.groupLabel}` : ref(change.group)
    const access = change.access === undefined ? undefined : textOf(change.access)
    const lead =
      change.lead === undefined ? undefined : `${change.lead.kind} ${change.lead.name} -> ${change.lead.to.id}`
    const what = [change.kind, account, group, access, lead].filter((word) => word !== undefined).join(' ')
    return change.state === 'ready' ? what : `${what} [${change.state}: ${change.stateReasons.join(', ')}]`
  })
}

/** The world after every ready change was applied: what a perfect target and a perfect memory would hold. */
export function applied(w: World, plan: Pick<PlanDraft, 'changes'> & Partial<PlanDraft>): World {
  const others = Object.fromEntries(othersOf(w).map(({ key, priority }) => [key, priority]))
  const now = { ...w, rulesChanged: false, upgraded: false, vouchers: vouchersOf(w), others }
  const next = structuredClone({ ...now, formerRules: undefined })
  const made = new Map<number, string>()
  const idOf = (ref: TargetRef | undefined) =>
    ref === undefined ? '' : 'id' in ref ? ref.id : (made.get(ref.createdBy) ?? '')
  for (const change of plan.changes) {
    if (change.state !== 'ready') continue
    applyOne(next, change, made, idOf)
  }
  if (plan.departures !== undefined) next.departures = [...plan.departures]
  next.decisions = next.decisions.filter(({ id }) => plan.spent?.includes(id) !== true)
  next.exceptions = next.exceptions.filter(({ id }) => plan.spentExceptions?.includes(id) !== true)
  if (plan.deliveries !== undefined) {
    next.deliveries[w.connection] = Object.fromEntries(
      Object.entries(plan.deliveries).map(([attribute, keys]) => [
        attribute,
        keys.flatMap((key) => next.links[key] ?? []),
      ]),
    )
  }
  next.lastGood = 'same'
  for (const [product, { seats }] of Object.entries(next.products ?? {})) {
    if (Array.isArray(seats)) seats[1] += seatHolders(next, product) - seatHolders(w, product)
  }
  return next
}

/** How many active accounts use a seat of a product, by themselves or by a group. */
export function seatHolders(w: World, product: string): number {
  const takesSeat = (access: string) => access === product || access === `${product}:admin`
  return Object.keys(w.accounts).filter((id) => {
    const { state = 'active', access } = w.accounts[id]!
    const given = Object.keys(w.accessGrants).filter(
      (key) => key.endsWith(`/${id}`) && (w.accessGrants[key]?.length ?? 0) > 0,
    )
    const direct = access ?? given.map((key) => key.slice(0, key.indexOf('/')))
    const byGroups = Object.values(w.targetGroups).flatMap((group) =>
      group.members.includes(id) ? (group.access ?? []) : [],
    )
    return state === 'active' && [...direct, ...byGroups].some(takesSeat)
  }).length
}

function applyOne(
  next: World & Required<Pick<World, 'vouchers'>>,
  change: Change,
  made: Map<number, string>,
  idOf: (ref: TargetRef | undefined) => string,
): void {
  const accountId = idOf(change.account)
  const groupId = idOf(change.group)
  const key = `${groupId}/${accountId}`
  const link = () => {
    if (change.sourceGroup === undefined) return
    const { key: groupKey, label: sourceName } = change.sourceGroup
    const rule = linkRuleOf(change.rule, change.groupLabel ?? '')
    next.groupLinks = [
      ...next.groupLinks.filter((each) => each.groupKey !== groupKey || each.rule !== rule),
      {
        source: next.source,
        groupKey,
        rule,
        groupId: change.kind === 'group.create' ? made.get(change.seq)! : groupId,
        sourceName,
        name: change.groupLabel ?? '',
      },
    ]
  }
  const grant = () => {
    const rule = grantRuleOf(change)
    if (rule === undefined) return
    next.grants[key] = [
      ...(next.grants[key] ?? []).filter((each) => each.connection !== next.connection),
      { connection: next.connection, rule },
    ]
  }
  const ungrant = () => {
    next.grants[key] = (next.grants[key] ?? []).filter((each) => each.connection !== next.connection)
  }
  const unvouch = (id: string) => {
    next.vouchers[id] = (next.vouchers[id] ?? []).filter((connection) => connection !== next.connection)
  }
  const vouch = (id: string) => {
    unvouch(id)
    next.vouchers[id]?.push(next.connection)
  }
  const write = (id: string) => {
    const values = Object.entries(change.after ?? {})
    const { attributes = {}, ...account } = next.accounts[id] ?? {}
    const inProfile = values.filter(([name]) => name !== 'email' && name !== 'userName' && name !== 'displayName')
    next.accounts[id] = {
      ...account,
      ...Object.fromEntries(values.filter((each) => !inProfile.includes(each))),
      ...(inProfile.length === 0
        ? { attributes }
        : { attributes: { ...attributes, ...Object.fromEntries(inProfile) } }),
    }
    for (const [name, value] of values) {
      const at = `${name}/${id}`
      const { before = [], ...last } = next.written[at] ?? {}
      delete next.written[at]
      const again = before.at(-1)
      if (change.reason === 'undo-of-run') {
        if (again !== undefined && again.value === value) next.written[at] = { ...again, before: before.slice(0, -1) }
      } else if (typeof value === 'string') {
        const earlier = 'value' in last ? [...before, last as WorldValue] : before
        next.written[at] = { connection: next.connection, value, before: earlier }
      }
    }
  }
  const accessName = change.access === undefined ? '' : textOf(change.access)
  const vouchForAccess = (isOurs: boolean) => {
    const name = `${accessName}/${accountId}`
    const rule = grantRuleOf(change)
    const others = (next.accessGrants[name] ?? []).filter((each) => each.connection !== 'staff')
    next.accessGrants[name] = isOurs && rule !== undefined ? [...others, { connection: 'staff', rule }] : others
  }
  switch (change.kind) {
    case 'lead.handover':
      next.leads[`${change.lead!.kind} ${change.lead!.name}`] = change.lead!.to.id
      return
    case 'access.adopt':
      return vouchForAccess(true)
    case 'access.release':
      return vouchForAccess(false)
    case 'access.grant':
      if (change.account === undefined) {
        next.targetGroups[groupId]!.access?.push(accessName)
        return
      }
      next.accounts[accountId]!.access?.push(accessName)
      // What the target makes of it: plain use comes with a place in the default groups (D20).
      for (const id of next.products?.[change.access!.product]?.defaults ?? []) {
        const group = next.targetGroups[id]
        if (group?.access?.includes(accessName) && !group.members.includes(accountId)) group.members.push(accountId)
      }
      return vouchForAccess(true)
    case 'access.revoke': {
      const account = next.accounts[accountId]!
      if (account.access !== undefined) account.access = account.access.filter((each) => each !== accessName)
      return vouchForAccess(false)
    }
    case 'account.create': {
      const id = `A-${change.person!.key}`
      made.set(change.seq, id)
      // A new account shows what it lacks.
      next.accounts[id] = { attributes: { title: null, office: null } }
      write(id)
      next.links[change.person!.key] = id
      return vouch(id)
    }
    case 'account.adopt':
      next.links[change.person!.key] = accountId
      return vouch(accountId)
    case 'account.release':
      unvouch(accountId)
      if (change.reason === 'undo-of-run' && grantRuleOf(change) === undefined) delete next.links[change.person!.key]
      return
    case 'account.update':
      return write(accountId)
    case 'custom.update':
      for (const [id, value] of Object.entries(change.after ?? {})) {
        const at = `${id}/${accountId}`
        delete next.custom[at]
        if (typeof value === 'string') next.custom[at] = { connection: next.connection, value }
      }
      return
    case 'account.deactivate':
      next.accounts[accountId] = { ...next.accounts[accountId], state: 'suspended' }
      next.deactivations[accountId] = { accountId, connection: next.connection, how: 'suspended', since: next.now }
      return unvouch(accountId)
    case 'account.activate':
      next.accounts[accountId] = { ...next.accounts[accountId], state: 'active' }
      delete next.deactivations[accountId]
      return vouch(accountId)
    case 'account.disable': {
      const how = next.deactivations[accountId] === undefined ? 'disabled' : 'both'
      next.accounts[accountId] = { ...next.accounts[accountId], state: 'disabled' }
      next.deactivations[accountId] = { accountId, connection: 'staff', how, since: next.now }
      return unvouch(accountId)
    }
    case 'account.enable': {
      const before = next.deactivations[accountId]
      const state = before?.how === 'both' ? 'suspended' : 'active'
      next.accounts[accountId] = { ...next.accounts[accountId], state }
      if (before?.how === 'both') next.deactivations[accountId] = { ...before, how: 'suspended' }
      else delete next.deactivations[accountId]
      return vouch(accountId)
    }
    case 'account.delete':
      next.accounts[accountId] = { ...next.accounts[accountId], state: 'disabled', toBeDeleted: true }
      return unvouch(accountId)
    case 'group.create': {
      const id = `G-${change.groupLabel}`
      made.set(change.seq, id)
      next.targetGroups[id] = { name: change.groupLabel!, members: [] }
      return link()
    }
    case 'group.adopt':
    case 'group.link':
      return link()
    case 'membership.adopt':
      return grant()
    case 'membership.release':
      return ungrant()
    case 'membership.add':
      next.taken = next.taken.filter((each) => each !== key)
      if (!next.targetGroups[groupId]!.members.includes(accountId)) next.targetGroups[groupId]!.members.push(accountId)
      return grant()
    case 'membership.remove':
      if (change.reason === 'taken-on-leave') next.taken.push(key)
      next.targetGroups[groupId]!.members = next.targetGroups[groupId]!.members.filter((member) => member !== accountId)
      return ungrant()
  }
}
