import { ProvisioningError } from '../../../domain/errors.ts'
import type { TargetIdentity } from '../../../ports/target.ts'
import { AccountClient } from './account-client.ts'
import { chosen } from './choice.ts'
import type { Doors } from './doors.ts'
import { OrgClient } from './org-client.ts'
import { type Named, OrgFinder } from './org-finder.ts'
import { OrgRoles } from './org-roles.ts'
import type { CloudSession } from './session.ts'

/** What of the settings says where the organization is. */
export interface OrganizationSettings {
  readonly apiBase: string
  readonly organization?: string | undefined
  readonly directory?: string | undefined
}

export interface OrgAccess {
  readonly finder: OrgFinder
  readonly organization: Named
  readonly directory: Named
  /** All directories the key sees. */
  readonly directories: readonly Named[]
}

/** Whether the organization key also manages accounts, or why not. */
export type Management = { readonly client: AccountClient } | { readonly client?: undefined; readonly why: string }

/** Which organization and directory the key is meant for. Throws `config-invalid` where that is not clear. */
export async function findOrganization(
  doors: Doors,
  settings: OrganizationSettings,
  signal: AbortSignal,
): Promise<OrgAccess> {
  const finder = new OrgFinder(doors.api(`${settings.apiBase}/admin`, 'organization API key'))
  const organization = chosen(
    'organization',
    await finder.organizations(signal),
    settings.organization,
    'this organization API key sees',
  )
  const directories = await finder.directories(organization.id, signal).catch((thrown: unknown) => {
    // A key with scopes may lack the right to list directories; a configured id needs no list.
    const wanted = settings.directory
    if (wanted === undefined || !(thrown instanceof ProvisioningError) || thrown.code !== 'forbidden') throw thrown
    return [{ id: wanted, name: wanted }]
  })
  const where = `the organization ${organization.name} has`
  const directory = chosen('directory', directories, settings.directory, where)
  return { finder, organization, directory, directories }
}

/** A key does not say whether it has scopes; one that has them is refused every call of user management. */
export async function managementOf(
  doors: Doors,
  { apiBase }: OrganizationSettings,
  accountId: string | undefined,
  signal: AbortSignal,
): Promise<Management> {
  const client = new AccountClient(doors.api(apiBase, 'organization API key'))
  const why = await client.whyNotReached(accountId, signal)
  return why === undefined ? { client } : { why }
}

/** What of a session the organization brings; `title` says where people meet it. */
export async function organizationParts(
  { organization, directory, directories, finder }: OrgAccess,
  management: Management,
  title: string,
  ownAccountId: string | undefined,
  signal: AbortSignal,
): Promise<Omit<CloudSession, 'productOf' | 'site'> & Required<Pick<CloudSession, 'org' | 'roles' | 'workspaces'>>> {
  const domains = management.client === undefined ? undefined : await domainsTold(finder, organization, signal)
  return {
    identity: {
      directoryKey: `atlassian:${organization.id}/${directory.id}`,
      title: `${title} (${organization.name})`,
      ...(ownAccountId === undefined ? {} : { ownAccountId }),
      ...(domains === undefined ? {} : { emailDomains: domains }),
      notOffered: management.client === undefined ? withoutManagement(management.why) : {},
    },
    org: new OrgClient(finder.api, organization.id, directory.id, directories.length > 1),
    roles: new OrgRoles(finder.api, organization.id, directory.id),
    workspaces: (stop) => finder.workspaces(organization.id, stop),
    ...(management.client === undefined ? {} : { accounts: management.client }),
  }
}

function withoutManagement(why: string): TargetIdentity['notOffered'] {
  return {
    'account.update': `changing profiles needs user management: ${why}`,
    'account.disable': `disabling whole accounts needs user management: ${why}`,
    'account.enable': `enabling whole accounts needs user management: ${why}`,
  }
}

/** Undefined when the key may not ask: then Atlassian itself has to refuse a wrong domain. */
async function domainsTold(
  finder: OrgFinder,
  { id }: Named,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    return (await finder.verifiedDomains(id, signal)).map((name) => name.toLowerCase())
  } catch (thrown) {
    if (thrown instanceof ProvisioningError && thrown.code === 'forbidden') return undefined
    throw thrown
  }
}
