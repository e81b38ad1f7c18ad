import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Names one process beyond its number, which machines use again. */
export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** Changes with every start of the machine; absent where it cannot be told. */
  readonly boot?: string
  /** The namespace the number is meant in: two containers have each a process 1. */
  readonly pidNamespace?: string
  /** When the process started, in clock ticks since the machine did. */
  readonly startTicks?: string
}

export function currentProcess(): ProcessIdentity {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const pidNamespace = attempt(() => readlinkSync('/proc/self/ns/pid'))
  const startTicks = processState(process.pid)?.startTicks
  return {
    pid: process.pid,
    host: hostname(),
    ...(boot === undefined ? {} : { boot }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
    ...(startTicks === undefined ? {} : { startTicks }),
  }
}

/** `elsewhere` = the number means nothing here: another machine, or another container on this one. */
export type Liveness = 'alive' | 'dead' | 'elsewhere'

export function liveness(other: ProcessIdentity, self: ProcessIdentity = currentProcess()): Liveness {
  if (other.host !== self.host || other.pidNamespace !== self.pidNamespace) return 'elsewhere'
  if (other.boot !== self.boot) return 'dead'
  if (!answersToSignal(other.pid)) return 'dead'
  const state = processState(other.pid)
  if (state === undefined) return 'alive'
  if (state.ended) return 'dead'
  return other.startTicks === undefined || other.startTicks === state.startTicks ? 'alive' : 'dead'
}

function answersToSignal(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** From /proc/<pid>/stat: field 3 is the state, field 22 the start (proc_pid_stat(5)); field 2 may hold spaces. */
function processState(pid: number): { readonly ended: boolean; readonly startTicks: string } | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { ended: fields[0] === 'Z' || fields[0] === 'X', startTicks: fields[19] ?? '' }
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
