import { fold, type User, type UserDirectory } from '../data-center/model.ts'
import type { UserChange } from '../data-center/store.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { namedUser, requireWritable } from './lookup.ts'
import { type Application, hasSeat, type JiraDcTwin } from './twin.ts'
import { writtenUserView } from './views.ts'

type Fields = Readonly<Record<string, unknown>>

/** POST /user */
export function createUser(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const body = bodyObject(twin, call)
  const [name, emailAddress, displayName] = ['name', 'emailAddress', 'displayName'].map((field) => textOf(body, field))
  const missing = Object.fromEntries(
    Object.entries({ username: name, email: emailAddress, fullname: displayName })
      .filter(([, value]) => value === undefined || value === '')
      .map(([field]) => [field, `You must specify a value for ${field}.`]),
  )
  if (Object.keys(missing).length > 0 || !name || !emailAddress || !displayName) refuse(twin, 400, '', missing)
  if (twin.store.user(name) !== undefined) {
    refuse(twin, 400, '', { username: 'A user with that username already exists.' })
  }
  if (!/^[^@\s]+@[^@\s]+$/.test(emailAddress))
    refuse(twin, 400, '', { email: 'You must specify a valid email address.' })
  const applications = applicationsFor(twin, body)
  const user = twin.store.createUser({
    name: twin.variants.is('nameCase', 'lowered') ? fold(name) : name,
    displayName,
    email: emailAddress,
    directory: directoryForNew(twin),
    ...(textOf(body, 'password') === undefined ? {} : { password: textOf(body, 'password') as string }),
  })
  for (const application of applications) join(twin, application, user)
  if (String(body.notification) === 'true') twin.store.effects.count('mailsSent')
  return { status: 201, json: writtenUserView(twin, user) }
}

/** PUT /user: what the body names is overwritten. */
export function updateUser(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const user = namedUser(twin, call)
  const body = bodyObject(twin, call)
  const active = takesActive(twin) && typeof body.active === 'boolean' ? body.active : undefined
  const name = textOf(body, 'name')
  const change: UserChange = {
    ...(textOf(body, 'displayName') === undefined ? {} : { displayName: textOf(body, 'displayName') as string }),
    ...(textOf(body, 'emailAddress') === undefined ? {} : { email: textOf(body, 'emailAddress') as string }),
  }
  const isNameOnly =
    Object.keys(change).length === 0 && active === undefined && (name === undefined || name === user.name)
  if (isNameOnly) refuse(twin, 400, 'error.no.value.found.to.be.changed')
  requireWritable(twin, user)
  if (change.email === '' || change.displayName === '')
    refuse(twin, 400, '', { fullname: 'A value must not be empty.' })
  if (name !== undefined && fold(name) !== fold(user.name) && twin.store.user(name) !== undefined) {
    refuse(twin, 400, '', { username: 'A user with that username already exists.' })
  }
  if (active !== undefined) checkActive(twin, user, active)
  if (name !== undefined && name !== '') twin.store.renameUser(user, name)
  twin.store.changeUser(user, change)
  if (active !== undefined) twin.store.setActive(user, active)
  return { status: 200, json: writtenUserView(twin, user) }
}

/** PUT /user/password */
export function setPassword(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const user = namedUser(twin, call)
  const password = textOf(bodyObject(twin, call), 'password') ?? ''
  if (password === '') refuse(twin, 400, '', { password: 'A password is required.' })
  requireWritable(twin, user)
  twin.store.setPassword(user, password)
  return { status: 204 }
}

/** DELETE /user: refused while projects or components refer to the user, unless another directory has the name too. */
export function deleteUser(twin: JiraDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const user = namedUser(twin, call)
  requireWritable(twin, user)
  if (user === self) refuse(twin, 400, 'You cannot delete the currently logged in user.')
  const hasNamesake = twin.store.usersNamed(user.name).length > 1
  if (!hasNamesake && twin.projects.leads(user)) {
    refuse(twin, 400, `Cannot delete user '${user.name}': projects or components are led by this user.`)
  }
  twin.store.deleteUser(user)
  twin.properties.delete(user.key)
  return { status: 204 }
}

