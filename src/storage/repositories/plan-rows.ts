import { type RawBuilder, sql } from 'kysely'
import type { ChangeKind, ItemState, Outcome, SourceRef, TargetRef } from '../../domain/change.ts'
import { fail } from '../../domain/errors.ts'
import type { Attributes } from '../../domain/identity.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import type { HoldReason } from '../../domain/reason.ts'
import { type Executor, rowsOf } from '../database.ts'
import { ints, present } from '../rows.ts'
import { accessOfWord } from './access-word.ts'

/** How states and outcomes stand in a row. These numbers are stored: never change one. */
export const stateCodes: Readonly<Record<ItemState, number>> = { ready: 1, held: 2, blocked: 3 }
export const outcomeCodes: Readonly<Record<Outcome, number>> = {
  applied: 1,
  alreadyTrue: 2,
  unproven: 3,
  failed: 4,
  skipped: 5,
}
const stateOf = new Map(Object.entries(stateCodes).map(([state, code]) => [code, state as ItemState]))
const outcomeOf = new Map(Object.entries(outcomeCodes).map(([outcome, code]) => [code, outcome as Outcome]))

/** Where the rows of a plan are: its number and the month that names the partition. */
export interface PlanPlace {
  readonly no: number
  readonly month: string
  readonly connection: string
  readonly directory: number
  readonly fingerprint: string
}

export function inPlan(place: PlanPlace, alias = 'c'): RawBuilder<unknown> {
  return sql`${sql.ref(`${alias}.month`)} = ${place.month}::date and ${sql.ref(`${alias}.plan`)} = ${place.no}`
}

/** Throws `not-found`; a plan that is not completely stored does not exist. */
export async function placeOf(executor: Executor, planId: string, lock = sql``): Promise<PlanPlace> {
  const [row] = await rowsOf<PlanPlace>(
    executor,
    sql`select no, month::text as month, connection, directory, fingerprint from plan where id = ${planId} and visible ${lock}`,
  )
  if (row === undefined) {
    throw fail.notFound(`There is no plan ${planId}.`, { hint: 'List the runs and their plans with `muster runs`.' })
  }
  return row
}

export const planColumns = sql`p.id, p.run_id as "runId", p.connection, d.key as "directoryKey", p.created_at as "createdAt",
  p.connection_version as "connectionVersion", p.semantics_version as "semanticsVersion",
  p.source_snapshot_id as "sourceSnapshotId", p.target_snapshot_id as "targetSnapshotId", p.fingerprint, p.guards, p.summary`

export interface ChangeRow {
  readonly seq: number
  readonly kind: ChangeKind
  readonly reason: ChangeRecord['reason']
  readonly rule: string
  readonly hold: string | null
  readonly state: number
  readonly outcome: number | null
  readonly accountId: string | null
  readonly accountBy: number | null
  readonly accountLabel: string | null
  readonly groupId: string | null
  readonly groupBy: number | null
  readonly groupLabel: string | null
  readonly personKey: string | null
  readonly personLabel: string | null
  readonly sourceGroupKey: string | null
  readonly sourceGroupLabel: string | null
  readonly needs: readonly number[] | null
  readonly access: string | null
  readonly lead: ChangeRecord['lead'] | null
  readonly joins: readonly number[] | null
  readonly cause: number | null
  readonly before: Attributes | null
  readonly after: Attributes | null
  readonly sentAt: number | null
  readonly finishedAt: number | null
  readonly verifiedAt: number | null
  readonly skipReason: ChangeRecord['skipReason'] | null
  readonly message: string | null
  readonly errorCode: string | null
  readonly createdId: string | null
}

/** How many changes a page looks through at first, as a multiple of its size and at least, and at most in one statement. */
const firstPages = 2
const shortestStretch = 500
const longestStretch = 500_000

/**
 * The next changes after `afterSeq` that meet a condition on `c`, in order. Looked for in stretches of seqs that grow while
 * little is found: what a page costs then never hangs on the planner's statistics, which are old during a long apply.
 */
