import { type Plan, semanticsVersion } from '../domain/plan.ts'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import { newId } from '../platform/ids.ts'
import { collectTarget } from './collect.ts'
import { fingerprintOf } from './fingerprint.ts'
import { foreignMark, keptBy } from './mark.ts'
import type { OtherConnection, PlanDraft, TargetEnd } from './planner/input.ts'
import { batches, bindDirectory, type Planning, targetEnd } from './planning.ts'

/** A plan that rests on the target and on what is remembered; the source is not read. */
export type TargetPlanning = Planning

/** What such a plan is made of. */
export interface TargetSight {
  readonly directoryKey: string
  readonly target: TargetSnapshot
  readonly memory: Awaited<ReturnType<Planning['store']['directories']['memory']>>
  readonly others: readonly OtherConnection[]
  readonly ends: TargetEnd
  /** Another installation keeps the directory (D12). */
  readonly keptBy?: string
}

/**
 * Reads the target and what is remembered of its directory; nothing is sent (P3). `accept` may refuse the directory before
 * it is read.
 */
export async function sightOfTarget(
  planning: TargetPlanning,
  accept: (directoryKey: string) => void = () => undefined,
): Promise<TargetSight> {
  const { store, clock, open, target, runId, signal, onProgress } = planning
  const { connection } = open
  const now = () => clock.now()
  const identity = await target.identify(signal)
  const { directoryKey } = identity
  await bindDirectory(store, connection.target, directoryKey)
  accept(directoryKey)
  const snapshot = await collectTarget(target, directoryKey, newId(now()), now, signal, (done) =>
    onProgress({ phase: 'read-target', done }),
  )
  onProgress({ phase: 'plan', done: 0 })
  await store.directories.observe(runId, snapshot)
  const memory = await store.directories.memory(connection.key, connection.source, directoryKey, now())
  const keeper = await foreignMark(target, store.instanceId, signal)
  return {
    directoryKey,
    target: snapshot,
    memory,
    others: await open.others(directoryKey),
    ends: targetEnd(target, identity, await target.products?.(signal)),
    ...(keeper === undefined ? {} : { keptBy: keptBy(keeper) }),
  }
}

/**
 * Stores a plan made of such a sight; it supersedes what waits of the connection. Departures, work items and the last good
 * read stay as they are: what the source says is for the next run.
 */
export async function saveTargetPlan(
  { store, clock, open, runId, signal }: TargetPlanning,
  { directoryKey, target }: TargetSight,
  { changes, guards, summary }: Pick<PlanDraft, 'changes' | 'guards' | 'summary'>,
): Promise<Plan> {
  const { connection } = open
  const plan: Plan = {
    id: newId(clock.now()),
    runId,
    connection: connection.key,
    directoryKey,
    createdAt: clock.now(),
    connectionVersion: connection.version,
    semanticsVersion,
    sourceSnapshotId: '',
    targetSnapshotId: target.id,
    fingerprint: fingerprintOf(connection.version, directoryKey, changes),
    guards,
    summary,
  }
  signal.throwIfAborted()
  await store.plans.save(plan, batches(changes))
  await store.runs.supersede(connection.key, runId)
  return plan
}
