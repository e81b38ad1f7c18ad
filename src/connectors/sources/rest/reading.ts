import { fail } from '../../../domain/errors.ts'
import { foldKey, type MemberRef, type SourceGroup, type SourceUser } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { DirectoryReading, LookedUp } from '../../kit/directory/reading.ts'
import { inPages } from '../../kit/pages.ts'
import { provenPages, type Sweep } from '../../kit/paging.ts'
import {
  groupsOfPerson,
  indexFromList,
  indexFromPeople,
  inventsGroups,
  MembershipIndex,
  membersOfGroup,
} from './membership-index.ts'
import type { Entry } from './pages.ts'
import { path, valueAt } from './path.ts'
import type { Recipe } from './recipe.ts'
import type { RestServer } from './server.ts'
import { asGroup, asMember, asUser, idAt } from './translate.ts'

const idOf = ({ id }: Entry) => id

/** Reads an API as its settings describe it; one instance serves one read. */
export class RestReading implements DirectoryReading {
  readonly #server: RestServer
  readonly #recipe: Recipe
  readonly #atOnce: number
  /** Once all people were read; what they say of their groups counts only then. */
  #people: { readonly keys: readonly string[]; readonly index: MembershipIndex } | undefined
  #index: Promise<MembershipIndex> | undefined
  #isStatusSilent = false
  /** Groups as they came, until their members are asked for. */
  readonly #told = new Map<string, unknown>()
  readonly #keysByName = new Map<string, string[]>()

  constructor(server: RestServer, atOnce: number) {
    this.#server = server
    this.#recipe = server.recipe
    this.#atOnce = atOnce
  }

  async signIn(signal: AbortSignal): Promise<string> {
    await this.#server.knock(this.#recipe.users, signal)
    return `${this.#server.host} answers, signed in with ${this.#recipe.auth.type}.`
  }

  async *people(signal: AbortSignal): AsyncGenerator<Page<SourceUser>> {
    const { users, memberships } = this.#recipe
    const keys: string[] = []
    const index = new MembershipIndex()
    const status = users.map.active?.trueWhen === undefined ? undefined : path(users.map.active.path)
    let withStatus = 0
    for await (const { items } of this.#listed('people', users, signal)) {
      for (const { id, value } of items) {
        keys.push(id)
        if (status !== undefined && valueAt(value, status) !== undefined) withStatus += 1
        if (memberships?.type !== 'fromUser') continue
        for (const group of groupsOfPerson(value, id, memberships)) index.add(group, { kind: 'user', key: id })
      }
      yield { items: items.map(({ value }) => asUser(value, users.map)) }
    }
    this.#isStatusSilent = status !== undefined && keys.length > 0 && withStatus === 0
    this.#people = { keys, index }
  }

