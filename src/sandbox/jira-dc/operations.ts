import type { Answer, Call, Operation } from '../server/call.ts'
import { anonymizationProgress, startAnonymization, validateAnonymization } from './anonymization.ts'
import { getApplication, listApplications, updateApplication } from './applications.ts'
import {
  createComponent,
  deleteComponent,
  getComponent,
  listComponents,
  pageComponents,
  updateComponent,
} from './components.ts'
import { jiraDcDialect } from './dialect.ts'
import { addMember, createGroup, deleteGroup, listMembers, removeMember } from './groups.ts'
import { pickGroups, pickGroupsAndUsers, pickUsers } from './pickers.ts'
import { getProject, listProjects, updateProject } from './projects.ts'
import { deleteProperty, getProperty, listProperties, setProperty } from './properties.ts'
import { allPermissions, myPermissions, myself, serverInfo } from './server-info.ts'
import type { JiraDcTwin } from './twin.ts'
import { createUser, deleteUser, endSessions, giveAccess, setPassword, takeAccess, updateUser } from './user-writes.ts'
import { countDuplicates, getUser, listDuplicates, listUsers, searchUsers } from './users.ts'

type Handler = (twin: JiraDcTwin, call: Call) => Answer
type Row = readonly [name: string, method: Operation['method'], path: string, handler: Handler]

const rows: readonly Row[] = [
  ['serverInfo', 'GET', '/serverInfo', serverInfo],
  ['myself', 'GET', '/myself', myself],
  ['mypermissions', 'GET', '/mypermissions', myPermissions],
  ['permissions', 'GET', '/permissions', allPermissions],
  ['user.get', 'GET', '/user', getUser],
  ['user.create', 'POST', '/user', createUser],
  ['user.update', 'PUT', '/user', updateUser],
  ['user.delete', 'DELETE', '/user', deleteUser],
  ['user.search', 'GET', '/user/search', searchUsers],
  ['user.list', 'GET', '/user/list', listUsers],
  ['user.picker', 'GET', '/user/picker', pickUsers],
  ['user.duplicatedCount', 'GET', '/user/duplicated/count', countDuplicates],
  ['user.duplicatedList', 'GET', '/user/duplicated/list', listDuplicates],
  ['user.password', 'PUT', '/user/password', setPassword],
  ['user.endSessions', 'DELETE', '/user/session/{username}', endSessions],
  ['user.giveAccess', 'POST', '/user/application', giveAccess],
  ['user.takeAccess', 'DELETE', '/user/application', takeAccess],
  ['user.properties', 'GET', '/user/properties', listProperties],
  ['user.getProperty', 'GET', '/user/properties/{propertyKey}', getProperty],
  ['user.setProperty', 'PUT', '/user/properties/{propertyKey}', setProperty],
  ['user.deleteProperty', 'DELETE', '/user/properties/{propertyKey}', deleteProperty],
  ['anonymization.validate', 'GET', '/user/anonymization', validateAnonymization],
  ['anonymization.start', 'POST', '/user/anonymization', startAnonymization],
  ['anonymization.progress', 'GET', '/user/anonymization/progress', anonymizationProgress],
  ['applicationrole.list', 'GET', '/applicationrole', listApplications],
  ['applicationrole.get', 'GET', '/applicationrole/{key}', getApplication],
  ['applicationrole.update', 'PUT', '/applicationrole/{key}', updateApplication],
  ['group.create', 'POST', '/group', createGroup],
  ['group.delete', 'DELETE', '/group', deleteGroup],
  ['group.members', 'GET', '/group/member', listMembers],
  ['group.addMember', 'POST', '/group/user', addMember],
  ['group.removeMember', 'DELETE', '/group/user', removeMember],
  ['groups.picker', 'GET', '/groups/picker', pickGroups],
  ['groupuserpicker', 'GET', '/groupuserpicker', pickGroupsAndUsers],
  ['project.list', 'GET', '/project', listProjects],
  ['project.get', 'GET', '/project/{projectIdOrKey}', getProject],
  ['project.update', 'PUT', '/project/{projectIdOrKey}', updateProject],
  ['project.components', 'GET', '/project/{projectIdOrKey}/components', listComponents],
  ['component.page', 'GET', '/component/page', pageComponents],
  ['component.create', 'POST', '/component', createComponent],
  ['component.get', 'GET', '/component/{id}', getComponent],
  ['component.update', 'PUT', '/component/{id}', updateComponent],
  ['component.delete', 'DELETE', '/component/{id}', deleteComponent],
]

/** Every operation of Jira Data Center the twin serves: `/jira/rest/api/2/...`, also as `/latest/...`. */
export function jiraDcOperations(twin: JiraDcTwin): Operation[] {
  const dialect = jiraDcDialect(twin)
  return rows.map(([name, method, path, handler]) => ({
    name: `jiradc.${name}`,
    method,
    paths: ['2', 'latest'].map((version) => `/jira/rest/api/${version}${path.replace(/\{(\w+)\}/g, ':$1')}`),
    dialect,
    documented: `/api/2${path}`,
    handle: (call) => handler(twin, call),
  }))
}
