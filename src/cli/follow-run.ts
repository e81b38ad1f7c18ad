import type { Client } from '../contract/client.ts'
import type { RunView } from '../contract/runs.ts'
import { asProvisioningError, ProvisioningError } from '../domain/errors.ts'
import { endedStates, type RunState } from '../domain/run.ts'
import { systemClock } from '../platform/clock.ts'
import type { CliEnvironment } from './environment.ts'
import type { Output } from './output.ts'
import { Progress } from './progress.ts'

/** How often the run is looked at: often in the first second, then slower. */
const firstPauseMs = 60
const longestPauseMs = 700
/** A server that does not answer so long is given up; the run goes on without us. */
const patienceMs = 60_000
/** How long we wait for a run that was asked to stop. */
const stopPatienceMs = 30_000
/** How long a run that was told to go on may look as before. */
const beginPatienceMs = 30_000

const restingStates: readonly RunState[] = [...endedStates, 'waiting']

export interface Following {
  readonly client: Client
  readonly run: RunView
  readonly output: Output
  readonly environment: Pick<CliEnvironment, 'now' | 'signal'>
  /** `stop`: the person's signal asks the run to stop between two writes. `leave`: it only ends the watching. */
  readonly onSignal: 'stop' | 'leave'
  /** The run as it rested before it was told to go on: until it moves from there, it has not begun. */
  readonly restedAs?: RunView | undefined
}

/** Shows the progress of a run until it has ended or waits for a person; returns it as it is then. */
export async function followRun({ client, run, output, environment, onSignal, restedAs }: Following): Promise<RunView> {
  const { now, signal } = environment
  const begunAt = now()
  const isResting = (view: RunView) =>
    restingStates.includes(view.state) &&
    (restedAs === undefined ||
      view.state !== restedAs.state ||
      view.endedAt !== restedAs.endedAt ||
      now() - begunAt > beginPatienceMs)
  const progress = new Progress(output, now)
  const params = { run: run.id }
  let latest = run
  let pauseMs = firstPauseMs
  let silentSince: number | undefined
  let stopAskedAt: number | undefined
  try {
    while (!isResting(latest)) {
      progress.update(latest)
      if (signal.aborted) {
        if (onSignal === 'leave') return latest
        if (stopAskedAt === undefined) {
          stopAskedAt = now()
          progress.clear()
          output.warn(`Asking run ${latest.number} to stop between two writes. Press Ctrl-C again to leave at once.`)
          await client.runs.cancel({ params }).catch(ignoreEnded)
        } else if (now() - stopAskedAt > stopPatienceMs) return latest
      }
      await pause(pauseMs, stopAskedAt === undefined ? signal : undefined)
      pauseMs = Math.min(longestPauseMs, pauseMs * 1.3)
      try {
        latest = await client.runs.get({ params })
        silentSince = undefined
      } catch (thrown) {
        const error = asProvisioningError(thrown)
        if (!error.retry || (silentSince !== undefined && now() - silentSince > patienceMs))
          throw withWayOn(error, latest)
        silentSince ??= now()
      }
    }
    return latest
  } finally {
    progress.clear()
  }
}

/** A run that ended meanwhile needs no stopping; whether it did is seen by the next look. */
function ignoreEnded(thrown: unknown): void {
  const error = asProvisioningError(thrown)
  if (error.code !== 'conflict' && !error.retry) throw error
}

/** Whoever can no longer see a run that writes is told how to go on with it. */
function withWayOn(error: ProvisioningError, { number, state, planId }: RunView): ProvisioningError {
  if (state !== 'applying' || planId === undefined) return error
  const { code, message, problems, retryAfterMs } = error
  const hint = [error.hint ?? '', `Go on with it: muster apply ${number}`].join(' ').trim()
  return new ProvisioningError(code, message, {
    hint,
    problems,
    cause: error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await systemClock.sleep(ms, signal).catch(() => undefined)
}
