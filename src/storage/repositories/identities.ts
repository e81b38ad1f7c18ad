import { sql } from 'kysely'
import type { IdentityStore, SamePerson } from '../../ports/identities.ts'
import type { StorageContext } from '../context.ts'
import { rowsOf } from '../database.ts'
import { limitOf, numberCursor, slice, time } from '../rows.ts'

interface Row extends Omit<SamePerson, 'id'> {
  readonly no: number
}

const columns = sql`no, one, other, linked_at as "linkedAt", linked_by as "linkedBy"`

export function identityStore({ database, now }: StorageContext): IdentityStore {
  return {
    list: async (page) => {
      const rows = await rowsOf<Row>(
        database.kysely,
        sql`select ${columns} from same_person where ended_at is null and no > ${numberCursor(page, 0)}
            order by no limit ${limitOf(page) + 1}`,
      )
      return slice(rows, page, samePerson, ({ no }) => no)
    },
    link: async (one, other, by) => {
      const [first = '', second = ''] = [one, other].sort()
      const [row] = await rowsOf<Row>(
        database.kysely,
        sql`insert into same_person (one, other, linked_at, linked_by)
            values (${first}, ${second}, ${time(now())}, ${by})
            on conflict (one, other) where ended_at is null do nothing returning ${columns}`,
      )
      return row === undefined ? undefined : samePerson(row)
    },
    unlink: async (id, by) => {
      if (!/^\d{1,9}$/.test(id)) return undefined
      const [row] = await rowsOf<Row>(
        database.kysely,
        sql`update same_person set ended_at = ${time(now())}, ended_by = ${by}
            where no = ${Number(id)} and ended_at is null returning ${columns}`,
      )
      return row === undefined ? undefined : samePerson(row)
    },
    pairsSince: async (since) => {
      const rows = await rowsOf<{ one: string; other: string }>(
        database.kysely,
        sql`select one, other from same_person where ended_at is null or ended_at >= ${time(since)}`,
      )
      return rows.map(({ one, other }) => [one, other] as const)
    },
  }
}

function samePerson({ no, ...rest }: Row): SamePerson {
  return { id: String(no), ...rest }
}
