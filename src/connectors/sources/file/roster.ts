import { fail, type ProvisioningError } from '../../../domain/errors.ts'
import { foldKey, type MemberRef, type SourceGroup, type SourceUser } from '../../../domain/identity.ts'
import { counted } from '../../kit/counted.ts'
import { leafOf, normalDn } from '../../kit/dn.ts'
import { Breath } from './breath.ts'
import type { Faults } from './faults.ts'
import { Notices } from './notices.ts'
import type { FileRead, GroupRecord, PersonRecord, RawMember } from './records.ts'
import { quoted } from './wording.ts'

/** One way of writing a member; every membership that is written the same way shares it. */
interface Named {
  readonly text: string
  readonly kind: MemberRef['kind'] | undefined
  readonly where: string
  ref?: MemberRef
  unknown: boolean
}

interface GroupDraft extends Omit<GroupRecord, 'members'> {
  readonly ref: MemberRef
  readonly members: Named[]
  readonly tellsMembers: boolean
}

interface Found {
  readonly ref: MemberRef
  readonly where: string
}

/**
 * Collects people, groups and memberships in any order and joins them at the end, when all names are known. Members are
 * found by key, else by login, e-mail or distinguished name; groups by key, else by name or distinguished name.
 */
export class Roster {
  readonly faults: Faults
  readonly notices = new Notices()
  readonly understood: string[] = []
  /** Columns used as id although they are not made to last (login, e-mail, distinguished name). */
  readonly weakIds: string[] = []
  /** Groups were listed by themselves: one that is only named by a membership is then a mistake, not a group. */
  groupsListed = false
  /** Memberships were listed apart from people and groups, so that a group nobody is listed in is empty. */
  membershipsListed = false
  /** A group record without members has none, because others have some (LDIF: an empty attribute is not written). */
  absentMembersMeanNone = false
  /** Set when the document does not speak of groups. */
  groupsUntold: string | undefined
  readonly #users: SourceUser[] = []
  readonly #people = new Map<string, Found>()
  readonly #emails = new Map<string, string>()
  readonly #peopleByName = new Map<string, MemberRef | 'several'>()
  readonly #byDn = new Map<string, Found>()
  readonly #groups = new Map<string, GroupDraft>()
  readonly #groupsByName = new Map<string, MemberRef | 'several'>()
  readonly #named = new Map<string, Named>()
  /** Members listed under the name of a group, not in its record. */
  readonly #listed = new Map<string, { readonly where: string; readonly members: Named[] }>()
  #peopleWithGroups = 0
  #peopleWithoutGroups = 0

  constructor(faults: Faults) {
    this.faults = faults
  }

  get people(): number {
    return this.#users.length
  }

  get groups(): number {
    return this.#groups.size
  }

