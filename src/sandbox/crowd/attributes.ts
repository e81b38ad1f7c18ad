import type { Answer, Call } from '../server/call.ts'
import { caller, firstDirectory, require } from './access.ts'
import { bodyObject, refuse, required } from './dialect.ts'
import { queryGroup, queryUser } from './lookup.ts'
import type { CrowdTwin } from './twin.ts'
import { attributesView } from './views.ts'

type Attributes = Map<string, readonly string[]>

/** GET /user/attribute */
export function getUserAttributes(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  return { status: 200, json: attributesView(queryUser(twin, call).attributes) }
}

/** POST /user/attribute: those named are replaced, the others stay. */
export function setUserAttributes(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const user = queryUser(twin, call)
  require(twin, application, user.directory, 'update-user-attribute')
  return stored(twin, user.attributes, call)
}

/** DELETE /user/attribute */
export function deleteUserAttribute(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const user = queryUser(twin, call)
  require(twin, application, user.directory, 'update-user-attribute')
  return deleted(twin, user.attributes, call)
}

/** GET /group/attribute */
export function getGroupAttributes(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  return { status: 200, json: attributesView(queryGroup(twin, call).attributes) }
}

/** POST /group/attribute */
export function setGroupAttributes(twin: CrowdTwin, call: Call): Answer {
  return stored(twin, changeableGroup(twin, call), call)
}

/** DELETE /group/attribute */
export function deleteGroupAttribute(twin: CrowdTwin, call: Call): Answer {
  return deleted(twin, changeableGroup(twin, call), call)
}

/** Takes over a body's `{ attributes: [{ name, values }] }`. */
export function storeAttributes(twin: CrowdTwin, attributes: Attributes, value: unknown): void {
  const list = typeof value === 'object' && value !== null ? (value as { attributes?: unknown }).attributes : undefined
  for (const each of Array.isArray(list) ? list : []) {
    const { name, values } = each as { name?: unknown; values?: unknown }
    if (typeof name !== 'string' || !Array.isArray(values)) {
      refuse(twin, 400, 'ILLEGAL_ARGUMENT', 'An attribute has a name and values')
    }
    attributes.set(name, values.map(String))
    twin.store.effects.count('attributesSet')
  }
}

function changeableGroup(twin: CrowdTwin, call: Call): Attributes {
  const application = caller(twin, call)
  const group = queryGroup(twin, call)
  if (group.synced || firstDirectory(twin, application, 'update-group-attribute') === undefined) {
    refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', `Not allowed: the group ${group.name} is read-only`)
  }
  return group.attributes
}

function stored(twin: CrowdTwin, attributes: Attributes, call: Call): Answer {
  storeAttributes(twin, attributes, bodyObject(twin, call))
  return { status: 204 }
}

function deleted(twin: CrowdTwin, attributes: Attributes, call: Call): Answer {
  const name = required(twin, call, 'attributename')
  if (attributes.delete(name)) twin.store.effects.count('attributesDeleted')
  else if (twin.variants.is('deleteMissingAttribute', '404')) {
    refuse(twin, 404, 'ILLEGAL_ARGUMENT', `There is no attribute ${name}`)
  }
  return { status: 204 }
}
