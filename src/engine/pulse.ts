import { fail } from '../domain/errors.ts'
import type { RunProgress } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import type { Store } from '../ports/store.ts'

/** How often a run looks whether somebody asked it to stop, and how often it writes its progress. */
const pulseMs = 1_000
/** Every 15 seconds a run says that somebody works on it. */
const beatsPerSign = 15

/** What a run under way tells the store, and what the store tells it. */
export interface Pulse {
  readonly signal: AbortSignal
  readonly progress: (progress: RunProgress) => void
  end(): Promise<void>
}

/** Writes progress once a second, gives signs of life, and looks whether somebody asked the run to stop. */
export function startPulse({ runs }: Pick<Store, 'runs'>, clock: Clock, runId: string, stop: AbortController): Pulse {
  let latest: RunProgress | undefined
  const ending = new AbortController()
  const beating = (async () => {
    for (let beats = 1; ; beats += 1) {
      try {
        await clock.sleep(pulseMs, ending.signal)
      } catch {
        return
      }
      try {
        const progress = latest
        latest = undefined
        if (progress !== undefined) await runs.update(runId, { progress })
        if (beats % beatsPerSign === 0) await runs.keepAlive(runId)
        if (await runs.cancelRequested(runId))
          stop.abort(
            fail.cancelled('The run was cancelled between two writes.', { hint: 'muster apply <plan> continues it.' }),
          )
      } catch {
        // The store is away for a moment: the run itself will notice if it stays away.
      }
    }
  })()
  return {
    signal: stop.signal,
    progress: (progress) => {
      latest = progress
    },
    async end() {
      ending.abort()
      await beating
    },
  }
}
