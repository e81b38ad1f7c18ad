import { sql } from 'kysely'
import { identityAttributes } from '../../domain/change.ts'
import type { Lesson } from '../../domain/memory.ts'
import type { Fence } from '../../ports/leases.ts'
import type { OutcomeRecord } from '../../ports/plans.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, inTransaction } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'
import { assertFence } from './leases.ts'
import { learn } from './lessons.ts'
import { inPlan, outcomeCodes, type PlanPlace, placeOf } from './plan-rows.ts'
import { runNumber } from './registers.ts'

/** See `PlanStore.markSent`. */
export async function markSent(
  { database, now }: StorageContext,
  planId: string,
  fence: Fence,
  seqs: readonly number[],
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertFence(transaction, fence)
    const place = await placeOf(transaction, planId)
    await touch(transaction, place, now())
    await sql`update plan_change c set sent_at = ${time(now())} where ${inPlan(place)} and c.seq = any(${ints(seqs)})`.execute(
      transaction,
    )
  })
}

/** See `PlanStore.record`. */
export async function record(
  { database, now }: StorageContext,
  planId: string,
  runId: string,
  fence: Fence,
  outcomes: readonly OutcomeRecord[],
  lessons: readonly Lesson[],
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertFence(transaction, fence)
    const place = await placeOf(transaction, planId)
    const at = now()
    await touch(transaction, place, at)
    const last = new Map(outcomes.map((outcome) => [outcome.seq, outcome]))
    for (const part of batches([...last.values()])) await writeOutcomes(transaction, place, part, at)
    if (lessons.length > 0) await learn(transaction, place, { run: await runNumber(transaction, runId), at }, lessons)
  })
}

async function touch(executor: Executor, { no }: PlanPlace, at: number): Promise<void> {
  await sql`update plan set touched_at = ${time(at)} where no = ${no}`.execute(executor)
}

/** An update of what people sign in with; `after_values` is null for most changes. */
export const changesIdentity = sql`c.after_values::jsonb ?| ${texts(identityAttributes)} and exists (
  select 1 from word w where w.no = c.kind and w.text = 'account.update')`

/**
 * Writes outcomes and counts what became applied for the limits over 24 hours. What may have been applied counts too, and
 * a change counts once, however often its outcome is written.
 */
async function writeOutcomes(
  executor: Executor,
  place: PlanPlace,
  outcomes: readonly OutcomeRecord[],
  at: number,
): Promise<void> {
  const verified = outcomes.map(({ verifiedAt }) =>
    verifiedAt === undefined ? null : new Date(verifiedAt).toISOString(),
  )
  await sql`
    with given as materialized (
      select * from unnest(
        ${ints(outcomes.map(({ seq }) => seq))}, ${ints(outcomes.map(({ outcome }) => outcomeCodes[outcome]))},
        ${texts(outcomes.map(({ skipReason }) => skipReason))}, ${texts(outcomes.map(({ errorCode }) => errorCode))},
        ${texts(outcomes.map(({ message }) => message))}, ${texts(outcomes.map(({ createdId }) => createdId))},
        ${texts(verified)}
      ) as given(seq, outcome, skip_reason, error_code, message, created_id, verified_at)),
    before as materialized (
      select c.seq, c.kind, c.outcome,
        coalesce(g.group_id, made.created_id, case when ${changesIdentity} then 'identity' end, '') as about
      from plan_change c join given on given.seq = c.seq
      left join directory_group g on g.no = c.grp
      left join plan_change made on made.month = c.month and made.plan = c.plan and made.seq = c.group_by
      where ${inPlan(place)}),
    written as (
      update plan_change c set outcome = given.outcome, skip_reason = given.skip_reason, error_code = given.error_code,
        message = given.message, created_id = coalesce(given.created_id, c.created_id),
        verified_at = coalesce(given.verified_at::timestamptz, c.verified_at),
        finished_at = coalesce(c.finished_at, ${time(at)})
      from given where ${inPlan(place)} and c.seq = given.seq)
    insert into applied_count as known (connection, kind, about, minute, count)
    select ${place.connection}, word.text, before.about, date_trunc('minute', ${time(at)}), count(*)
    from before join given on given.seq = before.seq join word on word.no = before.kind
    where given.outcome in (${outcomeCodes.applied}, ${outcomeCodes.unproven})
      and (before.outcome is null or before.outcome not in (${outcomeCodes.applied}, ${outcomeCodes.unproven}))
      -- The window is for what nobody looked at: an approved plan does not use up tomorrow's limits.
      and not exists (select 1 from plan where plan.no = ${place.no} and plan.approved_by is not null)
    group by word.text, before.about
    on conflict (connection, kind, about, minute) do update set count = known.count + excluded.count`.execute(executor)
}
