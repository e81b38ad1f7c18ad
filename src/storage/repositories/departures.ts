import { sql } from 'kysely'
import type { Departure } from '../../domain/memory.ts'
import type { DepartureStore } from '../../ports/departures.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { batches, texts } from '../rows.ts'

export function departureStore({ database }: StorageContext): DepartureStore {
  return {
    get: async (connection, sourceKey) => {
      const [row] = await rowsOf<Departure>(
        database.kysely,
        sql`select source_key as "sourceKey", signal, first_proven_at as "firstProvenAt" from departure
            where connection = ${connection} and source_key = ${sourceKey}`,
      )
      return row
    },
    save: async (connection, proven, clearedKeys) =>
      await inTransaction(database, async (transaction) => {
        for (const keys of batches(clearedKeys)) {
          await sql`delete from departure where connection = ${connection} and source_key = any(${texts(keys)})`.execute(
            transaction,
          )
        }
        const byKey = new Map(proven.map((departure) => [departure.sourceKey, departure]))
        for (const rows of batches([...byKey.values()])) await write(rows, connection).execute(transaction)
      }),
  }
}

/** A known departure keeps its date, unless it turned from `disabled` to `left` or back: those have stages of their own. */
function write(rows: readonly Departure[], connection: string) {
  const dates = rows.map(({ firstProvenAt }) => new Date(firstProvenAt).toISOString())
  return sql`
    insert into departure as known (connection, source_key, signal, first_proven_at)
    select ${connection}, key, signal, at::timestamptz
    from unnest(${texts(rows.map(({ sourceKey }) => sourceKey))}, ${texts(rows.map(({ signal }) => signal))}, ${texts(dates)})
      as given(key, signal, at)
    on conflict (connection, source_key) do update set
      signal = excluded.signal,
      first_proven_at = case
        when (known.signal = 'disabled') = (excluded.signal = 'disabled') then known.first_proven_at
        else excluded.first_proven_at end
    where known.signal <> excluded.signal`
}
