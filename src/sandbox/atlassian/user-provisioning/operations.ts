import type { Answer, Call, Operation } from '../../server/call.ts'
import { serve, type Twin } from '../twin.ts'
import { userProvisioningDialect } from './dialect.ts'
import { getConfig, getOne, getResourceTypes, getSchemas } from './discovery.ts'
import { createGroup, deleteGroup, getGroup, listGroups, patchGroup, replaceGroup } from './groups.ts'
import { createUser, deleteUser, getUser, listUsers, patchUser, replaceUser } from './users.ts'

type Handler = (twin: Twin, call: Call) => Answer

const base = '/scim/directory/{directoryId}'
const core = 'urn:ietf:params:scim:schemas:core:2.0'

const lines: readonly (readonly [name: string, method: Operation['method'], path: string, handler: Handler])[] = [
  ['scim.users.list', 'GET', `${base}/Users`, listUsers],
  ['scim.user.create', 'POST', `${base}/Users`, createUser],
  ['scim.user.get', 'GET', `${base}/Users/{userId}`, getUser],
  ['scim.user.replace', 'PUT', `${base}/Users/{userId}`, replaceUser],
  ['scim.user.patch', 'PATCH', `${base}/Users/{userId}`, patchUser],
  ['scim.user.delete', 'DELETE', `${base}/Users/{userId}`, deleteUser],
  ['scim.groups.list', 'GET', `${base}/Groups`, listGroups],
  ['scim.group.create', 'POST', `${base}/Groups`, createGroup],
  ['scim.group.get', 'GET', `${base}/Groups/{id}`, getGroup],
  ['scim.group.replace', 'PUT', `${base}/Groups/{id}`, replaceGroup],
  ['scim.group.patch', 'PATCH', `${base}/Groups/{id}`, patchGroup],
  ['scim.group.delete', 'DELETE', `${base}/Groups/{id}`, deleteGroup],
  ['scim.config', 'GET', `${base}/ServiceProviderConfig`, getConfig],
  ['scim.schemas', 'GET', `${base}/Schemas`, getSchemas],
  ['scim.schemas.user', 'GET', `${base}/Schemas/${core}:User`, getOne('Schemas')],
  ['scim.schemas.group', 'GET', `${base}/Schemas/${core}:Group`, getOne('Schemas')],
  [
    'scim.schemas.enterprise',
    'GET',
    `${base}/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`,
    getOne('Schemas'),
  ],
  ['scim.resourceTypes', 'GET', `${base}/ResourceTypes`, getResourceTypes],
  ['scim.resourceTypes.user', 'GET', `${base}/ResourceTypes/User`, getOne('ResourceTypes')],
  ['scim.resourceTypes.group', 'GET', `${base}/ResourceTypes/Group`, getOne('ResourceTypes')],
]

/** User provisioning of Atlassian Guard: SCIM 2.0 below the API base, with the key of the directory. */
export function userProvisioningOperations(twin: Twin): Operation[] {
  const dialect = userProvisioningDialect(twin.variants)
  return lines.map(([name, method, documented, handler]) => ({
    name,
    method,
    documented,
    paths: [documented.replace(/\{(\w+)\}/g, ':$1')],
    dialect,
    handle: serve(twin, handler),
  }))
}
