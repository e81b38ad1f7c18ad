import { type RawBuilder, sql } from 'kysely'
import { foldKey } from '../../domain/identity.ts'
import type { AccessThen, NamedObject, ReportedChange, ReportFilter, ReportStore } from '../../ports/report.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, rowsOf } from '../database.ts'
import { anywhere, ints, limitOf, present, slice, textCursor, texts, time } from '../rows.ts'
import { accessOfWord } from './access-word.ts'
import { covering } from './directories.ts'
import { namesWith } from './name-search.ts'
import { type ChangeRow, changeRecord, changesFrom, outcomeCodes } from './plan-rows.ts'
import { remembered, subjectsNamed } from './remembered.ts'

/** More people than this answer to no name that is meant. */
const mostNamed = 1000

export function reportStore({ database: { kysely } }: StorageContext): ReportStore {
  return {
    changes: async (filter, page) => {
      const limit = limitOf(page)
      const who = await numbersOf(kysely, filter)
      if (who !== undefined && who.records.length + who.accounts.length === 0) return { items: [] }
      const after = placeAfter(textCursor(page))
      const found = who === undefined ? everything(filter, after, limit + 1) : ofPeople(filter, after, limit + 1, who)
      const more = sql`, c.at, c.plan, c.connection, c.run_number as "runNumber", c.started_by as "startedBy", c.directory_key as "directoryKey", c.fingerprint`
      const rows = await rowsOf<Row>(
        kysely,
        sql`${changesFrom(sql`(${found})`, more)} order by c.plan desc, c.seq desc`,
      )
      return slice(rows, page, reported, ({ plan, seq }) => `${plan}.${seq}`)
    },
    groupsNamed: async (name) =>
      await rowsOf<NamedObject>(
        kysely,
        sql`select d.key as "directoryKey", g.group_id as id, g.name from directory_group g
            join directory d on d.no = g.directory
            where g.group_id = ${name} or g.name_key = ${foldKey(name)} order by d.key, g.name_key limit ${mostNamed}`,
      ),
    accountsNamed: async (name) =>
      await rowsOf<NamedObject>(
        kysely,
        sql`select distinct d.key as "directoryKey", a.account_id as id,
              coalesce(nullif(a.label, ''), a.account_id) as name
            from directory_account a join directory d on d.no = a.directory
            where a.account_id = ${name} or a.label_key = ${foldKey(name)}
              or a.no in (select l.account from link l join source_record r on r.no = l.record
                          where r.key = ${name} or r.label_key = ${foldKey(name)})
            order by 1, 3 limit ${mostNamed}`,
      ),
    accessOf: async (directoryKey, accountId, at) => await accessOf(kysely, directoryKey, accountId, at),
    subjects: async (source, directoryKey, name) => await subjectsNamed(kysely, source, directoryKey, name),
    named: async (text, limit) => await namesWith(kysely, text, limit),
    remembered: async (subject, at) => await remembered(kysely, subject, at),
    filledBy: async (directoryKey, groupId) =>
      await rowsOf<{ source: string; name: string; rule: string }>(
        kysely,
        sql`select s.source, s.label as name, l.rule from group_link l join source_group s on s.no = l.source_group
            join directory_group g on g.no = l.grp join directory d on d.no = g.directory
            where d.key = ${directoryKey} and g.group_id = ${groupId} order by s.source, s.label`,
      ),
    knownSince: async (directoryKey) => {
      const [row] = await rowsOf<{ since: number | null }>(
        kysely,
        sql`select min(p.created_at) as since from plan p join directory d on d.no = p.directory
            where d.key = ${directoryKey}`,
      )
      return row?.since ?? undefined
    },
  }
}

interface Row extends ChangeRow {
  readonly at: number
  readonly plan: number
  readonly connection: string
  readonly runNumber: number
  readonly startedBy: string
  readonly directoryKey: string
  readonly fingerprint: string
}

