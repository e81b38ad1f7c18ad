import { asProvisioningError } from '../domain/errors.ts'
import type { Run } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import type { Store } from '../ports/store.ts'
import { type Pulse, startPulse } from './pulse.ts'
import { type RunEnds, shutdown } from './run-end.ts'

/** A run that was begun; `done` never rejects, a failure is in the run. */
export interface Begun {
  readonly run: Run
  readonly done: Promise<Run>
}

/** The runs that this process works on. */
export interface RunsUnderWay {
  /** Does the work of a run in the background: progress, cancel and failure in one place. */
  begin(run: Run, work: (pulse: Pulse) => Promise<void>): Begun
  has(runId: string): boolean
  /** Stops all of them between two writes and waits for them, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>
}

export function createRunsUnderWay({
  store,
  clock,
  log,
  ends,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly ends: RunEnds
}): RunsUnderWay {
  const active = new Map<string, { readonly stop: AbortController; readonly done: Promise<Run> }>()
  return {
    begin(run, work) {
      const stop = new AbortController()
      const pulse = startPulse(store, clock, run.id, stop)
      const done = (async () => {
        try {
          await work(pulse)
        } catch (thrown) {
          const reason: unknown = stop.signal.aborted ? stop.signal.reason : thrown
          const error = asProvisioningError(reason)
          if (error.code === 'bug') log('run failed by a defect', { run: run.id, error: reason })
          await ends.failed(run, error)
        } finally {
          await pulse.end()
          active.delete(run.id)
        }
        return (await store.runs.get(run.id)) ?? run
      })()
      active.set(run.id, { stop, done })
      return { run, done }
    },
    has: (runId) => active.has(runId),
    async stop(timeoutMs) {
      const all = [...active.values()]
      for (const each of all) each.stop.abort(shutdown)
      const ended = new AbortController()
      const timeout = clock.sleep(timeoutMs, ended.signal).catch(() => undefined)
      await Promise.race([Promise.allSettled(all.map((each) => each.done)), timeout])
      ended.abort()
    },
  }
}
