import type { Group, User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, requireOwnRightsKept } from './access.ts'
import { refuse, required } from './dialect.ts'
import { groupNamed } from './groups.ts'
import {
  type BitbucketDcTwin,
  hasSeats,
  isLicensed,
  type Permission,
  permissionOf,
  permissions,
  rank,
  rankOf,
} from './twin.ts'
import { userNamed } from './users.ts'
import { detailedGroupView, detailedUserView, fits, pageOf, userView } from './views.ts'

/** GET /admin/permissions/groups: groups with their highest permission. */
export function groupsWithPermission(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const groups = matching(twin, call).filter((group) => permissionOf(group) !== undefined)
  return pageOf(twin, call, groups, (group) => ({ group: { name: group.name }, permission: permissionOf(group) }))
}

/** GET /admin/permissions/groups/none */
export function groupsWithoutPermission(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const groups = matching(twin, call).filter((group) => permissionOf(group) === undefined)
  return pageOf(twin, call, groups, detailedGroupView)
}

/** PUT /admin/permissions/groups: up or down to this one, several groups at once. */
export function grantToGroups(twin: BitbucketDcTwin, call: Call): Answer {
  const { self, permission, names } = grant(twin, call)
  const groups = names.map((name) => groupNamed(twin, name))
  for (const group of groups) {
    if (rank(permissionOf(group)) > rankOf(twin, self)) refuse(409, `${group.name} has more rights than you`)
    if (rank(permission) < rank(permissionOf(group))) requireOwnRightsKept(twin, self, group)
  }
  const newcomers = new Set(groups.flatMap((group) => [...group.members].filter((user) => user.active)))
  const more = [...newcomers].filter((user) => !isLicensed(twin, user)).length
  if (!hasSeats(twin, more)) refuse(403, 'The licence has no seat left')
  for (const group of groups) setPermission(group, permission)
  twin.store.effects.count('accessChanged')
  return { status: 204 }
}

/** DELETE /admin/permissions/groups: all of them. */
export function revokeFromGroup(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const group = groupNamed(twin, required(call, 'name'))
  if (rank(permissionOf(group)) > rankOf(twin, self)) refuse(409, `${group.name} has more rights than you`)
  requireOwnRightsKept(twin, self, group)
  setPermission(group, undefined)
  twin.store.effects.count('accessChanged')
  return { status: 204 }
}

/** GET /admin/permissions/users: people with a permission of their own. */
export function usersWithPermission(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const users = twin.store.users.filter((user) => twin.direct.has(user) && fits(user, call.query.get('filter')))
  return pageOf(twin, call, users, (user) => ({ user: userView(user), permission: twin.direct.get(user) }))
}

/** GET /admin/permissions/users/none */
export function usersWithoutPermission(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const users = twin.store.users.filter((user) => !twin.direct.has(user) && fits(user, call.query.get('filter')))
  return pageOf(twin, call, users, detailedUserView)
}

/** PUT /admin/permissions/users */
export function grantToUsers(twin: BitbucketDcTwin, call: Call): Answer {
  const { self, permission, names } = grant(twin, call)
  const users = names.map((name) => userNamed(twin, name))
  for (const user of users) requireChangeable(twin, self, user, permission)
  if (!hasSeats(twin, users.filter((user) => user.active && !isLicensed(twin, user)).length)) {
    refuse(403, 'The licence has no seat left')
  }
  for (const user of users) twin.direct.set(user, permission)
  twin.store.effects.count('accessChanged')
  return { status: 204 }
}

/** DELETE /admin/permissions/users */
export function revokeFromUser(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const user = userNamed(twin, required(call, 'name'))
  requireChangeable(twin, self, user, undefined)
  twin.direct.delete(user)
  twin.store.effects.count('accessChanged')
  return { status: 204 }
}

function grant(twin: BitbucketDcTwin, call: Call) {
  const self = administrator(twin, call)
  const permission = permissions.find((each) => each === call.query.get('permission'))
  if (permission === undefined) return refuse(400, 'There is no such permission', 'permission')
  const names = call.query.getAll('name')
  if (names.length === 0) return refuse(400, 'name is required', 'name')
  if (rank(permission) > rankOf(twin, self)) return refuse(401, 'You do not have the permission yourself')
  return { self, permission, names }
}

/** Nobody changes the rights of somebody above them, or lowers their own. */
function requireChangeable(twin: BitbucketDcTwin, self: User, user: User, permission: Permission | undefined): void {
  if (rankOf(twin, user) > rankOf(twin, self)) refuse(409, `${user.name} has more rights than you`)
  const own = twin.direct.get(self)
  if (user !== self || rank(permission) >= rank(own)) return
  const byGroups = Math.max(0, ...[...self.groups].map((group) => rank(permissionOf(group))))
  if (byGroups < rank(own)) refuse(409, 'You may not lower your own permission level')
}

function matching({ store }: BitbucketDcTwin, call: Call): Group[] {
  const filter = (call.query.get('filter') ?? '').toLowerCase()
  return store.groups.filter(({ name }) => name.toLowerCase().includes(filter))
}

function setPermission({ grants }: Group, permission: Permission | undefined): void {
  for (const each of permissions) grants.delete(each)
  if (permission !== undefined) grants.add(permission)
}
