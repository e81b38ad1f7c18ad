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
  for (const pauseMs of retryPauseMs) {
    const left = await onePass({ ...run, exhausted, isLastTry: false })
    if (left === undefined) return
    await run.clock.sleep(Math.max(left.retryAfterMs ?? 0, pauseMs), run.signal)
  }
  const left = await onePass({ ...run, exhausted, isLastTry: true })
  if (left !== undefined) throw left
}

interface Pass extends Execution {
  /** Kinds that stopped because a quota is used up, with the target's words. */
  readonly exhausted: Map<ChangeKind, string>
  /** A change that still gets no answer while others do is recorded as failed, so that it cannot hold up the rest. */
  readonly isLastTry: boolean
}

/** What a stretch of work left open, and whether the target answered for anything in it. */
interface LeftOpen {
  readonly fault: ProvisioningError
  readonly othersAnswered: boolean
}

/** One walk over the open changes. Returns the fault that left some of them open, if any. */
async function onePass(run: Pass): Promise<ProvisioningError | undefined> {
  let fault: ProvisioningError | undefined
  let after = 0
  for (;;) {
    run.signal.throwIfAborted()
    const slice = await run.plans.nextBatch(run.planId, after, sliceSize)
    const last = slice.at(-1)
    if (last === undefined) return fault
    after = last.seq
    const left = await applySlice(run, slice)
    await run.onProgress(slice.length)
    if (left === undefined) continue
    fault = left.fault
    // Nothing answers: waiting is better than running through the whole plan with the same result.
    if (!left.othersAnswered) return fault
  }
}

async function applySlice(run: Pass, slice: readonly ChangeRecord[]): Promise<LeftOpen | undefined> {
  const kind = slice[0]!.kind
  const { pending, skipped, waiting } = await resolve(run, slice)
  await record(run, skipped, [])
  const waits = waiting ? { fault: prerequisiteOpen, othersAnswered: true } : undefined
  if (!changeKinds[kind].calls) {
    const verifiedAt = run.clock.now()
    await settle(
      run,
      pending,
      pending.map(({ change }) => ({ seq: change.seq, outcome: 'applied', verifiedAt })),
    )
    return waits
  }
  const stop = run.exhausted.get(kind)
  if (stop !== undefined) {
    await record(
      run,
      pending.map(({ change }) => quotaOutcome(change.seq, stop)),
      [],
    )
    return waits
  }
  return (await recheckAndSend(run, kind as WriteKind, pending)) ?? waits
}

const prerequisiteOpen = fail.unreachable('A change that others need got no answer yet.')
const notVisibleYet = fail.unreachable(
  'A write that may have arrived is not visible yet; it is looked up again before anything is sent twice.',
)

async function recheckAndSend(run: Pass, kind: WriteKind, pending: readonly Pending[]): Promise<LeftOpen | undefined> {
  if (pending.length === 0) return undefined
  const verdicts = await recheck(run.target, pending, run.signal)
  const settled: Pending[] = []
  const outcomes: OutcomeRecord[] = []
  const toSend: Pending[] = []
  let settling = false
  verdicts.forEach((verdict, index) => {
    const each = pending[index]!
    if (!verdict.send) {
      outcomes.push(verdict.outcome)
      settled.push({ ...each, resolved: { ...each.resolved, ...verdict.resolved } })
    } else if (stillSettling(run, each.change)) settling = true
    else toSend.push(each)
  })
  await settle(run, settled, outcomes)
  const left = toSend.length === 0 ? undefined : await send(run, kind, toSend)
  return left ?? (settling ? { fault: notVisibleYet, othersAnswered: true } : undefined)
}

async function send(run: Pass, kind: WriteKind, toSend: readonly Pending[]): Promise<LeftOpen | undefined> {
  await run.plans.markSent(
    run.planId,
    run.fence,
    toSend.map(({ change }) => change.seq),
  )
  const { answers, thrown } = await callTarget(run, kind, toSend.map(orderOf))
  const open = new Map(toSend.map((each) => [each.change.seq, each]))
  const finished: Pending[] = []
  const outcomes: OutcomeRecord[] = []
  let fault: ProvisioningError | undefined
  for (const answer of answers) {
    const each = open.get(answer.seq)
    if (each === undefined) continue
    if (answer.outcome === 'failed' && answer.error.retry) fault = answer.error
    if (answer.outcome === 'failed' && answer.error.retry && !run.isLastTry) continue
    open.delete(answer.seq)
    outcomes.push(outcomeOf(answer))
    finished.push(answer.outcome === 'failed' ? each : { ...each, resolved: withCreated(each, answer.createdId) })
  }
  const othersAnswered = outcomes.length > 0
  const stop = run.exhausted.get(kind)
  if (stop !== undefined) {
    for (const each of open.values()) {
      outcomes.push(quotaOutcome(each.change.seq, stop))
      finished.push(each)
    }
    open.clear()
  }
  await settle(run, finished, outcomes)
  run.signal.throwIfAborted()
  if (thrown !== undefined) {
    const error = asProvisioningError(thrown)
    if (!error.retry) throw error
    return { fault: error, othersAnswered }
  }
  return fault === undefined || open.size === 0 ? undefined : { fault, othersAnswered }
}

