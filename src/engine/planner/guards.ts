import type { Change } from '../../domain/change.ts'
import type { GuardResult } from '../../domain/plan.ts'
import { type Limit, limitFor } from '../../domain/policy.ts'
import type { HoldReason } from '../../domain/reason.ts'
import type { SourceReadSummary } from '../../domain/snapshot.ts'
import type { Groups } from './groups.ts'
import type { PlanInput, TargetEnd } from './input.ts'
import type { PeopleBook } from './people-book.ts'
import { isBuiltInAdminName, type Protection } from './protection.ts'

interface Judged {
  readonly changes: Change[]
  readonly guards: GuardResult[]
}

/** A plan on the scales: what its effects alone say, and room for more guards. */
interface Judgement {
  /** Everything that is not blocked. */
  readonly counting: readonly Change[]
  readonly guards: GuardResult[]
  readonly hold: (reason: HoldReason, list: readonly Change[]) => void
  /** Nothing of the plan goes before a person looked. */
  readonly trust: (reason: HoldReason, tripped: boolean, sentence: string) => void
  judged(): Judged
}

/** Judges a numbered plan: what is over a limit or rests on doubtful reads is held, never dropped (D18). */
export function applyGuards(
  input: PlanInput,
  protection: Protection,
  people: PeopleBook,
  groups: Groups,
  changes: readonly Change[],
  read: SourceReadSummary,
): Judged {
  const { counting, guards, hold, trust, judged } = judgeEffects(input, protection, people.linked, changes)
  judgeReads(input, groups, read, counting, hold, guards)
  const readChanged = input.lastGood !== undefined && input.lastGood.readFingerprint !== read.readFingerprint
  trust(
    'guard:first-run',
    input.trust.firstRun,
    'This is the first run of the connection. Review the plan and approve it once.',
  )
  trust(
    'guard:rules-changed',
    input.trust.rulesChanged || readChanged,
    readChanged
      ? 'What the source delivers was changed (file, filter or base). Review what differs and approve it once.'
      : 'The rules of this connection, its source or its target changed since the last applied run. Review what differs and approve it once.',
  )
  trust(
    'guard:upgraded',
    input.trust.upgraded,
    'Muster was upgraded and may plan differently. Review what differs and approve it once.',
  )
  trust(
    'guard:undone',
    input.trust.undone === true,
    'The last run of this connection was an undo. What it took back is planned again here unless the source or the rules changed; review it and approve it once.',
  )
  return judged()
}

