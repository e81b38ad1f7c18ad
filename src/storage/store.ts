import { sql } from 'kysely'
import type { Instant } from '../domain/identity.ts'
import { systemClock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { RunQueue } from '../ports/queue.ts'
import type { Store } from '../ports/store.ts'
import { backupTo, type RestoreOptions, restoreFrom } from './backup.ts'
import type { BackupFacts } from './backup-format.ts'
import type { StorageContext } from './context.ts'
import { type Database, openDatabase, rowsOf } from './database.ts'
import type { StoreRole } from './embedded/embedded-server.ts'
import type { HostFacts } from './embedded/host.ts'
import { type MasterKeyOptions, masterKeys } from './master-keys.ts'
import { migrate } from './migrations.ts'
import { pushStore } from './push/store.ts'
import { accessStore } from './repositories/access.ts'
import { accountListStore } from './repositories/account-lists.ts'
import { auditStore } from './repositories/audit.ts'
import { configurationStore, connectionKinds, settingKinds } from './repositories/configuration.ts'
import { decisionStore } from './repositories/decisions.ts'
import { departureStore } from './repositories/departures.ts'
import { directoryStore } from './repositories/directories.ts'
import { dirtyStore } from './repositories/dirty.ts'
import { driftStore } from './repositories/drift.ts'
import { exceptionStore } from './repositories/exceptions.ts'
import { leaseStore } from './repositories/leases.ts'
import { localDirectory } from './repositories/local.ts'
import { noticeStore } from './repositories/notices.ts'
import { pauseStore } from './repositories/pauses.ts'
import { planStore } from './repositories/plans.ts'
import { reportStore } from './repositories/report.ts'
import { runStore } from './repositories/runs.ts'
import { secretStore } from './repositories/secrets.ts'
import { signInStore } from './repositories/sign-in.ts'
import { snapshotStore } from './repositories/snapshots.ts'
import { workItemStore } from './repositories/work-items.ts'
import { openRunQueue } from './run-queue.ts'

export interface StoreOptions extends Omit<MasterKeyOptions, 'dataDir'> {
  /** Where the embedded store lives, and the master key unless one is given. */
  readonly dataDir?: string | undefined
  /** A PostgreSQL >= 15 to use instead of the embedded store. */
  readonly databaseUrl?: string | undefined
  readonly poolSize?: number
  readonly now?: () => Instant
  /** Said by `close` when this process hosts the embedded store and others still use it. */
  readonly onStaying?: (others: number) => void
  /** How long a host that is done stays for others. */
  readonly stayMs?: number
}

/** The store with what only its owner may do. */
export interface OpenedStore extends Store {
  readonly kind: Database['kind']
  /** Whether this process hosts the embedded store; undefined on PostgreSQL. */
  readonly role: StoreRole | undefined
  /** Only for the host of the embedded store. */
  hostFacts(): Promise<HostFacts | undefined>
  /** Writes the whole state to a file, secrets sealed; see backup.ts. */
  backup(file: string): Promise<BackupFacts>
  restore(file: string, options?: RestoreOptions): Promise<BackupFacts>
  /** Opens the queue of runs, for a process that serves. `onFault` hears of trouble between calls. */
  runQueue(onFault: (error: unknown) => void): Promise<RunQueue>
}

/** Opens the store and brings its schema up to date. Throws `store-unavailable`, `data-dir-locked`, `disk-full`, `schema-newer`. */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const now = options.now ?? systemClock.now
  const database = await openDatabase(databaseOptions(options))
  try {
    await migrate(database)
    const store = assemble({ database, now }, options, await instanceId(database, now()))
    await warmUp(store, now())
    return store
  } catch (error) {
    await database.close()
    throw error
  }
}

function databaseOptions({ dataDir, databaseUrl, poolSize, onStaying, stayMs }: StoreOptions) {
  if (databaseUrl !== undefined) return { databaseUrl, ...(poolSize === undefined ? {} : { poolSize }) }
  return {
    dataDir: dataDir ?? '',
    ...(onStaying === undefined ? {} : { onStaying }),
    ...(stayMs === undefined ? {} : { stayMs }),
  }
}

function assemble(context: StorageContext, options: StoreOptions, id: string): OpenedStore {
  const { database } = context
  const keys = masterKeys(options)
  return {
    configuration: configurationStore(context, connectionKinds, keys),
    settings: configurationStore(context, settingKinds, keys),
    secrets: secretStore(context, keys),
    directories: directoryStore(context),
    departures: departureStore(context),
    snapshots: snapshotStore(context),
    plans: planStore(context),
    report: reportStore(context),
    runs: runStore(context),
    leases: leaseStore(context),
    pauses: pauseStore(context),
    workItems: workItemStore(context),
    decisions: decisionStore(context),
    exceptions: exceptionStore(context),
    accountLists: accountListStore(context),
    drift: driftStore(context),
    local: localDirectory(context),
    push: pushStore(context),
    dirty: dirtyStore(context),
    access: accessStore(context),
    signIn: signInStore(context),
    audit: auditStore(context),
    notices: noticeStore(context),
    instanceId: id,
    kind: database.kind,
    get role() {
      return database.embedded?.role
    },
    ping: async () => {
      await rowsOf(database.kysely, sql`select 1`)
    },
    hostFacts: async () => await database.embedded?.facts(),
    backup: async (file) => await backupTo(database, file, context.now()),
    restore: async (file, restoreOptions) => await restoreFrom(database, file, restoreOptions),
    runQueue: async (onFault) => await openRunQueue(database, onFault),
    close: async () => await database.close(),
  }
}

async function instanceId(database: Database, now: number): Promise<string> {
  await sql`insert into installation (instance_id, created_at) values (${newId(now)}, ${new Date(now).toISOString()}::timestamptz)
    on conflict (only_row) do nothing`.execute(database.kysely)
  const [row] = await rowsOf<{ id: string }>(database.kysely, sql`select instance_id as id from installation`)
  return row?.id ?? ''
}

/** The first run of each statement is slow in cold WASM: do it before anybody waits for it. */
async function warmUp(store: OpenedStore, now: number): Promise<void> {
  if (store.kind !== 'embedded') return
  await store.directories.memory('', '', '', now)
  await store.leases.holder('')
  await store.runs.list({}, { limit: 1 })
  await store.access.authenticate('', now)
}
