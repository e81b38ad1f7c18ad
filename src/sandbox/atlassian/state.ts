// One file above 300 lines: every change of the organization keeps the same indexes and seat counts true.
import { createHash } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import { SortedList } from '../server/sorted-list.ts'
import {
  type Account,
  type AccountType,
  type Directory,
  type Domain,
  type Group,
  isActiveIn,
  membershipIn,
  type Product,
  type Site,
  seatRoles,
} from './model.ts'
import { Visibility } from './visibility.ts'

export interface NewAccount {
  readonly email: string
  readonly name?: string
  readonly accountType?: AccountType
  readonly accountId?: string
  readonly emailHidden?: boolean
  readonly timeZone?: string
  readonly jobTitle?: string
  readonly department?: string
  readonly location?: string
}

/** What really changed, whoever asked; counts of the truth, not of requests. */
export interface Effects {
  accountsCreated: number
  peopleAdded: number
  peopleRemoved: number
  suspended: number
  restored: number
  groupsCreated: number
  groupsDeleted: number
  membershipsAdded: number
  membershipsRemoved: number
  rolesChanged: number
}

export interface InvitationCount {
  /** New people let in by an invitation to this address. A second one is a person invited twice. */
  invitations: number
  /** Mails that went to the address. */
  mails: number
  /** Calls that named the address, whether or not they changed anything. */
  calls: number
}

/** The whole organization. Methods change the truth at once; what reads show may lag (`visibility`). */
export class AtlassianState {
  readonly orgId: string
  readonly orgName: string
  hasPaidSubscription = true
  readonly directories: Directory[] = []
  readonly sites: Site[] = []
  readonly domains: Domain[] = []
  readonly accounts = new SortedList<Account>((account) => account.accountId)
  readonly accountsByEmailOrder = new SortedList<Account>((account) => `${fold(account.email)}\n${account.accountId}`)
  readonly accountsByNameOrder = new SortedList<Account>((account) => `${fold(account.name)}\n${account.accountId}`)
  readonly groups = new SortedList<Group>((group) => fold(group.name))
  readonly visibility: Visibility
  readonly clock: Clock
  readonly #seed: string
  readonly #accountsById = new Map<string, Account>()
  readonly #accountsByEmail = new Map<string, Account>()
  readonly #groupsById = new Map<string, Group>()
  readonly #groupsByName = new Map<string, Group>()
  readonly #verifiedDomains = new Set<string>()
  #effects = noEffects()
  #invitations = new Map<string, InvitationCount>()
  #groupsMade = 0

  constructor(clock: Clock, orgName: string, seed: string) {
    this.clock = clock
    this.visibility = new Visibility(clock)
    this.orgName = orgName
    this.#seed = seed
    this.orgId = this.makeUuid('organization')
  }

  /** A UUID that depends on the seed and the text alone. */
  makeUuid(text: string): string {
    const hex = createHash('sha256').update(`${this.#seed}\n${text}`).digest('hex')
    const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }

  get effects(): Readonly<Effects> {
    return this.#effects
  }

  get invitations(): ReadonlyMap<string, Readonly<InvitationCount>> {
    return this.#invitations
  }

  resetCounts(): void {
    this.#effects = noEffects()
    this.#invitations = new Map()
  }

  countInvitation(email: string, part: keyof InvitationCount): void {
    const key = fold(email)
    const count = this.#invitations.get(key) ?? { invitations: 0, mails: 0, calls: 0 }
    count[part]++
    this.#invitations.set(key, count)
  }

  addDirectory(name: string): Directory {
    const directory = { directoryId: this.makeUuid(`directory ${name}`), name }
    this.directories.push(directory)
    return directory
  }

  addSite(
    name: string,
    directory: Directory,
    products: readonly { key: string; name: string; seats: number | null }[],
  ): Site {
    const site: Site = {
      cloudId: this.makeUuid(`site ${name}`),
      name,
      directoryId: directory.directoryId,
      products: [],
    }
    for (const { key, name: title, seats } of products) {
      const resource = `ari:cloud:${key}::site/${site.cloudId}`
      site.products.push({ key, name: title, resource, site, seats, used: 0, defaultGroups: new Set() })
    }
    this.sites.push(site)
    return site
  }

