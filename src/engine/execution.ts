import type { Instant } from '../domain/identity.ts'
import type { Clock } from '../platform/clock.ts'
import type { DirectoryStore } from '../ports/directories.ts'
import type { DirtyStore } from '../ports/dirty.ts'
import type { Fence } from '../ports/leases.ts'
import type { PlanStore } from '../ports/plans.ts'
import type { Target } from '../ports/target.ts'
import type { About } from './turns.ts'

/** What a plan is applied with. */
export interface Execution {
  readonly plans: PlanStore
  readonly dirty: Pick<DirtyStore, 'plannedSince'>
  readonly directories: Pick<DirectoryStore, 'vouchedFor' | 'links'>
  readonly connection: string
  readonly directoryKey: string
  /** All other connections into the directory: what they vouch for meanwhile is not taken away. */
  readonly others: readonly string[]
  /** When this plan's reads began: whoever was planned by themselves after that is left alone. */
  readonly readSince: Instant
  readonly planId: string
  readonly runId: string
  readonly fence: Fence
  readonly target: Target
  /** Key of the source, for links. */
  readonly source: string
  readonly notify: boolean
  readonly clock: Clock
  /** Aborted when the lease is lost, the run is cancelled or the process ends. */
  readonly signal: AbortSignal
  /** Called before each slice: lets runs of a quicker lane, and runs about the same people, write first (D5). */
  readonly giveWay: (about: About) => Promise<void>
  /** Waits, while anybody else may write. */
  readonly rest: (ms: number) => Promise<void>
  readonly onProgress: (finished: number) => Promise<void>
  /** Something was left out because its object had moved or a newer plan is about it: this plan does not settle it. */
  readonly onConflict: () => void
}
