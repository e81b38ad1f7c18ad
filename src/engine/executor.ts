import { type ChangeKind, changeKinds, endsAccount, type WriteKind } from '../domain/change.ts'
import { asProvisioningError, fail, type ProvisioningError } from '../domain/errors.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { Applied, Operation, Order } from '../ports/target.ts'
import { isFinal, outcomeOf, quotaOutcome } from './answers.ts'
import { callsFor, type Lanes, noRiders, orderOf, ordersIn, quotaOf } from './calls.ts'
import type { Execution } from './execution.ts'
import type { Resolved } from './lessons.ts'
import { record, settle } from './outcomes.ts'
import { aboutOf, withoutOvertaken } from './overtaken.ts'
import { findPrerequisites, findRiders } from './prerequisites.ts'
import { defaultSettleMs, type Pending, recheck } from './recheck.ts'
import { largestSlice, leastOf, nextSize } from './slices.ts'
import { proveMemberships } from './verify.ts'
import { withoutVouched } from './vouched.ts'

/**
 * Pauses before what was left open is looked at and sent again. Together they outlast the settling of a write, so that a
 * creation of unknown fate is decided within the run.
 */
const retryPauseMs = [1_000, 3_000, 8_000, 20_000, 30_000, 30_000]

/**
 * Applies every ready change without an outcome, in order. Can be called again after any interruption: what has an
 * outcome is not touched, what was marked sent is looked up first. Throws `usurped`, `cancelled`, and what stops a whole
 * connection (`auth-failed`, `forbidden`, lasting `unreachable`).
 */
export async function execute(run: Execution): Promise<void> {
  const exhausted = new Map<string, string>()
  for (const pauseMs of retryPauseMs) {
    const left = await onePass({ ...run, exhausted, isLastTry: false })
    if (left === undefined) return
    await run.rest(Math.max(left.retryAfterMs ?? 0, pauseMs))
  }
  const left = await onePass({ ...run, exhausted, isLastTry: true })
  if (left !== undefined) throw left
}

interface Pass extends Execution {
  /** What stopped because a quota is used up, by `quotaOf`, with the target's words. */
  readonly exhausted: Map<string, string>
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
  let size = largestSlice
  let kind: ChangeKind | undefined
  for (;;) {
    run.signal.throwIfAborted()
    const next = await run.plans.nextBatch(run.planId, after, size)
    // How long a kind takes shows with the first few of it.
    const slice = next[0]?.kind === kind ? next : next.slice(0, leastOf(run.target, next[0]?.kind))
    const last = slice.at(-1)
    if (last === undefined) return fault
    kind = last.kind
    after = last.seq
    await run.giveWay(aboutOf(slice))
    const beganAt = run.clock.now()
    const left = await applySlice(run, await withoutVouched(run, await withoutOvertaken(run, slice)))
    size = nextSize(slice.length, run.clock.now() - beganAt, leastOf(run.target, kind))
    await run.onProgress(slice.length)
    if (left === undefined) continue
    fault = left.fault
    // Nothing answers: waiting is better than running through the whole plan with the same result.
    if (!left.othersAnswered) return fault
  }
}

async function applySlice(run: Pass, slice: readonly ChangeRecord[]): Promise<LeftOpen | undefined> {
  const [first] = slice
  if (first === undefined) return undefined
  const { kind } = first
  const { pending, skipped, waiting } = await findPrerequisites(run.plans, run.planId, slice, run.isLastTry)
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
  const [stopped, going] = partition(pending, (each) => run.exhausted.has(quotaOf(orderOf(each))))
  await record(
    run,
    stopped.map((each) => notSent(each, run.exhausted)),
    [],
  )
  return (await recheckAndSend(run, kind as WriteKind, going)) ?? waits
}

const prerequisiteOpen = fail.unreachable('A change that others need got no answer yet.')
const notVisibleYet = fail.unreachable(
  'A write that may have arrived is not visible yet; it is looked up again before anything is sent twice.',
)

async function recheckAndSend(run: Pass, kind: WriteKind, pending: readonly Pending[]): Promise<LeftOpen | undefined> {
  if (pending.length === 0) return undefined
  if (endsAccount(kind)) {
    await proveMemberships(run, new Set(pending.map(({ resolved }) => resolved.accountId ?? '')))
  }
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
    } else if (verdict.unfinished !== undefined) toSend.push({ ...each, resolved: verdict.unfinished })
    else if (stillSettling(run, each.change)) settling = true
    else toSend.push(verdict.seen === undefined ? each : { ...each, seen: verdict.seen })
  })
  await settle(run, settled, outcomes)
  const left = toSend.length === 0 ? undefined : await send(run, kind, toSend)
  return left ?? (settling ? { fault: notVisibleYet, othersAnswered: true } : undefined)
}