/** Limits on what a plan does, whatever asked for it: counts by kind and within groups, administration, adoptions. */
export function judgeEffects(
  input: Pick<PlanInput, 'connection' | 'target' | 'memory'> & { readonly ends: TargetEnd },
  protection: Protection,
  managedPeople: number,
  changes: readonly Change[],
): Judgement {
  const holds = new Map<number, HoldReason[]>()
  const guards: GuardResult[] = []
  const counting = changes.filter((change) => change.state !== 'blocked')
  const hold = (reason: HoldReason, list: readonly Change[]) => {
    for (const change of list) {
      const reasons = holds.get(change.seq)
      if (reasons === undefined) holds.set(change.seq, [reason])
      else if (!reasons.includes(reason)) reasons.push(reason)
    }
  }
  const count = (
    reason: HoldReason,
    limit: Limit,
    base: number,
    list: readonly Change[],
    before: number,
    what: string,
    about?: string,
  ) => {
    const measured = list.length === 0 ? 0 : list.length + before
    const most = limitFor(limit, base)
    const tripped = measured > most
    if (tripped) hold(reason, list)
    if (list.length === 0) return
    guards.push({
      guard: reason,
      ...(about === undefined ? {} : { about }),
      measured,
      limit: most,
      tripped,
      holds: tripped ? 'kind' : 'nothing',
      sentence: `${measured} ${what}${about === undefined ? '' : ` in "${about}"`}${before > 0 ? ` (${before} of them in the last 24 hours)` : ''}; ${most} pass without a person.`,
    })
  }

  const rules = input.connection.guards
  const lastDay = (kind: string) => input.memory.appliedLastDay[kind] ?? 0
  const of = (kind: Change['kind']) => counting.filter((change) => change.kind === kind)
  const deactivations = of('account.deactivate')
  const removals = of('membership.remove')
  const adds = of('membership.add')
  const granted = input.memory.grants
    .filter((grant) => grant.connection === input.connection.key)
    .reduce((sum, grant) => sum + grant.accountIds.length, 0)

  count(
    'guard:deactivations',
    rules.deactivations,
    managedPeople,
    deactivations,
    lastDay('account.deactivate'),
    'deactivations',
  )
  count(
    'guard:membership-removals',
    rules.membershipRemovals,
    granted,
    removals,
    lastDay('membership.remove'),
    'membership removals',
  )
  count('guard:creates', rules.creates, managedPeople, of('account.create'), lastDay('account.create'), 'new accounts')
  count(
    'guard:identity-changes',
    rules.identityChanges,
    managedPeople,
    of('account.update').filter((change) => 'email' in (change.after ?? {}) || 'userName' in (change.after ?? {})),
    0,
    'e-mail or username changes',
  )

  // --- within one group ---------------------------------------------------------------------------------------------
  const byGroup = groupBy(removals)
  const addsByGroup = groupBy(adds)
  const groupById = new Map(input.target.groups.map((group) => [group.id, group]))
  for (const [groupId, list] of byGroup) {
    const group = groupById.get(groupId)!
    count('guard:group-removals', rules.groupRemovals, group.accounts.length, list, 0, 'removals', group.name)
  }

  // --- administration -----------------------------------------------------------------------------------------------
  const adminIds = new Map([...protection.adminGroups].map((position) => [input.target.groups[position]!.id, position]))
  count(
    'guard:admin-grants',
    rules.adminGrants,
    managedPeople,
    adds.filter((change) => {
      const groupId = idOf(change.group)
      return groupId === undefined ? isBuiltInAdminName(change.groupLabel ?? '') : adminIds.has(groupId)
    }),
    0,
    'new members of groups that administer',
  )
  /** Nothing holds this change, so far, nor what it needs. */
  const goes = (change: Change): boolean =>
    change.state === 'ready' && !holds.has(change.seq) && change.needs.every((seq) => goes(changes[seq - 1]!))
  const leaving = new Map(deactivations.map((change) => [idOf(change.account), change]))
  // Who administers is asked for the time after this plan: somebody it brings back or adds counts (D18).
  const returning = new Set(
    of('account.activate')
      .filter(goes)
      .map((change) => idOf(change.account)),
  )
  for (const [, position] of adminIds) {
    const group = input.target.groups[position]!
    if (addsByGroup.get(group.id)?.some(goes) === true) continue
    const active = [...group.accounts].filter((account) => {
      const actual = input.target.accounts[account]!
      return (
        (actual.state === 'active' || returning.has(actual.id)) &&
        actual.kind === 'person' &&
        actual.own !== true &&
        actual.id !== input.ends.ownAccountId
      )
    })
    const going = active.filter((account) => leaving.has(input.target.accounts[account]!.id))
    if (going.length === 0 || going.length < active.length) continue
    hold(
      'guard:last-administrator',
      going.map((account) => leaving.get(input.target.accounts[account]!.id)!),
    )
    guards.push({
      guard: 'guard:last-administrator',
      about: group.name,
      measured: going.length,
      limit: active.length - 1,
      tripped: true,
      holds: 'kind',
      sentence: `"${group.name}" would be left without an active administrator.`,
    })
  }

  // --- groups emptied: somebody who joins counts only if nothing holds them back -------------------------------------
  const emptied = [...byGroup].filter(
    ([groupId, list]) =>
      list.length >= groupById.get(groupId)!.accounts.length && addsByGroup.get(groupId)?.some(goes) !== true,
  )
  const emptyLimit = limitFor(rules.groupsEmptied, input.target.groups.length)
  if (emptied.length > 0) {
    const tripped = emptied.length > emptyLimit
    if (tripped) for (const [, list] of emptied) hold('guard:groups-emptied', list)
    guards.push({
      guard: 'guard:groups-emptied',
      measured: emptied.length,
      limit: emptyLimit,
      tripped,
      holds: tripped ? 'kind' : 'nothing',
      sentence: `${emptied.length} groups would be left without a member; ${emptyLimit} pass without a person.`,
    })
  }
  const adoptions = of('group.adopt').filter((change) => change.stateReasons.includes('guard:group-adoption'))
  if (adoptions.length > 0) {
    guards.push({
      guard: 'guard:group-adoption',
      measured: adoptions.length,
      limit: 0,
      tripped: true,
      holds: 'kind',
      sentence: `${adoptions.length} groups with members, access or administration exist already under a name of the source; releasing lets Muster manage memberships in them.`,
    })
  }

  const trust = (reason: HoldReason, tripped: boolean, sentence: string) => {
    if (tripped && changes.length > 0)
      guards.push({ guard: reason, measured: counting.length, limit: 0, tripped, holds: 'plan', sentence })
  }
  const judged = () => ({
    guards,
    changes: changes.map((change) => {
      const reasons = holds.get(change.seq)
      return reasons === undefined
        ? change
        : { ...change, state: 'held' as const, stateReasons: [...new Set([...change.stateReasons, ...reasons])] }
    }),
  })
  return { counting, guards, hold, trust, judged }
}

