import { sql } from 'kysely'
import { fail } from '../../domain/errors.ts'
import type { Fence, LeaseStore } from '../../ports/leases.ts'
import type { StorageContext } from '../context.ts'
import { type Executor, rowsOf } from '../database.ts'

const until = (leaseMs: number) => sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`

/** Leases live by the database's clock. The row stays for ever, so that an epoch is never used twice. */
export function leaseStore({ database }: StorageContext): LeaseStore {
  return {
    acquire: async (directoryKey, holder, leaseMs) => {
      const [row] = await rowsOf<{ epoch: number }>(
        database.kysely,
        sql`insert into lease as held (directory_key, holder, epoch, expires_at)
            values (${directoryKey}, ${holder}, 1, ${until(leaseMs)})
            on conflict (directory_key) do update set
              holder = excluded.holder,
              epoch = case when held.holder = excluded.holder and held.expires_at > clock_timestamp()
                then held.epoch else held.epoch + 1 end,
              expires_at = excluded.expires_at
            where held.holder is null or held.holder = excluded.holder or held.expires_at <= clock_timestamp()
            returning epoch`,
      )
      return row === undefined ? undefined : { directoryKey, holder, epoch: row.epoch }
    },
    renew: async (fence, leaseMs) => {
      const rows = await rowsOf(
        database.kysely,
        sql`update lease set expires_at = ${until(leaseMs)} where ${matches(fence)} returning epoch`,
      )
      return rows.length > 0
    },
    release: async (fence) => {
      await sql`update lease set holder = null, expires_at = clock_timestamp() where ${matches(fence)}`.execute(
        database.kysely,
      )
    },
    holder: async (directoryKey) => {
      const [row] = await rowsOf<{ holder: string; epoch: number; expiresAt: number }>(
        database.kysely,
        sql`select holder, epoch, expires_at as "expiresAt" from lease
            where directory_key = ${directoryKey} and holder is not null and expires_at > clock_timestamp()`,
      )
      return row === undefined ? undefined : { directoryKey, ...row }
    },
  }
}

function matches({ directoryKey, holder, epoch }: Fence) {
  return sql`directory_key = ${directoryKey} and holder = ${holder} and epoch = ${epoch}`
}

/** Holds the lease still until the transaction ends. Throws `usurped` when it is somebody else's by now. */
export async function assertFence(transaction: Executor, fence: Fence): Promise<void> {
  const rows = await rowsOf(transaction, sql`select epoch from lease where ${matches(fence)} for share`)
  if (rows.length > 0) return
  throw fail.usurped(`Another process took over the directory ${fence.directoryKey}.`, {
    hint: 'Nothing more was sent. Watch the run that goes on with `muster runs`.',
  })
}