async function send(run: Pass, kind: WriteKind, toSend: readonly Pending[]): Promise<LeftOpen | undefined> {
  const operation = run.target.operations[kind]
  if (operation === undefined) throw fail.bug(`The target offers no ${kind}, yet it was planned.`)
  const riders = operation.carries === undefined ? noRiders : await findRiders(run.plans, run.planId, toSend)
  const calls = callsFor(run.target, kind, toSend, riders)
  const carried = new Map(ordersIn(calls).flatMap((order) => (order.carried ?? []).map(({ seq }) => [seq, order.seq])))
  await run.plans.markSent(run.planId, run.fence, [...toSend.map(({ change }) => change.seq), ...carried.keys()])
  const { answers, thrown } = await callTarget(run, operation, calls)

  const open = new Map(toSend.map((each) => [each.change.seq, each]))
  const finished: Pending[] = []
  const outcomes: OutcomeRecord[] = []
  const createdIds = new Map<number, string>()
  let fault: ProvisioningError | undefined
  for (const answer of answers) {
    const each = open.get(answer.seq)
    if (each === undefined) continue
    if (answer.outcome === 'failed' && answer.error.retry) fault = answer.error
    if (!isFinal(answer, run.isLastTry)) continue
    open.delete(answer.seq)
    outcomes.push(outcomeOf(answer))
    finished.push(answer.outcome === 'failed' ? each : { ...each, resolved: withCreated(each, answer.createdId) })
    if (answer.outcome === 'applied' && answer.createdId !== undefined) createdIds.set(answer.seq, answer.createdId)
  }
  // A passenger counts only with its creation; what got no final answer is sent by itself later.
  const ridersBySeq = new Map([...riders.values()].flat().map((each) => [each.change.seq, each]))
  for (const answer of answers) {
    const each = ridersBySeq.get(answer.seq)
    const accountId = createdIds.get(carried.get(answer.seq) ?? 0)
    if (each === undefined || accountId === undefined) continue
    if (answer.outcome === 'failed' && answer.error.retry) continue
    ridersBySeq.delete(answer.seq)
    outcomes.push(outcomeOf(answer))
    finished.push({ ...each, resolved: { ...each.resolved, accountId } })
  }
  const othersAnswered = outcomes.length > 0
  for (const each of open.values()) {
    if (!run.exhausted.has(quotaOf(orderOf(each)))) continue
    outcomes.push(notSent(each, run.exhausted))
    finished.push(each)
    open.delete(each.change.seq)
  }
  await settle(run, finished, outcomes)
  const passengers = finished.filter(({ change }) => change.kind !== kind).length
  if (passengers > 0) await run.onProgress(passengers)
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
  operation: Operation,
  lanes: Lanes,
): Promise<{ readonly answers: readonly Applied[]; readonly thrown: unknown }> {
  const answers: Applied[] = []
  let thrown: unknown
  let next = 0
  const mayGoOn = () => !run.signal.aborted && thrown === undefined
  const lane = async () => {
    while (next < lanes.length && mayGoOn()) {
      const calls = lanes[next]!
      next += 1
      for (const call of calls) {
        const orders = call.filter((order) => !run.exhausted.has(quotaOf(order)))
        if (!mayGoOn()) return
        if (orders.length === 0) continue
        try {
          const applied = await operation.apply(orders, { signal: run.signal, source: run.source, notify: run.notify })
          answers.push(...applied)
          noteQuotas(run, orders, applied)
        } catch (error) {
          thrown = error
        }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(run.target.concurrency, lanes.length)) }, lane))
  return { answers, thrown }
}

function noteQuotas(run: Pass, orders: readonly Order[], applied: readonly Applied[]): void {
  const bySeq = new Map(orders.flatMap((order) => [order, ...(order.carried ?? [])]).map((order) => [order.seq, order]))
  for (const answer of applied) {
    if (answer.outcome !== 'failed' || answer.error.code !== 'quota-exhausted') continue
    const order = bySeq.get(answer.seq)
    if (order !== undefined) run.exhausted.set(quotaOf(order), answer.error.message)
  }
}

function notSent(each: Pending, exhausted: ReadonlyMap<string, string>): OutcomeRecord {
  return quotaOutcome(each.change.seq, exhausted.get(quotaOf(orderOf(each))) ?? '')
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

function withCreated({ change, resolved }: Pending, createdId: string | undefined): Resolved {
  if (createdId === undefined) return resolved
  return change.kind === 'group.create' ? { ...resolved, groupId: createdId } : { ...resolved, accountId: createdId }
}

/** A creation of unknown fate that is not visible yet may still appear; only then is sending again a danger. */
export function stillSettling(run: Execution, change: ChangeRecord): boolean {
  if (change.sentAt === undefined) return false
  if (change.kind !== 'account.create' && change.kind !== 'group.create') return false
  return run.clock.now() - change.sentAt < (run.target.settleMs ?? defaultSettleMs)
}