export async function readPage(
  executor: Executor,
  place: PlanPlace,
  afterSeq: number,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<ChangeRecord[]> {
  const [end] = await rowsOf<{ seq: number | null }>(
    executor,
    sql`select max(c.seq) as seq from plan_change c where ${inPlan(place)}`,
  )
  const last = end?.seq ?? 0
  const shortest = Math.max(shortestStretch, limit * firstPages)
  const within = (from: number, to: number) => sql`c.seq > ${from} and c.seq <= ${to} and ${condition}`
  // Never more than there can be: by this number the store decides whether to look up names one by one.
  const mostOf = (from: number, to: number, left: number) => Math.min(left, to - from)
  const firstEnd = Math.min(afterSeq + shortest, last)
  if (firstEnd <= afterSeq) return []
  const found = await readChanges(executor, place, within(afterSeq, firstEnd), mostOf(afterSeq, firstEnd, limit))
  let stretch = shortest
  for (let from = firstEnd; from < last && found.length < limit; ) {
    // Where little is found the numbers are looked for alone, and what belongs to them is read once.
    const more: number[] = []
    const left = limit - found.length
    while (from < last && more.length < left) {
      stretch = Math.min(stretch * 4, longestStretch)
      const to = Math.min(from + stretch, last)
      const most = mostOf(from, to, left - more.length)
      const rows = await rowsOf<{ seq: number }>(
        executor,
        sql`select c.seq from plan_change c where ${inPlan(place)} and ${within(from, to)} order by c.seq limit ${most}`,
      )
      more.push(...rows.map(({ seq }) => seq))
      from = rows.length < most ? to : (more.at(-1) ?? to)
    }
    if (more.length === 0) continue
    // Some may no longer meet the condition when they are read: a page that is short for it would look like the last one.
    found.push(...(await readChanges(executor, place, sql`c.seq = any(${ints(more)}) and ${condition}`, more.length)))
  }
  return found
}

/** Changes of a plan that meet a condition on `c`, in order. */
export async function readChanges(
  executor: Executor,
  place: PlanPlace,
  condition: RawBuilder<unknown>,
  limit?: number,
): Promise<ChangeRecord[]> {
  const rows = await rowsOf<ChangeRow>(
    executor,
    sql`${changesFrom(sql`(select * from plan_change c where ${inPlan(place)} and ${condition}
              order by c.seq ${limit === undefined ? sql`` : sql`limit ${limit}`})`)}
        order by c.seq`,
  )
  return rows.map(changeRecord)
}

/** One look into the index for each row: what is shown is a page, and the registers hold everybody. */
function registered(register: string, column: string, alias: string): RawBuilder<unknown> {
  return sql`left join lateral (select * from ${sql.table(register)} where no = ${sql.ref(`c.${column}`)} offset 0)
          ${sql.ref(alias)} on true`
}

/** A page of changes with the words behind their numbers; more columns of the given rows may be asked for. */
export function changesFrom(rows: RawBuilder<unknown>, more: RawBuilder<unknown> = sql``): RawBuilder<unknown> {
  return sql`select c.seq, k.text as kind, reason.text as reason, rule.text as rule, hold.text as hold, c.state, c.outcome,
          a.account_id as "accountId", c.account_by as "accountBy", coalesce(c.account_label, nullif(a.label, '')) as "accountLabel",
          g.group_id as "groupId", c.group_by as "groupBy", coalesce(c.group_label, nullif(g.name, '')) as "groupLabel",
          r.key as "personKey", r.label as "personLabel", s.key as "sourceGroupKey", s.label as "sourceGroupLabel", c.needs,
          access.text as access, c.lead, c.joins, c.cause,
          c.before_values as before, c.after_values as after, c.sent_at as "sentAt", c.finished_at as "finishedAt",
          c.verified_at as "verifiedAt", c.skip_reason as "skipReason", c.message, c.error_code as "errorCode",
          c.created_id as "createdId" ${more}
        from ${rows} c
        join word k on k.no = c.kind
        join word reason on reason.no = c.reason
        join word rule on rule.no = c.rule
        left join word hold on hold.no = c.hold
        left join word access on access.no = c.access
        ${registered('directory_account', 'account', 'a')}
        ${registered('directory_group', 'grp', 'g')}
        ${registered('source_record', 'person', 'r')}
        ${registered('source_group', 'source_group', 's')}`
}

export function changeRecord(row: ChangeRow): ChangeRecord {
  return present<ChangeRecord>({
    seq: row.seq,
    kind: row.kind,
    account: targetRef(row.accountId, row.accountBy),
    group: targetRef(row.groupId, row.groupBy),
    person: sourceRef(row.personKey, row.personLabel),
    sourceGroup: sourceRef(row.sourceGroupKey, row.sourceGroupLabel),
    accountLabel: row.accountLabel,
    groupLabel: row.groupLabel,
    before: row.before,
    after: row.after,
    reason: row.reason,
    rule: row.rule,
    state: stateOf.get(row.state),
    stateReasons: holdReasonsOf(row.hold),
    needs: row.needs ?? [],
    access: row.access === null ? undefined : accessOfWord(row.access),
    lead: row.lead,
    joins: row.joins,
    cause: row.cause === null ? null : 'rules',
    outcome: outcomeNamed(row.outcome),
    sentAt: row.sentAt,
    finishedAt: row.finishedAt,
    verifiedAt: row.verifiedAt,
    skipReason: row.skipReason,
    message: row.message,
    errorCode: row.errorCode,
    createdId: row.createdId,
  })
}

/** Reasons of a state as one word, in the order given; a plan knows few combinations of them. */
export function holdWord(reasons: readonly string[]): string | undefined {
  return reasons.length === 0 ? undefined : reasons.join(',')
}

export function holdReasonsOf(word: string | null): readonly HoldReason[] {
  return word === null ? [] : (word.split(',') as HoldReason[])
}

function targetRef(id: string | null, createdBy: number | null): TargetRef | undefined {
  if (id !== null) return { id }
  return createdBy === null ? undefined : { createdBy }
}

function sourceRef(key: string | null, label: string | null): SourceRef | undefined {
  return key === null ? undefined : { key, label: label ?? '' }
}

export function stateNamed(code: number): ItemState {
  return stateOf.get(code) ?? 'blocked'
}

export function outcomeNamed(code: number | null): Outcome | undefined {
  return code === null ? undefined : outcomeOf.get(code)
}
