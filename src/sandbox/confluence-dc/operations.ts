import { type Answer, type Call, type Operation, Refusal } from '../server/call.ts'
import { confluenceDcDialect } from './dialect.ts'
import {
  addMember,
  ancestorGroups,
  childGroups,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listMembers,
  parentGroups,
  removeMember,
} from './groups.ts'
import { grantToGroup, groupPermissions, listPermissions, revokeFromGroup } from './permissions.ts'
import type { ConfluenceDcTwin } from './twin.ts'
import { createUser, deleteUser, disableUser, enableUser, longTask, setPassword, updateUser } from './user-writes.ts'
import { anonymousUser, currentUser, getUser, groupsOfUser, listActiveUsers, listUsers } from './users.ts'

type Handler = (twin: ConfluenceDcTwin, call: Call) => Answer
type Row = readonly [name: string, method: Operation['method'], path: string, handler: Handler]

const rows: readonly Row[] = [
  ['user.current', 'GET', '/user/current', currentUser],
  ['user.anonymous', 'GET', '/user/anonymous', anonymousUser],
  ['user.get', 'GET', '/user', getUser],
  ['user.list', 'GET', '/user/list', listUsers],
  ['user.memberof', 'GET', '/user/memberof', groupsOfUser],
  ['user.addGroup', 'PUT', '/user/{username}/group/{groupName}', addMember],
  ['user.removeGroup', 'DELETE', '/user/{username}/group/{groupName}', removeMember],
  ['user.listActive', 'GET', '/admin/users/list/active', listActiveUsers],
  ['user.create', 'POST', '/admin/user', createUser],
  ['user.update', 'PUT', '/admin/user/{username}', updateUser],
  ['user.delete', 'DELETE', '/admin/user/{username}', deleteUser],
  ['user.disable', 'PUT', '/admin/user/{username}/disable', disableUser],
  ['user.enable', 'PUT', '/admin/user/{username}/enable', enableUser],
  ['user.password', 'POST', '/admin/user/{username}/password', setPassword],
  ['longtask.get', 'GET', '/longtask/{id}', longTask],
  ['group.list', 'GET', '/group', listGroups],
  ['group.get', 'GET', '/group/{groupName}', getGroup],
  ['group.members', 'GET', '/group/{groupName}/member', listMembers],
  ['group.children', 'GET', '/group/{groupName}/groupmember', childGroups],
  ['group.parents', 'GET', '/group/{groupName}/groupparent', parentGroups],
  ['group.ancestors', 'GET', '/group/{groupName}/groupancestor', ancestorGroups],
  ['group.create', 'POST', '/admin/group', createGroup],
  ['group.delete', 'DELETE', '/admin/group/{groupName}', deleteGroup],
  ['permissions.list', 'GET', '/permissions', listPermissions],
  ['permissions.ofGroup', 'GET', '/permissions/group/{groupName}', groupPermissions],
  ['permissions.grant', 'PUT', '/permissions/group/{groupName}/grant', grantToGroup],
  ['permissions.revoke', 'PUT', '/permissions/group/{groupName}/revoke', revokeFromGroup],
]

/** Every operation of Confluence Data Center the twin serves, below `/confluence/rest/api`. */
export function confluenceDcOperations(twin: ConfluenceDcTwin): Operation[] {
  const dialect = confluenceDcDialect(twin)
  return rows.map(([name, method, path, handler]) => ({
    name: `confluencedc.${name}`,
    method,
    paths: [`/confluence/rest/api${path.replace(/\{(\w+)\}/g, ':$1')}`],
    dialect,
    documented: `/rest/api${path}`,
    handle: (call) => {
      const isTooOld = path.startsWith('/admin/') && !twin.version.isAtLeast(twin.variants.get('adminSince'))
      if (isTooOld) throw new Refusal({ status: 404, json: { 'status-code': 404, message: 'null for uri' } })
      return handler(twin, call)
    },
  }))
}
