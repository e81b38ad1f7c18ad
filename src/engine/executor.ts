import { type ChangeKind, changeKinds, type WriteKind } from '../domain/change.ts'
import { asProvisioningError, fail, type ProvisioningError } from '../domain/errors.ts'
import type { Lesson } from '../domain/memory.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { Clock } from '../platform/clock.ts'
import type { Fence, OutcomeRecord, PlanStore } from '../ports/store.ts'
import type { Applied, Order, Target } from '../ports/target.ts'
import { lessonsOf, type Resolved } from './lessons.ts'
import { defaultSettleMs, type Pending, recheck } from './recheck.ts'

/** Changes that are marked, sent and recorded together. A crash costs a second look at no more than these. */
const sliceSize = 200
/**
 * Pauses before what was left open is looked at and sent again. Together they outlast the settling of a write, so that a
 * creation of unknown fate is decided within the run.
 */
const retryPauseMs = [1_000, 3_000, 8_000, 20_000, 30_000, 30_000]

export interface Execution {
  readonly plans: PlanStore
  readonly planId: string
  readonly runId: string
  readonly fence: Fence
  readonly target: Target
  /** Key of the source, for links. */
  readonly source: string
  readonly notify: boolean
  readonly clock: Clock
  /** Aborted when the lease is lost, the run is cancelled or the process ends. */
  readonly signal: AbortSignal
  readonly onProgress: (finished: number) => Promise<void>
}

/**
 * Applies every ready change without an outcome, in order. Can be called again after any interruption: what has an
 * outcome is not touched, what was marked sent is looked up first. Throws `usurped`, `cancelled`, and what stops a whole
 * connection (`auth-failed`, `forbidden`, lasting `unreachable`).
 */
export async function execute(run: Execution): Promise<void> {
  const exhausted = new Map<ChangeKind, string>()
  for (const pauseMs of [...retryPauseMs, undefined]) {
    const left = await onePass(run, exhausted)
    if (left === undefined) return
    if (pauseMs === undefined) throw left
    await run.clock.sleep(Math.max(left.retryAfterMs ?? 0, pauseMs), run.signal)
  }
}

/** One walk over the open changes. Returns the fault that left some of them open, if any. */
async function onePass(run: Execution, exhausted: Map<ChangeKind, string>): Promise<ProvisioningError | undefined> {
  let fault: ProvisioningError | undefined
  let after = 0
  for (;;) {
    run.signal.throwIfAborted()
    const slice = await run.plans.nextBatch(run.planId, after, sliceSize)
    const last = slice.at(-1)
    if (last === undefined) return fault
    after = last.seq
    const left = await applySlice(run, slice, exhausted)
    await run.onProgress(slice.length)
    if (left !== undefined) {
      fault = left
      // Nothing answers: waiting is better than running through the whole plan with the same result.
      if (left.code === 'unreachable') return fault
    }
  }
}

async function applySlice(
  run: Execution,
  slice: readonly ChangeRecord[],
  exhausted: Map<ChangeKind, string>,
): Promise<ProvisioningError | undefined> {
  const kind = slice[0]!.kind
  const { pending, skipped } = await resolve(run, slice)
  await record(run, skipped, [])
  if (!changeKinds[kind].calls) {
    await settle(
      run,
      pending,
      pending.map(({ change }) => ({ seq: change.seq, outcome: 'applied', verifiedAt: run.clock.now() })),
    )
    return undefined
  }
  const stop = exhausted.get(kind)
  if (stop !== undefined) {
    await record(
      run,
      pending.map(({ change }) => quotaOutcome(change.seq, stop)),
      [],
    )
    return undefined
  }
  return sendSlice(run, kind as WriteKind, pending, exhausted)
}

