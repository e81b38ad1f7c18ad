import type { Answer, Call, Operation } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import { requireScope } from './access.ts'
import { confluenceDialect } from './dialect.ts'
import {
  addMember,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listMembers,
  pickGroups,
  removeMember,
} from './groups.ts'
import { checkAccess, invite, usersByIds } from './invitations.ts'
import { createProperty, deleteProperty, getProperty, listProperties, updateProperty } from './properties.ts'
import { anonymousUser, bulkUsers, currentUser, getUser, groupsOfUser, searchUsers, userEmail } from './users.ts'

type Handler = (twin: Twin, call: Call) => Answer
type Row = readonly [name: string, method: Operation['method'], documented: string, handler: Handler]

const version1: readonly Row[] = [
  ['user.current', 'GET', '/wiki/rest/api/user/current', currentUser],
  ['user.anonymous', 'GET', '/wiki/rest/api/user/anonymous', anonymousUser],
  ['user.get', 'GET', '/wiki/rest/api/user', getUser],
  ['user.bulk', 'GET', '/wiki/rest/api/user/bulk', bulkUsers],
  ['user.memberof', 'GET', '/wiki/rest/api/user/memberof', groupsOfUser],
  ['user.email', 'GET', '/wiki/rest/api/user/email', userEmail],
  ['user.emails', 'GET', '/wiki/rest/api/user/email/bulk', userEmail],
  ['user.search', 'GET', '/wiki/rest/api/search/user', searchUsers],
  ['user.properties', 'GET', '/wiki/rest/api/user/{userId}/property', listProperties],
  ['user.getProperty', 'GET', '/wiki/rest/api/user/{userId}/property/{key}', getProperty],
  ['user.createProperty', 'POST', '/wiki/rest/api/user/{userId}/property/{key}', createProperty],
  ['user.updateProperty', 'PUT', '/wiki/rest/api/user/{userId}/property/{key}', updateProperty],
  ['user.deleteProperty', 'DELETE', '/wiki/rest/api/user/{userId}/property/{key}', deleteProperty],
  ['group.list', 'GET', '/wiki/rest/api/group', listGroups],
  ['group.get', 'GET', '/wiki/rest/api/group/by-id', getGroup],
  ['group.picker', 'GET', '/wiki/rest/api/group/picker', pickGroups],
  ['group.members', 'GET', '/wiki/rest/api/group/{groupId}/membersByGroupId', listMembers],
  ['group.create', 'POST', '/wiki/rest/api/group', createGroup],
  ['group.delete', 'DELETE', '/wiki/rest/api/group/by-id', deleteGroup],
  ['group.addMember', 'POST', '/wiki/rest/api/group/userByGroupId', addMember],
  ['group.removeMember', 'DELETE', '/wiki/rest/api/group/userByGroupId', removeMember],
]

const version2: readonly Row[] = [
  ['users', 'POST', '/users-bulk', usersByIds],
  ['checkAccess', 'POST', '/user/access/check-access-by-email', checkAccess],
  ['invite', 'POST', '/user/access/invite-by-email', invite],
]

/** Scopes as `x-atlassian-oauth2-scopes` has them, by the beginning of the operation's name and whether it only reads. */
function scopeOf(name: string, method: Operation['method']): string {
  const how = method === 'GET' ? 'read' : 'write'
  if (/property|properties/i.test(name)) return `${how}:user.property:confluence`
  if (name === 'user.search') return 'read:content-details:confluence'
  return name.startsWith('group.') ? `${how}:confluence-groups` : `${how}:confluence-user`
}

/** Confluence Cloud, versions 1 and 2, at each site and through the gateway. */
export function confluenceOperations(twin: Twin): Operation[] {
  const dialect = confluenceDialect(twin)
  const operation =
    (prefix: string, below: string) =>
    ([name, method, documented, handler]: Row): Operation => ({
      name: `${prefix}.${name}`,
      method,
      documented,
      paths: ['/site/:site', '/ex/confluence/:cloudId'].map(
        (base) => base + below + documented.replace(/\{(\w+)\}/g, ':$1'),
      ),
      dialect,
      handle: serve(twin, (scene, call) => {
        if (prefix === 'confluence') requireScope(scene, call, scopeOf(name, method))
        return handler(scene, call)
      }),
    })
  return [...version1.map(operation('confluence', '')), ...version2.map(operation('confluence2', '/wiki/api/v2'))]
}
