import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { createDocument } from '../../scim/resource.ts'
import { createRegistry } from '../../scim/schema/registry.ts'
import { openDatabase, rowsOf } from '../database.ts'
import { createStatistics } from './statistics.ts'

it('tables are looked at after 100, 800 and 6,400 creations, whether looking works or not', () => {
  let looks = 0
  const seen: number[] = []
  const { created } = createStatistics(async () => {
    looks += 1
    throw new Error('The store was closed.')
  })
  for (let no = 1; no <= 10_000; no += 1) {
    const before = looks
    created()
    if (looks > before) seen.push(no)
  }
  expect(seen).toEqual([100, 800, 6_400])
})

describeOnBothStores('a directory that fills', (current) => {
  const [users] = createRegistry().types

  it('is known to the store after 100 creations', { timeout: 120_000 }, async () => {
    const { directory } = current().store.push
    const database = await openDatabase(current().place.connection)
    try {
      for (let no = 0; no < 100; no += 1) {
        const document = createDocument(users, { userName: `person-${no}` })
        await directory.create('entra', users, document, { refusesCycles: true, maxMembers: 1_000 })
      }
      const known = async () => {
        const [row] = await rowsOf<{ rows: number }>(
          database.kysely,
          sql`select reltuples::int as rows from pg_class where relname = 'push_resource'`,
        )
        return row!.rows
      }
      await expect.poll(known, { timeout: 90_000 }).toBe(100)
    } finally {
      await database.close()
    }
  })
})
