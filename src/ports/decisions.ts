import type { Choice, Decision, DecisionEffect } from '../domain/decision.ts'
import type { Instant } from '../domain/identity.ts'
import type { PageRequest, Slice } from './paging.ts'

/** A remembered decision with its history. */
export interface KeptDecision extends Decision {
  readonly directoryKey: string
  readonly label: string
  readonly decidedAt: Instant
  readonly decidedBy: string
}

/** What people decided about work items, for good (D2, D8, D9, D10). */
export interface DecisionStore {
  /**
   * Carries out what was chosen for an open item and closes it, and every other open item of the same reason and subject.
   * Letting go of an account or group also ends what the ledger says about it. Throws `conflict` when the item was closed
   * meanwhile.
   */
  decide(itemId: string, choice: Choice, effects: readonly DecisionEffect[], by: string): Promise<void>
  /** Decisions that stand, the newest first. */
  list(page: PageRequest): Promise<Slice<KeptDecision>>
  /** Ends decisions that stand: by a person, or because what they allowed has happened. Returns how many. */
  end(ids: readonly string[], by: string): Promise<number>
}
