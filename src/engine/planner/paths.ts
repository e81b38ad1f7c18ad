import type { SourceSnapshot } from '../../domain/snapshot.ts'
import { has } from '../../platform/sorted.ts'

/** A group somebody is in, and the way there. */
export interface GroupPath {
  /** Position in the snapshot. */
  readonly group: number
  /** Positions from the group that lists the person to this one; one entry = direct member. */
  readonly path: readonly number[]
}

/** Every group a person is in, each by a shortest way, nearest first; circles are walked once. */
export function groupPathsOf({ groups }: Pick<SourceSnapshot, 'groups'>, user: number): readonly GroupPath[] {
  const parents = new Map<number, number[]>()
  groups.forEach((group, index) => {
    for (const child of group.groups) {
      const list = parents.get(child)
      if (list === undefined) parents.set(child, [index])
      else list.push(index)
    }
  })
  const found: GroupPath[] = []
  const seen = new Set<number>()
  groups.forEach((group, index) => {
    if (!has(group.users, user)) return
    seen.add(index)
    found.push({ group: index, path: [index] })
  })
  // The list grows while it is walked: what stands first was reached by fewer steps.
  for (const { group, path } of found) {
    for (const parent of parents.get(group) ?? []) {
      if (seen.has(parent)) continue
      seen.add(parent)
      found.push({ group: parent, path: [...path, parent] })
    }
  }
  return found
}
