import type { DraftChange } from '../../domain/change.ts'
import type { SourceSnapshot, TargetSnapshot } from '../../domain/snapshot.ts'
import { has, sortedSet } from '../../platform/sorted.ts'

/**
 * What a plan is about when it is not about everybody: some people of the source, decided by the same rules as in a plan
 * for all. Everybody else in the reads is only there to be compared with, and nothing is planned for them.
 */
export interface Part {
  /** Keys of source people. Who of them is not in a complete read is gone. */
  readonly people: ReadonlySet<string>
  /** Keys of source groups that are to be there although none of these people is in them. */
  readonly groups: ReadonlySet<string>
  /** How many members groups of the target really have, by id; what was read may show only these people. */
  readonly groupSizes: ReadonlyMap<string, number>
  /** How many people the whole source has; absent = not known, then a drop is not judged here. */
  readonly sourcePeople?: { readonly all: number; readonly active: number }
}

/** Is anything planned for this person of the source? */
export function isPartOf({ part }: { readonly part?: Part }, key: string): boolean {
  return part === undefined || part.people.has(key)
}

/** Members of a target group, also those that were not read. */
export function sizeOf({ part }: { readonly part?: Part }, group: TargetSnapshot['groups'][number]): number {
  return Math.max(group.accounts.length, part?.groupSizes.get(group.id) ?? 0)
}

/**
 * Of all changes to groups themselves those that a plan for some people needs: groups they are put into, and groups that
 * were named. The others are planned when everybody is.
 */
export function groupChangesOf(
  { groups }: Part,
  changes: readonly DraftChange[],
  memberships: readonly DraftChange[],
): readonly DraftChange[] {
  const needed = new Set<DraftChange>()
  for (const { group, waitsFor = [] } of memberships) {
    if (group !== undefined && 'created' in group) needed.add(group.created)
    for (const other of waitsFor) needed.add(other)
  }
  const isKept = (draft: DraftChange) =>
    needed.has(draft) || (draft.sourceGroup !== undefined && groups.has(draft.sourceGroup.key))
  const kept = new Set(changes.filter(isKept))
  return changes.filter((draft) => {
    const { group, waitsFor = [] } = draft
    if (kept.has(draft)) {
      const made = group !== undefined && 'created' in group ? group.created : undefined
      return [...waitsFor, ...(made === undefined ? [] : [made])].every((other) => kept.has(other))
    }
    // What a group gets with its creation comes with it.
    return group !== undefined && 'created' in group && draft.kind !== 'group.link' && kept.has(group.created)
  })
}

/** A read with fewer people: groups keep only those of them who are their members. */
export function onlyPeople(source: SourceSnapshot, keys: ReadonlySet<string>): SourceSnapshot {
  const kept = source.users.flatMap(({ key }, index) => (keys.has(key) ? [index] : []))
  const positionOf = new Map(kept.map((index, position) => [index, position]))
  return {
    ...source,
    users: kept.map((index) => source.users[index]!),
    groups: source.groups.map((group) => ({
      ...group,
      users: Int32Array.from([...group.users].flatMap((index) => positionOf.get(index) ?? [])),
    })),
  }
}

/** A read with fewer accounts: groups keep only those of them who are their members. */
export function onlyAccounts(target: TargetSnapshot, ids: ReadonlySet<string>): TargetSnapshot {
  const kept = sortedSet(target.accounts.flatMap(({ id }, index) => (ids.has(id) ? [index] : [])))
  const positionOf = new Map([...kept].map((index, position) => [index, position]))
  const moved = (positions: Iterable<number>) => [...positions].flatMap((index) => positionOf.get(index) ?? [])
  return {
    ...target,
    accounts: [...kept].map((index) => target.accounts[index]!),
    groups: target.groups.map((group) => ({ ...group, accounts: Int32Array.from(moved(group.accounts)) })),
    membershipsUnknown: new Set(moved([...target.membershipsUnknown].filter((index) => has(kept, index)))),
  }
}
