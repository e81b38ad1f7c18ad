import { fail } from '../../../domain/errors.ts'
import type { Api } from '../../kit/atlassian-cloud/api.ts'
import { managementOf, type OrgAccess, organizationParts } from '../../kit/atlassian-cloud/organization.ts'
import type { CloudSession } from '../../kit/atlassian-cloud/session.ts'
import { SiteSessions } from '../../kit/atlassian-cloud/sessions.ts'
import { productId } from '../../kit/atlassian-cloud/site-resources.ts'
import type { SignedIn } from '../../kit/atlassian-cloud/site-sign-in.ts'
import type { Reach } from './capabilities.ts'
import type { JiraCloudConfig } from './config.ts'
import { SiteClient } from './site-client.ts'
import { SiteProjects } from './site-projects.ts'
import { SiteProperties } from './site-properties.ts'
import { jiraResource } from './workspaces.ts'

/** What the credentials turned out to reach. At least one half is there. */
export interface Session extends CloudSession {
  readonly site?: SiteClient
  readonly projects?: SiteProjects
  /** Id of the site, where signing in told it. */
  readonly cloudId?: string
}

export type SiteAccess = SignedIn<SiteClient>

/** Finds out which credential reaches what, and remembers it for one instance. */
export class Sessions extends SiteSessions<JiraCloudConfig, Session, SiteClient> {
  protected readonly product = {
    gateway: 'jira' as const,
    clientOf: (api: Api) => new SiteClient(api),
    whoIs: (client: SiteClient, signal: AbortSignal) => client.myself(signal),
    scopes: 'read:jira-user, read:jira-work and manage:jira-configuration',
  }

  protected async connect(signal: AbortSignal): Promise<Session> {
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
    const management = await managementOf(this.doors, this.config, site?.accountId, signal)
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
  return { site, projects: new SiteProjects(site.api), properties: new SiteProperties(site) }
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

function productOf(resourceId: string): string | undefined {
  const resource = jiraResource({ id: resourceId, name: '' })
  return resource && productId(resource)
}
