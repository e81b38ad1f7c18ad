import type { Api } from '../../kit/atlassian-cloud/api.ts'
import type { OrgClient } from '../../kit/atlassian-cloud/org-client.ts'
import { managementOf, organizationParts } from '../../kit/atlassian-cloud/organization.ts'
import type { CloudSession } from '../../kit/atlassian-cloud/session.ts'
import { SiteSessions } from '../../kit/atlassian-cloud/sessions.ts'
import { needsToken, type Reach } from './capabilities.ts'
import type { ConfluenceCloudConfig } from './config.ts'
import { productOf } from './resource.ts'
import { ConfluenceClient } from './site-client.ts'

/** What the credentials turned out to reach: always the organization, and Confluence itself with a token. */
export interface Session extends CloudSession {
  readonly org: OrgClient
  readonly confluence?: ConfluenceClient
  /** Id of the site, where signing in told it. */
  readonly cloudId?: string
}

/** Finds out which credential reaches what, and remembers it for one instance. */
export class Sessions extends SiteSessions<ConfluenceCloudConfig, Session, ConfluenceClient> {
  protected readonly product = {
    gateway: 'confluence' as const,
    clientOf: (api: Api) => new ConfluenceClient(api),
    whoIs: (client: ConfluenceClient, signal: AbortSignal) => client.myself(signal),
    scopes: 'read:confluence-user, read:confluence-groups, read:confluence-props and write:confluence-props',
  }

  protected async connect(signal: AbortSignal): Promise<Session> {
    const site = this.config.apiToken === undefined ? undefined : await this.signIn(signal)
    const organization = await this.findOrganization(signal)
    const management = await managementOf(this.doors, this.config, site?.accountId, signal)
    const parts = await organizationParts(organization, management, this.host, site?.accountId, signal)
    const notOffered = { ...(site === undefined ? needsToken : {}), ...parts.identity.notOffered }
    return {
      ...parts,
      identity: { ...parts.identity, notOffered },
      productOf,
      ...(site === undefined ? {} : { confluence: site.client, properties: site.client }),
      ...(site?.cloudId === undefined ? {} : { cloudId: site.cloudId }),
    }
  }
}

export function reachOf({ properties, accounts }: Session): Reach {
  return { token: properties !== undefined, accounts: accounts !== undefined }
}
