import type { Connection } from '../domain/connection.ts'
import type { Drift } from '../domain/drift.ts'
import type { Instant } from '../domain/identity.ts'
import { type Memory, markOf } from '../domain/memory.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import { has } from '../platform/sorted.ts'
import { defaultGroupsById } from './planner/access/access-book.ts'
import type { TargetEnd } from './planner/input.ts'
import { positionsById } from './planner/positions.ts'
import { accountLabel, attributeOf } from './planner/values.ts'
import { vouchersByGroup } from './planner/vouchers.ts'

/** A write may stay invisible for so long (D24). */
const settlingMs = 5 * 60_000

/** Since when a run has seen a membership that nobody here vouches for. */
export interface SeenForeign {
  readonly groupId: string
  readonly accountId: string
  readonly since: Instant
  readonly run: number
}

export interface DriftInput {
  readonly connection: Connection
  readonly target: TargetSnapshot
  readonly memory: Memory
  readonly ends: TargetEnd
  /** Memberships of linked groups without a grant that the reads so far have seen, with those older than the link. */
  readonly seen: readonly SeenForeign[]
  /** Of a linked group, when it was linked: who was there before is no drift. */
  readonly linkedSince: ReadonlyMap<string, Instant>
}

/**
 * What in the target is not as this connection left it, by what it remembers: links, ledger, names, marks of values. What a
 * read did not show completely is not called gone (P1, P8). Pure.
 */
export function findDrift(input: DriftInput): readonly Drift[] {
  return [...accountDrift(input), ...groupDrift(input), ...membershipDrift(input), ...valueDrift(input)]
}

function* accountDrift({ connection, target, memory }: DriftInput): Iterable<Drift> {
  const accounts = new Map(target.accounts.map((account) => [account.id, account]))
  const wanted = new Set(
    memory.accountGrants.flatMap((row) => (row.connection === connection.key ? row.accountIds : [])),
  )
  const ended = new Map(memory.deactivations.map((row) => [row.accountId, row]))
  for (const { source, accountId } of memory.links) {
    if (source !== connection.source) continue
    const account = accounts.get(accountId)
    if (account === undefined) {
      if (target.accountsComplete) yield { kind: 'account-gone', account: { id: accountId, label: accountId } }
      continue
    }
    const named = { account: { id: accountId, label: accountLabel(account) }, now: account.state }
    const deactivation = ended.get(accountId)
    if (account.state !== 'active' && deactivation === undefined && wanted.has(accountId)) {
      yield { kind: 'account-suspended', ...named, left: 'active' }
    }
    const isOurs = deactivation?.connection === connection.key && deactivation.since < target.takenAt - settlingMs
    if (account.state === 'active' && isOurs) {
      const left = deactivation.how === 'disabled' ? 'disabled' : 'suspended'
      yield { kind: 'account-reactivated', ...named, left }
    }
  }
}

function* groupDrift({ target, memory }: DriftInput): Iterable<Drift> {
  const groups = new Map(target.groups.map((group) => [group.id, group]))
  const told = new Set<string>()
  for (const { groupId, name } of memory.groupLinks) {
    if (told.has(groupId)) continue
    told.add(groupId)
    const now = groups.get(groupId)
    if (now === undefined) {
      if (target.groupsComplete) yield { kind: 'group-gone', group: { id: groupId, name: name ?? groupId } }
    } else if (name !== undefined && now.name !== name) {
      yield { kind: 'group-renamed', group: { id: groupId, name: now.name }, now: now.name, left: name }
    }
  }
}

function* membershipDrift(input: DriftInput): Iterable<Drift> {
  const { target, memory, seen, linkedSince } = input
  const positionOf = positionsById(target.accounts)
  const vouchersOf = vouchersByGroup(input, positionOf, defaultGroupsById(input))
  const foreign = new Map(seen.map((each) => [`${each.groupId}\n${each.accountId}`, each]))
  for (const group of target.groups) {
    const { ours, oursOnce, others, byAccess } = vouchersOf(group.id)
    const named = (position: number) => {
      const account = target.accounts[position]!
      return {
        account: { id: account.id, label: accountLabel(account) },
        group: { id: group.id, name: group.name },
      }
    }
    const settles = (act: 'add' | 'remove', position: number) =>
      memory.settling.has(`${act}:${group.id}:${target.accounts[position]!.id}`)
    if (group.membersComplete) {
      for (const position of [...ours, ...oursOnce]) {
        const isHidden = target.membershipsUnknown.has(position) || settles('add', position)
        if (!isHidden && !has(group.accounts, position)) yield { kind: 'membership-removed', ...named(position) }
      }
    }
    const since = linkedSince.get(group.id)
    if (since === undefined) continue
    for (const position of group.accounts) {
      if ([ours, oursOnce, others, byAccess].some((list) => has(list, position))) continue
      if (target.accounts[position]!.kind !== 'person' || settles('remove', position)) continue
      const known = foreign.get(`${group.id}\n${target.accounts[position]!.id}`)
      if (known !== undefined && known.since <= since) continue
      const first = known === undefined ? {} : { seenSince: known.since, seenByRun: known.run }
      yield { kind: 'membership-foreign', ...named(position), ...first }
    }
  }
}

function* valueDrift({ connection, target, memory }: DriftInput): Iterable<Drift> {
  const positionOf = positionsById(target.accounts)
  for (const { connection: writer, attribute, accountIds, marks } of memory.written) {
    if (writer !== connection.key) continue
    for (const [index, accountId] of accountIds.entries()) {
      const account = target.accounts[positionOf.get(accountId) ?? -1]
      const now = account === undefined ? undefined : attributeOf(account, attribute)
      // A value that the target does not show may be the one that was written.
      if (account === undefined || now === undefined || markOf(attribute, now ?? '') === marks[index]) continue
      yield { kind: 'value-changed', account: { id: accountId, label: accountLabel(account) }, attribute, now }
    }
  }
}