function reported(row: Row): ReportedChange {
  const { at, connection, runNumber, startedBy, directoryKey, fingerprint } = row
  return { ...changeRecord(row), at, connection, runNumber, startedBy, directoryKey, fingerprint }
}

interface Place {
  readonly plan: number
  readonly seq: number
}

function placeAfter(cursor: string | undefined): Place | undefined {
  const found = /^(\d{1,9})\.(\d{1,9})$/.exec(cursor ?? '')
  return found === null ? undefined : { plan: Number(found[1]), seq: Number(found[2]) }
}

/** Plan by plan, the newest first, and only as many of each as the page still needs. */
function everything(filter: ReportFilter, after: Place | undefined, limit: number): RawBuilder<unknown> {
  return sql`select c.*, p.* from (${plansOf(filter, after)} order by plan_no desc) p
    cross join lateral (
      select c.*, ${doneAt} as at from plan_change c
      where c.month = p.plan_month and c.plan = p.plan_no and ${matching(filter)}
        ${after === undefined ? sql`` : sql`and (c.plan < ${after.plan} or c.seq < ${after.seq})`}
      order by c.seq desc limit ${limit}) c
    order by c.plan desc, c.seq desc limit ${limit}`
}

/** Few rows among many: found by the indexes of person and account, then sorted. */
function ofPeople(
  filter: ReportFilter,
  after: Place | undefined,
  limit: number,
  { records, accounts }: { readonly records: readonly number[]; readonly accounts: readonly number[] },
): RawBuilder<unknown> {
  return sql`with mine as materialized (
      select * from plan_change where person = any(${ints(records)}) or account = any(${ints(accounts)}))
    select c.*, ${doneAt} as at, p.* from mine c join (${plansOf(filter, after)}) p on p.plan_no = c.plan
    where ${matching(filter)}
      ${after === undefined ? sql`` : sql`and (c.plan < ${after.plan} or c.seq < ${after.seq})`}
    order by c.plan desc, c.seq desc limit ${limit}`
}

function plansOf({ connections, from, until, run }: ReportFilter, after: Place | undefined): RawBuilder<unknown> {
  return sql`select plan.no as plan_no, plan.month as plan_month, plan.created_at as planned_at, plan.connection, plan.fingerprint,
      run.number as run_number, run.started_by, directory.key as directory_key
    from plan join run on run.id = plan.run_id join directory on directory.no = plan.directory
    where plan.visible
      ${connections === undefined ? sql`` : sql`and plan.connection = any(${texts(connections)})`}
      ${until === undefined ? sql`` : sql`and plan.created_at < ${time(until)}`}
      ${from === undefined ? sql`` : sql`and greatest(plan.created_at, plan.touched_at) >= ${time(from)}`}
      ${run === undefined ? sql`` : sql`and run.number = ${run}`}
      ${after === undefined ? sql`` : sql`and plan.no <= ${after.plan}`}`
}

const doneAt = sql`coalesce(c.finished_at, c.sent_at, p.planned_at)`

function matching({ kinds, outcomes, from, until, administration }: ReportFilter): RawBuilder<unknown> {
  const conditions: RawBuilder<unknown>[] = [matchingOutcome(outcomes)]
  if (kinds !== undefined) conditions.push(sql`c.kind in (select no from word where text = any(${texts(kinds)}))`)
  if (from !== undefined) conditions.push(sql`${doneAt} >= ${time(from)}`)
  if (until !== undefined) conditions.push(sql`${doneAt} < ${time(until)}`)
  if (administration === true) {
    conditions.push(sql`c.grp in (select no from directory_group where administers)`)
  }
  return sql.join(conditions, sql` and `)
}

