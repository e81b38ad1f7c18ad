import type { Logins } from './logins.ts'
import type { DirectoryMode, Group, User, UserDirectory } from './model.ts'
import type { DirectoryStore } from './store.ts'

/**
 * What somebody does meanwhile by hand in the product's own screens or in the directory server, or what a test wants to
 * find. Users and groups are named in any letter case. None of it counts as a request, and nothing is refused.
 */
export type Edit =
  | {
      readonly action: 'add-user'
      readonly user: string
      readonly displayName?: string
      readonly email?: string
      readonly active?: boolean
      /** By name; the first one unless told. A user of this name may be in another one already. */
      readonly directory?: string
    }
  | { readonly action: 'delete-user'; readonly user: string }
  | { readonly action: 'set-active'; readonly user: string; readonly active: boolean }
  | { readonly action: 'rename-user'; readonly user: string; readonly name: string }
  | { readonly action: 'change-user'; readonly user: string; readonly displayName?: string; readonly email?: string }
  | { readonly action: 'add-group'; readonly group: string; readonly description?: string; readonly synced?: boolean }
  | { readonly action: 'delete-group'; readonly group: string }
  | { readonly action: 'sync-group'; readonly group: string; readonly synced: boolean }
  | { readonly action: 'grant' | 'revoke'; readonly group: string; readonly right: string }
  | { readonly action: 'add-member' | 'remove-member'; readonly group: string; readonly user: string }
  /** One group inside another. */
  | { readonly action: 'nest' | 'unnest'; readonly group: string; readonly inside: string }
  | { readonly action: 'add-directory'; readonly directory: string; readonly mode: DirectoryMode }
  | {
      readonly action: 'set-directory'
      readonly directory: string
      readonly mode?: DirectoryMode
      readonly active?: boolean
    }
  | { readonly action: 'expire-credential' | 'renew-credential'; readonly credential: string }
  | { readonly action: 'clear-captcha'; readonly user: string }

const modes: ReadonlySet<unknown> = new Set<DirectoryMode>(['writable', 'read-only', 'local-groups'])

/** Carries out one edit; false = it is none of these. Throws when what it names is not there. */
export function edit(store: DirectoryStore, logins: Logins, change: Edit): boolean {
  switch (change.action) {
    case 'add-user': {
      const { user: name, displayName = name, email = `${name}@acme.example`, active = true } = change
      store.createUser({ name, displayName, email, active, directory: directoryOf(store, change.directory) })
      return true
    }
    case 'delete-user':
      store.deleteUser(userOf(store, change.user))
      return true
    case 'set-active':
      store.setActive(userOf(store, change.user), change.active)
      return true
    case 'rename-user':
      store.renameUser(userOf(store, change.user), change.name)
      return true
    case 'change-user': {
      const { displayName, email } = change
      store.changeUser(userOf(store, change.user), {
        ...(displayName === undefined ? {} : { displayName }),
        ...(email === undefined ? {} : { email }),
      })
      return true
    }
    case 'add-group':
      store.createGroup(change.group, change.description, change.synced)
      return true
    case 'delete-group':
      store.deleteGroup(groupOf(store, change.group))
      return true
    case 'sync-group':
      groupOf(store, change.group).synced = change.synced
      return true
    case 'grant':
      groupOf(store, change.group).grants.add(change.right)
      return true
    case 'revoke':
      groupOf(store, change.group).grants.delete(change.right)
      return true
    case 'add-member':
      store.addMember(groupOf(store, change.group), userOf(store, change.user))
      return true
    case 'remove-member':
      store.removeMember(groupOf(store, change.group), userOf(store, change.user))
      return true
    case 'nest':
      store.nest(groupOf(store, change.inside), groupOf(store, change.group))
      return true
    case 'unnest':
      store.unnest(groupOf(store, change.inside), groupOf(store, change.group))
      return true
    case 'add-directory':
      checkMode(change.mode)
      store.addDirectory(change.directory, 'CONNECTOR', change.mode)
      return true
    case 'set-directory': {
      const directory = directoryOf(store, change.directory)
      if (change.mode !== undefined) {
        checkMode(change.mode)
        directory.mode = change.mode
      }
      if (change.active !== undefined) directory.active = change.active
      return true
    }
    case 'expire-credential':
    case 'renew-credential': {
      const token = logins.token(change.credential)
      if (token === undefined) throw new Error(`There is no credential ${change.credential}`)
      token.isRevoked = change.action === 'expire-credential'
      return true
    }
    case 'clear-captcha':
      logins.clearCaptcha(userOf(store, change.user))
      return true
    default:
      return false
  }
}

/** By name in any letter case. */
export function userOf(store: DirectoryStore, name: string): User {
  const found = store.user(name)
  if (found === undefined) throw new Error(`There is no user ${name}`)
  return found
}

/** By name in any letter case. */
export function groupOf(store: DirectoryStore, name: string): Group {
  const found = store.group(name)
  if (found === undefined) throw new Error(`There is no group ${name}`)
  return found
}

function directoryOf(store: DirectoryStore, name: string | undefined): UserDirectory {
  const found = name === undefined ? store.directories[0] : store.directory(name)
  if (found === undefined) throw new Error(`There is no directory ${name ?? ''}`)
  return found
}

function checkMode(mode: unknown): void {
  if (!modes.has(mode)) throw new Error(`mode is one of ${[...modes].join(', ')}`)
}