/** Sends all orders, a few calls side by side; stops early when a quota is used up or the target fails as a whole. */
async function callTarget(
  run: Pass,
  kind: WriteKind,
  orders: readonly Order[],
): Promise<{ readonly answers: readonly Applied[]; readonly thrown: unknown }> {
  const operation = run.target.operations[kind]
  if (operation === undefined) throw fail.bug(`The target offers no ${kind}, yet it was planned.`)
  const lanes = lanesOf(orders, operation.batchSize)
  const answers: Applied[] = []
  let thrown: unknown
  let next = 0
  const mayGoOn = () => !run.signal.aborted && thrown === undefined && !run.exhausted.has(kind)
  const lane = async () => {
    while (next < lanes.length && mayGoOn()) {
      const calls = lanes[next]!
      next += 1
      for (const call of calls) {
        if (!mayGoOn()) return
        try {
          const applied = await operation.apply(call, { signal: run.signal, notify: run.notify })
          answers.push(...applied)
          const quota = applied.find((each) => each.outcome === 'failed' && each.error.code === 'quota-exhausted')
          if (quota?.outcome === 'failed') run.exhausted.set(kind, quota.error.message)
        } catch (error) {
          thrown = error
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(run.target.concurrency, lanes.length)) }, lane))
  return { answers, thrown }
}

/**
 * Finds the ids behind references. A change whose prerequisite did not come true is skipped; one whose prerequisite is
 * still open waits for the next pass.
 */
async function resolve(
  run: Pass,
  slice: readonly ChangeRecord[],
): Promise<{ pending: Pending[]; skipped: OutcomeRecord[]; waiting: boolean }> {
  const wanted = new Set<number>()
  for (const change of slice) for (const seq of change.needs) wanted.add(seq)
  const needed = new Map((await run.plans.bySeq(run.planId, [...wanted])).map((each) => [each.seq, each]))
  const cameTrue = (seq: number) => ['applied', 'alreadyTrue', 'unproven'].includes(needed.get(seq)?.outcome ?? 'open')
  const isOpen = (seq: number) => needed.get(seq)?.state === 'ready' && needed.get(seq)?.outcome === undefined
  const pending: Pending[] = []
  const skipped: OutcomeRecord[] = []
  let waiting = false
  for (const change of slice) {
    const missing = change.needs.find((seq) => !cameTrue(seq) && !isOpen(seq))
    if (missing !== undefined || (run.isLastTry && change.needs.some(isOpen))) {
      const culprit = missing ?? change.needs.find(isOpen)!
      skipped.push({
        seq: change.seq,
        outcome: 'skipped',
        skipReason: 'prerequisite',
        message: `Change ${culprit} (${needed.get(culprit)?.kind ?? 'unknown'}), which this one needs, did not come true.`,
      })
    } else if (change.needs.some(isOpen)) waiting = true
    else pending.push(withIds(change, needed))
  }
  return { pending, skipped, waiting }
}

function withIds(change: ChangeRecord, needed: ReadonlyMap<number, ChangeRecord>): Pending {
  const idOf = (ref: ChangeRecord['account']) =>
    ref === undefined ? undefined : 'id' in ref ? ref.id : needed.get(ref.createdBy)?.createdId
  const accountId = idOf(change.account)
  const groupId = idOf(change.group)
  return {
    change,
    resolved: { ...(accountId === undefined ? {} : { accountId }), ...(groupId === undefined ? {} : { groupId }) },
    fresh: change.account !== undefined && 'createdBy' in change.account,
  }
}

/** Records outcomes together with what they teach. */
async function settle(run: Execution, pending: readonly Pending[], outcomes: readonly OutcomeRecord[]): Promise<void> {
  const bySeq = new Map(pending.map((each) => [each.change.seq, each]))
  const lessons: Lesson[] = []
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'applied' && outcome.outcome !== 'alreadyTrue') continue
    const each = bySeq.get(outcome.seq)
    if (each === undefined) continue
    const taught = lessonsOf(each.change, each.resolved, run.source)
    // A suspension that was there already is somebody else's, and not ours to lift (D8).
    const isForeign = outcome.outcome === 'alreadyTrue'
    lessons.push(...taught.filter(({ lesson }) => !(isForeign && lesson === 'deactivated')))
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
