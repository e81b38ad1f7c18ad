import type { TargetAccount, TargetGroup } from '../../src/domain/account.ts'
import { type Connection, connectionSchema } from '../../src/domain/connection.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../../src/domain/identity.ts'
import type { AccountGrants, Departure, GroupGrants, GroupLink, Link } from '../../src/domain/memory.ts'
import { semanticsVersion } from '../../src/domain/plan.ts'
import type { SourceReadSummary } from '../../src/domain/snapshot.ts'
import { Random } from './random.ts'

/**
 * A company in steady state (everybody linked, every membership in the ledger, another connection vouching for some of
 * them) to which about one per cent happened since: the rows both planners read.
 */
export interface CompanyRows {
  readonly users: SourceUser[]
  readonly groups: SourceGroup[]
  readonly accounts: TargetAccount[]
  readonly targetGroups: TargetGroup[]
  readonly grants: GroupGrants[]
  /** Our connection vouches for everybody it linked, the other one for everybody it granted something. */
  readonly accountGrants: AccountGrants[]
  readonly links: Link[]
  readonly groupLinks: GroupLink[]
  readonly departures: Departure[]
  /** Accounts that we deactivated. */
  readonly deactivated: string[]
  readonly settling: string[]
  readonly lastGood: SourceReadSummary
}

export interface CompanySize {
  readonly users: number
  readonly groups: number
  /** Direct memberships at the source before the changes. */
  readonly memberships: number
}

export const now = Date.UTC(2026, 10, 22, 12)

/** The connection both planners obey: scope by attribute and by group, chains of three steps, table rows, defaults. */
export function benchConnection(): Connection {
  const rules = connectionSchema.parse({
    source: 'hr',
    target: 'acme',
    mode: 'automatic',
    priority: 10,
    users: {
      scope: {
        include: [{ attribute: 'employeeType', in: ['staff', { matches: '(intern|student)-[a-z]+' }] }],
        exclude: [{ memberOf: ['External Partners', { matches: 'no-atlassian-.*' }] }],
      },
      mapping: {
        email: { from: 'mail', steps: [{ fallback: 'userPrincipalName' }, { trim: true }, { lower: true }] },
        displayName: { from: 'cn', steps: [{ trim: true }, { before: ' (' }, { fallback: 'uid' }] },
        department: { from: 'department', steps: [{ trim: true }, { upper: true }, { prefix: 'D-' }] },
        title: { from: 'title', steps: [{ trim: true }, { lower: true }, { suffix: '.' }] },
      },
      onLeft: [{ after: '0d', action: 'deactivate' }],
    },
    groups: {
      scope: { exclude: [{ matches: 'hidden-.*' }] },
      byName: { transform: [{ trim: true }, { lower: true }, { prefix: 'idp-' }] },
      byTable: Array.from({ length: 20 }, (_, index) => ({
        from: groupName(index * 7 + 3),
        to: [`table-${index}`, `shared-${index % 5}`],
      })),
      protected: [{ matches: '.*-vault' }, 'crown-jewels'],
      defaultsForAll: ['all-staff'],
      defaultsForNew: ['newcomers'],
    },
    guards: { neverTouch: ['breakglass@example.test'] },
  })
  return { ...rules, key: 'staff', version: 3 }
}

const words = ['Platform', 'Payments', 'Search', 'Mobile', 'Legal', 'Sales', 'Support', 'Design', 'Data', 'Finance']
const places = ['Berlin', 'Wien', 'Zürich', 'Paris', 'Madrid', 'Oslo', 'Dublin', 'Praha', 'Kraków', 'Lisboa']
const givenNames = ['Ann', 'Björn', 'Chloé', 'Dmitri', 'Élodie', 'Fatma', 'Güner', 'Hanna', 'Íñigo', 'Jürgen']
const surnames = ['Smith', 'Müller', 'García', 'Novák', "O'Neil", 'Yılmaz', 'Åberg', 'Silva', 'Kowalski', 'Rossi']

function groupName(index: number): string {
  if (index === 1) return 'External Partners'
  if (index % 997 === 500) return `no-atlassian-${index}`
  return `${words[index % 10]} ${places[Math.floor(index / 10) % 10]} ${index}`
}

/** Sizes that fall with the rank, as in real directories: a few groups of thousands, most of some dozens. */
function groupSizes({ users, groups, memberships }: CompanySize): number[] {
  const weights = Array.from({ length: groups }, (_, index) => (index + 10) ** -0.7)
  const sum = weights.reduce((all, each) => all + each, 0)
  return weights.map((weight) => Math.max(2, Math.min(Math.floor(users / 5), Math.round((weight / sum) * memberships))))
}

