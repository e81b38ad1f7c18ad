import fc from 'fast-check'
import { changeKinds } from '../../src/domain/change.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Exception } from '../../src/domain/exception.ts'
import type { Deactivation, Departure } from '../../src/domain/memory.ts'
import { day, openGuards, type World, world } from './world.ts'

const names = ['ann', 'bob', 'cid', 'dan', 'eve']
const groupNames = ['dev', 'ops', 'hr']
const targetIds = ['DEV', 'OPS', 'JIRA-ADMINISTRATORS', 'JSU', 'WIKI']
const ownership = fc.constantFrom('add-only', 'own', 'mapped', 'all')

const subset = (values: readonly string[]) => fc.subarray([...values])
/** Mostly the first, seldom another. */
const mostly = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
/** Mostly nobody. */
const few = (values: readonly string[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: subset(values) })

/** What people decided about single things, one word about each; mostly nothing. */
const exceptions: fc.Arbitrary<Exception[]> = fc
  .uniqueArray(
    fc.record({
      what: fc.constantFrom(
        'keep membership-foreign',
        'keep membership-removed',
        'adopt membership-foreign',
        'revert membership-foreign',
        'keep account-suspended',
        'revert account-suspended',
        'keep account-reactivated',
        'keep account-orphaned',
        'keep value-changed',
        'deactivate account-unmanaged',
        'deactivate account-orphaned',
      ),
      accountId: fc.constantFrom(...names, 'zoe'),
      groupId: fc.constantFrom(...targetIds),
      connection: fc.constantFrom('staff', 'staff', 'partners'),
    }),
    { maxLength: 4, selector: ({ what, accountId, groupId }) => `${what.split(' ')[1]} ${accountId} ${groupId}` },
  )
  .map((list) =>
    list.map(({ what, groupId, ...rest }, index) => {
      const [decision, kind = ''] = what.split(' ')
      const about = kind.startsWith('membership') ? { groupId } : kind === 'value-changed' ? { attribute: 'title' } : {}
      return {
        id: String(index + 1),
        decision,
        kind,
        ...about,
        ...rest,
        decidedBy: 'user:eva',
        decidedAt: 0,
      } as Exception
    }),
  )

/** What people answered to questions; mostly nothing. */
const decisions: fc.Arbitrary<Decision[]> = fc
  .uniqueArray(
    fc.record({
      decision: fc.constantFrom('reactivate', 'give-back', 'forget', 'none'),
      name: fc.constantFrom(...names),
    }),
    { maxLength: 2, selector: ({ decision, name }) => `${decision} ${name}` },
  )
  .map((list) =>
    list.map(({ decision, name }, index) => ({
      id: `d${index + 1}`,
      subject: { of: 'person', source: 'hr', key: name },
      decision: decision as Decision['decision'],
      ...(decision === 'forget' ? {} : { objectId: name }),
    })),
  )

const stages = fc.constantFrom(
  [{ after: '0d', action: 'deactivate' }],
  [{ after: '0d', action: 'remove-managed-groups' }],
  [{ after: '1d', action: 'deactivate' }],
  [{ after: '0d', action: 'remove-all-groups' }],
  [{ after: '0d', action: 'remove-access' }],
  [{ after: '0d', action: 'disable-account' }],
  [
    { after: '0d', action: 'remove-access' },
    { after: '3d', action: 'deactivate' },
  ],
  [
    { after: '0d', action: 'deactivate' },
    { after: '2d', action: 'remove-managed-groups' },
    { after: '9d', action: 'delete' },
  ],
)

/** Products, who may use them by what, and what the rules ask for. */
const products = fc.record({
  /** A role other than plain use is given by roles only. */
  wanted: fc.constantFrom(
    [],
    [{ product: 'jira' }],
    [{ product: 'jira', role: 'guest' }],
    [{ product: 'jira' }, { product: 'wiki' }],
    [{ product: 'jira', role: 'guest' }, { product: 'jira' }],
  ),
  by: fc.constantFrom('role' as const, 'group' as const),
  wikiBy: fc.constantFrom('role' as const, 'group' as const),
  seats: fc.option(fc.tuple(fc.nat(5), fc.nat(5)), { nil: undefined }),
  defaults: mostly(['JSU'], ['JSU', 'OPS'], ['OPS'], []),
  given: subset(names),
  guests: few(names),
  wikiGiven: few(names),
  givenElsewhere: few(names),
  direct: fc.option(
    fc.record({ jira: subset([...names, 'zoe']), guest: few(names), wiki: few(names), admin: few(['ann', 'zoe']) }),
    { nil: undefined },
  ),
  ops: mostly<string[] | undefined>(undefined, ['jira'], ['wiki'], ['jira', 'jira:guest'], ['jira:admin']),
  dev: mostly<string[] | undefined>(undefined, ['jira'], ['jira:guest'], []),
})

