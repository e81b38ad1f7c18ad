import { sql } from 'kysely'
import type { SignInAttempts } from '../../ports/sign-in.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { texts, time } from '../rows.ts'

/** Failures older than this count no more. */
const forgottenAfterMs = 3_600_000
/** However many names and addresses somebody tries, no more is remembered. */
const mostRows = 20_000

interface Row {
  readonly key: string
  readonly failures: number
  readonly lastAt: number
}

export function signInAttempts({ database, now }: StorageContext): SignInAttempts {
  return {
    begin: async (limits) =>
      await inTransaction(database, async (transaction) => {
        const at = now()
        const keys = limits.map(({ key }) => key).sort()
        await sql`delete from sign_in_attempt where last_at < ${time(at - forgottenAfterMs)}`.execute(transaction)
        await sql`delete from sign_in_attempt where key in (select key from sign_in_attempt where key <> all(${texts(keys)})
            order by last_at limit (select greatest(0, count(*) - ${mostRows}) from sign_in_attempt))`.execute(
          transaction,
        )
        await sql`insert into sign_in_attempt (key, failures, last_at)
          select key, 0, ${time(at)} from unnest(${texts(keys)}) as given(key) on conflict do nothing`.execute(
          transaction,
        )
        const rows = await rowsOf<Row>(
          transaction,
          sql`select key, failures, last_at as "lastAt" from sign_in_attempt where key = any(${texts(keys)})
              order by key for update`,
        )
        const waits = limits.map(({ key, waitMs }) => {
          const row = rows.find((each) => each.key === key)
          return row === undefined ? 0 : waitMs(row.failures, row.lastAt)
        })
        const longest = Math.max(0, ...waits)
        if (longest > 0) return longest
        await sql`update sign_in_attempt set failures = failures + 1, last_at = ${time(at)}
          where key = any(${texts(keys)})`.execute(transaction)
        return 0
      }),
    succeed: async (forgiven, counted) => {
      await sql`delete from sign_in_attempt where key = any(${texts(forgiven)})`.execute(database.kysely)
      await sql`update sign_in_attempt set failures = greatest(0, failures - 1)
        where key = any(${texts(counted)})`.execute(database.kysely)
    },
  }
}
