import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { fail } from '../domain/errors.ts'
import { type Database, type Executor, inTransaction, rowsOf, serialize } from './database.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

const folder = fileURLToPath(new URL('./migrations/', import.meta.url))

/** `0001-init.sql` and so on, in order. */
export function shippedMigrations(): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8')
      return { number: Number(name.slice(0, 4)), name, text, checksum: createHash('sha256').update(text).digest('hex') }
    })
  const twice = migrations.find(({ number }, index) => migrations[index - 1]?.number === number)
  if (twice !== undefined) throw fail.bug(`Two migrations have the number ${twice.number}.`)
  return migrations
}

/** Number of the schema this program reads and writes. */
export function schemaVersion(): number {
  return shippedMigrations().at(-1)?.number ?? 0
}

/** Brings the schema up to date, once, whoever else starts at the same time. Throws `schema-newer` and changes nothing then. */
export async function migrate(database: Database): Promise<void> {
  const shipped = shippedMigrations()
  if ((await pending(database.kysely, shipped)).length === 0) return
  await inTransaction(database, async (transaction) => {
    await serialize(transaction, 'migrations')
    await applyMigrations(transaction, await pending(transaction, shipped))
  })
}

/** Applies these, in order; for a restore of an older backup also piece by piece. */
export async function applyMigrations(executor: Executor, migrations: readonly Migration[]): Promise<void> {
  await sql`create table if not exists schema_migration (
    number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`.execute(
    executor,
  )
  for (const { number, name, text, checksum } of migrations) {
    await sql.raw(text).execute(executor)
    await sql`insert into schema_migration (number, name, checksum) values (${number}, ${name}, ${checksum})`.execute(
      executor,
    )
  }
}

async function pending(executor: Executor, shipped: readonly Migration[]): Promise<readonly Migration[]> {
  const [{ exists } = { exists: false }] = await rowsOf<{ exists: boolean }>(
    executor,
    sql`select to_regclass('schema_migration') is not null as exists`,
  )
  if (!exists) return shipped
  const applied = await rowsOf<{ number: number; name: string; checksum: string }>(
    executor,
    sql`select number, name, checksum from schema_migration order by number`,
  )
  for (const { number, name, checksum } of applied) {
    const known = shipped.find((each) => each.number === number)
    if (known?.checksum === checksum) continue
    throw fail.schemaNewer(
      known === undefined
        ? `The store has schema ${number} (${name}); this program knows ${shipped.at(-1)?.number ?? 0}.`
        : `Schema ${number} of the store was made by another build of this program.`,
      { hint: 'Install the version of Muster that wrote the store, or restore a backup into a new store.' },
    )
  }
  const done = new Set(applied.map(({ number }) => number))
  return shipped.filter(({ number }) => !done.has(number))
}
