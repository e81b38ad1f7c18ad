import { type Application, type CrowdTwin, type Permission, permissions } from './twin.ts'

/** Further changes by hand, beside those of every product. */
export type CrowdEdit =
  | {
      readonly action: 'set-permission'
      readonly application: string
      readonly directory: string
      readonly permission: Permission
      readonly allowed: boolean
    }
  | { readonly action: 'set-remote-address'; readonly application: string; readonly known: boolean }
  | { readonly action: 'revoke-application' | 'restore-application'; readonly application: string }

/** Carries out one edit; false = it is none of these. Throws when what it names is not there. */
export function editCrowd(twin: CrowdTwin, change: CrowdEdit): boolean {
  switch (change.action) {
    case 'set-permission': {
      const directory = twin.store.directory(change.directory)
      if (directory === undefined) throw new Error(`There is no directory ${change.directory}`)
      if (!permissions.includes(change.permission)) throw new Error(`permission is one of ${permissions.join(', ')}`)
      const { allowed } = applicationOf(twin, change.application)
      const held = allowed.get(directory) ?? new Set<Permission>()
      if (change.allowed) held.add(change.permission)
      else held.delete(change.permission)
      allowed.set(directory, held)
      return true
    }
    case 'set-remote-address':
      applicationOf(twin, change.application).isAddressKnown = change.known
      return true
    case 'revoke-application':
    case 'restore-application':
      applicationOf(twin, change.application).isRevoked = change.action === 'revoke-application'
      return true
    default:
      return false
  }
}

function applicationOf({ applications }: CrowdTwin, name: string): Application {
  const found = applications.find((application) => application.name === name)
  if (found === undefined) throw new Error(`There is no application ${name}`)
  return found
}
