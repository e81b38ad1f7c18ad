import { type Clock, systemClock } from '../platform/clock.ts'
import { SandboxControl } from './atlassian/control.ts'
import { Credentials } from './atlassian/credentials.ts'
import { jiraOperations } from './atlassian/jira/operations.ts'
import type { Account, Site } from './atlassian/model.ts'
import { organizationOperations } from './atlassian/organizations/operations.ts'
import { load, type TargetSeed } from './atlassian/seed.ts'
import { AtlassianState } from './atlassian/state/state.ts'
import { siteUrl, type Twin } from './atlassian/twin.ts'
import { Variants } from './atlassian/variants.ts'
import { type CompanySize, makeCompany } from './company/company.ts'
import type { CompanyDirectory } from './company/directory.ts'
import { adminEmail } from './company/site.ts'
import { TwinServer } from './server/server.ts'

export interface SandboxOptions {
  /** 0 = any free port of the loopback address (default). */
  readonly port?: number
  /** `small` (default) or a number of people. */
  readonly company?: CompanySize
  /** What the site holds at the start; a small company has an old site, a large one a fresh site unless told. */
  readonly target?: 'fresh' | 'ten-years' | TargetSeed
  readonly seed?: number
  /** Direct memberships of a person in a generated company. */
  readonly membershipsPerPerson?: number
  readonly peoplePerGroup?: number
  readonly variants?: Readonly<Record<string, string>>
  readonly latencyMs?: number
  readonly clock?: Clock
}

/** Everything a client needs to know; plain data. Secrets are those of the sandbox, worth nothing elsewhere. */
export interface SandboxFacts {
  readonly url: string
  /** Value of a Jira Cloud target's `site`. It has a path: clients must keep it. */
  readonly site: string
  /** Value of `apiBase`: `/admin/…` and `/ex/jira/{cloudId}/…` hang below it. */
  readonly apiBase: string
  readonly orgId: string
  readonly directoryId: string
  readonly cloudId: string
  readonly credentials: SandboxCredentials
}

export interface SandboxCredentials {
  /** Organization admin: owner of `apiToken` and `scopedApiToken`. */
  readonly email: string
  readonly apiToken: string
  /** All Jira scopes; works through the gateway only. */
  readonly scopedApiToken: string
  /** May only read Jira; gateway only. */
  readonly readOnlyApiToken: string
  /** Everything. */
  readonly orgApiKey: string
  /** All documented `read:…:admin` scopes, no write. */
  readonly readOnlyOrgKey: string
  /** Only `read:orgs:admin`. */
  readonly narrowOrgKey: string
  /** Site admin, not organization admin. */
  readonly siteAdmin: { readonly email: string; readonly apiToken: string }
  /** No administrator of anything. */
  readonly viewer: { readonly email: string; readonly apiToken: string }
  readonly serviceAccount: { readonly email: string; readonly apiToken: string }
}

export interface Sandbox extends SandboxFacts {
  readonly directory: CompanyDirectory
  readonly control: SandboxControl
  facts(): SandboxFacts
  stop(): Promise<void>
}

/** Starts the Atlassian twin on the loopback address. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    port = 0,
    company = 'small',
    target,
    seed,
    membershipsPerPerson,
    peoplePerGroup,
    clock = systemClock,
  } = options
  const made = makeCompany(company, {
    ...(typeof target === 'string' ? { target } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(membershipsPerPerson === undefined ? {} : { membershipsPerPerson }),
    ...(peoplePerGroup === undefined ? {} : { peoplePerGroup }),
  })
  const targetSeed = typeof target === 'object' ? target : made.target
  const state = new AtlassianState(clock, `${seed ?? 1}`)
  load(state, targetSeed)
  const twin: Twin = { state, variants: new Variants(options.variants), credentials: new Credentials(), url: '' }
  const server = new TwinServer(clock)
  server.add([...jiraOperations(twin), ...organizationOperations(twin)])
  server.latencyMs = options.latencyMs ?? 0
  const control = new SandboxControl(twin, server, clock)
  const credentials = issueCredentials(twin)
  const [site] = state.sites as [Site]
  const facts = (): SandboxFacts => ({
    url: twin.url,
    site: siteUrl(twin, site),
    apiBase: twin.url,
    orgId: state.orgId,
    directoryId: site.directoryId,
    cloudId: site.cloudId,
    credentials,
  })
  server.useControl(control.routes(facts))
  twin.url = `http://127.0.0.1:${await server.listen(port)}`
  return { ...facts(), directory: made.directory, control, facts, stop: () => server.stop() }
}

const readScopes = ['orgs', 'domains', 'accounts', 'directories', 'groups', 'workspaces'].map(
  (each) => `read:${each}:admin`,
)
const jiraReadScopes = ['read:jira-user', 'read:jira-work']
const jiraScopes = [...jiraReadScopes, 'manage:jira-configuration']

function issueCredentials(twin: Twin): SandboxCredentials {
  const token = (name: string, email: string, scopes?: readonly string[]): string => {
    const secret = `sandbox-token-${twin.state.makeId(`token ${name}`)}`
    const account: Account | undefined = twin.state.accountByEmail(email)
    if (account === undefined) throw new Error(`The site has no account ${email}; the sandbox hands out its token`)
    const isServiceAccount = account.accountType === 'app'
    const limited = scopes === undefined ? {} : { scopes: new Set(scopes) }
    return twin.credentials.add({
      name,
      kind: 'api-token',
      secret,
      account,
      isServiceAccount,
      expired: false,
      ...limited,
    }).secret
  }
  const key = (name: string, scopes?: readonly string[]): string => {
    const secret = `sandbox-key-${twin.state.makeId(`key ${name}`)}`
    const limited = scopes === undefined ? {} : { scopes: new Set(scopes) }
    return twin.credentials.add({
      name,
      kind: 'org-key',
      secret,
      organizations: [twin.state.organization],
      isServiceAccount: false,
      expired: false,
      ...limited,
    }).secret
  }
  const siteAdmin = 'jira-admin@acme.example'
  const viewer = 'viewer@acme.example'
  const bot = 'sync-bot@serviceaccount.example'
  return {
    email: adminEmail,
    apiToken: token('apiToken', adminEmail),
    scopedApiToken: token('scopedApiToken', adminEmail, jiraScopes),
    readOnlyApiToken: token('readOnlyApiToken', adminEmail, jiraReadScopes),
    orgApiKey: key('orgApiKey'),
    readOnlyOrgKey: key('readOnlyOrgKey', readScopes),
    narrowOrgKey: key('narrowOrgKey', ['read:orgs:admin']),
    siteAdmin: { email: siteAdmin, apiToken: token('siteAdmin', siteAdmin) },
    viewer: { email: viewer, apiToken: token('viewer', viewer) },
    serviceAccount: { email: bot, apiToken: token('serviceAccount', bot, jiraScopes) },
  }
}
