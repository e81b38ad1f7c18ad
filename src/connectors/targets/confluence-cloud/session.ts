import type { Api } from '../../kit/atlassian-cloud/api.ts'
import type { OrgClient } from '../../kit/atlassian-cloud/org-client.ts'
import { managementOf, organizationParts } from '../../kit/atlassian-cloud/organization.ts'
import type { CloudSession } from '../../kit/atlassian-cloud/session.ts'
import { SiteSessions } from '../../kit/atlassian-cloud/sessions.ts'
import type { SignedIn } from '../../kit/atlassian-cloud/site-sign-in.ts'
import { needsToken, type Reach } from './capabilities.ts'
import type { ConfluenceCloudConfig } from './config.ts'
import { productOf } from './resource.ts'
import { ConfluenceClient } from './site-client.ts'

/** What the credentials turned out to reach: always the organization, and Confluence itself with a token. */
export interface Session extends CloudSession {
  readonly org: OrgClient
  readonly confluence?: ConfluenceClient
  /** Why custom attributes cannot be written although there is a token. */
  readonly whyNoCustom?: string
  /** Id of the site, where signing in told it. */
  readonly cloudId?: string
}

/** Scopes of a token that has scopes; those of user properties exist in the granular form only. */
export const scopesNeeded =
  'read:confluence-user, read:confluence-groups, read:user.property:confluence and write:user.property:confluence'

/** Finds out which credential reaches what, and remembers it for one instance. */
export class Sessions extends SiteSessions<ConfluenceCloudConfig, Session, ConfluenceClient> {
  protected readonly product = {
    gateway: 'confluence' as const,
    clientOf: (api: Api) => new ConfluenceClient(api),
    whoIs: (client: ConfluenceClient, signal: AbortSignal) => client.myself(signal),
    scopes: scopesNeeded,
  }

  protected async connect(signal: AbortSignal): Promise<Session> {
    const site = this.config.apiToken === undefined ? undefined : await this.signIn(signal)
    const organization = await this.findOrganization(signal)
    const management = await managementOf(this.doors, this.config, site?.accountId, signal)
    const parts = await organizationParts(organization, management, this.host, site?.accountId, signal)
    const whyNoCustom = site && (await whyNoCustomBy(site, parts.org, signal))
    const custom = site === undefined ? needsToken : whyNoCustom && { 'custom.update': whyNoCustom }
    return {
      ...parts,
      identity: { ...parts.identity, notOffered: { ...custom, ...parts.identity.notOffered } },
      productOf,
      ...(site === undefined ? {} : { confluence: site.client }),
      ...(site === undefined || whyNoCustom !== undefined ? {} : { properties: site.client }),
      ...(whyNoCustom === undefined ? {} : { whyNoCustom }),
      ...(site?.cloudId === undefined ? {} : { cloudId: site.cloudId }),
    }
  }
}

/**
 * Tried on somebody else, because everybody may have properties of their own: where Confluence refuses us theirs, nobody's
 * attributes are planned, instead of being refused one by one.
 */
async function whyNoCustomBy(
  { client, accountId }: SignedIn<ConfluenceClient>,
  org: OrgClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  const why = await client.whyNotWritable((await org.somebodyBut(accountId, signal)) ?? accountId, signal)
  return why && `writing custom attributes needs a token that may see and change the user properties of others: ${why}`
}

export function reachOf({ properties, accounts }: Session): Reach {
  return { token: properties !== undefined, accounts: accounts !== undefined }
}
