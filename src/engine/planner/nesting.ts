import type { ReadGroups } from '../../domain/scope.ts'
import type { SourceSnapshot } from '../../domain/snapshot.ts'

/** All people of a group, also of nested groups, and whether every group on the way was read completely. */
export interface Flattened {
  /** Positions in `users`, ascending, each once. */
  readonly users: Int32Array
  readonly complete: boolean
}

export type Flatten = (groupIndex: number) => Flattened

/** Flattens nested groups; a cycle is walked once. One instance serves one snapshot. */
export function nesting(snapshot: SourceSnapshot): Flatten {
  const { groups } = snapshot
  const stampOfGroup = new Int32Array(groups.length)
  const stampOfUser = new Int32Array(snapshot.users.length)
  const known = new Map<number, Flattened>()
  let stamp = 0

  return (groupIndex) => {
    const remembered = known.get(groupIndex)
    if (remembered !== undefined) return remembered
    const start = groups[groupIndex]!
    let result: Flattened
    if (start.groups.length === 0) {
      result = { users: start.users, complete: start.membersComplete }
    } else {
      stamp += 1
      const users: number[] = []
      const waiting = [groupIndex]
      stampOfGroup[groupIndex] = stamp
      let complete = true
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const group = groups[next]!
        complete &&= group.membersComplete
        for (const user of group.users) {
          if (stampOfUser[user] === stamp) continue
          stampOfUser[user] = stamp
          users.push(user)
        }
        for (const child of group.groups) {
          if (stampOfGroup[child] === stamp) continue
          stampOfGroup[child] = stamp
          waiting.push(child)
        }
      }
      result = { users: Int32Array.from(users).sort(), complete }
    }
    known.set(groupIndex, result)
    return result
  }
}

const none: readonly string[] = []

/** What the groups among which a scope asks say about people; what was cut says yes, and never no (D23). */
export function readGroups(
  snapshot: SourceSnapshot,
  flatten: Flatten,
  asksAbout: (name: string) => boolean,
): ReadGroups {
  const names = new Map<number, string[]>()
  snapshot.groups.forEach(({ name }, index) => {
    if (!asksAbout(name)) return
    for (const user of flatten(index).users) {
      const list = names.get(user)
      if (list === undefined) names.set(user, [name])
      else list.push(name)
    }
  })
  return {
    namesOf: (position) => names.get(position) ?? none,
    areComplete: (matches) =>
      snapshot.groupsComplete && snapshot.groups.every(({ name }, index) => !matches(name) || flatten(index).complete),
  }
}
