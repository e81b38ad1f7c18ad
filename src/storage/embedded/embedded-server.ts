import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { fail } from '../../domain/errors.ts'
import { systemClock } from '../../platform/clock.ts'
import { storeError } from '../store-error.ts'
import { type HeldLock, tryLock } from './directory-lock.ts'
import { makeCluster } from './empty-store.ts'
import { type HostFacts, type StoreHost, startHost } from './host.ts'
import { socketPathFor } from './socket-path.ts'

export interface EmbeddedOptions {
  readonly dataDir: string
  /** Said when a host that is done stays because other processes still use its store. */
  readonly onStaying?: (others: number) => void
  /** How long it stays at most. */
  readonly stayMs?: number
  /** A transaction whose owner is silent for so long, while others wait, is ended. */
  readonly idleInTransactionMs?: number
}

/** `host` runs the store in a thread of its own; `joiner` uses the one of another process (or of an earlier open). */
export type StoreRole = 'host' | 'joiner'

type Seat =
  | { readonly role: 'host'; readonly lock: HeldLock; readonly host: StoreHost; readonly heartbeat: NodeJS.Timeout }
  | { readonly role: 'joiner'; readonly presence: Socket }

const searchLimitMs = 30_000
/** How long closed connections may linger before somebody else is believed to be there. */
const farewellMs = 1_000
const heartbeatMs = 10_000
/** PostgreSQL major of the pinned PGlite; the files of another one cannot be opened. */
const clusterMajor = '18'

/**
 * The way to the embedded store of one data directory. Whoever holds the directory's lock hosts; all others join through
 * its socket, and when it ends one of them takes its place.
 */
export class EmbeddedServer {
  readonly dataDir: string
  readonly #options: EmbeddedOptions
  #seat: Seat | undefined
  #search: Promise<void> | undefined
  #socketPath: string
  #closed = false
  #lastWords: string | undefined

  private constructor(dataDir: string, options: EmbeddedOptions) {
    this.dataDir = dataDir
    this.#options = options
    this.#socketPath = socketPathFor(dataDir)
  }

  static async open(options: EmbeddedOptions): Promise<EmbeddedServer> {
    const server = new EmbeddedServer(prepareDirectory(options.dataDir), options)
    await server.ensure()
    return server
  }

  get socketPath(): string {
    return this.#socketPath
  }

  get role(): StoreRole {
    return this.#seat?.role ?? 'joiner'
  }

  /** Only a host knows; undefined for a joiner. */
  async facts(): Promise<HostFacts | undefined> {
    return this.#seat?.role === 'host' ? await this.#seat.host.facts() : undefined
  }

  /** Makes sure that somebody serves the store; takes over when nobody does. Throws `data-dir-locked` and store codes. */
  async ensure(): Promise<void> {
    if (this.#closed) throw fail.storeUnavailable('The store was closed.')
    if (this.#isServed()) return
    this.#search ??= this.#findSeat().finally(() => {
      this.#search = undefined
    })
    await this.#search
  }

