import type { Answer, Call, Operation } from '../server/call.ts'
import { callerHeaders } from './access.ts'
import { bitbucketDcDialect } from './dialect.ts'
import {
  addGroups,
  addOne,
  addUsers,
  createGroup,
  deleteGroup,
  listGroupNames,
  listGroups,
  listMembers,
  listOthers,
  removeOne,
} from './groups.ts'
import {
  grantToGroups,
  grantToUsers,
  groupsWithoutPermission,
  groupsWithPermission,
  revokeFromGroup,
  revokeFromUser,
  usersWithoutPermission,
  usersWithPermission,
} from './permissions.ts'
import type { BitbucketDcTwin } from './twin.ts'
import {
  clearCaptcha,
  createUser,
  deleteUser,
  eraseUser,
  renameUser,
  setPassword,
  updateUser,
  validateErasure,
} from './user-writes.ts'
import {
  applicationProperties,
  getUser,
  groupsOfUser,
  license,
  listDetailedUsers,
  listDirectories,
  listUsers,
  otherGroupsOfUser,
} from './users.ts'

type Handler = (twin: BitbucketDcTwin, call: Call) => Answer
type Row = readonly [name: string, method: Operation['method'], path: string, handler: Handler]

const rows: readonly Row[] = [
  ['applicationProperties', 'GET', '/application-properties', applicationProperties],
  ['license.get', 'GET', '/admin/license', license],
  ['directories.list', 'GET', '/admin/user-directories', listDirectories],
  ['users.list', 'GET', '/users', listUsers],
  ['users.get', 'GET', '/users/{userSlug}', getUser],
  ['user.list', 'GET', '/admin/users', listDetailedUsers],
  ['user.create', 'POST', '/admin/users', createUser],
  ['user.update', 'PUT', '/admin/users', updateUser],
  ['user.delete', 'DELETE', '/admin/users', deleteUser],
  ['user.rename', 'POST', '/admin/users/rename', renameUser],
  ['user.password', 'PUT', '/admin/users/credentials', setPassword],
  ['user.clearCaptcha', 'DELETE', '/admin/users/captcha', clearCaptcha],
  ['user.validateErasure', 'GET', '/admin/users/erasure', validateErasure],
  ['user.erase', 'POST', '/admin/users/erasure', eraseUser],
  ['user.groups', 'GET', '/admin/users/more-members', groupsOfUser],
  ['user.otherGroups', 'GET', '/admin/users/more-non-members', otherGroupsOfUser],
  ['user.addGroups', 'POST', '/admin/users/add-groups', addGroups],
  ['user.addGroup', 'POST', '/admin/users/add-group', addOne('context')],
  ['user.removeGroup', 'POST', '/admin/users/remove-group', removeOne('context')],
  ['groups.names', 'GET', '/groups', listGroupNames],
  ['group.list', 'GET', '/admin/groups', listGroups],
  ['group.create', 'POST', '/admin/groups', createGroup],
  ['group.delete', 'DELETE', '/admin/groups', deleteGroup],
  ['group.members', 'GET', '/admin/groups/more-members', listMembers],
  ['group.others', 'GET', '/admin/groups/more-non-members', listOthers],
  ['group.addUsers', 'POST', '/admin/groups/add-users', addUsers],
  ['group.addUser', 'POST', '/admin/groups/add-user', addOne('itemName')],
  ['group.removeUser', 'POST', '/admin/groups/remove-user', removeOne('itemName')],
  ['permissions.groups', 'GET', '/admin/permissions/groups', groupsWithPermission],
  ['permissions.groupsWithout', 'GET', '/admin/permissions/groups/none', groupsWithoutPermission],
  ['permissions.grantToGroups', 'PUT', '/admin/permissions/groups', grantToGroups],
  ['permissions.revokeFromGroup', 'DELETE', '/admin/permissions/groups', revokeFromGroup],
  ['permissions.users', 'GET', '/admin/permissions/users', usersWithPermission],
  ['permissions.usersWithout', 'GET', '/admin/permissions/users/none', usersWithoutPermission],
  ['permissions.grantToUsers', 'PUT', '/admin/permissions/users', grantToUsers],
  ['permissions.revokeFromUser', 'DELETE', '/admin/permissions/users', revokeFromUser],
]

/** Every operation of Bitbucket Data Center the twin serves: `/bitbucket/rest/api/latest/...`, also as `/1.0/...`. */
export function bitbucketDcOperations(twin: BitbucketDcTwin): Operation[] {
  return rows.map(([name, method, path, handler]) => ({
    name: `bitbucketdc.${name}`,
    method,
    paths: ['latest', '1.0'].map((version) => `/bitbucket/rest/api/${version}${path.replace(/\{(\w+)\}/g, ':$1')}`),
    dialect: bitbucketDcDialect,
    documented: `/api/latest${path}`,
    handle: (call) => {
      const answer = handler(twin, call)
      return { ...answer, headers: { ...answer.headers, ...callerHeaders(twin, call) } }
    },
  }))
}
