import type { ReasonCode, StandReason } from '../../domain/reason.ts'

/** Why somebody is, or is no longer, in a group. */
export interface Why {
  readonly reason: ReasonCode
  readonly rule: string
  /** Position of the source group. */
  readonly sourceGroup?: number | undefined
}

/** Why an account stays as it is, and from when on that may be otherwise. */
export interface Standstill {
  readonly reason: StandReason
  /** The setting that says so, or the next stage of leaving: `users.onLeft[0]`. */
  readonly rule?: string
  /** When that stage is due. */
  readonly dueAt?: number
}

/**
 * Hears what the planner decides without planning a change. Only a question hands one in: a run has nobody listening, and
 * plans the same. Accounts are positions in the target snapshot, those that are to be created after the existing ones; a
 * group is its position, or -1 with the name of one that this plan creates.
 */
export interface Trace {
  person(sourceKey: string, standstill: Standstill): void
  /** The account that is theirs, or will be. */
  account?(sourceKey: string, account: number): void
  attribute?(account: number, name: string, reason: StandReason): void
  membership?(account: number, group: { readonly position: number; readonly name: string }, kept: Kept): void
  /** Which groups are filled by which rules. */
  groups?(filled: readonly Filled[]): void
}

/** A group that rules fill. */
export interface Filled {
  readonly position: number
  readonly name: string
  /** Positions of the source groups that fill it, and by which rule. */
  readonly receipts: readonly { readonly group: number; readonly rule: string }[]
}

/** Why a membership is neither given nor taken; `why` = what wants it. */
export interface Kept {
  readonly reason: StandReason
  readonly rule?: string
  readonly why?: Why
}
