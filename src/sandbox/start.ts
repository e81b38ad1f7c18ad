import { type Clock, systemClock } from '../platform/clock.ts'
import { bitbucketOperations } from './atlassian/bitbucket/operations.ts'
import { confluenceOperations } from './atlassian/confluence/operations.ts'
import { SandboxControl } from './atlassian/control.ts'
import { controlRoutes } from './atlassian/control-routes.ts'
import { Credentials } from './atlassian/credentials.ts'
import { issueCredentials, type SandboxCredentials } from './atlassian/issue-credentials.ts'
import { jiraOperations } from './atlassian/jira/operations.ts'
import type { Organization, Site } from './atlassian/model.ts'
import { organizationOperations } from './atlassian/organizations/operations.ts'
import type { TargetSeed } from './atlassian/seed/facts.ts'
import { load } from './atlassian/seed/seed.ts'
import { ProvisioningDirectory } from './atlassian/state/provisioning.ts'
import { AtlassianState } from './atlassian/state/state.ts'
import { siteUrl, type Twin } from './atlassian/twin.ts'
import { userManagementOperations } from './atlassian/user-management/operations.ts'
import { userProvisioningOperations } from './atlassian/user-provisioning/operations.ts'
import { Variants } from './atlassian/variants.ts'
import { bitbucketOnly } from './company/bitbucket-only.ts'
import { type CompanySize, makeCompany } from './company/company.ts'
import { confluenceOnly } from './company/confluence-only.ts'
import type { CompanyDirectory } from './company/directory.ts'
import type { SiteShape } from './company/shape.ts'
import { adminEmail } from './company/site.ts'
import { type LdapFacts, type LdapSandboxOptions, startLdapSandbox } from './ldap/start.ts'
import { TwinServer } from './server/server.ts'

export interface SandboxOptions {
  /** 0 = any free port of the loopback address (default). */
  readonly port?: number
  /** `small` (default) or a number of people. */
  readonly company?: CompanySize
  /** What the site holds at the start; a small company has an old site, a large one a fresh site unless told. */
  readonly target?: 'fresh' | 'ten-years' | TargetSeed
  readonly seed?: number
  /** What the site has more, or has otherwise. */
  readonly shape?: SiteShape
  /** The site has Confluence and nothing else. */
  readonly confluenceOnly?: boolean
  /** The organization has a workspace of Bitbucket and nothing else. */
  readonly bitbucketOnly?: boolean
  /** Direct memberships of a person in a generated company. */
  readonly membershipsPerPerson?: number
  readonly peoplePerGroup?: number
  readonly variants?: Readonly<Record<string, string>>
  readonly latencyMs?: number
  /** Serves the company's directory over LDAP as well. */
  readonly ldap?: Pick<LdapSandboxOptions, 'flavour' | 'port' | 'tlsPort'>
  readonly clock?: Clock
}

/** Everything a client needs to know; plain data. Secrets are those of the sandbox, worth nothing elsewhere. */
export interface SandboxFacts {
  readonly url: string
  /** Value of a Jira Cloud target's `site`. It has a path: clients must keep it. */
  readonly site: string
  /** Value of `apiBase`: `/admin/…`, `/users/…` and `/ex/jira/{cloudId}/…` hang below it. */
  readonly apiBase: string
  readonly orgId: string
  readonly directoryId: string
  readonly cloudId: string
  /** Every organization there is, the first one being the one above. */
  readonly organizations: readonly OrganizationFacts[]
  readonly credentials: SandboxCredentials
  /** The identity provider directory of Atlassian Guard in front of the first directory: empty at the start. */
  readonly guard: { readonly baseUrl: string; readonly directoryId: string; readonly apiKey: string }
  /** The workspace of Bitbucket, where there is one; `baseUrl` stands for https://api.bitbucket.org. */
  readonly bitbucket?: { readonly baseUrl: string; readonly workspace: string; readonly uuid: string }
  readonly ldap?: LdapFacts
}

export interface OrganizationFacts {
  readonly orgId: string
  readonly name: string
  readonly directories: readonly { readonly directoryId: string; readonly name: string }[]
  readonly sites: readonly {
    readonly name: string
    readonly url: string
    readonly cloudId: string
    readonly directoryId: string
  }[]
}

