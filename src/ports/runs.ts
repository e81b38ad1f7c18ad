import type { Instant } from '../domain/identity.ts'
import type { Run, RunState } from '../domain/run.ts'
import type { PageRequest, Slice } from './paging.ts'

export interface RunPatch {
  readonly state?: RunState
  readonly planId?: string
  readonly directoryKey?: string
  readonly progress?: Run['progress']
  readonly endedAt?: Instant
  readonly outcomes?: Run['outcomes']
  readonly error?: Run['error']
  readonly calls?: Run['calls']
  readonly sharedRead?: Run['sharedRead']
  /** It ended with writes that were sent and never answered. */
  readonly unanswered?: boolean
  /** It ended with writes that were accepted and never seen. */
  readonly unseen?: boolean
  readonly provenLater?: Run['provenLater']
}

/** Runs, by an id of ours and a number for people. */
export interface RunStore {
  create(run: Omit<Run, 'number'>): Promise<Run>
  get(id: string): Promise<Run | undefined>
  byNumber(number: number): Promise<Run | undefined>
  /** A state that people want to hear of is told in the same transaction (`NoticeStore`). */
  update(id: string, patch: RunPatch): Promise<void>
  /**
   * A run that goes on: state `applying`; its end, its error and an old request to cancel are cleared. Throws `stale-plan`
   * when its plan was rejected.
   */
  reopen(id: string): Promise<void>
  list(
    filter: {
      readonly connection?: string | undefined
      /** Only runs of these. */
      readonly connections?: readonly string[] | undefined
      readonly states?: readonly RunState[] | undefined
      readonly kinds?: readonly Run['kind'][] | undefined
      /** Only runs that ended then or later, or have not ended. */
      readonly endedSince?: Instant | undefined
    },
    page: PageRequest,
  ): Promise<Slice<Run>>
  /**
   * Older runs of the connection that still wait, are held, planned or were left in planning become `superseded`. One whose
   * process still plans stays as it is: it will see by itself who writes.
   */
  supersede(connection: string, exceptRunId: string): Promise<number>
  /** The oldest runs of the connection, at most 20, that ended with writes never answered; or, with `any`, never seen. */
  leftOpen(connection: string, what: 'unanswered' | 'any'): Promise<readonly Run[]>
  /** A sign of life of whoever works on the run, to be given every 15 seconds; it was made with the first one. */
  keepAlive(id: string): Promise<void>
  /** Somebody asks a run to stop; the runner looks between batches. */
  requestCancel(id: string): Promise<void>
  cancelRequested(id: string): Promise<boolean>
}