function makeUser(random: Random, index: number): SourceUser {
  const given = random.pick(givenNames)
  const surname = random.pick(surnames)
  const login = `${given}.${surname}.${index}`.normalize('NFKD').replaceAll(/[^A-Za-z0-9.]/g, '')
  const kind = random.below(100)
  return {
    key: random.uuid(),
    active: true,
    attributes: {
      uid: login.toLowerCase(),
      userPrincipalName: `${login}@corp.example.test`,
      mail: kind === 99 ? null : `${login}@Example.test `,
      cn: ` ${given} ${surname}${kind % 9 === 0 ? ' (remote)' : ''}`,
      givenName: given,
      sn: surname,
      department: `${random.pick(words)} ${random.pick(places)} `,
      title: `Senior ${random.pick(words)} Engineer`,
      employeeType: kind < 85 ? 'staff' : kind < 95 ? 'intern-summer' : kind < 97 ? 'student-master' : 'service',
      telephoneNumber: `+49 30 ${100_000 + random.below(900_000)}`,
    },
  }
}

/** The account a user's values lead to; written out here so that no planner's code is used. */
function accountValues({ attributes }: SourceUser) {
  const text = (name: string) => String(attributes[name] ?? '')
  return {
    email: (attributes.mail === null ? text('userPrincipalName') : text('mail')).trim().toLowerCase(),
    displayName: text('cn').trim().split(' (')[0]!,
    attributes: {
      department: `D-${text('department').trim().toUpperCase()}`,
      title: `${text('title').toLowerCase()}.`,
    },
  }
}

interface Draft {
  readonly key: string
  readonly name: string
  readonly users: Set<number>
  readonly children: number[]
}

/** People of a group and of all groups below it, by position. */
function allUsers(drafts: readonly Draft[], start: number): number[] {
  if (drafts[start]!.children.length === 0) return [...drafts[start]!.users]
  const seen = new Set([start])
  const users = new Set<number>()
  for (const group of seen) {
    for (const user of drafts[group]!.users) users.add(user)
    for (const child of drafts[group]!.children) seen.add(child)
  }
  return [...users]
}

