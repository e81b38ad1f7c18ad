import type { PlanInput } from './input.ts'

/**
 * What the connector itself leaves out (base, filter, file) is not what it was at the last good read: who or what is
 * missing now proves nothing (D23).
 */
export function readChanged({ source, lastGood }: Pick<PlanInput, 'source' | 'lastGood'>): boolean {
  return lastGood !== undefined && lastGood.readFingerprint !== source.readFingerprint
}

/** Target groups by what became of their linked source groups: some, or all of them, are not in the source any more. */
export function groupsGoneAtSource({ source, memory, connection }: PlanInput): {
  readonly some: ReadonlySet<string>
  readonly all: ReadonlySet<string>
} {
  const present = new Set(source.groups.map((group) => group.key))
  const some = new Set<string>()
  const kept = new Set<string>()
  for (const link of memory.groupLinks) {
    if (link.source === connection.source) (present.has(link.groupKey) ? kept : some).add(link.groupId)
  }
  return { some, all: new Set([...some].filter((groupId) => !kept.has(groupId))) }
}
