import { fail, ProvisioningError } from '../../../domain/errors.ts'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import { type Credential, Doors } from '../../kit/atlassian-cloud/doors.ts'
import {
  findOrganization,
  managementOf,
  type OrgAccess,
  organizationParts,
} from '../../kit/atlassian-cloud/organization.ts'
import type { CloudSession } from '../../kit/atlassian-cloud/session.ts'
import type { Reach } from './capabilities.ts'
import type { JiraCloudConfig } from './config.ts'
import { tenantInfo } from './schemas.ts'
import { SiteClient } from './site-client.ts'
import { SiteProjects } from './site-projects.ts'
import { SiteProperties } from './site-properties.ts'
import { jiraResource, productId } from './workspaces.ts'

/** What the credentials turned out to reach. At least one half is there. */
export interface Session extends CloudSession {
  readonly site?: SiteClient
  readonly projects?: SiteProjects
  readonly properties?: SiteProperties
  /** Id of the site, where signing in told it. */
  readonly cloudId?: string
}

/** The API token at work, and by which way it got in. */
export interface SiteAccess {
  readonly client: SiteClient
  readonly accountId: string
  readonly displayName: string
  readonly token: 'without scopes' | 'with scopes'
  readonly cloudId?: string
}

/** Finds out which credential reaches what, and remembers it for one instance. */
export class Sessions {
  readonly clock: Clock
  readonly config: JiraCloudConfig
  readonly instanceId: string
  readonly #doors: Doors
  #opened: Promise<Session> | undefined

  constructor(config: JiraCloudConfig, context: ConnectorContext) {
    this.config = config
    this.instanceId = context.instanceId
    this.clock = { now: context.now, sleep: context.sleep ?? systemClock.sleep }
    this.#doors = new Doors(config, context, this.clock)
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
    return this.#doors.calls()
  }

  /** The newest limit that an answer to this credential named, in calls per window. */
  limitTold(credential: Credential): number | undefined {
    return this.#doors.limitTold(credential)
  }

  close(): void {
    this.#doors.close()
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const site = this.config.apiToken === undefined ? undefined : await this.signIn(signal)
    const org = this.config.orgApiKey === undefined ? undefined : await this.findOrganization(signal)
    if (org !== undefined) return this.#withOrganization(org, site, signal)
    if (site === undefined) throw fail.configInvalid('The target has neither an API token nor an organization API key.')
    const cloudId = site.cloudId ?? (await this.cloudId(signal))
    return {
      identity: {
        directoryKey: `atlassian-site:${cloudId}`,
        title: this.host,
        ownAccountId: site.accountId,
        notOffered: withoutKey,
      },
      ...siteParts(site.client),
      productOf,
      cloudId,
    }
  }

  async #withOrganization(org: OrgAccess, site: SiteAccess | undefined, signal: AbortSignal): Promise<Session> {
    const management = await managementOf(this.#doors, this.config, site?.accountId, signal)
    const parts = await organizationParts(org, management, this.host, site?.accountId, signal)
    const notOffered = { ...(site === undefined ? siteOnly : {}), ...parts.identity.notOffered }
    return {
      ...parts,
      identity: { ...parts.identity, notOffered },
      productOf,
      ...(site === undefined ? {} : siteParts(site.client)),
      ...(site?.cloudId === undefined ? {} : { cloudId: site.cloudId }),
    }
  }

  get host(): string {
    return new URL(this.config.site).host
  }

  /**
   * Who the API token is. A token does not say whether it has scopes: tried at the site first, then through the gateway.
   * `/myself` cannot be answered to an anonymous caller, so what is read afterwards is read by somebody.
   */
  async signIn(signal: AbortSignal): Promise<SiteAccess> {
    const { site, apiBase } = this.config
    const direct = new SiteClient(this.#doors.api(site, 'API token'))
    try {
      const { accountId, displayName } = await direct.myself(signal)
      const cloudId = cloudIdIn(site)
      const found = { client: direct, accountId, displayName: displayName ?? accountId }
      return cloudId === undefined ? { ...found, token: 'without scopes' } : { ...found, token: 'with scopes', cloudId }
    } catch (refusal) {
      if (!isRefusal(refusal)) throw refusal
      const cloudId = await this.cloudId(signal).catch((thrown: unknown) => {
        // Without a cloud id there is no second way: what the site said stands.
        if (thrown instanceof ProvisioningError && thrown.code !== 'cancelled') throw refusal
        throw thrown
      })
      const gateway = new SiteClient(this.#doors.api(`${apiBase}/ex/jira/${encodeURIComponent(cloudId)}`, 'API token'))
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
    const fromGateway = cloudIdIn(this.config.site)
    if (fromGateway !== undefined) return fromGateway
    const api = this.#doors.anonymous(this.config.site)
    const request = { operation: 'site.tenant-info', method: 'GET', path: '/_edge/tenant_info' } as const
    return (await api.read(tenantInfo, request, 'Asking for the id of the site', signal, 'config-invalid')).cloudId
  }

  findOrganization(signal: AbortSignal): Promise<OrgAccess> {
    return findOrganization(this.#doors, this.config, signal)
  }
}

/** The site of a session that has no organization. */
export function theSite({ site }: Session): SiteClient {
  if (site === undefined) throw fail.bug('A session without organization has no site either.')
  return site
}

export function reachOf({ site, org, accounts }: Session): Reach {
  return { site: site !== undefined, org: org !== undefined, accounts: accounts !== undefined }
}

function siteParts(site: SiteClient): Pick<Required<Session>, 'site' | 'projects' | 'properties'> {
  return { site, projects: new SiteProjects(site.api), properties: new SiteProperties(site.api) }
}

/** A site given as an address of the gateway carries its id. */
function cloudIdIn(site: string): string | undefined {
  return /\/ex\/jira\/([^/]+)$/.exec(site)?.[1]
}

const needsToken = 'needs an API token with its e-mail address; an organization API key has no call for it'
/** What an organization key alone cannot do, and why. */
export const siteOnly = {
  'lead.handover': `handing over project and component leads ${needsToken}`,
  'custom.update': `writing custom attributes ${needsToken}`,
}
const needsKey =
  'needs an organization API key (Atlassian Administration, Organization settings, API keys); an API token alone has no call for it'
/** What an API token alone cannot do, and why. */
export const withoutKey = {
  'account.deactivate': `deactivating ${needsKey}`,
  'account.activate': `reactivating ${needsKey}`,
  'account.update': `changing profiles ${needsKey}`,
  'account.disable': `disabling whole accounts ${needsKey}`,
  'account.enable': `enabling whole accounts ${needsKey}`,
  'account.delete': `deleting or removing accounts ${needsKey}`,
  'access.grant': `giving roles in products ${needsKey}; membership in a group that gives access works`,
  'access.revoke': `taking away roles in products ${needsKey}; leaving the group that gives access works`,
}

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

function productOf(resourceId: string): string | undefined {
  const resource = jiraResource({ id: resourceId, name: '' })
  return resource && productId(resource)
}