  /** `groups` are those of the person's own record; undefined = the record does not say. */
  addPerson(person: PersonRecord, groups: readonly string[] | undefined): void {
    const { key, where } = person
    const earlier = this.#people.get(key)
    if (earlier !== undefined) {
      this.faults.add(
        where,
        `the id ${quoted(key)} is also that of the person in ${earlier.where}`,
        'Which of the two is right cannot be known. Keep one of them, or choose another idColumn.',
      )
      return
    }
    const ref: MemberRef = { kind: 'user', key }
    this.#people.set(key, { ref, where })
    if (!this.#addDn(person.dn, { ref, where })) return
    for (const name of [person.login, person.email]) if (name !== undefined) remember(this.#peopleByName, name, ref)
    if (person.email !== undefined) this.#noteEmail(person.email, key, where)
    this.#users.push({ key, active: person.active, attributes: person.attributes })
    if (groups === undefined) this.#peopleWithoutGroups += 1
    else {
      this.#peopleWithGroups += 1
      for (const group of groups) this.addMembership(group, { text: key, kind: 'user' }, where)
    }
  }

  addGroup(group: GroupRecord): void {
    const { key, where } = group
    const earlier = this.#groups.get(key)
    if (earlier !== undefined) {
      this.faults.add(
        where,
        `the group id ${quoted(key)} is also that of the group in ${earlier.where}`,
        'Keep one of them. A file with one row per membership belongs under `memberships`.',
      )
      return
    }
    const ref: MemberRef = { kind: 'group', key }
    if (!this.#addDn(group.dn, { ref, where })) return
    const members = (group.members ?? []).map((member) => this.#nameOf(member, where))
    this.#groups.set(key, { ...group, ref, members, tellsMembers: group.members !== undefined })
    remember(this.#groupsByName, group.name, ref)
  }

  addMembership(group: string, member: RawMember, where: string): void {
    let list = this.#listed.get(group)
    if (list === undefined) {
      list = { where, members: [] }
      this.#listed.set(group, list)
    }
    list.members.push(this.#nameOf(member, where))
  }

  /** Joins everything. Throws `incomplete-read` with all faults found so far and here. */
  async finish(signal: AbortSignal): Promise<FileRead> {
    const breath = new Breath(signal)
    await this.#joinListed(breath)
    for (const named of this.#named.values()) {
      this.#resolve(named)
      if (breath.due()) await breath.take()
    }
    this.faults.throwIfAny()
    const groups: SourceGroup[] = []
    const incompleteMembers = new Map<string, ProvisioningError>()
    let memberships = 0
    let unknownMembers = 0
    for (const draft of this.#groups.values()) {
      const members = new Set<MemberRef>()
      for (const named of draft.members) {
        if (named.ref !== undefined && !members.has(named.ref)) {
          members.add(named.ref)
          if (named.unknown) unknownMembers += 1
        }
        if (breath.due()) await breath.take()
      }
      memberships += members.size
      const { key, name, description } = draft
      groups.push({ key, name, ...(description === undefined ? {} : { description }), members: [...members] })
      const cut = this.#whyIncomplete(draft)
      if (cut !== undefined) incompleteMembers.set(key, cut)
    }
    this.#noteUnknown(unknownMembers)
    return {
      users: this.#users,
      groups,
      memberships,
      unknownMembers,
      incompleteMembers,
      notices: this.notices.list(),
      understood: this.understood,
      weakIds: this.weakIds,
      ...(this.groupsUntold === undefined || groups.length > 0
        ? {}
        : {
            groupsUntold: fail.incompleteRead(this.groupsUntold, { hint: 'Write `"groups": []` if there are none.' }),
          }),
    }
  }

  #addDn(dn: string | undefined, found: Found): boolean {
    if (dn === undefined) return true
    const normal = normalDn(dn)
    const earlier = this.#byDn.get(normal)
    if (earlier !== undefined) {
      this.faults.add(
        found.where,
        `the record in ${earlier.where} has the same distinguished name`,
        'Keep one of them.',
      )
      return false
    }
    this.#byDn.set(normal, found)
    return true
  }

  #noteEmail(email: string, key: string, where: string): void {
    const folded = foldKey(email)
    const earlier = this.#emails.get(folded)
    if (earlier === undefined) this.#emails.set(folded, key)
    else this.notices.add(`${where}: the people ${quoted(earlier)} and ${quoted(key)} have the same e-mail address.`)
  }

  #nameOf(member: RawMember, where: string): Named {
    const id = `${member.kind ?? ''}:${member.text}`
    let named = this.#named.get(id)
    if (named === undefined) {
      named = { text: member.text, kind: member.kind, where, unknown: false }
      this.#named.set(id, named)
    }
    return named
  }

  async #joinListed(breath: Breath): Promise<void> {
    for (const [name, list] of this.#listed) {
      const draft = this.#groupCalled(name) ?? this.#groupFromName(name, list.where)
      if (draft === undefined) {
        const rows = list.members.length
        this.notices.add(
          `${list.where}: the group ${quoted(name)} is not in the list of groups; ${rows} of its memberships ${rows === 1 ? 'was' : 'were'} set aside.`,
        )
        continue
      }
      for (const member of list.members) {
        draft.members.push(member)
        if (breath.due()) await breath.take()
      }
    }
    this.#listed.clear()
  }

  #groupCalled(name: string): GroupDraft | undefined {
    const exact = this.#groups.get(name)
    if (exact !== undefined) return exact
    const byDn = name.includes('=') ? this.#byDn.get(normalDn(name))?.ref : undefined
    const ref = byDn ?? this.#groupsByName.get(foldKey(name))
    return ref === undefined || ref === 'several' || ref.kind !== 'group' ? undefined : this.#groups.get(ref.key)
  }

  #groupFromName(name: string, where: string): GroupDraft | undefined {
    if (this.groupsListed) return undefined
    const draft: GroupDraft = {
      key: name,
      name: leafOf(name) ?? name,
      where,
      ref: { kind: 'group', key: name },
      members: [],
      tellsMembers: false,
    }
    this.#groups.set(name, draft)
    return draft
  }

