import { type RawBuilder, sql } from 'kysely'
import type { ChangeRecord, Plan, PlanSummary } from '../../domain/plan.ts'
import type { ChangeFilter, PlanStore, Refusal, Verdict } from '../../ports/plans.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'
import { ints, limitOf, numberCursor, present, slice, texts, time } from '../rows.ts'
import { labelSearch } from './label-search.ts'
import { type CountRow, countsIn } from './plan-counts.ts'
import { impactOf } from './plan-impact.ts'
import { markSent, record } from './plan-outcomes.ts'
import { approve, reject, release } from './plan-release.ts'
import {
  holdReasonsOf,
  outcomeCodes,
  outcomeNamed,
  placeOf,
  planColumns,
  readChanges,
  readPage,
  stateCodes,
  stateNamed,
} from './plan-rows.ts'
import { savePlan } from './plan-saving.ts'

type Nullable<Type> = { [Key in keyof Type]: Type[Key] | null }

export function planStore(context: StorageContext): PlanStore {
  const { kysely } = context.database
  const labelled = labelSearch(context)
  const next = async (planId: string, afterSeq: number, condition: RawBuilder<unknown>, limit: number) =>
    await readPage(kysely, await placeOf(kysely, planId), afterSeq, condition, limit)
  const verdict = async (planId: string, columns: RawBuilder<unknown>) => {
    const [row] = await rowsOf<{ by: string | null; at: number; comment: string | null }>(
      kysely,
      sql`${columns} from plan where id = ${planId} and visible`,
    )
    return row === undefined || row.by === null ? undefined : present<Verdict>(row)
  }
  return {
    save: async (plan, changes) => await savePlan(context, plan, changes),
    get: async (planId) => {
      const [row] = await rowsOf<Plan>(
        kysely,
        sql`select ${planColumns} from plan p join directory d on d.no = p.directory where p.id = ${planId} and p.visible`,
      )
      return row
    },
    extents: async (planIds) => {
      const rows = await rowsOf<{ id: string } & Pick<PlanSummary, 'counts' | 'read'>>(
        kysely,
        sql`select id, summary -> 'counts' as counts, summary -> 'read' as read from plan
            where id = any(${texts(planIds)}) and visible`,
      )
      return new Map(rows.map(({ id, ...extent }) => [id, extent]))
    },
    changes: async (planId, filter, page) => {
      const place = await placeOf(kysely, planId)
      const condition = matching(filter, await labelled(filter.text, place))
      const rows = await readPage(kysely, place, numberCursor(page, 0), condition, limitOf(page) + 1)
      return slice(
        rows,
        page,
        (change) => change,
        ({ seq }) => seq,
      )
    },
    facets: async (planId, text) => {
      const place = await placeOf(kysely, planId)
      const rows = await countsIn(kysely, place, matching({}, await labelled(text, place)))
      return rows.map(({ hold, state, outcome, ...row }) => ({
        ...row,
        holds: holdReasonsOf(hold),
        state: stateNamed(state),
        outcome: outcomeNamed(outcome) ?? 'open',
      }))
    },
    bySeq: async (planId, seqs) =>
      await readChanges(kysely, await placeOf(kysely, planId), sql`c.seq = any(${ints(seqs)})`),
    refusals: async (connection, connectionVersion, since) =>
      (
        await rowsOf<Nullable<Refusal>>(
          kysely,
          sql`select distinct on (c.kind, c.account, c.grp) w.text as kind, a.account_id as "accountId",
                g.group_id as "groupId", coalesce(c.message, '') as message, c.finished_at as at
              from plan p join plan_change c on c.month = p.month and c.plan = p.no and c.outcome > 2
                join word w on w.no = c.kind join directory_account a on a.no = c.account
                left join directory_group g on g.no = c.grp
              where p.connection = ${connection} and p.connection_version = ${connectionVersion}
                and p.created_at >= ${time(since)} and p.visible
                and c.outcome = ${outcomeCodes.failed} and c.error_code = 'not-writable' and c.finished_at is not null
                and exists (select from plan_change done where done.month = c.month and done.plan = c.plan
                  and done.kind = c.kind and done.outcome = ${outcomeCodes.applied})
                and not exists (select from plan_change later where later.account = c.account and later.kind = c.kind
                  and later.grp is not distinct from c.grp and later.outcome <= 2 and later.finished_at > c.finished_at)
              order by c.kind, c.account, c.grp, c.finished_at desc`,
        )
      ).map((row) => present<Refusal>(row)),
    tally: async (planId) => {
      const rows = await countsIn(kysely, await placeOf(kysely, planId), sql`true`)
      return talliesOf(rows).map(({ state, outcome, ...tally }) => ({
        ...tally,
        state: stateNamed(state),
        outcome: outcomeNamed(outcome) ?? 'open',
      }))
    },
    release: async (planId, fingerprint, by, part, comment) =>
      await release(context, planId, fingerprint, by, part, comment),
    approve: async (planId, fingerprint, by, comment) => await approve(context, planId, fingerprint, by, comment),
    approval: async (planId) =>
      await verdict(planId, sql`select approved_by as by, approved_at as at, approval_comment as comment`),
    reject: async (planId, fingerprint, by, comment) => await reject(context, planId, fingerprint, by, comment),
    rejection: async (planId) =>
      await verdict(planId, sql`select rejected_by as by, rejected_at as at, rejection as comment`),
    impact: async (planId) => await impactOf(kysely, await placeOf(kysely, planId)),
    nextBatch: async (planId, afterSeq, limit) => {
      const isOpen = sql`c.state = ${stateCodes.ready} and c.outcome is null`
      return firstKind(await next(planId, afterSeq, isOpen, limit))
    },
    nextUnanswered: async (planId, afterSeq, limit) => {
      const isUnanswered = sql`c.state = ${stateCodes.ready} and c.outcome is null and c.sent_at is not null`
      return firstKind(await next(planId, afterSeq, isUnanswered, limit))
    },
    markSent: async (planId, fence, seqs) => await markSent(context, planId, fence, seqs),
    record: async (planId, runId, fence, outcomes, lessons) =>
      await record(context, planId, runId, fence, outcomes, lessons),
    unverified: async (planId, afterSeq, limit) =>
      await next(planId, afterSeq, sql`c.outcome = ${outcomeCodes.applied} and c.verified_at is null`, limit),
  }
}