export interface Sandbox extends SandboxFacts {
  readonly directory: CompanyDirectory
  readonly control: SandboxControl
  facts(): SandboxFacts
  stop(): Promise<void>
}

/** Starts the Atlassian twin on the loopback address, with the directory server beside it where asked for. */
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
    ...(options.shape === undefined ? {} : { shape: options.shape }),
    ...(membershipsPerPerson === undefined ? {} : { membershipsPerPerson }),
    ...(peoplePerGroup === undefined ? {} : { peoplePerGroup }),
  })
  const whole = typeof target === 'object' ? target : made.target
  const targetSeed =
    options.confluenceOnly === true
      ? confluenceOnly(whole)
      : options.bitbucketOnly === true
        ? bitbucketOnly(whole)
        : whole
  const state = new AtlassianState(clock, `${seed ?? 1}`)
  load(state, targetSeed)
  const twin: Twin = { state, variants: new Variants(options.variants), credentials: new Credentials(), url: '' }
  const server = new TwinServer(clock)
  server.add([
    ...jiraOperations(twin),
    ...confluenceOperations(twin),
    ...bitbucketOperations(twin),
    ...organizationOperations(twin),
    ...userManagementOperations(twin),
    ...userProvisioningOperations(twin),
  ])
  server.latencyMs = options.latencyMs ?? 0
  const control = new SandboxControl(twin, server, clock)
  const credentials = issueCredentials(twin, adminEmail)
  const [site] = state.sites as [Site]
  const provisioning = provisioningDirectory(state, site.directoryId)
  state.provisioning = provisioning
  const ldap =
    options.ldap === undefined
      ? undefined
      : await startLdapSandbox({
          ...options.ldap,
          company: made.directory,
          clock,
          ...(seed === undefined ? {} : { seed }),
        })
  const facts = (): SandboxFacts => ({
    url: twin.url,
    site: siteUrl(twin, site),
    apiBase: twin.url,
    orgId: state.orgId,
    directoryId: site.directoryId,
    cloudId: site.cloudId,
    organizations: state.organizations.all.map((organization) => organizationFacts(twin, organization)),
    credentials,
    guard: {
      baseUrl: `${twin.url}/scim/directory/${provisioning.id}`,
      directoryId: provisioning.id,
      apiKey: provisioning.apiKey,
    },
    ...workspaceFacts(twin),
    ...(ldap === undefined ? {} : { ldap: ldap.facts() }),
  })
  const stop = async () => {
    await Promise.all([server.stop(), ldap?.stop()])
  }
  server.useControl(
    controlRoutes(
      control,
      facts,
      ldap?.control.routes(() => ldap.facts()),
    ),
  )
  try {
    twin.url = `http://127.0.0.1:${await server.listen(port)}`
  } catch (error) {
    await ldap?.stop()
    throw error
  }
  return { ...facts(), directory: made.directory, control, facts, stop }
}

function provisioningDirectory(state: AtlassianState, directoryId: string): ProvisioningDirectory {
  const directory = state.organizations.directory(directoryId)
  if (directory === undefined) throw new Error(`There is no directory ${directoryId}`)
  const apiKey = `sandbox-key-${state.makeId('key of the provisioning directory')}`
  return new ProvisioningDirectory(state.makeId('provisioning directory'), apiKey, directory)
}

function workspaceFacts({ state, url }: Twin): Pick<SandboxFacts, 'bitbucket'> {
  const [workspace] = state.workspaces.all
  if (workspace === undefined) return {}
  return { bitbucket: { baseUrl: url, workspace: workspace.slug, uuid: workspace.uuid } }
}

function organizationFacts(twin: Twin, { orgId, name, directories, sites }: Organization): OrganizationFacts {
  return {
    orgId,
    name,
    directories: directories.map(({ directoryId, name: title }) => ({ directoryId, name: title })),
    sites: sites.map((site) => {
      const { cloudId, directoryId } = site
      return { name: site.name, url: siteUrl(twin, site), cloudId, directoryId }
    }),
  }
}
