import { renameSync, rmSync } from 'node:fs'
import { type RawBuilder, sql } from 'kysely'
import { fail } from '../domain/errors.ts'
import { isoTime } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import {
  type BackupFacts,
  type BackupHeader,
  readBackupFile,
  type TableHeader,
  type TableRows,
  writeBackupFile,
} from './backup-format.ts'
import { type Database, type Executor, inTransaction, rowsOf, serialize } from './database.ts'
import { applyMigrations, schemaVersion, shippedMigrations } from './migrations.ts'
import { makeMonths } from './partitions.ts'
import { ints, texts } from './rows.ts'

/**
 * Backup and restore of the whole state, the same for both stores: the backup, the upgrade path of the embedded store and
 * the way from it to PostgreSQL. Secrets stay sealed; the master key is never part of it.
 */

export interface RestoreOptions {
  /** Throw away what the store holds. */
  readonly replace?: boolean
}

const pageSize = 5_000

/** Not part of a backup: it says what schema this very store has. */
const ownTable = 'schema_migration'

/** Tables that every store has from its first start, whatever was done with it. */
const neverEmpty: readonly string[] = ['installation', 'audit_head', 'word', 'directory']

/** The state at one moment. On the embedded store others wait until it is written. */
export async function backupTo(database: Database, file: string, now: number): Promise<BackupFacts> {
  const draft = `${file}.${newId(now)}.partial`
  try {
    const facts = await inTransaction(
      database,
      async (transaction) => await writeBackupFile(draft, schemaVersion(), isoTime(now), tablesOf(transaction)),
      'repeatable read',
    )
    renameSync(draft, file)
    return facts
  } finally {
    rmSync(draft, { force: true })
  }
}

async function* tablesOf(executor: Executor): AsyncGenerator<TableRows> {
  for (const table of await tableNames(executor)) {
    const columns = await columnsOf(executor, table)
    yield { table, columns: columns.map(({ name }) => name), pages: pagesOf(executor, table, columns) }
  }
}

async function* pagesOf(
  executor: Executor,
  table: string,
  columns: readonly Column[],
): AsyncGenerator<readonly string[]> {
  const values = sql.join(columns.map(({ name }) => sql.ref(`t.${name}`)))
  await sql`declare backup_rows no scroll cursor for
    select json_build_array(${values})::text as line from ${sql.table(table)} t`.execute(executor)
  for (;;) {
    const rows = await rowsOf<{ line: string }>(executor, sql`fetch ${sql.lit(pageSize)} from backup_rows`)
    if (rows.length === 0) break
    yield rows.map(({ line }) => (line.includes('\n') ? JSON.stringify(JSON.parse(line)) : line))
  }
  await sql`close backup_rows`.execute(executor)
}

/** Our tables in an order in which none refers to a later one; partitions are part of their table. */
async function tableNames(executor: Executor): Promise<string[]> {
  const rows = await rowsOf<{ name: string; refers: readonly string[] }>(
    executor,
    sql`select c.relname as name, array(select f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
          where k.conrelid = c.oid and k.contype = 'f' and f.oid <> c.oid) as refers
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname = any(${tablesOfMigrations()}) order by c.relname`,
  )
  const placed: string[] = []
  while (placed.length < rows.length) {
    const next = rows.filter(
      ({ name, refers }) => !placed.includes(name) && refers.every((each) => placed.includes(each)),
    )
    if (next.length === 0) throw fail.bug('The tables of the store refer to each other in a circle.')
    placed.push(...next.map(({ name }) => name))
  }
  return placed
}

/** The names our migrations create: a database may hold tables of others. */
function tablesOfMigrations(): string[] {
  const found = shippedMigrations().flatMap(({ text }) => [
    ...text.matchAll(/^create table (?:if not exists )?([a-z_]+)/gm),
  ])
  return found.map((match) => match[1] ?? '').filter((name) => name !== ownTable)
}

/** Functions of triggers that our migrations create; they outlive the tables. */
function functionsOfMigrations(): string[] {
  return shippedMigrations().flatMap(({ text }) =>
    Array.from(text.matchAll(/^create (?:or replace )?function ([a-z_]+)/gm), (match) => match[1] ?? ''),
  )
}

interface Column {
  readonly name: string
  readonly type: string
  readonly isIdentity: boolean
}

async function columnsOf(executor: Executor, table: string): Promise<Column[]> {
  return await rowsOf<Column>(
    executor,
    sql`select attname as name, format_type(atttypid, atttypmod) as type, attidentity <> '' as "isIdentity"
        from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`,
  )
}

/**
 * Reads a backup into the store, whole or not at all. Throws `usage` for a file that is no whole backup and for a store
 * that is not empty (unless `replace`), `schema-newer` for a backup of a newer version, `busy` while a run writes.
 */
export async function restoreFrom(
  database: Database,
  file: string,
  { replace = false }: RestoreOptions = {},
): Promise<BackupFacts> {
  return await inTransaction(database, async (transaction) => {
    await serialize(transaction, 'migrations')
    await assertReplaceable(transaction, replace)
    const loader = new Loader(transaction)
    const facts = await readBackupFile(
      file,
      {
        header: async (header) => await prepare(transaction, header),
        rows: async (table, page) => await loader.load(table, page),
      },
      pageSize,
    )
    await loader.finish()
    await applyMigrations(
      transaction,
      shippedMigrations().filter(({ number }) => number > facts.schema),
    )
    return facts
  })
}