  setDomain(name: string, status: Domain['status'], type: Domain['type'] = 'dns'): void {
    const known = this.domains.find((each) => each.name === name)
    if (known === undefined) this.domains.push({ id: this.makeUuid(`domain ${name}`), name, status, type })
    else known.status = status
    if (status === 'verified') this.#verifiedDomains.add(fold(name))
    else this.#verifiedDomains.delete(fold(name))
  }

  /** Managed = a person whose mail domain the organization has verified. */
  isManaged(account: Account): boolean {
    return account.accountType === 'atlassian' && this.#verifiedDomains.has(domainOf(account.email))
  }

  account(accountId: string): Account | undefined {
    return this.#accountsById.get(accountId)
  }

  accountByEmail(email: string): Account | undefined {
    return this.#accountsByEmail.get(fold(email))
  }

  group(groupId: string): Group | undefined {
    return this.#groupsById.get(groupId)
  }

  groupByName(name: string): Group | undefined {
    return this.#groupsByName.get(fold(name))
  }

  /** The product a resource stands for; `ari:cloud:jira::site/…` is another name of Jira Software. */
  product(resource: string): Product | undefined {
    const name = resource.replace(/^ari:cloud:jira::/, 'ari:cloud:jira-software::')
    return this.sites.flatMap((site) => site.products).find((product) => product.resource === name)
  }

  /** Makes an account that is in no directory yet. */
  createAccount(facts: NewAccount): Account {
    const account = this.#makeAccount(facts)
    this.accounts.add(account)
    this.accountsByEmailOrder.add(account)
    this.accountsByNameOrder.add(account)
    this.#effects.accountsCreated++
    return account
  }

