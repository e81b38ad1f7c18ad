import { z } from 'zod'
import { fail, ProvisioningError } from '../../../domain/errors.ts'
import type { Api } from './api.ts'
import type { Doors } from './doors.ts'

/** Where the API of a site stands. */
export interface SiteAddresses {
  /** Address of the site, or of the site at the gateway. */
  readonly site: string
  readonly apiBase: string
  /** What the gateway calls the product: `/ex/{gateway}/{cloudId}`. */
  readonly gateway: 'jira' | 'confluence'
}

/** What signing in needs to know of a product. */
export interface SiteSignIn<Client> extends SiteAddresses {
  clientOf(api: Api): Client
  /** A call that no anonymous caller can pass, so that what is read afterwards is read by somebody. */
  whoIs(
    client: Client,
    signal: AbortSignal,
  ): Promise<{ readonly accountId: string; readonly displayName?: string | null | undefined }>
  /** Which scopes a token needs, for the words of a refusal. */
  readonly scopes: string
}

/** The API token at work, and by which way it got in. */
export interface SignedIn<Client> {
  readonly client: Client
  readonly accountId: string
  readonly displayName: string
  readonly token: 'without scopes' | 'with scopes'
  readonly cloudId?: string
}

const tenantInfo = z.object({ cloudId: z.string().min(1) })

/**
 * Who the API token is. A token does not say whether it has scopes: tried at the site first, then through the gateway.
 * Throws what the site said where there is no second way.
 */
export async function signInToSite<Client>(
  doors: Doors,
  way: SiteSignIn<Client>,
  signal: AbortSignal,
): Promise<SignedIn<Client>> {
  const through = async (base: string) => {
    const client = way.clientOf(doors.api(base, 'API token'))
    const { accountId, displayName } = await way.whoIs(client, signal)
    return { client, accountId, displayName: displayName || accountId }
  }
  try {
    const found = await through(way.site)
    const cloudId = cloudIdIn(way)
    return cloudId === undefined ? { ...found, token: 'without scopes' } : { ...found, token: 'with scopes', cloudId }
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal
    const cloudId = await idOfSite(doors, way, signal).catch((thrown: unknown) => {
      // Without a cloud id there is no second way: what the site said stands.
      if (thrown instanceof ProvisioningError && thrown.code !== 'cancelled') throw refusal
      throw thrown
    })
    try {
      const found = await through(`${way.apiBase}/ex/${way.gateway}/${encodeURIComponent(cloudId)}`)
      return { ...found, token: 'with scopes', cloudId }
    } catch (second) {
      if (!isRefusal(second)) throw second
      throw both(refusal, second, way.scopes)
    }
  }
}

/** The site's id, told to anybody who asks. */
export async function idOfSite(doors: Doors, addresses: SiteAddresses, signal: AbortSignal): Promise<string> {
  const fromGateway = cloudIdIn(addresses)
  if (fromGateway !== undefined) return fromGateway
  const api = doors.anonymous(addresses.site)
  const request = { operation: 'site.tenant-info', method: 'GET', path: '/_edge/tenant_info' } as const
  return (await api.read(tenantInfo, request, 'Asking for the id of the site', signal, 'config-invalid')).cloudId
}

/** A site given as an address of the gateway carries its id. */
function cloudIdIn({ site, gateway }: SiteAddresses): string | undefined {
  return new RegExp(`/ex/${gateway}/([^/]+)$`).exec(site)?.[1]
}

function isRefusal(thrown: unknown): thrown is ProvisioningError {
  return thrown instanceof ProvisioningError && (thrown.code === 'auth-failed' || thrown.code === 'forbidden')
}

function both(atSite: ProvisioningError, atGateway: ProvisioningError, scopes: string): ProvisioningError {
  const refuse = atSite.code === 'auth-failed' || atGateway.code === 'auth-failed' ? fail.authFailed : fail.forbidden
  return refuse(`${atSite.message} Tried through the API gateway as a token with scopes: ${atGateway.message}`, {
    cause: atSite.cause,
    hint: `Check e-mail and token; a token made by another account, expired or revoked is refused at both addresses. A token with scopes needs ${scopes}.`,
  })
}
