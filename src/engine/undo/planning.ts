import { fail } from '../../domain/errors.ts'
import { type ChangeRecord, type Plan, semanticsVersion } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'
import { newId } from '../../platform/ids.ts'
import type { PlanStore } from '../../ports/store.ts'
import { collectTarget } from '../collect.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { foreignMark, keptBy } from '../mark.ts'
import { batches, bindDirectory, type Planning, targetEnd } from '../planning.ts'
import { makeUndo } from './undo.ts'

const pageSize = 1000

export interface UndoPlanning extends Omit<Planning, 'source'> {
  /** The run to take back and its plan. */
  readonly undone: { readonly run: Run; readonly plan: Plan }
}

/**
 * Reads the target, plans what takes a run back, and stores the plan. The source is not read: what it says is for the
 * next run. Departures, work items and the last good read stay as they are. Nothing is sent (P3).
 */
export async function planUndo(planning: UndoPlanning): Promise<Plan> {
  const { store, clock, open, target, runId, signal, onProgress, undone } = planning
  const { connection } = open
  const now = () => clock.now()
  const identity = await target.identify(signal)
  await bindDirectory(store, connection.target, identity.directoryKey)
  if (identity.directoryKey !== undone.plan.directoryKey) {
    throw fail.conflict(
      `Run ${undone.run.number} wrote to the directory ${undone.plan.directoryKey}; "${connection.key}" now writes to ${identity.directoryKey}.`,
      { hint: 'It cannot be undone from here. Restore the earlier target of the connection first.' },
    )
  }
  const snapshot = await collectTarget(target, identity.directoryKey, newId(now()), now, signal, (done) =>
    onProgress({ phase: 'read-target', done }),
  )
  onProgress({ phase: 'plan', done: 0 })
  await store.directories.observe(runId, snapshot)
  const memory = await store.directories.memory(connection.key, connection.source, identity.directoryKey, now())
  const ended = await store.directories.grantsEnded(connection.key, identity.directoryKey, undone.run.id)
  const keeper = await foreignMark(target, store.instanceId, signal)
  const draft = makeUndo({
    connection,
    run: undone.run,
    records: await changesThatCameTrue(store.plans, undone.plan.id, signal),
    grantsEnded: ended.grants,
    accessEnded: ended.access,
    unanswered: await sentWithoutAnswer(store.plans, undone.plan.id, signal),
    target: snapshot,
    memory,
    others: await open.others(identity.directoryKey),
    ...(keeper === undefined ? {} : { keptBy: keptBy(keeper) }),
    ends: targetEnd(target, identity, await target.products?.(signal)),
  })
  const plan: Plan = {
    id: newId(now()),
    runId,
    connection: connection.key,
    directoryKey: identity.directoryKey,
    createdAt: now(),
    connectionVersion: connection.version,
    semanticsVersion,
    sourceSnapshotId: '',
    targetSnapshotId: snapshot.id,
    fingerprint: fingerprintOf(connection.version, identity.directoryKey, draft.changes),
    guards: draft.guards,
    summary: draft.summary,
  }
  signal.throwIfAborted()
  await store.plans.save(plan, batches(draft.changes))
  await store.runs.supersede(connection.key, runId)
  return plan
}

async function changesThatCameTrue(plans: PlanStore, planId: string, signal: AbortSignal): Promise<ChangeRecord[]> {
  const all: ChangeRecord[] = []
  const outcomes = ['applied', 'alreadyTrue', 'unproven'] as const
  for await (const page of pagesOf(plans, planId, outcomes, signal)) all.push(...page)
  return all
}

async function sentWithoutAnswer(plans: PlanStore, planId: string, signal: AbortSignal): Promise<number> {
  let count = 0
  for await (const page of pagesOf(plans, planId, ['open'], signal)) {
    count += page.filter(({ sentAt }) => sentAt !== undefined).length
  }
  return count
}

async function* pagesOf(
  plans: PlanStore,
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
