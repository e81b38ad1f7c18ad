import type { Change } from '../../domain/change.ts'
import type { Departure } from '../../domain/memory.ts'
import type { HoldReason, ReasonCode, StandReason } from '../../domain/reason.ts'
import type { InScope } from '../../domain/scope.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import type { Correlation } from '../planner/correlation.ts'

/** Who is asked about, as one connection knows them: a record of the source, an account of the target, or both. */
export interface Subject {
  /** Position in the source snapshot, or -1. */
  readonly user: number
  /** Position in the target snapshot, or -1. */
  readonly account: number
  /** Key at the source, also of somebody who is there no more. */
  readonly sourceKey: string | undefined
}

/** Where a value comes from and why it is, or is not, written. */
export interface AttributeAnswer {
  readonly name: string
  /** Null = empty at the source; absent = unknown. */
  readonly wanted?: string | null
  /** Absent = hidden, or there is no account. */
  readonly actual?: string | null
  readonly reason: StandReason | ReasonCode
}

/** Why somebody is, becomes, stays or is no longer in a group; or why not. */
export interface MembershipAnswer {
  readonly group: { readonly id?: string; readonly name: string }
  readonly isMember: boolean
  /** `add`, `remove`, `adopt`, `release` = a change is planned; `stays` = nothing is done. */
  readonly verdict: 'add' | 'remove' | 'adopt' | 'release' | 'stays'
  readonly reason: StandReason | ReasonCode
  readonly rule?: string
  /** Names from the source group that lists the person to the one that fills this group. */
  readonly path?: readonly string[]
  /** Source groups that would put somebody into this group, and by which rule. */
  readonly filledBy: readonly { readonly name: string; readonly rule: string }[]
  /** Who vouches for it by the ledger. */
  readonly grants: readonly { readonly connection: string; readonly rule: string }[]
  readonly stateReasons: readonly HoldReason[]
}

/** Everything the planner knows about one person in one connection. */
export interface Explanation {
  readonly label: string
  readonly sourceKey?: string
  readonly record?: { readonly active: boolean; readonly takenAt: number }
  readonly scope?: { readonly is: InScope; readonly rule?: string }
  readonly match?: { readonly found: Correlation['found']; readonly because?: string; readonly how?: string }
  readonly accounts: readonly { readonly id: string; readonly label: string; readonly state: string }[]
  readonly standstill?: { readonly reason: StandReason; readonly rule?: string; readonly dueAt?: number }
  readonly departure?: Departure
  readonly attributes: readonly AttributeAnswer[]
  readonly memberships: readonly MembershipAnswer[]
  readonly changes: readonly Change[]
  readonly workItems: readonly WorkItem[]
  readonly unproven: readonly string[]
}
