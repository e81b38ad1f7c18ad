import type { TargetAccount, TargetGroup } from '../../../domain/account.ts'
import { fail } from '../../../domain/errors.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Page } from '../../../ports/readable.ts'
import type { AccountNow } from '../../../ports/target.ts'
import { equals } from '../../../scim/client/request.ts'
import { emailOf, membersOf, type ToldMember, type ToldResource, textAt } from '../../../scim/client/resource.ts'
import { inPages } from '../pages.ts'
import { all, provenPages } from '../paging.ts'
import { forEachOf } from '../waiting.ts'
import { asAccount, type Dialect } from './dialect.ts'
import { FilterRefused, type Kind, type ScimServer } from './server.ts'
import { Sight } from './sight.ts'
import { walk } from './walk.ts'

/** Above this share of all people a whole read costs fewer calls than looking at each. */
const cheaperShare = 50

/** What a target reads from a SCIM server. */
export class Directory {
  readonly server: ScimServer
  readonly dialect: Dialect
  /** Ids of users that were seen to exist. */
  readonly known = new Set<string>()
  readonly #sight: Sight
  readonly #groupIds = new Set<string>()
  /** Members that came with the list, until they are asked for. */
  readonly #listed = new Map<string, readonly ToldMember[]>()
  readonly #refusedFilters = new Set<string>()
  #people: number | undefined

  constructor(server: ScimServer, dialect: Dialect) {
    this.server = server
    this.dialect = dialect
    this.#sight = new Sight(this)
  }

  async *users(signal: AbortSignal): AsyncGenerator<Page<TargetAccount>> {
    let people = 0
    for await (const { items } of this.resources('Users', signal)) {
      people += items.length
      yield { items: items.map((each) => asAccount(each, this.dialect)) }
    }
    this.#people = people
  }

  async *groups(signal: AbortSignal): AsyncGenerator<Page<TargetGroup>> {
    for await (const { items } of this.resources('Groups', signal)) {
      for (const each of items) {
        const members = membersOf(each)
        if (members !== undefined) this.#listed.set(each.id, members)
      }
      yield { items: items.map(asGroup) }
    }
  }

  async *members({ id }: Pick<TargetGroup, 'id'>, signal: AbortSignal): AsyncGenerator<Page<string>> {
    const listed = this.#listed.get(id)
    this.#listed.delete(id)
    const members = listed ?? (await this.membersNow(id, signal))
    if (members === undefined) {
      throw fail.incompleteRead(`The group ${id} vanished while its members were read.`, { hint: 'Read again.' })
    }
    yield* inPages(this.usersAmong(members), signal)
  }

