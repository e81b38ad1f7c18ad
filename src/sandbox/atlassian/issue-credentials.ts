import type { Credential } from './credentials.ts'
import type { Organization } from './model.ts'
import type { Twin } from './twin.ts'

/** Secrets of the sandbox, worth nothing elsewhere. */
export interface SandboxCredentials {
  /** Organization admin: owner of `apiToken` and `scopedApiToken`. */
  readonly email: string
  readonly apiToken: string
  /** All Jira scopes; works through the gateway only. */
  readonly scopedApiToken: string
  /** May only read Jira; gateway only. */
  readonly readOnlyApiToken: string
  /** For Confluence: reads people and groups, reads and writes user properties; gateway only. */
  readonly confluenceApiToken: string
  /** The same without the scope to write; gateway only. */
  readonly readOnlyConfluenceApiToken: string
  /** Everything, User management as well. */
  readonly orgApiKey: string
  /** All scopes; User management refuses it all the same. */
  readonly scopedOrgKey: string
  /** All documented `read:…:admin` scopes, no write. */
  readonly readOnlyOrgKey: string
  /** Only `read:orgs:admin`. */
  readonly narrowOrgKey: string
  /** Everything in every organization there is. */
  readonly allOrgsKey: string
  /** Everything in another organization, nothing in this one. */
  readonly otherOrgKey: string
  /** Site admin, not organization admin. */
  readonly siteAdmin: { readonly email: string; readonly apiToken: string }
  /** No administrator of anything. */
  readonly viewer: { readonly email: string; readonly apiToken: string }
  readonly serviceAccount: { readonly email: string; readonly apiToken: string }
  /** For Bitbucket; present where there is a workspace. */
  readonly bitbucket?: BitbucketCredentials
}

export interface BitbucketCredentials {
  /** All scopes; its owner administers the workspace. */
  readonly apiToken: string
  /** May only read. */
  readonly readOnlyApiToken: string
  readonly viewer: { readonly email: string; readonly apiToken: string }
  /** Of the administrator; of the kind that ended on 2026-06-09. */
  readonly appPassword: { readonly username: string; readonly password: string }
  /** Acts as the administrator, by way of an OAuth consumer; sent as Bearer, like the next one. */
  readonly oauthToken: string
  /** Of the workspace itself: acts as nobody. */
  readonly workspaceToken: string
}

const readScopes = ['orgs', 'domains', 'accounts', 'directories', 'groups', 'workspaces'].map(
  (each) => `read:${each}:admin`,
)
/** The documents name no scopes of writes; these are our reading. */
const writeScopes = ['directories', 'groups'].map((each) => `write:${each}:admin`)
const jiraReadScopes = ['read:jira-user', 'read:jira-work']
const jiraScopes = [...jiraReadScopes, 'manage:jira-configuration', 'manage:jira-project', 'write:jira-work']
const confluenceReadScopes = ['read:confluence-user', 'read:confluence-groups', 'read:user.property:confluence']

const bitbucketReadScopes = ['user', 'workspace', 'project', 'repository'].map((each) => `read:${each}:bitbucket`)
const bitbucketScopes = [
  ...bitbucketReadScopes,
  ...['workspace', 'project', 'repository'].map((each) => `admin:${each}:bitbucket`),
  'write:permission:bitbucket',
  'delete:permission:bitbucket',
]
const oauthScopes = ['account', 'account:write', 'project', 'project:admin', 'repository', 'repository:admin']

/** A token lives a year at most. */
const tokenLifeMs = 365 * 24 * 60 * 60 * 1000

/** Makes every credential the sandbox hands out. `adminEmail` owns the tokens of an organization admin, and the keys. */
export function issueCredentials(twin: Twin, adminEmail: string): SandboxCredentials {
  const { state, credentials } = twin
  const createdAt = state.clock.now()
  const add = (kind: Credential['kind'], name: string, more: Partial<Credential>): string => {
    const id = state.makeId(`${kind === 'org-key' ? 'key' : 'token'} ${name}`)
    const secret = `sandbox-${kind === 'org-key' ? 'key' : 'token'}-${id}`
    const credential = { id, name, kind, secret, isServiceAccount: false, createdAt, isRevoked: false, ...more }
    return credentials.add(credential).secret
  }
  const token = (name: string, email: string, scopes?: readonly string[]): string => {
    const account = state.accountByEmail(email)
    if (account === undefined) throw new Error(`The site has no account ${email}; the sandbox hands out its token`)
    return add('api-token', name, {
      account,
      isServiceAccount: account.isServiceAccount === true,
      expiresAt: createdAt + tokenLifeMs,
      ...(scopes === undefined ? {} : { scopes: new Set(scopes) }),
    })
  }
  const owner = state.accountByEmail(adminEmail)
  const key = (name: string, organizations: readonly Organization[], scopes?: readonly string[]): string =>
    add('org-key', name, {
      organizations,
      ...(owner === undefined ? {} : { account: owner }),
      ...(scopes === undefined ? {} : { scopes: new Set(scopes) }),
    })
  const forBitbucket = (): BitbucketCredentials => {
    const username = 'acme-admin'
    const scopes = new Set(oauthScopes)
    const acting = { ...(owner === undefined ? {} : { account: owner }), scopes }
    return {
      apiToken: token('bitbucketToken', adminEmail, bitbucketScopes),
      readOnlyApiToken: token('bitbucketReadToken', adminEmail, bitbucketReadScopes),
      viewer: { email: viewer, apiToken: token('bitbucketViewer', viewer, bitbucketScopes) },
      appPassword: { username, password: add('app-password', 'bitbucketAppPassword', { ...acting, username }) },
      oauthToken: add('oauth-token', 'bitbucketOauthToken', acting),
      workspaceToken: add('workspace-token', 'bitbucketWorkspaceToken', { scopes }),
    }
  }
  const own = [state.organization]
  const siteAdmin = 'jira-admin@acme.example'
  const viewer = 'viewer@acme.example'
  const bot = 'sync-bot@serviceaccount.example'
  return {
    email: adminEmail,
    apiToken: token('apiToken', adminEmail),
    scopedApiToken: token('scopedApiToken', adminEmail, jiraScopes),
    readOnlyApiToken: token('readOnlyApiToken', adminEmail, jiraReadScopes),
    confluenceApiToken: token('confluenceApiToken', adminEmail, [
      ...confluenceReadScopes,
      'write:user.property:confluence',
    ]),
    readOnlyConfluenceApiToken: token('readOnlyConfluenceApiToken', adminEmail, confluenceReadScopes),
    orgApiKey: key('orgApiKey', own),
    scopedOrgKey: key('scopedOrgKey', own, [...readScopes, ...writeScopes]),
    readOnlyOrgKey: key('readOnlyOrgKey', own, readScopes),
    narrowOrgKey: key('narrowOrgKey', own, ['read:orgs:admin']),
    allOrgsKey: key('allOrgsKey', state.organizations.all),
    otherOrgKey: key('otherOrgKey', state.organizations.all.slice(1)),
    siteAdmin: { email: siteAdmin, apiToken: token('siteAdmin', siteAdmin) },
    viewer: { email: viewer, apiToken: token('viewer', viewer) },
    serviceAccount: { email: bot, apiToken: token('serviceAccount', bot, jiraScopes) },
    ...(state.workspaces.all.length === 0 ? {} : { bitbucket: forBitbucket() }),
  }
}
