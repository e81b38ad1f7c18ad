import { afterEach } from 'vitest'
import { jiraCloud } from '../../src/connectors/targets/jira-cloud/index.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.ts'
import { startCloudTwin, type TwinAndTarget } from './cloud-twin.ts'

export { idsOf, type TwinAndTarget } from './cloud-twin.ts'

export type Credentials = 'token and key' | 'key alone' | 'token alone' | 'token with scopes alone'

/** Twins that end with their test. */
export function twinsForTest(): (...how: Parameters<typeof startTwin>) => Promise<TwinAndTarget> {
  let started: TwinAndTarget[] = []
  afterEach(async () => {
    const ending = started
    started = []
    for (const twin of ending) await twin.stop()
  })
  return async (...how) => {
    const twin = await startTwin(...how)
    started.push(twin)
    return twin
  }
}

/** A twin and the Jira Cloud connector. */
export function startTwin(credentials: Credentials, options: SandboxOptions = {}): Promise<TwinAndTarget> {
  return startCloudTwin(jiraCloud, (sandbox) => settingsOf(sandbox, credentials), options)
}

function settingsOf({ site, apiBase, credentials: given }: Sandbox, credentials: Credentials) {
  const apiToken = credentials === 'token with scopes alone' ? given.scopedApiToken : given.apiToken
  const token = { email: given.email, apiToken: new Secret(apiToken) }
  const key = { orgApiKey: new Secret(given.orgApiKey) }
  return {
    site,
    apiBase,
    ...(credentials === 'key alone' ? {} : token),
    ...(credentials.startsWith('token') && credentials.endsWith('alone') ? {} : key),
  }
}
