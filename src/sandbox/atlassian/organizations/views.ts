import { isoTime } from '../../../platform/clock.ts'
import {
  type Account,
  type Group,
  membershipStatusOf,
  membershipsIn,
  type Organization,
  type Product,
  statusOf,
} from '../model.ts'
import { isDeletable, seenPlatformRoles, type Twin } from '../twin.ts'
import { lastSeen } from './activity.ts'
import { visibleEmail } from './user-query.ts'

/** A person of users/search and users/{id}. Group ids are ARIs here, and only here. */
export function userView(
  twin: Twin,
  organization: Organization,
  truth: Account,
  directoryId: string | undefined,
  expand: readonly string[],
): Record<string, unknown> {
  const { state } = twin
  const account = state.visibility.shown(truth)
  const [membership] = membershipsIn(account, organization)
  const isManaged = state.organizations.isManagedBy(account, organization)
  const view: Record<string, unknown> = {
    accountId: account.accountId,
    accountType: 'atlassian',
    status: statusOf(account, organization),
    accountStatus: account.accountStatus,
    membershipStatus: membershipStatusOf(account, organization),
    name: account.nameHidden && !isManaged ? account.nickname : account.name,
    nickname: account.nickname,
  }
  const email = visibleEmail(twin, organization, account)
  if (email !== undefined) view.email = email
  view.emailVerified = account.emailVerified
  if (isManaged) view.mfaEnabled = account.hasMfa === true
  view.claimStatus = isManaged ? 'managed' : 'unmanaged'
  view.managementSource = isManaged ? (membership?.source ?? null) : null
  if (account.jobTitle !== undefined) view.jobTitle = account.jobTitle
  if (account.department !== undefined) view.department = account.department
  if (account.organization !== undefined) view.organization = account.organization
  if (account.location !== undefined) view.location = account.location
  view.timeZone = account.timeZone
  if (membership !== undefined) view.addedToOrg = isoTime(membership.addedAt)
  if (expand.includes('platformRoles')) view.platformRoles = [...seenPlatformRoles(twin, truth, organization)]
  if (expand.includes('groups')) view.groups = groupsView(twin, organization, account, directoryId)
  if (expand.includes('counts.resources')) view.counts = { resources: productsOf(twin, organization, account).length }
  if (expand.includes('productAccess')) {
    view.productAccess = productsOf(twin, organization, account).map((product) => {
      const at = lastSeen(twin, account.lastActive, product)
      return {
        id: product.resource,
        key: product.key,
        ...(at === undefined ? {} : { lastActiveTimestamp: isoTime(at) }),
      }
    })
  }
  return view
}

/** A group of groups/search and groups/{id}, with the bare id. */
export function groupView(twin: Twin, group: Group, expand: readonly string[]): Record<string, unknown> {
  const view: Record<string, unknown> = {
    id: group.groupId,
    name: group.name,
    description: group.description,
    directoryId: group.directoryId,
    externalSynced: group.synced,
    managedBy: group.synced ? 'external' : group.managedBy,
    managementAccess: {
      deletable: isDeletable(group) && isModifiable(twin, group),
      modifiable: isModifiable(twin, group),
      readable: true,
    },
  }
  const counts: Record<string, number> = {}
  if (expand.includes('counts.users')) counts.users = twin.state.visibility.membersOf(group).length
  if (expand.includes('counts.resources')) counts.resources = twin.state.visibility.shown(group).roles.size
  if (Object.keys(counts).length > 0) view.counts = counts
  return view
}

/** Whether an administrator may change who is in the group. */
export function isModifiable(twin: Twin, group: Group): boolean {
  return !group.synced && (group.managedBy === 'admins' || twin.variants.is('teamGroupModifiable', 'yes'))
}

/** `jira-software` of `ari:cloud:jira-software::site/…` */
export function resourceOwner(resource: string): string {
  return /^ari:cloud:([^:]+):/.exec(resource)?.[1] ?? ''
}

function groupsView(
  twin: Twin,
  organization: Organization,
  account: Account,
  directoryId: string | undefined,
): object[] {
  if (statusOf(account, organization) === 'suspended' && twin.variants.is('suspendedGroupsInOrgSearch', 'hidden'))
    return []
  return twin.state.visibility
    .groupsOf(account)
    .filter((group) =>
      directoryId === undefined
        ? organization.directories.some((each) => each.directoryId === group.directoryId)
        : group.directoryId === directoryId,
    )
    .map((group) => ({
      id: `ari:cloud:identity::group/${group.groupId}`,
      name: group.name,
      description: group.description === '' ? null : group.description,
    }))
}

function productsOf(twin: Twin, organization: Organization, account: Account): Product[] {
  return organization.sites.flatMap((site) =>
    site.products.filter((product) => twin.state.seats.rolesOn(account, product).size > 0),
  )
}
