/**
 * What may be changed in a user directory: everything; nothing; or only the memberships of groups that were made in the
 * application ("Read Only, with Local Groups").
 */
export type DirectoryMode = 'writable' | 'read-only' | 'local-groups'

export interface UserDirectory {
  readonly id: number
  readonly name: string
  readonly type: 'INTERNAL' | 'CONNECTOR' | 'CROWD'
  readonly description: string
  mode: DirectoryMode
  active: boolean
}

/** An account in one user directory; another directory may hold one of the same name, which is then not seen. */
export interface User {
  readonly id: number
  /** Stays when the name changes. */
  readonly key: string
  readonly directory: UserDirectory
  name: string
  displayName: string
  firstName: string
  lastName: string
  email: string
  active: boolean
  password: string
  readonly createdAt: number
  /** Of Crowd: name -> values. */
  readonly attributes: Map<string, readonly string[]>
  /** Those the user is in directly. */
  readonly groups: Set<Group>
}

export interface Group {
  readonly id: number
  name: string
  description: string
  active: boolean
  /** A copy from a directory server: its memberships are changed there only. */
  synced: boolean
  readonly attributes: Map<string, readonly string[]>
  readonly members: Set<User>
  readonly children: Set<Group>
  readonly parents: Set<Group>
  /** Rights in the product that its members have, e.g. `ADMINISTER`. */
  readonly grants: Set<string>
}

/** Names of users and groups are the same name whatever their letter case. */
export function fold(name: string): string {
  return name.toLowerCase()
}

/** The group and everything nested in it, at any depth. */
export function withNested(group: Group): Set<Group> {
  return closure([group], ({ children }) => children)
}

/** Every user of the group or of a group nested in it. */
export function effectiveMembers(group: Group): Set<User> {
  const users = new Set<User>()
  for (const each of withNested(group)) for (const user of each.members) users.add(user)
  return users
}

/** Every group the user is in, directly or by nesting. */
export function effectiveGroups(user: User): Set<Group> {
  return closure(user.groups, ({ parents }) => parents)
}

/** Whether the user has the right by a group. */
export function isGranted(user: User, right: string): boolean {
  for (const group of effectiveGroups(user)) if (group.grants.has(right)) return true
  return false
}

function closure(from: Iterable<Group>, next: (group: Group) => Iterable<Group>): Set<Group> {
  const found = new Set(from)
  for (const group of found) for (const each of next(group)) found.add(each)
  return found
}
