import { fail } from '../../domain/errors.ts'
import type { ChangeRecord, Plan } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'
import type { PlanStore } from '../../ports/plans.ts'
import { saveTargetPlan, sightOfTarget, type TargetPlanning } from '../target-plan.ts'
import { chosenOf, type UndoSelection } from './selection.ts'
import { makeUndo } from './undo.ts'

const pageSize = 1000

export interface UndoPlanning extends TargetPlanning {
  /** The run to take back and its plan. */
  readonly undone: { readonly run: Run; readonly plan: Plan }
  /** Changes of it that were chosen (`chosenChanges`); absent = everything the run did. */
  readonly chosen?: readonly ChangeRecord[] | undefined
}

/** What a selection means. Throws like `chosenOf`, before there is a run of the undo. */
export async function chosenChanges(
  plans: Pick<PlanStore, 'changes'>,
  { run, plan }: UndoPlanning['undone'],
  selection: UndoSelection,
): Promise<readonly ChangeRecord[]> {
  return chosenOf(await changesThatCameTrue(plans, plan.id, new AbortController().signal), selection, run)
}

/** Reads the target, plans what takes a run back, and stores the plan. */
export async function planUndo(planning: UndoPlanning): Promise<Plan> {
  const { store, open, signal, undone, chosen } = planning
  const { connection } = open
  const sight = await sightOfTarget(planning, (directoryKey) => {
    if (directoryKey === undone.plan.directoryKey) return
    throw fail.conflict(
      `Run ${undone.run.number} wrote to the directory ${undone.plan.directoryKey}; "${connection.key}" now writes to ${directoryKey}.`,
      { hint: 'It cannot be undone from here. Restore the earlier target of the connection first.' },
    )
  })
  const ended = await store.directories.grantsEnded(connection.key, sight.directoryKey, undone.run.id)
  const draft = makeUndo({
    ...sight,
    connection,
    run: undone.run,
    isPart: chosen !== undefined,
    records: chosen ?? (await changesThatCameTrue(store.plans, undone.plan.id, signal)),
    grantsEnded: ended.grants,
    accessEnded: ended.access,
    unanswered: await sentWithoutAnswer(store.plans, undone.plan.id, signal),
  })
  return await saveTargetPlan(planning, sight, draft)
}

export async function changesThatCameTrue(
  plans: Pick<PlanStore, 'changes'>,
  planId: string,
  signal: AbortSignal,
): Promise<ChangeRecord[]> {
  const all: ChangeRecord[] = []
  const outcomes = ['applied', 'alreadyTrue', 'unproven'] as const
  for await (const page of pagesOf(plans, planId, outcomes, signal)) all.push(...page)
  return all
}

export async function sentWithoutAnswer(
  plans: Pick<PlanStore, 'changes'>,
  planId: string,
  signal: AbortSignal,
): Promise<number> {
  let count = 0
  for await (const page of pagesOf(plans, planId, ['open'], signal)) {
    count += page.filter(({ sentAt }) => sentAt !== undefined).length
  }
  return count
}

async function* pagesOf(
  plans: Pick<PlanStore, 'changes'>,
  planId: string,
  outcomes: NonNullable<Parameters<PlanStore['changes']>[1]['outcomes']>,
  signal: AbortSignal,
): AsyncGenerator<readonly ChangeRecord[]> {
  let cursor: string | undefined
  do {
    signal.throwIfAborted()
    const { items, next } = await plans.changes(planId, { outcomes }, { cursor, limit: pageSize })
    yield items
    cursor = next
  } while (cursor !== undefined)
}
