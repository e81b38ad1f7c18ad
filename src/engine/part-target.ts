import type { TargetAccount, TargetGroup } from '../domain/account.ts'
import type { ActualGroup, TargetSnapshot } from '../domain/snapshot.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { sortedSet } from '../platform/sorted.ts'
import type { AccountNow, Target } from '../ports/target.ts'
import type { GroupLists } from './group-lists.ts'

/** The accounts a plan for some people rests on; grows while it is found out which matter. */
export interface PartTarget {
  /** Accounts seen so far, by id. */
  readonly accounts: ReadonlyMap<string, AccountNow>
  /** All groups of the target, by id. */
  groups(): Promise<ReadonlyMap<string, TargetGroup>>
  lookAt(ids: readonly string[]): Promise<void>
  /** Adds accounts with these addresses; returns their ids. */
  lookFor(emails: readonly string[]): Promise<readonly string[]>
  /** What was seen; groups with these ids are looked for once more where the list that is kept lacks them. */
  snapshot(linked: readonly string[]): Promise<TargetSnapshot>
}

/** Looks at single accounts of a target, all of them by exact questions: whoever is not found is not there. */
export function lookAtAccounts(
  target: Target,
  directoryKey: string,
  lists: GroupLists,
  clock: Clock,
  signal: AbortSignal,
): PartTarget {
  const takenAt = clock.now()
  const accounts = new Map<string, AccountNow>()
  let known: ReadonlyMap<string, TargetGroup> | undefined

  const read = async () => new Map((await lists.of(target, directoryKey, signal)).map((group) => [group.id, group]))
  const groups = async (linked: readonly string[] = []) => {
    known ??= await read()
    const isUnknown = (id: string) => known?.has(id) === false
    // Another process may have made a group since the list was read.
    if (
      linked.some(isUnknown) ||
      [...accounts.values()].some(({ groupIds }) => [...(groupIds ?? [])].some(isUnknown))
    ) {
      lists.forget(directoryKey)
      known = await read()
    }
    return known
  }
  const lookAt: PartTarget['lookAt'] = async (ids) => {
    const unknown = [...new Set(ids)].filter((id) => !accounts.has(id))
    if (unknown.length === 0) return
    for (const [id, now] of await target.accountsNow(unknown, signal)) accounts.set(id, now)
  }
  return {
    accounts,
    groups: () => groups(),
    lookAt,
    async lookFor(emails) {
      if (emails.length === 0) return []
      const found = [...(await target.accountsByEmail([...new Set(emails)], signal)).values()]
      const ids = found.map(({ id }) => id)
      await lookAt(ids)
      // An exact search may show an address that the account itself hides.
      for (const { id, email } of found) {
        const now = accounts.get(id)
        if (now === undefined || now.account.email !== undefined || email === undefined) continue
        accounts.set(id, { ...now, account: { ...now.account, email } })
      }
      return ids
    },
    async snapshot(linked) {
      const list = [...accounts.values()].sort((a, b) => (a.account.id < b.account.id ? -1 : 1))
      const members = new Map<string, number[]>()
      const membershipsUnknown = new Set<number>()
      const shown: Omit<TargetAccount, 'memberOf'>[] = []
      for (const [position, { account, groupIds }] of list.entries()) {
        const { memberOf: _, ...rest } = account
        shown.push(rest)
        if (groupIds === undefined) membershipsUnknown.add(position)
        for (const id of groupIds ?? []) members.set(id, [...(members.get(id) ?? []), position])
      }
      const all = await groups(linked)
      return {
        id: newId(takenAt),
        takenAt,
        directoryKey,
        accounts: shown,
        groups: Array.from(
          all.values(),
          (group): ActualGroup => ({
            ...group,
            accounts: sortedSet(members.get(group.id) ?? []),
            membersComplete: true,
          }),
        ),
        membershipsUnknown,
        accountsComplete: true,
        groupsComplete: true,
        unproven: [],
      }
    },
  }
}
