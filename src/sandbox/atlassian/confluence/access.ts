import { type Call, Refusal } from '../../server/call.ts'
import { type Account, isActiveIn, type Product, type Site } from '../model.ts'
import { isSiteAdmin, type Twin } from '../twin.ts'
import { confluenceDialect, refuse } from './dialect.ts'

/** A caller at the Confluence of a site. */
export interface Visit {
  readonly site: Site
  readonly confluence: Product
  readonly account: Account
}

/** Who calls; undefined = nobody, and so is a wrong credential where the vendor has it so. */
export function visitor(twin: Twin, call: Call): { readonly site: Site; readonly account: Account | undefined } {
  const viaGateway = call.params.cloudId !== undefined
  const site = twin.state.sites.find((each) =>
    viaGateway ? each.cloudId === call.params.cloudId : each.name === call.params.site,
  )
  if (site === undefined || confluenceOf(site) === undefined) {
    throw new Refusal({ status: 404, json: { code: 404, message: 'Site not found' } })
  }
  const presented = twin.credentials.presentedBy(call)
  if (presented.kind === 'none') return { site, account: undefined }
  const account = presented.kind === 'known' && presented.scheme === 'basic' ? presented.credential.account : undefined
  const scopes = presented.kind === 'known' ? presented.credential.scopes : undefined
  const isAccepted = scopes === undefined ? accepts(twin, viaGateway) : viaGateway && isForConfluence(scopes)
  const isGood = account !== undefined && isAccepted && isActiveIn(account, site.directoryId)
  if (isGood) return { site, account }
  if (twin.variants.is('wrongCredentialOnAnonymousEndpoint', '200-empty')) return { site, account: undefined }
  throw new Refusal(confluenceDialect(twin).unauthorized(call))
}

/** The caller, who may use Confluence; `status` is what others are answered: 403 in version 1, 404 in version 2. */
export function visit(twin: Twin, call: Call, status: 403 | 404 = 403): Visit {
  const { site, account } = visitor(twin, call)
  const confluence = confluenceOf(site)
  if (account === undefined || confluence === undefined) throw new Refusal(confluenceDialect(twin).unauthorized(call))
  if (!hasConfluence(twin, account, site)) refuse(twin, call, status, 'Current user not permitted to use Confluence')
  return { site, confluence, account }
}

/** The caller, who administers the site. Also refuses what looks like a browser's forged request. */
export function siteAdmin(twin: Twin, call: Call): Visit {
  const visited = visit(twin, call)
  if ((call.headers['user-agent'] ?? '').startsWith('Mozilla/') && call.headers['x-atlassian-token'] !== 'no-check') {
    throw new Refusal({ status: 403, text: 'XSRF check failed' })
  }
  if (!isSiteAdmin(twin, visited.account, visited.site)) refuse(twin, call, 403, 'User must be a site admin')
  return visited
}

export function hasConfluence(twin: Twin, account: Account, site: Site): boolean {
  if (isSiteAdmin(twin, account, site)) return true
  return twin.state.seats.takenBy(account).some((product) => product.site === site && product.key === 'confluence')
}

function confluenceOf(site: Site): Product | undefined {
  return site.products.find(({ key }) => key === 'confluence')
}

/** Refuses a token that has scopes and not this one; who else calls is judged by the operation itself. */
export function requireScope(twin: Twin, call: Call, scope: string): void {
  const presented = twin.credentials.presentedBy(call)
  if (presented.kind !== 'known' || presented.credential.scopes === undefined) return
  const { scopes } = presented.credential
  if (!isForConfluence(scopes) || scopes.has(scope)) return
  const status = Number(twin.variants.get('missingScope'))
  throw new Refusal({ status, json: { code: status, message: 'Unauthorized; scope does not match' } })
}

function isForConfluence(scopes: ReadonlySet<string>): boolean {
  return [...scopes].some((scope) => scope.includes('confluence'))
}

function accepts({ variants }: Twin, viaGateway: boolean): boolean {
  return !viaGateway || variants.is('unscopedTokenOnGateway', '200')
}
