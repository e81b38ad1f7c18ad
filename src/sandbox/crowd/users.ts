import type { User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { caller, firstDirectory, require } from './access.ts'
import { storeAttributes } from './attributes.ts'
import { bodyObject, refuse, required } from './dialect.ts'
import { isExpanded, queryUser, userNamed } from './lookup.ts'
import type { CrowdTwin } from './twin.ts'
import { userView } from './views.ts'

type Fields = Readonly<Record<string, unknown>>

/** GET /user: by name, or by key where no name is given. */
export function getUser(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  const key = call.query.get('key')
  const isByKey = call.query.get('username') === null && key !== null
  const user = isByKey ? twin.store.userByKey(key) : queryUser(twin, call)
  if (user === undefined) return refuse(twin, 404, 'USER_NOT_FOUND', `User with key <${key}> does not exist`)
  return { status: 200, json: userView(twin, user, isExpanded(call, 'attributes')) }
}

/** POST /user: with a password, into the first directory that allows it. A user who exists is a 400. */
export function createUser(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const body = bodyObject(twin, call)
  const name = text(body, 'name')
  if (name.trim() === '') refuse(twin, 400, 'INVALID_USER', 'The user has no name')
  if (twin.store.user(name) !== undefined) refuse(twin, 400, 'INVALID_USER', `User already exists: ${name}`)
  const password = passwordOf(body.password)
  if (password === '') refuse(twin, 400, 'INVALID_USER', 'A password is required')
  const directory = firstDirectory(twin, application, 'create-user')
  if (directory === undefined) {
    return refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', 'Not allowed: no directory takes new users')
  }
  const user = twin.store.createUser({ name, ...profileOf(body), active: body.active !== false, password, directory })
  if (twin.variants.is('attributesOnCreate', 'stored')) storeAttributes(twin, user.attributes, body.attributes)
  return { status: 201, json: userView(twin, user, false) }
}

/** PUT /user: the whole user; what the body leaves out is blanked. */
export function updateUser(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const user = queryUser(twin, call)
  const body = bodyObject(twin, call)
  if (text(body, 'name').toLowerCase() !== user.name.toLowerCase()) {
    refuse(twin, 400, 'INVALID_USER', 'The name in the body is not that of the query')
  }
  require(twin, application, user.directory, 'update-user')
  twin.store.changeUser(user, profileOf(body))
  const omitted = twin.variants.is('activeOmitted', 'true')
  twin.store.setActive(user, typeof body.active === 'boolean' ? body.active : omitted)
  return { status: 204 }
}

/** POST /user/rename */
export function renameUser(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const user = queryUser(twin, call)
  const name = text(bodyObject(twin, call), 'new-name')
  const taken = twin.store.user(name)
  if (name.trim() === '' || (taken !== undefined && taken !== user)) {
    refuse(twin, 400, 'INVALID_USER', `The name <${name}> is invalid or taken`)
  }
  require(twin, application, user.directory, 'update-user')
  twin.store.renameUser(user, name)
  return { status: 200, json: userView(twin, user, false) }
}

/** DELETE /user */
export function deleteUser(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const user = queryUser(twin, call)
  require(twin, application, user.directory, 'delete-user')
  twin.store.deleteUser(user)
  return { status: 204 }
}

/** PUT /user/password */
export function setPassword(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const user = queryUser(twin, call)
  const password = passwordOf(bodyObject(twin, call))
  if (password === '') refuse(twin, 400, 'ILLEGAL_ARGUMENT', 'A password is required')
  require(twin, application, user.directory, 'update-user')
  twin.store.setPassword(user, password)
  return { status: 204 }
}

/** POST /authentication: a person's own password, without signing in. */
export function authenticate(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  const name = required(twin, call, 'username')
  const user: User = userNamed(twin, name, 400)
  if (!user.active || user.password !== passwordOf(bodyObject(twin, call))) {
    refuse(twin, 400, 'INVALID_USER_AUTHENTICATION', `Failed to authenticate principal <${name}>`)
  }
  return { status: 200 }
}

function profileOf(body: Fields) {
  return {
    firstName: text(body, 'first-name'),
    lastName: text(body, 'last-name'),
    displayName: text(body, 'display-name'),
    email: text(body, 'email'),
  }
}

function passwordOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? text(value as Fields, 'value') : ''
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}
