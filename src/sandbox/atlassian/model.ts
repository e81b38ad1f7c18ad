import type { SortedList } from '../server/sorted-list.ts'

/** The things an Atlassian organization is made of, as every API of the twin sees them. Instants are milliseconds. */

export type AccountType = 'atlassian' | 'app' | 'customer'
export type AccountStatus = 'active' | 'inactive' | 'closed'

export interface DirectoryMembership {
  readonly directoryId: string
  status: 'active' | 'suspended'
  readonly source: 'invited' | 'synced'
  readonly addedAt: number
}

/** An Atlassian account. It exists world-wide: in none, one or several directories of the organization. */
export interface Account {
  readonly accountId: string
  email: string
  name: string
  nickname: string
  readonly accountType: AccountType
  accountStatus: AccountStatus
  /** The owner hides the address from everybody who does not manage the account. */
  emailHidden: boolean
  emailVerified: boolean
  deletionScheduled: boolean
  deactivatedAt?: number
  timeZone: string
  locale: string
  jobTitle?: string
  department?: string
  organization?: string
  location?: string
  readonly directories: DirectoryMembership[]
  /** Directories this account was removed from; Jira still lists such people. */
  readonly formerDirectories: string[]
  readonly groups: Set<Group>
  /** Roles given to the account itself: resource -> roles. */
  readonly roles: Map<string, Set<string>>
  /** Organization-level roles, e.g. `atlassian/org-admin`. */
  readonly platformRoles: Set<string>
  /** From here on reads and searches show the account. */
  visibleAt: number
}

export interface Group {
  readonly groupId: string
  name: string
  description: string
  readonly directoryId: string
  /** Owned by an identity provider: read-only for every API but SCIM. */
  synced: boolean
  readonly members: SortedList<Account>
  /** Roles every member gets: resource -> roles. */
  readonly roles: Map<string, Set<string>>
  /** New people of this product get into this group; it cannot be deleted. */
  isDefault: boolean
  visibleAt: number
}

/** An app on a site, e.g. Jira Software on acme. */
export interface Product {
  /** `jira-software`, `confluence`, … */
  readonly key: string
  readonly name: string
  /** `ari:cloud:jira-software::site/<cloudId>` */
  readonly resource: string
  readonly site: Site
  /** Licensed seats; null = no limit. */
  seats: number | null
  used: number
  readonly defaultGroups: Set<Group>
}

export interface Site {
  readonly cloudId: string
  /** Path segment and host label: `acme`. */
  readonly name: string
  readonly directoryId: string
  readonly products: Product[]
}

export interface Directory {
  readonly directoryId: string
  readonly name: string
}

export interface Domain {
  readonly id: string
  readonly name: string
  status: 'verified' | 'deleted' | 'unverified' | 'superseded' | 'missing_token'
  readonly type: 'http' | 'dns'
}

/** Roles that take a licence seat; `guest`, `user-access-admin`, `customer`, `basic` and `stakeholder` do not. */
export const seatRoles: ReadonlySet<string> = new Set(['atlassian/user', 'atlassian/admin', 'atlassian/contributor'])

export const productRoles: ReadonlySet<string> = new Set([
  'atlassian/user',
  'atlassian/user-access-admin',
  'atlassian/admin',
  'atlassian/guest',
  'atlassian/contributor',
  'atlassian/customer',
  'atlassian/basic',
  'atlassian/stakeholder',
  'atlassian/viewer',
])

export const platformRoles: ReadonlySet<string> = new Set(['atlassian/org-admin', 'atlassian/site-admin'])

/** `active`, `suspended`, `not_invited`, `deactivated` or `for_deletion`: the composite the organization API shows. */
export function statusOf(account: Account): string {
  if (account.deletionScheduled) return 'for_deletion'
  if (account.accountStatus !== 'active') return 'deactivated'
  const membership = membershipStatusOf(account)
  return membership === 'no_membership' ? 'not_invited' : membership
}

/** Suspended only where the account is suspended in every directory it is in. */
export function membershipStatusOf(account: Account): 'active' | 'suspended' | 'no_membership' {
  if (account.directories.length === 0) return 'no_membership'
  return account.directories.some((each) => each.status === 'active') ? 'active' : 'suspended'
}

export function membershipIn(account: Account, directoryId: string): DirectoryMembership | undefined {
  return account.directories.find((each) => each.directoryId === directoryId)
}

/** What Jira calls `active`: the account is alive and its access to the directory is neither suspended nor removed. */
export function isActiveIn(account: Account, directoryId: string): boolean {
  if (account.accountStatus !== 'active') return false
  return account.accountType !== 'atlassian' || membershipIn(account, directoryId)?.status === 'active'
}

/** Whether membership of the group makes somebody an administrator of an app or of everything. */
export function grantsAdministration(group: Group): boolean {
  for (const roles of group.roles.values()) {
    if (roles.has('atlassian/admin') || roles.has('atlassian/site-admin') || roles.has('atlassian/org-admin'))
      return true
  }
  return false
}
