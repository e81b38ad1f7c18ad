import { type RawBuilder, sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import type { HoldReason } from '../../domain/reason.ts'
import type { RunState } from '../../domain/run.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction, rowsOf } from '../database.ts'
import { ints, texts, time } from '../rows.ts'
import { holdReasonsOf, holdWord, inPlan, type PlanPlace, placeOf, stateCodes } from './plan-rows.ts'
import { numberOf, words } from './registers.ts'

export interface ReleasedPart {
  readonly guards?: readonly string[]
  readonly seqs?: readonly number[]
}

/** Longer than any chain of changes that need each other. */
const deepestChain = 100
const waiting: HoldReason = 'waits-for'

/** Changes that are looked through by one statement, and that one transaction lets go at most. */
const releasedSizes = { read: 20_000, write: 2_500 }

/**
 * See `PlanStore.release`. A plan of a million changes is let go in steps, each only while the plan is still the newest and
 * nobody has rejected it; the embedded store serves others between them. That it was released, by whom and why is on record
 * before the first one, and each adds what it let go. A crash leaves the rest held: whoever releases again goes on with it.
 */
export async function release(
  { database, now }: StorageContext,
  planId: string,
  fingerprint: string,
  by: string,
  part: ReleasedPart | undefined,
  comment: string | undefined,
  sizes = releasedSizes,
): Promise<number> {
  const at = time(now())
  const place = await inTransaction(database, async (transaction) => {
    const found = await currentPlan(transaction, planId, fingerprint)
    const seqs = part?.seqs === undefined ? sql`null` : ints(part.seqs)
    const guards = part?.guards === undefined ? sql`null` : texts(part.guards)
    await sql`insert into plan_release (plan, released_by, released_at, guards, seqs, changes, comment)
      values (${found.no}, ${by}, ${at}, ${guards}, ${seqs}, 0, ${comment ?? null})`.execute(transaction)
    return found
  })
  const letGo: LetGo = async (reasons, condition) => {
    let ready = 0
    for await (const stretch of stretchesHeld(database.kysely, place, condition, sizes)) {
      ready += await inTransaction(database, async (transaction) => {
        await currentPlan(transaction, planId, fingerprint)
        const changes = await drop(transaction, place, reasons, sql`${stretch} and ${condition}`)
        await sql`update plan_release set changes = changes + ${changes}
          where plan = ${place.no} and released_by = ${by} and released_at = ${at}`.execute(transaction)
        return changes
      })
    }
    return ready
  }
  let changes = await releaseChosen(letGo, part)
  for (let depth = 0; depth < deepestChain; depth += 1) {
    const more = await letGo([waiting], needsOnlyReady(place))
    changes += more
    if (more === 0) break
  }
  return changes
}

/**
 * Takes reasons out of held changes that meet a condition, wherever they are in the plan; returns how many have none left.
 * `guards` = every reason but that of waiting for others.
 */
type LetGo = (reasons: readonly string[] | 'guards', condition: RawBuilder<unknown>) => Promise<number>

/** Conditions on `c` that together hold for every held change that meets one, and each for no more than can be written at once. */
async function* stretchesHeld(
  executor: Executor,
  place: PlanPlace,
  condition: RawBuilder<unknown>,
  { read, write }: typeof releasedSizes,
): AsyncGenerator<RawBuilder<unknown>> {
  const [row] = await rowsOf<{ last: number | null }>(
    executor,
    sql`select max(c.seq) as last from plan_change c where ${inPlan(place)}`,
  )
  const within = (from: number, size: number) => sql`c.seq > ${from} and c.seq <= ${from + size}`
  for (let from = 0; from < (row?.last ?? 0); from += read) {
    const found = await rowsOf<{ start: number }>(
      executor,
      sql`select distinct (c.seq - 1) / ${write}::int * ${write}::int as start from plan_change c
          where ${inPlan(place)} and ${within(from, read)} and c.state = ${stateCodes.held} and ${condition}`,
    )
    for (const { start } of found) yield within(start, write)
  }
}

/** See `PlanStore.approve`. */
export async function approve(
  { database, now }: StorageContext,
  planId: string,
  fingerprint: string,
  by: string,
  comment: string | undefined,
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const { no } = await currentPlan(transaction, planId, fingerprint)
    await sql`update plan set approved_by = ${by}, approved_at = ${time(now())}, approval_comment = ${comment ?? null}
      where no = ${no}`.execute(transaction)
  })
}