  /** The caller has closed its own connections. A host stays until others have gone, but not for ever. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#search?.catch(() => undefined)
    const seat = this.#seat
    this.#seat = undefined
    if (seat?.role === 'joiner') seat.presence.destroy()
    if (seat?.role !== 'host') return
    await this.#stay(seat.host)
    await leave(seat)
  }

  #isServed(): boolean {
    const seat = this.#seat
    if (seat === undefined) return false
    return seat.role === 'host' ? seat.host.alive : !seat.presence.destroyed
  }

  async #findSeat(): Promise<void> {
    await this.#leaveDeadSeat()
    const deadline = systemClock.now() + searchLimitMs
    let pauseMs = 20
    for (;;) {
      const attempt = await this.#lock()
      if ('held' in attempt) return await this.#host(attempt.held)
      if ('holder' in attempt) {
        if (await this.#join(attempt.holder.socketPath)) return
        if (systemClock.now() > deadline) throw locked(this.dataDir, attempt.holder.pid, attempt.holder.host)
      }
      await systemClock.sleep(pauseMs)
      pauseMs = Math.min(250, pauseMs * 1.5)
    }
  }

  async #lock() {
    try {
      return await tryLock(this.dataDir, socketPathFor(this.dataDir))
    } catch (error) {
      throw storeError(error, `The data directory ${this.dataDir} cannot be locked`)
    }
  }

  async #host(lock: HeldLock): Promise<void> {
    this.#socketPath = socketPathFor(this.dataDir)
    try {
      const clusterDir = join(this.dataDir, 'cluster')
      if (!existsSync(clusterDir)) await makeCluster(clusterDir)
      assertOpenable(clusterDir)
      const idleInTransactionMs = this.#options.idleInTransactionMs ?? 30_000
      const host = await startHost({ clusterDir, socketPath: this.#socketPath, idleInTransactionMs })
      // Without its lock this host may soon not be the only one: better gone than two of them.
      const beat = () => lock.refresh() || void host.abandon()
      const heartbeat = setInterval(beat, heartbeatMs).unref()
      this.#seat = { role: 'host', lock, host, heartbeat }
    } catch (error) {
      lock.release()
      throw storeError(error, `The embedded store in ${this.dataDir} cannot be opened`, this.#lastWords)
    }
  }

  async #join(socketPath: string): Promise<boolean> {
    const presence = await openSocket(socketPath)
    if (presence === undefined) return false
    this.#socketPath = socketPath
    this.#seat = { role: 'joiner', presence }
    presence.unref()
    presence.on('close', () => {
      if (!this.#closed) this.ensure().catch(() => undefined)
    })
    return true
  }

  /** A thread that ended by itself leaves the lock with us: give it back, so that we or another take it afresh. */
  async #leaveDeadSeat(): Promise<void> {
    const seat = this.#seat
    this.#seat = undefined
    if (seat?.role !== 'host') return
    this.#lastWords = seat.host.lastWords
    await leave(seat)
  }

  async #stay(host: StoreHost): Promise<void> {
    const startedAt = systemClock.now()
    const deadline = startedAt + (this.#options.stayMs ?? 60_000)
    let told = false
    while (host.alive && systemClock.now() < deadline) {
      const others = await host.facts().then(
        (facts) => facts.connections,
        () => 0,
      )
      if (others === 0) return
      // Our own connections were closed a moment ago and may still be counted.
      if (!told && systemClock.now() - startedAt > farewellMs) {
        this.#options.onStaying?.(others)
        told = true
      }
      await systemClock.sleep(100)
    }
  }
}

async function leave(seat: Seat & { role: 'host' }): Promise<void> {
  clearInterval(seat.heartbeat)
  await seat.host.stop()
  seat.lock.release()
}

function locked(dataDir: string, pid: number, host: string): Error {
  return fail.dataDirLocked(
    `The data directory ${dataDir} is in use by process ${pid} on ${host}, which does not answer.`,
    {
      hint: 'Wait for that process to end, or end it; a data directory must not be shared between machines.',
    },
  )
}

function openSocket(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
    socket.once('connect', () => {
      socket.setTimeout(0)
      resolve(socket)
    })
    socket.on('error', () => resolve(undefined))
  })
}

/** Creates the directory for this user alone; an existing one must be ours to write. */
function prepareDirectory(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const facts = statSync(dataDir)
    if (facts.uid === process.getuid?.() && (facts.mode & 0o077) !== 0) chmodSync(dataDir, 0o700)
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(dataDir)
  } catch (error) {
    throw storeError(error, `The data directory ${dataDir} cannot be used`)
  }
}

function assertOpenable(clusterDir: string): void {
  const major = readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim()
  if (major === clusterMajor) return
  const message = `The embedded store in ${clusterDir} was made by PostgreSQL ${major}; this program brings ${clusterMajor}.`
  const hint = 'Make a backup with the program version that wrote it, then restore it here into a new data directory.'
  throw Number(major) > Number(clusterMajor)
    ? fail.schemaNewer(message, { hint })
    : fail.storeUnavailable(message, { hint })
}
