import type { Answer, Call, Operation } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import { jiraDialect } from './dialect.ts'
import { addMember, createGroup, deleteGroup, listGroups, listMembers, pickGroups, removeMember } from './groups.ts'
import { getApplicationRoles, getMyPermissions, getMyself, getServerInfo, getTenantInfo } from './myself.ts'
import { getUser, getUserGroups, getUsersBulk, listUsers, searchUsers } from './people.ts'
import { createUser, removeUser } from './people-writes.ts'

type Handler = (twin: Twin, call: Call) => Answer

const rest: readonly (readonly [name: string, method: Operation['method'], path: string, handler: Handler])[] = [
  ['jira.myself', 'GET', '/rest/api/3/myself', getMyself],
  ['jira.mypermissions', 'GET', '/rest/api/3/mypermissions', getMyPermissions],
  ['jira.serverInfo', 'GET', '/rest/api/3/serverInfo', getServerInfo],
  ['jira.applicationRoles', 'GET', '/rest/api/3/applicationrole', getApplicationRoles],
  ['jira.user.get', 'GET', '/rest/api/3/user', getUser],
  ['jira.user.bulk', 'GET', '/rest/api/3/user/bulk', getUsersBulk],
  ['jira.user.search', 'GET', '/rest/api/3/user/search', searchUsers],
  ['jira.user.groups', 'GET', '/rest/api/3/user/groups', getUserGroups],
  ['jira.users.search', 'GET', '/rest/api/3/users/search', listUsers],
  ['jira.users.list', 'GET', '/rest/api/3/users', listUsers],
  ['jira.user.create', 'POST', '/rest/api/3/user', createUser],
  ['jira.user.remove', 'DELETE', '/rest/api/3/user', removeUser],
  ['jira.group.bulk', 'GET', '/rest/api/3/group/bulk', listGroups],
  ['jira.group.create', 'POST', '/rest/api/3/group', createGroup],
  ['jira.group.delete', 'DELETE', '/rest/api/3/group', deleteGroup],
  ['jira.group.members', 'GET', '/rest/api/3/group/member', listMembers],
  ['jira.group.addMember', 'POST', '/rest/api/3/group/user', addMember],
  ['jira.group.removeMember', 'DELETE', '/rest/api/3/group/user', removeMember],
  ['jira.groups.picker', 'GET', '/rest/api/3/groups/picker', pickGroups],
]

/** Jira Cloud platform REST v3, at each site and through the gateway. */
export function jiraOperations(twin: Twin): Operation[] {
  const dialect = jiraDialect(twin.variants)
  const operations = rest.map(
    ([name, method, documented, handler]): Operation => ({
      name,
      method,
      documented,
      paths: [`/site/:site${documented}`, `/ex/jira/:cloudId${documented}`],
      dialect,
      handle: serve(twin, handler),
    }),
  )
  const tenant: Operation = {
    name: 'jira.tenantInfo',
    method: 'GET',
    documented: '/_edge/tenant_info',
    paths: ['/site/:site/_edge/tenant_info'],
    dialect,
    handle: serve(twin, getTenantInfo),
  }
  return [...operations, tenant]
}
