import { isoTime } from '../../../platform/clock.ts'
import { type Account, type Group, membershipStatusOf, type Product, statusOf } from '../model.ts'
import { isDeletable, type Twin } from '../twin.ts'
import { visibleEmail } from './user-query.ts'

/** A person of users/search and users/{id}. Group ids are ARIs here, and only here. */
export function userView(
  twin: Twin,
  account: Account,
  directoryId: string | undefined,
  expand: readonly string[],
): Record<string, unknown> {
  const { state } = twin
  const membership = account.directories[0]
  const view: Record<string, unknown> = {
    accountId: account.accountId,
    accountType: 'atlassian',
    status: statusOf(account),
    accountStatus: account.accountStatus,
    membershipStatus: membershipStatusOf(account),
    name: account.name,
    nickname: account.nickname,
  }
  const email = visibleEmail(twin, account)
  if (email !== undefined) view.email = email
  view.emailVerified = account.emailVerified
  view.claimStatus = state.isManaged(account) ? 'managed' : 'unmanaged'
  view.managementSource = state.isManaged(account) ? (membership?.source ?? null) : null
  if (account.jobTitle !== undefined) view.jobTitle = account.jobTitle
  if (account.department !== undefined) view.department = account.department
  if (account.organization !== undefined) view.organization = account.organization
  if (account.location !== undefined) view.location = account.location
  view.timeZone = account.timeZone
  if (membership !== undefined) view.addedToOrg = isoTime(membership.addedAt)
  if (expand.includes('platformRoles')) view.platformRoles = [...state.visibility.seenPlatformRoles(account)]
  if (expand.includes('groups')) view.groups = groupsView(twin, account, directoryId)
  if (expand.includes('counts.resources')) view.counts = { resources: productsOf(twin, account).length }
  if (expand.includes('productAccess')) {
    view.productAccess = productsOf(twin, account).map((product) => ({ id: product.resource, key: product.key }))
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
    managedBy: group.synced ? 'external' : 'admins',
    managementAccess: { deletable: isDeletable(group), modifiable: !group.synced, readable: true },
  }
  const counts: Record<string, number> = {}
  if (expand.includes('counts.users')) counts.users = twin.state.visibility.membersOf(group).length
  if (expand.includes('counts.resources')) counts.resources = group.roles.size
  if (Object.keys(counts).length > 0) view.counts = counts
  return view
}

function groupsView(twin: Twin, account: Account, directoryId: string | undefined): object[] {
  if (statusOf(account) === 'suspended' && twin.variants.is('suspendedGroupsInOrgSearch', 'hidden')) return []
  return twin.state.visibility
    .groupsOf(account)
    .filter((group) => directoryId === undefined || group.directoryId === directoryId)
    .map((group) => ({
      id: `ari:cloud:identity::group/${group.groupId}`,
      name: group.name,
      description: group.description === '' ? null : group.description,
    }))
}

function productsOf(twin: Twin, account: Account): Product[] {
  return twin.state.sites.flatMap((site) =>
    site.products.filter((product) => twin.state.rolesOn(account, product).size > 0),
  )
}
