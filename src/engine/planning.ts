import type { Product } from '../domain/access.ts'
import type { Change, WriteKind } from '../domain/change.ts'
import { fail } from '../domain/errors.ts'
import type { Memory } from '../domain/memory.ts'
import { type Plan, semanticsVersion } from '../domain/plan.ts'
import type { RunProgress } from '../domain/run.ts'
import type { SourceSnapshot, TargetSnapshot } from '../domain/snapshot.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Store } from '../ports/store.ts'
import type { Target, TargetIdentity } from '../ports/target.ts'
import { collectTarget } from './collect.ts'
import { fingerprintOf } from './fingerprint.ts'
import { askAboutLeads, type LeadsAhead } from './leads.ts'
import { foreignMark } from './mark.ts'
import { askAboutNewPeople } from './new-people.ts'
import { withCauses } from './planner/causes.ts'
import type { PlanDraft, PlanInput, TargetEnd } from './planner/input.ts'
import type { Part } from './planner/part.ts'
import { makePlan } from './planner/planner.ts'
import type { Trace } from './planner/trace.ts'
import { type RefusedMemberships, refusalsSince, withRefusals } from './refusals.ts'
import { lookTwice } from './second-look.ts'
import type { OpenConnection } from './setup.ts'
import type { ReadSource, RunRead } from './shared-reads.ts'
import { Standstills } from './standstills.ts'
import { trustOf } from './trust.ts'

const batchSize = 5000

export interface Planning {
  readonly store: Store
  readonly clock: Clock
  readonly open: OpenConnection
  readonly target: Target
  readonly runId: string
  readonly signal: AbortSignal
  readonly onProgress: (progress: RunProgress) => void
}

/** Reads both sides, plans, and stores the plan with everything it rests on. Nothing is sent to either side (P3). */
export async function planRun(planning: Planning & { readonly read: RunRead }): Promise<Plan> {
  const { store, clock, open, read, target, runId, signal, onProgress } = planning
  const { connection } = open
  const now = () => clock.now()
  const identity = await target.identify(signal)
  await bindDirectory(store, connection.target, identity.directoryKey)

  const [{ snapshot: sourceSnapshot, source }, targetSnapshot] = await bothOrStop(
    (stop) => read.collect(AbortSignal.any([signal, stop]), (done) => onProgress({ phase: 'read-source', done })),
    (stop) =>
      collectTarget(target, identity.directoryKey, newId(now()), now, AbortSignal.any([signal, stop]), (done) =>
        onProgress({ phase: 'read-target', done }),
      ),
  )
  onProgress({ phase: 'plan', done: 0 })
  await store.directories.observe(runId, targetSnapshot)
  const refusals = await store.plans.refusals(connection.key, connection.version, refusalsSince(now()))
  const asRefused = withRefusals(targetSnapshot, refusals, now())
  const standstills = new Standstills()
  const { trace } = standstills
  const { input, draft } = await draftPlan({
    ...planning,
    source,
    identity,
    sourceSnapshot,
    targetSnapshot: asRefused.target,
    refused: asRefused.memberships,
    trace,
  })
  const plan: Plan = {
    id: newId(now()),
    runId,
    connection: connection.key,
    directoryKey: identity.directoryKey,
    createdAt: now(),
    connectionVersion: connection.version,
    semanticsVersion,
    sourceSnapshotId: sourceSnapshot.id,
    targetSnapshotId: targetSnapshot.id,
    fingerprint: fingerprintOf(connection.version, identity.directoryKey, draft.changes),
    guards: draft.guards,
    summary: draft.summary,
  }
  signal.throwIfAborted()
  await store.departures.save(connection.key, draft.departures, draft.returned)
  const { settings, connectors } = open
  const delivered =
    draft.deliveries === undefined ? undefined : { source: connection.source, keysByAttribute: draft.deliveries }
  await store.snapshots.save(connection.key, runId, { ...draft.read, settings, connectors }, delivered)
  await store.snapshots.noteStandstills(connection.key, runId, standstills.of(input))
  await store.decisions.end(draft.spent, 'muster')
  await store.exceptions.end(connection.key, draft.spentExceptions, 'muster')
  await store.workItems.reconcile(connection.key, identity.directoryKey, draft.workItems)
  await store.plans.save(plan, batches(draft.changes))
  await store.runs.supersede(connection.key, runId)
  return plan
}

/** Two reads, and what they are to be compared by. */
export interface Drafting extends Pick<Planning, 'store' | 'clock' | 'open' | 'target' | 'signal'> {
  readonly source: ReadSource
  readonly identity: TargetIdentity
  readonly sourceSnapshot: SourceSnapshot
  readonly targetSnapshot: TargetSnapshot
  /** Whom the plan is about, and what is remembered, where that was read before; absent = everybody. */
  readonly some?: { readonly part: Part; readonly memory: Memory; readonly leads: LeadsAhead }
  /** See `PlanInput.refused`. */
  readonly refused?: RefusedMemberships
  readonly trace?: Trace
}

