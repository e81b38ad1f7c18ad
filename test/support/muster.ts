import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url))

export interface Finished {
  /** Undefined when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Largest resident memory of the process, in bytes, as the kernel saw it; 0 where /proc does not tell. */
  readonly peakMemory: number
  readonly ms: number
}

export interface MusterProcess {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

export interface MusterOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeoutMs?: number
}

/** Starts the real program in a process of its own, with nothing of this process's environment but the PATH. */
export function startMuster(args: readonly string[], options: MusterOptions = {}): MusterProcess {
  const started = performance.now()
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', HOME: options.cwd ?? '/nonexistent', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  let peakMemory = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said.stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said.stderr += chunk
  })
  processes.push({ args, child, said })
  if (processes.length > mostProcesses) processes.shift()
  const watch = setInterval(() => {
    void highWaterMark(child.pid).then((bytes) => {
      peakMemory = Math.max(peakMemory, bytes)
    })
  }, 100)
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 600_000)
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearInterval(watch)
      clearTimeout(timer)
      resolve({ code, ...said, peakMemory, ms: performance.now() - started })
    })
  })
  return { child, finished }
}

const mostProcesses = 12
const processes: { readonly args: readonly string[]; readonly child: ChildProcess; readonly said: Said }[] = []

type Said = Pick<Finished, 'stdout' | 'stderr'>

/** The last processes of this file and what they said so far, for whoever explains a failure. */
export function processesSoFar(): readonly (Said & { readonly command: string; readonly code: string })[] {
  return processes.map(({ args, child, said }) => ({
    ...said,
    command: args.join(' '),
    code: String(child.exitCode ?? child.signalCode ?? 'still running'),
  }))
}

/** Runs a command to its end. */
export function muster(args: readonly string[], options: MusterOptions = {}): Promise<Finished> {
  return startMuster(args, options).finished
}

async function highWaterMark(pid: number | undefined): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
