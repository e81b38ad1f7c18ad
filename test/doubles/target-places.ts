import { systemClock } from '../../src/platform/clock.ts'
import type { CompanyDirectory } from '../../src/sandbox/company/directory.ts'
import { startProduct } from '../../src/sandbox/data-center/start.ts'
import { productNamed } from '../../src/sandbox/products.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { startFaultyProxy } from './faulty-proxy.ts'
import { startScimmy } from './scimmy-server.ts'

/** A server for each kind of target, with the settings that lead there; for journeys that go to all of them. */
export interface Place {
  /** Settings beside `type`, in YAML; a secret stands as `{ file: <name> }`. */
  readonly settings: string
  /** Secrets by the name of the file they belong in. */
  readonly secrets: Readonly<Record<string, string>>
  /** People and groups of the sample company, where the server has one. */
  readonly directory?: CompanyDirectory
  /** What is there right now. */
  here(): { readonly accounts: number; readonly groups: number }
  /** Requests since the last reset; in words for a failed test. */
  counted(): { readonly total: number; readonly words: string }
  reset(): void
  stop(): Promise<void>
}

type Start = () => Promise<Place>

async function cloud(options: SandboxOptions, settingsOf: (sandbox: Sandbox) => readonly [string, string]) {
  const sandbox = await startSandbox(options)
  const [settings, token] = settingsOf(sandbox)
  const { state } = sandbox.control.twin
  return {
    sandbox,
    settings,
    secrets: { key: sandbox.credentials.orgApiKey, token },
    directory: sandbox.directory,
    here: () => ({
      accounts: state.accounts.items.filter(
        ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
      ).length,
      groups: state.groups.items.length,
    }),
    ...counting(sandbox.control),
    stop: () => sandbox.stop(),
  }
}

interface Counting {
  counters(): { readonly total: number; readonly operations: unknown }
  resetCounters(): void
}

function counting(control: Counting): Pick<Place, 'counted' | 'reset'> {
  return {
    counted: () => {
      const { total, operations } = control.counters()
      return { total, words: JSON.stringify(operations) }
    },
    reset: () => control.resetCounters(),
  }
}

const siteOf = ({ site, apiBase, credentials }: Sandbox): readonly [string, string] => [
  `site: "${site}", apiBase: "${apiBase}", email: "${credentials.email}", apiToken: { file: token }, orgApiKey: { file: key }`,
  credentials.apiToken,
]

const bitbucketOf = ({ bitbucket, apiBase, credentials }: Sandbox): readonly [string, string] => [
  `workspace: ${bitbucket?.workspace}, apiBase: "${apiBase}", bitbucketApi: "${bitbucket?.baseUrl}/2.0", email: "${credentials.email}", apiToken: { file: token }, orgApiKey: { file: key }`,
  credentials.bitbucket?.apiToken ?? '',
]

const guardOf = ({ guard, apiBase }: Sandbox): readonly [string, string] => [
  `baseUrl: "${guard.baseUrl}", apiBase: "${apiBase}", apiKey: { file: token }, orgApiKey: { file: key }`,
  guard.apiKey,
]

async function guard(): Promise<Place> {
  const place = await cloud({}, guardOf)
  const { provisioning } = place.sandbox.control.twin.state
  return {
    ...place,
    here: () => ({ accounts: provisioning?.users.length ?? 0, groups: provisioning?.groups.length ?? 0 }),
  }
}

async function dataCenter(product: string): Promise<Place> {
  const sandbox = await startProduct(productNamed(product))
  const { baseUrl, credentials, control } = sandbox
  const signIn =
    credentials.accessToken === undefined ? 'application: muster, password: { file: token }' : 'token: { file: token }'
  return {
    settings: `baseUrl: "${baseUrl}", ${signIn}`,
    secrets: { token: credentials.accessToken ?? credentials.password ?? '' },
    directory: sandbox.directory,
    here: () => {
      const { users, groups } = control.state()
      return { accounts: users.length, groups: groups.length }
    },
    ...counting(control),
    stop: () => sandbox.stop(),
  }
}

async function scim(): Promise<Place> {
  const server = await startScimmy()
  const proxy = await startFaultyProxy(server.baseUrl, systemClock.now)
  let before = 0
  return {
    settings: `baseUrl: "${proxy.baseUrl}", token: { file: token }`,
    secrets: { token: server.token },
    here: () => ({ accounts: server.stored.users.size, groups: server.stored.groups.size }),
    counted: () => {
      const seen = proxy.seen.slice(before).map(({ what }) => what.replace(/\/[0-9a-f-]{36}/g, '/:id').split('?')[0])
      const counts = Map.groupBy(seen, (what) => what)
      return { total: seen.length, words: JSON.stringify([...counts].map(([what, { length }]) => [what, length])) }
    },
    reset: () => {
      before = proxy.seen.length
    },
    stop: async () => {
      await proxy.close()
      await server.close()
    },
  }
}

/** By kind of target; the sample company is the same everywhere, and each organization is one of its own. */
export const places: Readonly<Record<string, Start>> = {
  'atlassian-scim': guard,
  'bitbucket-cloud': () => cloud({ bitbucketOnly: true, seed: 2 }, bitbucketOf),
  'bitbucket-dc': () => dataCenter('bitbucket-dc'),
  'confluence-cloud': () => cloud({ confluenceOnly: true, seed: 3 }, siteOf),
  'confluence-dc': () => dataCenter('confluence-dc'),
  crowd: () => dataCenter('crowd'),
  'jira-cloud': () => cloud({ seed: 4 }, siteOf),
  'jira-dc': () => dataCenter('jira-dc'),
  scim,
}
