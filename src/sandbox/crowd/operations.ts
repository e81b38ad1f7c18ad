import type { Answer, Call, Operation } from '../server/call.ts'
import {
  deleteGroupAttribute,
  deleteUserAttribute,
  getGroupAttributes,
  getUserAttributes,
  setGroupAttributes,
  setUserAttributes,
} from './attributes.ts'
import { crowdDialect } from './dialect.ts'
import { createGroup, deleteGroup, getGroup, updateGroup } from './groups.ts'
import {
  addGroupToUser,
  addUserToGroup,
  allMemberships,
  childGroups,
  directGroups,
  directUsers,
  nestedGroups,
  nestedUsers,
  nestGroup,
  removeMembership,
  unnestGroup,
} from './memberships.ts'
import { search } from './search.ts'
import type { CrowdTwin } from './twin.ts'
import { authenticate, createUser, deleteUser, getUser, renameUser, setPassword, updateUser } from './users.ts'
import { asXml } from './xml.ts'

type Handler = (twin: CrowdTwin, call: Call) => Answer
type Row = readonly [name: string, method: Operation['method'], path: string, handler: Handler]

const rows: readonly Row[] = [
  ['authenticate', 'POST', '/authentication', authenticate],
  ['user.get', 'GET', '/user', getUser],
  ['user.create', 'POST', '/user', createUser],
  ['user.update', 'PUT', '/user', updateUser],
  ['user.delete', 'DELETE', '/user', deleteUser],
  ['user.rename', 'POST', '/user/rename', renameUser],
  ['user.password', 'PUT', '/user/password', setPassword],
  ['user.attributes', 'GET', '/user/attribute', getUserAttributes],
  ['user.setAttributes', 'POST', '/user/attribute', setUserAttributes],
  ['user.deleteAttribute', 'DELETE', '/user/attribute', deleteUserAttribute],
  ['user.groups', 'GET', '/user/group/direct', directGroups],
  ['user.nestedGroups', 'GET', '/user/group/nested', nestedGroups],
  ['user.addGroup', 'POST', '/user/group/direct', addGroupToUser],
  ['user.removeGroup', 'DELETE', '/user/group/direct', removeMembership],
  ['group.get', 'GET', '/group', getGroup],
  ['group.create', 'POST', '/group', createGroup],
  ['group.update', 'PUT', '/group', updateGroup],
  ['group.delete', 'DELETE', '/group', deleteGroup],
  ['group.attributes', 'GET', '/group/attribute', getGroupAttributes],
  ['group.setAttributes', 'POST', '/group/attribute', setGroupAttributes],
  ['group.deleteAttribute', 'DELETE', '/group/attribute', deleteGroupAttribute],
  ['group.users', 'GET', '/group/user/direct', directUsers],
  ['group.nestedUsers', 'GET', '/group/user/nested', nestedUsers],
  ['group.addUser', 'POST', '/group/user/direct', addUserToGroup],
  ['group.removeUser', 'DELETE', '/group/user/direct', removeMembership],
  ['group.children', 'GET', '/group/child-group/direct', childGroups],
  ['group.nest', 'POST', '/group/child-group/direct', nestGroup],
  ['group.unnest', 'DELETE', '/group/child-group/direct', unnestGroup],
  ['group.memberships', 'GET', '/group/membership', allMemberships],
  ['search', 'GET', '/search', search],
]

/** Every operation of Crowd the twin serves: `/crowd/rest/usermanagement/1/...`, also as `/latest/...`. */
export function crowdOperations(twin: CrowdTwin): Operation[] {
  return rows.map(([name, method, path, handler]) => ({
    name: `crowd.${name}`,
    method,
    paths: ['1', 'latest'].map((version) => `/crowd/rest/usermanagement/${version}${path}`),
    dialect: crowdDialect,
    documented: path,
    handle: (call) => asAccepted(call, handler(twin, call)),
  }))
}

/** JSON only for callers who ask for it: the resources speak XML as well, and that comes first. */
function asAccepted(call: Call, answer: Answer): Answer {
  const accept = call.headers.accept ?? '*/*'
  if (answer.json === undefined || accept.includes('json')) return answer
  const { json, ...rest } = answer
  return {
    ...rest,
    text: `<?xml version="1.0" encoding="UTF-8"?>${asXml('answer', json)}`,
    headers: { ...rest.headers, 'content-type': 'application/xml;charset=UTF-8' },
  }
}