async function sendSlice(
  run: Execution,
  kind: WriteKind,
  pending: readonly Pending[],
  exhausted: Map<ChangeKind, string>,
): Promise<ProvisioningError | undefined> {
  const verdicts = await recheck(run.target, pending, run.signal)
  const settledNow: OutcomeRecord[] = []
  const toSend: Pending[] = []
  let fault: ProvisioningError | undefined
  const settledPending: Pending[] = []
  verdicts.forEach((verdict, index) => {
    const each = pending[index]!
    if (!verdict.send) {
      settledNow.push(verdict.outcome)
      settledPending.push({ ...each, resolved: { ...each.resolved, ...verdict.resolved } })
    } else if (stillSettling(run, each.change)) {
      fault = fail.unreachable(
        'A write that may have arrived is not visible yet; it is looked up again before anything is sent twice.',
      )
    } else {
      toSend.push(each)
    }
  })
  await settle(run, settledPending, settledNow)
  if (toSend.length === 0) return fault

  const operation = run.target.operations[kind]
  if (operation === undefined) throw fail.bug(`The target offers no ${kind}, yet it was planned.`)
  await run.plans.markSent(
    run.planId,
    run.fence,
    toSend.map(({ change }) => change.seq),
  )
  const bySeq = new Map(toSend.map((each) => [each.change.seq, each]))
  const lanes = lanesOf(toSend.map(orderOf), operation.batchSize)
  const answers: Applied[] = []
  let thrown: unknown
  let next = 0
  const lane = async () => {
    while (next < lanes.length && thrown === undefined) {
      const calls = lanes[next]!
      next += 1
      for (const orders of calls) {
        if (run.signal.aborted || thrown !== undefined || exhausted.has(kind)) return
        try {
          const applied = await operation.apply(orders, { signal: run.signal, notify: run.notify })
          answers.push(...applied)
          const quota = applied.find((each) => each.outcome === 'failed' && each.error.code === 'quota-exhausted')
          if (quota?.outcome === 'failed') exhausted.set(kind, quota.error.message)
        } catch (error) {
          thrown = error
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(run.target.concurrency, lanes.length)) }, lane))

  const outcomes: OutcomeRecord[] = []
  const finished: Pending[] = []
  for (const answer of answers) {
    const each = bySeq.get(answer.seq)
    if (each === undefined) continue
    if (answer.outcome === 'failed' && answer.error.retry) {
      fault = answer.error
      continue
    }
    bySeq.delete(answer.seq)
    outcomes.push(outcomeOf(answer))
    finished.push(answer.outcome === 'failed' ? each : { ...each, resolved: withCreated(each, answer.createdId) })
  }
  const stop = exhausted.get(kind)
  if (stop !== undefined) {
    for (const each of bySeq.values()) {
      outcomes.push(quotaOutcome(each.change.seq, stop))
      finished.push(each)
    }
  }
  await settle(run, finished, outcomes)
  if (thrown !== undefined) {
    run.signal.throwIfAborted()
    const error = asProvisioningError(thrown)
    if (!error.retry) throw error
    fault = error
  }
  run.signal.throwIfAborted()
  return fault
}

/** Finds the ids behind references; a change whose prerequisite did not come true is skipped. */
async function resolve(
  run: Execution,
  slice: readonly ChangeRecord[],
): Promise<{ pending: Pending[]; skipped: OutcomeRecord[] }> {
  const wanted = new Set<number>()
  for (const change of slice) for (const seq of change.needs) wanted.add(seq)
  const needed = new Map((await run.plans.bySeq(run.planId, [...wanted])).map((each) => [each.seq, each]))
  const pending: Pending[] = []
  const skipped: OutcomeRecord[] = []
  for (const change of slice) {
    const failed = change.needs
      .map((seq) => needed.get(seq))
      .find((each) => each?.outcome !== 'applied' && each?.outcome !== 'alreadyTrue')
    if (failed !== undefined || change.needs.some((seq) => !needed.has(seq))) {
      skipped.push({
        seq: change.seq,
        outcome: 'skipped',
        skipReason: 'prerequisite',
        message: `Change ${failed?.seq ?? '?'} (${failed?.kind ?? 'unknown'}), which this one needs, did not come true.`,
      })
      continue
    }
    const idOf = (ref: ChangeRecord['account']) =>
      ref === undefined ? undefined : 'id' in ref ? ref.id : needed.get(ref.createdBy)?.createdId
    const accountId = idOf(change.account)
    const groupId = idOf(change.group)
    pending.push({
      change,
      resolved: { ...(accountId === undefined ? {} : { accountId }), ...(groupId === undefined ? {} : { groupId }) },
      fresh: change.account !== undefined && 'createdBy' in change.account,
    })
  }
  return { pending, skipped }
}