  /** Makes many accounts at once, visible from the start and not counted as effects. */
  loadAccounts(facts: readonly NewAccount[]): Account[] {
    const made = facts.map((each) => this.#makeAccount(each))
    for (const account of made) account.visibleAt = Number.NEGATIVE_INFINITY
    this.accounts.addAll(made)
    this.accountsByEmailOrder.addAll(made)
    this.accountsByNameOrder.addAll(made)
    return made
  }

  addToDirectory(account: Account, directoryId: string, source: 'invited' | 'synced' = 'invited'): void {
    if (membershipIn(account, directoryId) !== undefined) return
    this.#keepingSeats(account, () => {
      account.directories.push({ directoryId, status: 'active', source, addedAt: this.clock.now() })
    })
    this.#effects.peopleAdded++
  }

  /** Takes somebody out: groups and roles of that directory are gone for good, the account itself stays. */
  removeFromDirectory(account: Account, directoryId: string): boolean {
    const at = account.directories.findIndex((each) => each.directoryId === directoryId)
    if (at < 0) return false
    for (const group of [...account.groups]) if (group.directoryId === directoryId) this.removeMember(group, account)
    this.#keepingSeats(account, () => {
      account.directories.splice(at, 1)
      for (const site of this.sites) {
        if (site.directoryId === directoryId)
          for (const product of site.products) account.roles.delete(product.resource)
      }
    })
    if (!account.formerDirectories.includes(directoryId)) account.formerDirectories.push(directoryId)
    this.#effects.peopleRemoved++
    return true
  }

  /** Suspends or restores; false = it was so already or the person is not in the directory. */
  setSuspended(account: Account, directoryId: string, suspended: boolean): boolean {
    const membership = membershipIn(account, directoryId)
    const status = suspended ? 'suspended' : 'active'
    if (membership === undefined || membership.status === status) return false
    this.#keepingSeats(account, () => {
      membership.status = status
    })
    if (suspended) this.#effects.suspended++
    else this.#effects.restored++
    return true
  }

  setAccountStatus(account: Account, status: Account['accountStatus']): void {
    this.#keepingSeats(account, () => {
      account.accountStatus = status
    })
    if (status === 'active') delete account.deactivatedAt
    else account.deactivatedAt = this.clock.now()
  }

  setName(account: Account, name: string): void {
    this.accountsByNameOrder.remove(account)
    account.name = name
    this.accountsByNameOrder.add(account)
  }

  setEmail(account: Account, email: string): void {
    const other = this.accountByEmail(email)
    if (other !== undefined && other !== account) throw new Error(`${email} belongs to another account`)
    this.#accountsByEmail.delete(fold(account.email))
    this.accountsByEmailOrder.remove(account)
    account.email = email
    this.#accountsByEmail.set(fold(email), account)
    this.accountsByEmailOrder.add(account)
  }

  createGroup(facts: { name: string; description?: string; directoryId: string; groupId?: string }): Group {
    if (this.groupByName(facts.name) !== undefined) throw new Error(`The group ${facts.name} exists`)
    const group: Group = {
      groupId: facts.groupId ?? this.makeUuid(`group ${++this.#groupsMade} ${facts.name}`),
      name: facts.name,
      description: facts.description ?? '',
      directoryId: facts.directoryId,
      synced: false,
      members: new SortedList((account) => account.accountId),
      roles: new Map(),
      isDefault: false,
      visibleAt: this.visibility.groupVisibleAt(),
    }
    this.groups.add(group)
    this.#groupsById.set(group.groupId, group)
    this.#groupsByName.set(fold(group.name), group)
    this.#effects.groupsCreated++
    return group
  }

  /** Atlassian's own screens can rename a group (a beta); no API can. */
  renameGroup(group: Group, name: string): void {
    this.groups.remove(group)
    this.#groupsByName.delete(fold(group.name))
    group.name = name
    this.groups.add(group)
    this.#groupsByName.set(fold(name), group)
  }

  deleteGroup(group: Group): void {
    for (const account of [...group.members.items]) this.removeMember(group, account)
    for (const product of this.sites.flatMap((site) => site.products)) product.defaultGroups.delete(group)
    this.groups.remove(group)
    this.#groupsById.delete(group.groupId)
    this.#groupsByName.delete(fold(group.name))
    this.visibility.forgetGroup(group)
    this.#effects.groupsDeleted++
  }

  /** False = was a member already. */
  addMember(group: Group, account: Account): boolean {
    if (account.groups.has(group)) return false
    this.visibility.membershipChanges(account, group, false)
    this.#inGroup(group, account, () => {
      account.groups.add(group)
      group.members.add(account)
    })
    this.#effects.membershipsAdded++
    return true
  }

  /** Fills a group at once, not counted as effects and visible from the start. */
  loadMembers(group: Group, accounts: readonly Account[]): void {
    const fresh = accounts.filter((account) => !account.groups.has(group))
    for (const account of fresh) this.#inGroup(group, account, () => account.groups.add(group))
    group.members.addAll(fresh)
  }

  /** False = was not a member. */
  removeMember(group: Group, account: Account): boolean {
    if (!account.groups.has(group)) return false
    this.visibility.membershipChanges(account, group, true)
    this.#inGroup(group, account, () => {
      account.groups.delete(group)
      group.members.remove(account)
    })
    this.#effects.membershipsRemoved++
    return true
  }

  grantRole(holder: Account | Group, resource: string, role: string): boolean {
    return this.#changeRole(holder, () => {
      const roles = holder.roles.get(resource) ?? new Set()
      if (roles.has(role)) return false
      holder.roles.set(resource, roles.add(role))
      return true
    })
  }

  revokeRole(holder: Account | Group, resource: string, role: string): boolean {
    return this.#changeRole(holder, () => {
      const roles = holder.roles.get(resource)
      if (!roles?.delete(role)) return false
      if (roles.size === 0) holder.roles.delete(resource)
      return true
    })
  }

  setPlatformRole(account: Account, role: string, granted: boolean): void {
    if (account.platformRoles.has(role) === granted) return
    this.visibility.platformRolesChange(account)
    if (granted) account.platformRoles.add(role)
    else account.platformRoles.delete(role)
    this.#effects.rolesChanged++
  }

  /** Roles somebody has on a product, by themselves or through groups. */
  rolesOn(account: Account, product: Product): Set<string> {
    const roles = new Set(account.roles.get(product.resource))
    for (const group of account.groups) for (const role of group.roles.get(product.resource) ?? []) roles.add(role)
    return roles
  }

  /** Products this account takes a seat of. */
  seatsOf(account: Account): Product[] {
    if (account.accountType !== 'atlassian') return []
    return this.sites.flatMap((site) =>
      isActiveIn(account, site.directoryId)
        ? site.products.filter(
            (product) => hasSeatRole(account.roles.get(product.resource)) || viaGroup(account, product),
          )
        : [],
    )
  }

  /** Whether getting these roles on the product would take a seat the account does not have yet. */
  needsSeat(account: Account | undefined, roles: ReadonlySet<string>, product: Product): boolean {
    if (!hasSeatRole(roles)) return false
    if (account === undefined) return true
    const isSuspended = membershipIn(account, product.site.directoryId)?.status === 'suspended'
    return account.accountStatus === 'active' && !isSuspended && !this.seatsOf(account).includes(product)
  }

  /** The product that has no seat left for an account that gets these roles (resource -> roles); undefined = it fits. */
  lacksSeat(account: Account | undefined, roles: ReadonlyMap<string, ReadonlySet<string>>): Product | undefined {
    if (roles.size === 0) return undefined
    return this.sites
      .flatMap((site) => site.products)
      .find((product) => {
        const given = roles.get(product.resource)
        const isFull = product.seats !== null && product.used >= product.seats
        return isFull && given !== undefined && this.needsSeat(account, given, product)
      })
  }

  #changeRole(holder: Account | Group, change: () => boolean): boolean {
    const people = 'members' in holder ? [...holder.members.items] : [holder]
    const before = people.map((account) => this.seatsOf(account))
    const changed = change()
    if (changed) {
      people.forEach((account, at) => {
        for (const product of before[at] ?? []) product.used--
        for (const product of this.seatsOf(account)) product.used++
      })
      this.#effects.rolesChanged++
    }
    return changed
  }

  /** Most groups give no role: their seats need no counting. */
  #inGroup(group: Group, account: Account, change: () => void): void {
    if (group.roles.size === 0) change()
    else this.#keepingSeats(account, change)
  }

  #keepingSeats(account: Account, change: () => void): void {
    for (const product of this.seatsOf(account)) product.used--
    change()
    for (const product of this.seatsOf(account)) product.used++
  }

  #makeAccount(facts: NewAccount): Account {
    if (this.accountByEmail(facts.email) !== undefined) throw new Error(`An account of ${facts.email} exists`)
    const name = facts.name ?? facts.email.slice(0, facts.email.indexOf('@'))
    const account: Account = {
      accountId: facts.accountId ?? `712020:${this.makeUuid(`account ${fold(facts.email)}`)}`,
      email: facts.email,
      name,
      nickname: name.split(' ')[0] ?? name,
      accountType: facts.accountType ?? 'atlassian',
      accountStatus: 'active',
      emailHidden: facts.emailHidden ?? false,
      emailVerified: facts.name !== undefined,
      deletionScheduled: false,
      timeZone: facts.timeZone ?? 'Europe/Berlin',
      locale: 'en_US',
      directories: [],
      formerDirectories: [],
      groups: new Set(),
      roles: new Map(),
      platformRoles: new Set(),
      visibleAt: this.visibility.accountVisibleAt(),
    }
    if (facts.jobTitle !== undefined) account.jobTitle = facts.jobTitle
    if (facts.department !== undefined) account.department = facts.department
    if (facts.location !== undefined) account.location = facts.location
    if (this.#accountsById.has(account.accountId)) throw new Error(`An account ${account.accountId} exists`)
    this.#accountsById.set(account.accountId, account)
    this.#accountsByEmail.set(fold(account.email), account)
    return account
  }
}

/** How Atlassian compares e-mail addresses and group names. */
export function fold(text: string): string {
  return text.toLowerCase()
}

export function domainOf(email: string): string {
  return fold(email.slice(email.lastIndexOf('@') + 1))
}

function hasSeatRole(roles: ReadonlySet<string> | undefined): boolean {
  if (roles === undefined) return false
  for (const role of roles) if (seatRoles.has(role)) return true
  return false
}

function viaGroup(account: Account, product: Product): boolean {
  for (const group of account.groups) {
    if (group.roles.size > 0 && hasSeatRole(group.roles.get(product.resource))) return true
  }
  return false
}

function noEffects(): Effects {
  return {
    accountsCreated: 0,
    peopleAdded: 0,
    peopleRemoved: 0,
    suspended: 0,
    restored: 0,
    groupsCreated: 0,
    groupsDeleted: 0,
    membershipsAdded: 0,
    membershipsRemoved: 0,
    rolesChanged: 0,
  }
}