const groupRules = fc.record({
  ownership,
  adoptExisting: mostly(true, false),
  protected: mostly<string[]>([], ['ops'], ['jsu']),
  defaultsForNew: mostly<string[]>([], ['welcome'], ['dev']),
  defaultsForAll: mostly<string[]>([], ['all'], ['ops'], ['jsu']),
  byName: fc.record({ ownership: mostly<string | undefined>(undefined, 'own', 'mapped', 'all') }),
  byTable: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({
          from: fc.constantFrom(...groupNames),
          to: fc.constantFrom('dev', 'ops', 'jsu', 'team', 'jira-administrators'),
          ownership: mostly<string | undefined>(undefined, 'add-only', 'mapped', 'all'),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    },
  ),
  scope: mostly<Record<string, unknown>>({}, { exclude: ['ops'] }),
})

const none = { floor: 0, percent: 0, cap: 0 }
const guards = fc.constantFrom<Record<string, unknown>>(
  openGuards,
  openGuards,
  openGuards,
  { ...openGuards, membershipRemovals: none },
  { ...openGuards, groupRemovals: none, groupsEmptied: none },
  { ...openGuards, creates: none, adminGrants: none, groupAdoption: 'hold' },
  { ...openGuards, deactivations: none, sourceUsers: { floor: 1, percent: 0 } },
)

const accountOf = fc.record({
  state: fc.constantFrom('active' as const, 'active' as const, 'suspended' as const, 'disabled' as const),
  kind: mostly('person' as const, 'app' as const),
  refuses: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...(['membership.add', 'membership.remove', 'account.deactivate', 'access.grant', 'access.revoke'] as const),
      ),
    },
  ),
  title: mostly<string | null>(null, 'boss'),
})

const memory = fc.record({
  linked: subset(names),
  elsewhere: few(names),
  granted: subset(names),
  grantedElsewhere: subset(names),
  grantedInOps: few(names),
  grantedForAccess: few(names),
  givenOnce: few(names),
  groupLinks: few(['dev', 'ops']),
  renamed: few(['dev', 'ops']),
  deactivated: subset(names),
  deactivatedElsewhere: few(names),
  departed: few(names),
  taken: few(names),
  hidden: few(names),
  leads: subset(['ann', 'bob']),
  settling: few(['add:DEV:ann', 'remove:DEV:bob', 'grant:jira user:ann', 'add:JSU:ann', 'remove:JSU:bob']),
})

const raw = fc.record({
  people: fc.dictionary(
    fc.constantFrom(...names),
    fc.record({
      active: fc.boolean(),
      title: mostly<string | undefined>(undefined, 'boss', 'dev'),
      badge: mostly<string | undefined>(undefined, '7'),
      office: mostly<string | undefined>(undefined, 'rome'),
    }),
  ),
  members: fc.dictionary(
    fc.constantFrom(...groupNames),
    fc.record({ members: subset([...names, '@ops', '@hr']), complete: mostly(true, true, false) }),
  ),
  accounts: fc.dictionary(fc.constantFrom(...names, 'zoe'), accountOf),
  target: fc.dictionary(
    fc.constantFrom(...targetIds),
    fc.record({
      members: subset([...names, 'zoe']),
      readOnly: mostly(false, true),
      complete: mostly(true, true, false),
    }),
  ),
  products,
  memory,
  usersComplete: mostly(true, true, false),
  groupsComplete: mostly(true, true, false),
  accountsComplete: mostly(true, true, false),
  targetGroupsComplete: mostly(true, true, false),
  groupRules,
  guards,
  never: few(names),
  exceptions,
  decisions,
  onDisabled: stages,
  onLeft: stages,
  userScope: mostly<Record<string, unknown>>(
    {},
    { exclude: [{ memberOf: ['hr'] }] },
    { include: [{ attribute: 'office', in: ['rome'] }] },
  ),
  activateForeign: mostly(false, true),
  customAttributes: mostly<Record<string, string>>({}, { badge: 'badge' }),
  refusedKinds: few(['access.revoke', 'membership.remove', 'access.grant', 'group.create', 'account.create']),
  lastGood: mostly<World['lastGood']>('same', { users: 20 }),
})

/**
 * Random small companies and sites, with links, grants and decisions that a real past could have left. Every decision of the
 * semantics has its chance to meet every other one.
 */
