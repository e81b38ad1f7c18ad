import type { Clock } from '../../platform/clock.ts'
import { SortedList } from '../server/sorted-list.ts'
import { EffectCounts } from './effects.ts'
import { type DirectoryMode, fold, type Group, type User, type UserDirectory, withNested } from './model.ts'

export interface UserFacts {
  readonly name: string
  readonly displayName: string
  readonly email: string
  readonly firstName?: string
  readonly lastName?: string
  readonly active?: boolean
  /** Drawn by the store where none is told. */
  readonly password?: string
  readonly directory: UserDirectory
}

export type UserChange = Partial<Pick<User, 'displayName' | 'firstName' | 'lastName' | 'email'>>

/**
 * The user directories of a product in their order, with users, groups and memberships: what Jira, Confluence, Bitbucket
 * and Crowd all keep in the same manner. Whether a caller may do something is up to the product.
 */
export class DirectoryStore {
  readonly clock: Clock
  readonly effects = new EffectCounts()
  readonly directories: UserDirectory[] = []
  readonly #users = new SortedList<User>((user) => `${fold(user.name)}\n${String(user.directory.id).padStart(6, '0')}`)
  readonly #groups = new SortedList<Group>((group) => fold(group.name))
  readonly #usersByName = new Map<string, User[]>()
  readonly #usersByKey = new Map<string, User>()
  readonly #groupsByName = new Map<string, Group>()
  /** Those deleted, by key. */
  readonly #deleted = new Map<string, User>()
  readonly #keyPrefix: string
  #lastId = 10_000

  constructor(clock: Clock, keyPrefix: string) {
    this.clock = clock
    this.#keyPrefix = keyPrefix
  }

