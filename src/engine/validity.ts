import { formatDuration } from '../domain/duration.ts'
import { fail } from '../domain/errors.ts'
import type { Instant } from '../domain/identity.ts'
import type { Plan } from '../domain/plan.ts'
import type { Review } from '../domain/review.ts'
import type { Run } from '../domain/run.ts'
import type { PlanStore } from '../ports/store.ts'

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
