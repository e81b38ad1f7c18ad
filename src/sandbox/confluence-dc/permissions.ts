import type { Group } from '../data-center/model.ts'
import { type Answer, type Call, Refusal } from '../server/call.ts'
import { administrator } from './access.ts'
import { refuse } from './dialect.ts'
import { pathGroup } from './groups.ts'
import { type ConfluenceDcTwin, globalPermissions } from './twin.ts'

/** GET /permissions: everything granted to groups. */
export function listPermissions(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  return { status: 200, json: twin.store.groups.flatMap(permissionsOf) }
}

/** GET /permissions/group/{groupName} */
export function groupPermissions(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  return { status: 200, json: permissionsOf(pathGroup(twin, call)) }
}

/** PUT /permissions/group/{groupName}/grant: added to what it has. */
export function grantToGroup(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = pathGroup(twin, call)
  for (const permission of asked(call)) group.grants.add(permission)
  twin.store.effects.count('accessChanged')
  return { status: 204 }
}

/** PUT /permissions/group/{groupName}/revoke: without `application use` nothing is left. */
export function revokeFromGroup(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = pathGroup(twin, call)
  const permissions = asked(call)
  if (permissions.includes('application use')) group.grants.clear()
  for (const permission of permissions) group.grants.delete(permission)
  twin.store.effects.count('accessChanged')
  return { status: 204 }
}

function permissionsOf({ name, grants }: Group) {
  return [...grants].sort().map((grant) => {
    const [targetType = '', operationKey = ''] = grant.split(' ')
    return { operation: { targetType, operationKey }, subject: { type: 'group', displayName: name } }
  })
}

function asked(call: Call): string[] {
  if (!(call.headers['content-type'] ?? '').includes('application/json')) {
    throw new Refusal({ status: 415, text: 'Unsupported Media Type' })
  }
  let body: unknown
  try {
    body = JSON.parse(call.rawBody)
  } catch {
    return refuse(400, 'The request body is no JSON')
  }
  if (!Array.isArray(body)) return refuse(400, 'The request body is no list')
  return body.map((each: { readonly targetType?: unknown; readonly operationKey?: unknown }) => {
    const permission = `${String(each?.targetType)} ${String(each?.operationKey)}`
    if (!globalPermissions.some((known) => known === permission)) refuse(400, `There is no permission ${permission}`)
    return permission
  })
}
