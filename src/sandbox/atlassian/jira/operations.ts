import type { Answer, Call, Operation } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import {
  createComponent,
  deleteComponent,
  findComponents,
  getComponent,
  listComponents,
  pageComponents,
  updateComponent,
} from './components.ts'
import { jiraDialect } from './dialect.ts'
import { addMember, createGroup, deleteGroup, listGroups, listMembers, pickGroups, removeMember } from './groups.ts'
import { getGroup, migrateUsers, refuseEmails } from './legacy.ts'
import { getApplicationRole, getApplicationRoles, getMyself, getServerInfo, getTenantInfo } from './myself.ts'
import { getUser, getUserGroups, getUsersBulk, listUsers, searchUsers } from './people.ts'
import { createUser, removeUser } from './people-writes.ts'
import { checkPermissions, getMyPermissions, listPermissions } from './permissions.ts'
import { findAssignable, pickUsers, pickUsersAndGroups, searchByQuery } from './pickers.ts'
import { deleteProject, getProject, searchProjects, updateProject } from './projects.ts'
import { deleteProperty, getProperty, listProperties, setProperty } from './properties.ts'

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
  ['jira.group.get', 'GET', '/rest/api/3/group', getGroup],
  ['jira.groupuserpicker', 'GET', '/rest/api/3/groupuserpicker', pickUsersAndGroups],
  ['jira.applicationRole', 'GET', '/rest/api/3/applicationrole/{key}', getApplicationRole],
  ['jira.permissions', 'GET', '/rest/api/3/permissions', listPermissions],
  ['jira.permissions.check', 'POST', '/rest/api/3/permissions/check', checkPermissions],
  ['jira.user.assignable', 'GET', '/rest/api/3/user/assignable/search', findAssignable],
  ['jira.user.picker', 'GET', '/rest/api/3/user/picker', pickUsers],
  ['jira.user.searchQuery', 'GET', '/rest/api/3/user/search/query', searchByQuery],
  ['jira.user.migration', 'GET', '/rest/api/3/user/bulk/migration', migrateUsers],
  ['jira.user.email', 'GET', '/rest/api/3/user/email', refuseEmails],
  ['jira.user.emails', 'GET', '/rest/api/3/user/email/bulk', refuseEmails],
  ['jira.user.properties', 'GET', '/rest/api/3/user/properties', listProperties],
  ['jira.user.getProperty', 'GET', '/rest/api/3/user/properties/{propertyKey}', getProperty],
  ['jira.user.setProperty', 'PUT', '/rest/api/3/user/properties/{propertyKey}', setProperty],
  ['jira.user.deleteProperty', 'DELETE', '/rest/api/3/user/properties/{propertyKey}', deleteProperty],
  ['jira.project.search', 'GET', '/rest/api/3/project/search', searchProjects],
  ['jira.project.get', 'GET', '/rest/api/3/project/{projectIdOrKey}', getProject],
  ['jira.project.update', 'PUT', '/rest/api/3/project/{projectIdOrKey}', updateProject],
  ['jira.project.delete', 'DELETE', '/rest/api/3/project/{projectIdOrKey}', deleteProject],
  ['jira.project.components', 'GET', '/rest/api/3/project/{projectIdOrKey}/components', listComponents],
  ['jira.project.componentPage', 'GET', '/rest/api/3/project/{projectIdOrKey}/component', pageComponents],
  ['jira.component.find', 'GET', '/rest/api/3/component', findComponents],
  ['jira.component.get', 'GET', '/rest/api/3/component/{id}', getComponent],
  ['jira.component.create', 'POST', '/rest/api/3/component', createComponent],
  ['jira.component.update', 'PUT', '/rest/api/3/component/{id}', updateComponent],
  ['jira.component.delete', 'DELETE', '/rest/api/3/component/{id}', deleteComponent],
]

/** Jira Cloud platform REST v3, at each site and through the gateway. */
export function jiraOperations(twin: Twin): Operation[] {
  const dialect = jiraDialect(twin.variants)
  const operations = rest.map(
    ([name, method, documented, handler]): Operation => ({
      name,
      method,
      documented,
      paths: ['/site/:site', '/ex/jira/:cloudId'].map((base) => base + documented.replace(/\{(\w+)\}/g, ':$1')),
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