  #resolve(named: Named): void {
    const person = named.kind === 'group' ? undefined : this.#people.get(named.text)?.ref
    const group = named.kind === 'user' ? undefined : this.#groups.get(named.text)?.ref
    const found = this.#one(named, person, group) ?? this.#byOtherName(named)
    named.unknown = found === undefined
    named.ref = found ?? { kind: named.kind ?? 'user', key: named.text }
  }

  #byOtherName(named: Named): MemberRef | undefined {
    if (named.text.includes('=')) {
      const byDn = this.#byDn.get(normalDn(named.text))?.ref
      if (byDn !== undefined && (named.kind === undefined || named.kind === byDn.kind)) return byDn
    }
    const folded = foldKey(named.text)
    const person = named.kind === 'group' ? undefined : this.#peopleByName.get(folded)
    const group = named.kind === 'user' ? undefined : this.#groupsByName.get(folded)
    if (person === 'several' || group === 'several') {
      const what = person === 'several' ? 'people' : 'groups'
      this.notices.add(
        `${named.where}: the member ${quoted(named.text)} could be several ${what}; it counts as unknown.`,
      )
      return undefined
    }
    return this.#one(named, person, group)
  }

  #one(named: Named, person: MemberRef | undefined, group: MemberRef | undefined): MemberRef | undefined {
    if (person !== undefined && group !== undefined) {
      this.faults.add(
        named.where,
        `the member ${quoted(named.text)} is the name of a person and of a group`,
        'Say which in the column or key `kind` (user or group), or name the person by login or e-mail.',
      )
    }
    return person ?? group
  }

  #noteUnknown(unknownMembers: number): void {
    if (unknownMembers === 0) return
    const unknown = [...this.#named.values()].filter((named) => named.unknown)
    const shown = unknown.slice(0, 20).map((named) => `${quoted(named.text)} (${named.where})`)
    const more = unknown.length > shown.length ? ` and ${unknown.length - shown.length} more` : ''
    this.notices.add(
      `${counted(unknownMembers, 'membership')} ${unknownMembers === 1 ? 'names' : 'name'} somebody who is not in the file: ${shown.join(', ')}${more}. Nothing was left out because of it.`,
    )
  }

  #whyIncomplete(draft: GroupDraft): ProvisioningError | undefined {
    if (draft.cut !== undefined) {
      return fail.incompleteRead(`${draft.where}: the members of the group ${quoted(draft.name)} are cut: ${draft.cut}`)
    }
    if (draft.tellsMembers || this.membershipsListed || this.absentMembersMeanNone) return undefined
    if (this.#peopleWithGroups > 0 && this.#peopleWithoutGroups === 0) return undefined
    const why =
      this.#peopleWithGroups > 0
        ? `the record of ${counted(this.#peopleWithoutGroups, 'person', 'people')} says nothing about groups`
        : 'nothing in the file says who they are'
    return fail.incompleteRead(`${draft.where}: the members of the group ${quoted(draft.name)} are unknown: ${why}.`, {
      hint: 'Deliver `members` with every group (empty where nobody is in it), or a list of memberships.',
    })
  }
}

function remember(names: Map<string, MemberRef | 'several'>, name: string, ref: MemberRef): void {
  const folded = foldKey(name)
  const known = names.get(folded)
  names.set(folded, known === undefined || known === ref ? ref : 'several')
}
