import { type RawBuilder, sql } from 'kysely'
import type { Concerned } from '../../ports/directories.ts'
import { type Executor, rowsOf } from '../database.ts'
import { ints, texts } from '../rows.ts'
import { accountRegister, entries, groupRegister } from './registers.ts'

/** Ids by their number. They are looked up here and not in the queries: each is one text however many rows name it. */
export type Ids = ReadonlyMap<number, string>

/** Tables with a row per account that is open while it has no `until`. */
type Ledger =
  | 'membership_grant'
  | 'account_grant'
  | 'product_access'
  | 'attribute_value'
  | 'membership_taken'
  | 'deactivation'

/** Of which accounts of a directory, and of which records of a source, rows are read. */
export interface Extent {
  readonly directory: number
  /** Open rows of a ledger, as something to select from. */
  open(ledger: Ledger): RawBuilder<unknown>
  /** Rows of `custom_value`, which are never closed. */
  readonly customValues: RawBuilder<unknown>
  /** Rows of `link`, of all sources. */
  readonly links: RawBuilder<unknown>
  accountIds(): Promise<Ids>
  groupIds(numbers: readonly number[]): Promise<Ids>
  /** Absent = the extent is everybody. */
  readonly only?: Only
}

/** Whom an extent is about, by number: accounts, their records in every source, and the records that were named. */
export interface Only {
  readonly people: readonly string[]
  readonly accounts: readonly number[]
  readonly records: readonly number[]
}

/** Everybody in a directory. */
export function wholeExtent(executor: Executor, directory: number): Extent {
  const once = (register: typeof accountRegister) => {
    let known: Promise<Ids> | undefined
    const read = async () => new Map((await entries(executor, register, directory)).map(({ no, id }) => [no, id]))
    return () => {
      known ??= read()
      return known
    }
  }
  const ofAccounts = (table: string, condition: RawBuilder<unknown>) =>
    sql`(select x.* from ${sql.table(table)} x join directory_account a on a.no = x.account
         where a.directory = ${directory} ${condition})`
  return {
    directory,
    open: (ledger) =>
      ledger === 'membership_grant'
        ? sql`(select x.* from membership_grant x join directory_group g on g.no = x.grp
               where g.directory = ${directory} and x.until is null)`
        : ofAccounts(ledger, sql`and x.until is null`),
    customValues: ofAccounts('custom_value', sql``),
    links: sql`(select * from link where directory = ${directory})`,
    accountIds: once(accountRegister),
    groupIds: once(groupRegister),
  }
}

/** Some people and accounts: every row is found by an index, however large the directory is. */
export async function smallExtent(
  executor: Executor,
  directory: number,
  source: string,
  { people, accounts }: Concerned,
): Promise<Extent> {
  const found = await rowsOf<{ no: number; id: string }>(
    executor,
    sql`select a.no, a.account_id as id from unnest(${texts(accounts)}) as given(id) cross join lateral (
          select no, account_id from directory_account where directory = ${directory} and account_id = given.id limit 1) a`,
  )
  const numbers = found.map(({ no }) => no)
  const records = await rowsOf<{ no: number }>(
    executor,
    sql`select r.no from unnest(${texts(people)}) as given(key) cross join lateral (
          select no from source_record where source = ${source} and key = given.key limit 1) r
        union select l.record from ${perAccount('link', numbers)} l`,
  )
  const recordNumbers = records.map(({ no }) => no)
  return {
    directory,
    open: (ledger) => perAccount(ledger, numbers, sql`and until is null`),
    customValues: perAccount('custom_value', numbers),
    links: sql`(select x.* from unnest(${ints(recordNumbers)}) as given(no) cross join lateral (
      select * from link where directory = ${directory} and record = given.no limit 1) x)`,
    accountIds: async () => new Map(found.map(({ no, id }) => [no, id])),
    groupIds: async (groups) => {
      const rows = await rowsOf<{ no: number; id: string }>(
        executor,
        sql`select no, group_id as id from directory_group where no = any(${ints([...new Set(groups)])})`,
      )
      return new Map(rows.map(({ no, id }) => [no, id]))
    },
    only: { people, accounts: numbers, records: recordNumbers },
  }
}

/** One look into the index for each account; `offset 0` keeps the planner from reading the table instead. */
function perAccount(table: string, accounts: readonly number[], condition = sql``): RawBuilder<unknown> {
  return sql`(select x.* from unnest(${ints(accounts)}) as given(no) cross join lateral (
    select * from ${sql.table(table)} where account = given.no ${condition} offset 0) x)`
}
