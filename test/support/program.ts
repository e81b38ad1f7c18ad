import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { type App, createApp } from '../../src/app/app.ts'
import { type Channels, createChannelBook } from '../../src/app/channels.ts'
import { createInstallation, type Installation } from '../../src/app/installation.ts'
import { createScimService } from '../../src/app/scim/service.ts'
import { serverSchema } from '../../src/app/server-settings.ts'
import { createConnections } from '../../src/app/setups.ts'
import { describeFields } from '../../src/connectors/kit/describe-config.ts'
import { catalog } from '../../src/connectors/registry.ts'
import { type Client, createClient } from '../../src/contract/client.ts'
import { type Role, roles } from '../../src/contract/route.ts'
import type { Principal } from '../../src/contract/routes.ts'
import { createRunner, type Runner } from '../../src/engine/runner.ts'
import type { ConsoleFiles } from '../../src/http/console.ts'
import { inProcessFetch, insideUrl } from '../../src/http/in-process.ts'
import { listen } from '../../src/http/listen.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { openChannels } from '../../src/notify/open-channels.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import type { StoreOptions } from '../../src/storage/store.ts'
import { type StoreKind, type StorePlace, withStore } from './store.ts'

const everything: Principal = { name: 'os:tester', roles }

/** The whole program but the command line: a fresh store, the real connectors, a server on a free port. */
export interface Program {
  readonly store: Store
  readonly app: App
  readonly runner: Runner
  readonly installation: Installation
  readonly url: string
  /** In this process, with every role. */
  readonly client: Client
  /** Folder of the configuration; relative paths are meant from here. */
  readonly folder: string
  readonly logged: { readonly message: string; readonly fields: unknown }[]
  /** Push sources that told of a durable change, one entry each time. */
  readonly pushed: readonly string[]
  /** Writes the log of SCIM requests now. */
  flushRequests(): Promise<void>
  clientAs(principal: Principal): Client
  /** Over the network, with a fresh token of these roles. */
  clientWith(held: readonly Role[]): Promise<Client>
  tokenWith(held: readonly Role[]): Promise<string>
  applyFile(yaml: string, options?: { readonly removesUnnamed?: boolean }): ReturnType<App['applyFile']>
}

export interface ProgramOptions {
  readonly variables?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly kind?: StoreKind
  /** Another way to the store than the direct one. */
  readonly way?: (place: StorePlace) => Promise<Partial<StoreOptions>>
  /** A configuration file that is applied at the start; its `server` and `auth` count. */
  readonly yaml?: string
  /** Any free port of this machine when absent. */
  readonly listen?: string
  /** For runs; connectors wait by the system's clock. */
  readonly clock?: Clock
  /** Ways to tell people that something waits for them, as a configuration file would name them. */
  readonly channels?: () => Channels
  /** Serves the web console. */
  readonly console?: ConsoleFiles
}

/** Starts one for the running test and ends it with it. */
export async function startProgram(options: ProgramOptions = {}): Promise<Program> {
  const { program, stop } = await runProgram(options)
  onTestFinished(stop)
  return program
}

/** One for all tests of a suite, which must leave alone what others rely on. */
export function sharedProgram(options: ProgramOptions = {}): () => Program {
  let running: Awaited<ReturnType<typeof runProgram>> | undefined
  beforeAll(async () => {
    running = await runProgram(options)
  })
  afterAll(async () => {
    await running?.stop()
  })
  return () => {
    if (running === undefined) throw new Error('The program runs only while tests run.')
    return running.program
  }
}

/** The same for whoever ends it by hand. */
export async function runProgram(options: ProgramOptions): Promise<{ program: Program; stop(): Promise<void> }> {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  return new Promise((resolve, reject) => {
    const whole = withStore(options.kind ?? 'embedded', async ({ store: direct, place }) => {
      const store = options.way === undefined ? direct : await place.open(await options.way(place))
      for (const [path, text] of Object.entries(options.files ?? {})) writeFileSync(join(place.folder, path), text)
      const { program, stop } = await assemble(store, place.folder, options)
      const stopAll = async () => {
        end()
        await whole
      }
      resolve({ program, stop: stopAll })
      await ended
      await stop()
    })
    whole.catch(reject)
  })
}

async function assemble(store: Store, folder: string, options: ProgramOptions) {
  const { variables = {}, clock = systemClock, yaml, listen: address = '127.0.0.1:0', console: pages } = options
  const logged: { message: string; fields: unknown }[] = []
  const log = (message: string, fields?: unknown) => void logged.push({ message, fields })
  const installation = createInstallation({
    store,
    catalog,
    clock,
    log,
    variables,
    baseDir: folder,
    fileBaseDir: folder,
  })
  const connections = createConnections(installation)
  const runner = createRunner({ store, connections, clock, log, holder: 'test' })
  const app = createApp({
    installation,
    runner,
    version: '1.2.3',
    describe: describeFields,
    publicUrl: () => applied?.judged.server?.publicUrl,
    auth: () => applied?.judged.auth,
    channels: createChannelBook({
      installation,
      open: openChannels,
      fromFile: options.channels ?? (() => ({ channels: [], problems: [] })),
      settingsInFile: () => applied?.judged.notifications ?? {},
      consoleUrl: () => applied?.judged.server?.publicUrl,
    }),
  })
  const applied = yaml === undefined ? undefined : await app.applyFile(everything, { yaml, file: 'muster.yaml' })
  const settings = serverSchema.parse({ ...applied?.judged.server, listen: address })
  const pushed: string[] = []
  const scim = createScimService({ installation, onChange: (source) => void pushed.push(source) })
  const server = await createHttpServer({
    app,
    settings,
    version: '1.2.3',
    scim,
    log,
    ...(pages === undefined ? {} : { console: pages }),
  })
  const { url } = await listen(server, settings)
  const clientAs = (principal: Principal) =>
    createClient({ fetch: inProcessFetch(server, principal), baseUrl: insideUrl })
  const tokenWith = async (held: readonly Role[]) =>
    (await store.access.createToken(`t-${held.join('-') || 'none'}`, held)).value
  const program: Program = {
    store,
    app,
    runner,
    installation,
    url,
    folder,
    logged,
    pushed,
    flushRequests: () => scim.close(),
    client: clientAs(everything),
    clientAs,
    tokenWith,
    clientWith: async (held) => createClient({ fetch, baseUrl: url, token: await tokenWith(held) }),
    applyFile: (yaml, applied) => app.applyFile(everything, { yaml, file: 'muster.yaml' }, applied),
  }
  const stop = async () => {
    await server.close()
    await scim.close()
    await runner.stop(10_000)
  }
  return { program, stop }
}

/** The sample company of a sandbox as the source `file` reads it. */
export function companyFile({ directory }: Pick<Sandbox, 'directory'>): string {
  const { people, groups } = directory
  const written = groups.map((group) => ({
    ...group,
    members: group.members.map((each) => ({ id: 'user' in each ? each.user : each.group })),
  }))
  return `${JSON.stringify({ people, groups: written })}\n`
}
