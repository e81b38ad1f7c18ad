import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Component, component } from './require.ts'

/** A real PostgreSQL of this machine, for one test file: own files, own unix socket, no port. */
export interface PostgresServer {
  /** URL of a new empty database. */
  createDatabase(): Promise<string>
  /** Every session is cut off in the middle; who asks a moment later finds it again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Whether a PostgreSQL can be started here; MUSTER_REQUIRE=postgresql makes a missing one a failure. */
export async function postgresql(): Promise<Component> {
  return await component('postgresql', () => programFolder() !== undefined || 'initdb and postgres are not installed')
}

/** Where a distribution keeps the server's programs; the newest version wins. */
function programFolder(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))))
}

/** The server refuses to run as root, so root runs it as the user the package made. */
const runsAs = process.getuid?.() === 0 ? 'postgres' : undefined

/** `durable`: commits reach the disk, as in production; tests do without. For who stops and restarts it, or measures. */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-pg-'))
  makeCluster(folder)
  const start = async () => {
    const started = spawnServer(folder, { durable })
    await waitUntilReady(folder, started)
    return started
  }
  let server = await start()
  const end = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    // SIGINT asks PostgreSQL for a fast shutdown; it is sent by the parent, which may be another user.
    server.kill('SIGINT')
    await ended
  }
  let databases = 0
  return {
    createDatabase: async () => {
      databases += 1
      return await createDatabase(folder, `test_${databases}`)
    },
    restart: async () => {
      await end()
      server = await start()
    },
    stop: async () => {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A new empty database on the one server of this test run; whoever asks first starts it, the run's end stops it. */
export async function sharedDatabase(): Promise<string> {
  const run = process.env[runFolderVariable]
  if (run === undefined) throw new Error('Databases are shared within a run of the tests only.')
  const folder = join(run, 'postgres')
  if (isFirst(folder)) {
    makeCluster(folder)
    const server = spawnServer(folder, { detached: true })
    await waitUntilReady(folder, server)
    server.unref()
    writeFileSync(join(run, readyName), '')
  }
  // Another file may still be making the cluster.
  for (let attempt = 0; !existsSync(join(run, readyName)); attempt += 1) {
    if (attempt > 2400) throw new Error('The shared PostgreSQL did not become ready within two minutes')
    await pause(50)
  }
  return await createDatabase(folder, `test_${randomUUID().replaceAll('-', '')}`)
}

/** Set by the preparation of a run (test/support/run-folder.ts). */
export const runFolderVariable = 'MUSTER_TEST_RUN'
const readyName = 'postgres.ready'

/** Ends the shared server of a run, if there is one. */
export async function stopSharedPostgres(run: string): Promise<void> {
  const pidFile = join(run, 'postgres', 'data', 'postmaster.pid')
  if (!existsSync(pidFile)) return
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGINT')
  for (let attempt = 0; existsSync(pidFile) && attempt < 200; attempt += 1) await pause(50)
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function createDatabase(folder: string, name: string): Promise<string> {
  await admin(folder, `create database ${name}`)
  return `postgresql://muster@/${name}?host=${encodeURIComponent(folder)}`
}

function installed(): string {
  const programs = programFolder()
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  return programs
}

function makeCluster(folder: string): void {
  if (runsAs !== undefined) giveAway(folder, runsAs)
  const data = join(folder, 'data')
  runNow(join(installed(), 'initdb'), [
    ...['-D', data, '-U', 'muster', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'],
  ])
}

function spawnServer(folder: string, { durable = false, detached = false }): ChildProcess {
  const settings = [
    durable ? 'fsync=on' : 'fsync=off',
    'listen_addresses=',
    `unix_socket_directories=${folder}`,
    'max_connections=200',
  ]
  const parameters = ['-D', join(folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])]
  return spawnAs(join(installed(), 'postgres'), parameters, detached)
}

function giveAway(folder: string, user: string): void {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' })))
  chownSync(folder, uid ?? 0, gid ?? 0)
  chmodSync(folder, 0o755)
}

function command(program: string, parameters: readonly string[]): [string, string[]] {
  if (runsAs === undefined) return [program, [...parameters]]
  return ['setpriv', [`--reuid=${runsAs}`, `--regid=${runsAs}`, '--clear-groups', '--', program, ...parameters]]
}

function runNow(program: string, parameters: readonly string[]): void {
  const [file, rest] = command(program, parameters)
  execFileSync(file, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' })
}

function spawnAs(program: string, parameters: readonly string[], detached: boolean): ChildProcess {
  const [file, rest] = command(program, parameters)
  return spawn(file, rest, { stdio: 'ignore', cwd: '/', detached })
}

async function waitUntilReady(folder: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 2400; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with code ${server.exitCode}`)
    try {
      return await admin(folder, 'select 1')
    } catch {
      await pause(50)
    }
  }
  throw new Error('PostgreSQL did not become ready within two minutes')
}

async function admin(folder: string, statement: string): Promise<void> {
  const client = new pg.Client({ host: folder, user: 'muster', database: 'postgres' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
