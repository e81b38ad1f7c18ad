import type { DraftChange } from '../../domain/change.ts'
import type { Exception } from '../../domain/exception.ts'
import type { HoldReason } from '../../domain/reason.ts'
import type { ActualGroup } from '../../domain/snapshot.ts'
import { sharedBy } from '../../platform/shared-by.ts'
import { has } from '../../platform/sorted.ts'
import { membershipKey } from '../refusals.ts'
import { exceptionRule } from './exceptions.ts'
import type { PlanInput, TargetEnd } from './input.ts'
import type { ManagedGroup } from './managed-group.ts'
import { accountRef, type PeopleBook } from './people-book.ts'
import type { Why } from './trace.ts'
import { accountLabel } from './values.ts'

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

const noReasons: readonly HoldReason[] = []

export type FilledGroup = Pick<ManagedGroup, 'ref' | 'position' | 'name' | 'adoption'>

/**
 * Writes down membership changes; knows what the target would refuse (P12), and leaves as it is what a person decided to
 * leave so.
 */
export interface MembershipDrafts {
  readonly changes: readonly DraftChange[]
  add(account: number, group: FilledGroup, why: Why): void
  remove(account: number, group: FilledGroup, why: Why): void
  adopt(account: number, group: FilledGroup, why: Why): void
  release(account: number, group: FilledGroup, why: Why): void
  /** Removals of this account from these groups of interest, also blocked ones. */
  removalsFrom(account: number, positions: readonly number[]): readonly DraftChange[]
  /** All removals from groups of interest. */
  removals(): Iterable<{ readonly draft: DraftChange; readonly account: number; readonly position: number }>
  /** Will the account be in this group when the plan is done? Only for the groups that were named as of interest. */
  isMemberAfter(account: number, position: number): boolean
}

/** What the target would refuse, found before it is asked (P12). */
export function refusal(
  kind: 'membership.add' | 'membership.remove',
  actual: ActualGroup | undefined,
  ends: TargetEnd,
): HoldReason | undefined {
  if (actual?.readOnlyBecause !== undefined) return 'not-writable'
  if (!ends.offered.has(kind)) return 'not-offered'
  return actual !== undefined && !actual.membersComplete ? 'target-unproven' : undefined
}

