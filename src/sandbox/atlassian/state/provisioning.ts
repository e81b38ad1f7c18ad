import type { Account, Directory, Group } from '../model.ts'
import { fold } from '../model.ts'

/** A user as the identity provider put it into the directory; what is shown is what was sent. */
export interface ProvisionedUser {
  readonly id: string
  readonly account: Account
  /** Everything the provider sent, without id, schemas, meta and groups. */
  attributes: Readonly<Record<string, unknown>>
  userName: string
  active: boolean
  /** DELETE: not available any more until activated again. */
  isDeleted: boolean
  readonly createdAt: number
  modifiedAt: number
}

export interface ProvisionedGroup {
  readonly id: string
  readonly displayName: string
  externalId: string | undefined
  readonly members: Set<ProvisionedUser>
  /** The group of the organization; undefined = one of that name was there, and this one never reaches the sites. */
  readonly group: Group | undefined
  readonly createdAt: number
  modifiedAt: number
}

/** A directory of Atlassian Guard that an identity provider fills, in front of a directory of the organization. */
export class ProvisioningDirectory {
  readonly id: string
  readonly apiKey: string
  readonly directory: Directory
  readonly #users = new Map<string, ProvisionedUser>()
  readonly #groups = new Map<string, ProvisionedGroup>()

  constructor(id: string, apiKey: string, directory: Directory) {
    this.id = id
    this.apiKey = apiKey
    this.directory = directory
  }

  /** Without those that were deleted, in the order they were made. */
  get users(): readonly ProvisionedUser[] {
    return [...this.#users.values()].filter(({ isDeleted }) => !isDeleted)
  }

  get groups(): readonly ProvisionedGroup[] {
    return [...this.#groups.values()]
  }

  user(id: string): ProvisionedUser | undefined {
    return this.#users.get(id)
  }

  group(id: string): ProvisionedGroup | undefined {
    return this.#groups.get(id)
  }

  /** Also a deleted one. */
  userOf(account: Account): ProvisionedUser | undefined {
    return [...this.#users.values()].find((user) => user.account === account)
  }

  userNamed(userName: string): ProvisionedUser | undefined {
    return this.users.find((user) => fold(user.userName) === fold(userName))
  }

  groupNamed(displayName: string): ProvisionedGroup | undefined {
    return this.groups.find((group) => fold(group.displayName) === fold(displayName))
  }

  groupsOf(user: ProvisionedUser): readonly ProvisionedGroup[] {
    return this.groups.filter(({ members }) => members.has(user))
  }

  addUser(user: ProvisionedUser): void {
    this.#users.set(user.id, user)
  }

  addGroup(group: ProvisionedGroup): void {
    this.#groups.set(group.id, group)
  }

  removeGroup(group: ProvisionedGroup): void {
    this.#groups.delete(group.id)
  }
}
