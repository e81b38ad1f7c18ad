import type { CompanyDirectory, CompanyGroup, CompanyPerson } from '../company/directory.ts'
import { Directory } from './directory.ts'
import { escapeDnValue } from './dn.ts'
import type { AttributeChange } from './entry.ts'
import type { Flavour } from './flavours/flavour.ts'

/** What happens in a company, in words that hold for every product. People go by login, groups by name. */
export type LdapEdit =
  | { readonly action: 'add-person'; readonly person: CompanyPerson }
  | { readonly action: 'remove-person' | 'disable-person' | 'enable-person'; readonly login: string }
  /** Attributes as the product names them; an empty list takes one away. */
  | {
      readonly action: 'change-person'
      readonly login: string
      readonly attributes: Readonly<Record<string, string | readonly string[]>>
    }
  | { readonly action: 'add-group'; readonly group: string; readonly description?: string }
  | { readonly action: 'remove-group'; readonly group: string }
  | { readonly action: 'rename-group'; readonly group: string; readonly name: string }
  /** A person by `login`, or a group inside the group by `inner`. */
  | {
      readonly action: 'add-member' | 'remove-member'
      readonly group: string
      readonly login?: string
      readonly inner?: string
    }

/** A company in a directory: fills it, and lets things happen to people and groups. */
export class LdapCompany {
  readonly directory: Directory
  readonly #flavour: Flavour
  /** Login -> DN, group name -> DN; kept up by the edits. */
  readonly #people = new Map<string, string>()
  readonly #groups = new Map<string, string>()
  readonly #dnById = new Map<string, string>()
  #lastGroup = 0

  constructor(flavour: Flavour, company: CompanyDirectory, now: () => number) {
    this.#flavour = flavour
    this.directory = new Directory(flavour.keeping, now)
    for (const seed of flavour.foundation) this.directory.add(seed)
    const loginById = new Map(company.people.map(({ id, login }) => [id, login]))
    for (const person of company.people) this.#dnById.set(person.id, flavour.personDn(person))
    for (const group of company.groups) this.#dnById.set(group.id, flavour.groupDn(group))
    const dnOf = (id: string) => this.#dnById.get(id) ?? ''
    for (const person of company.people) this.#addPerson(person)
    for (const group of company.groups) {
      const entry = this.directory.add(flavour.group(group, dnOf, (id) => loginById.get(id)))
      this.#groups.set(group.name, entry.dn.text)
      this.#lastGroup = Math.max(this.#lastGroup, Number(group.id.slice(2)) || 0)
    }
  }

  /** Carries out one edit; throws when what it names is not there. */
  edit(edit: LdapEdit): void {
    const { directory } = this
    switch (edit.action) {
      case 'add-person':
        return this.#addPerson(edit.person)
      case 'remove-person':
        directory.remove(this.dnOfPerson(edit.login))
        this.#people.delete(edit.login)
        return
      case 'disable-person':
      case 'enable-person':
        return directory.modify(this.dnOfPerson(edit.login), this.#flavour.activity(edit.action === 'enable-person'))
      case 'change-person': {
        const changes = Object.entries(edit.attributes).map(
          ([attribute, given]): AttributeChange => ({
            op: 'replace',
            attribute,
            values: typeof given === 'string' ? [given] : given,
          }),
        )
        return directory.modify(this.dnOfPerson(edit.login), changes)
      }
      case 'add-group': {
        const id = `g-${String(++this.#lastGroup).padStart(5, '0')}`
        const group: CompanyGroup = { id, name: edit.group, description: edit.description ?? '', members: [] }
        const entry = directory.add(
          this.#flavour.group(
            group,
            () => '',
            () => undefined,
          ),
        )
        this.#groups.set(edit.group, entry.dn.text)
        return
      }
      case 'remove-group':
        directory.remove(this.dnOfGroup(edit.group))
        this.#groups.delete(edit.group)
        return
      case 'rename-group':
        return this.#renameGroup(edit.group, edit.name)
      case 'add-member':
      case 'remove-member': {
        const op = edit.action === 'add-member' ? 'add' : 'delete'
        const change = { op, attribute: this.#flavour.memberAttribute, values: [this.#memberValue(edit)] } as const
        return directory.modify(this.dnOfGroup(edit.group), [change])
      }
      default:
        throw new Error(`There is no edit ${(edit as { action: unknown }).action}`)
    }
  }

  dnOfPerson(login: string): string {
    const dn = this.#people.get(login)
    if (dn === undefined) throw new Error(`There is no person ${login}`)
    return dn
  }

  dnOfGroup(name: string): string {
    const dn = this.#groups.get(name)
    if (dn === undefined) throw new Error(`There is no group ${name}`)
    return dn
  }

  #addPerson(person: CompanyPerson): void {
    const entry = this.directory.add(this.#flavour.person(person, (id) => this.#dnById.get(id) ?? ''))
    this.#people.set(person.login, entry.dn.text)
    this.#dnById.set(person.id, entry.dn.text)
  }

  #renameGroup(name: string, to: string): void {
    const dn = this.dnOfGroup(name)
    const [, parent = ''] = /(?<!\\),(.*)$/.exec(dn) ?? []
    const type = dn.slice(0, dn.indexOf('='))
    const newDn = `${type}=${escapeDnValue(to)},${parent}`
    this.directory.rename(dn, newDn)
    const also = this.#flavour.groupNameAttributes
    if (also.length > 0) {
      this.directory.modify(
        newDn,
        also.map((attribute) => ({ op: 'replace', attribute, values: [to] })),
      )
    }
    this.#groups.delete(name)
    this.#groups.set(to, newDn)
  }

  #memberValue(edit: Extract<LdapEdit, { readonly action: 'add-member' | 'remove-member' }>): string {
    if (edit.inner !== undefined) return this.dnOfGroup(edit.inner)
    if (edit.login === undefined) throw new Error('A member is a person (login) or a group (inner)')
    return this.#flavour.memberAttribute === 'memberUid' ? edit.login : this.dnOfPerson(edit.login)
  }
}
