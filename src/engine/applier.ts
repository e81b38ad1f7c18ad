import type { Plan } from '../domain/plan.ts'
import { type ApplyTally, type Run, readSince, stateAfterApply } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import { inHaste } from '../platform/haste.ts'
import { oneAtATime } from '../platform/one-at-a-time.ts'
import type { Store } from '../ports/store.ts'
import type { Target } from '../ports/target.ts'
import type { Execution } from './execution.ts'
import { execute } from './executor.ts'
import type { GroupLists } from './group-lists.ts'
import { keepDirectory } from './mark.ts'
import type { Pulse } from './pulse.ts'
import type { RunEnds } from './run-end.ts'
import { isReadDoubted, laneOf } from './run-states.ts'
import type { OpenConnection } from './setup.ts'
import { verify } from './verify.ts'
import type { Turn, Writers } from './writers.ts'

/** What applying works with. */
export interface Applying {
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

/** Carries out plans that may be carried out. */
export interface Applier {
  /** Waits for its turn, writes what is open, looks at what was written, and writes how the run ended. */
  apply(run: Run, plan: Plan, open: OpenConnection, work: Applying): Promise<void>
  /** With what a plan is carried out by whoever has the turn. */
  executionOf(
    run: Run,
    plan: Plan,
    open: OpenConnection,
    target: Target,
    turn: Turn,
  ): Promise<Omit<Execution, 'onProgress' | 'onConflict'>>
  /** What became of the changes of a plan so far. */
  tallyOf(planId: string): Promise<ApplyTally>
}

export function createApplier({
  store,
  clock,
  log,
  writers,
  groupLists,
  ends: { ended },
}: {
  readonly store: Store
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly writers: Writers
  readonly groupLists: GroupLists
  readonly ends: RunEnds
}): Applier {
  const marking = oneAtATime()

  const apply: Applier['apply'] = async (run, plan, open, work) => {
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
          await verify({ ...execution, onProgress: progress('verify') }, accountsAround(run, plan))
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

  const executionOf: Applier['executionOf'] = async (run, plan, open, target, { fence, signal, giveWay, rest }) => ({
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

  const tallyOf: Applier['tallyOf'] = async (planId) => {
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
    const isTripped = plan.guards.some(({ tripped }) => tripped)
    const isApproved = isTripped && (await store.plans.approval(plan.id)) !== undefined
    const doubted = isReadDoubted(plan, tally.held, isApproved)
    // The last good read moves only by a run that was applied (D18), never past a doubt nobody released.
    const { unproven = 0, sourceListsUnproven = 0, settling = 0 } = plan.summary.read
    const isOfEverybody = run.kind === 'full' || run.kind === 'preview'
    if (isOfEverybody && tally.open === 0 && !doubted && sourceListsUnproven === 0) {
      await store.snapshots.accept(plan.connection, plan.sourceSnapshotId)
    }
    // Whatever was not read may still differ, and what settles is not seen yet: that is never success.
    const known = stateAfterApply(tally)
    const state = known === 'applied' && unproven + settling > 0 ? 'partial' : known
    const unanswered = tally.open > 0 && (await store.plans.nextUnanswered(plan.id, 0, 1)).length > 0
    // What was not seen in time may still come: the next run looks again.
    const written = { outcomes: tally.outcomes, unanswered, unseen: (tally.outcomes.unproven ?? 0) > 0 }
    if (unproven === 0) return ended(run, state, written)
    await ended(run, state, {
      ...written,
      error: {
        code: 'incomplete-read',
        message: `${unproven} ${unproven === 1 ? 'part' : 'parts'} of the source or target could not be read completely; nothing was taken away because of it.`,
        hint: `What is missing stands in the notices: muster plan ${run.number}. Then run again.`,
      },
    })
  }

  return { apply, executionOf, tallyOf }
}

/** How many accounts a whole read of the target would bring. */
export function accountsAround({ kind }: Run, { summary }: Plan): number {
  // A look at some people does not tell how many there are; to read everybody because of them is never cheaper.
  return kind === 'incremental' ? Number.POSITIVE_INFINITY : (summary.read.targetAccounts ?? 0)
}

function total({ outcomes, open }: ApplyTally): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, open)
}

function merged(before: Run['calls'], now: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...before }
  for (const [name, count] of Object.entries(now)) sum[name] = (sum[name] ?? 0) + count
  return sum
}
