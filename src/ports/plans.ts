import type { ChangeKind, ItemState, Outcome, WriteKind } from '../domain/change.ts'
import type { Instant } from '../domain/identity.ts'
import type { Lesson } from '../domain/memory.ts'
import type { ChangeRecord, Plan, PlanSummary } from '../domain/plan.ts'
import type { HoldReason, ReasonCode } from '../domain/reason.ts'
import type { Fence } from './leases.ts'
import type { PageRequest, Slice } from './paging.ts'

export interface ChangeFilter {
  readonly kinds?: readonly ChangeKind[]
  readonly states?: readonly ItemState[]
  /** `open` = no outcome yet. */
  readonly outcomes?: readonly (Outcome | 'open')[]
  readonly reasons?: readonly ReasonCode[]
  /** Held or blocked by at least one of these. */
  readonly holds?: readonly HoldReason[]
  /** Part of a label of account, group, person or source group, compared folded. */
  readonly text?: string
}

/** How many changes have one combination of what they can be filtered by. */
export interface Facet {
  readonly kind: ChangeKind
  readonly state: ItemState
  readonly outcome: Outcome | 'open'
  readonly reason: ReasonCode
  readonly holds: readonly HoldReason[]
  readonly count: number
}

/** One outcome to write. */
export interface OutcomeRecord {
  readonly seq: number
  readonly outcome: Outcome
  readonly skipReason?: ChangeRecord['skipReason']
  readonly errorCode?: string
  readonly message?: string
  readonly createdId?: string
  readonly verifiedAt?: Instant
}

/** What a person said about a plan. */
export interface Verdict {
  readonly by: string
  readonly at: Instant
  readonly comment?: string
}

/** Lists name the first hundred; the counts are of all. */
export interface PlanImpact {
  /** Accounts that get another e-mail address or username: they sign in or are found by it. */
  readonly identityChanges: number
  /** Groups that nobody would be in any more, by what the last read and this plan say. */
  readonly groupsEmptied: readonly { readonly name: string; readonly members: number }[]
  readonly groupsEmptiedCount: number
  /** Changes that touch administration: who joins or leaves a group that administers, and what is done to its members. */
  readonly administrators: readonly {
    readonly seq: number
    readonly kind: ChangeKind
    readonly label: string
    /** The group that administers. */
    readonly group: string
  }[]
  readonly administratorsCount: number
}

/** A write that the target refused for good (`not-writable`), and has not taken since. */
export interface Refusal {
  readonly kind: WriteKind
  readonly accountId: string
  /** Of a membership. */
  readonly groupId?: string
  readonly message: string
  readonly at: Instant
}

/** Plans with their changes, from the review to the proof (D11, D18, D19). */
export interface PlanStore {
  /** Stores the header and the changes in batches; the plan is visible only when all rows are there. */
  save(plan: Plan, changes: Iterable<readonly ChangeRecord[]>): Promise<void>
  get(planId: string): Promise<Plan | undefined>
  /** What plans ask for and what they rest on, by their ids; missing ones are absent. */
  extents(planIds: readonly string[]): Promise<ReadonlyMap<string, Pick<PlanSummary, 'counts' | 'read'>>>
  changes(planId: string, filter: ChangeFilter, page: PageRequest): Promise<Slice<ChangeRecord>>
  /** Every combination that occurs, with its count; only of changes with this text when one is given. */
  facets(planId: string, text: string | undefined): Promise<readonly Facet[]>
  /** Changes by seq, for resolving references; missing ones are absent. */
  bySeq(planId: string, seqs: readonly number[]): Promise<readonly ChangeRecord[]>
  /**
   * What the target refused for good since an instant, in plans of a connection in this version of its settings; the newest
   * refusal of each write. Only where the same plan did the same kind of write for somebody else: else it may be the
   * credential that was refused, and not the account.
   */
  refusals(connection: string, connectionVersion: number, since: Instant): Promise<readonly Refusal[]>
  /** Counts over all changes: by kind, state and outcome (`open` = none). */
  tally(planId: string): Promise<
    readonly {
      readonly kind: ChangeKind
      readonly state: ItemState
      readonly outcome: Outcome | 'open'
      readonly count: number
    }[]
  >
  /**
   * A person lets held changes go: all of them, those held by the named guards, or those with the given seqs. Takes the
   * released guards out of each change's `stateReasons` (with seqs: all of that change's); a change without reasons left is
   * ready, and `waits-for` goes when everything it needs is ready. Bound to the fingerprint: throws `stale-plan` if it is
   * another, or if a newer plan of the connection exists. Returns how many became ready.
   */
  release(
    planId: string,
    fingerprint: string,
    by: string,
    part?: { readonly guards?: readonly string[]; readonly seqs?: readonly number[] },
    comment?: string,
  ): Promise<number>
  /** Marks the plan approved as a whole (mode `review`). Throws `stale-plan` like `release`. */
  approve(planId: string, fingerprint: string, by: string, comment?: string): Promise<void>
  approval(planId: string): Promise<Verdict | undefined>
  /**
   * A person turns the plan down for good, with the reason; its run ends as `cancelled` unless it has ended otherwise.
   * Throws `stale-plan` like `release`, and `conflict` while it is being applied.
   */
  reject(planId: string, fingerprint: string, by: string, comment: string): Promise<void>
  rejection(planId: string): Promise<Verdict | undefined>
  /** Whom and what a reviewer should look at twice, counted over everything that is not blocked. */
  impact(planId: string): Promise<PlanImpact>
  /** The next ready changes without an outcome after `afterSeq`, in order, all of one kind. Empty at the end. */
  nextBatch(planId: string, afterSeq: number, limit: number): Promise<readonly ChangeRecord[]>
  /** Like `nextBatch`, only what was sent: nobody knows what became of it. */
  nextUnanswered(planId: string, afterSeq: number, limit: number): Promise<readonly ChangeRecord[]>
  /** Durable mark that these are about to be sent. Throws `usurped` if the fence no longer holds. */
  markSent(planId: string, fence: Fence, seqs: readonly number[]): Promise<void>
  /** Outcomes and what they teach, in one transaction. Throws `usurped` if the fence no longer holds. */
  record(
    planId: string,
    runId: string,
    fence: Fence,
    outcomes: readonly OutcomeRecord[],
    lessons: readonly Lesson[],
  ): Promise<void>
  /** Applied changes not yet proven by a later read, in pages by seq. */
  unverified(planId: string, afterSeq: number, limit: number): Promise<readonly ChangeRecord[]>
}
