import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type App, createApp } from '../app/app.ts'
import { type ChannelBook, createChannelBook } from '../app/channels.ts'
import { createInstallation, type Installation } from '../app/installation.ts'
import { type ServerSettings, serverSchema } from '../app/server-settings.ts'
import { createConnections } from '../app/setups.ts'
import type { OpenOptions, StoreOptions } from '../cli/environment.ts'
import { describeFields } from '../connectors/kit/describe-config.ts'
import { catalog } from '../connectors/registry.ts'
import { createRunner, type Runner } from '../engine/runner.ts'
import { type OpenedChannels, openChannels } from '../notify/open-channels.ts'
import { systemClock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import { version } from '../platform/version.ts'
import { type OpenedStore, openStore } from '../storage/store.ts'
import { files } from './files.ts'
import { defaultDataDir, isGone, type Machine, masterKeysGiven, principal, variable } from './machine.ts'

/** Runs get this long to stop between two writes. */
export const stopTimeoutMs = 30_000

/** The store, the use cases and the server settings of one data directory. */
export interface Instance {
  readonly store: OpenedStore
  readonly installation: Installation
  readonly app: App
  readonly runner: Runner
  readonly holder: string
  readonly channels: ChannelBook
  /** What the configuration file says about the server. */
  readonly settings: ServerSettings
  readonly dataDir: string
  readonly where: string
  close(): Promise<void>
}

export interface InstanceOptions extends Pick<OpenOptions, 'config' | 'dataDir' | 'notice'> {
  readonly log: Log
  /** This process serves: the file decides alone, also about what it does not name any more. */
  readonly serves?: boolean
  /** Never PostgreSQL, whatever the environment says. */
  readonly embedded?: boolean
}

export async function openInstance(machine: Machine, options: InstanceOptions): Promise<Instance> {
  const { config, log, notice, serves = false, embedded = false } = options
  const dataDir = resolve(options.dataDir ?? defaultDataDir(machine))
  const configText = config === undefined ? undefined : await files.readText(config)
  const baseDir = process.cwd()
  const fileBaseDir =
    config === undefined
      ? await readFile(folderNote(dataDir), 'utf8').catch(() => process.cwd())
      : dirname(resolve(config))
  const databaseUrl = embedded ? undefined : variable(machine, 'DATABASE_URL')
  const store = await openStore({
    dataDir,
    databaseUrl,
    ...(await masterKeysGiven(machine)),
    onStaying: (others) =>
      notice?.(
        `Staying until ${others} other ${others === 1 ? 'process has' : 'processes have'} finished with the store.`,
      ),
  })
  try {
    const write = (message: string, fields?: Readonly<Record<string, unknown>>) => log.info(message, fields)
    const installation = createInstallation({
      store,
      catalog,
      clock: systemClock,
      log: write,
      variables: machine.variables,
      baseDir,
      fileBaseDir,
    })
    const connections = createConnections(installation)
    const channels = createChannelBook({
      installation,
      open: openChannels,
      fromFile: () => fileChannels,
      settingsInFile: () => applied?.judged.notifications ?? {},
      consoleUrl: () => applied?.judged.server?.publicUrl?.replace(/\/+$/, ''),
    })
    const holder = `${hostname()}:${process.pid}:${newId()}`
    const runner = createRunner({ store, connections, clock: systemClock, log: write, holder, isGone })
    const app = createApp({
      installation,
      runner,
      version,
      describe: describeFields,
      publicUrl: () => applied?.judged.server?.publicUrl,
      auth: () => applied?.judged.auth,
      channels,
    })
    const applied =
      configText === undefined
        ? undefined
        : await app.applyFile(
            principal(),
            { yaml: configText, file: basename(config ?? '') },
            { removesUnnamed: serves },
          )
    const fileChannels: OpenedChannels = await openChannels({
      settings: applied?.judged.notifications ?? {},
      secretOf: (channel, field, reference) => installation.outsideSecret(['notifications', channel, field], reference),
      consoleUrl: applied?.judged.server?.publicUrl?.replace(/\/+$/, ''),
      clock: systemClock,
    })
    // With PostgreSQL there need not be a data directory; then every command names the file.
    if (applied !== undefined) await writeFile(folderNote(dataDir), fileBaseDir, { mode: 0o600 }).catch(() => undefined)
    return {
      store,
      installation,
      app,
      runner,
      holder,
      channels,
      settings: applied?.judged.server ?? serverSchema.parse({}),
      dataDir,
      where: databaseUrl === undefined ? `data directory ${dataDir}` : `database ${withoutPassword(databaseUrl)}`,
      async close() {
        await runner.stop(stopTimeoutMs)
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * Relative paths of a configuration file are meant from its folder, also by later commands that do not name the file: the
 * data directory remembers it.
 */
function folderNote(dataDir: string): string {
  return join(dataDir, 'configuration-folder')
}

function withoutPassword(databaseUrl: string): string {
  const url = URL.parse(databaseUrl)
  return url === null ? 'DATABASE_URL' : `${url.host}${url.pathname}`
}

/** Works with the store alone, for a backup or a restore. */
export async function withStore<Result>(
  machine: Machine,
  options: StoreOptions,
  work: (store: OpenedStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore({
    dataDir: resolve(options.dataDir ?? defaultDataDir(machine)),
    databaseUrl: variable(machine, 'DATABASE_URL'),
    ...(await masterKeysGiven(machine)),
  })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
