// The program: the one file that knows everybody. It reads the machine (environment, signals, files), puts the parts
// together and hands them to the command line. Longer than others because wiring has no second subject to split off.
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type App, createApp } from './app/app.ts'
import { type ChannelBook, createChannelBook } from './app/channels.ts'
import { refuseProblems } from './app/configuration.ts'
import { tellOfCredentials } from './app/credential-notices.ts'
import { createInstallation, type Installation } from './app/installation.ts'
import { judgeFile } from './app/outside.ts'
import { createScimService } from './app/scim/service.ts'
import { type ServerSettings, serverSchema } from './app/server-settings.ts'
import { changesAtSource, createConnections, followers, scheduledConnections } from './app/setups.ts'
import type {
  CliEnvironment,
  DemoOptions,
  Files,
  OpenApi,
  OpenOptions,
  SandboxOptions,
  ServeOptions,
  Starters,
  StoreOptions,
  TextOutput,
} from './cli/environment.ts'
import { runCli } from './cli/run-cli.ts'
import { describeFields } from './connectors/kit/describe-config.ts'
import { catalog } from './connectors/registry.ts'
import { roles } from './contract/route.ts'
import type { Principal } from './contract/routes.ts'
import { asProvisioningError, fail } from './domain/errors.ts'
import { runsForSome } from './engine/lookout.ts'
import { startPushDelivery } from './engine/push-delivery.ts'
import { startRunWorker } from './engine/run-worker.ts'
import { createRunner, type Runner } from './engine/runner.ts'
import { startScheduler } from './engine/scheduler.ts'
import { inProcessFetch, insideUrl } from './http/in-process.ts'
import { listen, refuseUnprotected } from './http/listen.ts'
import { createHttpServer } from './http/server.ts'
import { startDispatcher } from './notify/dispatcher.ts'
import { type OpenedChannels, openChannels } from './notify/open-channels.ts'
import { type BuiltWeb, builtWeb } from './platform/built-web.ts'
import { systemClock } from './platform/clock.ts'
import { keepHeapSmall } from './platform/heap.ts'
import { newId } from './platform/ids.ts'
import { createLog, type Log, type LogLevel, logLevels } from './platform/log.ts'
import { redactText } from './platform/redact.ts'
import { version } from './platform/version.ts'
import { variantTable } from './sandbox/atlassian/variants.ts'
import type { Product } from './sandbox/data-center/product.ts'
import { startProduct } from './sandbox/data-center/start.ts'
import { flavourNames } from './sandbox/ldap/flavours/flavour.ts'
import type { LdapFacts } from './sandbox/ldap/start.ts'
import { products } from './sandbox/products.ts'
import { startSandbox } from './sandbox/start.ts'
import { type OpenedStore, openStore } from './storage/store.ts'

/** Runs get this long to stop between two writes. */
keepHeapSmall()

const stopTimeoutMs = 30_000
/** Runs of one process side by side; each has its own directory, since a directory has one writer. */
const runsAtOnce = 4
const maxStdinBytes = 1_048_576

const { env } = process
const stopping = new AbortController()
const never = new Set<string>([''])

/** An environment variable that is set to something. */
function variable(name: string): string | undefined {
  const value = env[name]
  return value === undefined || never.has(value) ? undefined : value
}

// --- the store, the use cases and the server of one data directory ----------------------------------------------------

