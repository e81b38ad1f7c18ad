import { sql } from 'kysely'
import type { Drift, DriftLook } from '../../domain/drift.ts'
import { foldKey } from '../../domain/identity.ts'
import type { DriftStore } from '../../ports/drift.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf, serialize } from '../database.ts'
import { anywhere, batches, ints, json, jsonText, limitOf, numberCursor, slice, texts, time } from '../rows.ts'

export function driftStore({ database }: StorageContext): DriftStore {
  return {
    replace: async (connection, look, found) =>
      await inTransaction(database, async (transaction) => {
        await serialize(transaction, `drift of ${connection}`)
        await sql`delete from drift_look where connection = ${connection}`.execute(transaction)
        await sql`insert into drift_look (connection, read_at, looked_by, unproven)
          values (${connection}, ${time(look.readAt)}, ${look.by}, ${json(look.unproven)})`.execute(transaction)
        let no = 0
        for (const part of batches(found)) {
          const numbers = part.map(() => ++no)
          await sql`insert into drift (connection, no, kind, label_key, found)
            select ${connection}, no, kind, label_key, found::json
            from unnest(${ints(numbers)}, ${texts(part.map(({ kind }) => kind))},
              ${texts(part.map(labelKeyOf))}, ${texts(part.map(jsonText))})
              as given(no, kind, label_key, found)`.execute(transaction)
        }
      }),
    last: async (connection) => {
      const [look] = await rowsOf<DriftLook>(
        database.kysely,
        sql`select read_at as "readAt", looked_by as "by", unproven from drift_look where connection = ${connection}`,
      )
      if (look === undefined) return undefined
      const counts = await rowsOf<{ kind: Drift['kind']; count: number }>(
        database.kysely,
        sql`select kind, count(*)::int as count from drift where connection = ${connection} group by kind`,
      )
      return { ...look, counts: Object.fromEntries(counts.map(({ kind, count }) => [kind, count])) }
    },
    list: async (connection, { kinds, text = '' }, page) => {
      const rows = await rowsOf<{ no: number; found: Drift }>(
        database.kysely,
        sql`select no, found from drift where connection = ${connection} and no > ${numberCursor(page, 0)}
            ${kinds === undefined ? sql`` : sql`and kind = any(${texts(kinds)})`}
            and label_key like ${anywhere(foldKey(text))}
            order by no limit ${limitOf(page) + 1}`,
      )
      return slice(
        rows,
        page,
        ({ found }) => found,
        ({ no }) => no,
      )
    },
  }
}

/** Everything that people look for: names and ids of account and group, and the attribute. */
function labelKeyOf({ account, group, attribute }: Drift): string {
  const names = [account?.label, account?.id, group?.name, group?.id, attribute]
  return foldKey(names.filter((each) => each !== undefined).join('\n'))
}