  notices(): readonly string[] {
    const { active } = this.#recipe.users.map
    if (!this.#isStatusSilent || active === undefined) return []
    return [`Nobody has anything at ${active.path}, where it should stand who is active: everybody counts as active.`]
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<SourceGroup>> {
    const { groups } = this.#recipe
    if (groups === undefined) {
      if (!inventsGroups(this.#recipe)) return
      const { index } = await this.#everybody(signal)
      yield* inPages(
        index.groups().map((name) => ({ key: name, name })),
        signal,
      )
      return
    }
    for await (const { items } of this.#listed('groups', groups, signal)) {
      const page = items.map(({ value }, position) => asGroup(value, groups, position))
      for (const [position, { key, name }] of page.entries()) {
        this.#told.set(key, items[position]?.value)
        this.#keysByName.set(name, [...(this.#keysByName.get(name) ?? []), key])
      }
      yield { items: page }
    }
  }

  async *members(group: SourceGroup, signal: AbortSignal): AsyncGenerator<Page<MemberRef>> {
    const { memberships: rule } = this.#recipe
    if (rule === undefined) return
    if (rule.type === 'perGroup') {
      const id = (value: unknown, position: number) =>
        idAt(value, rule.idPath, `the members of ${group.name}`, position)
      const sweep = () => this.#server.sweep('Listing the members of a group', rule, id, signal, group.key)
      for await (const { items } of provenPages(`The list of members of ${group.name}`, idOf, sweep)) {
        yield { items: items.map(({ value }, position) => asMember(value, rule, position)) }
      }
      return
    }
    if (rule.type === 'fromGroup') {
      yield* inPages(membersOfGroup(this.#told.get(group.key), group.key, rule), signal)
      return
    }
    const index = await this.#memberships(signal)
    const isNamed = rule.type === 'fromUser' && rule.refersTo === 'name' && this.#recipe.groups !== undefined
    this.#expectMatch(index, isNamed)
    if (isNamed && (this.#keysByName.get(group.name)?.length ?? 0) > 1) {
      throw fail.incompleteRead(`Several groups are called ${group.name}, and people name their groups by name.`)
    }
    yield* inPages(index.of(isNamed ? group.name : group.key), signal)
  }

  async lookUp(login: string, signal: AbortSignal): Promise<readonly LookedUp[]> {
    const { users } = this.#recipe
    const found: LookedUp[] = []
    for await (const { items } of this.#listed('people', users, signal)) {
      for (const { value } of items) {
        const user = asUser(value, users.map)
        const names = [user.key, user.attributes.userName, user.attributes.email].flat()
        if (names.some((name) => typeof name === 'string' && foldKey(name) === foldKey(login))) {
          found.push({ user, name: user.key })
        }
      }
    }
    return found
  }

  async isTold(kind: 'user' | 'group', key: string, signal: AbortSignal): Promise<boolean> {
    const rule = kind === 'user' ? this.#recipe.users : this.#recipe.groups
    if (rule?.one === undefined) return false
    const value = await this.#server.one('Looking for one entry', rule.one, rule.oneItem, key, signal)
    return value !== undefined && idAt(value, rule.map.id, 'one', 0) === key
  }

  close(): void {
    this.#server.close()
  }

  #listed(what: 'people' | 'groups', rule: Recipe['users'] | NonNullable<Recipe['groups']>, signal: AbortSignal) {
    const id = (value: unknown, position: number) => idAt(value, rule.map.id, `the list of ${what}`, position)
    const sweep = () => eachOnce(what, this.#server.sweep(`Listing ${what}`, rule, id, signal))
    return provenPages(`The list of ${what}`, idOf, sweep)
  }

  /** Throws `incomplete-read` where memberships speak of groups by another id or name than the list of groups. */
  #expectMatch(index: MembershipIndex, isNamed: boolean): void {
    if (this.#recipe.groups === undefined) return
    const known: ReadonlyMap<string, unknown> = isNamed ? this.#keysByName : this.#told
    const named = index.groups()
    if (named.length === 0 || named.some((each) => known.has(each))) return
    throw fail.incompleteRead(
      `Memberships name groups such as ${named[0]}, and none of them is in the list of groups.`,
      {
        hint: 'Correct the path of the group in memberships, or groups.map.id: both must lead to the same id.',
      },
    )
  }

  async #everybody(signal: AbortSignal) {
    if (this.#people === undefined) for await (const _ of this.people(signal));
    if (this.#people === undefined) throw fail.bug('People were read and are not there.')
    return this.#people
  }

  #memberships(signal: AbortSignal): Promise<MembershipIndex> {
    this.#index ??= this.#indexNow(signal)
    return this.#index
  }

  async #indexNow(signal: AbortSignal): Promise<MembershipIndex> {
    const { memberships: rule } = this.#recipe
    if (rule?.type === 'list') return indexFromList(this.#server, rule, signal)
    const { keys, index } = await this.#everybody(signal)
    return rule?.type === 'perUser' ? indexFromPeople(this.#server, rule, keys, this.#atOnce, signal) : index
  }
}

/** An id that stands twice in one answer with different values names two entries, or one of which nobody knows what is true. */
async function* eachOnce(what: string, sweep: Sweep<Entry>): Sweep<Entry> {
  for (;;) {
    const step = await sweep.next()
    if (step.done) return step.value
    const values = new Map<string, unknown>()
    for (const { id, value } of step.value) {
      if (values.has(id) && JSON.stringify(values.get(id)) !== JSON.stringify(value)) {
        throw fail.incompleteRead(`The id ${id} stands twice in the list of ${what}, with different values.`, {
          hint: 'Take a field as id that only one entry has, or let the API give one entry for each.',
        })
      }
      values.set(id, value)
    }
    yield step.value
  }
}
