import { createHash } from 'node:crypto'
import { Socket } from 'node:net'
import { Kysely, PostgresDialect, type PostgresPoolClient, type RawBuilder, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { fail } from '../domain/errors.ts'
import { systemClock } from '../platform/clock.ts'
import { ScimError } from '../scim/error.ts'
import { type EmbeddedOptions, EmbeddedServer } from './embedded/embedded-server.ts'
import { isTransient, storeError } from './store-error.ts'

export type DatabaseOptions = EmbeddedOptions | { readonly databaseUrl: string; readonly poolSize?: number }

/** A store reached by `pg` and Kysely, whichever of the two it is. */
export interface Database {
  readonly kind: 'embedded' | 'postgresql'
  readonly kysely: Kysely<unknown>
  /** Only for the embedded store. */
  readonly embedded: EmbeddedServer | undefined
  close(): Promise<void>
}

/** What statements run on: the pool or an open transaction. */
export type Executor = Kysely<unknown> | Transaction<unknown>

const oldestServer = 150_000
const connectLimitMs = 10_000
const statementLimitMs = 600_000
const connectTries = 5

/** Opens the way to the store. Throws `store-unavailable`, `data-dir-locked`, `disk-full`, `schema-newer`. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  return 'databaseUrl' in options
    ? await openServer(options.databaseUrl, options.poolSize)
    : await openEmbedded(options)
}

async function openEmbedded(options: EmbeddedOptions): Promise<Database> {
  const embedded = await EmbeddedServer.open(options)
  const pool = new pg.Pool({
    ...shared(8),
    user: 'postgres',
    database: 'postgres',
    stream: () => new SocketTo(() => embedded.socketPath),
  })
  const database = assemble('embedded', pool, () => embedded.ensure(), embedded)
  return { ...database, close: once(() => database.close().finally(() => embedded.close())) }
}

async function openServer(databaseUrl: string, poolSize = 10): Promise<Database> {
  const pool = new pg.Pool({
    ...shared(poolSize),
    connectionString: checkedUrl(databaseUrl),
    application_name: 'muster',
  })
  const database = assemble('postgresql', pool, async () => undefined, undefined)
  try {
    const [row] = await rowsOf<{ version: number }>(
      database.kysely,
      sql`select current_setting('server_version_num')::int as version`,
    )
    if ((row?.version ?? 0) < oldestServer) throw tooOld(row?.version ?? 0)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

function tooOld(version: number) {
  return fail.storeUnavailable(
    `The database server is PostgreSQL ${Math.floor(version / 10_000)}; 15 or newer is needed.`,
    {
      hint: 'Upgrade the server, or leave out the database URL to use the embedded store.',
    },
  )
}

function checkedUrl(databaseUrl: string): string {
  try {
    if (/^postgres(ql)?:\/\//.test(databaseUrl)) return new pg.Client({ connectionString: databaseUrl }) && databaseUrl
  } catch {
    // Said below, without the parser's words: they would repeat the password.
  }
  throw fail.configInvalid('The database URL is not of the form postgresql://user@host:port/database.', {
    hint: 'A unix socket is written as postgresql://user@/database?host=/path/to/folder.',
  })
}

function shared(max: number) {
  return {
    max,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: statementLimitMs,
    keepAlive: true,
    types: { getTypeParser },
  } satisfies pg.PoolConfig
}

const [int8, numeric, timestamptz] = [20, 1700, 1184]

/** No bigint and no Date leaves the driver: whole numbers are safe integers, times are instants. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  if (oid === int8 || oid === numeric) return safeInteger
  if (oid === timestamptz) {
    const parse = pg.types.getTypeParser(timestamptz) as (text: string) => Date
    return (text) => parse(text).getTime()
  }
  return pg.types.getTypeParser(oid, (format ?? 'text') as 'text')
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw fail.bug(`The store answered a number that does not fit: ${text.slice(0, 40)}.`)
}

/** A socket that goes to the store wherever its host is at that moment. */
class SocketTo extends Socket {
  readonly #path: () => string

  constructor(path: () => string) {
    super()
    this.#path = path
  }

  override connect(): this {
    return super.connect(this.#path())
  }
}

function assemble(
  kind: Database['kind'],
  pool: pg.Pool,
  ready: () => Promise<void>,
  embedded: EmbeddedServer | undefined,
): Database {
  pool.on('error', () => undefined)
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  const connect = async () => {
    const client = await reach(pool, ready)
    const known = clients.get(client) ?? translating(client)
    clients.set(client, known)
    return known
  }
  const dialect = new PostgresDialect({ pool: { connect, end: async () => undefined, options: {} } })
  return { kind, kysely: new Kysely<unknown>({ dialect }), embedded, close: once(() => pool.end()) }
}

/** A second close waits for the first one. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined
  return () => {
    closing ??= close()
    return closing
  }
}

/** Nothing was sent yet, so a host that just ended is simply looked for again. */
async function reach(pool: pg.Pool, ready: () => Promise<void>): Promise<pg.PoolClient> {
  for (let attempt = 1; ; attempt += 1) {
    await ready()
    try {
      return await pool.connect()
    } catch (error) {
      if (attempt >= connectTries) throw storeError(error, 'The store cannot be reached')
      await systemClock.sleep(50 * attempt)
    }
  }
}

/** Every statement passes here: texts that PostgreSQL cannot hold are cleaned, errors become ours. */
function translating(client: pg.PoolClient): PostgresPoolClient {
  let broken = false
  client.on('error', () => {
    broken = true
  })
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      const values = parameters.map(withoutZero)
      return await (text.startsWith(keptMark)
        ? client.query({ name: keptName(text), text, values })
        : client.query(text, values))
    } catch (error) {
      const ours = storeError(error, 'The store refused')
      if (ours.code === 'store-unavailable') broken = true
      throw ours
    }
  }
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy === true || broken),
  }
}

