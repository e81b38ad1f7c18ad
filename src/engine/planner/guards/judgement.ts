import type { Change } from '../../../domain/change.ts'
import type { GuardResult } from '../../../domain/plan.ts'
import { type Limit, limitFor } from '../../../domain/policy.ts'
import type { HoldReason } from '../../../domain/reason.ts'
import { sharedBy } from '../../../platform/shared-by.ts'
import type { PlanInput, TargetEnd } from '../input.ts'

/** What the effects of a plan are judged by; neither a source nor its read is needed. */
export interface EffectsInput extends Pick<PlanInput, 'connection' | 'target' | 'memory' | 'part'> {
  readonly ends: TargetEnd
}

/** Everybody this connection answers for: linked people, also those who are gone from the source. */
export function managedPeople({ connection, memory }: EffectsInput): number {
  return memory.totals?.links ?? memory.links.filter(({ source }) => source === connection.source).length
}

/** What was applied in the last 24 hours without a person; see `Memory.appliedLastDay` for the names. */
export function lastDay({ memory }: EffectsInput, name: string): number {
  return memory.appliedLastDay[name] ?? 0
}

const none: readonly HoldReason[] = []

export interface Judged {
  readonly changes: Change[]
  readonly guards: GuardResult[]
}

/** What a limit counts. */
export interface Counted {
  readonly limit: Limit
  /** What the percentage is taken of. */
  readonly base: number
  /** Changes of this plan that count; all of them are held together. */
  readonly list: readonly Change[]
  /** How much the list weighs, where several changes are one effect; absent = one each. */
  readonly weight?: number
  /** The same effect, applied in the last 24 hours without a person's approval. */
  readonly before?: number
  /** Plural noun for the sentence: `deactivations`. */
  readonly what: string
  /** The one object it is about, e.g. a group. */
  readonly about?: string
}

/** A plan on the scales: what counts, what is held so far, and what was found. */
export interface Judgement {
  /** Everything that is not blocked. */
  readonly counting: readonly Change[]
  readonly guards: GuardResult[]
  of(kind: Change['kind']): readonly Change[]
  hold(reason: HoldReason, list: readonly Change[]): void
  /** Compares a count with its limit and holds the whole list when it is over; says nothing about an empty list. */
  count(reason: HoldReason, counted: Counted): void
  /** Nothing holds this change, so far, nor what it needs. */
  goes(change: Change): boolean
  judged(): Judged
}

export function judgement(changes: readonly Change[]): Judgement {
  // A guard may hold a million changes: those that are held alike share one list.
  const holds: (readonly HoldReason[] | undefined)[] = []
  const withReason = sharedBy((reason: HoldReason) =>
    sharedBy((reasons: readonly HoldReason[]) => (reasons.includes(reason) ? reasons : [...reasons, reason])),
  )
  const joined = sharedBy((before: readonly HoldReason[]) =>
    sharedBy((reasons: readonly HoldReason[]) => [...new Set([...before, ...reasons])]),
  )
  const guards: GuardResult[] = []
  const counting = changes.filter((change) => change.state !== 'blocked')
  const byKind = Map.groupBy(counting, (change) => change.kind)

  const hold: Judgement['hold'] = (reason, list) => {
    for (const change of list) {
      holds[change.seq] = withReason(reason)(holds[change.seq] ?? none)
    }
  }
  const goes = (change: Change): boolean =>
    change.state === 'ready' && holds[change.seq] === undefined && change.needs.every((seq) => goes(changes[seq - 1]!))
  return {
    counting,
    guards,
    of: (kind) => byKind.get(kind) ?? [],
    hold,
    goes,
    count(reason, { limit, base, list, weight = list.length, before = 0, what, about }) {
      if (list.length === 0) return
      const measured = weight + before
      const most = limitFor(limit, base)
      const tripped = measured > most
      if (tripped) hold(reason, list)
      guards.push({
        guard: reason,
        ...(about === undefined ? {} : { about }),
        measured,
        limit: most,
        tripped,
        holds: tripped ? 'kind' : 'nothing',
        sentence: `${measured} ${what}${about === undefined ? '' : ` in "${about}"`}${inLastDay(before)}; ${most} pass without a person.`,
      })
    },
    judged: () => ({
      guards,
      changes: changes.map((change) => {
        const reasons = holds[change.seq]
        return reasons === undefined
          ? change
          : { ...change, state: 'held' as const, stateReasons: joined(change.stateReasons)(reasons) }
      }),
    }),
  }
}

/** The part of a count that is history, for its sentence. */
export function inLastDay(before: number): string {
  return before > 0 ? ` (${before} of them in the last 24 hours)` : ''
}

/** Id of an object that exists already. */
export function idOf(ref: Change['account']): string | undefined {
  return ref !== undefined && 'id' in ref ? ref.id : undefined
}

/** Changes by the existing group they are about. */
export function byGroup(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
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
