import { sql } from 'kysely'
import { type Deliveries, type Lesson, markOf, type WrittenValues } from '../../domain/memory.ts'
import { type Executor, rowsOf } from '../database.ts'
import { batches, ints, time } from '../rows.ts'
import type { Extent } from './extent.ts'
import type { Moment } from './intervals.ts'
import type { PlanPlace } from './plan-rows.ts'
import { type Entry, enter, numberOf, recordRegister, words } from './registers.ts'

type ValueLesson = Extract<Lesson, { readonly lesson: 'value' }>

interface ValueRow {
  readonly account: number
  readonly attribute: number
  readonly mark: number
}

/** Notes which connection wrote an attribute last; a value that is emptied is nobody's. */
export async function learnValues(
  room: {
    readonly executor: Executor
    readonly place: PlanPlace
    readonly moment: Moment
    readonly accounts: ReadonlyMap<string, Entry>
  },
  lessons: readonly ValueLesson[],
): Promise<void> {
  if (lessons.length === 0) return
  const { executor, place, moment, accounts } = room
  const last = [...new Map(lessons.map((each) => [JSON.stringify([each.accountId, each.attribute]), each])).values()]
  const numbers = await words(executor, [place.connection, ...last.map(({ attribute }) => attribute)])
  const rowOf = ({ accountId, attribute, value }: ValueLesson): ValueRow => ({
    account: numberOf(accounts, accountId),
    attribute: numberOf(numbers, attribute),
    mark: markOf(attribute, value ?? ''),
  })
  for (const part of batches(last)) {
    const filled = part.filter(({ value }) => value !== null)
    const restored = await oursBefore(executor, filled.filter(({ how }) => how === 'set-back').map(rowOf))
    await sql`update attribute_value v set to_run = ${moment.run}, until = greatest(${time(moment.at)}, v.since)
      from ${given(part.map(rowOf))} where v.account = given.account and v.attribute = given.attribute
        and v.until is null`.execute(executor)
    const written = filled.filter(({ how }) => how === 'written').map(rowOf)
    const connection = numberOf(numbers, place.connection)
    for (const rows of [written.map((row) => ({ ...row, connection })), restored]) {
      await sql`insert into attribute_value (account, attribute, connection, mark, from_run, since)
        select account, attribute, connection, mark, ${moment.run}::int, ${time(moment.at)}
        from unnest(${ints(rows.map(({ account }) => account))}, ${ints(rows.map(({ attribute }) => attribute))},
          ${ints(rows.map((row) => row.connection))}, ${ints(rows.map(({ mark }) => mark))})
          as given(account, attribute, connection, mark)`.execute(executor)
    }
  }
}

/** Values that are set back and were ours when they last stood; the value over which the later one was written. */
async function oursBefore(
  executor: Executor,
  rows: readonly ValueRow[],
): Promise<readonly (ValueRow & { readonly connection: number })[]> {
  if (rows.length === 0) return []
  return await rowsOf(
    executor,
    sql`select given.account, given.attribute, given.mark, before.connection from ${given(rows)}
        join lateral (select v.connection, v.mark from attribute_value v
          where v.account = given.account and v.attribute = given.attribute and v.until is not null
          order by v.until desc, v.since desc limit 1) before on before.mark = given.mark`,
  )
}

function given(rows: readonly ValueRow[]) {
  return sql`unnest(${ints(rows.map(({ account }) => account))}, ${ints(rows.map(({ attribute }) => attribute))},
    ${ints(rows.map(({ mark }) => mark))}) as given(account, attribute, mark)`
}

export async function readWritten(executor: Executor, { open, accountIds }: Extent): Promise<WrittenValues[]> {
  const rows = await rowsOf<{ connection: string; attribute: string; accounts: string; marks: string }>(
    executor,
    sql`select c.text as connection, w.text as attribute, string_agg(v.account::text, ',' order by v.account) as accounts,
          string_agg(v.mark::text, ',' order by v.account) as marks
        from ${open('attribute_value')} v join word c on c.no = v.connection join word w on w.no = v.attribute
        group by c.text, w.text order by c.text, w.text`,
  )
  const ids = rows.length === 0 ? new Map<number, string>() : await accountIds()
  return rows.map(({ connection, attribute, accounts, marks }) => ({
    connection,
    attribute,
    accountIds: accounts.split(',').map((no) => ids.get(Number(no)) ?? ''),
    marks: marks.split(',').map(Number),
  }))
}

/** What the last good read of each connection delivered for accounts of this directory. */
export async function readDeliveries(
  executor: Executor,
  { directory, links, only, accountIds }: Extent,
): Promise<Deliveries[]> {
  const noted = await rowsOf<{ connection: string; snapshot: string }>(
    executor,
    sql`select connection, snapshot_id as snapshot from source_read
        where accepted_no is not null and has_deliveries order by connection`,
  )
  if (noted.length === 0) return []
  const linked =
    only === undefined
      ? sql`cross join lateral unnest(d.records) as delivered(record)
            join link l on l.directory = ${directory} and l.record = delivered.record`
      : sql`join ${links} l on l.record = any(d.records) and l.account = any(${ints(only.accounts)})`
  const rows = await rowsOf<{ snapshot: string; attribute: string; accounts: string }>(
    executor,
    sql`select d.snapshot_id as snapshot, w.text as attribute, string_agg(l.account::text, ',') as accounts
        from source_read r join attribute_delivery d on d.snapshot_id = r.snapshot_id join word w on w.no = d.attribute
          ${linked}
        where r.accepted_no is not null group by d.snapshot_id, w.text order by w.text`,
  )
  const ids = rows.length === 0 ? new Map<number, string>() : await accountIds()
  return noted.map(({ connection, snapshot }) => ({
    connection,
    accountIds: Object.fromEntries(
      rows
        .filter((row) => row.snapshot === snapshot)
        .map(({ attribute, accounts }) => [attribute, accounts.split(',').map((no) => ids.get(Number(no)) ?? '')]),
    ),
  }))
}

/** Source keys by attribute, as a read delivers them. */
export async function saveDeliveries(
  executor: Executor,
  snapshotId: string,
  source: string,
  keysByAttribute: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const labels = new Map(Object.values(keysByAttribute).flatMap((keys) => keys.map((key) => [key, ''] as const)))
  const records = await enter(executor, recordRegister, source, labels, { rename: true })
  const numbers = await words(executor, Object.keys(keysByAttribute))
  for (const [attribute, keys] of Object.entries(keysByAttribute)) {
    await sql`insert into attribute_delivery (snapshot_id, attribute, records)
      values (${snapshotId}, ${numberOf(numbers, attribute)}, ${ints(keys.map((key) => numberOf(records, key)))})
      on conflict (snapshot_id, attribute) do update set records = excluded.records`.execute(executor)
  }
}
