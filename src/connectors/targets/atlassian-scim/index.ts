import type { WriteKind } from '../../../domain/change.ts'
import { ProvisioningError } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { ConnectorContext } from '../../../ports/connector-context.ts'
import type { NotCreatable, Operation, Target, TargetIdentity } from '../../../ports/target.ts'
import { lacking } from '../../kit/abilities.ts'
import { defineTarget } from '../../kit/define.ts'
import type { Dialect } from '../../kit/scim/dialect.ts'
import { Directory } from '../../kit/scim/directory.ts'
import { scimOperations } from '../../kit/scim/operations.ts'
import { ScimServer } from '../../kit/scim/server.ts'
import { Writing } from '../../kit/scim/writing.ts'
import { attributes } from './attributes.ts'
import { abilities } from './capabilities.ts'
import { type AtlassianScimConfig, config } from './config.ts'
import { doctor } from './doctor.ts'
import { OrganizationLook } from './organization.ts'

export const atlassianScim = defineTarget({
  type: 'atlassian-scim',
  title: 'Atlassian Guard (SCIM)',
  summary: 'People and groups of an identity provider directory of Atlassian Guard, by its base URL and API key.',
  config,
  connect,
})

const neverOffered = lacking(abilities)

function connect(settings: AtlassianScimConfig, context: ConnectorContext): Target {
  const dialect: Dialect = {
    title: 'Atlassian',
    attributes,
    findsByEmail: false,
    findsByMember: false,
    userNameIsEmail: true,
    membersPerRequest: settings.membersPerRequest,
    removal: 'filter',
    membersWithLists: true,
    asksForMembers: false,
    toldOnly: ['id', 'meta', 'groups', 'urn:scim:schemas:extension:atlassian-external:1.0'],
  }
  const server = new ScimServer(
    {
      baseUrl: settings.baseUrl,
      token: settings.apiKey,
      tokenExpires: settings.apiKeyExpires,
      contentType: 'application/scim+json',
      pageSize: 100,
      requestsAtOnce: 4,
    },
    context,
  )
  const directory = new Directory(server, dialect)
  const writing = new Writing(directory)
  const look =
    settings.orgApiKey === undefined ? undefined : new OrganizationLook(settings, settings.orgApiKey, server.clock)
  let verified: ReadonlySet<string> | undefined
  let operations: Readonly<Partial<Record<WriteKind, Operation>>> = {}
  return {
    identify: async (signal) => {
      await server.list('Users', { startIndex: 1, count: 1 }, signal)
      const { 'account.delete': _, ...offered } = scimOperations(writing)
      operations = offered
      const domains = await domainsTold(look, signal)
      verified = domains === undefined ? undefined : new Set(domains.map(foldKey))
      return identityOf(settings.baseUrl, domains)
    },
    check: (signal) => doctor(directory, settings, look, signal),
    membershipsComeWith: 'calls',
    lacks: neverOffered,
    defaultMatch: ['link', 'id', 'email'],
    writableAttributes: attributes,
    groupNameLimit: 255,
    users: (signal) => directory.users(signal),
    groups: (signal) => directory.groups(signal),
    members: (group, signal) => directory.members(group, signal),
    accountsNow: (ids, signal) => directory.accountsNow(ids, signal),
    accountsByEmail: (emails, signal) => directory.accountsByEmail(emails, signal),
    notCreatable: async (emails) => unverified(emails, verified),
    groupsByName: (names, signal) => directory.groupsByName(names, signal),
    get operations() {
      return operations
    },
    concurrency: 4,
    calls: () => ({ ...server.calls(), ...look?.calls() }),
    close: async () => {
      server.close()
      look?.close()
    },
  }
}

/**
 * Ids of users and groups are those of this directory and not the organization's, so it is a directory of its own for us;
 * the accounts behind it show in the organization as synced.
 */
function identityOf(baseUrl: string, emailDomains: readonly string[] | undefined): TargetIdentity {
  const id = baseUrl.slice(baseUrl.lastIndexOf('/') + 1)
  return {
    directoryKey: `atlassian-scim:${id}`,
    title: `Guard directory ${id}`,
    notOffered: neverOffered,
    ...(emailDomains === undefined ? {} : { emailDomains }),
  }
}

/** Atlassian makes no account by SCIM for an address of another domain. Where nobody tells the domains, nobody is held up. */
function unverified(
  emails: readonly string[],
  verified: ReadonlySet<string> | undefined,
): ReadonlyMap<string, NotCreatable> {
  const outside = emails
    .map(foldKey)
    .filter((email) => verified?.has(email.slice(email.lastIndexOf('@') + 1)) === false)
  return new Map(outside.map((email) => [email, 'domain-not-verified']))
}

/** Undefined where nobody tells: the key for it is optional, and what it cannot see holds up nothing. */
async function domainsTold(
  look: OrganizationLook | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  try {
    return await look?.verifiedDomains(signal)
  } catch (thrown) {
    if (thrown instanceof ProvisioningError && thrown.code !== 'cancelled') return undefined
    throw thrown
  }
}
