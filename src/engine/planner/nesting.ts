import type { SourceSnapshot } from '../../domain/snapshot.ts'

/** All people of a group, also of nested groups, and whether every group on the way was read completely. */
export interface Flattened {
  /** Positions in `users`, ascending, each once. */
  readonly users: Int32Array
  readonly complete: boolean
}

/** Flattens nested groups; a cycle is walked once. One instance serves one snapshot. */
export function nesting(snapshot: SourceSnapshot): (groupIndex: number) => Flattened {
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

/** Names of all groups a user is in, also by nesting; built once, only where a scope asks for it. */
export function groupNamesByUser(snapshot: SourceSnapshot): (userIndex: number) => readonly string[] | undefined {
  const flatten = nesting(snapshot)
  const names: string[][] = snapshot.users.map(() => [])
  let complete = snapshot.groupsComplete
  snapshot.groups.forEach((group, index) => {
    const flattened = flatten(index)
    complete &&= flattened.complete
    for (const user of flattened.users) names[user]!.push(group.name)
  })
  return (userIndex) => (complete ? names[userIndex] : undefined)
}
