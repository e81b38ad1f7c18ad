import { asProvisioningError, fail } from '../domain/errors.ts'
import type { Plan } from '../domain/plan.ts'
import { provenBy, type Run } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import { oneAtATime } from '../platform/one-at-a-time.ts'
import type { RunPatch } from '../ports/runs.ts'
import type { Store } from '../ports/store.ts'
import type { Target } from '../ports/target.ts'
import { type Applier, accountsAround } from './applier.ts'
import type { CurrentWriter } from './current-writer.ts'
import type { Execution } from './execution.ts'
import { type Effort, proveLate } from './late-proof.ts'
import type { RunEnds } from './run-end.ts'
import type { Begun } from './runs-under-way.ts'
import type { OpenConnection } from './setup.ts'
import { lookUpUnanswered } from './unanswered.ts'
import type { Writers } from './writers.ts'

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
   * before the next plan. `by` is the run that makes the plan.
   */
  lookUp(by: Run, open: OpenConnection, target: Target, signal: AbortSignal, effort: Effort | 'none'): Promise<void>
}

/** Where it is looked. */
interface Place {
  readonly open: OpenConnection
  readonly target: Target
  readonly signal: AbortSignal
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
  const provingOne = oneAtATime()
  /** Connections whose earlier runs are being proven. */
  const proving = new Set<string>()

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

  const lookUp: EarlierRuns['lookUp'] = async (by, open, target, signal, effort) => {
    const { key } = open.connection
    const each = async (what: 'unanswered' | 'any', look: (run: Run, plan: Plan) => Promise<void>) => {
      for (const run of await store.runs.leftOpen(key, what)) {
        try {
          const plan = await planHere(run, open, target, signal)
          if (plan !== undefined) await look(run, plan)
        } catch (error) {
          if (signal.aborted) throw error
          log('what an earlier run left open could not be looked up', { run: run.id, error })
        }
      }
    }
    const isAny = async (what: 'unanswered' | 'any') => (await store.runs.leftOpen(key, what)).length > 0
    const place = { open, target, signal }
    // Runs for some people begin side by side; the first one looks, the others find nothing left to do.
    if (await isAny('unanswered')) {
      await lookingUp.of(key, () => each('unanswered', (run, plan) => findAnswers(run, plan, place)))
    }
    // Whoever leaves waits for no proof of what others got, and nobody waits behind a run that waits for it.
    if (effort === 'none' || (effort === 'few' && proving.has(key)) || !(await isAny('any'))) return
    proving.add(key)
    try {
      await provingOne.of(key, () => each('any', (run, plan) => prove(by, run, plan, place, effort)))
    } finally {
      proving.delete(key)
    }
  }

  /** The plan of a run, where it is of the directory that the target is. */
  const planHere = async (run: Run, open: OpenConnection, target: Target, signal: AbortSignal) => {
    const plan = await store.plans.get(run.planId ?? '')
    const { directoryKey } = await target.identify(signal)
    if (plan?.directoryKey === directoryKey) return plan
    // No longer kept, or the target is another directory for good: there is nothing to look for. One that only looks like
    // another is refused when it is bound, and what was sent to the first is looked up when that is back.
    const isOver = plan === undefined || (await store.directories.boundKey(open.connection.target)) === directoryKey
    if (isOver) await store.runs.update(run.id, { unanswered: false, unseen: false })
    return undefined
  }

  const withTurn = <Result>(
    run: Run,
    plan: Plan,
    { open, target, signal }: Place,
    work: (execution: Execution) => Promise<Result>,
  ) =>
    writers.write(
      plan.directoryKey,
      2,
      signal,
      async (turn) => {
        const execution = await applier.executionOf(run, plan, open, target, turn)
        return await work({ ...execution, onProgress: async () => undefined, onConflict: () => undefined })
      },
      new Set(),
    )

  const findAnswers = async (run: Run, plan: Plan, place: Place) => {
    const isDone = await withTurn(run, plan, place, lookUpUnanswered)
    // What was found is so; that it was seen is written down with the proof of everything else.
    await writeFound(run, plan, { unseen: true, ...(isDone ? { unanswered: false } : {}) })
  }

  const prove = async (by: Run, run: Run, plan: Plan, place: Place, effort: Effort) => {
    const sinceMs = clock.now() - (run.endedAt ?? 0)
    const late = { by: by.number, effort, sinceMs, accountsInTarget: accountsAround(run, plan) }
    const found = await withTurn(run, plan, place, (execution) => proveLate(execution, late))
    const provenLater = provenBy(run.provenLater, by.number, found)
    await writeFound(run, plan, {
      unseen: found.left > 0,
      ...(provenLater === undefined ? {} : { provenLater }),
    })
  }

  const writeFound = async (run: Run, plan: Plan, patch: RunPatch) => {
    const { outcomes } = await applier.tallyOf(plan.id)
    await store.runs.update(run.id, { ...patch, outcomes })
  }

  return { interrupted, goOn, goOnWithAll, lookUp }
}