/** Records outcomes together with what they teach. */
async function settle(run: Execution, pending: readonly Pending[], outcomes: readonly OutcomeRecord[]): Promise<void> {
  const bySeq = new Map(pending.map((each) => [each.change.seq, each]))
  const lessons: Lesson[] = []
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'applied' && outcome.outcome !== 'alreadyTrue') continue
    const each = bySeq.get(outcome.seq)
    if (each !== undefined) lessons.push(...lessonsOf(each.change, each.resolved, run.source))
  }
  await record(run, outcomes, lessons)
}

async function record(run: Execution, outcomes: readonly OutcomeRecord[], lessons: readonly Lesson[]): Promise<void> {
  if (outcomes.length === 0) return
  await run.plans.record(run.planId, run.runId, run.fence, outcomes, lessons)
}

function outcomeOf(answer: Applied): OutcomeRecord {
  if (answer.outcome !== 'failed') {
    return {
      seq: answer.seq,
      outcome: answer.outcome,
      ...(answer.createdId === undefined ? {} : { createdId: answer.createdId }),
    }
  }
  const { error } = answer
  const conflict = error.code === 'conflict' || error.code === 'gone'
  return {
    seq: answer.seq,
    outcome: conflict ? 'skipped' : 'failed',
    ...(conflict ? { skipReason: 'conflict' as const } : {}),
    errorCode: error.code,
    message: error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
  }
}

function quotaOutcome(seq: number, message: string): OutcomeRecord {
  return { seq, outcome: 'failed', errorCode: 'quota-exhausted', message: `Not sent: ${message}` }
}

function withCreated({ change, resolved }: Pending, createdId: string | undefined): Resolved {
  if (createdId === undefined) return resolved
  return change.kind === 'group.create' ? { ...resolved, groupId: createdId } : { ...resolved, accountId: createdId }
}

function orderOf({ change, resolved }: Pending): Order {
  return {
    seq: change.seq,
    kind: change.kind as WriteKind,
    ...resolved,
    ...(change.after === undefined ? {} : { after: change.after }),
    ...(change.before === undefined ? {} : { before: change.before }),
    ...(change.person === undefined ? {} : { sourceKey: change.person.key }),
  }
}

/** A creation of unknown fate that is not visible yet may still appear; only then is sending again a danger. */
function stillSettling(run: Execution, change: ChangeRecord): boolean {
  if (change.sentAt === undefined) return false
  if (change.kind !== 'account.create' && change.kind !== 'group.create') return false
  return run.clock.now() - change.sentAt < (run.target.settleMs ?? defaultSettleMs)
}

/** Calls that may go side by side: writes to one group stay in one lane, one after the other. */
function lanesOf(orders: readonly Order[], batchSize: number): Order[][][] {
  const lanes = new Map<string, Order[]>()
  for (const order of orders) {
    const lane =
      order.accountId !== undefined && order.groupId !== undefined
        ? order.groupId
        : `one:${order.seq - (order.seq % batchSize)}`
    const list = lanes.get(lane)
    if (list === undefined) lanes.set(lane, [order])
    else list.push(order)
  }
  return Array.from(lanes.values(), (list) => {
    const calls: Order[][] = []
    for (let at = 0; at < list.length; at += batchSize) calls.push(list.slice(at, at + batchSize))
    return calls
  })
}