/** See `PlanStore.reject`. */
export async function reject(
  { database, now }: StorageContext,
  planId: string,
  fingerprint: string,
  by: string,
  comment: string,
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    const { no, connection } = await currentPlan(transaction, planId, fingerprint)
    const [run] = await rowsOf<{ number: number; state: RunState }>(
      transaction,
      sql`select number, state from run where id = (select run_id from plan where no = ${no}) for update`,
    )
    if (run?.state === 'applying') {
      throw fail.conflict(`Run ${run.number} of "${connection}" is applying this plan right now.`, {
        hint: `Stop it first: muster cancel ${run.number}`,
      })
    }
    if (run?.state === 'applied') {
      throw fail.conflict(`Run ${run.number} of "${connection}" has applied this plan already.`, {
        hint: `Take it back: muster undo ${run.number}`,
      })
    }
    await sql`update plan set rejected_by = ${by}, rejected_at = ${time(now())}, rejection = ${comment}
      where no = ${no}`.execute(transaction)
    await sql`update run set state = 'cancelled', ended_at = ${time(now())}
      where number = ${run?.number ?? 0} and state in ('planned', 'waiting', 'held')`.execute(transaction)
  })
}

/** The plan, held still until the transaction ends. Throws `stale-plan` unless it is what the person saw, and the newest. */
async function currentPlan(executor: Executor, planId: string, fingerprint: string): Promise<PlanPlace> {
  const place = await placeOf(executor, planId, sql`for update`)
  const hint = 'Plan again and review the new plan.'
  if (place.fingerprint !== fingerprint) {
    throw fail.stalePlan(`The plan ${planId} is not the one that was reviewed.`, { hint })
  }
  const [rejected] = await rowsOf<{ by: string; why: string }>(
    executor,
    sql`select rejected_by as by, rejection as why from plan where no = ${place.no} and rejected_by is not null`,
  )
  if (rejected !== undefined) {
    throw fail.stalePlan(`This plan was rejected by ${rejected.by}: ${rejected.why}`, {
      hint: `Make a new plan: muster plan ${place.connection}`,
    })
  }
  const newer = await rowsOf<{ id: string }>(
    executor,
    // A plan for some people takes nothing back of what was reviewed: whoever it was about is left alone when this goes on.
    sql`select p.id from plan p left join run r on r.id = p.run_id
        where p.connection = ${place.connection} and p.visible and p.no > ${place.no}
          and r.kind is distinct from 'incremental' limit 1`,
  )
  if (newer[0] === undefined) return place
  throw fail.stalePlan(`A newer plan of ${place.connection} exists: ${newer[0].id}.`, { hint })
}

async function releaseChosen(letGo: LetGo, part: ReleasedPart | undefined): Promise<number> {
  if (part === undefined) return await letGo('guards', sql`true`)
  const { guards = [], seqs = [] } = part
  const released = guards.filter((guard) => guard !== waiting)
  const byGuard = released.length === 0 ? 0 : await letGo(released, sql`true`)
  return seqs.length === 0 ? byGuard : byGuard + (await letGo('guards', sql`c.seq = any(${ints(seqs)})`))
}

/** See `LetGo`. Done once for each combination of reasons, of which a plan has few. */
async function drop(
  executor: Executor,
  place: PlanPlace,
  reasons: readonly string[] | 'guards',
  condition: RawBuilder<unknown>,
): Promise<number> {
  let ready = 0
  for (const { no, text } of await combinations(executor, place, condition)) {
    const before = holdReasonsOf(text)
    const left = before.filter((each) => (reasons === 'guards' ? each === waiting : !reasons.includes(each)))
    if (left.length === before.length) continue
    const word = holdWord(left)
    const hold = word === undefined ? null : numberOf(await words(executor, [word]), word)
    const state = word === undefined ? stateCodes.ready : stateCodes.held
    const changed = await countOf(
      executor,
      sql`update plan_change c set hold = ${hold}::int, state = ${state}::smallint
          where ${inPlan(place)} and c.state = ${stateCodes.held} and c.hold = ${no} and ${condition} returning 1`,
    )
    if (word === undefined) ready += changed
  }
  return ready
}

async function combinations(executor: Executor, place: PlanPlace, condition: RawBuilder<unknown>) {
  return await rowsOf<{ no: number; text: string }>(
    executor,
    sql`select no, text from word where no in (
          select distinct c.hold from plan_change c
          where ${inPlan(place)} and c.state = ${stateCodes.held} and ${condition})`,
  )
}

function needsOnlyReady(place: PlanPlace): RawBuilder<unknown> {
  return sql`not exists (select 1 from plan_change needed where ${inPlan(place, 'needed')}
    and needed.seq = any(c.needs) and needed.state <> ${stateCodes.ready})`
}

async function countOf(executor: Executor, update: RawBuilder<unknown>): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    executor,
    sql`with updated as (${update}) select count(*) as count from updated`,
  )
  return row?.count ?? 0
}
