import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { OpenApi } from '../cli/environment.ts'
import { roles } from '../contract/route.ts'
import type { Principal } from '../contract/routes.ts'
import { fail } from '../domain/errors.ts'
import { createLog, type Log, type LogLevel, logLevels } from '../platform/log.ts'
import { files } from './files.ts'

/** What the program is told by the machine it runs on; only main.ts asks the machine itself. */
export interface Machine {
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Aborted when the program is asked to end. */
  readonly signal: AbortSignal
  readonly fetch: OpenApi['fetch']
}

/** An environment variable that is set to something. */
export function variable({ variables }: Machine, name: string): string | undefined {
  const value = variables[name]
  return value === '' ? undefined : value
}

/** Where the store is unless a command says so. */
export function defaultDataDir(machine: Machine): string {
  return (
    variable(machine, 'MUSTER_DATA_DIR') ??
    join(variable(machine, 'XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'muster')
  )
}

/** Master keys of the environment; none = that of the data directory. */
export async function masterKeysGiven(machine: Machine) {
  const file = variable(machine, 'MUSTER_MASTER_KEY_FILE')
  const text =
    variable(machine, 'MUSTER_MASTER_KEY') ?? (file === undefined ? undefined : (await files.readText(file)).trim())
  const previous = variable(machine, 'MUSTER_PREVIOUS_MASTER_KEY')
  return {
    ...(text === undefined ? {} : { masterKey: keyBytes(text) }),
    ...(previous === undefined ? {} : { previousMasterKeys: previous.split(',').map(keyBytes) }),
  }
}

function keyBytes(text: string): Buffer {
  return Buffer.from(text.trim(), /^[0-9a-f]{64}$/i.test(text.trim()) ? 'hex' : 'base64')
}

/** The operating-system user: who may open the data directory may do everything with it (D17). */
export function principal(): Principal {
  let name: string
  try {
    name = userInfo().username
  } catch {
    // A uid without an entry in the user database, as containers have it.
    name = `uid-${process.getuid?.() ?? 'unknown'}`
  }
  return { name: `os:${name}`, roles }
}

/** A log that writes lines to a stream, from the level of the environment on. Throws `config-invalid`. */
export function logTo(machine: Machine, stream: NodeJS.WriteStream, level: LogLevel): Log {
  const asked = variable(machine, 'MUSTER_LOG_LEVEL')
  const known = logLevels.find((each) => each === asked)
  if (asked !== undefined && known === undefined) {
    throw fail.configInvalid(`MUSTER_LOG_LEVEL is "${asked}".`, { hint: `Use one of ${logLevels.join(', ')}.` })
  }
  return createLog({ level: known ?? level, destination: { write: (line) => void stream.write(line) } })
}

/** Resolves when the signal says so. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}

/** A holder `host:pid:id` of this machine whose process has ended. What runs elsewhere cannot be judged from here. */
export function isGone(holder: string): boolean {
  const [host, pid] = holder.split(':')
  if (host !== hostname() || !/^\d+$/.test(pid ?? '')) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
