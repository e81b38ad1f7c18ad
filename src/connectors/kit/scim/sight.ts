import { groupsOf, type ToldResource } from '../../../scim/client/resource.ts'
import { forEachOf } from '../waiting.ts'

/** What has to be read for it. */
export interface Seen {
  groups(signal: AbortSignal): AsyncIterable<{ readonly items: readonly { readonly id: string }[] }>
  members(group: { readonly id: string }, signal: AbortSignal): AsyncIterable<{ readonly items: readonly string[] }>
  user(id: string, signal: AbortSignal): Promise<ToldResource | undefined>
  /** Groups found by a filter for this member; undefined = the server has no such filter. */
  groupsWith(userId: string, signal: AbortSignal): Promise<readonly string[] | undefined>
  readonly server: {
    readonly settings: { readonly requestsAtOnce: number }
    calls(): Readonly<Record<string, number>>
  }
}

type Memberships = ReadonlyMap<string, ReadonlySet<string>>

/** So many people are looked at before a quick way is believed. */
const samples = 3

/**
 * Finds out which groups people are in. Many servers show `groups` of a user and many show nothing, or an empty list, there;
 * some filter groups by member. Either is believed once it agreed with the groups themselves for the people in most groups.
 * Else, and where it takes fewer calls, all groups are read.
 */
export class Sight {
  readonly #directory: Seen
  #way: 'users' | 'filter' | 'groups' | undefined
  /** Calls that reading all groups took. */
  #callsOfAll = 0

  constructor(directory: Seen) {
    this.#directory = directory
  }

  /** Group ids by user id; who is in none may be absent. */
  async groupsOf(users: readonly ToldResource[], signal: AbortSignal): Promise<Memberships> {
    if (users.length === 0) return new Map()
    if (this.#way === 'users') return new Map(users.map((user) => [user.id, new Set(groupsOf(user) ?? [])]))
    if (this.#way === 'filter' && users.length < this.#callsOfAll) {
      const found = await this.#filtered(users, signal)
      if (found !== undefined) return found
    }
    const memberships = await this.#readAll(signal)
    if (this.#way === undefined && memberships.size > 0) this.#way = await this.#learnt(memberships, signal)
    return memberships
  }

  /** Undefined when a filter that worked is refused now: nobody is in no group because of that. */
  async #filtered(users: readonly ToldResource[], signal: AbortSignal): Promise<Memberships | undefined> {
    const { requestsAtOnce } = this.#directory.server.settings
    const found = await forEachOf(users, requestsAtOnce, ({ id }) => this.#directory.groupsWith(id, signal))
    if (found.includes(undefined)) return undefined
    return new Map(users.map(({ id }, at) => [id, new Set(found[at])]))
  }

  async #readAll(signal: AbortSignal): Promise<Memberships> {
    const directory = this.#directory
    const before = this.#callsSoFar
    const groupIds: string[] = []
    for await (const { items } of directory.groups(signal)) groupIds.push(...items.map(({ id }) => id))
    const memberships = new Map<string, Set<string>>()
    await forEachOf(groupIds, directory.server.settings.requestsAtOnce, async (id) => {
      for await (const { items } of directory.members({ id }, signal)) {
        for (const user of items) {
          const groups = memberships.get(user) ?? new Set()
          memberships.set(user, groups.add(id))
        }
      }
    })
    this.#callsOfAll = this.#callsSoFar - before
    return memberships
  }

  get #callsSoFar(): number {
    return Object.values(this.#directory.server.calls()).reduce((sum, calls) => sum + calls, 0)
  }

  async #learnt(memberships: Memberships, signal: AbortSignal): Promise<'users' | 'filter' | 'groups'> {
    const busiest = [...memberships].sort(([, a], [, b]) => b.size - a.size).slice(0, samples)
    const agrees = async (told: (id: string) => Promise<readonly string[] | undefined>) => {
      for (const [id, groups] of busiest) {
        const ids = await told(id)
        if (ids === undefined || new Set(ids).size !== groups.size || !ids.every((each) => groups.has(each)))
          return false
      }
      return true
    }
    const byUser = async (id: string) => {
      const user = await this.#directory.user(id, signal)
      return user === undefined ? undefined : groupsOf(user)
    }
    if (await agrees(byUser)) return 'users'
    return (await agrees((id) => this.#directory.groupsWith(id, signal))) ? 'filter' : 'groups'
  }
}
