import type { TargetAccount, TargetGroup } from '../domain/account.ts'
import { asProvisioningError, fail, type ProvisioningError } from '../domain/errors.ts'
import type { Instant, MemberRef, SourceGroup, SourceUser } from '../domain/identity.ts'
import type { ActualGroup, SnapshotGroup, SourceSnapshot, TargetSnapshot, Unproven } from '../domain/snapshot.ts'
import { KeyIndex } from '../platform/key-index.ts'
import { SetBlocks } from '../platform/set-blocks.ts'
import { sortedSet } from '../platform/sorted.ts'
import type { Source } from '../ports/source.ts'
import type { Target } from '../ports/target.ts'
import { withEmptyAttributes } from './empty-attributes.ts'
import { type BegunGroup, MemberSets } from './member-sets.ts'
import { keepPositions } from './planner/positions.ts'

/** Called after each page, for the progress bar. */
export type OnProgress = (read: number) => void

/** How many groups' members are read at the same time where each needs its own calls. */
const membersAtOnce = 4

/**
 * Reads a source to the end. A part that fails is marked unproven and the rest goes on, unless nothing could be read at
 * all or the credential is at fault: then the failure itself is thrown, so that no plan is made from nothing (P1).
 */
export async function collectSource(
  source: Source,
  id: string,
  now: () => Instant,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<SourceSnapshot> {
  const takenAt = now()
  const unproven: Unproven[] = []
  const count = counter(onProgress)

  const withUsers = source.membershipsComeWith === 'users'
  const withCalls = source.membershipsComeWith === 'calls'
  const users: SourceUser[] = []
  const userIndex = new KeyIndex()
  const membersByGroup = new Map<string, number[]>()
  const usersComplete = await drain('users', source.users(signal), unproven, signal, (page) => {
    for (const user of page) {
      if (userIndex.has(user.key)) throw repeatedKey('user', user.key)
      if (withUsers) for (const groupKey of user.memberOf ?? []) push(membersByGroup, groupKey, users.length)
      userIndex.set(user.key, users.length)
      users.push(withoutGroups(user))
    }
    count(page.length)
  })

  const groups: SourceGroup[] = []
  const groupIndex = new Map<string, number>()
  const sets = new MemberSets(userIndex, groupIndex)
  const begun: BegunGroup[] = []
  const membersTold = new Set<string>()
  const groupsComplete = await drain('groups', source.groups(signal), unproven, signal, (page) => {
    for (const group of page) {
      if (groupIndex.has(group.key)) throw repeatedKey('group', group.key)
      groupIndex.set(group.key, groupIndex.size)
      if (group.members !== undefined) membersTold.add(group.key)
      if (withCalls) groups.push(group)
      else if (withUsers) begun.push(sets.ofPeople(group, membersByGroup.get(group.key) ?? []))
      else begun.push(sets.begin(group, group.members ?? []))
    }
    count(page.length)
  })

  const cut = source.incompleteMembers?.() ?? new Map<string, ProvisioningError>()
  const isWhole = (key: string) => (withUsers ? usersComplete : membersTold.has(key) && !cut.has(key))
  const snapshotGroups = withCalls
    ? await pooled(groups, membersAtOnce, async (group) => {
        const members: MemberRef[] = []
        const complete = await drainMembers(group.key, source.members(group, signal), unproven, signal, (page) => {
          members.push(...page)
          count(page.length)
        })
        return sets.finish(sets.begin(group, members), complete && !cut.has(group.key))
      })
    : begun.map((group) => sets.finish(group, isWhole(group.key)))
  for (const [groupKey, error] of cut) {
    unproven.push({ part: 'members', groupKey, code: error.code, message: error.message })
  }
  const toldUsers = source.absentMeansEmpty === true ? withEmptyAttributes(users) : users
  keepPositions(toldUsers, userIndex)
  const additiveOnly = source.additiveOnly?.()
  if (additiveOnly !== undefined) {
    return {
      id,
      takenAt,
      readFingerprint: source.readFingerprint,
      ...onlyAdding(toldUsers, snapshotGroups),
      unproven,
      notices: [additiveOnly, ...source.notices()],
    }
  }
  return {
    id,
    takenAt,
    readFingerprint: source.readFingerprint,
    users: toldUsers,
    groups: snapshotGroups,
    usersComplete,
    groupsComplete,
    absentMeansEmpty: source.absentMeansEmpty ?? false,
    unproven,
    notices: source.notices(),
  }
}

/** A read that takes nothing away (D6): nobody is absent by it, and who is inactive counts as not yet told. */
export function onlyAdding(users: readonly SourceUser[], groups: readonly SnapshotGroup[]) {
  const kept = new Map<number, number>()
  users.forEach((user, index) => {
    if (user.active) kept.set(index, kept.size)
  })
  const positions = (members: Int32Array) => sortedSet([...members].flatMap((index) => kept.get(index) ?? []))
  return {
    users: users.filter(({ active }) => active),
    groups: groups.map((group) => ({ ...group, users: positions(group.users), membersComplete: false })),
    usersComplete: false,
    groupsComplete: false,
  }
}

/** Reads a target's directory to the end; same rules as for a source. */
export async function collectTarget(
  target: Target,
  directoryKey: string,
  id: string,
  now: () => Instant,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<TargetSnapshot> {
  const takenAt = now()
  const unproven: Unproven[] = []
  const count = counter(onProgress)

  const withUsers = target.membershipsComeWith === 'users'
  const withCalls = target.membershipsComeWith === 'calls'
  const accounts: Omit<TargetAccount, 'memberOf'>[] = []
  const accountIndex = new KeyIndex()
  const membersByGroup = new Map<string, number[]>()
  const membershipsUnknown = new Set<number>()
  const accountsComplete = await drain('users', target.users(signal), unproven, signal, (page) => {
    for (const account of page) {
      if (accountIndex.has(account.id)) continue
      const index = accounts.length
      const { memberOf } = account
      accountIndex.set(account.id, index)
      accounts.push(withoutGroups(account))
      if (!withUsers) continue
      if (memberOf === undefined) membershipsUnknown.add(index)
      else for (const groupId of memberOf) push(membersByGroup, groupId, index)
    }
    count(page.length)
  })
  keepPositions(accounts, accountIndex)

  const blocks = new SetBlocks()
  const accountsOf = (ids: readonly string[]) => blocks.set(ids.length, (room) => accountIndex.findAll(ids, room))
  const toActual = ({ members: _, ...group }: TargetGroup, members: Int32Array, membersComplete: boolean) => ({
    ...group,
    accounts: members,
    membersComplete,
  })

  const groups: TargetGroup[] = []
  const read: ActualGroup[] = []
  const seen = new Set<string>()
  const groupsComplete = await drain('groups', target.groups(signal), unproven, signal, (page) => {
    for (const group of page) {
      if (seen.has(group.id)) continue
      seen.add(group.id)
      if (withCalls) groups.push(group)
      else if (withUsers) read.push(toActual(group, blocks.setOf(membersByGroup.get(group.id) ?? []), accountsComplete))
      else read.push(toActual(group, accountsOf(group.members ?? []), group.members !== undefined))
    }
    count(page.length)
  })

  const actual = withCalls
    ? await pooled(groups, membersAtOnce, async (group) => {
        const ids: string[] = []
        const complete = await drainMembers(group.id, target.members(group, signal), unproven, signal, (page) => {
          ids.push(...page)
          count(page.length)
        })
        return toActual(group, accountsOf(ids), complete)
      })
    : read
  return {
    id,
    takenAt,
    directoryKey,
    accounts,
    groups: actual,
    membershipsUnknown,
    accountsComplete,
    groupsComplete,
    unproven,
  }
}

/** Adds up what was read and tells the sum. */
function counter(onProgress: OnProgress): (items: number) => void {
  let read = 0
  return (items) => {
    read += items
    onProgress(read)
  }
}

type Pages<Item> = AsyncIterable<{ readonly items: readonly Item[] }>

/** True when the iterator ended by itself. A list that failed before its first page is a failed read, thrown on. */
async function drain<Item>(
  part: 'users' | 'groups',
  pages: Pages<Item>,
  unproven: Unproven[],
  signal: AbortSignal,
  take: (items: readonly Item[]) => void,
): Promise<boolean> {
  let started = false
  try {
    for await (const page of pages) {
      signal.throwIfAborted()
      take(page.items)
      started = true
    }
    return true
  } catch (thrown) {
    signal.throwIfAborted()
    const error = asProvisioningError(thrown)
    if (!started || error.code !== 'incomplete-read') throw error
    unproven.push({ part, code: error.code, message: error.message })
    return false
  }
}

async function drainMembers<Item>(
  groupKey: string,
  pages: Pages<Item>,
  unproven: Unproven[],
  signal: AbortSignal,
  take: (items: readonly Item[]) => void,
): Promise<boolean> {
  try {
    for await (const page of pages) {
      signal.throwIfAborted()
      take(page.items)
    }
    return true
  } catch (thrown) {
    signal.throwIfAborted()
    const error = asProvisioningError(thrown)
    if (error.radius === 'connection' || error.code === 'bug') throw error
    unproven.push({ part: 'members', groupKey, code: error.code, message: error.message })
    return false
  }
}

/** A record that came without its groups is kept as it is: a copy of each would be memory for nothing. */
function withoutGroups<Item extends { readonly memberOf?: readonly string[] }>(record: Item): Omit<Item, 'memberOf'> {
  if (!('memberOf' in record)) return record
  const { memberOf: _, ...rest } = record
  return rest
}

function push<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}

function repeatedKey(what: string, key: string): ProvisioningError {
  return fail.incompleteRead(
    `The source delivered the ${what} with key "${key}" twice, so the list cannot be trusted.`,
    {
      hint: 'Look for two records with this key at the source, or for a list that changed while it was read, and run again.',
    },
  )
}

/** Runs the work on all items, a few at once, and keeps the order. The first failure wins; nothing new starts after it. */
async function pooled<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next
      next += 1
      try {
        results[index] = await work(items[index]!)
      } catch (error) {
        next = items.length
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
  return results
}