const keptMark = '/* kept */'

/**
 * Begins a statement that each session keeps, read and planned, from its first use on. For what is asked over and over with the
 * same text and always goes through the same index; the texts must be few, for nothing forgets them.
 */
export const kept: RawBuilder<unknown> = sql.raw(`${keptMark} `)

const keptNames = new Map<string, string>()

/** Equal for equal texts in every process: sessions of the embedded store share what they keep. */
function keptName(text: string): string {
  const known = keptNames.get(text)
  if (known !== undefined) return known
  const name = `kept_${createHash('sha256').update(text).digest('base64url')}`
  keptNames.set(text, name)
  return name
}

/** PostgreSQL has no character zero; a hostile value must not fail the whole batch it comes in. */
function withoutZero(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
  return Array.isArray(value) ? value.map(withoutZero) : value
}

/** Rows of one statement. */
export async function rowsOf<Row>(executor: Executor, statement: RawBuilder<unknown>): Promise<Row[]> {
  return (await (statement as RawBuilder<Row>).execute(executor)).rows
}

const transactionTries = 4

/** One transaction; tried again when the server itself asks for it. Never call the outside from within. */
export async function inTransaction<Result>(
  database: Database,
  work: (transaction: Transaction<unknown>) => Promise<Result>,
  mode: 'read committed' | 'repeatable read' = 'read committed',
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const start = database.kysely.transaction()
      return await (mode === 'read committed' ? start : start.setIsolationLevel(mode)).execute(work)
    } catch (error) {
      // What the protocol answers is no failure of the store.
      if (error instanceof ScimError) throw error
      if (!isTransient(error) || attempt >= transactionTries) throw storeError(error)
      await systemClock.sleep(20 * attempt)
    }
  }
}

/** Holds until the transaction ends: everybody who names the same thing waits. */
export async function serialize(transaction: Transaction<unknown>, what: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`muster:${what}`}, 0))`.execute(transaction)
}

/** An advisory lock for `serialize` to wait for, held until the transaction ends; those who share do not wait for each other. */
export function sharedTurn(what: string): RawBuilder<unknown> {
  return sql`pg_advisory_xact_lock_shared(hashtextextended(${`muster:${what}`}, 0))`
}
