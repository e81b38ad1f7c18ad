import { type Account, type Group, isActiveIn, type Product, type Site } from '../model.ts'
import { jiraProducts, type Twin } from '../twin.ts'

/**
 * `User` (and, without the two expansions, `UserDetails`) of the Jira document. Name and address are shown unless
 * their owner hides them and the organization does not manage the account.
 */
export function userView(twin: Twin, site: Site, base: string, truth: Account): Record<string, unknown> {
  const account = twin.state.visibility.shown(truth)
  const self = `${base}/rest/api/3/user?accountId=${encodeURIComponent(account.accountId)}`
  if (account.isRecordDown) return fallbackView(self, account.accountId)
  if (account.isRecordLost) return fallbackView(self, 'unknown')
  const isManaged = twin.state.organizations.isManagedBy(account, site.organization)
  const view: Record<string, unknown> = { self, accountId: account.accountId, accountType: account.accountType }
  if (account.accountType !== 'app' && (isManaged || !account.emailHidden)) view.emailAddress = account.email
  view.avatarUrls = {}
  view.displayName = account.nameHidden && !isManaged ? account.nickname : account.name
  view.active = isActiveIn(account, site.directoryId)
  view.timeZone = account.timeZone
  return view
}

/** A record that cannot be had: an outage, or one that an import broke. Every field has a value that means nothing. */
function fallbackView(self: string, accountId: string): Record<string, unknown> {
  return { self, accountId, accountType: 'unknown', avatarUrls: {}, displayName: 'Former user', active: false }
}

/** `User` with the fields only the full record has. */
export function fullUserView(twin: Twin, site: Site, base: string, account: Account, expand: string): object {
  const view = userView(twin, site, base, account)
  view.locale = account.locale
  if (account.accountType === 'app') view.appType = account.isServiceAccount ? 'service' : 'unknown'
  else view.guest = isGuest(twin, site, account)
  const groups = twin.state.visibility.groupsOf(account)
  const roles = twin.state.seats
    .takenBy(twin.state.visibility.shown(account))
    .filter((product) => product.site === site && product.key.startsWith('jira'))
  const asked = expand.split(',').map((each) => each.trim())
  view.groups = { size: groups.length, items: asked.includes('groups') ? groupNames(base, groups) : [] }
  view.applicationRoles = {
    size: roles.length,
    items: asked.includes('applicationRoles') ? roles.map((product) => applicationRoleView(twin, base, product)) : [],
  }
  view.expand = 'groups,applicationRoles'
  return view
}

/** Has nothing on the site but guest roles. */
function isGuest(twin: Twin, site: Site, account: Account): boolean {
  const roles = site.products.flatMap((product) => [...twin.state.seats.rolesOn(account, product)])
  return roles.length > 0 && roles.every((role) => role === 'atlassian/guest')
}

export function groupNames(base: string, groups: readonly Group[]): object[] {
  return [...groups]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((group) => ({ name: group.name, groupId: group.groupId, self: groupUrl(base, group) }))
}

/** `Group` as create and add-member answer it. */
export function groupView(base: string, group: Group): object {
  return {
    name: group.name,
    groupId: group.groupId,
    self: groupUrl(base, group),
    users: { size: group.members.size, items: [], 'max-results': 50, 'start-index': 0, 'end-index': 0 },
    expand: 'users',
  }
}

interface ApplicationRole {
  readonly key: string
  readonly [property: string]: unknown
}

function applicationRoleView(twin: Twin, base: string, product: Product): ApplicationRole {
  const granting = twin.state.groups.items.filter((group) =>
    twin.state.visibility.shown(group).roles.has(product.resource),
  )
  const defaults = [...product.defaultGroups]
  return {
    key: product.key,
    name: product.name,
    groups: granting.map((group) => group.name),
    groupDetails: groupNames(base, granting),
    defaultGroups: defaults.map((group) => group.name),
    defaultGroupsDetails: groupNames(base, defaults),
    selectedByDefault: false,
    defined: true,
    numberOfSeats: product.seats ?? -1,
    remainingSeats: product.seats === null ? -1 : Math.max(0, product.seats - product.used),
    userCount: product.used,
    userCountDescription: `${product.used} users`,
    hasUnlimitedSeats: product.seats === null,
    platform: product.key === 'jira-core',
  }
}

export function applicationRoles(twin: Twin, site: Site, base: string): ApplicationRole[] {
  return jiraProducts(site).map((product) => applicationRoleView(twin, base, product))
}

function groupUrl(base: string, group: Group): string {
  return `${base}/rest/api/3/group?groupId=${group.groupId}`
}
