import type { TargetGroup } from '../domain/account.ts'
import type { Clock } from '../platform/clock.ts'
import type { Target } from '../ports/target.ts'

/** A list of groups is believed for so long by plans for some people; whatever is written is looked up again first. */
const keptMs = 5 * 60_000

/** The groups of directories, without members, as plans for some people need them again and again. */
export interface GroupLists {
  of(target: Target, directoryKey: string, signal: AbortSignal): Promise<readonly TargetGroup[]>
  /** A group was made, or one turned up that no list has: the next plan reads the list afresh. */
  forget(directoryKey: string): void
}

export function createGroupLists(clock: Clock): GroupLists {
  const lists = new Map<string, { readonly at: number; readonly groups: readonly TargetGroup[] }>()
  let forgotten = 0
  return {
    async of(target, directoryKey, signal) {
      const known = lists.get(directoryKey)
      if (known !== undefined && clock.now() - known.at < keptMs) return known.groups
      const at = clock.now()
      const begun = forgotten
      const groups = new Map<string, TargetGroup>()
      for await (const page of target.groups(signal)) {
        for (const { members: _, ...group } of page.items) groups.set(group.id, group)
      }
      const list = [...groups.values()]
      // A group may have been made behind the pages that were read already.
      if (begun === forgotten) lists.set(directoryKey, { at, groups: list })
      return list
    },
    forget(directoryKey) {
      forgotten += 1
      lists.delete(directoryKey)
    },
  }
}
