import { groupsOf, type ToldResource } from '../../../scim/client/resource.ts'
import { forEachOf } from '../waiting.ts'

/** What has to be read for it. */
export interface Seen {
  groups(signal: AbortSignal): AsyncIterable<{ readonly items: readonly { readonly id: string }[] }>
  members(group: { readonly id: string }, signal: AbortSignal): AsyncIterable<{ readonly items: readonly string[] }>
  user(id: string, signal: AbortSignal): Promise<ToldResource | undefined>
  readonly server: { readonly settings: { readonly requestsAtOnce: number } }
}

/** So many people are looked at before `groups` of a user is believed. */
const samples = 3

/**
 * Finds out which groups people are in. Many servers show `groups` of a user and many show nothing, or an empty list, there:
 * it is believed once it agreed with the groups themselves for the people in most groups. Else all groups are read.
 */
export class Sight {
  readonly #directory: Seen
  #isToldByUsers: boolean | undefined

  constructor(directory: Seen) {
    this.#directory = directory
  }

  /** Group ids by user id; who is in none is absent. */
  async groupsOf(
    users: readonly ToldResource[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    if (users.length === 0) return new Map()
    if (this.#isToldByUsers === true) return new Map(users.map((user) => [user.id, new Set(groupsOf(user) ?? [])]))
    const memberships = await this.#readAll(signal)
    if (this.#isToldByUsers === undefined && memberships.size > 0) {
      this.#isToldByUsers = await this.#agrees(memberships, signal)
    }
    return memberships
  }

  async #readAll(signal: AbortSignal): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const directory = this.#directory
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
    return memberships
  }

  async #agrees(memberships: ReadonlyMap<string, ReadonlySet<string>>, signal: AbortSignal): Promise<boolean> {
    const busiest = [...memberships].sort(([, a], [, b]) => b.size - a.size).slice(0, samples)
    for (const [id, groups] of busiest) {
      const user = await this.#directory.user(id, signal)
      const told = user === undefined ? undefined : groupsOf(user)
      if (told === undefined || new Set(told).size !== groups.size || !told.every((each) => groups.has(each))) {
        return false
      }
    }
    return true
  }
}
