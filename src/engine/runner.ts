import { fail } from '../domain/errors.ts'
import type { RetirementChoice } from '../domain/retirement.ts'
import type { Run, RunTrigger } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import { inHaste } from '../platform/haste.ts'
import { newId } from '../platform/ids.ts'
import { oneAtATime } from '../platform/one-at-a-time.ts'
import type { Store } from '../ports/store.ts'
import { createApplier } from './applier.ts'
import { createCurrentWriter } from './current-writer.ts'
import { createEarlierRuns } from './earlier-runs.ts'
import { createGroupLists } from './group-lists.ts'
import { createKeptTargets } from './kept-targets.ts'
import { planRun } from './planning.ts'
import { planPart, type Some } from './planning-part.ts'
import { planRetirement } from './retire/planning.ts'
import { createRunEnds } from './run-end.ts'
import { planIsHeld, stateAfterPlanning } from './run-states.ts'
import { type Begun, createRunsUnderWay } from './runs-under-way.ts'
import type { Connections } from './setup.ts'
import { createSharedReads } from './shared-reads.ts'
import { chosenChanges, planUndo } from './undo/planning.ts'
import type { UndoSelection } from './undo/selection.ts'
import { doneSince, planSince, runsSince } from './undo/since.ts'
import { type SinceThen, undoneSince } from './undo/since-words.ts'
import { undoable } from './undo/undoable.ts'
import {
  refuseEnded,
  refuseExpired,
  refusePaused,
  refuseRejected,
  refuseUnapproved,
  refuseUnlessPaused,
} from './validity.ts'
import { createWriters } from './writers.ts'

export interface RunnerOptions {
  readonly store: Store
  readonly connections: Connections
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** Names this process in leases, e.g. `host:pid:random`. */
  readonly holder: string
  /** True when the process behind a name is known to have ended, so that its lease need not be waited for. */
  readonly isGone?: (holder: string) => boolean
}

/** What became of a run for some people when there was nothing more to send. */
export interface Written {
  /** False when the run failed before that: whoever asked for it asks again. */
  readonly isSettled: boolean
  /** Something waits for a person. */
  readonly isHeld: boolean
  /**
   * Something had moved since the plan was made, or a newer plan is about it, and was left out: it is not done before these
   * people are planned again.
   */
  readonly hasConflict: boolean
  /** What only a run for everybody may do for these people, one sentence each. */
  readonly leftOut: readonly string[]
}

export interface BegunSome extends Begun {
  /** Never rejects. Before `done`, which also waits until everything written was seen. */
  readonly written: Promise<Written>
}

