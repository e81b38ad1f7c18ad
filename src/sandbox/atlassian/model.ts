import type { SortedList } from '../server/sorted-list.ts'

/** The things an Atlassian organization is made of, as every API of the twin sees them. Instants are milliseconds. */

export type AccountType = 'atlassian' | 'app' | 'customer'
export type AccountStatus = 'active' | 'inactive' | 'closed'

/** Never changed in place: whoever holds the list of before still sees the state of before. */
export interface DirectoryMembership {
  readonly directoryId: string
  readonly status: 'active' | 'suspended'
  readonly source: 'invited' | 'synced'
  readonly addedAt: number
}

/** Resource -> roles. Never changed in place. */
export type Roles = ReadonlyMap<string, ReadonlySet<string>>

/** An Atlassian account. It exists world-wide: in none, one or several directories of one or several organizations. */
export interface Account {
  readonly accountId: string
  email: string
  name: string
  nickname: string
  readonly accountType: AccountType
  accountStatus: AccountStatus
  /** The owner hides the address from everybody who does not manage the account. */
  emailHidden: boolean
  /** The owner hides the name likewise; the nickname stands for it. */
  nameHidden?: boolean
  /** Two-step verification is on. */
  hasMfa?: boolean
  /** Resource -> when the person last looked at the app. */
  lastActive?: Map<string, number>
  /** An app that people use as a service account. */
  isServiceAccount?: boolean
  /** Jira cannot read the record at the moment. */
  isRecordDown?: boolean
  /** Jira lost the record for good; only of deleted accounts. */
  isRecordLost?: boolean
  emailVerified: boolean
  /** When the account goes for good, while its deletion is scheduled. */
  deletionAt: number | undefined
  deactivatedAt?: number
  /** Whose copy the account is: its profile and life are changed there and nowhere else. */
  externalDirectory?: 'scim' | 'google'
  /** Name and address come with every sign-in. */
  isSamlManaged?: boolean
  /** Blocked by US export control: nobody but Atlassian can switch it on again. */
  isExportBlocked?: boolean
  timeZone: string
  locale: string
  jobTitle?: string
  department?: string
  organization?: string
  location?: string
  directories: readonly DirectoryMembership[]
  /** Directories this account was removed from; Jira still lists such people. */
  formerDirectories: readonly string[]
  readonly groups: Set<Group>
  /** Roles given to the account itself. */
  roles: Roles
  /** Organization id -> roles of the whole organization, e.g. `atlassian/org-admin`. */
  platformRoles: Roles
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
  /** Teams are kept by their members; everything else by administrators. */
  managedBy: 'admins' | 'team-members' | 'open'
  readonly members: SortedList<Account>
  /** Roles every member gets. */
  roles: Roles
  /** New people of this product get into this group; it cannot be deleted. */
  isDefault: boolean
  visibleAt: number
}

/** An app on a site, e.g. Jira Software on acme. */
export interface Product {
  /** `jira-software`, `confluence`, … */
  readonly key: string
  readonly name: string
  /** `ari:cloud:jira-software::site/<cloudId>`, or `ari:cloud:bitbucket::workspace/<uuid>` */
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
  readonly organization: Organization
  readonly products: Product[]
}

export interface Directory {
  readonly directoryId: string
  readonly name: string
  readonly organization: Organization
}

export interface Organization {
  readonly orgId: string
  readonly name: string
  /** Without one nobody can be invited through the organization. */
  hasPaidSubscription: boolean
  readonly directories: Directory[]
  readonly sites: Site[]
  readonly domains: Domain[]
}

export interface Domain {
  readonly id: string
  readonly name: string
  status: 'verified' | 'deleted' | 'unverified' | 'superseded' | 'missing_token'
  readonly type: 'http' | 'dns'
}

/** Roles that take a licence seat; the documents call the others non-billable, or access to nothing. */
export const seatRoles: ReadonlySet<string> = new Set(['atlassian/user', 'atlassian/admin'])

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

/** How Atlassian compares e-mail addresses and group names. */
export function fold(text: string): string {
  return text.toLowerCase()
}

export function domainOf(email: string): string {
  return fold(email.slice(email.lastIndexOf('@') + 1))
}

/** `active`, `suspended`, `not_invited`, `deactivated` or `for_deletion`: the composite the organization API shows. */
export function statusOf(account: Account, organization: Organization): string {
  if (account.deletionAt !== undefined) return 'for_deletion'
  if (account.accountStatus !== 'active') return 'deactivated'
  const membership = membershipStatusOf(account, organization)
  return membership === 'no_membership' ? 'not_invited' : membership
}

/** Suspended only where the account is suspended in every directory of the organization it is in. */
export function membershipStatusOf(
  account: Account,
  organization: Organization,
): 'active' | 'suspended' | 'no_membership' {
  const memberships = membershipsIn(account, organization)
  if (memberships.length === 0) return 'no_membership'
  return memberships.some((each) => each.status === 'active') ? 'active' : 'suspended'
}

export function membershipsIn(account: Account, { directories }: Organization): readonly DirectoryMembership[] {
  return account.directories.filter((each) => directories.some(({ directoryId }) => directoryId === each.directoryId))
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