function matchingOutcome(outcomes: ReportFilter['outcomes']): RawBuilder<unknown> {
  if (outcomes === undefined) return sql`c.outcome is not null`
  const codes = outcomes.flatMap((each) => (each === 'open' ? [] : [outcomeCodes[each]]))
  // The few that did not simply come true have an index of their own.
  const isRare = codes.length > 0 && codes.every((code) => code > outcomeCodes.alreadyTrue)
  const done = sql`c.outcome is not null ${isRare ? sql`and c.outcome > 2` : sql``} and c.outcome = any(${ints(codes)})`
  return outcomes.includes('open') ? sql`(c.outcome is null or (${done}))` : done
}

/** Numbers of the record and the account of a subject, or of all that answer to a name; undefined = nobody is asked about. */
async function numbersOf(executor: Executor, { subject, person }: ReportFilter) {
  if (subject === undefined) return person === undefined ? undefined : await numbersNamed(executor, person)
  const { source, sourceKey, directoryKey, accountId } = subject
  const records = rowsOf<{ no: number }>(
    executor,
    sql`select no from source_record where source = ${source} and key = ${sourceKey ?? null}`,
  )
  const accounts = rowsOf<{ no: number }>(
    executor,
    sql`select a.no from directory_account a join directory d on d.no = a.directory
        where d.key = ${directoryKey} and a.account_id = ${accountId ?? null}`,
  )
  const [recordRows, accountRows] = await Promise.all([records, accounts])
  return { records: recordRows.map(({ no }) => no), accounts: accountRows.map(({ no }) => no) }
}

/** Records and accounts that answer to a name. */
async function numbersNamed(executor: Executor, name: string) {
  const part = anywhere(foldKey(name))
  const numbers = async (table: RawBuilder<unknown>, id: RawBuilder<unknown>) => {
    const rows = await rowsOf<{ no: number }>(
      executor,
      sql`select no from ${table} where ${id} = ${name} or label_key like ${part} limit ${mostNamed}`,
    )
    return rows.map(({ no }) => no)
  }
  return {
    records: await numbers(sql`source_record`, sql`key`),
    accounts: await numbers(sql`directory_account`, sql`account_id`),
  }
}

async function accessOf(executor: Executor, directoryKey: string, accountId: string, at: number): Promise<AccessThen> {
  const [account] = await rowsOf<{ no: number }>(
    executor,
    sql`select a.no from directory_account a join directory d on d.no = a.directory
        where d.key = ${directoryKey} and a.account_id = ${accountId}`,
  )
  if (account === undefined) return { groups: [], access: [] }
  const mine = sql`x.account = ${account.no}`
  const [state] = await rowsOf<{ state: NonNullable<AccessThen['state']> }>(
    executor,
    sql`select s.state from (${covering('account_state', mine, at)}) s`,
  )
  type Group = { [Key in keyof AccessThen['groups'][number]]-?: AccessThen['groups'][number][Key] | null }
  const groups = await rowsOf<Group>(
    executor,
    sql`select g.group_id as id, g.name, g.administers, m.since, m.until,
          (select string_agg(w.text, ', ' order by w.text)
           from (${covering('membership_grant', sql`x.grp = m.grp and x.account = m.account`, at)}) v
           join word w on w.no = v.connection) as "grantedBy"
        from (${covering('membership', mine, at)}) m join directory_group g on g.no = m.grp order by g.name_key`,
  )
  const access = await rowsOf<{ access: string; since: number; until: number | null; grantedBy: string }>(
    executor,
    sql`select a.text as access, min(p.since) as since, max(p.until) as until,
          string_agg(w.text, ', ' order by w.text) as "grantedBy"
        from (${covering('product_access', mine, at)}) p join word a on a.no = p.access join word w on w.no = p.connection
        group by a.text order by a.text`,
  )
  return {
    ...(state === undefined ? {} : { state: state.state }),
    groups: groups.map((row) => present<AccessThen['groups'][number]>(row)),
    access: access.map(({ access: word, since, until, grantedBy }) => ({
      ...accessOfWord(word),
      since,
      ...(until === null ? {} : { until }),
      grantedBy,
    })),
  }
}
