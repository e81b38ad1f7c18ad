import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { describeOnBothStores, postgresComponent, withStore } from '../../test/support/store.ts'
import { temporaryFolder } from '../../test/support/temporary.ts'
import { inTransaction, kept, openDatabase, rowsOf } from './database.ts'
import { openStore } from './store.ts'

describeOnBothStores('database', (current) => {
  const withDatabase = async (work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<void>) => {
    const database = await openDatabase(current().place.connection)
    await work(database).finally(() => database.close())
  }

  it('hands out whole numbers and instants, never a bigint or a date', async () => {
    await withDatabase(async ({ kysely }) => {
      const [row] = await rowsOf(
        kysely,
        sql`select 5::bigint as big, 7::numeric as exact, timestamptz '2026-11-21 12:00:00.123+01' as at, count(*) from word`,
      )
      expect(row).toEqual({ big: 5, exact: 7, at: Date.UTC(2026, 10, 21, 11, 0, 0, 123), count: 0 })
      await expect(rowsOf(kysely, sql`select 9007199254740993 as huge`)).rejects.toThrow('does not fit')
    })
  })

  it('never mixes the statements of eight connections, however large they are', async () => {
    const big = 'x'.repeat(400_000)
    await withDatabase(async ({ kysely }) => {
      const answers = Array.from({ length: 80 }, async (_, index) => {
        const [row] =
          index % 2 === 0
            ? await rowsOf<{ answer: number }>(kysely, sql`select ${index}::int * 1 as answer`)
            : await rowsOf<{ answer: number }>(kysely, sql`select length(${big}::text) + ${index}::int as answer`)
        return row?.answer === (index % 2 === 0 ? index : 400_000 + index)
      })
      expect(new Set(await Promise.all(answers))).toEqual(new Set([true]))
    })
  })

  it('counts to 200 with eight connections that each read, change and write', async () => {
    await withDatabase(async (database) => {
      await sql`insert into word (text) values ('0')`.execute(database.kysely)
      const step = async () =>
        await inTransaction(database, async (transaction) => {
          const [row] = await rowsOf<{ text: string }>(transaction, sql`select text from word for update`)
          await sql`update word set text = ${String(Number(row?.text) + 1)}`.execute(transaction)
        })
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let turn = 0; turn < 25; turn += 1) await step()
        }),
      )
      expect(await rowsOf(database.kysely, sql`select text from word`)).toEqual([{ text: '200' }])
    })
  })

  it('keeps the statements it is told to, and notices when what they go through changes', async () => {
    await withDatabase(async ({ kysely }) => {
      await sql`create table note (text text)`.execute(kysely)
      const notes = async () =>
        await rowsOf(kysely, sql`${kept}select text from note where text <> ${'nothing'} order by text`)
      const all = async () => await Promise.all(Array.from({ length: 8 }, notes))
      expect(new Set((await all()).map((rows) => rows.length))).toEqual(new Set([0]))
      await sql`insert into note values ('a')`.execute(kysely)
      await sql`alter table note add column more int`.execute(kysely)
      await sql`create index note_text on note (text)`.execute(kysely)
      for (const rows of await all()) expect(rows).toEqual([{ text: 'a' }])
      const known = await rowsOf<{ text: string }>(
        kysely,
        sql`select statement as text from pg_prepared_statements where name like 'kept\_%'`,
      )
      expect(known.map(({ text }) => text)).toEqual([expect.stringContaining('from note')])
    })
  })

  it('lets only the failing ones of many parallel statements fail', async () => {
    await withDatabase(async ({ kysely }) => {
      const results = await Promise.allSettled(
        Array.from({ length: 40 }, async (_, index) => await rowsOf(kysely, sql`select 1 / ${index % 5}::int as x`)),
      )
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(8)
    })
  })

  it('tries a transaction again when the server asks for it', async () => {
    await withDatabase(async (database) => {
      let tries = 0
      const answer = await inTransaction(database, async (transaction) => {
        tries += 1
        if (tries < 3) await sql`do $$ begin raise exception sqlstate '40001'; end $$`.execute(transaction)
        return 'done'
      })
      expect([answer, tries]).toEqual(['done', 3])
    })
  })

  it('refuses a store that a newer version wrote, and changes nothing', async () => {
    const { place } = current()
    await withDatabase(async ({ kysely }) => {
      await sql`insert into schema_migration (number, name, checksum) values (9999, '9999-future.sql', 'x')`.execute(
        kysely,
      )
      await expect(place.open()).rejects.toMatchObject({
        code: 'schema-newer',
        message: expect.stringContaining('9999'),
      })
      await sql`delete from schema_migration where number = 9999`.execute(kysely)
      await sql`update schema_migration set checksum = 'edited' || checksum`.execute(kysely)
      await expect(place.open()).rejects.toMatchObject({ code: 'schema-newer' })
      await sql`update schema_migration set checksum = substr(checksum, 7)`.execute(kysely)
    })
  })

  it('keeps one identity for the installation', async () => {
    const { place, store } = current()
    expect((await place.open()).instanceId).toBe(store.instanceId)
    expect(store.instanceId).toMatch(/^[0-9a-f-]{36}$/)
    await store.ping()
  })
})

describe('opening a store', () => {
  const opening = async (options: Parameters<typeof openStore>[0]) => {
    const error: unknown = await openStore(options).then(
      async (store) => await store.close(),
      (thrown: unknown) => thrown,
    )
    return error as { code: string; message: string; hint: string }
  }

  it('says what is wrong with a server that cannot be reached', async () => {
    const error = await opening({ databaseUrl: 'postgresql://muster:topsecret@127.0.0.1:1/muster' })
    expect(error).toMatchObject({ code: 'store-unavailable', hint: expect.stringContaining('running') })
    expect(error.message).not.toContain('topsecret')
    const misspelt = await opening({ databaseUrl: 'mysql://muster:topsecret@127.0.0.1/x' })
    expect(misspelt).toMatchObject({ code: 'config-invalid' })
    expect(misspelt.message).not.toContain('topsecret')
  })

  it.skipIf(!postgresComponent.present)(
    `says when the database of a server does not exist${postgresComponent.skipReason}`,
    async () => {
      await withStore('postgresql', async ({ place }) => {
        const databaseUrl = 'databaseUrl' in place.connection ? place.connection.databaseUrl : ''
        const error = await opening({ databaseUrl: databaseUrl.replace(/\/test_\w+/, '/nowhere') })
        expect(error).toMatchObject({ code: 'store-unavailable', hint: expect.stringContaining('Create the database') })
      })
    },
  )

  it('says when a data directory is a file, or holds files of another PostgreSQL', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    expect(await opening({ dataDir: join(folder, 'file') })).toMatchObject({ code: 'store-unavailable' })
    mkdirSync(join(folder, 'old', 'cluster'), { recursive: true })
    writeFileSync(join(folder, 'old', 'cluster', 'PG_VERSION'), '17\n')
    expect(await opening({ dataDir: join(folder, 'old') })).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('PostgreSQL 17'),
      hint: expect.stringContaining('backup'),
    })
    writeFileSync(join(folder, 'old', 'cluster', 'PG_VERSION'), '19\n')
    expect(await opening({ dataDir: join(folder, 'old') })).toMatchObject({ code: 'schema-newer' })
  })
})
