import type { Answer, Call } from '../server/call.ts'
import type { Credentials } from './credentials.ts'
import {
  type Account,
  type Group,
  grantsAdministration,
  membershipStatusOf,
  type Organization,
  type Site,
} from './model.ts'
import type { AtlassianState } from './state/state.ts'
import type { Variants } from './variants.ts'

/** What every API of the twin works on. */
export interface Twin {
  readonly state: AtlassianState
  readonly variants: Variants
  readonly credentials: Credentials
  /** Base URL of the server, known once it listens. */
  url: string
}

/** A handler as an operation runs it: deletions that are due happen first, and a late write is seen late. */
export function serve(twin: Twin, handler: (twin: Twin, call: Call) => Answer): (call: Call) => Answer {
  const { lifecycle, visibility } = twin.state
  return (call) => {
    lifecycle.closeDue()
    visibility.lateMs = call.lateMs
    visibility.platformRolesMs = twin.variants.is('orgRoleDelay', '30-seconds') ? 30_000 : 0
    try {
      return handler(twin, call)
    } finally {
      visibility.lateMs = 0
    }
  }
}

/** The site's own address: every Jira path of the site hangs below it. */
export function siteUrl(twin: Twin, site: Site): string {
  return `${twin.url}/site/${site.name}`
}

export function isOrgAdmin(twin: Twin, account: Account, organization: Organization): boolean {
  return (
    seenPlatformRoles(twin, account, organization).has('atlassian/org-admin') ||
    holds(account, organization, 'atlassian/org-admin')
  )
}

/** Nobody else could administer the organization. */
export function isLastOrgAdmin(twin: Twin, account: Account, organization: Organization): boolean {
  const isAdmin = (each: Account) => each.accountType === 'atlassian' && isOrgAdmin(twin, each, organization)
  if (!isAdmin(account)) return false
  return !twin.state.accounts.items.some(
    (each) =>
      each !== account &&
      each.accountStatus === 'active' &&
      isAdmin(each) &&
      membershipStatusOf(each, organization) === 'active',
  )
}

export function isSiteAdmin(twin: Twin, account: Account, site: Site): boolean {
  const { organization } = site
  return (
    isOrgAdmin(twin, account, organization) ||
    account.platformRoles.get(organization.orgId)?.has('atlassian/site-admin') === true ||
    holds(account, organization, 'atlassian/site-admin')
  )
}

/** Roles in the whole organization as reads show them. */
export function seenPlatformRoles(twin: Twin, account: Account, { orgId }: Organization): ReadonlySet<string> {
  return twin.state.visibility.shown(account).platformRoles.get(orgId) ?? noRoles
}

/** Administers Jira on this site. */
export function isJiraAdmin(twin: Twin, account: Account, site: Site): boolean {
  if (isSiteAdmin(twin, account, site)) return true
  return jiraProducts(site).some((product) => twin.state.seats.rolesOn(account, product).has('atlassian/admin'))
}

export function jiraProducts(site: Site): Site['products'] {
  return site.products.filter((product) => product.key.startsWith('jira'))
}

export function hasJiraAccess(twin: Twin, account: Account, site: Site): boolean {
  return twin.state.seats.takenBy(account).some((product) => product.site === site && product.key.startsWith('jira'))
}

/** Cannot be deleted by any API: synced, default for an app, or granting administration. */
export function isDeletable(group: Group): boolean {
  return !group.synced && !group.isDefault && !grantsAdministration(group)
}

const noRoles: ReadonlySet<string> = new Set()

function holds(account: Account, { directories }: Organization, role: string): boolean {
  for (const group of account.groups) {
    if (!directories.some(({ directoryId }) => directoryId === group.directoryId)) continue
    for (const roles of group.roles.values()) if (roles.has(role)) return true
  }
  return false
}
