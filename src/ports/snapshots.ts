import type { Instant } from '../domain/identity.ts'
import type { StandReason } from '../domain/reason.ts'
import type { SourceReadSummary } from '../domain/snapshot.ts'

/** What a read delivers: keys of source records by attribute of the target (D4). */
export interface Delivered {
  readonly source: string
  readonly keysByAttribute: Readonly<Record<string, readonly string[]>>
}

/** Somebody whom a plan leaves as they are, for another reason than that all is well. */
export interface StandingPerson {
  readonly sourceKey: string
  /** Address, else login, else key. */
  readonly name: string
  readonly reason: StandReason
  readonly rule?: string
  /** When the next stage of leaving is due. */
  readonly dueAt?: Instant
}

/** What reads of a source said, in numbers. */
export interface SnapshotStore {
  /**
   * Remembers the numbers of a read, and which attributes it delivers for whom, where other connections may ask; it becomes
   * the last good read only by `accept`.
   */
  save(connection: string, runId: string, summary: SourceReadSummary, delivered?: Delivered): Promise<void>
  /** The last good read moves only by a run that was applied or released (D18). */
  accept(connection: string, snapshotId: string): Promise<void>
  lastGood(connection: string): Promise<SourceReadSummary | undefined>
  /** Replaces what the last whole plan of the connection said about people it left as they are. */
  noteStandstills(connection: string, runId: string, people: readonly StandingPerson[]): Promise<void>
  /** What it said about somebody with this key or name. */
  standstill(connection: string, name: string): Promise<(StandingPerson & { readonly run: number }) | undefined>
}
