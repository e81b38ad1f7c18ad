import type { Credentials } from './credentials.ts'
import { type Account, type Group, grantsAdministration, type Site } from './model.ts'
import type { AtlassianState } from './state.ts'
import type { Variants } from './variants.ts'

/** What every API of the twin works on. */
export interface Twin {
  readonly state: AtlassianState
  readonly variants: Variants
  readonly credentials: Credentials
  /** Base URL of the server, known once it listens. */
  url: string
}

/** The site's own address: every Jira path of the site hangs below it. */
export function siteUrl(twin: Twin, site: Site): string {
  return `${twin.url}/site/${site.name}`
}

export function isOrgAdmin(twin: Twin, account: Account): boolean {
  return (
    twin.state.visibility.seenPlatformRoles(account).has('atlassian/org-admin') || holds(account, 'atlassian/org-admin')
  )
}

export function isSiteAdmin(twin: Twin, account: Account): boolean {
  return (
    isOrgAdmin(twin, account) ||
    account.platformRoles.has('atlassian/site-admin') ||
    holds(account, 'atlassian/site-admin')
  )
}

/** Administers Jira on this site. */
export function isJiraAdmin(twin: Twin, account: Account, site: Site): boolean {
  if (isSiteAdmin(twin, account)) return true
  return jiraProducts(site).some((product) => twin.state.rolesOn(account, product).has('atlassian/admin'))
}

export function jiraProducts(site: Site): Site['products'] {
  return site.products.filter((product) => product.key.startsWith('jira'))
}

export function hasJiraAccess(twin: Twin, account: Account, site: Site): boolean {
  return twin.state.seatsOf(account).some((product) => product.site === site && product.key.startsWith('jira'))
}

/** Cannot be deleted by any API: synced, default for an app, or granting administration. */
export function isDeletable(group: Group): boolean {
  return !group.synced && !group.isDefault && !grantsAdministration(group)
}

function holds(account: Account, role: string): boolean {
  for (const group of account.groups) for (const roles of group.roles.values()) if (roles.has(role)) return true
  return false
}
