import { sql } from 'kysely'
import { newId } from '../../platform/ids.ts'
import type { PushRequest, PushRequests } from '../../ports/push-directory.ts'
import type { StorageContext } from '../context.ts'
import { inTransaction, rowsOf } from '../database.ts'
import { limitOf, present, slice, storable, textCursor } from '../rows.ts'

/** As much as a support case needs; older requests of a source go. */
const keptPerSource = 2_000

interface Row extends PushRequest {
  readonly id: string
}

export function pushRequests({ database }: StorageContext): PushRequests {
  return {
    append: async (source, requests) => {
      if (requests.length === 0) return
      const rows = requests.slice(-keptPerSource).map((request) => ({
        ...request,
        id: newId(request.at),
        at: new Date(request.at).toISOString(),
        duration_ms: Math.round(request.durationMs),
      }))
      await inTransaction(database, async (transaction) => {
        await sql`insert into push_request (id, source, at, method, path, status, subject, duration_ms, body, problem, notices)
          select id, ${source}, at, method, path, status, subject, duration_ms, body, problem, notices
          from json_to_recordset(${JSON.stringify(storable(rows))}::json) as given(id text, at timestamptz, method text, path text,
            status int, subject text, duration_ms int, body text, problem text, notices text[])`.execute(transaction)
        await sql`delete from push_request where source = ${source} and id < (select id from push_request where source = ${source}
          order by id desc offset ${keptPerSource - 1} limit 1)`.execute(transaction)
      })
    },
    list: async (source, { failedOnly = false }, page) => {
      const before = textCursor(page)
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select id, at, method, path, status, subject, duration_ms as "durationMs", body, problem, notices from push_request
            where source = ${source} ${failedOnly ? sql`and status >= 400` : sql``}
            ${before === undefined ? sql`` : sql`and id < ${before}`} order by id desc limit ${limitOf(page) + 1}`,
      )
      return slice(
        rows,
        page,
        (row) => present<Row>(row),
        ({ id }) => id,
      )
    },
  }
}