export function makeCompany(size: CompanySize, seed: number): Omit<CompanyRows, 'accountGrants'> {
  const random = new Random(seed)
  const connection = benchConnection()
  const users = Array.from({ length: size.users }, (_, index) => makeUser(random, index))
  const drafts = groupSizes(size).map((count, index): Draft => {
    // Whom the scope leaves out is a small group, whatever its rank.
    const most = /^(External|no-atlassian)/.test(groupName(index)) ? Math.ceil(size.users / 200) : count
    return {
      key: random.uuid(),
      name: groupName(index),
      users: new Set(random.sample(Math.min(count, most), size.users)),
      children: [],
    }
  })
  const small = Math.floor(size.groups / 4)
  for (const parent of random.sample(Math.floor(size.groups / 10), size.groups)) {
    const count = 1 + random.below(3)
    for (let child = 0; child < count; child += 1) {
      const position = small + random.below(size.groups - small)
      if (position !== parent && !/^no-atlassian/.test(drafts[position]!.name)) drafts[parent]!.children.push(position)
    }
  }
  // A few circles, as grown directories have them.
  for (let circle = 0; circle < 3; circle += 1) {
    const [a, b] = [small + circle * 2, small + circle * 2 + 1]
    drafts[a]!.children.push(b)
    drafts[b]!.children.push(a)
  }

  const out = new Set<number>()
  drafts.forEach((draft, index) => {
    if (draft.name === 'External Partners' || draft.name.startsWith('no-atlassian-')) {
      for (const user of allUsers(drafts, index)) out.add(user)
    }
  })
  users.forEach((user, index) => {
    if (user.attributes.employeeType === 'service') out.add(index)
  })

  // --- the target as the last run left it ---------------------------------------------------------------------------
  const accountOf: (string | undefined)[] = []
  const accounts: TargetAccount[] = []
  const links: Link[] = []
  users.forEach((user, index) => {
    if (out.has(index)) return
    const id = `712020:${random.uuid()}`
    accountOf[index] = id
    accounts.push({ id, kind: 'person', state: 'active', ...accountValues(user) })
    links.push({ source: 'hr', sourceKey: user.key, accountId: id, how: 'email', since: now - 1e10 })
  })
  const foreign: string[] = []
  for (let index = 0; index < size.users / 20; index += 1) {
    const id = `712020:${random.uuid()}`
    foreign.push(id)
    accounts.push({
      id,
      kind: 'person',
      state: 'active',
      email: `partner${index}@partners.example.test`,
      displayName: `Partner ${index}`,
    })
    links.push({ source: 'partner-hr', sourceKey: random.uuid(), accountId: id, how: 'email', since: now - 1e10 })
  }
  accounts.push({
    id: 'glass',
    kind: 'person',
    state: 'active',
    email: 'breakglass@example.test',
    displayName: 'Break Glass',
  })
  for (let index = 0; index < 50; index += 1) {
    accounts.push({ id: `app-${index}`, kind: 'app', state: 'active', displayName: `App ${index}` })
  }

  const members = new Map<string, Set<string>>()
  const ours = new Map<string, Map<string, Set<string>>>()
  const targetGroups: { id: string; name: string; grantsAdmin: boolean }[] = []
  const idOfName = new Map<string, string>()
  const groupLinks: GroupLink[] = []
  const targetGroup = (name: string, grantsAdmin = false): string => {
    const known = idOfName.get(name)
    if (known !== undefined) return known
    const id = random.uuid()
    idOfName.set(name, id)
    targetGroups.push({ id, name, grantsAdmin })
    members.set(id, new Set())
    return id
  }
  const grant = (groupId: string, rule: string, accountIds: readonly string[]) => {
    const rules = ours.get(groupId) ?? new Map<string, Set<string>>()
    ours.set(groupId, rules)
    const list = rules.get(rule) ?? new Set<string>()
    rules.set(rule, list)
    for (const id of accountIds) {
      if (members.get(groupId)!.has(id)) continue
      list.add(id)
      members.get(groupId)!.add(id)
    }
  }
  const rowsOf = new Map<string, { index: number; to: readonly string[] }>()
  connection.groups.byTable.forEach(({ from, to }, index) => {
    rowsOf.set(from, { index, to: typeof to === 'string' ? [to] : to })
  })
  const groupMembers: Record<string, number> = {}
  drafts.forEach((draft, index) => {
    const all = allUsers(drafts, index)
    groupMembers[draft.key] = all.length
    const ids = all.map((user) => accountOf[user]).filter((id) => id !== undefined)
    const row = rowsOf.get(draft.name)
    if (row === undefined) {
      const groupId = targetGroup(`idp-${draft.name.toLowerCase()}`)
      groupLinks.push({ source: 'hr', groupKey: draft.key, rule: 'byName', groupId })
      grant(groupId, 'groups.byName', ids)
      return
    }
    for (const name of row.to) {
      const groupId = targetGroup(name)
      groupLinks.push({ source: 'hr', groupKey: draft.key, rule: `byTable:${name}`, groupId })
      grant(groupId, `groups.byTable[${row.index}]`, ids)
    }
  })
  const linked = accountOf.filter((id) => id !== undefined)
  grant(targetGroup('all-staff'), 'groups.defaultsForAll', linked)
  grant(
    targetGroup('newcomers'),
    'groups.defaultsForNew',
    random.sample(Math.ceil(linked.length / 100), linked.length).map((at) => linked[at]!),
  )
  const admins = targetGroup('jira-administrators', true)
  for (const at of random.sample(5, linked.length)) members.get(admins)!.add(linked[at]!)
  for (let index = 0; index < 50; index += 1) {
    const id = targetGroup(`hand-made-${index}`)
    for (const at of random.sample(20, linked.length)) members.get(id)!.add(linked[at]!)
  }
  // Another connection vouches for its own people, and for some of ours, in every fifth group.
  const theirs = new Map<string, Set<string>>()
  for (const { groupId } of groupLinks.filter((_, index) => index % 5 === 0)) {
    const list = theirs.get(groupId) ?? new Set<string>()
    theirs.set(groupId, list)
    const here = [...members.get(groupId)!]
    const own = Math.min(Math.ceil(here.length / 5), foreign.length)
    for (const at of random.sample(own, foreign.length)) list.add(foreign[at]!)
    for (const at of random.sample(Math.ceil(here.length / 4), here.length)) list.add(here[at]!)
    for (const id of list) members.get(groupId)!.add(id)
  }
  const filled: Record<string, number> = {}
  for (const { attributes } of users) {
    for (const [name, value] of Object.entries(attributes)) if (value) filled[name] = (filled[name] ?? 0) + 1
  }
  const lastGood: SourceReadSummary = {
    snapshotId: 'before',
    takenAt: now - 6 * 3_600_000,
    readFingerprint: 'all',
    connectionVersion: connection.version,
    semanticsVersion,
    users: users.length,
    activeUsers: users.length,
    groupMembers,
    filled,
  }

  // --- what happened since ------------------------------------------------------------------------------------------
  const some = (share: number) => Math.ceil(size.users * share)
  const deactivated: string[] = []
  const accountAt = new Map(accounts.map((account, at) => [account.id, at]))
  const change = (id: string, patch: Partial<TargetAccount>) => {
    const at = accountAt.get(id)!
    accounts[at] = { ...accounts[at]!, ...patch }
  }
  const chosen = random.sample(some(0.0088), size.users)
  const next = (share: number) => chosen.splice(0, some(share)).filter((index) => !out.has(index))
  const gone = new Set(next(0.001))
  for (const index of next(0.0005)) users[index] = { ...users[index]!, active: false }
  for (const index of next(0.007)) {
    const { attributes, ...user } = users[index]!
    users[index] = { ...user, attributes: { ...attributes, cn: `Renamed ${index}`, department: 'Moved ' } }
  }
  for (const index of next(0.0002)) {
    change(accountOf[index]!, { state: 'suspended' })
    deactivated.push(accountOf[index]!)
  }
  for (let index = 0; index < some(0.0015); index += 1) {
    const user = makeUser(random, size.users + index)
    users.push({ ...user, attributes: { ...user.attributes, employeeType: 'staff' } })
    for (const draft of random.sample(10, drafts.length)) {
      if (!/^(External|no-atlassian)/.test(drafts[draft]!.name)) drafts[draft]!.users.add(users.length - 1)
    }
    // Every third has an account already that nobody linked.
    if (index % 3 === 0) {
      accounts.push({ id: `712020:${random.uuid()}`, kind: 'person', state: 'active', ...accountValues(user) })
    }
  }
  const moves = Math.ceil(size.memberships * 0.005)
  for (let index = 0; index < moves; index += 1) {
    const from = random.pick(drafts)
    const [user] = from.users
    if (from.users.size > 3 && user !== undefined && !/^(External|no-atlassian)/.test(from.name)) {
      from.users.delete(user)
    }
    const to = random.pick(drafts)
    if (!/^(External|no-atlassian)/.test(to.name)) to.users.add(random.below(size.users))
  }
  for (let index = 0; index < 5; index += 1) {
    drafts.push({
      key: random.uuid(),
      name: `Founded ${index}`,
      users: new Set(random.sample(30, size.users)),
      children: [],
    })
    drafts.push({
      key: random.uuid(),
      name: `Adopted ${index}`,
      users: new Set(random.sample(30, size.users)),
      children: [],
    })
    const taken = targetGroup(`idp-adopted ${index}`)
    for (const at of random.sample(10, linked.length)) members.get(taken)!.add(linked[at]!)
  }
  const closed = new Set(random.sample(Math.ceil(size.groups / 2000), size.groups).map((at) => drafts[at]!.key))
  const targetIds = [...members.keys()]
  for (let index = 0; index < size.memberships / 5000; index += 1) {
    const list = members.get(random.pick(targetIds))!
    const [first] = list
    if (first !== undefined) list.delete(first)
    members.get(random.pick(targetIds))!.add(random.pick(linked))
  }

  const memberRefs = (draft: Draft): MemberRef[] => [
    ...[...draft.users]
      .filter((user) => !gone.has(user))
      .map((user) => ({ kind: 'user' as const, key: users[user]!.key })),
    ...draft.children
      .map((child) => drafts[child]!.key)
      .filter((key) => !closed.has(key))
      .map((key) => ({ kind: 'group' as const, key })),
  ]
  const asGrants = (connectionKey: string, groupId: string, rule: string, list: ReadonlySet<string>) => ({
    groupId,
    connection: connectionKey,
    rule,
    accountIds: [...list],
  })
  return {
    users: users.filter((_, index) => !gone.has(index)),
    groups: drafts
      .filter(({ key }) => !closed.has(key))
      .map((draft) => ({ key: draft.key, name: draft.name, members: memberRefs(draft) })),
    accounts,
    targetGroups: targetGroups.map((group) => ({ ...group, members: [...members.get(group.id)!] })),
    grants: [
      ...[...ours].flatMap(([groupId, rules]) =>
        [...rules].map(([rule, list]) => asGrants('staff', groupId, rule, list)),
      ),
      ...[...theirs].map(([groupId, list]) => asGrants('partners', groupId, 'groups.byName', list)),
    ],
    links,
    groupLinks,
    departures: [...gone].slice(0, 3).map((index) => ({
      // Proven by an earlier run already.
      sourceKey: links.find((link) => link.accountId === accountOf[index])?.sourceKey ?? '',
      signal: 'left-source' as const,
      firstProvenAt: now - 86_400_000,
    })),
    deactivated,
    settling: [`add:${targetIds[5]}:${linked[5]}`],
    lastGood,
  }
}
