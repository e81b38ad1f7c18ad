import { asProvisioningError, type Problem } from '../../../domain/errors.ts'
import type { MemberRef, SourceUser } from '../../../domain/identity.ts'
import type { SourceTrial } from '../../../domain/source-record.ts'
import { counted } from '../../kit/counted.ts'
import { groupsOfPerson, inventsGroups, membersOfGroup } from './membership-index.ts'
import { path, textOf, valueAt, valuesAt } from './path.ts'
import type { Memberships, Recipe } from './recipe.ts'
import { pathsIn } from './sample.ts'
import type { RestServer } from './server.ts'
import { asGroup, asMember, asUser, idAt, isActive } from './translate.ts'

const shownPeople = 5
/** So many groups are asked for their members until one has any. */
const groupsAsked = 5
const mostMembers = 50
const shownStatuses = 8

/** What the settings make of the first answers. Throws only where people are not answered at all. */
export async function trialOf(server: RestServer, signal: AbortSignal): Promise<SourceTrial> {
  const trial = new Trial(server, signal)
  return trial.run()
}

/** One try. Single pages are asked for, so that a large directory answers as fast as a small one. */
class Trial {
  readonly #server: RestServer
  readonly #recipe: Recipe
  readonly #signal: AbortSignal
  readonly #problems: Problem[] = []
  readonly #notes: string[] = []

  constructor(server: RestServer, signal: AbortSignal) {
    this.#server = server
    this.#recipe = server.recipe
    this.#signal = signal
  }

  async run(): Promise<SourceTrial> {
    const values = await this.#people()
    const people = this.#mapped(values)
    const group = values.length === 0 ? undefined : await this.#trying('memberships', () => this.#group(values))
    const answer = this.#server.firstAnswer
    return {
      ...(answer === undefined ? {} : { answer }),
      people,
      ...(group === undefined ? {} : { group }),
      notes: this.#notes,
      problems: this.#problems,
    }
  }

  async #people(): Promise<readonly unknown[]> {
    try {
      const { values, next } = await this.#server.firstPage('Listing people', this.#recipe.users, this.#signal)
      this.#notes.push(`The first page has ${counted(values.length, 'person', 'people')}.`)
      if (next !== undefined) this.#notes.push(next)
      return values
    } catch (thrown) {
      // Where something was answered, it shows what is wrong with the settings.
      if (this.#server.firstAnswer === undefined) throw thrown
      this.#found('users', thrown)
      return []
    }
  }

  #mapped(values: readonly unknown[]): readonly SourceUser[] {
    const { map } = this.#recipe.users
    const { active, attributes, ...named } = map
    for (const [name, at] of Object.entries(named)) {
      if (at !== undefined) this.#expectSome(`users.map.${name}`, at, values)
    }
    if (attributes !== '*') {
      for (const [name, at] of Object.entries(attributes)) {
        this.#expectSome(`users.map.attributes.${name}`, at, values)
      }
    }
    if (active !== undefined) this.#statuses(values)
    // Said once already, and nobody is anybody without an id.
    if (this.#problems.some(({ where }) => where === 'users.map.id')) return []
    return values.slice(0, shownPeople).flatMap((value, position) => {
      try {
        return asUser(value, map, position)
      } catch (thrown) {
        this.#found('users.map.id', thrown)
        return []
      }
    })
  }