/** What a plan made from these reads would hold. Nothing is stored. */
export async function draftPlan(drafting: Drafting): Promise<{ readonly input: PlanInput; readonly draft: PlanDraft }> {
  const { store, clock, open, source, target, identity, sourceSnapshot, targetSnapshot, signal, some } = drafting
  const { connection } = open
  refuseSameSite(source, identity)
  const now = clock.now()
  const [memory, lastGood] = await Promise.all([
    some?.memory ?? store.directories.memory(connection.key, connection.source, identity.directoryKey, now),
    store.snapshots.lastGood(connection.key),
  ])
  const input: PlanInput = {
    connection,
    ...(some === undefined ? {} : { part: some.part }),
    source: await lookTwice(source, connection.source, sourceSnapshot, memory, signal),
    target: targetSnapshot,
    memory,
    ends: {
      defaultMapping: source.defaultMapping,
      ...targetEnd(target, identity, await target.products?.(signal)),
    },
    ...(lastGood === undefined ? {} : { lastGood }),
    ...(await trustOf(store, open, lastGood, source, {
      keeper: await foreignMark(target, store.instanceId, signal),
      rekeyedAt: await store.directories.rekeyedAt(identity.directoryKey),
    })),
    others: await open.others(identity.directoryKey),
    now,
    ...(drafting.refused === undefined ? {} : { refused: drafting.refused }),
    ...(drafting.trace === undefined ? {} : { trace: drafting.trace }),
  }
  const first = makePlan(input)
  const learned = await askAboutNewPeople(input, first, target, signal)
  const second = learned === undefined ? { input, draft: first } : redrafted({ ...input, ...learned })
  const leads = await askAboutLeads(second.input, second.draft, target, signal, some?.leads)
  const last = leads === undefined ? second : redrafted({ ...second.input, leads })
  return { input: last.input, draft: withCauses(last.input, last.draft) }
}

/** Two targets may be doors to one site: whoever would be read and written there could never leave it. */
function refuseSameSite(source: ReadSource, { directoryKey, title }: TargetIdentity): void {
  if (source.directoryKey?.() !== directoryKey) return
  throw fail.configInvalid(`This connection reads ${title} and would also write it.`, {
    hint: 'Take a source that reads another site, or another target.',
  })
}

function redrafted(input: PlanInput): { readonly input: PlanInput; readonly draft: PlanDraft } {
  return { input, draft: makePlan(input) }
}

/** What a target that was identified says about itself. */
export function targetEnd(
  target: Target,
  { notOffered, ownAccountId, emailDomains }: TargetIdentity,
  products: readonly Product[] | undefined,
): TargetEnd {
  const mails = target.operations['account.create']?.mails
  return {
    defaultMatch: target.defaultMatch,
    writableAttributes: target.writableAttributes,
    ...(target.customAttributes === undefined ? {} : { customAttributes: target.customAttributes }),
    groupNameLimit: target.groupNameLimit,
    offered: new Set(Object.keys(target.operations) as WriteKind[]),
    notOffered,
    ...(ownAccountId === undefined ? {} : { ownAccountId }),
    ...(emailDomains === undefined ? {} : { emailDomains }),
    ...(products === undefined ? {} : { products }),
    ...(mails === undefined ? {} : { creationMails: mails }),
  }
}

/** A target that suddenly is another directory would make every link point at strangers (D1). */
export async function bindDirectory(store: Store, target: string, directoryKey: string): Promise<void> {
  if (await isBound(store, target, directoryKey)) return
  await store.directories.bind(target, directoryKey)
}

/** True when the target was this directory before, false when it was none. Throws `config-invalid` when it was another. */
export async function isBound(store: Store, target: string, directoryKey: string): Promise<boolean> {
  const bound = await store.directories.boundKey(target)
  if (bound === undefined || bound === directoryKey) return bound !== undefined
  throw fail.configInvalid(`The target "${target}" was the directory ${bound} and now is ${directoryKey}.`, {
    hint: `Links and ledger belong to the first one. If it is the same directory under another key, carry them over: muster targets re-key ${target}. Otherwise restore the earlier settings, or make a new target with its own name.`,
  })
}

/** Runs both reads side by side; when one fails the other is stopped and waited for. */
async function bothOrStop<A, B>(
  first: (stop: AbortSignal) => Promise<A>,
  second: (stop: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const stop = new AbortController()
  const guard = <Result>(work: Promise<Result>) =>
    work.catch((error: unknown) => {
      if (!stop.signal.aborted) stop.abort(error)
      throw error
    })
  const results = await Promise.allSettled([guard(first(stop.signal)), guard(second(stop.signal))])
  if (stop.signal.aborted) throw stop.signal.reason
  return [(results[0] as PromiseFulfilledResult<A>).value, (results[1] as PromiseFulfilledResult<B>).value]
}

export function* batches(changes: readonly Change[]): Iterable<readonly Change[]> {
  for (let at = 0; at < changes.length; at += batchSize) yield changes.slice(at, at + batchSize)
}
