import { fail } from '../../src/domain/errors.ts'
import { foldKey, type MemberRef } from '../../src/domain/identity.ts'
import {
  type LocalGroup,
  type LocalGroupsBy,
  type LocalList,
  type LocalPeopleBy,
  type LocalPerson,
  mailKey,
} from '../../src/domain/local.ts'
import type { LocalDirectory, LocalMember } from '../../src/ports/local-directory.ts'
import type { PageRequest, Slice } from '../../src/ports/paging.ts'

/** A built-in directory in memory that keeps the contract of the port: pages in key order, an opaque cursor. One source. */
export class MemoryDirectory implements LocalDirectory {
  readonly peopleByKey = new Map<string, LocalPerson>()
  readonly groupsByKey = new Map<string, LocalGroup>()
  readonly membersByGroup = new Map<string, MemberRef[]>()
  readonly asked: string[] = []
  writes = 0

  async people(source: string, page: PageRequest): Promise<Slice<LocalPerson>> {
    return this.#slice(source, [...this.peopleByKey.values()], page)
  }

  async person(_source: string, key: string): Promise<LocalPerson | undefined> {
    return this.peopleByKey.get(key)
  }

  async findPeople(_source: string, by: LocalPeopleBy): Promise<readonly LocalPerson[]> {
    const isWanted = (person: LocalPerson) => {
      if ('keys' in by) return by.keys.includes(person.key)
      if ('userNames' in by) return by.userNames.map(foldKey).includes(foldKey(person.userName))
      return by.mails.map(foldKey).includes(mailKey(person) ?? '\0')
    }
    return [...this.peopleByKey.values()].filter(isWanted)
  }

  async savePerson(_source: string, person: LocalPerson): Promise<void> {
    this.#save(person)
  }

  async changePerson(
    _source: string,
    key: string,
    change: (now: LocalPerson) => LocalPerson | undefined,
  ): Promise<'changed' | 'same' | 'absent'> {
    const now = this.peopleByKey.get(key)
    if (now === undefined) return 'absent'
    const next = change(now)
    if (next === undefined) return 'same'
    this.#save({ ...next, key })
    return 'changed'
  }

  async removePerson(_source: string, key: string): Promise<boolean> {
    this.writes += 1
    this.#leaveAll({ kind: 'user', key })
    return this.peopleByKey.delete(key)
  }

  async groups(source: string, page: PageRequest): Promise<Slice<LocalGroup>> {
    return this.#slice(source, [...this.groupsByKey.values()], page)
  }

  async findGroups(_source: string, by: LocalGroupsBy): Promise<readonly LocalGroup[]> {
    const isWanted = ({ key, name }: LocalGroup) =>
      'keys' in by ? by.keys.includes(key) : by.names.map(foldKey).includes(foldKey(name))
    return [...this.groupsByKey.values()].filter(isWanted)
  }

  async groupsOf(_source: string, people: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = people.map((person): [string, string[]] => [
      person,
      [...this.membersByGroup].flatMap(([group, members]) =>
        members.some(({ kind, key }) => kind === 'user' && key === person) ? [group] : [],
      ),
    ])
    return new Map(found.filter(([, groups]) => groups.length > 0))
  }

  async saveGroup(_source: string, group: LocalGroup): Promise<void> {
    this.writes += 1
    this.groupsByKey.set(group.key, group)
  }

  async removeGroup(_source: string, key: string): Promise<boolean> {
    this.writes += 1
    this.#leaveAll({ kind: 'group', key })
    this.membersByGroup.delete(key)
    return this.groupsByKey.delete(key)
  }

  async members(source: string, groupKey: string, page: PageRequest): Promise<Slice<LocalMember>> {
    const members = this.membersByGroup.get(groupKey) ?? []
    const nameOf = ({ kind, key }: MemberRef) =>
      (kind === 'user' ? this.peopleByKey.get(key)?.userName : this.groupsByKey.get(key)?.name) ?? key
    return this.#slice(
      source,
      members.map((member) => ({ ...member, name: nameOf(member) })),
      page,
    )
  }

  async addMember(_source: string, groupKey: string, member: MemberRef): Promise<boolean> {
    if (!this.groupsByKey.has(groupKey)) throw fail.configInvalid(`There is no group ${groupKey}.`)
    const ends = member.kind === 'user' ? this.peopleByKey : this.groupsByKey
    if (!ends.has(member.key)) throw fail.configInvalid(`There is no member ${member.key}.`)
    const members = this.membersByGroup.get(groupKey) ?? []
    if (members.some(({ kind, key }) => kind === member.kind && key === member.key)) return false
    this.writes += 1
    this.membersByGroup.set(groupKey, [...members, member])
    return true
  }

  async removeMember(_source: string, groupKey: string, member: MemberRef): Promise<boolean> {
    this.writes += 1
    const members = this.membersByGroup.get(groupKey) ?? []
    const kept = members.filter(({ kind, key }) => kind !== member.kind || key !== member.key)
    this.membersByGroup.set(groupKey, kept)
    return kept.length < members.length
  }

  async count(_source: string, list: LocalList): Promise<number> {
    if (list === 'people') return this.peopleByKey.size
    if (list === 'groups') return this.groupsByKey.size
    return this.membersByGroup.get(list.membersOf)?.length ?? 0
  }

  async changes(): Promise<string> {
    return String(this.writes)
  }

  #save(person: LocalPerson): void {
    const name = foldKey(person.userName)
    const others = [...this.peopleByKey.values()].filter(({ key }) => key !== person.key)
    if (others.some(({ userName }) => foldKey(userName) === name)) {
      throw fail.configInvalid(`The username ${person.userName} belongs to another person.`)
    }
    this.writes += 1
    const { protected: isProtected, kept, origin } = this.peopleByKey.get(person.key) ?? {}
    const before = {
      ...(isProtected === undefined ? {} : { protected: isProtected }),
      ...(kept === undefined ? {} : { kept }),
      ...(origin === undefined ? {} : { origin }),
    }
    this.peopleByKey.set(person.key, { ...before, ...person })
  }

  #leaveAll(member: MemberRef): void {
    for (const [group, members] of this.membersByGroup) {
      const kept = members.filter(({ kind, key }) => kind !== member.kind || key !== member.key)
      this.membersByGroup.set(group, kept)
    }
  }

  #slice<Item extends { readonly key: string }>(source: string, items: Item[], page: PageRequest): Slice<Item> {
    this.asked.push(source)
    const rest = items.toSorted((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > (page.cursor ?? ''))
    const taken = rest.slice(0, page.limit)
    const last = taken.at(-1)
    return rest.length > taken.length && last !== undefined ? { items: taken, next: last.key } : { items: taken }
  }
}
