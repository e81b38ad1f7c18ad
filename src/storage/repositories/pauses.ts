import { sql } from 'kysely'
import type { Pause, PauseStore } from '../../ports/pauses.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'

const columns = sql`connection, since, paused_by as "by", why`

export function pauseStore({ database, now }: StorageContext): PauseStore {
  return {
    list: async () =>
      withoutNulls(await rowsOf<PauseRow>(database.kysely, sql`select ${columns} from connection_pause`)),
    get: async (connection) =>
      withoutNulls(
        await rowsOf<PauseRow>(
          database.kysely,
          sql`select ${columns} from connection_pause where connection = ${connection}`,
        ),
      )[0],
    pause: async (connection, by, why) => {
      const rows = await rowsOf(
        database.kysely,
        sql`insert into connection_pause (connection, since, paused_by, why)
            values (${connection}, ${new Date(now()).toISOString()}::timestamptz, ${by}, ${why ?? null})
            on conflict (connection) do nothing returning connection`,
      )
      return rows.length > 0
    },
    resume: async (connection) => {
      const rows = await rowsOf(
        database.kysely,
        sql`delete from connection_pause where connection = ${connection} returning connection`,
      )
      return rows.length > 0
    },
  }
}

type PauseRow = Omit<Pause, 'why'> & { readonly why: string | null }

function withoutNulls(rows: readonly PauseRow[]): readonly Pause[] {
  return rows.map(({ why, ...row }) => (why === null ? row : { ...row, why }))
}
