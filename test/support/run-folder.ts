import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFolderVariable, stopSharedPostgres } from './postgres.ts'

/** What all files of a run put there at once stays well below this. */
const roomBytes = 8e9
const memory = '/dev/shm'

/**
 * What the files of one run share lies in a folder of its own, which ends with the run; so do their temporary files. Where
 * there is room it lies in memory: a disk takes most of the time of making and syncing hundreds of small stores.
 */
export default function prepare(): () => Promise<void> {
  if (hasRoom(memory)) removeLeftovers(memory)
  const folder = mkdtempSync(join(hasRoom(memory) ? memory : tmpdir(), `muster-${process.pid}-`))
  chmodSync(folder, 0o755) // the database server may run as another user
  process.env[runFolderVariable] = folder
  process.env.TMPDIR = folder
  const making = spawn(process.execPath, [join(import.meta.dirname, 'ready-store.ts'), folder], { stdio: 'inherit' })
  const made = once(making, 'exit')
  return async () => {
    await Promise.all([stopSharedPostgres(folder), made])
    // A process that a test left may still write there for a moment.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

function hasRoom(place: string): boolean {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === place)
    const options = mount?.split(' ')[3]?.split(',') ?? ['noexec']
    const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) * 1024
    const { bavail, bsize } = statfsSync(place)
    // A container may get less than the machine has; zero = nobody said.
    const granted = process.constrainedMemory() || Number.POSITIVE_INFINITY
    return !options.includes('noexec') && Math.min(available, granted, bavail * bsize) > roomBytes
  } catch {
    return false
  }
}

/** A run that was killed leaves its folder, and here that would be memory. */
function removeLeftovers(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = /^muster-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(place, name), { recursive: true, force: true })
  }
}
