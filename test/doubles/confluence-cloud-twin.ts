import { confluenceCloud } from '../../src/connectors/targets/confluence-cloud/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.ts'
import type { CloudFacts } from './cloud-harness.ts'
import { startCloudTwin, type TwinAndTarget } from './cloud-twin.ts'

/** More than one page of everything. */
const people = 110

/** A twin that has Confluence and no Jira, and the connector. */
export function startConfluence(
  credentials: 'token and key' | 'key alone' = 'token and key',
  options: SandboxOptions = {},
): Promise<TwinAndTarget> {
  const settingsOf = ({ site, apiBase, credentials: given }: Sandbox) => ({
    site,
    apiBase,
    orgApiKey: new Secret(given.orgApiKey),
    ...(credentials === 'key alone' ? {} : { email: given.email, apiToken: new Secret(given.apiToken) }),
  })
  return startCloudTwin(confluenceCloud, settingsOf, { confluenceOnly: true, company: people, ...options })
}

export const confluenceFacts: CloudFacts = {
  lists: { users: 'org.users.search', groups: 'org.groups.search', members: 'org.users.search' },
  app: 'confluence',
  licensed: 'confluence-users-acme',
  product: ({ cloudId }) => `confluence@${cloudId}`,
}
