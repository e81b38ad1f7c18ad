import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { Execution } from './execution.ts'

/**
 * Leaves out whoever was planned by themselves after this plan was read: what is known about them here is old, and
 * carrying it out could bring back a leaver or take away what they were just given. What an undo takes back is a decision
 * of its own.
 */
export async function withoutOvertaken(
  run: Execution,
  slice: readonly ChangeRecord[],
): Promise<readonly ChangeRecord[]> {
  const subjects = new Set(slice.flatMap(subjectsOf))
  if (subjects.size === 0) return slice
  const newer = await run.dirty.plannedSince(run.connection, [...subjects], run.readSince)
  if (newer.size === 0) return slice
  const isOvertaken = (change: ChangeRecord) => subjectsOf(change).some((subject) => newer.has(subject))
  const outcomes = slice.filter(isOvertaken).map(
    ({ seq }): OutcomeRecord => ({
      seq,
      outcome: 'skipped',
      skipReason: 'stale',
      message: 'Something newer is known about this person and was planned by itself since this plan was made.',
    }),
  )
  if (outcomes.length > 0) {
    await run.plans.record(run.planId, run.runId, run.fence, outcomes, [])
    // Another process may carry the newer plan, and may fail to: these people are not done with.
    run.onConflict()
  }
  return slice.filter((change) => !isOvertaken(change))
}

/** Groups, and what else belongs to no single person. */
const nobody = 'nobody'

/**
 * Whom changes are about, so that no other run writes about the same people meanwhile. New accounts are made by one run at a
 * time, since several may be asked to invite the same person; so are groups, which several may need.
 */
export function aboutOf(changes: readonly ChangeRecord[]): ReadonlySet<string> {
  const about = new Set<string>()
  for (const { kind, person, account } of changes) {
    if (kind === 'account.create') about.add(kind)
    if (person !== undefined) about.add(`person:${person.key}`)
    if (account !== undefined && 'id' in account) about.add(`account:${account.id}`)
    else if (person === undefined) about.add(nobody)
  }
  return about
}

function subjectsOf({ person, account, reason }: ChangeRecord): readonly string[] {
  if (reason === 'undo-of-run') return []
  return [
    ...(person === undefined ? [] : [`person:${person.key}`]),
    ...(account !== undefined && 'id' in account ? [`account:${account.id}`] : []),
  ]
}
