import { asProvisioningError, fail } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { RunQueue, RunRequest } from '../ports/queue.ts'
import type { Runner } from './runner.ts'

export interface RunWorkerOptions {
  readonly queue: Pick<RunQueue, 'work'>
  readonly runner: Pick<Runner, 'start'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** Runs of this process side by side. */
  readonly concurrency: number
}

/** How often a run asks whether the directory is free, more and more rarely where it read everything for nothing, and how long before the request goes back to the queue. */
const busyPauseMs = 2_000
const longestBusyPauseMs = 60_000
const busyLimitMs = 10 * 60_000

export interface RunWorker {
  /** Begins nothing more; runs under way are the runner's to stop. */
  stop(): void
}

/** Takes requests from the queue and sees each run to its end. What cannot begin at all is tried again by the queue. */
export async function startRunWorker(options: RunWorkerOptions): Promise<RunWorker> {
  const ending = new AbortController()
  await options.queue.work(options.concurrency, (request) => work(options, request, ending.signal))
  return { stop: () => ending.abort(fail.cancelled('Muster is stopping; the run is taken up later.')) }
}

async function work({ runner, clock, log }: RunWorkerOptions, request: RunRequest, signal: AbortSignal): Promise<void> {
  const { connection, trigger, startedBy } = request
  const giveUpAt = clock.now() + busyLimitMs
  let afterReadMs = busyPauseMs
  for (;;) {
    // Back to the queue, for another process or the next start of this one.
    signal.throwIfAborted()
    try {
      const { run, done } = await runner.start(connection, { kind: 'full', trigger, startedBy })
      log('run started', { connection, run: run.number, trigger })
      const { error } = await done
      // Another process began to write while this one planned: nobody else carries out what was planned.
      if (error?.code !== 'busy' || clock.now() >= giveUpAt) return
      log('a run found its directory taken and begins again', { connection, run: run.number })
      await clock.sleep(afterReadMs, signal)
      afterReadMs = Math.min(longestBusyPauseMs, afterReadMs * 2)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      // Gone or paused since it was asked for: whoever wants it later asks again.
      if (error.code === 'not-found' || error.code === 'conflict') return
      if (error.code !== 'busy' || clock.now() >= giveUpAt) {
        log('a run that is due could not start', { connection, code: error.code, error })
        throw thrown
      }
      await clock.sleep(busyPauseMs, signal)
    }
  }
}
