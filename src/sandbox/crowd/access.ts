import type { Group, User, UserDirectory } from '../data-center/model.ts'
import { type Call, Refusal } from '../server/call.ts'
import { crowdDialect, refuse } from './dialect.ts'
import type { Application, CrowdTwin, Permission } from './twin.ts'

/** The application that calls, by its own name and password: those of a person are no good here. */
export function caller(twin: CrowdTwin, call: Call): Application {
  const application = call.takenFor === undefined ? named(twin, call.headers.authorization ?? '') : undefined
  if (application === undefined) throw new Refusal(crowdDialect.unauthorized(call))
  if (!application.isAddressKnown) {
    const status = Number(twin.variants.get('unknownAddressStatus'))
    refuse(
      twin,
      status,
      'APPLICATION_ACCESS_DENIED',
      'Client with address "127.0.0.1" is forbidden from making requests',
    )
  }
  return application
}

/** Refuses what the application may not do in the directory, and every write to one that is read-only. */
export function require(twin: CrowdTwin, application: Application, directory: UserDirectory, right: Permission): void {
  if (!may(application, directory, right)) {
    const what = `the application ${application.name} has no permission ${right} in ${directory.name}`
    refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', `Not allowed: ${what}`)
  }
}

/** Membership is a change of the group; those of a directory server are changed there only. */
export function requireMembership(twin: CrowdTwin, application: Application, user: User, group: Group): void {
  const isAllowed = application.allowed.get(user.directory)?.has('update-group') === true
  if (!isAllowed || user.directory.mode === 'read-only' || group.synced) {
    refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', `Not allowed: the memberships of ${group.name} are read-only`)
  }
}

/** The first directory in which the application may do it. */
export function firstDirectory(
  { store }: CrowdTwin,
  application: Application,
  right: Permission,
): UserDirectory | undefined {
  return store.directories.find((directory) => directory.active && may(application, directory, right))
}

function may(application: Application, directory: UserDirectory, right: Permission): boolean {
  const isLocalGroup = directory.mode === 'local-groups' && right.endsWith('group')
  const isWritable = directory.mode === 'writable' || isLocalGroup
  return isWritable && application.allowed.get(directory)?.has(right) === true
}

function named({ applications }: CrowdTwin, header: string): Application | undefined {
  const [scheme = '', value = ''] = header.split(/\s+/, 2)
  if (!/^basic$/i.test(scheme)) return undefined
  const pair = Buffer.from(value, 'base64').toString('utf8')
  return applications.find(({ name, password, isRevoked }) => !isRevoked && `${name}:${password}` === pair)
}