type Tally = Omit<CountRow, 'reason' | 'hold'>

/** Whatever the reasons; by kind, state and outcome, open changes last. */
function talliesOf(rows: readonly CountRow[]): Tally[] {
  const tallies = new Map<string, Tally>()
  for (const { kind, state, outcome, count } of rows) {
    const name = [kind, state, outcome].join()
    tallies.set(name, { kind, state, outcome, count: count + (tallies.get(name)?.count ?? 0) })
  }
  const place = ({ outcome }: Tally) => outcome ?? Number.POSITIVE_INFINITY
  return [...tallies.values()].sort((one, other) => {
    if (one.kind !== other.kind) return one.kind < other.kind ? -1 : 1
    return one.state - other.state || (place(one) < place(other) ? -1 : 1)
  })
}

/** A plan is ordered by kind, so the first of another kind ends the batch. */
function firstKind(changes: readonly ChangeRecord[]): readonly ChangeRecord[] {
  const end = changes.findIndex(({ kind }) => kind !== changes[0]?.kind)
  return end < 0 ? changes : changes.slice(0, end)
}

/** `labelled` = the condition for the text of the filter. */
function matching(
  { kinds, states, outcomes, reasons, holds }: ChangeFilter,
  labelled: RawBuilder<unknown> | undefined,
): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = []
  if (kinds !== undefined) conditions.push(sql`c.kind in (select no from word where text = any(${texts(kinds)}))`)
  if (states !== undefined) conditions.push(sql`c.state = any(${ints(states.map((state) => stateCodes[state]))})`)
  if (outcomes !== undefined) conditions.push(withOutcome(outcomes))
  if (reasons !== undefined) conditions.push(sql`c.reason in (select no from word where text = any(${texts(reasons)}))`)
  if (holds !== undefined) {
    // A word joins all that holds a change; there are few of them, so they are searched and not the changes.
    conditions.push(sql`c.hold in (select no from word where string_to_array(text, ',') && ${texts(holds)})`)
  }
  if (labelled !== undefined) conditions.push(labelled)
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

function withOutcome(outcomes: NonNullable<ChangeFilter['outcomes']>): RawBuilder<unknown> {
  const codes = outcomes.flatMap((outcome) => (outcome === 'open' ? [] : [outcomeCodes[outcome]]))
  const some = sql`c.outcome = any(${ints(codes)})`
  return outcomes.includes('open') ? sql`(c.outcome is null or ${some})` : some
}
