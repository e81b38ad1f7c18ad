import { createHash } from 'node:crypto'
import { fail, ProvisioningError } from '../../../domain/errors.ts'
import { foldCase } from '../../../domain/identity.ts'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import { sharedLimiter } from '../../../platform/rate-limit.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { TargetIdentity } from '../../../ports/target.ts'
import { HttpDoor } from '../../kit/http-door.ts'
import { Api } from './api.ts'
import type { JiraCloudConfig } from './config.ts'
import { type Named, OrgClient, OrgFinder } from './org-client.ts'
import { tenantInfo } from './schemas.ts'
import { SiteClient } from './site-client.ts'

/** How many requests of one credential may be under way. */
export const concurrency = 4

/** What the credentials turned out to reach. At least one half is there. */
export interface Session {
  readonly identity: TargetIdentity
  readonly site?: SiteClient
  readonly org?: OrgClient
}

/** The API token at work, and by which way it got in. */
export interface SiteAccess {
  readonly client: SiteClient
  readonly accountId: string
  readonly displayName: string
  readonly token: 'without scopes' | 'with scopes'
  readonly cloudId?: string
}

export interface OrgAccess {
  readonly finder: OrgFinder
  readonly organization: Named
  readonly directory: Named
}

/** Opens doors to Atlassian, finds out which credential reaches what, and remembers it for one instance. */
export class Sessions {
  readonly clock: Clock
  readonly config: JiraCloudConfig
  readonly #context: ConnectorContext
  readonly #doors: HttpDoor[] = []
  #opened: Promise<Session> | undefined

  constructor(config: JiraCloudConfig, context: ConnectorContext) {
    this.config = config
    this.#context = context
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
  }

