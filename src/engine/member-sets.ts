import type { MemberRef, SourceGroup } from '../domain/identity.ts'
import type { SnapshotGroup } from '../domain/snapshot.ts'
import type { KeyIndex } from '../platform/key-index.ts'
import { SetBlocks } from '../platform/set-blocks.ts'

/** Members of one group while other groups are still being read: people as positions, groups by their keys. */
export interface BegunGroup {
  readonly key: string
  readonly name: string
  readonly onlyFor?: readonly string[]
  readonly users: Int32Array
  readonly groupKeys: readonly string[]
  /** People among the members that nobody read. */
  readonly unknownUsers: number
}

type NamedGroup = Pick<SourceGroup, 'key' | 'name' | 'onlyFor'>

const noKeys: readonly string[] = []

function named({ key, name, onlyFor }: NamedGroup): NamedGroup {
  return onlyFor === undefined ? { key, name } : { key, name, onlyFor }
}

/**
 * Turns members into positions of what was read, in two steps, so that no list of a million members has to be held until
 * the last group was read: people are known when groups are read, the groups among members only after it.
 */
export class MemberSets {
  readonly #userAt: Pick<KeyIndex, 'findAll'>
  readonly #groupAt: ReadonlyMap<string, number>
  readonly #blocks = new SetBlocks()

  /** `groupAt` may still grow until the first `finish`. */
  constructor(userAt: Pick<KeyIndex, 'findAll'>, groupAt: ReadonlyMap<string, number>) {
    this.#userAt = userAt
    this.#groupAt = groupAt
  }

  begin(group: NamedGroup, members: readonly MemberRef[]): BegunGroup {
    const userKeys: string[] = []
    for (const { kind, key } of members) if (kind === 'user') userKeys.push(key)
    let known = 0
    const users = this.#blocks.set(userKeys.length, (room) => {
      known = this.#userAt.findAll(userKeys, room)
      return known
    })
    // Most groups have no groups in them, and nothing has to be looked through for them.
    const isFlat = userKeys.length === members.length
    const groupKeys = isFlat ? noKeys : members.flatMap((each) => (each.kind === 'group' ? [each.key] : []))
    return { ...named(group), users, groupKeys, unknownUsers: userKeys.length - known }
  }

  finish(group: BegunGroup, membersComplete: boolean): SnapshotGroup {
    const { users, groupKeys, unknownUsers } = group
    const found = groupKeys.flatMap((groupKey) => this.#groupAt.get(groupKey) ?? [])
    const unknownMembers = unknownUsers + groupKeys.length - found.length
    return { ...named(group), users, groups: this.#blocks.setOf(found), unknownMembers, membersComplete }
  }

  /** The members of a group that come as people alone, already as positions. */
  ofPeople(group: NamedGroup, positions: readonly number[]): BegunGroup {
    return { ...named(group), users: this.#blocks.setOf(positions), groupKeys: noKeys, unknownUsers: 0 }
  }
}