  /** Ids of the members that are users; groups inside of a group are not ours to write. */
  usersAmong(members: readonly ToldMember[]): readonly string[] {
    return members.filter(({ id, kind }) => kind === 'user' && !this.#groupIds.has(id)).map(({ id }) => id)
  }

  /** Every resource of a kind, each once, proven complete. */
  async *resources(kind: Kind, signal: AbortSignal): AsyncGenerator<Page<ToldResource>> {
    const { cursor, index, defaultPaging } = await this.server.abilities(signal)
    const byCursor = cursor === true && (index === false || defaultPaging === 'cursor')
    const excludedAttributes = kind === 'Groups' && !this.dialect.membersWithLists ? 'members' : undefined
    const count = this.server.settings.pageSize
    const sweep = () =>
      walk((position) => this.server.list(kind, { ...position, count, excludedAttributes }, signal), byCursor)
    for await (const page of provenPages(`The list of ${kind}`, ({ id }) => id, sweep)) {
      for (const { id } of page.items) (kind === 'Users' ? this.known : this.#groupIds).add(id)
      yield page
    }
  }

  /** One user; undefined = there is none. */
  async user(id: string, signal: AbortSignal): Promise<ToldResource | undefined> {
    const found = await this.server.get('Users', id, signal)
    if (found === undefined) this.known.delete(id)
    else this.known.add(id)
    return found
  }

  /**
   * Members as they are now; undefined = there is no such group. A group without members may come without the attribute,
   * and so may one of a server that tells members only when asked by name: it is asked.
   */
  async membersNow(id: string, signal: AbortSignal): Promise<readonly ToldMember[] | undefined> {
    const group = await this.server.get('Groups', id, signal)
    if (group === undefined) return undefined
    const members = membersOf(group)
    if (members !== undefined || !this.dialect.asksForMembers) return members ?? []
    const asked = await this.server.get('Groups', id, signal, { attributes: 'id,displayName,members' })
    return asked === undefined ? undefined : (membersOf(asked) ?? [])
  }

  async accountsNow(ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, AccountNow>> {
    const found = new Map<string, ToldResource>()
    if (ids.length === 0) return new Map()
    if (this.#people !== undefined && ids.length > Math.max(20, this.#people / cheaperShare)) {
      const wanted = new Set(ids)
      for await (const { items } of this.resources('Users', signal)) {
        for (const each of items) if (wanted.has(each.id)) found.set(each.id, each)
      }
    } else {
      await forEachOf([...new Set(ids)], this.server.settings.requestsAtOnce, async (id) => {
        const resource = await this.user(id, signal)
        if (resource !== undefined) found.set(id, resource)
      })
    }
    const groupIds = await this.#sight.groupsOf([...found.values()], signal)
    return new Map(
      [...found].map(([id, resource]) => [
        id,
        { account: asAccount(resource, this.dialect), groupIds: groupIds.get(id) ?? new Set<string>() },
      ]),
    )
  }

  async accountsByEmail(emails: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetAccount>> {
    const wanted = new Map(emails.map((email) => [foldKey(email), email]))
    const holders = new Map<string, ToldResource>()
    const note = (resource: ToldResource) => {
      for (const name of [emailOf(resource), textAt(resource, 'userName')]) {
        const key = foldKey(name ?? '')
        if (wanted.has(key)) holders.set(key, resource)
      }
    }
    const canFind = await this.#eachFound([...wanted.values()], async (email) => {
      for (const attribute of this.dialect.findsByEmail ? ['userName', 'emails.value'] : ['userName']) {
        const found = await this.#spelled('Users', attribute, email, signal)
        for (const each of found) note(each)
        if (found.length > 0) return
      }
    })
    if (!canFind) for await (const { items } of this.resources('Users', signal)) for (const each of items) note(each)
    return new Map([...holders].map(([key, resource]) => [key, asAccount(resource, this.dialect)]))
  }

  async groupsByName(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, TargetGroup>> {
    const wanted = new Map(names.map((name) => [foldKey(name), name]))
    const found = new Map<string, TargetGroup>()
    const note = (resource: ToldResource) => {
      const group = asGroup(resource)
      if (wanted.has(foldKey(group.name))) found.set(foldKey(group.name), group)
    }
    const canFind = await this.#eachFound([...wanted.values()], async (name) => {
      for (const each of await this.#spelled('Groups', 'displayName', name, signal)) note(each)
    })
    if (!canFind) for (const each of await this.#allGroups(signal)) note(each)
    return found
  }

  /** Ids of groups that a filter finds for this member; undefined where the server has no such filter. */
  async groupsWith(userId: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
    const attribute = 'members.value'
    if (!this.dialect.findsByMember || this.#refusedFilters.has(attribute)) return undefined
    const filter = equals(attribute, userId)
    try {
      const sweep = () =>
        walk((position) => this.server.list('Groups', { ...position, filter, attributes: 'id' }, signal), false)
      return (await all('Groups with that member', ({ id }) => id, sweep)).map(({ id }) => id)
    } catch (thrown) {
      if (!(thrown instanceof FilterRefused)) throw thrown
      this.#refusedFilters.add(attribute)
      return undefined
    }
  }

  /** Users with exactly this user name or external id; for taking over what a creation ran into. */
  async usersWith(
    attribute: 'userName' | 'externalId',
    value: string,
    signal: AbortSignal,
  ): Promise<readonly ToldResource[]> {
    try {
      return await this.#found('Users', attribute, value, signal)
    } catch (thrown) {
      if (!(thrown instanceof FilterRefused)) throw thrown
      const everybody: ToldResource[] = []
      for await (const { items } of this.resources('Users', signal)) everybody.push(...items)
      return everybody.filter((each) => hasValue(each, attribute, value))
    }
  }

  async #allGroups(signal: AbortSignal): Promise<readonly ToldResource[]> {
    const groups: ToldResource[] = []
    for await (const { items } of this.resources('Groups', signal)) groups.push(...items)
    return groups
  }

  /** False = the server has no such filter, and all of them have to be looked at. */
  async #eachFound(values: readonly string[], look: (value: string) => Promise<void>): Promise<boolean> {
    try {
      await forEachOf(values, this.server.settings.requestsAtOnce, look)
      return true
    } catch (thrown) {
      if (thrown instanceof FilterRefused) return false
      throw thrown
    }
  }

  /** As written and in small letters: some servers compare letter by letter. */
  async #spelled(kind: Kind, attribute: string, value: string, signal: AbortSignal): Promise<readonly ToldResource[]> {
    const found = await this.#found(kind, attribute, value, signal)
    const small = value.toLowerCase()
    return found.length > 0 || small === value ? found : this.#found(kind, attribute, small, signal)
  }

  /** Those with this value. A server that passes over filters gives others as well: then its answer proves nothing. */
  async #found(kind: Kind, attribute: string, value: string, signal: AbortSignal): Promise<readonly ToldResource[]> {
    if (this.#refusedFilters.has(attribute)) throw new FilterRefused(attribute)
    const filter = equals(attribute, value)
    try {
      const found = await all(
        `${kind} with that ${attribute}`,
        ({ id }) => id,
        () => walk((position) => this.server.list(kind, { ...position, filter }, signal), false),
      )
      if (found.every((each) => hasValue(each, attribute, value))) return found
      throw new FilterRefused('the filter is passed over')
    } catch (thrown) {
      if (thrown instanceof FilterRefused) this.#refusedFilters.add(attribute)
      throw thrown
    }
  }
}

function hasValue(resource: ToldResource, attribute: string, value: string): boolean {
  const has = attribute === 'emails.value' ? allEmails(resource) : [textAt(resource, attribute) ?? '']
  return has.some((each) => foldKey(each) === foldKey(value))
}

function allEmails({ document }: ToldResource): readonly string[] {
  const { emails } = document
  const elements = Array.isArray(emails) ? emails : []
  return elements.map((each: { value?: unknown }) => String(each?.value ?? ''))
}

/** A group of the server; it says nothing about what its members may do. */
function asGroup(resource: ToldResource): TargetGroup {
  return { id: resource.id, name: textAt(resource, 'displayName') ?? resource.id, grantsAdmin: false }
}
