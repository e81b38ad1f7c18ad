import type { Connection } from '../../domain/connection.ts'
import type { LedThing } from '../../domain/lead.ts'
import type { AccessGrants, GroupGrants, Memory } from '../../domain/memory.ts'
import type { RetirementChoice } from '../../domain/retirement.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import type { OtherConnection, PlanDraft, TargetEnd } from '../planner/input.ts'

export interface RetirementInput {
  readonly connection: Connection
  readonly choice: RetirementChoice
  /** Those of our grants that were there already when we first saw them (D3). */
  readonly adopted: { readonly grants: readonly GroupGrants[]; readonly access: readonly AccessGrants[] }
  readonly target: TargetSnapshot
  readonly memory: Memory
  /** All other connections into this directory, also paused and failing ones (D4). */
  readonly others: readonly OtherConnection[]
  readonly ends: TargetEnd
  /** What accounts lead that an earlier draft ends, by account id; absent = nobody was asked. */
  readonly leads?: ReadonlyMap<string, readonly LedThing[]>
  /** Another installation keeps the directory (D12): who, and since when, as one sentence. */
  readonly keptBy?: string
}

export interface RetirementDraft extends Pick<PlanDraft, 'changes' | 'guards' | 'summary' | 'leaving'> {}
