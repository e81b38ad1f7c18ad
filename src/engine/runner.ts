import { type ChangeKind, takesAway } from '../domain/change.ts'
import { asProvisioningError, type ErrorCode, fail, type ProvisioningError } from '../domain/errors.ts'
import type { Lane } from '../domain/lane.ts'
import type { Plan } from '../domain/plan.ts'
import type { RetirementChoice } from '../domain/retirement.ts'
import {
  type ApplyTally,
  endedStates,
  type Run,
  type RunProgress,
  type RunState,
  type RunTrigger,
  readSince,
  stateAfterApply,
} from '../domain/run.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import { inHaste } from '../platform/haste.ts'
import { newId } from '../platform/ids.ts'
import type { RunPatch, Store } from '../ports/store.ts'
import type { Target } from '../ports/target.ts'
import type { Execution } from './execution.ts'
import { execute } from './executor.ts'
import { createGroupLists } from './group-lists.ts'
import { createKeptTargets } from './kept-targets.ts'
import { keepDirectory } from './mark.ts'
import { planRun } from './planning.ts'
import { planPart, type Some } from './planning-part.ts'
import { planRetirement } from './retire/planning.ts'
import type { Connections, OpenConnection } from './setup.ts'
import { createSharedReads } from './shared-reads.ts'
import { lookUpUnanswered } from './unanswered.ts'
import { chosenChanges, planUndo } from './undo/planning.ts'
import type { UndoSelection } from './undo/selection.ts'
import { doneSince, planSince, runsSince, type SinceThen, undoneSince } from './undo/since.ts'
import { undoable } from './undo/undoable.ts'
import { refuseExpired, refuseRejected } from './validity.ts'
import { verify } from './verify.ts'
import { createWriters, type Turn } from './writers.ts'

/** How often a run looks whether somebody asked it to stop, and how often it writes its progress. */
const pulseMs = 1_000
/** Every 15 seconds a run says that somebody works on it. */
const beatsPerSign = 15
/** Guards that doubt the read itself: while they hold something, the read is not good. */
const readGuards: readonly string[] = ['guard:source-shrunk', 'guard:source-group-shrunk', 'guard:attribute-vanished']

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

/** A run that was begun; `done` never rejects, a failure is in the run. */
export interface Begun {
  readonly run: Run
  readonly done: Promise<Run>
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
  const marking = oneAtATime()
  const deciding = oneAtATime()
  const lookingUp = oneAtATime()
  const active = new Map<string, { readonly stop: AbortController; readonly done: Promise<Run> }>()

  const ended = (run: Run, state: RunState, patch: RunPatch = {}) =>
    store.runs.update(run.id, { ...patch, state, ...(endedStates.includes(state) ? { endedAt: clock.now() } : {}) })

  /** Does the work of a run in the background: progress, cancel and failure in one place. */
  const inBackground = (run: Run, work: (pulse: Pulse) => Promise<void>): Begun => {
    const stop = new AbortController()
    const pulse = startPulse(store, clock, run.id, stop)
    const done = (async () => {
      try {
        await work(pulse)
      } catch (thrown) {
        const reason: unknown = stop.signal.aborted ? stop.signal.reason : thrown
        const error = asProvisioningError(reason)
        if (error.code === 'bug') log('run failed by a defect', { run: run.id, error: reason })
        await keepFailure(run, error)
      } finally {
        await pulse.end()
        active.delete(run.id)
      }
      return (await store.runs.get(run.id)) ?? run
    })()
    active.set(run.id, { stop, done })
    return { run, done }
  }

  /** Whether something of the plan was sent and nobody knows what became of it. */
  const isUnanswered = async (planId: string | undefined): Promise<Pick<RunPatch, 'unanswered'>> => {
    const sent = planId === undefined ? [] : await store.plans.nextUnanswered(planId, 0, 1).catch(() => [])
    return sent.length === 0 ? {} : { unanswered: true }
  }

