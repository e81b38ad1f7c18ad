import type { Connection } from '../domain/connection.ts'
import { formatDuration } from '../domain/duration.ts'
import { fail } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Plan } from '../domain/plan.ts'
import type { Review } from '../domain/review.ts'
import type { Run } from '../domain/run.ts'
import { isoTime } from '../platform/clock.ts'
import type { PauseStore } from '../ports/pauses.ts'
import type { PlanStore } from '../ports/plans.ts'
import { planIsHeld } from './run-states.ts'

/**
 * Refuses a plan that is older than its connection allows. What was begun and interrupted goes on however old it is: half
 * of a decision is worse than all of it. Throws `stale-plan`.
 */
export function refuseExpired(
  plan: Pick<Plan, 'createdAt' | 'connection'>,
  run: Pick<Run, 'number' | 'state'>,
  { validFor }: Pick<Review, 'validFor'>,
  now: Instant,
): void {
  const age = now - plan.createdAt
  if (run.state === 'applying' || age <= validFor) return
  throw fail.stalePlan(
    `The plan of run ${run.number} is older than ${formatDuration(validFor)}, which is how long plans of "${plan.connection}" are valid.`,
    { hint: `Make a new plan and review that: muster plan ${plan.connection}` },
  )
}

/** Refuses a plan that a reviewer turned down. Throws `stale-plan`. */
export async function refuseRejected(
  plans: Pick<PlanStore, 'rejection'>,
  { id, connection }: Pick<Plan, 'id' | 'connection'>,
): Promise<void> {
  const rejection = await plans.rejection(id)
  if (rejection === undefined) return
  throw fail.stalePlan(`This plan was rejected by ${rejection.by}: ${rejection.comment ?? ''}`, {
    hint: `Make a new plan: muster plan ${connection}`,
  })
}

/** Refuses a plan whose run came to its end, or was taken back. Throws `stale-plan`. */
export function refuseEnded(
  { state, number, undoneBy }: Pick<Run, 'state' | 'number' | 'undoneBy'>,
  { connection }: Pick<Plan, 'connection'>,
): void {
  const hint = `Make a new plan: muster plan ${connection}`
  if (state === 'superseded' || state === 'applied') {
    throw fail.stalePlan(`Run ${number} is ${state}; its plan cannot be applied again.`, { hint })
  }
  if (undoneBy !== undefined) {
    throw fail.stalePlan(`Run ${number} was taken back by run ${undoneBy}; it does not go on.`, { hint })
  }
}

/**
 * Refuses a plan that a person has to approve and nobody did. Throws `config-invalid` (preview only), `stale-plan` (made
 * with other settings), `guard-tripped`.
 */
export async function refuseUnapproved(
  plans: Pick<PlanStore, 'approval'>,
  plan: Pick<Plan, 'id' | 'connection' | 'connectionVersion' | 'summary' | 'guards'>,
  connection: Pick<Connection, 'key' | 'mode' | 'version'>,
): Promise<void> {
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
  if ((await plans.approval(plan.id)) !== undefined) return
  const why = plan.guards.filter((guard) => guard.tripped && guard.holds === 'plan').map((guard) => guard.sentence)
  throw fail.guardTripped(['This plan has not been approved.', ...why].join(' '), {
    hint: `Review it, then: muster approve ${plan.id}`,
  })
}

/** Refuses what writes for a connection that a person paused. Throws `conflict`. */
export async function refusePaused(pauses: Pick<PauseStore, 'get'>, connection: string): Promise<void> {
  const pause = await pauses.get(connection)
  if (pause === undefined) return
  const why = pause.why === undefined ? '' : ` (${pause.why})`
  throw fail.conflict(`"${connection}" is paused since ${isoTime(pause.since)} by ${pause.by}${why}.`, {
    hint: `Let it go on: muster resume ${connection}. A preview is always possible: muster plan ${connection}`,
  })
}

/** What is retired must not grant the same again meanwhile. Throws `conflict`. */
export async function refuseUnlessPaused(pauses: Pick<PauseStore, 'get'>, connection: string): Promise<void> {
  if ((await pauses.get(connection)) !== undefined) return
  throw fail.conflict(`"${connection}" is retired only while it is paused, so that it does not grant the same again.`, {
    hint: `Pause it and plan afresh: muster connections retire ${connection} --clean-up`,
  })
}
