import { sql, type Transaction } from 'kysely'
import { fail } from '../../domain/errors.ts'
import type { TargetSnapshot } from '../../domain/snapshot.ts'
import { type Database, inTransaction, rowsOf, serialize } from '../database.ts'
import type { Moment } from './intervals.ts'

/** A read of a target that is being stored. */
export interface Observed {
  readonly database: Database
  readonly snapshot: TargetSnapshot
  /** The number of its directory. */
  readonly directory: number
  readonly moment: Moment
  readonly sizes: Sizes
}

interface Sizes {
  /** Rows that one statement reads at most. */
  readonly read: number
  /** Accounts or memberships that one transaction writes at most. */
  readonly write: number
}

/** On the embedded store either is done within a few tenths of a second. */
export const observedSizes: Sizes = { read: 20_000, write: 2_500 }

/** One transaction of many; reads of one directory take turns. Throws `conflict` when the directory was re-keyed meanwhile. */
export async function step<Result>(
  { database, directory, snapshot: { directoryKey } }: Observed,
  work: (transaction: Transaction<unknown>) => Promise<Result>,
): Promise<Result> {
  return await inTransaction(database, async (transaction) => {
    await serialize(transaction, `directory ${directoryKey}`)
    // Held still: ids of the old key must not be entered once groups go by other ids.
    const known = await rowsOf(
      transaction,
      sql`select no from directory where no = ${directory} and key = ${directoryKey} for share`,
    )
    if (known.length > 0) return await work(transaction)
    throw fail.conflict(`The directory ${directoryKey} got another key while its read was stored.`, {
      hint: 'What was read stands under the old key. Run the connection again.',
    })
  })
}