export interface Runner {
  /**
   * Reads both sides, makes and stores a plan. `preview` ends in `planned`; `full` goes on as the connection's mode says:
   * `preview` -> planned, `review` -> waiting, `automatic` -> applies what no guard holds. Throws `busy`, `not-found`,
   * `config-invalid`, `conflict` (paused) before the run exists.
   */
  start(
    connection: string,
    request: { readonly kind: 'full' | 'preview'; readonly trigger: RunTrigger; readonly startedBy: string },
  ): Promise<Begun>
  /**
   * Plans for some people only and goes on as the mode of the connection says, also while a whole run of the connection is
   * applied: that one leaves them alone from then on. Throws like `start`, but never because of another run here.
   */
  startSome(
    connection: string,
    some: Some,
    request: {
      readonly trigger: RunTrigger
      readonly startedBy: string
      /** What it asks of the target goes before what others ask (D5). */
      readonly isUrgent?: boolean
    },
  ): Promise<BegunSome>
  /**
   * Plans what takes back a run, by its id; ends in `held`, because an undo always waits for a person, or in `planned`
   * when there is nothing to take back or the connection is preview only. Throws `not-found`, `conflict` (nothing to
   * undo, or undone already; a selection that does not fit: see `chosenOf`), `busy`, `config-invalid` before the undo exists.
   */
  undo(
    runId: string,
    request: {
      readonly trigger: RunTrigger
      readonly startedBy: string
      /** Only this part of the run; absent = everything. */
      readonly selection?: UndoSelection | undefined
    },
  ): Promise<Begun>
  /**
   * Plans what takes back everything that a connection did since then, or did to one person: several runs folded into one
   * plan. Ends like `undo`. Throws `not-found`, `conflict` (nothing was done; a name of several people), `busy`,
   * `config-invalid` before the undo exists.
   */
  undoSince(
    connection: string,
    then: SinceThen,
    request: { readonly trigger: RunTrigger; readonly startedBy: string },
  ): Promise<Begun>
  /**
   * Plans what takes a paused connection out of use with what it granted (D4); ends in `held`, because that always waits for
   * a person, or in `planned` when nothing of it is left. Throws `busy`, `not-found`, `config-invalid`, `conflict` (not
   * paused) before the run exists.
   */
  retire(
    connection: string,
    choice: RetirementChoice,
    request: { readonly trigger: RunTrigger; readonly startedBy: string },
  ): Promise<Begun>
  /** Applies or resumes a stored plan. Throws `stale-plan`, `guard-tripped` (needs approval), `config-invalid`, `busy`, `not-found`. */
  apply(planId: string, startedBy: string): Promise<Begun>
  /** False while another process writes to the directory of a target: then only that one can write to it. */
  mayWrite(target: string): Promise<boolean>
  /** Takes up runs that another process left in `applying` and whose lease has ended; returns how many. */
  resumeAbandoned(): Promise<number>
  /** Stops the runs of this process between two writes and waits for them, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>
}

export function createRunner(options: RunnerOptions): Runner {
  const { store, connections, clock, log, holder, isGone = () => false } = options
  const writers = createWriters(store.leases, clock, holder)
  const keptTargets = createKeptTargets(clock)
  const groupLists = createGroupLists(clock)
  const sharedReads = createSharedReads(clock)
  const deciding = oneAtATime()
  const ends = createRunEnds({ store, clock, log })
  const underWay = createRunsUnderWay({ store, clock, log, ends })
  const writer = createCurrentWriter(store.leases, holder, isGone)
  const applier = createApplier({ store, clock, log, writers, groupLists, ends })
  const earlier = createEarlierRuns({
    store,
    clock,
    log,
    writers,
    writer,
    applier,
    ends,
    isActive: underWay.has,
    apply: (planId, startedBy) => apply(planId, startedBy),
  })

  const newRun = (
    part: Pick<Run, 'connection' | 'kind' | 'trigger' | 'startedBy' | 'undoOf' | 'undoPart' | 'undoSince'>,
  ) => store.runs.create({ ...part, id: newId(clock.now()), state: 'planning', startedAt: clock.now(), outcomes: {} })

  const undo: Runner['undo'] = async (runId, { trigger, startedBy, selection }) => {
    const undone = await undoable(store, runId)
    const { connection, number } = undone.run
    const chosen = selection === undefined ? undefined : await chosenChanges(store.plans, undone, selection)
    const open = await connections.open(connection)
    await earlier.interrupted(connection)
    const run = await newRun({ connection, kind: 'undo', trigger, startedBy, undoOf: number, ...partOf(selection) })
    return underWay.begin(run, async (pulse) => {
      const target = open.openTarget()
      try {
        const { signal, progress: onProgress } = pulse
        await earlier.lookUp(run, open, target, signal, 'all')
        const plan = await planUndo({
          store,
          clock,
          open,
          target,
          undone,
          chosen,
          runId: run.id,
          signal,
          onProgress,
        })
        await store.runs.update(run.id, { planId: plan.id, directoryKey: plan.directoryKey, calls: target.calls() })
        await ends.ended(run, stateAfterPlanning('undo', open.connection, plan))
      } finally {
        await target.close()
      }
    })
  }

  const undoSince: Runner['undoSince'] = async (connection, then, { trigger, startedBy }) => {
    const open = await connections.open(connection)
    const runs = await runsSince(store, connection, then)
    // Whom a name means is found out before there is a run.
    const done =
      then.person === undefined ? undefined : await doneSince(store, runs, then, new AbortController().signal)
    await earlier.interrupted(connection)
    const run = await newRun({ connection, kind: 'undo', trigger, startedBy, undoSince: undoneSince(runs, then) })
    return underWay.begin(run, async (pulse) => {
      const target = open.openTarget()
      try {
        const { signal, progress: onProgress } = pulse
        await earlier.lookUp(run, open, target, signal, 'all')
        const plan = await planSince({
          store,
          clock,
          open,
          target,
          runs,
          then,
          done,
          runId: run.id,
          signal,
          onProgress,
        })
        await store.runs.update(run.id, { planId: plan.id, directoryKey: plan.directoryKey, calls: target.calls() })
        await ends.ended(run, stateAfterPlanning('undo', open.connection, plan))
      } finally {
        await target.close()
      }
    })
  }

  const retire: Runner['retire'] = async (connection, choice, { trigger, startedBy }) => {
    const open = await connections.open(connection)
    await refuseUnlessPaused(store.pauses, connection)
    await earlier.interrupted(connection)
    const run = await newRun({ connection, kind: 'retire', trigger, startedBy })
    return underWay.begin(run, async (pulse) => {
      const target = open.openTarget()
      try {
        const { signal, progress: onProgress } = pulse
        await earlier.lookUp(run, open, target, signal, 'all')
        const plan = await planRetirement({ store, clock, open, target, choice, runId: run.id, signal, onProgress })
        await store.runs.update(run.id, { planId: plan.id, directoryKey: plan.directoryKey, calls: target.calls() })
        await ends.ended(run, stateAfterPlanning('retire', open.connection, plan))
      } finally {
        await target.close()
      }
    })
  }

  const start: Runner['start'] = async (key, { kind, trigger, startedBy }) => {
    const open = await connections.open(key)
    if (kind === 'full') await refusePaused(store.pauses, key)
    const abandoned = await earlier.interrupted(key)
    // What was decided and half done is finished first, exactly as it was reviewed.
    if (kind === 'full' && abandoned?.planId !== undefined && abandoned.connection === key) {
      log('continuing an interrupted run', { run: abandoned.id })
      const continued = await earlier.goOn(abandoned, abandoned.planId, startedBy)
      if (continued !== undefined) return continued
    }
    const run = await newRun({ connection: key, kind, trigger, startedBy })
    return underWay.begin(run, async (pulse) => {
      const read = sharedReads.of(open)
      const target = open.openTarget()
      try {
        await earlier.lookUp(run, open, target, pulse.signal, 'all')
        const plan = await planRun({
          store,
          clock,
          open,
          read,
          target,
          runId: run.id,
          signal: pulse.signal,
          onProgress: pulse.progress,
        })
        const sharing = read.shared === undefined ? {} : { sharedRead: read.shared }
        const known = { planId: plan.id, directoryKey: plan.directoryKey, calls: target.calls() }
        await store.runs.update(run.id, { ...known, ...sharing })
        const next = stateAfterPlanning(kind, open.connection, plan)
        if (next !== 'applying') return await ends.ended(run, next)
        await writer.refuseOthers(plan.directoryKey)
        await applier.apply({ ...run, ...sharing, planId: plan.id }, plan, open, { target, pulse })
      } finally {
        await Promise.allSettled([read.close(), target.close()])
      }
    })
  }

  const startSome: Runner['startSome'] = async (key, some, { trigger, startedBy, isUrgent = false }) => {
    const opened = await connections.open(key)
    await refusePaused(store.pauses, key)
    const run = await newRun({ connection: key, kind: 'incremental', trigger, startedBy })
    const settled = Promise.withResolvers<Written>()
    let leftOut: readonly string[] = []
    let isHeld = false
    let hasConflict = false
    const settle = (isSettled: boolean) => settled.resolve({ isSettled, isHeld, hasConflict, leftOut })
    const begun = underWay.begin(run, async (pulse) => {
      const source = opened.openSource()
      const { target, giveBack } = keptTargets.borrow(opened)
      const before = target.calls()
      const calls = () => callsSince(before, target.calls())
      try {
        const { signal, progress: onProgress } = pulse
        await earlier.lookUp(run, opened, target, signal, isUrgent ? 'none' : 'few')
        const planning = {
          store,
          clock,
          open: opened,
          source,
          target,
          runId: run.id,
          signal,
          onProgress,
          some,
          groupLists,
          inTurn: <Result>(work: () => Promise<Result>) => deciding.of(key, work),
          since: run.startedAt,
        }
        const planned = await (isUrgent ? inHaste(() => planPart(planning)) : planPart(planning))
        const { plan } = planned
        leftOut = planned.leftOut
        isHeld = plan.summary.held > 0 || planIsHeld(plan)
        await store.runs.update(run.id, { planId: plan.id, directoryKey: plan.directoryKey, calls: calls() })
        const isEmpty = plan.summary.total === 0 && !planIsHeld(plan) && opened.connection.mode !== 'preview'
        const next = isEmpty ? 'applied' : stateAfterPlanning('incremental', opened.connection, plan)
        if (next !== 'applying') return await ends.ended(run, next)
        await writer.refuseOthers(plan.directoryKey)
        const onWritten = () => settle(true)
        const onConflict = () => {
          hasConflict = true
          // A group that a look at the target no longer finds was remembered for too long.
          groupLists.forget(plan.directoryKey)
        }
        const work = { target, pulse, calls, isUrgent, onWritten, onConflict }
        await applier.apply({ ...run, planId: plan.id }, plan, opened, work)
      } finally {
        await Promise.allSettled([source.close(), giveBack()])
      }
    })
    void begun.done.then(({ state }) => settle(state !== 'failed' && state !== 'cancelled' && state !== 'applying'))
    return { ...begun, written: settled.promise }
  }

  const apply: Runner['apply'] = async (planId) => {
    const plan = await store.plans.get(planId)
    if (plan === undefined)
      throw fail.notFound(`There is no plan ${planId}.`, { hint: 'List runs and their plans: muster runs' })
    const run = await store.runs.get(plan.runId)
    if (run === undefined) throw fail.notFound(`The run of plan ${planId} is no longer kept.`)
    refuseEnded(run, plan)
    const open = await connections.open(plan.connection)
    // What takes back an earlier run is a person's own decision of this moment.
    if (run.kind === 'retire') await refuseUnlessPaused(store.pauses, plan.connection)
    else if (run.kind !== 'undo') await refusePaused(store.pauses, plan.connection)
    await refuseRejected(store.plans, plan)
    refuseExpired(plan, run, open.connection.review, clock.now())
    await refuseUnapproved(store.plans, plan, open.connection)
    if (underWay.has(run.id)) throw fail.busy(`Run ${run.number} is already under way in this process.`)
    if (run.kind !== 'incremental') await earlier.interrupted(plan.connection)
    await writer.refuseOthers(plan.directoryKey)
    await store.runs.reopen(run.id)
    return underWay.begin({ ...run, state: 'applying' }, async (pulse) => {
      const target = open.openTarget()
      try {
        await applier.apply(run, plan, open, { target, pulse })
      } finally {
        await target.close()
      }
    })
  }

  return {
    start,
    startSome,
    undo,
    undoSince,
    retire,
    apply,
    async mayWrite(target) {
      const directoryKey = await store.directories.boundKey(target)
      return directoryKey === undefined || !(await writer.isOther(directoryKey))
    },
    resumeAbandoned: earlier.goOnWithAll,
    async stop(timeoutMs) {
      await underWay.stop(timeoutMs)
      await keptTargets.close()
    },
  }
}

function callsSince(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(now).flatMap(([name, count]) => {
      const calls = count - (before[name] ?? 0)
      return calls > 0 ? [[name, calls]] : []
    }),
  )
}

function partOf(selection: UndoSelection | undefined): Pick<Run, 'undoPart'> {
  if (selection === undefined) return {}
  return { undoPart: 'seqs' in selection ? { changes: selection.seqs.length } : selection }
}
