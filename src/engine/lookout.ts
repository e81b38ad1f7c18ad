import { asProvisioningError } from '../domain/errors.ts'
import { mayBeginAt } from '../domain/schedule.ts'
import type { Clock } from '../platform/clock.ts'
import type { RunQueue } from '../ports/queue.ts'
import type { Scheduled } from './due.ts'

/** How much changed at the source of a connection since the cursor, and where to go on; undefined = it cannot tell. */
export type LookForChanges = (
  connection: string,
  cursor: string | undefined,
  signal: AbortSignal,
) => Promise<{ readonly changed: number; readonly cursor: string } | undefined>

export interface LookoutOptions {
  readonly lookForChanges?: LookForChanges
  readonly queue: Pick<RunQueue, 'ask'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** Asks sources that can tell, between the runs of a schedule, whether it is worth to run before the time. */
export interface Lookout {
  /** Begins a look if one is wanted and its time has come; does not wait for it. */
  consider(scheduled: Scheduled): void
  /** Resolves when no look is under way any more. */
  settled(): Promise<void>
}

interface Look {
  at: number
  cursor: string | undefined
  underWay: Promise<void> | undefined
}

/**
 * Cursors live as long as the process: what changed while it was down is found by the next full run, which alone proves
 * anything. A run that is asked for here reads everything, too.
 */
export function createLookout({ lookForChanges, queue, clock, log }: LookoutOptions, signal: AbortSignal): Lookout {
  const looks = new Map<string, Look>()

  const take = async (key: string, look: Look, ask: LookForChanges) => {
    try {
      const seen = await ask(key, look.cursor, signal)
      if (seen === undefined || signal.aborted) return
      look.cursor = seen.cursor
      if (seen.changed === 0) return
      const isNew = await queue.ask({
        connection: key,
        trigger: 'schedule',
        startedBy: 'changes at the source',
        lane: 2,
      })
      if (isNew) log('the source changed, a run is due', { connection: key, changed: seen.changed })
    } catch (thrown) {
      if (signal.aborted) return
      const { code, message } = asProvisioningError(thrown)
      log('changes could not be looked for', { connection: key, code, message })
    }
  }

  return {
    consider({ key, schedule }) {
      const { lookEvery } = schedule
      if (lookForChanges === undefined || lookEvery === undefined || !mayBeginAt(schedule, clock.now())) return
      const look = looks.get(key) ?? { at: Number.NEGATIVE_INFINITY, cursor: undefined, underWay: undefined }
      looks.set(key, look)
      if (look.underWay !== undefined || clock.now() - look.at < lookEvery) return
      look.at = clock.now()
      look.underWay = take(key, look, lookForChanges).finally(() => {
        look.underWay = undefined
      })
    },
    async settled() {
      await Promise.all([...looks.values()].map(({ underWay }) => underWay))
    },
  }
}
