import { asProvisioningError } from '../domain/errors.ts'
import { mayBeginAt } from '../domain/schedule.ts'
import type { Clock } from '../platform/clock.ts'
import type { RunQueue } from '../ports/queue.ts'
import type { Scheduled } from './due.ts'
import type { Runner } from './runner.ts'

/** What changed at the source of a connection. */
export interface SourceChanges {
  readonly changed: number
  /** Where to go on. */
  readonly cursor: string
  /** Keys of everybody who changed; absent where a run for them alone would not do: groups changed, or very much did. */
  readonly people?: readonly string[]
}

/** What changed at the source of a connection since the cursor; undefined = it cannot tell. */
export type LookForChanges = (
  connection: string,
  cursor: string | undefined,
  signal: AbortSignal,
) => Promise<SourceChanges | undefined>

/** Runs for some people of a connection. False = only a run for everybody does all there is to do. */
export type RunForSome = (connection: string, people: readonly string[]) => Promise<boolean>

export interface LookoutOptions {
  readonly lookForChanges?: LookForChanges
  /** Absent = whatever changed, everybody is planned. */
  readonly runForSome?: RunForSome
  readonly queue: Pick<RunQueue, 'ask'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/** Who began a run, where nobody did. */
const startedBy = 'changes at the source'

/** Runs for some people through the same planner as every other run; what a person has to see, or a whole run, is left to one. */
export function runsForSome(runner: Pick<Runner, 'startSome'>): RunForSome {
  return async (connection, people) => {
    const { written } = await runner.startSome(connection, { people, groups: [] }, { trigger: 'schedule', startedBy })
    const { isSettled, isHeld, hasConflict, leftOut } = await written
    return isSettled && !isHeld && !hasConflict && leftOut.length === 0
  }
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
 * Cursors live as long as the process: what changed while it was down is found by the next full run. Being named among the
 * changes, or not, proves nothing about anybody: a run for the people named looks at the source itself, and everybody else is
 * compared at the rhythm of the full runs (P19).
 */
export function createLookout(
  { lookForChanges, runForSome, queue, clock, log }: LookoutOptions,
  signal: AbortSignal,
): Lookout {
  const looks = new Map<string, Look>()

  const take = async (key: string, look: Look, ask: LookForChanges) => {
    try {
      const seen = await ask(key, look.cursor, signal)
      if (seen === undefined || signal.aborted) return
      look.cursor = seen.cursor
      if (seen.changed === 0 || (await isDoneFor(key, seen.people))) return
      const isNew = await queue.ask({ connection: key, trigger: 'schedule', startedBy, lane: 2 })
      if (isNew) log('the source changed, a run is due', { connection: key, changed: seen.changed })
    } catch (thrown) {
      if (signal.aborted) return
      const { code, message } = asProvisioningError(thrown)
      log('changes could not be looked for', { connection: key, code, message })
    }
  }

  const isDoneFor = async (key: string, people: SourceChanges['people']) => {
    if (people === undefined || runForSome === undefined) return false
    log('people changed at the source, a run for them begins', { connection: key, changed: people.length })
    return await runForSome(key, people).catch((thrown: unknown) => {
      const { code, message } = asProvisioningError(thrown)
      log('a run for those who changed was not possible', { connection: key, code, message })
      return false
    })
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