/** DELETE /user/session/{username} */
export function endSessions(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const name = call.param('username')
  if (twin.store.user(name) === undefined) refuse(twin, 404, `The user named '${name}' does not exist`)
  twin.store.effects.count('sessionsEnded')
  return { status: 200 }
}

/** POST /user/application: into the default groups of the application. */
export function giveAccess(twin: JiraDcTwin, call: Call): Answer {
  const { user, application } = access(twin, call)
  if (![...application.groups].some((group) => user.groups.has(group)) && !hasSeat(application)) {
    refuse(twin, 400, `The licence of ${application.name} has no seat left.`)
  }
  join(twin, application, user)
  return { status: 200 }
}

/** DELETE /user/application: out of the groups of the application. */
export function takeAccess(twin: JiraDcTwin, call: Call): Answer {
  const { user, application } = access(twin, call)
  const left = [...application.groups].filter((group) => twin.store.removeMember(group, user))
  if (left.length > 0) twin.store.effects.count('accessChanged')
  return { status: 204 }
}

function access(twin: JiraDcTwin, call: Call): { readonly user: User; readonly application: Application } {
  administrator(twin, call)
  const user = twin.store.user(call.query.get('username') ?? '')
  const application = twin.applications.find(({ key }) => key === call.query.get('applicationKey'))
  if (user === undefined) return refuse(twin, 400, 'The user does not exist.')
  if (application === undefined) return refuse(twin, 400, 'The application does not exist.')
  if (user.directory.mode === 'read-only') requireWritable(twin, user)
  return { user, application }
}

function join(twin: JiraDcTwin, application: Application, user: User): void {
  const joined = [...application.defaultGroups].filter((group) => twin.store.addMember(group, user))
  if (joined.length > 0) twin.store.effects.count('accessChanged')
}

function applicationsFor(twin: JiraDcTwin, { applicationKeys }: Fields): Application[] {
  const isStated = Array.isArray(applicationKeys)
  if (!isStated && twin.variants.is('applicationsUnstated', 'none')) return []
  const keys: readonly unknown[] = isStated ? applicationKeys : ['jira-software']
  const chosen = keys.map(
    (key) =>
      twin.applications.find((application) => application.key === key) ??
      refuse(twin, 400, '', { applicationKeys: `There is no application ${String(key)}.` }),
  )
  if (chosen.every(hasSeat)) return chosen
  if (twin.variants.is('seatsExceeded', '400')) {
    refuse(twin, 400, '', { applicationKeys: 'The licence has no seat left.' })
  }
  return chosen.filter(hasSeat)
}

function directoryForNew(twin: JiraDcTwin): UserDirectory {
  const active = twin.store.directories.filter((directory) => directory.active)
  const candidates = twin.variants.is('createDirectory', 'first-only') ? active.slice(0, 1) : active
  const directory = candidates.find(({ mode }) => mode === 'writable')
  return directory ?? refuse(twin, 403, 'Cannot create a user: no user directory allows it.')
}

/** Before 8.3 the field was not looked at. */
function takesActive({ version }: JiraDcTwin): boolean {
  return version.isAtLeast('8.3')
}

function checkActive(twin: JiraDcTwin, user: User, active: boolean): void {
  if (user.active === active && twin.variants.is('deactivateAgain', '400')) {
    refuse(twin, 400, 'error.no.value.found.to.be.changed')
  }
  if (!active && user.active && twin.projects.leads(user) && twin.variants.is('deactivateLead', '400')) {
    refuse(twin, 400, '', { active: 'Cannot deactivate a user who leads a project or component.' })
  }
}

function textOf(body: Fields, field: string): string | undefined {
  const value = body[field]
  return typeof value === 'string' ? value : undefined
}
