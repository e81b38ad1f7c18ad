import { sql } from 'kysely'
import { type Database, type Executor, inTransaction, rowsOf, serialize } from './database.ts'

/** Changes of plans stand in one table a month, so that old ones are dropped and not deleted (D11). */

/** Makes the table of a month (`2026-11-01`) and of the one after it, once, whoever else does the same. */
export async function ensureMonths(database: Database, month: string): Promise<void> {
  const wanted = [month, nextMonth(month)]
  if ((await missing(database.kysely, wanted)).length === 0) return
  await inTransaction(database, async (transaction) => {
    await serialize(transaction, 'partitions')
    await makeMonths(transaction, await missing(transaction, wanted))
  })
}

export async function makeMonths(executor: Executor, months: readonly string[]): Promise<void> {
  for (const month of await missing(executor, months)) {
    await sql`create table ${sql.table(tableOf(month))} partition of plan_change
      for values from (${sql.lit(month)}) to (${sql.lit(nextMonth(month))})`.execute(executor)
  }
}

async function missing(executor: Executor, months: readonly string[]): Promise<string[]> {
  const absent: string[] = []
  for (const month of months) {
    const [row] = await rowsOf<{ exists: boolean }>(
      executor,
      sql`select to_regclass(${tableOf(month)}) is not null as exists`,
    )
    if (row?.exists !== true) absent.push(month)
  }
  return absent
}

export function tableOf(month: string): string {
  return `plan_change_${month.slice(0, 7).replace('-', '_')}`
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, '0')}-01`
}