/** `ofInterest` = positions of the groups whose members are asked for afterwards. */
export function membershipDrafts(
  input: PlanInput,
  people: PeopleBook,
  ofInterest: Pick<ReadonlySet<number>, 'has'>,
): MembershipDrafts {
  const { source, target, memory, ends } = input
  const changes: DraftChange[] = []
  const joined = new Map<number, Set<number>>()
  const left = new Map<number, Set<number>>()
  const removals = new Map<string, { draft: DraftChange; account: number; position: number }>()
  const isWatched = (position: number) => position >= 0 && ofInterest.has(position)
  const noteJoined = (account: number, { position }: FilledGroup) => {
    if (!isWatched(position)) return
    joined.set(position, (joined.get(position) ?? new Set()).add(account))
  }
  const noteLeft = (account: number, { position }: FilledGroup) => {
    if (!isWatched(position)) return
    left.set(position, (left.get(position) ?? new Set()).add(account))
  }

  /** Some targets tell of an account that its directory keeps its memberships, others when it is tried. */
  const refusedBy = (
    kind: 'membership.add' | 'membership.remove',
    account: number,
    { position }: FilledGroup,
  ): HoldReason | undefined => {
    const actual = target.accounts[account]
    if (actual?.refuses?.[kind] !== undefined) return 'not-writable'
    const isRefused = input.refused?.has(membershipKey(kind, target.groups[position]?.id ?? '', actual?.id ?? ''))
    return isRefused === true ? 'not-writable' : undefined
  }
  const labelOf = (account: number) => {
    const existing = target.accounts[account]
    if (existing !== undefined) return accountLabel(existing)
    return people.creations[account - target.accounts.length]?.accountLabel ?? ''
  }
  const settles = (act: 'add' | 'remove', account: number, group: FilledGroup) => {
    const accountId = target.accounts[account]?.id
    const groupId = target.groups[group.position]?.id
    const isSettling =
      accountId !== undefined && groupId !== undefined && memory.settling.has(`${act}:${groupId}:${accountId}`)
    if (isSettling) {
      people.settling += 1
      input.trace?.membership?.(account, group, { reason: 'settling' })
    }
    return isSettling
  }
  // A first plan has a million of these: what many say alike is one object, and what is absent takes no room.
  const whoOf = sharedBy((account: number) => {
    const user = people.userOf[account]
    const label = labelOf(account)
    return {
      account: accountRef(input, people, account),
      label,
      person: user === undefined ? undefined : { key: source.users[user]!.key, label },
    }
  })
  const sourceGroupOf = sharedBy((group: number) => {
    const { key, name } = source.groups[group]!
    return { key, label: name }
  })
  const adoptionOf = sharedBy((adoption: DraftChange) => [adoption])
  const write = (kind: DraftChange['kind'], account: number, group: FilledGroup, why: Why, blocked?: HoldReason) => {
    const who = whoOf(account)
    const draft: Writable<DraftChange> = {
      kind,
      account: who.account,
      accountLabel: who.label,
      group: group.ref,
      groupLabel: group.name,
      reason: why.reason,
      rule: why.rule,
      state: blocked === undefined ? 'ready' : 'blocked',
      stateReasons: blocked === undefined ? noReasons : [blocked],
    }
    if (who.person !== undefined) draft.person = who.person
    if (why.sourceGroup !== undefined) draft.sourceGroup = sourceGroupOf(why.sourceGroup)
    const activation = kind === 'membership.add' ? people.activations.get(account) : undefined
    if (activation !== undefined)
      draft.waitsFor = [...(group.adoption === undefined ? [] : [group.adoption]), activation]
    else if (group.adoption !== undefined) draft.waitsFor = adoptionOf(group.adoption)
    changes.push(draft)
    return draft
  }

  /** True when a person decided that this membership stays as somebody else made it. */
  const isLeft = (
    account: number,
    group: FilledGroup,
    kept: (groupId: string, accountId: string) => Exception | undefined,
  ) => {
    const ids = [target.groups[group.position]?.id, target.accounts[account]?.id] as const
    const exception = ids[0] === undefined || ids[1] === undefined ? undefined : kept(ids[0], ids[1])
    if (exception === undefined) return false
    people.exceptions.use(exception)
    input.trace?.membership?.(account, group, { reason: 'kept-by-decision', rule: exceptionRule(exception) })
    return true
  }

  return {
    changes,
    add(account, group, why) {
      if (isLeft(account, group, people.exceptions.keepsOut)) return
      if (settles('add', account, group)) return noteJoined(account, group)
      const blocked =
        refusedBy('membership.add', account, group) ?? refusal('membership.add', target.groups[group.position], ends)
      write('membership.add', account, group, why, blocked)
      if (blocked === undefined) noteJoined(account, group)
    },
    remove(account, group, why) {
      if (isLeft(account, group, people.exceptions.keepsIn)) return
      if (settles('remove', account, group)) return noteLeft(account, group)
      const blocked =
        refusedBy('membership.remove', account, group) ??
        refusal('membership.remove', target.groups[group.position], ends)
      const draft = write('membership.remove', account, group, why, blocked)
      if (isWatched(group.position))
        removals.set(`${group.position} ${account}`, { draft, account, position: group.position })
      if (blocked === undefined) noteLeft(account, group)
    },
    adopt: (account, group, why) => {
      if (isLeft(account, group, people.exceptions.keepsIn)) return
      write('membership.adopt', account, group, why)
    },
    release: (account, group, why) => {
      write('membership.release', account, group, why)
    },
    removalsFrom: (account, positions) =>
      positions.map((position) => removals.get(`${position} ${account}`)?.draft).filter((draft) => draft !== undefined),
    removals: () => removals.values(),
    isMemberAfter: (account, position) => {
      if (joined.get(position)?.has(account) === true) return true
      const isThere = account < target.accounts.length && has(target.groups[position]!.accounts, account)
      return isThere && left.get(position)?.has(account) !== true
    },
  }
}