/** A sharp drop in what was read holds what would take away because of it (P2). */
function judgeReads(
  input: PlanInput,
  groups: Groups,
  read: SourceReadSummary,
  counting: readonly Change[],
  hold: (reason: HoldReason, list: readonly Change[]) => void,
  guards: GuardResult[],
): void {
  const { lastGood } = input
  if (lastGood === undefined) return
  const rules = input.connection.guards
  const removals = counting.filter((change) => change.kind === 'membership.remove')
  const takes = [...removals, ...counting.filter((change) => change.kind === 'account.deactivate')]
  const shrunk = (now: number, before: number, limit: { floor: number; percent: number }) =>
    before - now > limit.floor && before - now > (limit.percent / 100) * before

  for (const [now, before, what] of [
    [read.users, lastGood.users, 'people'],
    [read.activeUsers, lastGood.activeUsers, 'active people'],
  ] as const) {
    const tripped = shrunk(now, before, rules.sourceUsers)
    if (!tripped) continue
    hold('guard:source-shrunk', takes)
    guards.push({
      guard: 'guard:source-shrunk',
      about: what,
      measured: before - now,
      limit: Math.max(rules.sourceUsers.floor, Math.floor((rules.sourceUsers.percent / 100) * before)),
      tripped,
      holds: 'removals',
      sentence: `The source delivered ${now} ${what}; the last good read had ${before}. Nothing is taken away until a person looked.`,
    })
  }

  for (const group of groups.managed) {
    for (const receipt of group.receipts) {
      const from = input.source.groups[receipt.group]!
      const now = read.groupMembers[from.key]
      const before = lastGood.groupMembers[from.key]
      if (now === undefined || before === undefined || !shrunk(now, before, rules.sourceGroupMembers)) continue
      const held = removals.filter((change) => 'id' in group.ref && idOf(change.group) === group.ref.id)
      if (held.length === 0) continue
      hold('guard:source-group-shrunk', held)
      guards.push({
        guard: 'guard:source-group-shrunk',
        about: from.name,
        measured: before - now,
        limit: Math.max(rules.sourceGroupMembers.floor, Math.floor((rules.sourceGroupMembers.percent / 100) * before)),
        tripped: true,
        holds: 'removals',
        sentence: `The source group "${from.name}" delivered ${now} members; the last good read had ${before}.`,
      })
    }
  }

  const mappings = { ...input.ends.defaultMapping, ...input.connection.users.mapping }
  for (const [attribute, rule] of Object.entries(mappings)) {
    const before = rule.from === undefined ? undefined : lastGood.filled[rule.from]
    if (rule.from === undefined || before === undefined || before < 50) continue
    const now = read.filled[rule.from] ?? 0
    if (now >= before / 2) continue
    hold(
      'guard:attribute-vanished',
      counting.filter((change) => change.kind === 'account.update' && attribute in (change.after ?? {})),
    )
    guards.push({
      guard: 'guard:attribute-vanished',
      about: rule.from,
      measured: now,
      limit: Math.ceil(before / 2),
      tripped: true,
      holds: 'kind',
      sentence: `The source attribute "${rule.from}" is filled for ${now} people; the last good read had ${before}.`,
    })
  }
}

function idOf(ref: Change['account']): string | undefined {
  return ref !== undefined && 'id' in ref ? ref.id : undefined
}

function groupBy(changes: readonly Change[]): Map<string, Change[]> {
  const lists = new Map<string, Change[]>()
  for (const change of changes) {
    const id = idOf(change.group)
    if (id === undefined) continue
    const list = lists.get(id)
    if (list === undefined) lists.set(id, [change])
    else list.push(change)
  }
  return lists
}