export const randomWorlds: fc.Arbitrary<World> = raw.map((it) => {
  const { products: access, memory: past, groupRules: rules } = it
  const isThere = (name: string) => name in it.accounts
  const accounts: World['accounts'] = {}
  for (const [name, { refuses, title, ...account }] of Object.entries(it.accounts)) {
    const { direct } = access
    const roles =
      direct === undefined
        ? undefined
        : [
            ...(direct.jira.includes(name) ? ['jira'] : []),
            ...(direct.guest.includes(name) ? ['jira:guest'] : []),
            ...(direct.admin.includes(name) ? ['jira:admin'] : []),
            ...(direct.wiki.includes(name) ? ['wiki'] : []),
          ]
    accounts[name] = {
      ...account,
      attributes: { title, office: null },
      ...(refuses === undefined ? {} : { refuses: { [refuses]: 'it says so' } }),
      ...(roles === undefined ? {} : { access: roles }),
    }
  }
  const accessGrants: World['accessGrants'] = {}
  const giveAccess = (list: readonly string[], role: string, connection: string) => {
    for (const name of list.filter(isThere)) {
      const key = `${role}/${name}`
      accessGrants[key] = [...(accessGrants[key] ?? []), { connection, rule: 'users.access[0]' }]
    }
  }
  giveAccess(access.given, 'jira', 'staff')
  giveAccess(access.by === 'role' ? access.guests : [], 'jira:guest', 'staff')
  giveAccess(access.wikiGiven, 'wiki', 'staff')
  giveAccess(access.givenElsewhere, 'jira', 'partners')
  const grants: World['grants'] = {}
  const grant = (list: readonly string[], groupId: string, connection: string, rule: string) => {
    for (const name of list.filter(isThere)) {
      const key = `${groupId}/${name}`
      const known = grants[key] ?? []
      if (!known.some((each) => each.connection === connection)) grants[key] = [...known, { connection, rule }]
    }
  }
  grant(past.granted, 'DEV', 'staff', 'groups.byName')
  grant(past.grantedElsewhere, 'DEV', 'partners', 'groups.byName')
  grant(past.grantedInOps, 'OPS', 'staff', 'groups.byName')
  grant(past.grantedForAccess, 'JSU', 'staff', 'users.access[0]')
  grant(past.givenOnce, 'OPS', 'staff', 'groups.defaultsForNew')
  const hidden = past.hidden.filter(isThere)
  const givenBy: Readonly<Record<string, string[] | undefined>> = {
    JSU: ['jira'],
    WIKI: ['wiki'],
    OPS: access.ops,
    DEV: access.dev,
  }
  const targetGroups: World['targetGroups'] = {}
  for (const [id, { members, readOnly, complete }] of Object.entries(it.target)) {
    const gives = givenBy[id]
    targetGroups[id] = {
      name: id.toLowerCase(),
      members: members.filter((name) => isThere(name) && !hidden.includes(name)),
      complete,
      ...(readOnly ? { readOnly: 'synced' } : {}),
      ...(gives === undefined ? {} : { access: gives }),
    }
  }
  const deactivations: World['deactivations'] = {}
  const deactivate = (list: readonly string[], connection: string) => {
    for (const accountId of list.filter(isThere)) {
      const how: Deactivation['how'] = accounts[accountId]!.state === 'disabled' ? 'disabled' : 'suspended'
      deactivations[accountId] = { accountId, connection, how, since: 0 }
    }
  }
  deactivate(past.deactivatedElsewhere, 'partners')
  deactivate(past.deactivated, 'staff')
  const links = Object.fromEntries(past.linked.filter(isThere).map((name) => [name, name]))
  const now = Date.UTC(2026, 2, 1)
  return world({
    now,
    people: it.people,
    groups: Object.fromEntries(
      Object.entries(it.members).map(([key, group]) => [
        key,
        { ...group, ...(past.renamed.includes(key) ? { name: `${key}-new` } : {}) },
      ]),
    ),
    accounts,
    targetGroups,
    products: {
      jira: {
        defaults: access.defaults,
        by: access.by,
        ...(access.seats === undefined ? {} : { seats: access.seats }),
      },
      wiki: { defaults: ['WIKI'], by: access.wikiBy },
    },
    accessGrants,
    links,
    foreignLinks: past.elsewhere
      .filter(isThere)
      .map((name) => ({ source: 'partners', sourceKey: `p-${name}`, accountId: name, how: 'email', since: 0 })),
    groupLinks: past.groupLinks.map((key) => ({
      source: 'hr',
      groupKey: key,
      rule: 'byName',
      groupId: key.toUpperCase(),
      sourceName: key,
      name: key,
    })),
    grants,
    deactivations,
    departures: past.departed.map(
      (sourceKey, index): Departure => ({
        sourceKey,
        signal: it.people[sourceKey]?.active === false ? 'disabled' : 'left-source',
        firstProvenAt: now - (index + 1) * 2 * day,
      }),
    ),
    taken: past.taken.filter(isThere).map((name) => `DEV/${name}`),
    leads: Object.fromEntries(past.leads.filter(isThere).map((name) => [`project P-${name.toUpperCase()}`, name])),
    membershipsUnknown: hidden,
    settling: past.settling,
    exceptions: it.exceptions,
    decisions: it.decisions,
    usersComplete: it.usersComplete,
    groupsComplete: it.groupsComplete,
    accountsComplete: it.accountsComplete,
    targetGroupsComplete: it.targetGroupsComplete,
    lastGood: it.lastGood,
    offered: everyKind.filter((kind) => !it.refusedKinds.includes(kind)),
    rules: {
      users: {
        onDisabled: it.onDisabled,
        onLeft: it.onLeft,
        access: access.wanted.filter((rule) => !('role' in rule) || access.by === 'role'),
        scope: it.userScope,
        activateForeign: it.activateForeign,
        customAttributes: it.customAttributes,
        defaultProjectLead: 'zoe@x.test',
      },
      groups: rules,
      guards: { ...it.guards, neverTouch: it.never.map((name) => `${name}@x.test`) },
    },
  })
})

const everyKind = (Object.keys(changeKinds) as (keyof typeof changeKinds)[]).filter(
  (kind) => changeKinds[kind].calls,
) as World['offered']
