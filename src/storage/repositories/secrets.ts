import { sql, type Transaction } from 'kysely'
import type { SecretStore } from '../../ports/secrets.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf, serialize } from '../database.ts'
import type { MasterKeys } from '../master-keys.ts'
import { present, time } from '../rows.ts'
import { keyIdIn, seal, unseal } from '../sealing.ts'

interface Row {
  readonly owner: string
  readonly field: string
  readonly envelope: string
  readonly expires: number | null
}

const columns = sql`owner, field, envelope, expires_at as expires`

export function secretStore({ database, now }: StorageContext, keys: MasterKeys): SecretStore {
  const open = ({ owner, field, envelope }: Row): string | undefined => {
    const key = keys.byId(keyIdIn(envelope))
    return key === undefined ? undefined : unseal(key, belongsTo(owner, field), envelope)
  }
  return {
    put: async (owner, field, value, expires) => {
      await inTransaction(database, async (transaction) => {
        await sealSecret(transaction, keys, { owner, field, value, expires }, now())
      })
    },
    get: async (owner, field) => {
      const [row] = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from sealed_secret where owner = ${owner} and field = ${field}`,
      )
      return row === undefined ? undefined : open(row)
    },
    list: async () => {
      const rows = await rowsOf<Row>(database.kysely, sql`select ${columns} from sealed_secret order by owner, field`)
      type Listed = { owner: string; field: string; readable: boolean; expires?: number }
      return rows.map((row) => {
        const { owner, field, expires } = row
        return present<Listed>({ owner, field, readable: open(row) !== undefined, expires })
      })
    },
    remove: async (owner, field) => {
      await sql`delete from sealed_secret where owner = ${owner} and field = ${field}`.execute(database.kysely)
    },
    rotate: async () => {
      const next = keys.next()
      const count = await inTransaction(database, async (transaction) => {
        await serialize(transaction, 'secrets')
        const rows = await rowsOf<Row>(transaction, sql`select ${columns} from sealed_secret`)
        let sealed = 0
        for (const row of rows) {
          const value = open(row)
          if (value === undefined) continue
          const envelope = seal(next.key, belongsTo(row.owner, row.field), value)
          await sql`update sealed_secret set envelope = ${envelope} where owner = ${row.owner} and field = ${row.field}`.execute(
            transaction,
          )
          sealed += 1
        }
        return sealed
      })
      next.commit()
      return count
    },
  }
}

/** Seals one secret within a transaction of somebody else. */
export async function sealSecret(
  transaction: Transaction<unknown>,
  keys: MasterKeys,
  {
    owner,
    field,
    value,
    expires,
  }: { readonly owner: string; readonly field: string; readonly value: string; readonly expires?: number | undefined },
  at: number,
): Promise<void> {
  // A rotation of the master key must not pass by between the two.
  await serialize(transaction, 'secrets')
  await sql`insert into sealed_secret (owner, field, envelope, expires_at, saved_at)
    values (${owner}, ${field}, ${seal(keys.current(), belongsTo(owner, field), value)}, ${time(expires)}, ${time(at)})
    on conflict (owner, field) do update set envelope = excluded.envelope, expires_at = excluded.expires_at,
      saved_at = excluded.saved_at`.execute(transaction)
}

function belongsTo(owner: string, field: string): string {
  return JSON.stringify([owner, field])
}
