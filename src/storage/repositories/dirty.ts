import { sql } from 'kysely'
import type { DirtyRecord, DirtyStore } from '../../ports/dirty.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'
import { batches, ints, texts, time } from '../rows.ts'

export function dirtyStore({ database }: StorageContext): DirtyStore {
  return {
    gather: async (followers) => {
      const [row] = await rowsOf<{ count: number }>(
        database.kysely,
        sql`with taken as (delete from push_change returning source, kind, key, urgent),
              followers as (select * from unnest(${texts(followers.map(({ key }) => key))},
                ${texts(followers.map(({ source }) => source))}) as given(connection, source)),
              noted as (
                insert into dirty_record as d (connection, kind, key, urgent)
                select f.connection, t.kind, t.key, bool_or(t.urgent) from taken t join followers f on f.source = t.source
                group by f.connection, t.kind, t.key order by f.connection, t.kind, t.key
                on conflict (connection, kind, key) do update set urgent = d.urgent or excluded.urgent, no = default,
                  noted_at = default
                returning 1)
            select count(*)::int as count from noted`,
      )
      return row?.count ?? 0
    },
    tally: async () =>
      await rowsOf<{ connection: string; urgent: number; others: number; last: number }>(
        database.kysely,
        sql`select connection, count(*) filter (where urgent)::int as urgent, count(*) filter (where not urgent)::int as others,
              max(no) as last
            from dirty_record group by connection order by connection`,
      ),
    list: async (connection, urgent, limit) =>
      await rowsOf<DirtyRecord>(
        database.kysely,
        sql`select kind, key, no from dirty_record where connection = ${connection} and urgent = ${urgent}
            order by no limit ${limit}`,
      ),
    done: async (connection, records) => {
      for (const part of batches(records)) {
        await sql`delete from dirty_record d using unnest(${texts(part.map(({ kind }) => kind))},
              ${texts(part.map(({ key }) => key))}, ${ints(part.map(({ no }) => no))}) as given(kind, key, no)
            where d.connection = ${connection} and d.kind = given.kind and d.key = given.key
              and d.no = given.no`.execute(database.kysely)
      }
    },
    readAsAWhole: async (connection, read) => {
      const which = 'last' in read ? sql`no <= ${read.last}` : sql`noted_at < ${time(read.before)}`
      await sql`delete from dirty_record where connection = ${connection} and ${which}`.execute(database.kysely)
    },
    planned: async (connection, subjects, at) => {
      for (const part of batches([...subjects].sort())) {
        await sql`insert into planned_alone as p (connection, subject, at)
            select ${connection}, subject, ${time(at)} from unnest(${texts(part)}) as given(subject)
            on conflict (connection, subject) do update set at = greatest(p.at, excluded.at)`.execute(database.kysely)
      }
    },
    plannedSince: async (connection, subjects, since) => {
      const rows = await rowsOf<{ subject: string }>(
        database.kysely,
        sql`select p.subject from unnest(${texts(subjects)}) as given(subject)
            join planned_alone p on p.connection = ${connection} and p.subject = given.subject where p.at > ${time(since)}`,
      )
      return new Set(rows.map(({ subject }) => subject))
    },
  }
}
