import { type Account, type Group, isActiveIn, type Product, type Site } from '../model.ts'
import { jiraProducts, type Twin } from '../twin.ts'

/** Who is not in the way: the address is shown unless its owner hides it and the organization does not manage them. */
function showsEmail(twin: Twin, { organization }: Site, account: Account): boolean {
  return !account.emailHidden || twin.state.organizations.isManagedBy(account, organization)
}

/** `User` (and, without the two expansions, `UserDetails`) of the Jira document. */
export function userView(twin: Twin, site: Site, base: string, truth: Account): Record<string, unknown> {
  const account = twin.state.visibility.shown(truth)
  const view: Record<string, unknown> = {
    self: `${base}/rest/api/3/user?accountId=${encodeURIComponent(account.accountId)}`,
    accountId: account.accountId,
    accountType: account.accountType,
  }
  if (account.accountType !== 'app' && showsEmail(twin, site, account)) view.emailAddress = account.email
  view.avatarUrls = {}
  view.displayName = account.name
  view.active = isActiveIn(account, site.directoryId)
  view.timeZone = account.timeZone
  return view
}

/** `User` with the fields only the full record has. */
export function fullUserView(twin: Twin, site: Site, base: string, account: Account, expand: string): object {
  const view = userView(twin, site, base, account)
  view.locale = account.locale
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

function applicationRoleView(twin: Twin, base: string, product: Product): object {
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

export function applicationRoles(twin: Twin, site: Site, base: string): object[] {
  return jiraProducts(site).map((product) => applicationRoleView(twin, base, product))
}

function groupUrl(base: string, group: Group): string {
  return `${base}/rest/api/3/group?groupId=${group.groupId}`
}