  /** Asks once per instance; a failure is not remembered. */
  open(signal: AbortSignal): Promise<Session> {
    this.#opened ??= this.#open(signal).catch((thrown: unknown) => {
      this.#opened = undefined
      throw thrown
    })
    return this.#opened
  }

  calls(): Readonly<Record<string, number>> {
    const total: Record<string, number> = {}
    for (const door of this.#doors) {
      for (const [operation, calls] of Object.entries(door.calls())) total[operation] = (total[operation] ?? 0) + calls
    }
    return total
  }

  close(): void {
    for (const door of this.#doors) door.close()
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const site = this.config.apiToken === undefined ? undefined : await this.signIn(signal)
    const org = this.config.orgApiKey === undefined ? undefined : await this.findOrganization(signal)
    const host = new URL(this.config.site).host
    if (org !== undefined) {
      const { organization, directory, finder } = org
      return {
        identity: {
          directoryKey: `atlassian:${organization.id}/${directory.id}`,
          title: `${host} (${organization.name})`,
          ...(site === undefined ? {} : { ownAccountId: site.accountId }),
          notOffered: { 'account.update': profilesAreNotOurs },
        },
        org: new OrgClient(finder.api, organization.id, directory.id),
        ...(site === undefined ? {} : { site: site.client }),
      }
    }
    if (site === undefined) throw fail.configInvalid('The target has neither an API token nor an organization API key.')
    const cloudId = site.cloudId ?? (await this.cloudId(signal))
    return {
      identity: {
        directoryKey: `atlassian-site:${cloudId}`,
        title: host,
        ownAccountId: site.accountId,
        notOffered: {
          'account.deactivate': `deactivating ${needsKey}`,
          'account.activate': `reactivating ${needsKey}`,
          'account.update': profilesAreNotOurs,
        },
      },
      site: site.client,
    }
  }

  /**
   * Who the API token is. A token does not say whether it has scopes: tried at the site first, then through the gateway.
   * `/myself` cannot be answered to an anonymous caller, so what is read afterwards is read by somebody.
   */
  async signIn(signal: AbortSignal): Promise<SiteAccess> {
    const { site, apiBase } = this.config
    const direct = new SiteClient(this.#api(site, 'API token'))
    try {
      const { accountId, displayName } = await direct.myself(signal)
      const cloudId = /\/ex\/jira\/([^/]+)$/.exec(site)?.[1]
      const found = { client: direct, accountId, displayName: displayName ?? accountId }
      return cloudId === undefined ? { ...found, token: 'without scopes' } : { ...found, token: 'with scopes', cloudId }
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal
      const cloudId = await this.cloudId(signal).catch((thrown: unknown) => {
        // Without a cloud id there is no second way: what the site said stands.
        if (thrown instanceof ProvisioningError && thrown.code !== 'cancelled') throw refusal
        throw thrown
      })
      const gateway = new SiteClient(this.#api(`${apiBase}/ex/jira/${encodeURIComponent(cloudId)}`, 'API token'))
      try {
        const { accountId, displayName } = await gateway.myself(signal)
        return { client: gateway, accountId, displayName: displayName ?? accountId, token: 'with scopes', cloudId }
      } catch (second) {
        if (!isRefusal(second)) throw second
        throw both(refusal, second)
      }
    }
  }

  /** The site's id, told to anybody who asks. */
  async cloudId(signal: AbortSignal): Promise<string> {
    const fromGateway = /\/ex\/jira\/([^/]+)$/.exec(this.config.site)?.[1]
    if (fromGateway !== undefined) return fromGateway
    const api = new Api(this.#door(this.config.site, undefined), 'API token')
    const request = { operation: 'site.tenant-info', method: 'GET', path: '/_edge/tenant_info' } as const
    return (await api.read(tenantInfo, request, 'Asking for the id of the site', signal, 'config-invalid')).cloudId
  }

  async findOrganization(signal: AbortSignal): Promise<OrgAccess> {
    const finder = new OrgFinder(this.#api(`${this.config.apiBase}/admin`, 'organization API key'))
    const organization = chosen(
      'organization',
      await finder.organizations(signal),
      this.config.organization,
      'this organization API key sees',
    )
    const listed = await finder.directories(organization.id, signal).catch((thrown: unknown) => {
      // A key with scopes may lack the right to list directories; a configured id needs no list.
      const wanted = this.config.directory
      if (wanted === undefined || !(thrown instanceof ProvisioningError) || thrown.code !== 'forbidden') throw thrown
      return [{ id: wanted, name: wanted }]
    })
    const where = `the organization ${organization.name} has`
    return { finder, organization, directory: chosen('directory', listed, this.config.directory, where) }
  }

  #api(base: string, credential: 'API token' | 'organization API key'): Api {
    const { email, apiToken, orgApiKey } = this.config
    const authorization =
      credential === 'API token' ? basicHeader(email, apiToken) : new Secret(`Bearer ${orgApiKey?.reveal() ?? ''}`)
    return new Api(this.#door(base, authorization), credential)
  }

  #door(base: string, authorization: Secret | undefined): HttpDoor {
    const { email, apiToken, orgApiKey } = this.config
    const credential = createHash('sha256')
      .update(authorization?.reveal() ?? '')
      .digest('hex')
    // No door shows any of the credentials: a proxy may echo one that was sent through another door.
    const secrets = [apiToken, orgApiKey, apiToken && basicHeader(email, apiToken)]
    const door = new HttpDoor({
      base,
      authorization,
      secrets: secrets.filter((secret) => secret !== undefined),
      clock: this.clock,
      limiter: sharedLimiter(`${new URL(base).origin} ${credential}`, this.clock, concurrency),
      log: (message, fields) => this.#context.log(message, { target: this.#context.key, ...fields }),
    })
    this.#doors.push(door)
    return door
  }
}

function basicHeader(email: string | undefined, apiToken: Secret | undefined): Secret {
  return new Secret(`Basic ${Buffer.from(`${email}:${apiToken?.reveal() ?? ''}`).toString('base64')}`)
}

const needsKey =
  'needs an organization API key (Atlassian Administration, Organization settings, API keys); an API token alone has no call for it'
const profilesAreNotOurs =
  'Atlassian lets only the person, or an identity provider with Atlassian Guard, change a profile'

function isRefusal(thrown: unknown): thrown is ProvisioningError {
  return thrown instanceof ProvisioningError && (thrown.code === 'auth-failed' || thrown.code === 'forbidden')
}

function both(atSite: ProvisioningError, atGateway: ProvisioningError): ProvisioningError {
  const refuse = atSite.code === 'auth-failed' || atGateway.code === 'auth-failed' ? fail.authFailed : fail.forbidden
  return refuse(`${atSite.message} Tried through the API gateway as a token with scopes: ${atGateway.message}`, {
    cause: atSite.cause,
    hint: 'Check e-mail and token; a token made by another account, expired or revoked is refused at both addresses. A token with scopes needs read:jira-user, read:jira-work and manage:jira-configuration.',
  })
}

/** The one that is configured, or the only one. Throws `config-invalid` naming the choices. */
function chosen(what: string, choices: readonly Named[], wanted: string | undefined, where: string): Named {
  const list = choices.map(({ id, name }) => (id === name ? id : `${name} (${id})`)).join(', ')
  if (choices.length === 0) {
    throw fail.configInvalid(`No ${what} can be seen: ${where} none.`, {
      hint: 'Use an organization API key without scopes, made by an organization admin.',
    })
  }
  if (wanted === undefined) {
    const [only] = choices
    if (choices.length === 1 && only !== undefined) return only
    throw fail.configInvalid(`Several choices for ${what}: ${where} ${list}.`, {
      hint: `Set "${what}" of the target to one of them.`,
    })
  }
  const matches = choices.filter(({ id, name }) => id === wanted || foldCase(name) === foldCase(wanted))
  const [match] = matches
  if (matches.length === 1 && match !== undefined) return match
  const byId = matches.find(({ id }) => id === wanted)
  if (byId !== undefined) return byId
  throw fail.configInvalid(
    `The ${what} "${wanted}" ${matches.length === 0 ? 'is not there' : 'is not unique'}: ${where} ${list}.`,
    {
      hint: `Set "${what}" of the target to one of them, by id.`,
    },
  )
}
