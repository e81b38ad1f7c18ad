import type { User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller } from './access.ts'
import { refuse } from './dialect.ts'
import { namedUser } from './lookup.ts'
import { isAdministrator, type JiraDcTwin } from './twin.ts'

const mostKeyBytes = 255
const mostBytes = 32_768

/** GET /user/properties: keys only. */
export function listProperties(twin: JiraDcTwin, call: Call): Answer {
  const user = subject(twin, call)
  const keys = [...(twin.properties.get(user.key)?.keys() ?? [])].sort().map((key) => ({
    key,
    self: `${twin.url}/rest/api/2/user/properties/${encodeURIComponent(key)}?userKey=${user.key}`,
  }))
  return { status: 200, json: { keys } }
}

/** GET /user/properties/{propertyKey} */
export function getProperty(twin: JiraDcTwin, call: Call): Answer {
  const user = subject(twin, call)
  const key = propertyKey(twin, call)
  const text = twin.properties.get(user.key)?.get(key)
  if (text === undefined) return refuse(twin, 404, `The property with key ${key} does not exist.`)
  return { status: 200, json: { key, value: JSON.parse(text) as unknown } }
}

/** PUT /user/properties/{propertyKey}: any JSON value of at most 32768 bytes. */
export function setProperty(twin: JiraDcTwin, call: Call): Answer {
  const user = subject(twin, call)
  const key = propertyKey(twin, call)
  if (Buffer.byteLength(call.rawBody) > mostBytes) {
    refuse(twin, 400, `The property value cannot be larger than ${mostBytes} bytes.`)
  }
  try {
    JSON.parse(call.rawBody)
  } catch {
    refuse(twin, 400, 'The property value must be a valid, non-empty JSON value.')
  }
  const mine = twin.properties.get(user.key) ?? new Map<string, string>()
  const isNew = !mine.has(key)
  mine.set(key, call.rawBody)
  twin.properties.set(user.key, mine)
  twin.store.effects.count('attributesSet')
  return { status: isNew ? 201 : 200 }
}

/** DELETE /user/properties/{propertyKey} */
export function deleteProperty(twin: JiraDcTwin, call: Call): Answer {
  const user = subject(twin, call)
  const key = propertyKey(twin, call)
  if (twin.properties.get(user.key)?.delete(key) !== true) {
    refuse(twin, 404, `The property with key ${key} does not exist.`)
  }
  twin.store.effects.count('attributesDeleted')
  return { status: 204 }
}

/** Whose properties are meant: everybody's for an administrator, one's own for the others. */
function subject(twin: JiraDcTwin, call: Call): User {
  const visitor = caller(twin, call)
  const user = namedUser(twin, call, 'userKey')
  if (user !== visitor && !isAdministrator(visitor)) {
    refuse(twin, 403, 'You do not have permission to administer this user.')
  }
  return user
}

function propertyKey(twin: JiraDcTwin, call: Call): string {
  const key = call.param('propertyKey')
  if (Buffer.byteLength(key) > mostKeyBytes) refuse(twin, 400, `The property key has at most ${mostKeyBytes} bytes.`)
  return key
}
