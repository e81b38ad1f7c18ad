import { fail } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import type { TargetIdentity } from '../../../ports/target.ts'
import type { AccountClient } from './account-client.ts'
import type { Api } from './api.ts'
import type { PropertyStore } from './custom-record.ts'
import type { OrgClient } from './org-client.ts'
import type { Workspace } from './org-finder.ts'
import type { OrgRoles } from './org-roles.ts'
import type { Viewer } from './translate.ts'

/** What writes need of a site's own REST API, where a target has one. */
export interface SiteDoor {
  readonly api: Api
  /** Which of these permissions our account has. */
  may(keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>
  createGroup(name: string, signal: AbortSignal): Promise<HttpAnswer>
  addMember(groupId: string, accountId: string, signal: AbortSignal): Promise<HttpAnswer>
  removeMember(groupId: string, accountId: string, signal: AbortSignal): Promise<HttpAnswer>
}

/** What the credentials of a target of Atlassian Cloud turned out to reach. A site or an organization is there. */
export interface CloudSession {
  readonly identity: TargetIdentity
  readonly site?: SiteDoor
  readonly org?: OrgClient
  /** Where custom attributes stand, where a site has a place for them. */
  readonly properties?: PropertyStore
  /** Managed accounts; only with an organization key without scopes. */
  readonly accounts?: AccountClient
  readonly roles?: OrgRoles
  /** The products of the organization, of all its sites. */
  readonly workspaces?: (signal: AbortSignal) => Promise<readonly Workspace[]>
  /** Id of the product a resource of the organization is; undefined for one that this kind of target knows nothing of. */
  readonly productOf: (resourceId: string) => string | undefined
}

/** The organization of a session; those without one never come here. */
export function theOrganization({ org }: CloudSession): OrgClient {
  if (org === undefined) throw fail.bug('The organization was asked without an organization key.')
  return org
}

/** Who looks at accounts in this session. */
export function viewerOf({ identity, accounts }: CloudSession): Viewer {
  return { ownAccountId: identity.ownAccountId, managesAccounts: accounts !== undefined }
}
