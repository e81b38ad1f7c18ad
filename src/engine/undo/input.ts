import type { Connection } from '../../domain/connection.ts'
import type { AccessGrants, GroupGrants, Memory } from '../../domain/memory.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import type { OtherConnection, PlanDraft, TargetEnd } from '../planner/input.ts'

export interface UndoInput {
  readonly connection: Connection
  /** The run that is taken back; of several the newest. */
  readonly run: { readonly number: number }
  /** Of several runs that were folded into one list (`foldRuns`): what is taken back, in words, and which run made what. */
  readonly several?: {
    readonly what: string
    readonly runOf: ReadonlyMap<ChangeRecord, number>
    /** What of it cannot be taken back from here, one sentence each. */
    readonly leftOut: readonly string[]
  }
  /** Only a part of what it did was chosen. */
  readonly isPart?: boolean
  /** Its changes that came true or may have: `applied`, `unproven`, and `alreadyTrue`, which was only taken note of. */
  readonly records: readonly ChangeRecord[]
  /** Grants that the run ended, so that what is given back stands under its old rule. */
  readonly grantsEnded: readonly GroupGrants[]
  /** The same for access to products. */
  readonly accessEnded: readonly AccessGrants[]
  readonly target: TargetSnapshot
  readonly memory: Memory
  /** All other connections into this directory. */
  readonly others: readonly OtherConnection[]
  readonly ends: TargetEnd
  /** Changes of the run whose fate nobody knows: sent, and the answer never came. */
  readonly unanswered: number
  /** Another installation keeps the directory (D12): who, and since when, as one sentence. */
  readonly keptBy?: string
}

export type UndoDraft = Pick<PlanDraft, 'changes' | 'guards' | 'summary'>
