import { sql } from 'kysely'
import type { Drift, DriftLook } from '../../domain/drift.ts'
import { foldKey } from '../../domain/identity.ts'
import type { DriftStore } from '../../ports/drift.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf, serialize } from '../database.ts'
import { anywhere, batches, ints, json, jsonText, limitOf, numberCursor, slice, texts, time } from '../rows.ts'
import { type StandingColumns, standingAbout, standingColumns, standingDecision } from './exceptions.ts'

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
          await sql`insert into drift (connection, no, id, kind, label_key, found)
            select ${connection}, no, id, kind, label_key, found::json
            from unnest(${ints(numbers)}, ${texts(part.map(({ id }) => id))}, ${texts(part.map(({ kind }) => kind))},
              ${texts(part.map(labelKeyOf))}, ${texts(part.map(({ id: _, ...rest }) => jsonText(rest)))})
              as given(no, id, kind, label_key, found)`.execute(transaction)
        }
      }),
    last: async (connection) => {
      const [look] = await rowsOf<DriftLook>(
        database.kysely,
        sql`select read_at as "readAt", looked_by as "by", unproven from drift_look where connection = ${connection}`,
      )
      if (look === undefined) return undefined
      const counts = await rowsOf<{ kind: Drift['kind']; count: number; decided: number }>(
        database.kysely,
        sql`select f.kind, count(*)::int as count, count(x.no)::int as decided
            from drift f ${standing(connection)} where f.connection = ${connection} group by f.kind`,
      )
      return {
        ...look,
        counts: Object.fromEntries(counts.map(({ kind, count }) => [kind, count])),
        decided: counts.reduce((sum, { decided }) => sum + decided, 0),
      }
    },
    list: async (connection, { kinds, text = '', decided, ids }, page) => {
      const rows = await rowsOf<{ no: number; id: string; found: Drift } & StandingColumns>(
        database.kysely,
        sql`select f.no, f.id, f.found, ${standingColumns} from drift f ${standing(connection)}
            where f.connection = ${connection} and f.no > ${numberCursor(page, 0)}
            ${kinds === undefined ? sql`` : sql`and f.kind = any(${texts(kinds)})`}
            ${ids === undefined ? sql`` : sql`and f.id = any(${texts(ids)})`}
            ${decided === undefined ? sql`` : sql`and (x.no is not null) = ${decided}`}
            and f.label_key like ${anywhere(foldKey(text))}
            order by f.no limit ${limitOf(page) + 1}`,
      )
      return slice(
        rows,
        page,
        ({ id, found, ...row }) => {
          const standing = standingDecision(row)
          return { ...found, id, ...(standing === undefined ? {} : { decided: standing }) }
        },
        ({ no }) => no,
      )
    },
  }
}

/** What this connection decided about a difference. */
function standing(connection: string) {
  return standingAbout(
    connection,
    sql`x.about = f.kind and x.account_id = coalesce(f.found->'account'->>'id', '')
      and x.group_id = coalesce(f.found->'group'->>'id', '') and x.attribute = coalesce(f.found->>'attribute', '')`,
  )
}

/** Everything that people look for: names and ids of account and group, and the attribute. */
function labelKeyOf({ account, group, attribute }: Drift): string {
  const names = [account?.label, account?.id, group?.name, group?.id, attribute]
  return foldKey(names.filter((each) => each !== undefined).join('\n'))
}
