import { linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../platform/clock.ts'
import { newId } from '../../platform/ids.ts'
import { currentProcess, liveness, type ProcessIdentity } from './process-identity.ts'

/**
 * Who hosts the store of a data directory. The lock is the file `muster-<generation>.lock` with the highest generation;
 * `muster-<generation>.free` says that its holder gave it back.
 *
 * A generation is taken by linking a complete file to its name, which the file system grants to exactly one process. The
 * highest generation is never removed, only renamed to `.free`, and a new one is always one higher: so a process that
 * acted too late on a stale lock finds a generation above (or the `.free` beside) its own and knows that it lost.
 */

export interface LockHolder extends ProcessIdentity {
  readonly socketPath: string
}

export interface HeldLock {
  /** The file that proves it. */
  readonly path: string
  /** Says once more that the holder lives, for processes that cannot see it. False when the file is no longer there. */
  refresh(): boolean
  release(): void
}

/** `raced` = somebody else moved at the same moment; look again. */
export type LockAttempt = { readonly held: HeldLock } | { readonly holder: LockHolder } | { readonly raced: true }

/** Longer than a holder that lives elsewhere may go without `refresh`. */
const heartbeatLimitMs = 60_000
/** A holder on this machine listens soon after it took the lock. */
const listenLimitMs = 15_000

const lockName = /^muster-(\d+)\.(lock|free)$/
const draftName = /^\.lock-/

interface LockEntry {
  readonly generation: number
  readonly free: boolean
  readonly path: string
}

export async function tryLock(dataDir: string, socketPath: string): Promise<LockAttempt> {
  const current = highest(dataDir)
  if (current !== undefined && !current.free) {
    const holder = readHolder(current.path)
    if (holder !== undefined && (await isAlive(holder, current.path))) return { holder }
  }
  return take(dataDir, socketPath, (current?.generation ?? 0) + 1)
}

function take(dataDir: string, socketPath: string, generation: number): LockAttempt {
  const path = join(dataDir, `muster-${generation}.lock`)
  const draft = join(dataDir, `.lock-${newId()}`)
  try {
    writeFileSync(draft, `${JSON.stringify({ ...currentProcess(), socketPath })}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return { raced: true }
  } finally {
    rmSync(draft, { force: true })
  }
  if (highest(dataDir)?.path !== path) {
    rmSync(path, { force: true })
    return { raced: true }
  }
  clearOlder(dataDir, generation)
  return { held: { path, refresh: () => touch(path), release: () => giveBack(path) } }
}

function clearOlder(dataDir: string, generation: number): void {
  for (const entry of entries(dataDir)) if (entry.generation < generation) rmSync(entry.path, { force: true })
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name)
    if (draftName.test(name) && ageOf(path) > heartbeatLimitMs) rmSync(path, { force: true })
  }
}

function touch(path: string): boolean {
  const seconds = systemClock.now() / 1000
  try {
    utimesSync(path, seconds, seconds)
    return true
  } catch {
    return false
  }
}

function giveBack(path: string): void {
  try {
    renameSync(path, path.replace(/lock$/, 'free'))
  } catch {
    // The file is gone already, and with it what was to be given back.
  }
}

async function isAlive(holder: LockHolder, path: string): Promise<boolean> {
  const self = currentProcess()
  const state = liveness(holder, self)
  if (state !== 'elsewhere') return state === 'alive'
  if (await answers(holder.socketPath)) return true
  const sameMachine = holder.boot !== undefined && holder.boot === self.boot
  return ageOf(path) < (sameMachine ? listenLimitMs : heartbeatLimitMs)
}

/** A file that is gone is infinitely old. */
function ageOf(path: string): number {
  try {
    return systemClock.now() - statSync(path).mtimeMs
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

function entries(dataDir: string): LockEntry[] {
  return readdirSync(dataDir).flatMap((name) => {
    const parts = lockName.exec(name)
    if (parts === null) return []
    return [{ generation: Number(parts[1]), free: parts[2] === 'free', path: join(dataDir, name) }]
  })
}

/** Reads the folder until two looks agree, because a listing is not one moment in time. */
function highest(dataDir: string): LockEntry | undefined {
  const order = (a: LockEntry, b: LockEntry) => b.generation - a.generation || Number(b.free) - Number(a.free)
  let seen = entries(dataDir).sort(order)[0]
  for (let look = 0; look < 20; look += 1) {
    const now = entries(dataDir).sort(order)[0]
    if (now?.path === seen?.path) return now
    seen = now
  }
  return seen
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockHolder
  } catch {
    return undefined
  }
}