  const keepFailure = async (run: Run, error: ProvisioningError) => {
    // `usurped`: another process owns the run now and alone may write its state.
    if (error.code === 'usurped') return log('run was taken over', { run: run.id })
    // Our own shutdown leaves an applying run as it is: the next process resumes it.
    const now = await store.runs.get(run.id).catch(() => undefined)
    const applying = now?.state === 'applying'
    if (error === shutdown && applying) return log('run was interrupted and can be resumed', { run: run.id })
    // A plan that found its directory taken is as good as before; whoever started it may apply it again.
    // So is one whose directory another installation keeps: a person has to take it over first.
    const state = { cancelled: 'cancelled', busy: waitingAgain(run), 'guard-tripped': 'held' } as Partial<
      Record<ErrorCode, RunState>
    >
    await ended(run, state[error.code] ?? 'failed', {
      ...(await isUnanswered(now?.planId)),
      error: {
        code: error.code,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(error.problems.length === 0 ? {} : { problems: error.problems }),
      },
    }).catch((failure: unknown) => log('the end of a run could not be written', { run: run.id, error: failure }))
  }

  /** Who writes to a directory now. The lease of a process that has ended is given back on the way. */
  const writerOf = async (directoryKey: string): Promise<string | undefined> => {
    const lease = await store.leases.holder(directoryKey)
    if (lease === undefined || !isGone(lease.holder)) return lease?.holder
    await store.leases.release(lease)
    return undefined
  }

  /** A run of the connection that was left in the middle. Throws `busy` when one is being applied right now. */
  const abandonedRun = async (connection: string): Promise<Run | undefined> => {
    const { items } = await store.runs.list({ connection, states: ['applying'] }, { limit: 100 })
    // Runs for some people pass by; they take up what is theirs by themselves.
    const applying = items.filter(({ kind }) => kind !== 'incremental')
    for (const run of applying) {
      const writer = run.directoryKey === undefined ? undefined : await writerOf(run.directoryKey)
      if (active.has(run.id) || writer !== undefined) {
        throw fail.busy(`Run ${run.number} of "${connection}" is applying right now.`, {
          hint: `Watch it: muster runs ${run.number}`,
        })
      }
    }
    return applying[0]
  }

  const applying = async (run: Run, plan: Plan, open: OpenConnection, work: Applying) => {
    const {
      target,
      pulse,
      calls = () => target.calls(),
      isUrgent = false,
      onWritten,
      onConflict = () => undefined,
    } = work
    await target.identify(pulse.signal)
    await writers.write(
      plan.directoryKey,
      laneOf(run, plan),
      pulse.signal,
      async (turn) => {
        await store.runs.reopen(run.id)
        await marking.of(plan.directoryKey, () =>
          keepDirectory(
            {
              target,
              targetKey: open.connection.target,
              instanceId: store.instanceId,
              plans: store.plans,
              planId: plan.id,
              clock,
              log,
            },
            turn.signal,
          ),
        )
        const before = await tallyOf(plan.id)
        let done = total(before) - before.open
        const progress = (phase: 'apply' | 'verify') => async (more: number) => {
          done += more
          // A change that is tried again is counted again; the bar ends where it should.
          pulse.progress({ phase, done: Math.min(done, total(before)), total: total(before) })
        }
        const execution: Execution = {
          ...(await executionOf(run, plan, open, target, turn)),
          onProgress: progress('apply'),
          onConflict,
        }
        try {
          // Looking at what was written is in no hurry.
          await (isUrgent ? inHaste(() => execute(execution)) : execute(execution))
          turn.finished()
          onWritten?.()
          if (plan.summary.counts['group.create'] !== undefined) groupLists.forget(plan.directoryKey)
          done = 0
          // A look at some people does not tell how many there are; to read everybody because of them is never cheaper.
          const accounts = run.kind === 'incremental' ? Number.POSITIVE_INFINITY : plan.summary.read.targetAccounts
          await verify({ ...execution, onProgress: progress('verify') }, accounts ?? 0)
        } finally {
          await store.runs.update(run.id, {
            outcomes: (await tallyOf(plan.id)).outcomes,
            calls: merged(run.calls, calls()),
          })
        }
        await finish(run, plan)
      },
      // Nothing is sent yet: before each slice the execution says whom it is about.
      new Set(),
    )
  }

  const executionOf = async (
    run: Run,
    plan: Plan,
    open: OpenConnection,
    target: Target,
    { fence, signal, giveWay, rest }: Turn,
  ): Promise<Omit<Execution, 'onProgress' | 'onConflict'>> => ({
    plans: store.plans,
    dirty: store.dirty,
    directories: store.directories,
    directoryKey: plan.directoryKey,
    others: (await open.others(plan.directoryKey)).map(({ key }) => key),
    connection: plan.connection,
    readSince: readSince(run),
    planId: plan.id,
    runId: run.id,
    fence,
    target,
    source: open.connection.source,
    notify: open.connection.users.notify,
    clock,
    signal,
    giveWay,
    rest,
  })

