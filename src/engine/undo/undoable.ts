import { fail } from '../../domain/errors.ts'
import type { Plan } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'
import type { Store } from '../../ports/store.ts'

/** The run and its plan, if there is something to take back. Throws `not-found`, `busy`, `conflict`. */
export async function undoable(
  store: Pick<Store, 'runs' | 'plans'>,
  runId: string,
): Promise<{ readonly run: Run; readonly plan: Plan }> {
  const run = await store.runs.get(runId)
  if (run === undefined) throw fail.notFound(`There is no run ${runId}.`, { hint: 'List them: muster runs' })
  const { number, state } = run
  if (state === 'planning' || state === 'applying') {
    throw fail.busy(`Run ${number} has not ended (${state}); it can be undone when it has.`, {
      hint: `Watch it: muster runs ${number} --watch. One that was interrupted is finished by: muster apply ${number}`,
    })
  }
  const { applied = 0, alreadyTrue = 0, unproven = 0 } = run.outcomes
  if (applied + alreadyTrue + unproven === 0) {
    throw fail.conflict(`Run ${number} changed nothing (${state}); there is nothing to undo.`, {
      hint: 'Runs and how many changes they made: muster runs',
    })
  }
  const plan = run.planId === undefined ? undefined : await store.plans.get(run.planId)
  if (plan === undefined) throw fail.notFound(`The changes of run ${number} are no longer kept; it cannot be undone.`)
  const undo = run.undoneBy === undefined ? undefined : await store.runs.byNumber(run.undoneBy)
  // An undo that was itself taken back leaves the run as it was; one that did not come to its end may be made again.
  if (undo?.state === 'applied' && undo.undoneBy === undefined) {
    throw fail.conflict(`Run ${number} was already undone by run ${undo.number}.`, {
      hint: `To take back the undo: muster undo ${undo.number}`,
    })
  }
  return { run, plan }
}
