import { type ChangeKind, takesAway } from '../domain/change.ts'
import type { Connection } from '../domain/connection.ts'
import type { Lane } from '../domain/lane.ts'
import type { Plan } from '../domain/plan.ts'
import type { Run, RunState } from '../domain/run.ts'

/** Guards that doubt the read itself: while they hold something, the read is not good. */
const readGuards: readonly string[] = ['guard:source-shrunk', 'guard:source-group-shrunk', 'guard:attribute-vanished']

/** Where a run goes on from its plan: `applying`, or a state in which it ends or waits for a person. */
export function stateAfterPlanning(
  kind: Run['kind'],
  { mode }: Pick<Connection, 'mode'>,
  plan: Pick<Plan, 'summary' | 'guards'>,
): RunState {
  const { ready, held, blocked } = plan.summary
  if (kind === 'preview' || mode === 'preview') return 'planned'
  // Nothing to take back is no success of anything.
  if ((kind === 'undo' || kind === 'retire') && ready + held + blocked === 0) return 'planned'
  // Also a plan without a change: what was read differently needs a look before the next run believes it (D23).
  if (planIsHeld(plan)) return 'held'
  // Nothing to send: what is left waits for a person or cannot be done.
  if (ready === 0 && held === 0 && blocked === 0) return 'applying'
  if (ready === 0) return held > 0 ? 'held' : 'applying'
  return mode === 'review' ? 'waiting' : 'applying'
}

/** A guard holds the whole plan: nothing of it may be sent before a person approved it. */
export function planIsHeld(plan: Pick<Plan, 'guards'>): boolean {
  return plan.guards.some((guard) => guard.tripped && guard.holds === 'plan')
}

/**
 * Whoever leaves or returns goes first, as far as they were planned by themselves; an undo is small and a person waits for
 * it; whole runs let everybody else go first (D5).
 */
export function laneOf({ kind }: Pick<Run, 'kind'>, { summary }: Pick<Plan, 'summary'>): Lane {
  if (kind === 'undo') return 2
  if (kind !== 'incremental') return 3
  const isUrgent = (each: ChangeKind) => takesAway(each) || each === 'account.activate' || each === 'account.enable'
  return (Object.keys(summary.counts) as ChangeKind[]).some(isUrgent) ? 1 : 2
}

/** State of a run that found its directory taken: its plan is as good as before, whoever started it may apply it again. */
export function waitingAgain(run: Pick<Run, 'kind'>): RunState {
  // Whoever asked for some people asks again; nobody waits for this very run.
  if (run.kind === 'incremental') return 'failed'
  return run.kind === 'preview' ? 'planned' : 'waiting'
}

/**
 * A read in doubt becomes the last good one only by a person's word. A source that shrank may have nothing to hold yet,
 * because leavers are frozen until their first stage is due: it is still in doubt when they are.
 */
export function isReadDoubted({ guards }: Pick<Plan, 'guards'>, held: number, isApproved: boolean): boolean {
  const tripped = guards.filter((guard) => guard.tripped).map(({ guard }) => guard)
  if (!tripped.some((guard) => readGuards.includes(guard))) return false
  if (held > 0) return true
  return tripped.includes('guard:source-shrunk') && !isApproved
}
