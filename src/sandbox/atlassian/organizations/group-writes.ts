import type { Answer, Call } from '../../server/call.ts'
import { type Account, type Group, grantsAdministration, membershipIn } from '../model.ts'
import type { Twin } from '../twin.ts'
import { bodyObject, directoryToWrite, pathAccount, pathGroup, requireOrganization, text } from './access.ts'
import { refuse } from './dialect.ts'
import { isModifiable } from './views.ts'

/** POST …/groups: 201 and no body; the id is found by a search. */
export function createGroup(twin: Twin, call: Call): Answer {
  const directoryId = directoryToWrite(twin, call, requireOrganization(twin, call, 'write:groups:admin'))
  const body = bodyObject(call)
  const name = text(body, 'name')
  if (name === undefined || name.trim() === '') refuse('ADMIN-400-24', 'name is required')
  if (name.length > 255) refuse('ADMIN-400-24', 'name has at most 255 characters')
  const description = text(body, 'description') ?? ''
  if (twin.state.groups.byName(name, directoryId) !== undefined)
    refuse('ADMIN-409-28', 'A group with this name already exists')
  twin.state.groups.create({ name, description, directoryId })
  return { status: 201 }
}

/** DELETE …/groups/{groupId} */
export function deleteGroup(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  if (group.synced) refuse('ADMIN-403-5', 'The group is synced from an identity provider')
  if (group.isDefault) refuse('ADMIN-403-6')
  if (grantsAdministration(group)) refuse('ADMIN-403-7')
  requireModifiable(twin, group)
  if (group.members.size > 0 && twin.variants.is('deleteFilledGroup', '409')) refuse('ADMIN-409-5')
  twin.state.groups.delete(group)
  return { status: 204 }
}

/** POST …/groups/{groupId}/memberships. 409 means two things: a member already, or no seat left. */
export function addMember(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const accountId = text(bodyObject(call), 'accountId')
  if (accountId === undefined || accountId === '') refuse('ADMIN-400-24', 'accountId is required')
  const account = twin.state.account(accountId)
  const isHere =
    account !== undefined &&
    twin.state.visibility.seen(account) &&
    membershipIn(account, group.directoryId) !== undefined
  if (!isHere) refuse('ADMIN-404-8')
  if (group.synced) refuse('ADMIN-403-5', "You can't add a user to a group synced from an identity provider")
  requireModifiable(twin, group)
  if (!isActive(account, group) && twin.variants.is('addInactiveMember', '400')) refuse('ADMIN-UAM-400-2')
  if (group.name === 'org-admins' && twin.variants.is('orgAdminsGroup', 'refused')) {
    refuse('ADMIN-400-24', 'Assign the organization admin role instead')
  }
  if (account.groups.has(group)) refuse('ADMIN-409-28', 'The user is already in the group')
  if (twin.state.seats.missingFor(account, group.roles) !== undefined) refuse('ADMIN-409-3')
  twin.state.groups.addMember(group, account)
  return { status: 204 }
}

/** DELETE …/groups/{groupId}/memberships/{accountId} */
export function removeMember(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const account = pathAccount(twin, call)
  if (group.synced) refuse('ADMIN-403-5', 'The group is synced from an identity provider')
  requireModifiable(twin, group)
  if (!twin.state.groups.removeMember(group, account) && twin.variants.is('orgRemoveNonMember', '404')) {
    refuse('ADMIN-404-8', 'The user is not in the group')
  }
  return { status: 204 }
}

/** The group of a path, for a write that the key may do. */
export function groupToWrite(twin: Twin, call: Call): Group {
  const organization = requireOrganization(twin, call, 'write:groups:admin')
  const directoryId = directoryToWrite(twin, call, organization, twin.state.group(call.param('groupId')))
  return pathGroup(twin, call, organization, directoryId)
}

/** A team or an open group is kept by its own people; whether an administrator may is open. */
function requireModifiable(twin: Twin, group: Group): void {
  if (!isModifiable(twin, group)) refuse('ADMIN-403-5', 'The group is managed by its own members')
}

function isActive(account: Account, { directoryId }: Group): boolean {
  return account.accountStatus === 'active' && membershipIn(account, directoryId)?.status === 'active'
}
