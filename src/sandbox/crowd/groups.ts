import type { Group } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller, firstDirectory } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { isExpanded, queryGroup } from './lookup.ts'
import type { CrowdTwin, Permission } from './twin.ts'
import { groupView } from './views.ts'

/** GET /group */
export function getGroup(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  return { status: 200, json: groupView(twin, queryGroup(twin, call), isExpanded(call, 'attributes')) }
}

/** POST /group: one that exists is a 400. */
export function createGroup(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const { name, description, active, type = 'GROUP' } = bodyObject(twin, call)
  if (typeof name !== 'string' || name.trim() === '') return refuse(twin, 400, 'INVALID_GROUP', 'The group has no name')
  if (type !== 'GROUP') refuse(twin, 400, 'INVALID_GROUP', 'The type of a group is GROUP')
  if (twin.store.group(name) !== undefined) refuse(twin, 400, 'INVALID_GROUP', `Group already exists: ${name}`)
  if (firstDirectory(twin, application, 'create-group') === undefined) {
    refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', 'Not allowed: no directory takes new groups')
  }
  const group = twin.store.createGroup(name, typeof description === 'string' ? description : '')
  group.active = active !== false
  return { status: 201 }
}

/** PUT /group: description and state; the name stays. */
export function updateGroup(twin: CrowdTwin, call: Call): Answer {
  const { group } = changeable(twin, call, 'update-group')
  const { name, description, active } = bodyObject(twin, call)
  if (typeof name !== 'string' || name.toLowerCase() !== group.name.toLowerCase()) {
    refuse(twin, 400, 'INVALID_GROUP', 'The name in the body is not that of the query')
  }
  group.description = typeof description === 'string' ? description : ''
  group.active = active !== false
  twin.store.effects.count('groupsChanged')
  return { status: 200, json: groupView(twin, group, false) }
}

/** DELETE /group */
export function deleteGroup(twin: CrowdTwin, call: Call): Answer {
  const { group } = changeable(twin, call, 'delete-group')
  twin.store.deleteGroup(group)
  return { status: 204 }
}

function changeable(twin: CrowdTwin, call: Call, right: Permission): { readonly group: Group } {
  const application = caller(twin, call)
  const group = queryGroup(twin, call)
  if (group.synced || firstDirectory(twin, application, right) === undefined) {
    refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', `Not allowed: the group ${group.name} is read-only`)
  }
  return { group }
}