async function assertReplaceable(executor: Executor, replace: boolean): Promise<void> {
  const leases = await rowsOf(
    executor,
    sql`select 1 from lease where holder is not null and expires_at > clock_timestamp()`,
  )
  if (leases.length > 0) {
    throw fail.busy('A run is writing right now; its store cannot be replaced under it.', {
      hint: 'Wait for it or cancel it.',
    })
  }
  if (replace) return
  for (const table of await tableNames(executor)) {
    if (neverEmpty.includes(table)) continue
    const rows = await rowsOf(executor, sql`select 1 from ${sql.table(table)} limit 1`)
    if (rows.length === 0) continue
    throw fail.usage(`The store is not empty (${table} holds rows). Nothing was restored.`, {
      hint: 'Restore into a new data directory or database, or replace what is there with --replace.',
    })
  }
}

/** Makes the tables anew as the backup knew them; later migrations follow when its rows are there. */
async function prepare(executor: Executor, { schema }: BackupHeader): Promise<void> {
  const shipped = shippedMigrations()
  if (schema > (shipped.at(-1)?.number ?? 0)) {
    throw fail.schemaNewer(`The backup has schema ${schema}; this program knows ${shipped.at(-1)?.number ?? 0}.`, {
      hint: 'Restore it with the version of Muster that wrote it, or a newer one.',
    })
  }
  for (const table of (await tableNames(executor)).reverse()) {
    await sql`drop table ${sql.table(table)}`.execute(executor)
  }
  for (const name of functionsOfMigrations()) await sql`drop function if exists ${sql.ref(name)}`.execute(executor)
  await sql`drop table if exists ${sql.table(ownTable)}`.execute(executor)
  await applyMigrations(
    executor,
    shipped.filter(({ number }) => number <= schema),
  )
  await sql`delete from audit_head`.execute(executor)
}

/** Puts pages of rows into tables. */
class Loader {
  readonly #executor: Executor
  readonly #columns = new Map<string, readonly Column[]>()
  readonly #months = new Set<string>()

  constructor(executor: Executor) {
    this.#executor = executor
  }

  async load({ table, columns: names }: TableHeader, page: readonly string[]): Promise<void> {
    const columns = this.#columns.get(table) ?? (await this.#columnsFor(table, names))
    this.#columns.set(table, columns)
    const rows = JSON.parse(`[${page.join(',')}]`) as readonly (readonly Value[])[]
    if (table === 'plan_change') await this.#makeMonths(rows.map((row) => String(row[names.indexOf('month')])))
    const arrays = columns.map(({ type }, index) =>
      columnOf(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    )
    const given = columns.map((_, index) => sql.ref(`v${index}`))
    const values = columns.map(({ type }, index) => columnValue(type, sql.ref(`v${index}`)))
    await sql`insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))}) overriding system value
      select ${sql.join(values)} from unnest(${sql.join(arrays)}) as given(${sql.join(given)})`.execute(this.#executor)
  }

  /** Identities go on after the highest number; the planner learns what is there. */
  async finish(): Promise<void> {
    for (const [table, columns] of this.#columns) {
      for (const { name } of columns.filter(({ isIdentity }) => isIdentity)) {
        await sql`select setval(pg_get_serial_sequence(${table}, ${name}),
          greatest((select max(${sql.ref(name)}) from ${sql.table(table)}), 1))`.execute(this.#executor)
      }
      await sql`alter table ${sql.table(table)} enable trigger user`.execute(this.#executor)
      await sql`analyze ${sql.table(table)}`.execute(this.#executor)
    }
  }

  async #columnsFor(table: string, names: readonly string[]): Promise<readonly Column[]> {
    if (!tablesOfMigrations().includes(table)) throw foreign(table)
    // What a row caused when it was written is in the backup too; it does not happen a second time.
    await sql`alter table ${sql.table(table)} disable trigger user`.execute(this.#executor)
    const all = new Map((await columnsOf(this.#executor, table)).map((column) => [column.name, column]))
    return names.map((name) => all.get(name) ?? unknownColumn(table, name))
  }

  async #makeMonths(months: readonly string[]): Promise<void> {
    const fresh = [...new Set(months)].filter((month) => /^\d{4}-\d{2}-01$/.test(month) && !this.#months.has(month))
    await makeMonths(this.#executor, fresh)
    for (const month of fresh) this.#months.add(month)
  }
}

type Value = string | number | boolean | null | readonly unknown[] | object

/** One column of a page as an array: numbers as such, all else as text. */
function columnOf(type: string, values: readonly Value[]) {
  if (type === 'integer' || type === 'smallint') return ints(values as readonly (number | null)[])
  return texts(values.map((value) => (value === null || typeof value === 'string' ? value : textOf(type, value))))
}

function textOf(type: string, value: Exclude<Value, string | null>): string {
  return type === 'integer[]' ? `{${(value as readonly number[]).join(',')}}` : JSON.stringify(value)
}

/** Arrays of text arrive as JSON, everything else in the spelling of its type. */
function columnValue(type: string, value: RawBuilder<unknown>) {
  if (type === 'text[]')
    return sql`case when ${value} is not null then array(select json_array_elements_text(${value}::json)) end`
  return sql`${value}::${sql.raw(type)}`
}

function foreign(table: string) {
  return fail.usage(`The backup holds a table ${table} that this program does not know. Nothing was restored.`)
}

function unknownColumn(table: string, name: string): never {
  throw fail.usage(`The backup holds a column ${table}.${name} that this program does not know. Nothing was restored.`)
}
