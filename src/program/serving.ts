import { join, resolve } from 'node:path'
import type { App } from '../app/app.ts'
import { tellOfCredentials } from '../app/credential-notices.ts'
import type { Installation } from '../app/installation.ts'
import { createScimService } from '../app/scim/service.ts'
import { type ServerSettings, serverSchema } from '../app/server-settings.ts'
import { changesAtSource, followers, scheduledConnections } from '../app/setups.ts'
import type { ServeOptions } from '../cli/environment.ts'
import { runsForSome } from '../engine/lookout.ts'
import { startPushDelivery } from '../engine/push-delivery.ts'
import { startRunWorker } from '../engine/run-worker.ts'
import { startScheduler } from '../engine/scheduler.ts'
import { listen, refuseUnprotected } from '../http/listen.ts'
import { createHttpServer } from '../http/server.ts'
import { startDispatcher } from '../notify/dispatcher.ts'
import { type BuiltWeb, builtWeb } from '../platform/built-web.ts'
import { systemClock } from '../platform/clock.ts'
import type { LogLevel } from '../platform/log.ts'
import { version } from '../platform/version.ts'
import { files } from './files.ts'
import { type Instance, openInstance, stopTimeoutMs } from './instance.ts'
import { aborted, logTo, type Machine } from './machine.ts'

/** Runs of one process side by side; each has its own directory, since a directory has one writer. */
const runsAtOnce = 4

interface Serving {
  readonly url: string
  /** Signs a browser in as the user of the demo, once. */
  readonly signInUrl: string | undefined
  readonly notes: readonly string[]
  readonly instance: Instance
  stop(): Promise<void>
}

/** Everything of `muster serve`, until it is stopped. */
export async function startServing(
  machine: Machine,
  options: Omit<ServeOptions, 'ready'> & {
    readonly embedded?: boolean
    readonly logLevel?: LogLevel
    /** Somebody who may do everything is made, so that no set-up is open. */
    readonly demoUser?: string
    /** Hears what takes a while before the console can be shown; the log when absent. */
    readonly say?: (sentence: string) => void
  },
): Promise<Serving> {
  const log = logTo(machine, process.stderr, options.logLevel ?? 'info')
  const instance = await openInstance(machine, { ...options, log, serves: true })
  try {
    const settings = withFlags(instance.settings, options)
    refuseUnprotected(settings)
    const tls =
      settings.tls === undefined
        ? undefined
        : {
            cert: await files.readText(resolve(instance.installation.fileBaseDir, settings.tls.cert)),
            key: await files.readText(resolve(instance.installation.fileBaseDir, settings.tls.key)),
          }
    const { installation, runner, store, holder } = instance
    const queue = await store.runQueue((error) => log.warn('the queue of runs has trouble', { error }))
    const write = (message: string, fields?: Readonly<Record<string, unknown>>) => log.info(message, fields)
    const delivery = startPushDelivery({
      followers: () => followers(installation),
      dirty: store.dirty,
      peopleIn: (source, groups, limit) => store.push.directory.peopleIn(source, groups, limit),
      forgetTombstones: (before) => store.push.directory.forgetTombstones(before),
      runner,
      queue,
      runs: store.runs,
      clock: systemClock,
      log: write,
    })
    const scim = createScimService({ installation, onChange: delivery.notify })
    let pages: BuiltWeb | undefined
    const building = new AbortController()
    const webBuild = builtWeb({
      root: join(import.meta.dirname, '..', '..'),
      say: options.say ?? write,
      signal: building.signal,
    }).then((built) => {
      pages = built
      if ('problem' in built && !building.signal.aborted)
        log.warn('the console cannot be shown', { why: built.problem })
    })
    const server = await createHttpServer({
      app: instance.app,
      settings,
      tls,
      version,
      scim,
      console: () => pages,
      queuedRuns: () => queue.waiting(),
      log: (message, fields) => log.error(message, fields),
    })
    const { url, notes } = await listen(server, settings)
    const scheduler = startScheduler({
      scheduled: () => scheduledConnections(installation),
      lookForChanges: changesAtSource(installation),
      runForSome: runsForSome(runner),
      queue,
      runner,
      runs: store.runs,
      leases: store.leases,
      clock: systemClock,
      log: write,
      holder,
    })
    const worker = await startRunWorker({ queue, runner, clock: systemClock, log: write, concurrency: runsAtOnce })
    for (const problem of (await instance.channels.opened()).problems) log.warn('a channel cannot be used', { problem })
    const dispatcher = startDispatcher({
      notices: store.notices,
      channels: async () => (await instance.channels.opened()).channels,
      watch: () => tellOfCredentials(installation),
      clock: systemClock,
      log: write,
    })
    log.info('serving', { url, version, where: instance.where })
    const signInPath = options.demoUser === undefined ? undefined : await instance.app.offerLink(options.demoUser)
    return {
      url,
      signInUrl: signInPath === undefined ? undefined : `${url}${signInPath}`,
      notes: [
        ...notes,
        ...(options.demoUser === undefined
          ? await setupNote(instance.app, settings.publicUrl?.replace(/\/+$/, '') ?? url)
          : []),
        ...(await incompleteEnds(installation)),
      ],
      instance,
      async stop() {
        log.info('stopping')
        building.abort()
        worker.stop()
        await Promise.all([scheduler.stop(), delivery.stop(), dispatcher.stop()])
        await Promise.all([runner.stop(stopTimeoutMs), queue.close()])
        await server.close()
        await webBuild
        await scim.close()
        await instance.close()
      },
    }
  } catch (error) {
    await instance.close()
    throw error
  }
}

function withFlags(
  settings: ServerSettings,
  { listen: address, port, insecureHttp }: Omit<ServeOptions, 'ready'>,
): ServerSettings {
  return serverSchema.parse({
    ...settings,
    ...(port === undefined ? {} : { listen: `127.0.0.1:${port}` }),
    ...(address === undefined ? {} : { listen: address }),
    ...(insecureHttp === undefined ? {} : { insecureHttp }),
  })
}

/** How the first administrator is made, and how another one where nobody is left, as after single sign-on left the file. */
async function setupNote(app: App, url: string): Promise<readonly string[]> {
  const code = await app.offerSetup()
  if (code !== undefined) {
    return [
      `Nobody can sign in yet. Open ${url}/setup and enter the code ${code} (valid for a day) to make the first administrator.`,
    ]
  }
  if (await app.canBeAdministered()) return []
  return ['Nobody who can sign in is an administrator. Make one here: muster users add <name> --role admin']
}

/** One sentence for each source and target that cannot be used yet. */
async function incompleteEnds(installation: Installation): Promise<readonly string[]> {
  const ends = (await installation.objects()).filter(({ kind }) => kind !== 'connection')
  const problems = await Promise.all(ends.map((end) => installation.problems(end)))
  return problems.flat().map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`))
}

export async function serve(machine: Machine, options: ServeOptions): Promise<void> {
  const serving = await startServing(machine, options)
  try {
    options.ready({ url: serving.url, dataDir: serving.instance.dataDir, notes: serving.notes })
    await aborted(machine.signal)
  } finally {
    await serving.stop()
  }
}