interface Instance {
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

interface InstanceOptions extends Pick<OpenOptions, 'config' | 'dataDir' | 'notice'> {
  readonly log: Log
  /** This process serves: the file decides alone, also about what it does not name any more. */
  readonly serves?: boolean
  /** Never PostgreSQL, whatever the environment says. */
  readonly embedded?: boolean
}

async function openInstance(options: InstanceOptions): Promise<Instance> {
  const { config, log, notice, serves = false, embedded = false } = options
  const dataDir = resolve(options.dataDir ?? defaultDataDir())
  const configText = config === undefined ? undefined : await files.readText(config)
  const baseDir = process.cwd()
  const fileBaseDir =
    config === undefined
      ? await readFile(folderNote(dataDir), 'utf8').catch(() => process.cwd())
      : dirname(resolve(config))
  const databaseUrl = embedded ? undefined : variable('DATABASE_URL')
  const store = await openStore({
    dataDir,
    databaseUrl,
    ...(await masterKeysGiven()),
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
      variables: env,
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

function defaultDataDir(): string {
  return variable('MUSTER_DATA_DIR') ?? join(variable('XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'muster')
}

/** The operating-system user: who may open the data directory may do everything with it (D17). */
function principal(): Principal {
  let name: string
  try {
    name = userInfo().username
  } catch {
    // A uid without an entry in the user database, as containers have it.
    name = `uid-${process.getuid?.() ?? 'unknown'}`
  }
  return { name: `os:${name}`, roles }
}

async function masterKeysGiven() {
  const file = variable('MUSTER_MASTER_KEY_FILE')
  const text = variable('MUSTER_MASTER_KEY') ?? (file === undefined ? undefined : (await files.readText(file)).trim())
  const previous = variable('MUSTER_PREVIOUS_MASTER_KEY')
  return {
    ...(text === undefined ? {} : { masterKey: keyBytes(text) }),
    ...(previous === undefined ? {} : { previousMasterKeys: previous.split(',').map(keyBytes) }),
  }
}

function keyBytes(text: string): Buffer {
  return Buffer.from(text.trim(), /^[0-9a-f]{64}$/i.test(text.trim()) ? 'hex' : 'base64')
}

function withoutPassword(databaseUrl: string): string {
  const url = URL.parse(databaseUrl)
  return url === null ? 'DATABASE_URL' : `${url.host}${url.pathname}`
}

function logTo(stream: NodeJS.WriteStream, level: LogLevel): Log {
  const asked = variable('MUSTER_LOG_LEVEL')
  const known = logLevels.find((each) => each === asked)
  if (asked !== undefined && known === undefined) {
    throw fail.configInvalid(`MUSTER_LOG_LEVEL is "${asked}".`, { hint: `Use one of ${logLevels.join(', ')}.` })
  }
  return createLog({ level: known ?? level, destination: { write: (line) => void stream.write(line) } })
}

// --- doors for the command line ---------------------------------------------------------------------------------------

async function open(options: OpenOptions): Promise<OpenApi> {
  const { url, token } = options
  if (url !== undefined) {
    return {
      fetch: (to, init) => fetch(to, init),
      baseUrl: url,
      token,
      runsLive: 'server',
      where: url,
      close: async () => undefined,
    }
  }
  const instance = await openInstance({ ...options, log: logTo(process.stderr, 'silent') })
  return inside(instance, 'here', () => instance.close())
}

/** The API of an instance in this process. */
async function inside(instance: Instance, runsLive: 'here' | 'server', close: () => Promise<void>): Promise<OpenApi> {
  const { app, settings, where } = instance
  const server = await createHttpServer({ app, settings, version, log: () => undefined })
  return {
    fetch: inProcessFetch(server, principal()),
    baseUrl: insideUrl,
    runsLive,
    where,
    async close() {
      await server.close().catch(() => undefined)
      await close().catch(() => undefined)
    },
  }
}

// --- what stays until the signal --------------------------------------------------------------------------------------

interface Serving {
  readonly url: string
  /** Signs a browser in as the user of the demo, once. */
  readonly signInUrl: string | undefined
  readonly notes: readonly string[]
  readonly instance: Instance
  stop(): Promise<void>
}

async function startServing(
  options: Omit<ServeOptions, 'ready'> & {
    readonly embedded?: boolean
    readonly logLevel?: LogLevel
    /** Somebody who may do everything is made, so that no set-up is open. */
    readonly demoUser?: string
    /** Hears what takes a while before the console can be shown; the log when absent. */
    readonly say?: (sentence: string) => void
  },
): Promise<Serving> {
  const log = logTo(process.stderr, options.logLevel ?? 'info')
  const instance = await openInstance({ ...options, log, serves: true })
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
      root: join(import.meta.dirname, '..'),
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
        ...(await setupNote(instance.app, settings.publicUrl?.replace(/\/+$/, '') ?? url)),
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

/** How the first administrator is made, as long as there is none. */
async function setupNote(app: App, url: string): Promise<readonly string[]> {
  const code = await app.offerSetup()
  return code === undefined
    ? []
    : [
        `Nobody can sign in yet. Open ${url}/setup and enter the code ${code} (valid for a day) to make the first administrator.`,
      ]
}

/** One sentence for each source and target that cannot be used yet. */
async function incompleteEnds(installation: Installation): Promise<readonly string[]> {
  const ends = (await installation.objects()).filter(({ kind }) => kind !== 'connection')
  const problems = await Promise.all(ends.map((end) => installation.problems(end)))
  return problems.flat().map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`))
}

async function serve(options: ServeOptions): Promise<void> {
  const serving = await startServing(options)
  try {
    options.ready({ url: serving.url, dataDir: serving.instance.dataDir, notes: serving.notes })
    await aborted(stopping.signal)
  } finally {
    await serving.stop()
  }
}

async function demo(options: DemoOptions): Promise<void> {
  const folder =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'muster-demo-')) : resolve(options.dataDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sandbox = await startSandbox({ company: companySize(options.company), ldap: {} })
  try {
    const directory = sandbox.ldap
    if (directory === undefined) throw fail.bug('The sandbox serves no directory.')
    const config = join(folder, 'muster.yaml')
    await writeFile(join(folder, 'ldap-password'), directory.password, { mode: 0o600 })
    await writeFile(join(folder, 'api-token'), sandbox.credentials.apiToken, { mode: 0o600 })
    await writeFile(join(folder, 'org-api-key'), sandbox.credentials.orgApiKey, { mode: 0o600 })
    await writeFile(config, demoConfiguration(sandbox, directory), { mode: 0o600 })
    const serving = await startServing({
      demoUser: 'demo',
      config,
      dataDir: join(folder, 'data'),
      port: options.port ?? 0,
      embedded: true,
      // The command tells the story itself.
      logLevel: 'warn',
      say: (sentence) => void process.stderr.write(`${sentence}\n`),
    })
    const api = await inside(serving.instance, 'server', async () => undefined)
    try {
      options.ready({
        url: serving.url,
        signInUrl: serving.signInUrl ?? serving.url,
        sandboxUrl: sandbox.url,
        dataDir: serving.instance.dataDir,
        config,
        directory: {
          url: directory.url,
          bindDn: directory.bindDn,
          password: directory.password,
          baseDn: directory.baseDn,
        },
        company: sandbox.directory,
        api,
        connection: 'staff',
        notes: serving.notes,
      })
      await aborted(options.signal === undefined ? stopping.signal : AbortSignal.any([stopping.signal, options.signal]))
    } finally {
      await api.close()
      await serving.stop()
    }
  } finally {
    await sandbox.stop()
    if (options.dataDir === undefined) await rm(folder, { recursive: true, force: true })
  }
}

function demoConfiguration(
  { site, apiBase, credentials }: Awaited<ReturnType<typeof startSandbox>>,
  { host, port, bindDn, baseDn }: LdapFacts,
): string {
  return `# Made by \`muster demo\`. Everything in it belongs to the sandbox and is worth nothing elsewhere.
sources:
  company:
    type: ldap
    displayName: Sample company
    hosts: [${host}]
    port: ${port}
    security: none
    bindDn: ${JSON.stringify(bindDn)}
    password: { file: ldap-password }
    baseDn: ${JSON.stringify(baseDn)}
targets:
  sandbox:
    type: jira-cloud
    displayName: Sandbox site
    site: ${JSON.stringify(site)}
    apiBase: ${JSON.stringify(apiBase)}
    email: ${JSON.stringify(credentials.email)}
    apiToken: { file: api-token }
    orgApiKey: { file: org-api-key }
connections:
  staff:
    displayName: Staff
    source: company
    target: sandbox
    mode: review
    groups:
      byName: {}
`
}

async function sandbox(options: SandboxOptions): Promise<void> {
  const twin = await startSandboxOrSay(options)
  try {
    if (options.rateLimit !== undefined) twin.control.setLimit({ operations: '*', perSecond: options.rateLimit })
    options.ready({ ...twin.facts() })
    await aborted(stopping.signal)
  } finally {
    await twin.stop()
  }
}

async function startSandboxOrSay(options: SandboxOptions) {
  const { port, company, target, shape, latencyMs, ldap } = options
  const chosen = (options.variants ?? []).map((text) => {
    const at = text.indexOf('=')
    if (at <= 0)
      throw fail.usage(`"${text}" is not a variant.`, { hint: 'Write it like --variant removeNonMember=404.' })
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  const served = ldap === undefined ? undefined : ldapOptions(ldap)
  const inCloud = cloudProducts.some((each) => each === options.product)
  const product = options.product === undefined || inCloud ? undefined : sandboxProduct(options.product)
  const common = {
    company: companySize(company),
    variants: Object.fromEntries(chosen),
    ...(target === undefined ? {} : { target: target === 'fresh' ? ('fresh' as const) : ('ten-years' as const) }),
    ...(port === undefined ? {} : { port }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  }
  try {
    if (product !== undefined) {
      const version = options.productVersion
      return await startProduct(product, { ...common, ...(version === undefined ? {} : { version }) })
    }
    return await startSandbox({
      ...common,
      confluenceOnly: options.product === 'confluence-cloud',
      bitbucketOnly: options.product === 'bitbucket-cloud',
      ...(shape === undefined || Object.keys(shape).length === 0 ? {} : { shape }),
      ...(served === undefined ? {} : { ldap: served }),
    })
  } catch (thrown) {
    const { code, message, port: taken } = thrown as NodeJS.ErrnoException & { readonly port?: number }
    if (code === 'EADDRINUSE')
      throw fail.usage(`127.0.0.1:${taken} is already in use.`, { hint: 'Choose another port.' })
    if (code === 'EACCES')
      throw fail.usage(`127.0.0.1:${taken} is not for this user.`, { hint: 'Choose a port from 1024 on.' })
    throw fail.usage(`The sandbox could not start: ${message}.`, { cause: thrown })
  }
}

/** The cloud once more, in an organization that has this product alone. */
const cloudProducts = ['confluence-cloud', 'bitbucket-cloud'] as const

function sandboxProduct(name: string): Product {
  const found = products.find((product) => product.name === name)
  if (found !== undefined) return found
  throw fail.usage(`The sandbox knows no product "${name}".`, {
    hint: `Use one of ${[...products.map((product) => product.name), ...cloudProducts].join(', ')}.`,
  })
}

function ldapOptions({ flavour, port, tlsPort }: NonNullable<SandboxOptions['ldap']>) {
  const known = flavourNames.find((name) => name === flavour)
  if (flavour !== undefined && known === undefined)
    throw fail.usage(`There is no flavour "${flavour}".`, { hint: `Use one of ${flavourNames.join(', ')}.` })
  return {
    ...(known === undefined ? {} : { flavour: known }),
    ...(port === undefined ? {} : { port }),
    ...(tlsPort === undefined ? {} : { tlsPort }),
  }
}

function companySize(text: string | undefined): 'small' | number {
  if (text === undefined || text === 'small') return 'small'
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw fail.usage(`"${text}" is not a size of a company.`, {
    hint: 'Write small, or a number of people such as 2000.',
  })
}

async function withStore<Result>(
  options: StoreOptions,
  work: (store: OpenedStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore({
    dataDir: resolve(options.dataDir ?? defaultDataDir()),
    databaseUrl: variable('DATABASE_URL'),
    ...(await masterKeysGiven()),
  })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const starters: Starters = {
  serve,
  demo,
  sandbox,
  sandboxVariants: (product) =>
    Object.entries(
      product === undefined || cloudProducts.some((each) => each === product)
        ? variantTable
        : sandboxProduct(product).variants,
    ).map(([name, facts]) => ({
      name,
      ...facts,
    })),
  backup: (options) =>
    withStore(options, async (store) => {
      const file = resolve(options.file)
      const facts = await store.backup(file)
      return { rows: rowsIn(facts), bytes: (await stat(file)).size }
    }),
  restore: (options) =>
    withStore(options, async (store) => ({
      rows: rowsIn(await store.restore(resolve(options.file), { replace: options.replace === true })),
    })),
}

function rowsIn({ rows }: { readonly rows: Readonly<Record<string, number>> }): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}

// --- the machine ------------------------------------------------------------------------------------------------------

const files: Files = {
  async readText(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
      throw fail.usage(`The file ${resolve(path)} ${why}.`, { cause: thrown, hint: 'Check the path.' })
    }
  },
  async writeText(path, text, { replace = false, secret = false } = {}) {
    try {
      await writeFile(path, text, { flag: replace ? 'w' : 'wx', mode: secret ? 0o600 : 0o666 })
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      if (code === 'ENOSPC') throw fail.diskFull(`There is no space left for ${resolve(path)}.`, { cause: thrown })
      const why = code === 'EEXIST' ? 'exists already' : `cannot be written (${code})`
      throw fail.usage(`The file ${resolve(path)} ${why}.`, { cause: thrown, hint: 'Choose another path.' })
    }
  },
}

async function judged(path: string) {
  return judgeFile(await files.readText(path), basename(path), catalog, dirname(resolve(path)))
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin) {
    size += (part as Buffer).length
    if (size > maxStdinBytes)
      throw fail.usage('Standard input holds more than 1 MB.', { hint: 'Is it the right file?' })
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  return {
    write: (text) => void stream.write(text),
    get isTty() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns ?? 80
    },
  }
}

const environment: CliEnvironment = {
  stdout: textOutput(process.stdout),
  stderr: textOutput(process.stderr),
  readStdin,
  variables: env,
  cwd: process.cwd(),
  version,
  now: () => systemClock.now(),
  signal: stopping.signal,
  files,
  configuration: {
    validate: async (path) => (await judged(path)).problems,
    async describe(path) {
      const { problems, objects, advice } = await judged(path)
      refuseProblems(problems, basename(path))
      const named = (kind: string) => objects.flatMap((object) => (object.kind === kind ? [object.key] : []))
      return { sources: named('source'), targets: named('target'), connections: named('connection'), warnings: advice }
    },
  },
  open,
  starters,
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for a run to come to a halt.
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort(fail.cancelled('Stopped.'))
  })
}
// `muster runs | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70))

/** A defect outside of any request or command: say it without a secret, keep nothing half alive. */
function dieOf(thrown: unknown): never {
  const { message } = asProvisioningError(thrown)
  const stack = thrown instanceof Error ? `\n${thrown.stack?.split('\n').slice(1).join('\n') ?? ''}` : ''
  process.stderr.write(`muster: bug: ${redactText(message)}${redactText(stack)}\n`)
  process.exit(70)
}
process.on('uncaughtException', dieOf)
process.on('unhandledRejection', dieOf)

const exitCode = await runCli(process.argv.slice(2), environment)
// What was written may still wait for a slow reader; an exit would cut it off.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve))
}
// Timers of libraries must not keep a finished command alive.
process.exit(exitCode)

/** A holder `host:pid:id` of this machine whose process has ended. What runs elsewhere cannot be judged from here. */
function isGone(holder: string): boolean {
  const [host, pid] = holder.split(':')
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
