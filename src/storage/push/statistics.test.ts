import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { createDocument } from '../../scim/resource.ts'
import { createRegistry } from '../../scim/schema/registry.ts'
import { openDatabase, rowsOf } from '../database.ts'
import { createStatistics } from './statistics.ts'

it('tables are looked at after 100, 800 and 6,400 rows, whether looking works or not', () => {
  let looks = 0
  const seen: number[] = []
  const { added } = createStatistics(async () => {
    looks += 1
    throw new Error('The store was closed.')
  })
  for (let no = 1; no <= 10_000; no += 1) {
    const before = looks
    added(1)
    if (looks > before) seen.push(no)
  }
  expect(seen).toEqual([100, 800, 6_400])
})

it('tables are looked at once for a thousand rows that come together', () => {
  let looks = 0
  const { added } = createStatistics(async () => {
    looks += 1
  })
  added(1_000)
  added(1_000)
  expect(looks).toBe(1)
  added(5_000)
  expect(looks).toBe(2)
})

describeOnBothStores('a directory that fills', (current) => {
  const [users, groups] = createRegistry().types
  const rules = { refusesCycles: true, maxMembers: 1_000 }

  it('is known to the store after 100 creations, and its groups after 100 members', { timeout: 120_000 }, async () => {
    const { directory } = current().store.push
    const database = await openDatabase(current().place.connection)
    try {
      const ids: string[] = []
      for (let no = 0; no < 100; no += 1) {
        const document = createDocument(users, { userName: `person-${no}` })
        ids.push((await directory.create('entra', users, document, rules)).resource.id)
      }
      const known = async (table: string) => {
        const [row] = await rowsOf<{ rows: number }>(
          database.kysely,
          sql`select reltuples::int as rows from pg_class where relname = ${table}`,
        )
        return row!.rows
      }
      await expect.poll(() => known('push_resource'), { timeout: 90_000 }).toBe(100)
      const everybody = { displayName: 'everybody', members: ids.map((value) => ({ value })) }
      await directory.create('entra', groups, createDocument(groups, everybody), rules)
      await expect.poll(() => known('push_member'), { timeout: 90_000 }).toBe(100)
    } finally {
      await database.close()
    }
  })
})
