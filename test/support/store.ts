import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { openDatabase, rowsOf } from '../../src/storage/database.ts'
import { type OpenedStore, openStore, type StoreOptions } from '../../src/storage/store.ts'
import { postgresql, sharedDatabase } from './postgres.ts'
import { prefill } from './ready-store.ts'

export type StoreKind = 'embedded' | 'postgresql'

/** A place where a fresh store is made, and can be opened again or a second time. */
export interface StorePlace {
  readonly kind: StoreKind
  readonly folder: string
  /** For tests that look at the tables themselves. */
  readonly connection: { readonly dataDir: string } | { readonly databaseUrl: string }
  open(options?: Partial<StoreOptions>): Promise<OpenedStore>
}

export interface StoreInTest {
  readonly place: StorePlace
  readonly store: OpenedStore
}

export const postgresComponent = await postgresql()

/**
 * Runs the same tests on both stores. Each test finds the store as the first start leaves it:
 *
 *     describeOnBothStores('runs', (current) => {
 *       it('gives numbers from 1', async () => { const { store } = current(); … })
 *     })
 */
export function describeOnBothStores(name: string, tests: (current: () => StoreInTest) => void): void {
  describe(`${name} (embedded)`, () => suite('embedded', tests))
  describeOnPostgres(name, tests)
}

/** For what the embedded store says nothing more about. */
export function describeOnPostgres(name: string, tests: (current: () => StoreInTest) => void): void {
  describe.skipIf(!postgresComponent.present)(`${name} (postgresql)${postgresComponent.skipReason}`, () =>
    suite('postgresql', tests),
  )
}

function suite(kind: StoreKind, tests: (current: () => StoreInTest) => void): void {
  let current: (StoreInTest & { readonly made: Awaited<ReturnType<typeof makePlace>> }) | undefined
  beforeAll(async () => {
    const made = await makePlace(kind)
    current = { place: made.place, store: await made.place.open(), made }
  })
  afterAll(async () => {
    await current?.made.end()
  })
  afterEach(async () => {
    if (current !== undefined) await empty(current.place)
  })
  tests(() => {
    if (current === undefined) throw new Error('The store exists only while a test runs.')
    return current
  })
}

/** Emptying takes a tenth of the time that opening a new embedded store does. */
async function empty(place: StorePlace): Promise<void> {
  const database = await openDatabase(place.connection)
  try {
    const rows = await rowsOf<{ name: string }>(
      database.kysely,
      sql`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not relispartition and relname not in ('installation', 'schema_migration', 'audit_head')`,
    )
    await sql`truncate ${sql.join(rows.map(({ name }) => sql.table(name)))} restart identity`.execute(database.kysely)
    await sql`update audit_head set seq = 0, hash = ''`.execute(database.kysely)
  } finally {
    await database.close()
  }
  for (const name of ['master.key', 'master.key.next']) rmSync(join(place.folder, name), { force: true })
}

/** One fresh store for the time of a function. */
export async function withStore<Result>(
  kind: StoreKind,
  work: (test: StoreInTest) => Promise<Result>,
): Promise<Result> {
  const { place, end } = await makePlace(kind)
  try {
    return await work({ place, store: await place.open() })
  } finally {
    await end()
  }
}

async function makePlace(kind: StoreKind) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-store-'))
  const databaseUrl = kind === 'embedded' ? undefined : await sharedDatabase()
  if (kind === 'embedded') prefill(folder)
  const opened: OpenedStore[] = []
  const place: StorePlace = {
    kind,
    folder,
    connection: databaseUrl === undefined ? { dataDir: folder } : { databaseUrl },
    open: async (options = {}) => {
      const where = databaseUrl === undefined ? { dataDir: folder } : { dataDir: folder, databaseUrl }
      const store = await openStore({ ...where, stayMs: 0, ...options })
      opened.push(store)
      return store
    },
  }
  const end = async () => {
    for (const store of opened.reverse()) await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { place, end }
}