  /** A path that leads nowhere in any entry is a mistake, or an attribute nobody has. */
  #expectSome(where: string, at: string, values: readonly unknown[]): void {
    if (values.length === 0) return
    const filled = values.filter((value) => valuesAt(value, path(at)).some((each) => each !== null && each !== ''))
    if (filled.length > 0) return
    this.#problems.push({
      where,
      message: `${at} leads nowhere in ${values.length === 1 ? 'the only entry' : `any of the first ${values.length} entries`}.`,
      hint: `An entry has ${pathsIn(values[0]).join(', ')}.`,
    })
  }

  #statuses(values: readonly unknown[]): void {
    const { active: rule } = this.#recipe.users.map
    if (rule === undefined || values.length === 0) return
    this.#expectSome('users.map.active.path', rule.path, values)
    const told = [...new Set(values.flatMap((value) => textOf(valueAt(value, path(rule.path))) ?? []))]
    if (told.length === 0) return
    this.#notes.push(`At ${rule.path} stands ${told.slice(0, shownStatuses).join(', ')}.`)
    if (values.some((value) => isActive(value, rule))) return
    this.#problems.push({
      where: 'users.map.active',
      message: `Nobody of the first ${values.length} counts as active: at ${rule.path} stands ${told.slice(0, shownStatuses).join(', ')}.`,
      hint: 'Correct trueWhen or falseWhen; whoever is inactive is treated as a leaver.',
    })
  }

  async #group(people: readonly unknown[]): Promise<SourceTrial['group']> {
    const { groups, memberships, users } = this.#recipe
    if (inventsGroups(this.#recipe) && memberships?.type === 'fromUser') {
      const named = people.map((value, at) => ({
        key: idAt(value, users.map.id, 'people', at),
        groups: groupsOfPerson(value, String(at + 1), memberships),
      }))
      const name = named.flatMap((each) => each.groups)[0]
      if (name === undefined) return undefined
      this.#notes.push(`Members of ${name} among the people of the first page.`)
      return {
        key: name,
        name,
        members: named
          .filter((each) => each.groups.includes(name))
          .map(asPerson)
          .slice(0, mostMembers),
      }
    }
    if (groups === undefined) return undefined
    const { values, next } = await this.#server.firstPage('Listing groups', groups, this.#signal)
    this.#notes.push(`The first page has ${counted(values.length, 'group')}.${next === undefined ? '' : ` ${next}`}`)
    this.#expectSome('groups.map.id', groups.map.id, values)
    this.#expectSome('groups.map.name', groups.map.name, values)
    if (groups.map.description !== undefined) {
      this.#expectSome('groups.map.description', groups.map.description, values)
    }
    for (const [at, value] of values.slice(0, groupsAsked).entries()) {
      const group = asGroup(value, groups, at)
      const members = await this.#membersOf(group, value, people)
      const isLast = at === Math.min(values.length, groupsAsked) - 1
      if (members.length === 0 && !isLast) continue
      return { key: group.key, name: group.name, members: members.slice(0, mostMembers) }
    }
    return undefined
  }

  /** Members as far as one page tells them. */
  async #membersOf(
    { key, name }: { readonly key: string; readonly name: string },
    value: unknown,
    people: readonly unknown[],
  ): Promise<readonly MemberRef[]> {
    const { memberships: rule, users } = this.#recipe
    if (rule === undefined) return []
    switch (rule.type) {
      case 'fromGroup':
        return membersOfGroup(value, key, rule)
      case 'perGroup': {
        const page = await this.#server.firstPage('Listing the members of a group', rule, this.#signal, key)
        return page.values.map((each, at) => asMember(each, rule, at))
      }
      case 'list': {
        const page = await this.#server.firstPage('Listing memberships', rule, this.#signal)
        const own = page.values.filter((each, at) => idAt(each, rule.groupIdPath, 'memberships', at) === key)
        return own.map((each, at) => asPerson({ key: idAt(each, rule.userIdPath, 'memberships', at) }))
      }
      default: {
        const wanted = rule.type === 'fromUser' && rule.refersTo === 'name' ? name : key
        const members: MemberRef[] = []
        for (const [at, person] of people.slice(0, shownPeople).entries()) {
          const id = idAt(person, users.map.id, 'people', at)
          const groups = await this.#groupsOf(person, id, rule)
          if (groups.includes(wanted)) members.push(asPerson({ key: id }))
        }
        return members
      }
    }
  }

  async #groupsOf(
    person: unknown,
    id: string,
    rule: Extract<Memberships, { readonly type: 'fromUser' | 'perUser' }>,
  ): Promise<readonly string[]> {
    if (rule.type === 'fromUser') return groupsOfPerson(person, id, rule)
    const page = await this.#server.firstPage('Listing the groups of a person', rule, this.#signal, id)
    return page.values.map((each, at) => idAt(each, rule.idPath, `the groups of ${id}`, at))
  }

  async #trying<Result>(where: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work()
    } catch (thrown) {
      this.#found(where, thrown)
      return undefined
    }
  }

  #found(where: string, thrown: unknown): void {
    const { code, message, hint } = asProvisioningError(thrown)
    if (code === 'bug' || code === 'cancelled') throw thrown
    this.#problems.push({ where, message, ...(hint === undefined ? {} : { hint }) })
  }
}

function asPerson({ key }: { readonly key: string }): MemberRef {
  return { kind: 'user', key }
}
