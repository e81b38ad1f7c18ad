import type { Instant } from '../domain/identity.ts'
import { type Run, type RunState, readSince } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import type { DirtyStore } from '../ports/dirty.ts'
import type { RunQueue } from '../ports/queue.ts'
import type { RunStore } from '../ports/runs.ts'

export interface WholeRunsOptions {
  readonly queue: Pick<RunQueue, 'ask'>
  readonly runs: Pick<RunStore, 'list'>
  readonly dirty: Pick<DirtyStore, 'readAsAWhole'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** Whole runs that the following of pushes asks for, where some people are not enough. */
export interface WholeRuns {
  /**
   * From now on a whole run is wanted until one came to a plan that began to read after this. What waits up to the number
   * `leaves` is left to it and taken off the list then.
   */
  want(connection: string, source: string, why: string, leaves?: number): void
  /** Asks for what is wanted and due; notices what was done. */
  ask(): Promise<void>
  /** The newest read of everything that came to a plan; undefined = there was none. */
  lastRead(connection: string): Promise<Instant | undefined>
}

/** A run is asked for again when the last one could not be made, after a pause that grows. */
const shortestPauseMs = 1_000
const longestPauseMs = 60_000
/** Clocks of the store and of this process may differ by so much. */
export const readMarginMs = 10_000

const withoutPlan: readonly RunState[] = ['planning', 'failed', 'cancelled']

interface Wanted {
  readonly source: string
  since: Instant
  readonly leaves: number | undefined
  pauseMs: number
  notBefore: Instant
}

export function createWholeRuns({ queue, runs, dirty, clock, log }: WholeRunsOptions): WholeRuns {
  const wanted = new Map<string, Wanted>()

  const lastRead = async (connection: string) => {
    const { items } = await runs.list({ connection }, { limit: 200 })
    const last = items.find(isRead)
    return last && readSince(last)
  }

  return {
    lastRead,
    want(connection, source, why, leaves) {
      const now = clock.now()
      const known = wanted.get(connection)
      if (known !== undefined && leaves === undefined) {
        // A run that began to read before this is no answer to it: these people are on no list any more.
        known.since = now
        return
      }
      // What a run under way may not have read is wanted again when that has ended.
      if (known?.leaves !== undefined) return
      log('a whole run is wanted', { connection, why })
      wanted.set(connection, { source, since: now, leaves, pauseMs: shortestPauseMs, notBefore: now })
    },
    async ask() {
      for (const [connection, state] of wanted) {
        if (clock.now() < state.notBefore) continue
        const read = await lastRead(connection)
        if (read !== undefined && read >= state.since) {
          if (state.leaves !== undefined) await dirty.readAsAWhole(connection, { last: state.leaves })
          wanted.delete(connection)
          continue
        }
        const isNew = await queue.ask({
          connection,
          trigger: 'push',
          startedBy: `push:${state.source}`,
          lane: 3,
        })
        // While a run is under way it is asked for again soon; a run that failed gets growing pauses.
        state.notBefore = clock.now() + (isNew ? state.pauseMs : shortestPauseMs)
        if (isNew) state.pauseMs = Math.min(longestPauseMs, state.pauseMs * 2)
      }
    },
  }
}

/**
 * One that was left in planning and then superseded came to no plan; one that found another process writing to its directory
 * came to one that nobody carries out.
 */
function isRead({ kind, state, planId, error }: Run): boolean {
  return kind === 'full' && planId !== undefined && !withoutPlan.includes(state) && error?.code !== 'busy'
}