  addDirectory(name: string, type: UserDirectory['type'], mode: DirectoryMode, description = ''): UserDirectory {
    const directory: UserDirectory = { id: ++this.#lastId, name, type, mode, description, active: true }
    this.directories.push(directory)
    return directory
  }

  directory(name: string): UserDirectory | undefined {
    return this.directories.find((each) => each.name === name)
  }

  /** Everybody the product sees, by name: of equal names the one in the first directory. */
  get users(): User[] {
    return this.#users.items.filter((user) => this.isSeen(user))
  }

  /** Accounts of every directory, hidden ones as well. */
  get allUsers(): readonly User[] {
    return this.#users.items
  }

  get groups(): readonly Group[] {
    return this.#groups.items
  }

  /** By name in any letter case, in the first active directory that has it. */
  user(name: string): User | undefined {
    return this.usersNamed(name)[0]
  }

  /** All accounts of the name in active directories, in their order. */
  usersNamed(name: string): User[] {
    return (this.#usersByName.get(fold(name)) ?? [])
      .filter(({ directory }) => directory.active)
      .sort((a, b) => this.directories.indexOf(a.directory) - this.directories.indexOf(b.directory))
  }

  userByKey(key: string): User | undefined {
    return this.#usersByKey.get(key)
  }

  deletedUser(key: string): User | undefined {
    return this.#deleted.get(key)
  }

  deletedUserNamed(name: string): User | undefined {
    return [...this.#deleted.values()].find((user) => fold(user.name) === fold(name))
  }

  group(name: string): Group | undefined {
    return this.#groupsByName.get(fold(name))
  }

  isSeen(user: User): boolean {
    return this.user(user.name) === user
  }

  /** Throws when the directory has the name already. */
  createUser(facts: UserFacts): User {
    const { directory, name } = facts
    if (this.#usersByName.get(fold(name))?.some((each) => each.directory === directory)) {
      throw new Error(`${directory.name} has a user ${name} already`)
    }
    const id = ++this.#lastId
    const user: User = {
      id,
      key: `${this.#keyPrefix}${id}`,
      directory,
      name,
      displayName: facts.displayName,
      firstName: facts.firstName ?? '',
      lastName: facts.lastName ?? '',
      email: facts.email,
      active: facts.active ?? true,
      password: facts.password ?? `drawn-${id}`,
      createdAt: this.clock.now(),
      attributes: new Map(),
      groups: new Set(),
    }
    this.#enter(user)
    this.effects.count('usersCreated')
    return user
  }

  changeUser(user: User, change: UserChange): void {
    const changed = (Object.keys(change) as (keyof UserChange)[]).filter((field) => change[field] !== user[field])
    if (changed.length === 0) return
    Object.assign(user, change)
    this.effects.count('usersChanged')
  }

  renameUser(user: User, name: string): void {
    if (user.name === name) return
    this.#leave(user)
    user.name = name
    this.#enter(user)
    this.effects.count('usersRenamed')
  }

  setActive(user: User, active: boolean): void {
    if (user.active === active) return
    user.active = active
    this.effects.count(active ? 'usersActivated' : 'usersDeactivated')
  }

  setPassword(user: User, password: string): void {
    user.password = password
    this.effects.count('passwordsSet')
  }

  deleteUser(user: User): void {
    for (const group of [...user.groups]) this.removeMember(group, user)
    this.#leave(user)
    this.#deleted.set(user.key, user)
    this.effects.count('usersDeleted')
  }

  /** Throws when there is one of the name in any letter case. */
  createGroup(name: string, description = '', synced = false): Group {
    if (this.#groupsByName.has(fold(name))) throw new Error(`There is a group ${name} already`)
    const group: Group = {
      id: ++this.#lastId,
      name,
      description,
      active: true,
      synced,
      attributes: new Map(),
      members: new Set(),
      children: new Set(),
      parents: new Set(),
      grants: new Set(),
    }
    this.#groups.add(group)
    this.#groupsByName.set(fold(name), group)
    this.effects.count('groupsCreated')
    return group
  }

  deleteGroup(group: Group): void {
    for (const user of group.members) user.groups.delete(group)
    for (const child of group.children) child.parents.delete(group)
    for (const parent of group.parents) parent.children.delete(group)
    this.#groups.remove(group)
    this.#groupsByName.delete(fold(group.name))
    this.effects.count('groupsDeleted')
  }

  /** False = already a direct member. */
  addMember(group: Group, user: User): boolean {
    if (group.members.has(user)) return false
    group.members.add(user)
    user.groups.add(group)
    this.effects.count('membershipsAdded')
    return true
  }

  /** False = no direct member. */
  removeMember(group: Group, user: User): boolean {
    if (!group.members.delete(user)) return false
    user.groups.delete(group)
    this.effects.count('membershipsRemoved')
    return true
  }

  /** Puts one group into another; false = it was there. Throws when that made a circle. */
  nest(parent: Group, child: Group): boolean {
    if (parent.children.has(child)) return false
    if (withNested(child).has(parent)) throw new Error(`${child.name} holds ${parent.name}: that is a circle`)
    parent.children.add(child)
    child.parents.add(parent)
    this.effects.count('nestingsAdded')
    return true
  }

  /** False = it was not there. */
  unnest(parent: Group, child: Group): boolean {
    if (!parent.children.delete(child)) return false
    child.parents.delete(parent)
    this.effects.count('nestingsRemoved')
    return true
  }

  #enter(user: User): void {
    this.#users.add(user)
    this.#usersByKey.set(user.key, user)
    this.#usersByName.set(fold(user.name), [...(this.#usersByName.get(fold(user.name)) ?? []), user])
  }

  #leave(user: User): void {
    this.#users.remove(user)
    this.#usersByKey.delete(user.key)
    const rest = (this.#usersByName.get(fold(user.name)) ?? []).filter((each) => each !== user)
    if (rest.length === 0) this.#usersByName.delete(fold(user.name))
    else this.#usersByName.set(fold(user.name), rest)
  }
}

/** Profile, password and state of the user may be changed. */
export function isWritable({ directory }: User): boolean {
  return directory.mode === 'writable'
}

/** The user may be put into the group or taken out of it; a group of a directory server is changed there only. */
export function mayChangeMembership(user: User, group: Group): boolean {
  return user.directory.mode !== 'read-only' && !group.synced
}
