import { SortedList } from '../../server/sorted-list.ts'
import { type Account, fold, type Group } from '../model.ts'
import type { EffectCounts } from './effects.ts'
import type { IdMaker } from './ids.ts'
import type { Organizations } from './organizations.ts'
import type { Seats } from './seats.ts'
import type { Visibility } from './visibility.ts'

export interface NewGroup {
  readonly name: string
  readonly description?: string
  readonly directoryId: string
  readonly groupId?: string
}

/** Groups and who is in them. A name is unique in its directory, whatever its letter case. */
export class Groups {
  readonly #list = new SortedList<Group>(orderOf)
  readonly #byId = new Map<string, Group>()
  /** Folded name -> groups of that name, one for each directory that has it. */
  readonly #byName = new Map<string, Group[]>()
  readonly #makeId: IdMaker
  readonly #organizations: Organizations
  readonly #seats: Seats
  readonly #visibility: Visibility
  readonly #effects: EffectCounts
  #made = 0

  constructor(parts: {
    makeId: IdMaker
    organizations: Organizations
    seats: Seats
    visibility: Visibility
    effects: EffectCounts
  }) {
    this.#makeId = parts.makeId
    this.#organizations = parts.organizations
    this.#seats = parts.seats
    this.#visibility = parts.visibility
    this.#effects = parts.effects
  }

  /** All, in order of names; for reading only. */
  get items(): readonly Group[] {
    return this.#list.items
  }

  /** Index of the first group that comes after a position of `orderOf`. */
  firstAfter(position: string): number {
    return this.#list.firstAtLeast(`${position}\u0000`)
  }

  get(groupId: string): Group | undefined {
    return this.#byId.get(groupId)
  }

  /** The group of that name in one directory, or in the first directory that has one. */
  byName(name: string, directoryId?: string): Group | undefined {
    return this.allByName(name).find((group) => directoryId === undefined || group.directoryId === directoryId)
  }

  allByName(name: string): readonly Group[] {
    return this.#byName.get(fold(name)) ?? []
  }

  create(facts: NewGroup): Group {
    if (this.byName(facts.name, facts.directoryId) !== undefined) throw new Error(`The group ${facts.name} exists`)
    const group: Group = {
      groupId: facts.groupId ?? this.#makeId(`group ${++this.#made} ${facts.name}`),
      name: facts.name,
      description: facts.description ?? '',
      directoryId: facts.directoryId,
      synced: false,
      managedBy: 'admins',
      members: new SortedList((account) => account.accountId),
      roles: new Map(),
      isDefault: false,
      visibleAt: this.#visibility.visibleAt('groups'),
    }
    this.#byId.set(group.groupId, group)
    this.#enter(group)
    this.#effects.count('groupsCreated')
    return group
  }

  /** Atlassian's own screens can rename a group (a beta); no API can. */
  rename(group: Group, name: string): void {
    this.#leave(group)
    group.name = name
    this.#enter(group)
  }

  delete(group: Group): void {
    for (const account of [...group.members.items]) this.removeMember(group, account)
    for (const site of this.#organizations.sites) {
      for (const product of site.products) product.defaultGroups.delete(group)
    }
    this.#leave(group)
    this.#byId.delete(group.groupId)
    this.#visibility.forgetGroup(group)
    this.#effects.count('groupsDeleted')
  }

  /** False = was a member already. */
  addMember(group: Group, account: Account): boolean {
    if (account.groups.has(group)) return false
    this.#visibility.membershipChanges(account, group, false)
    this.#keepingSeats(group, account, () => {
      account.groups.add(group)
      group.members.add(account)
    })
    this.#effects.count('membershipsAdded')
    return true
  }

  /** Fills a group at once, not counted as effects and visible from the start. */
  loadMembers(group: Group, accounts: readonly Account[]): void {
    const fresh = accounts.filter((account) => !account.groups.has(group))
    for (const account of fresh) this.#keepingSeats(group, account, () => account.groups.add(group))
    group.members.addAll(fresh)
  }

  /** False = was not a member. */
  removeMember(group: Group, account: Account): boolean {
    if (!account.groups.has(group)) return false
    this.#visibility.membershipChanges(account, group, true)
    this.#keepingSeats(group, account, () => {
      account.groups.delete(group)
      group.members.remove(account)
    })
    this.#effects.count('membershipsRemoved')
    return true
  }

  /** Most groups give no role: their seats need no counting. */
  #keepingSeats(group: Group, account: Account, change: () => void): void {
    if (group.roles.size === 0) change()
    else this.#seats.keeping(account, change)
  }

  #enter(group: Group): void {
    this.#list.add(group)
    const name = fold(group.name)
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), group])
  }

  #leave(group: Group): void {
    this.#list.remove(group)
    const name = fold(group.name)
    const rest = (this.#byName.get(name) ?? []).filter((each) => each !== group)
    if (rest.length === 0) this.#byName.delete(name)
    else this.#byName.set(name, rest)
  }
}

/** Where a group stands in lists: by name, equal names of several directories by id. */
export function orderOf(group: Group): string {
  return `${fold(group.name)}\n${group.groupId}`
}