  /**
   * Before a plan is made: what earlier runs of the connection sent without an answer and could not finish is looked up, so
   * that what was made or taken that way is known to be ours. What cannot be looked up now is looked up before the next plan.
   */
  const lookUpEarlier = async (open: OpenConnection, target: Target, signal: AbortSignal) => {
    const { key } = open.connection
    const earlier = () => store.runs.unanswered(key)
    if ((await earlier()).length === 0) return
    // Runs for some people begin side by side; the first one looks, the others find nothing left to do.
    await lookingUp.of(key, async () => {
      for (const run of await earlier()) {
        try {
          await lookUpRun(run, open, target, signal)
        } catch (error) {
          if (signal.aborted) throw error
          log('what an earlier run sent without an answer could not be looked up', { run: run.id, error })
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
      return isOver ? await store.runs.update(run.id, { unanswered: false }) : undefined
    }
    const look = async (turn: Turn) => {
      const execution = await executionOf(run, plan, open, target, turn)
      const nothing = { onProgress: async () => undefined, onConflict: () => undefined }
      return await lookUpUnanswered({ ...execution, ...nothing })
    }
    const isDone = await writers.write(directoryKey, 2, signal, look, new Set())
    const { outcomes } = await tallyOf(plan.id)
    await store.runs.update(run.id, { outcomes, ...(isDone ? { unanswered: false } : {}) })
  }

  const tallyOf = async (planId: string): Promise<ApplyTally> => {
    const tally = { outcomes: {} as Record<string, number>, open: 0, held: 0, blocked: 0 }
    for (const { state, outcome, count } of await store.plans.tally(planId)) {
      if (state !== 'ready') tally[state] += count
      else if (outcome === 'open') tally.open += count
      else tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + count
    }
    return tally
  }

  const finish = async (run: Run, plan: Plan) => {
    const tally = await tallyOf(plan.id)
    const doubted = await isDoubted(plan, tally)
    // The last good read moves only by a run that was applied (D18), never past a doubt nobody released.
    const { unproven = 0, sourceListsUnproven = 0, settling = 0 } = plan.summary.read
    const isOfEverybody = run.kind === 'full' || run.kind === 'preview'
    if (isOfEverybody && tally.open === 0 && !doubted && sourceListsUnproven === 0) {
      await store.snapshots.accept(plan.connection, plan.sourceSnapshotId)
    }
    // Whatever was not read may still differ, and what settles is not seen yet: that is never success.
    const known = stateAfterApply(tally)
    const state = known === 'applied' && unproven + settling > 0 ? 'partial' : known
    if (unproven === 0) return ended(run, state, { outcomes: tally.outcomes })
    await ended(run, state, {
      outcomes: tally.outcomes,
      error: {
        code: 'incomplete-read',
        message: `${unproven} ${unproven === 1 ? 'part' : 'parts'} of the source or target could not be read completely; nothing was taken away because of it.`,
        hint: `What is missing stands in the notices: muster plan ${run.number}. Then run again.`,
      },
    })
  }

  /**
   * A read in doubt becomes the last good one only by a person's word. A source that shrank may have nothing to hold yet,
   * because leavers are frozen until their first stage is due: it is still in doubt when they are.
   */
  const isDoubted = async ({ id, guards }: Plan, { held }: ApplyTally): Promise<boolean> => {
    const tripped = guards.filter((guard) => guard.tripped).map(({ guard }) => guard)
    if (!tripped.some((guard) => readGuards.includes(guard))) return false
    if (held > 0) return true
    return tripped.includes('guard:source-shrunk') && (await store.plans.approval(id)) === undefined
  }

  const newRun = (
    part: Pick<Run, 'connection' | 'kind' | 'trigger' | 'startedBy' | 'undoOf' | 'undoPart' | 'undoSince'>,
  ) => store.runs.create({ ...part, id: newId(clock.now()), state: 'planning', startedAt: clock.now(), outcomes: {} })

  const undo: Runner['undo'] = async (runId, { trigger, startedBy, selection }) => {
    const undone = await undoable(store, runId)
    const { connection, number } = undone.run
    const chosen = selection === undefined ? undefined : await chosenChanges(store.plans, undone, selection)
    const open = await connections.open(connection)
    await abandonedRun(connection)
    const run = await newRun({ connection, kind: 'undo', trigger, startedBy, undoOf: number, ...partOf(selection) })
    return inBackground(run, async (pulse) => {
      const target = open.openTarget()
      try {
        const { signal, progress: onProgress } = pulse
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
        await ended(run, stateAfterPlanning('undo', open, plan))
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
    await abandonedRun(connection)
    const run = await newRun({ connection, kind: 'undo', trigger, startedBy, undoSince: undoneSince(runs, then) })
    return inBackground(run, async (pulse) => {
      const target = open.openTarget()
      try {
        const { signal, progress: onProgress } = pulse
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
        await ended(run, stateAfterPlanning('undo', open, plan))
      } finally {
        await target.close()
      }
    })
  }

  const retire: Runner['retire'] = async (connection, choice, { trigger, startedBy }) => {
    const open = await connections.open(connection)
    await refuseUnlessPaused(connection)
    await abandonedRun(connection)
    const run = await newRun({ connection, kind: 'retire', trigger, startedBy })
    return inBackground(run, async (pulse) => {
      const target = open.openTarget()
      try {
        const { signal, progress: onProgress } = pulse
        const plan = await planRetirement({ store, clock, open, target, choice, runId: run.id, signal, onProgress })
        await store.runs.update(run.id, { planId: plan.id, directoryKey: plan.directoryKey, calls: target.calls() })
        await ended(run, stateAfterPlanning('retire', open, plan))
      } finally {
        await target.close()
      }
    })
  }

  /** What is retired must not grant the same again meanwhile. */
  const refuseUnlessPaused = async (connection: string) => {
    if ((await store.pauses.get(connection)) !== undefined) return
    throw fail.conflict(
      `"${connection}" is retired only while it is paused, so that it does not grant the same again.`,
      {
        hint: `Pause it and plan afresh: muster connections retire ${connection} --clean-up`,
      },
    )
  }

  /** Refuses what writes for a connection that a person paused. */
  const refusePaused = async (connection: string) => {
    const pause = await store.pauses.get(connection)
    if (pause === undefined) return
    const why = pause.why === undefined ? '' : ` (${pause.why})`
    throw fail.conflict(`"${connection}" is paused since ${isoTime(pause.since)} by ${pause.by}${why}.`, {
      hint: `Let it go on: muster resume ${connection}. A preview is always possible: muster plan ${connection}`,
    })
  }

  const start: Runner['start'] = async (key, { kind, trigger, startedBy }) => {
    const open = await connections.open(key)
    if (kind === 'full') await refusePaused(key)
    const abandoned = await abandonedRun(key)
    // What was decided and half done is finished first, exactly as it was reviewed.
    if (kind === 'full' && abandoned?.planId !== undefined && abandoned.connection === key) {
      log('continuing an interrupted run', { run: abandoned.id })
      const continued = await continueRun(abandoned, abandoned.planId, startedBy)
      if (continued !== undefined) return continued
    }
    const run = await newRun({ connection: key, kind, trigger, startedBy })
    return inBackground(run, async (pulse) => {
      const read = sharedReads.of(open)
      const target = open.openTarget()
      try {
        await lookUpEarlier(open, target, pulse.signal)
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
        const next = stateAfterPlanning(kind, open, plan)
        if (next !== 'applying') return await ended(run, next)
        await refuseWhileOthersWrite(plan.directoryKey)
        await applying({ ...run, ...sharing, planId: plan.id }, plan, open, { target, pulse })
      } finally {
        await Promise.allSettled([read.close(), target.close()])
      }
    })
  }

  const startSome: Runner['startSome'] = async (key, some, { trigger, startedBy, isUrgent = false }) => {
    const opened = await connections.open(key)
    await refusePaused(key)
    const run = await newRun({ connection: key, kind: 'incremental', trigger, startedBy })
    const settled = Promise.withResolvers<Written>()
    let leftOut: readonly string[] = []
    let isHeld = false
    let hasConflict = false
    const settle = (isSettled: boolean) => settled.resolve({ isSettled, isHeld, hasConflict, leftOut })
    const begun = inBackground(run, async (pulse) => {
      const source = opened.openSource()
      const { target, giveBack } = keptTargets.borrow(opened)
      const before = target.calls()
      const calls = () => callsSince(before, target.calls())
      try {
        const { signal, progress: onProgress } = pulse
        await lookUpEarlier(opened, target, signal)
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
        const next = isEmpty ? 'applied' : stateAfterPlanning('incremental', opened, plan)
        if (next !== 'applying') return await ended(run, next)
        await refuseWhileOthersWrite(plan.directoryKey)
        const onWritten = () => settle(true)
        const onConflict = () => {
          hasConflict = true
          // A group that a look at the target no longer finds was remembered for too long.
          groupLists.forget(plan.directoryKey)
        }
        const work = { target, pulse, calls, isUrgent, onWritten, onConflict }
        await applying({ ...run, planId: plan.id }, plan, opened, work)
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
    if (run.state === 'superseded' || run.state === 'applied') {
      throw fail.stalePlan(`Run ${run.number} is ${run.state}; its plan cannot be applied again.`, {
        hint: `Make a new plan: muster plan ${plan.connection}`,
      })
    }
    if (run.undoneBy !== undefined) {
      throw fail.stalePlan(`Run ${run.number} was taken back by run ${run.undoneBy}; it does not go on.`, {
        hint: `Make a new plan: muster plan ${plan.connection}`,
      })
    }
    const open = await connections.open(plan.connection)
    // What takes back an earlier run is a person's own decision of this moment.
    if (run.kind === 'retire') await refuseUnlessPaused(plan.connection)
    else if (run.kind !== 'undo') await refusePaused(plan.connection)
    await refuseRejected(store.plans, plan)
    refuseExpired(plan, run, open.connection.review, clock.now())
    await refuseUnapproved(store, plan, open)
    if (active.has(run.id)) throw fail.busy(`Run ${run.number} is already under way in this process.`)
    if (run.kind !== 'incremental') await abandonedRun(plan.connection)
    await refuseWhileOthersWrite(plan.directoryKey)
    await store.runs.reopen(run.id)
    return inBackground({ ...run, state: 'applying' }, async (pulse) => {
      const target = open.openTarget()
      try {
        await applying(run, plan, open, { target, pulse })
      } finally {
        await target.close()
      }
    })
  }

  /** Goes on with an interrupted run; undefined = it may not go on as it was reviewed, so it ends here and a new plan is due. */
  const continueRun = async (run: Run, planId: string, startedBy: string): Promise<Begun | undefined> => {
    try {
      return await apply(planId, startedBy)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      if (error.code !== 'stale-plan' && error.code !== 'config-invalid') throw thrown
      log('an interrupted run cannot go on', { run: run.id, error: error.message })
      await keepFailure(run, error)
      return undefined
    }
  }

  const refuseWhileOthersWrite = async (directoryKey: string) => {
    const writer = await writerOf(directoryKey)
    if (writer === undefined || writer === holder) return
    throw fail.busy(`Another run is writing to ${directoryKey} (${writer}).`, {
      hint: 'Wait until it has ended (`muster runs`), then try again.',
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
      const writer = directoryKey === undefined ? undefined : await writerOf(directoryKey)
      return writer === undefined || writer === holder
    },
    async resumeAbandoned() {
      const left = await store.runs.list({ states: ['applying'] }, { limit: 100 })
      let resumed = 0
      for (const run of left.items) {
        if (active.has(run.id) || run.planId === undefined || run.directoryKey === undefined) continue
        if ((await writerOf(run.directoryKey)) !== undefined) continue
        try {
          if ((await continueRun(run, run.planId, run.startedBy)) === undefined) continue
          log('run resumed', { run: run.id })
          resumed += 1
        } catch (error) {
          log('run could not be resumed', { run: run.id, error })
        }
      }
      return resumed
    },
    async stop(timeoutMs) {
      const all = [...active.values()]
      for (const each of all) each.stop.abort(shutdown)
      const ended = new AbortController()
      const timeout = clock.sleep(timeoutMs, ended.signal).catch(() => undefined)
      await Promise.race([Promise.allSettled(all.map((each) => each.done)), timeout])
      ended.abort()
      await keptTargets.close()
    },
  }
}

/** Work on one thing waits for the work on it before. */
function oneAtATime() {
  const last = new Map<string, Promise<unknown>>()
  return {
    async of<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
      const before = last.get(thing) ?? Promise.resolve()
      const mine = before.catch(() => undefined).then(work)
      last.set(thing, mine)
      return await mine
    },
  }
}

/** What applying works with. */
interface Applying {
  readonly target: Target
  readonly pulse: Pulse
  /** Its requests go before those of others. */
  readonly isUrgent?: boolean
  /** Calls of this run alone, where others use the target too. */
  readonly calls?: () => Readonly<Record<string, number>>
  /** Called when there is nothing more to send. */
  readonly onWritten?: () => void
  /** Something was left out because its object had moved. */
  readonly onConflict?: () => void
}

/**
 * Whoever leaves or returns goes first, as far as they were planned by themselves; an undo is small and a person waits for
 * it; whole runs let everybody else go first (D5).
 */
function laneOf({ kind }: Pick<Run, 'kind'>, { summary }: Plan): Lane {
  if (kind === 'undo') return 2
  if (kind !== 'incremental') return 3
  const isUrgent = (each: ChangeKind) => takesAway(each) || each === 'account.activate' || each === 'account.enable'
  return (Object.keys(summary.counts) as ChangeKind[]).some(isUrgent) ? 1 : 2
}

function waitingAgain(run: Run): RunState {
  // Whoever asked for some people asks again; nobody waits for this very run.
  if (run.kind === 'incremental') return 'failed'
  return run.kind === 'preview' ? 'planned' : 'waiting'
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

/** The reason given to runs when this process ends. */
const shutdown = fail.cancelled('Muster is stopping; the run can be continued.')

function stateAfterPlanning(kind: Run['kind'], { connection }: OpenConnection, plan: Plan): RunState {
  const { ready, held, blocked } = plan.summary
  if (kind === 'preview' || connection.mode === 'preview') return 'planned'
  // Nothing to take back is no success of anything.
  if ((kind === 'undo' || kind === 'retire') && ready + held + blocked === 0) return 'planned'
  // Also a plan without a change: what was read differently needs a look before the next run believes it (D23).
  if (planIsHeld(plan)) return 'held'
  // Nothing to send: what is left waits for a person or cannot be done.
  if (ready === 0 && held === 0 && blocked === 0) return 'applying'
  if (ready === 0) return held > 0 ? 'held' : 'applying'
  return connection.mode === 'review' ? 'waiting' : 'applying'
}

function planIsHeld(plan: Plan): boolean {
  return plan.guards.some((guard) => guard.tripped && guard.holds === 'plan')
}

async function refuseUnapproved(store: Store, plan: Plan, { connection }: OpenConnection): Promise<void> {
  if (connection.mode === 'preview') {
    throw fail.configInvalid(`The connection "${connection.key}" is preview only; its plans are never applied.`, {
      hint: `Set connections.${connection.key}.mode to review or automatic.`,
    })
  }
  if (connection.version !== plan.connectionVersion) {
    throw fail.stalePlan('The settings of this connection changed after the plan was made.', {
      hint: `Make a new plan: muster plan ${plan.connection}`,
    })
  }
  const mustBeApproved = (connection.mode === 'review' && plan.summary.total > 0) || planIsHeld(plan)
  if (!mustBeApproved) return
  if ((await store.plans.approval(plan.id)) !== undefined) return
  const why = plan.guards.filter((guard) => guard.tripped && guard.holds === 'plan').map((guard) => guard.sentence)
  throw fail.guardTripped(['This plan has not been approved.', ...why].join(' '), {
    hint: `Review it, then: muster approve ${plan.id}`,
  })
}

interface Pulse {
  readonly signal: AbortSignal
  readonly progress: (progress: RunProgress) => void
  end(): Promise<void>
}

/** Writes progress once a second, gives signs of life, and looks whether somebody asked the run to stop. */
function startPulse(store: Store, clock: Clock, runId: string, stop: AbortController): Pulse {
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
        if (progress !== undefined) await store.runs.update(runId, { progress })
        if (beats % beatsPerSign === 0) await store.runs.keepAlive(runId)
        if (await store.runs.cancelRequested(runId))
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

function total({ outcomes, open }: ApplyTally): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, open)
}

function merged(before: Run['calls'], now: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...before }
  for (const [name, count] of Object.entries(now)) sum[name] = (sum[name] ?? 0) + count
  return sum
}
