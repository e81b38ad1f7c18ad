import type { User } from '../data-center/model.ts'
import { isWritable } from '../data-center/store.ts'
import { type Answer, type Call, Refusal } from '../server/call.ts'
import { administrator, systemAdministrator } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { type ConfluenceDcTwin, hasSeat } from './twin.ts'

/** POST /admin/user: with a password, or with a mail instead of one. */
export function createUser(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const body = bodyObject(call)
  const [name, fullName, email, password] = ['userName', 'fullName', 'email', 'password'].map((field) =>
    typeof body[field] === 'string' ? (body[field] as string) : '',
  ) as [string, string, string, string]
  checkName(name)
  checkProfile(fullName, email)
  const isMailed = body.notifyViaEmail === true
  if (isMailed && password !== '') refuse(400, 'The password should not be specified when notifyViaEmail is true')
  if (!isMailed && password.trim() === '') refuse(400, 'The password should not be null or blank')
  if (twin.store.user(name) !== undefined) refuse(409, `User with the username ${name} already exists`)
  const group = twin.variants.is('newUserGroup', 'none') ? undefined : twin.store.group('confluence-users')
  if (group?.grants.has('application use') && !hasSeat(twin)) refuse(402, 'No more licenses available to create a user')
  const directory = twin.store.directories.find(({ active, mode }) => active && mode === 'writable')
  if (directory === undefined) return refuse(403, 'No user directory takes new users')
  const user = twin.store.createUser({
    name,
    displayName: fullName,
    email,
    directory,
    ...(isMailed ? {} : { password }),
  })
  if (group !== undefined) twin.store.addMember(group, user)
  if (isMailed) twin.store.effects.count('mailsSent')
  return { status: 201, json: { userKey: user.key } }
}

/** PUT /admin/user/{username}: name and address. */
export function updateUser(twin: ConfluenceDcTwin, call: Call): Answer {
  if (!twin.version.isAtLeast(twin.variants.get('updateUserSince'))) {
    throw new Refusal({ status: 405, text: 'Method Not Allowed' })
  }
  administrator(twin, call)
  const user = pathUser(twin, call, Number(twin.variants.get('unknownOnWrite')))
  const body = bodyObject(call)
  const { fullName = user.displayName, email = user.email } = body
  checkProfile(String(fullName), String(email))
  requireWritable(twin, user)
  twin.store.changeUser(user, { displayName: String(fullName), email: String(email) })
  return { status: 204 }
}

/** PUT /admin/user/{username}/disable; a second time is the same. */
export function disableUser(twin: ConfluenceDcTwin, call: Call): Answer {
  return setActive(twin, call, false)
}

/** PUT /admin/user/{username}/enable; a second time is the same. */
export function enableUser(twin: ConfluenceDcTwin, call: Call): Answer {
  return setActive(twin, call, true)
}

/** POST /admin/user/{username}/password: for system administrators. */
export function setPassword(twin: ConfluenceDcTwin, call: Call): Answer {
  systemAdministrator(twin, call)
  const user = pathUser(twin, call)
  const { password } = bodyObject(call)
  if (typeof password !== 'string' || password.trim() === '') return refuse(400, 'The new password should not be blank')
  requireWritable(twin, user)
  twin.store.setPassword(user, password)
  return { status: 204 }
}

/** DELETE /admin/user/{username}: goes on after the answer. */
export function deleteUser(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const user = pathUser(twin, call)
  requireWritable(twin, user)
  const { id } = twin.tasks.start(`delete ${user.key}`, () => {
    if (twin.store.userByKey(user.key) === user) twin.store.deleteUser(user)
  })
  return { status: 202, json: { id: String(id), links: { status: `${twin.url}/rest/api/longtask/${id}` } } }
}

/** GET /longtask/{id} */
export function longTask(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const task = twin.tasks.get(Number(call.param('id')))
  if (task === undefined) return refuse(404, 'No long task with this id')
  const isDone = twin.tasks.isDone(task)
  return {
    status: 200,
    json: {
      id: String(task.id),
      name: { key: 'user.delete.task', args: [] },
      elapsedTime: call.at - task.startedAt,
      percentageComplete: isDone ? 100 : 0,
      successful: isDone,
      messages: [],
    },
  }
}

/** The user of the path; a refusal when there is none. */
export function pathUser({ store }: ConfluenceDcTwin, call: Call, status = 404): User {
  const name = call.param('username')
  return store.user(name) ?? refuse(status, `No user found with username: ${name}`)
}

export function refuseReadOnly(twin: ConfluenceDcTwin, user: User): never {
  const status = Number(twin.variants.get('readOnlyStatus'))
  return refuse(status, `The directory of ${user.name} is read-only`)
}

function setActive(twin: ConfluenceDcTwin, call: Call, active: boolean): Answer {
  administrator(twin, call)
  const user = pathUser(twin, call)
  requireWritable(twin, user)
  twin.store.setActive(user, active)
  return { status: 204 }
}

function requireWritable(twin: ConfluenceDcTwin, user: User): void {
  if (!isWritable(user)) refuseReadOnly(twin, user)
}

function checkName(name: string): void {
  if (name.trim() === '') refuse(400, 'The userName should not be null or blank')
  if (/[\\,+<>'"]/.test(name)) refuse(400, 'The userName contains a forbidden character')
  if (/\s/.test(name)) refuse(400, 'The userName should not contain any whitespace characters')
  if (name === 'anonymous') refuse(400, 'The userName should not be "anonymous"')
  if (name !== name.toLowerCase()) refuse(400, 'The userName should not contain any upper case characters')
}

function checkProfile(fullName: string, email: string): void {
  if (fullName.trim() === '' || fullName.toLowerCase() === 'anonymous') refuse(400, 'The fullName is not valid')
  if (/[<>]/.test(fullName)) refuse(400, 'The fullName contains a forbidden character')
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) refuse(400, 'The email should be a valid email address')
}
