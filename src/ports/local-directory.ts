import type { MemberRef } from '../domain/identity.ts'
import type { LocalGroup, LocalGroupsBy, LocalList, LocalPeopleBy, LocalPerson } from '../domain/local.ts'
import type { PageRequest, Slice } from './paging.ts'

/** A member with what people call it: the username of a person, the name of a group. */
export interface LocalMember extends MemberRef {
  readonly name: string
}

/** People and groups kept by Muster itself, one directory per source key. Throws `config-invalid` for bad input. */
export interface LocalDirectory {
  /** By key; `text` is part of a username, an address or a display name. */
  people(source: string, page: PageRequest, text?: string): Promise<Slice<LocalPerson>>
  person(source: string, key: string): Promise<LocalPerson | undefined>
  findPeople(source: string, by: LocalPeopleBy): Promise<readonly LocalPerson[]>
  /** Creates or replaces; the key stays, and so does what is absent of `protected`, `kept` and `origin`. */
  savePerson(source: string, person: LocalPerson): Promise<void>
  /**
   * Changes a person with nobody in between; `change` gives the person as it is to be, or undefined for "as it is", and
   * what it throws leaves everything as it was.
   */
  changePerson(
    source: string,
    key: string,
    change: (now: LocalPerson) => LocalPerson | undefined,
  ): Promise<'changed' | 'same' | 'absent'>
  removePerson(source: string, key: string): Promise<boolean>
  /** By key; `text` is part of a name. */
  groups(source: string, page: PageRequest, text?: string): Promise<Slice<LocalGroup>>
  findGroups(source: string, by: LocalGroupsBy): Promise<readonly LocalGroup[]>
  /** Keys of the groups each of these people is a direct member of; whoever is in none may be absent. */
  groupsOf(source: string, people: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /** Creates or replaces; key and members stay, and so does `protected` where it is absent. */
  saveGroup(source: string, group: LocalGroup): Promise<void>
  removeGroup(source: string, key: string): Promise<boolean>
  /** Direct members, groups first, then by key. */
  members(source: string, groupKey: string, page: PageRequest): Promise<Slice<LocalMember>>
  /** False = already so. */
  addMember(source: string, groupKey: string, member: MemberRef): Promise<boolean>
  removeMember(source: string, groupKey: string, member: MemberRef): Promise<boolean>
  count(source: string, list: LocalList): Promise<number>
  /** Another value after every change of the directory: what was read in pages is of one moment when it is the same before and after. */
  changes(source: string): Promise<string>
}
