import type { User } from '../data-center/model.ts'
import { isWritable } from '../data-center/store.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, requireNotAbove } from './access.ts'
import { bodyObject, refuse, required, textOf } from './dialect.ts'
import { type BitbucketDcTwin, hasSeats } from './twin.ts'
import { userNamed } from './users.ts'
import { detailedUserView } from './views.ts'

/** The group new people are put into, unless the call says otherwise. */
export const defaultGroup = 'stash-users'

/** POST /admin/users: everything in the query, a password as well unless a mail is sent. */
export function createUser(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const [name, displayName, email] = ['name', 'displayName', 'emailAddress'].map((each) => required(call, each)) as [
    string,
    string,
    string,
  ]
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) refuse(400, 'The e-mail address is not valid', 'emailAddress')
  const isMailed = call.query.has('notify') && call.query.get('notify') !== 'false'
  const password = call.query.get('password') ?? ''
  if (!isMailed && password === '') refuse(400, 'A password is required unless notify is set', 'password')
  if (isMailed && !twin.hasMailServer && twin.variants.is('notifyWithoutMail', '400')) {
    refuse(400, 'There is no mail server to notify the user with', 'notify')
  }
  if (twin.store.user(name) !== undefined) refuse(409, `A user with the name ${name} exists already`, 'name')
  const group = call.query.get('addToDefaultGroup') === 'false' ? undefined : twin.store.group(defaultGroup)
  if (group !== undefined && group.grants.size > 0 && !hasSeats(twin, 1)) refuse(403, 'The licence has no seat left')
  const directory = twin.store.directories.find(({ active, mode }) => active && mode === 'writable')
  if (directory === undefined) return refuse(403, 'No user directory takes new users')
  const user = twin.store.createUser({ name, displayName, email, directory, ...(isMailed ? {} : { password }) })
  if (group !== undefined) twin.store.addMember(group, user)
  if (isMailed && twin.hasMailServer) twin.store.effects.count('mailsSent')
  return { status: 204 }
}

/** PUT /admin/users: name and address; `active` is nobody's to write here. */
export function updateUser(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const body = bodyObject(call)
  const user = userNamed(twin, textOf(body, 'name'))
  requireNotAbove(twin, self, user, 401)
  requireMutable(twin, user)
  twin.store.changeUser(user, {
    ...(body.displayName === undefined ? {} : { displayName: textOf(body, 'displayName') }),
    ...(body.email === undefined ? {} : { email: textOf(body, 'email') }),
  })
  return { status: 200, json: detailedUserView(user) }
}

/** POST /admin/users/rename */
export function renameUser(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const body = bodyObject(call)
  const user = userNamed(twin, textOf(body, 'name'))
  requireNotAbove(twin, self, user, 401)
  const newName = textOf(body, 'newName')
  const taken = twin.store.user(newName)
  if (taken !== undefined && taken !== user) {
    refuse(Number(twin.variants.get('renameTaken')), `A user with the name ${newName} exists already`, 'newName')
  }
  requireMutable(twin, user)
  twin.store.renameUser(user, newName)
  return { status: 200, json: detailedUserView(user) }
}

/** PUT /admin/users/credentials */
export function setPassword(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const body = bodyObject(call)
  const user = userNamed(twin, textOf(body, 'name'))
  requireNotAbove(twin, self, user, 401)
  const password = textOf(body, 'password')
  if (password !== textOf(body, 'passwordConfirm')) refuse(400, 'The passwords differ', 'passwordConfirm')
  requireMutable(twin, user)
  twin.store.setPassword(user, password)
  return { status: 204 }
}

/** DELETE /admin/users: never oneself. */
export function deleteUser(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const user = userNamed(twin, required(call, 'name'))
  if (user === self) refuse(409, 'You may not delete yourself')
  requireNotAbove(twin, self, user, 403)
  requireMutable(twin, user)
  const view = detailedUserView(user)
  twin.store.deleteUser(user)
  twin.direct.delete(user)
  return { status: 200, json: view }
}

/** GET /admin/users/erasure: whether somebody who was deleted can be erased. */
export function validateErasure(twin: BitbucketDcTwin, call: Call): Answer {
  erasable(twin, call)
  return { status: 204 }
}

/** POST /admin/users/erasure: for good. */
export function eraseUser(twin: BitbucketDcTwin, call: Call): Answer {
  const user = erasable(twin, call)
  user.name = `user-${user.id}`
  user.displayName = user.name
  user.email = ''
  twin.store.effects.count('usersAnonymized')
  return { status: 200, json: { newIdentifier: user.name } }
}

/** DELETE /admin/users/captcha */
export function clearCaptcha(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const user = userNamed(twin, required(call, 'name'))
  requireNotAbove(twin, self, user, 403)
  twin.logins.clearCaptcha(user)
  return { status: 204 }
}

function erasable(twin: BitbucketDcTwin, call: Call): User {
  administrator(twin, call)
  const name = required(call, 'name')
  if (twin.store.user(name) !== undefined) refuse(409, `${name} has not been deleted`)
  return twin.store.deletedUserNamed(name) ?? refuse(404, `The user ${name} does not exist`)
}

function requireMutable(twin: BitbucketDcTwin, user: User): void {
  if (!isWritable(user)) refuse(Number(twin.variants.get('readOnlyStatus')), `${user.name} is in a read-only directory`)
}
