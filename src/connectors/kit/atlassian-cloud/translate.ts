import type { AccessRole } from '../../../domain/access.ts'
import type { AccountState, TargetAccount, TargetGroup } from '../../../domain/account.ts'
import type { AttributeValue } from '../../../domain/identity.ts'
import { foldCase } from '../../../domain/identity.ts'
import { builtInProtectedGroups } from '../../../domain/policy.ts'
import type { OrgGroup, OrgUser } from './schemas.ts'

/** Records of Atlassian as records of ours. Pure. */

const groupPrefix = 'ari:cloud:identity::group/'

/** The bare group id: inside `expand: ["groups"]` the API writes an ARI, everywhere else the uuid. */
export function groupIdOf(id: string): string {
  return id.startsWith(groupPrefix) ? id.slice(groupPrefix.length) : id
}

/** What the own account is protected with. */
export const ownAccountReason = 'this is the account our own credential belongs to'

export function kindOf(accountType: string | null | undefined): TargetAccount['kind'] {
  switch (accountType) {
    case 'atlassian':
      return 'person'
    case 'app':
    case 'customer':
      return accountType
    default:
      return 'unknown'
  }
}

/** The composite `status` decides when present; `closed` and `for_deletion` end the whole account, like `inactive`. */
export function orgAccountState({ status, accountStatus, membershipStatus }: OrgUser): AccountState {
  if (status === 'deactivated' || status === 'for_deletion') return 'disabled'
  if (accountStatus === 'inactive' || accountStatus === 'closed') return 'disabled'
  return status === 'suspended' || membershipStatus === 'suspended' ? 'suspended' : 'active'
}

/**
 * False for a managed account that is in none of the organization's directories: it is listed, but there is nothing to
 * manage until the person is invited.
 */
export function isInDirectory({ status, membershipStatus }: OrgUser): boolean {
  return membershipStatus === undefined || membershipStatus === null
    ? status !== 'not_invited'
    : membershipStatus !== 'no_membership'
}

const profileAttributes = ['nickname', 'jobTitle', 'department', 'organization', 'location', 'timeZone'] as const

const ownedByPerson = 'the organization does not manage this account, so only the person can change it'
const keptInSync = 'an identity provider keeps this account in sync and alone may change it'

const outOfReach = 'the organization owns this account, and an organization API key with scopes does not reach it'

/** What is refused for this account although the credentials can do it for others. */
function refusals(
  { claimStatus, managementSource, emailVerified }: OrgUser,
  isReached: boolean,
): TargetAccount['refuses'] {
  if (claimStatus === 'unmanaged') return unmanaged
  if (claimStatus !== 'managed') return undefined
  if (managementSource === 'synced') return synced
  if (!isReached) return unreached
  // Whether Atlassian takes changes before is not documented; a run must not fail on it night after night.
  return emailVerified === false ? unconfirmed : undefined
}
const unconfirmed = {
  'account.update': 'the person has not confirmed the address yet, and until then Atlassian may refuse changes',
} as const
const unmanaged = {
  'account.update': ownedByPerson,
  'account.disable': ownedByPerson,
  'account.enable': ownedByPerson,
} as const
const synced = {
  'account.update': keptInSync,
  'account.disable': keptInSync,
  'account.enable': keptInSync,
  'account.delete': keptInSync,
} as const
const unreached = { 'account.delete': outOfReach } as const

/** Who looks at an account. */
export interface Viewer {
  readonly ownAccountId?: string | undefined
  /** The key reaches user management. */
  readonly managesAccounts: boolean
}

/**
 * The groups of the account, as far as they were asked for. Whether groups of somebody without access are shown is not
 * documented, so none is only believed of an active account.
 */
function groupsOf(user: OrgUser): readonly string[] | undefined {
  if (!user.groups) return undefined
  const ids = [...new Set(user.groups.map(({ id }) => groupIdOf(id)))]
  return ids.length > 0 || orgAccountState(user) === 'active' ? ids : undefined
}

export function orgAccount(user: OrgUser, { ownAccountId, managesAccounts }: Viewer): TargetAccount {
  const memberOf = groupsOf(user)
  const refuses = refusals(user, managesAccounts)
  const attributes: Record<string, AttributeValue> = {}
  for (const name of profileAttributes) {
    const value = user[name]
    if (typeof value === 'string' && value !== '') attributes[name] = value
    // Profiles of managed accounts are shown to us in full: what is left out is empty, elsewhere it may be hidden.
    else if (user.claimStatus === 'managed') attributes[name] = null
  }
  return {
    id: user.accountId,
    // This API lists nobody but Atlassian accounts; a type it leaves out is that one.
    kind: user.accountType ? kindOf(user.accountType) : 'person',
    state: orgAccountState(user),
    ...present('email', user.email),
    ...present('displayName', user.name),
    ...(user.claimStatus ? { managed: user.claimStatus === 'managed' } : {}),
    ...own(user.accountId, ownAccountId),
    ...(refuses === undefined ? {} : { refuses }),
    ...(user.status === 'for_deletion' ? { toBeDeleted: true } : {}),
    attributes,
    ...(memberOf === undefined ? {} : { memberOf }),
  }
}

/** What marks the account of our own credential. */
export function own(id: string, ownAccountId: string | undefined) {
  return id === ownAccountId ? { own: true, readOnlyBecause: ownAccountReason } : {}
}

export function present<Name extends string>(name: Name, value: string | null | undefined): { [K in Name]?: string } {
  return (value ? { [name]: value } : {}) as { [K in Name]?: string }
}

/** What the target says about groups beside their own records. */
export interface GroupFacts {
  readonly adminGroupIds: ReadonlySet<string>
  /** What members may use, by group id; undefined = the target cannot tell. */
  readonly access: ReadonlyMap<string, readonly AccessRole[]> | undefined
}

const adminNames = new Set(builtInProtectedGroups.map(foldCase))

/** True for names that Atlassian gives to groups of administrators. */
export function isAdminName(name: string): boolean {
  return adminNames.has(foldCase(name))
}

export function orgGroup(group: OrgGroup, facts: GroupFacts): TargetGroup {
  const readOnlyBecause = groupReadOnly(group)
  return {
    ...cloudGroup({ id: groupIdOf(group.id), name: group.name }, facts),
    ...present('description', group.description),
    ...(readOnlyBecause === undefined ? {} : { readOnlyBecause }),
  }
}

/** Memberships are written only where the organization says both: not synced, and modifiable. */
export function groupReadOnly(group: OrgGroup): string | undefined {
  if (group.externalSynced === true || group.managedBy === 'external') {
    return 'this group is kept in sync by an identity provider'
  }
  if (group.managementAccess?.modifiable === false) return 'Atlassian does not let us change this group'
  if (group.managementAccess?.modifiable !== true || group.externalSynced !== false) {
    return 'Atlassian does not say that this group may be changed'
  }
  return undefined
}

/** A group by its bare id. */
export function cloudGroup(
  group: { readonly id: string; readonly name: string },
  { adminGroupIds, access }: GroupFacts,
): TargetGroup {
  return {
    id: group.id,
    name: group.name,
    grantsAdmin: adminGroupIds.has(group.id) || isAdminName(group.name),
    ...(access === undefined ? {} : { grantsAccess: access.get(group.id) ?? [] }),
  }
}
