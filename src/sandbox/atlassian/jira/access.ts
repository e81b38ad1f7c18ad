import { type Call, Refusal } from '../../server/call.ts'
import { type Account, isActiveIn, type Site } from '../model.ts'
import { hasJiraAccess, isJiraAdmin, isOrgAdmin, isSiteAdmin, jiraProducts, type Twin } from '../twin.ts'
import { jiraDialect, refuse } from './dialect.ts'

/** Scopes of a call: the classic one, or all of the granular ones. From `x-atlassian-oauth2-scopes`. */
export interface Scopes {
  readonly classic: string
  readonly granular: readonly string[]
}

/** A caller at a site; `account` is undefined for an anonymous one. */
export interface Visit {
  readonly site: Site
  readonly account: Account | undefined
  /** What links of the answer begin with: the site, or the gateway path the call came through. */
  readonly base: string
}

/**
 * Who calls which site, or a refusal. `anonymous`: the operation is open to everybody (`yes`), to nobody (`no`), or
 * open only if the vendor treats unknown callers as anonymous (`maybe`).
 */
export function visit(twin: Twin, call: Call, scopes: Scopes, anonymous: 'yes' | 'no' | 'maybe' = 'no'): Visit {
  const dialect = jiraDialect(twin.variants)
  const viaGateway = call.params.cloudId !== undefined
  const site = twin.state.sites.find((each) =>
    viaGateway ? each.cloudId === call.params.cloudId : each.name === call.params.site,
  )
  // A site that was seeded without any app is one whose apps do not matter.
  const isWithoutJira = site !== undefined && site.products.length > 0 && jiraProducts(site).length === 0
  if (site === undefined || isWithoutJira) {
    throw new Refusal({ status: 404, json: { code: 404, message: 'Site not found' } })
  }
  const base = viaGateway ? `${twin.url}/ex/jira/${site.cloudId}` : `${twin.url}/site/${site.name}`
  const presented = twin.credentials.presentedBy(call)
  const wrongIsAnonymous = twin.variants.is('wrongCredentialOnAnonymousEndpoint', '200-empty')
  if (presented.kind === 'none') {
    if (anonymous === 'yes' || (anonymous === 'maybe' && wrongIsAnonymous)) return { site, account: undefined, base }
    throw new Refusal(dialect.unauthorized(call))
  }
  const accepted = presented.kind === 'known' && isAccepted(twin, presented, viaGateway)
  if (!accepted || presented.credential.account === undefined) {
    if (anonymous !== 'no' && wrongIsAnonymous) return { site, account: undefined, base }
    throw new Refusal(dialect.unauthorized(call))
  }
  const { scopes: held, account } = presented.credential
  const hasScope = held === undefined || held.has(scopes.classic) || scopes.granular.every((scope) => held.has(scope))
  if (!hasScope) {
    const status = Number(twin.variants.get('missingScope'))
    throw new Refusal({ status, json: { code: status, message: 'Unauthorized; scope does not match' } })
  }
  if (account.accountType === 'atlassian' && !isActiveIn(account, site.directoryId)) {
    throw new Refusal(dialect.unauthorized(call))
  }
  return { site, account, base }
}

function isAccepted(
  twin: Twin,
  presented: ReturnType<typeof twin.credentials.presentedBy>,
  viaGateway: boolean,
): boolean {
  if (presented.kind !== 'known' || presented.credential.kind !== 'api-token') return false
  const { credential, scheme } = presented
  if (credential.scopes === undefined) {
    return scheme === 'basic' && (!viaGateway || twin.variants.is('unscopedTokenOnGateway', '200'))
  }
  if (!viaGateway) return false
  if (!credential.isServiceAccount) return scheme === 'basic'
  const allowed = twin.variants.get('serviceAccountAuth')
  return allowed === 'either' || allowed === scheme
}

/** Global permissions of a caller, by permission key. */
export function hasPermission(twin: Twin, { account, site }: Visit, key: string): boolean {
  if (account === undefined) return false
  switch (key) {
    case 'ADMINISTER':
      return isJiraAdmin(twin, account, site)
    case 'SYSTEM_ADMIN':
      return isSiteAdmin(twin, account, site)
    default:
      return isJiraAdmin(twin, account, site) || account.accountType === 'app' || hasJiraAccess(twin, account, site)
  }
}

export function requireBrowse(twin: Twin, visitor: Visit): void {
  if (!hasPermission(twin, visitor, 'USER_PICKER')) {
    refuse(403, 'Browse users and groups permission is required to view groups.')
  }
}

export function requireJiraAdmin(twin: Twin, visitor: Visit): void {
  if (!hasPermission(twin, visitor, 'ADMINISTER')) refuse(403, 'You do not have permission to administer Jira.')
}

/** Group writes and removals need a member of site-admins. Also refuses what looks like a browser's forged request. */
export function requireSiteAdmin(twin: Twin, call: Call, visitor: Visit): void {
  refuseForgery(call)
  if (visitor.account === undefined || !isSiteAdmin(twin, visitor.account, visitor.site)) {
    refuse(403, 'You do not have permission to perform this operation: site administration is required.')
  }
}

export function mayCreatePeople(twin: Twin, visitor: Visit): boolean {
  return visitor.account !== undefined && isOrgAdmin(twin, visitor.account, visitor.site.organization)
}

export function refuseForgery(call: Call): void {
  const agent = call.headers['user-agent'] ?? ''
  if (agent.startsWith('Mozilla/') && call.headers['x-atlassian-token'] !== 'no-check') {
    throw new Refusal({ status: 403, text: 'XSRF check failed' })
  }
}
