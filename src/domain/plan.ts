import type { Change, ChangeKind, ItemState, Outcome, SkipReason } from './change.ts'
import type { Instant } from './identity.ts'
import type { HoldReason } from './reason.ts'

/**
 * What the planner decides differently since each version, in words for the report of the first run after an upgrade. A
 * version is added whenever any plan could differ for the same input (D16, P21).
 */
export const semantics: Readonly<Record<number, string>> = {
  1: 'the first rules',
  2: 'limits look at a whole day and their percentages are exact; who is missing from a changed read does not leave; what is gone from the target is asked about; a changed rule by name gives linked groups their new names; accounts and stages of leaving are kept apart for each connection',
  3: 'a replacement may name groups of its expression by name',
  4: 'what a target refused for good is blocked for some days instead of being sent every time; accounts that could belong to somebody who is back under another key are left alone, all of them, until a person has chosen; whoever is let into a product keeps the way in until this plan has given another one',
}

export const semanticsVersion = Math.max(...Object.keys(semantics).map(Number))

/** One limit or proof as it was judged for a plan. */
export interface GuardResult {
  readonly guard: HoldReason
  /** Present when the guard is about one object, e.g. one group. */
  readonly about?: string
  readonly measured: number
  readonly limit: number
  readonly tripped: boolean
  /** What it holds: nothing, the changes of its kind, everything that takes away, or the whole plan. */
  readonly holds: 'nothing' | 'kind' | 'removals' | 'plan'
  readonly sentence: string
  /** What it rests on, one sentence each: settings that changed, steps of versions. */
  readonly details?: readonly string[]
}

/** Counts by kind and item state, e.g. `{ 'account.create': { ready: 3, held: 1 } }`. */
export type ChangeCounts = Readonly<Partial<Record<ChangeKind, Readonly<Partial<Record<ItemState, number>>>>>>

/** Absent numbers = unlimited or unknown to the target. */
export interface SeatCounts {
  readonly title: string
  readonly total?: number
  readonly used?: number
  /** People who get a seat, held ones included, and people who give theirs back. */
  readonly taken: number
  readonly freed: number
}

export interface PlanSummary {
  readonly counts: ChangeCounts
  readonly total: number
  readonly ready: number
  readonly held: number
  readonly blocked: number
  /**
   * After a change of the rules: how many changes they alone ask for, and how many the former rules would have planned that
   * do not come any more (P4). Absent when the rules are the same, or the former ones are not known.
   */
  readonly rules?: { readonly onlyNow: number; readonly noLonger: number }
  /**
   * People read, in scope, linked; groups read, in scope; accounts and groups of the target. Where a read was not proven
   * complete also `unproven` parts of both sides, and how many of them are a whole list of the source; `settling`: recent
   * writes that are wanted and not visible yet; `missing`: linked people whom only a changed read leaves out (D23);
   * `kept`: what is left as it is because a person decided so.
   */
  readonly read: Readonly<Record<string, number>>
  /** How many mails creating accounts sends to people, when everything goes; absent = none. */
  readonly mails?: number
  /** Licence seats, by the product's key: as the target counts them, and what this plan takes and makes free. */
  readonly seats?: Readonly<Record<string, SeatCounts>>
  /** Things to say beside the changes: name differs, unknown members, incomplete parts. */
  readonly notices: readonly string[]
}

/** A plan without its changes; those are rows, read in pages. */
export interface Plan {
  readonly id: string
  readonly runId: string
  readonly connection: string
  readonly directoryKey: string
  readonly createdAt: Instant
  readonly connectionVersion: number
  readonly semanticsVersion: number
  readonly sourceSnapshotId: string
  readonly targetSnapshotId: string
  /** SHA-256 over the canonical rows in order; approvals bind to it. */
  readonly fingerprint: string
  readonly guards: readonly GuardResult[]
  readonly summary: PlanSummary
}

/** A change with what became of it. */
export interface ChangeRecord extends Change {
  readonly outcome?: Outcome
  /** Sent to the target, answer not known yet; after a crash it is looked up before anything is sent again. */
  readonly sentAt?: Instant
  readonly finishedAt?: Instant
  readonly verifiedAt?: Instant
  readonly skipReason?: SkipReason
  /** The target's or our own sentence about a failure or conflict. */
  readonly message?: string
  readonly errorCode?: string
  /** Id of the object a creation made or found. */
  readonly createdId?: string
}
