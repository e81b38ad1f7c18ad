import { asProvisioningError, fail } from '../domain/errors.ts'
import type { Run } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import { oneAtATime } from '../platform/one-at-a-time.ts'
import type { Store } from '../ports/store.ts'
import type { Target } from '../ports/target.ts'
import { type Applier, accountsAround } from './applier.ts'
import type { CurrentWriter } from './current-writer.ts'
import type { RunEnds } from './run-end.ts'
import type { Begun } from './runs-under-way.ts'
import type { OpenConnection } from './setup.ts'
import { lookUpUnanswered } from './unanswered.ts'
import { verifyLater } from './verify.ts'
import type { Turn, Writers } from './writers.ts'

/** What earlier runs left: some were interrupted, some sent what was never answered, some wrote what nobody saw. */
export interface EarlierRuns {
  /** A run of the connection that was left in the middle. Throws `busy` when one is being applied right now. */
  interrupted(connection: string): Promise<Run | undefined>
  /** Goes on with an interrupted run; undefined = it may not go on as it was reviewed, so it ends here and a new plan is due. */
  goOn(run: Run, planId: string, startedBy: string): Promise<Begun | undefined>
  /** Goes on with every interrupted run that nobody works on; returns how many. */
  goOnWithAll(): Promise<number>
  /**
   * Before a plan is made: what earlier runs of the connection sent without an answer and could not finish is looked up, so
   * that what was made or taken that way is known to be ours; and what they wrote and could not look at any more is proven,
   * so that nothing is believed for good because it was accepted once (P18). What cannot be looked up now is looked up
   * before the next plan.
   */
  lookUp(open: OpenConnection, target: Target, signal: AbortSignal): Promise<void>
}

export function createEarlierRuns({
  store,
  clock,
  log,
  writers,
  writer,
  applier,
  ends,
  isActive,
  apply,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly writers: Writers
  readonly writer: CurrentWriter
  readonly applier: Applier
  readonly ends: RunEnds
  /** This process works on the run. */
  readonly isActive: (runId: string) => boolean
  /** Applies or resumes a stored plan. */
  readonly apply: (planId: string, startedBy: string) => Promise<Begun>
}): EarlierRuns {
  const lookingUp = oneAtATime()

  const interrupted: EarlierRuns['interrupted'] = async (connection) => {
    const { items } = await store.runs.list({ connection, states: ['applying'] }, { limit: 100 })
    // Runs for some people pass by; they take up what is theirs by themselves.
    const applying = items.filter(({ kind }) => kind !== 'incremental')
    for (const run of applying) {
      const isWritten = run.directoryKey !== undefined && (await writer.of(run.directoryKey)) !== undefined
      if (isActive(run.id) || isWritten) {
        throw fail.busy(`Run ${run.number} of "${connection}" is applying right now.`, {
          hint: `Watch it: muster runs ${run.number}`,
        })
      }
    }
    return applying[0]
  }

  const goOn: EarlierRuns['goOn'] = async (run, planId, startedBy) => {
    try {
      return await apply(planId, startedBy)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (error.code !== 'stale-plan' && error.code !== 'config-invalid') throw thrown
      log('an interrupted run cannot go on', { run: run.id, error: error.message })
      await ends.failed(run, error)
      return undefined
    }
  }

  const goOnWithAll: EarlierRuns['goOnWithAll'] = async () => {
    const left = await store.runs.list({ states: ['applying'] }, { limit: 100 })
    let resumed = 0
    for (const run of left.items) {
      if (isActive(run.id) || run.planId === undefined || run.directoryKey === undefined) continue
      if ((await writer.of(run.directoryKey)) !== undefined) continue
      try {
        if ((await goOn(run, run.planId, run.startedBy)) === undefined) continue
        log('run resumed', { run: run.id })
        resumed += 1
      } catch (error) {
        log('run could not be resumed', { run: run.id, error })
      }
    }
    return resumed
  }

  const lookUp: EarlierRuns['lookUp'] = async (open, target, signal) => {
    const { key } = open.connection
    const earlier = () => store.runs.leftOpen(key)
    if ((await earlier()).length === 0) return
    // Runs for some people begin side by side; the first one looks, the others find nothing left to do.
    await lookingUp.of(key, async () => {
      for (const run of await earlier()) {
        try {
          await lookUpRun(run, open, target, signal)
        } catch (error) {
          if (signal.aborted) throw error
          log('what an earlier run left open could not be looked up', { run: run.id, error })
        }
      }
    })
  }

  const lookUpRun = async (run: Run, open: OpenConnection, target: Target, signal: AbortSignal) => {
    const plan = await store.plans.get(run.planId ?? '')
    const { directoryKey } = await target.identify(signal)
    if (plan?.directoryKey !== directoryKey) {
      // No longer kept, or the target is another directory for good: there is nothing to look for. One that only looks like
      // another is refused when it is bound, and what was sent to the first is looked up when that is back.
      const isOver = plan === undefined || (await store.directories.boundKey(open.connection.target)) === directoryKey
      return isOver ? await store.runs.update(run.id, { leftOpen: false }) : undefined
    }
    const look = async (turn: Turn) => {
      const execution = await applier.executionOf(run, plan, open, target, turn)
      const late = { ...execution, onProgress: async () => undefined, onConflict: () => undefined }
      const isDone = await lookUpUnanswered(late)
      await verifyLater(late, accountsAround(run, plan), clock.now() - (run.endedAt ?? 0))
      return isDone
    }
    const isDone = await writers.write(directoryKey, 2, signal, look, new Set())
    const { outcomes } = await applier.tallyOf(plan.id)
    await store.runs.update(run.id, { outcomes, ...(isDone ? { leftOpen: false } : {}) })
  }

  return { interrupted, goOn, goOnWithAll, lookUp }
}
