import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * A temporary folder with server processes that work in it. Both are gone when `remove` was called, and also when this
 * process ends in any way: a guard waits for the end of a pipe, kills what was started and removes the folder.
 */
export class Den {
  readonly folder: string
  readonly #guard: ChildProcess
  readonly #running = new Set<ChildProcess>()

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `muster-${name}-`))
    writeFileSync(join(this.folder, 'pids'), '')
    const script = 'cat >/dev/null; [ ! -d "$1" ] || { xargs -r kill -9 <"$1/pids" 2>/dev/null; rm -rf "$1"; }'
    this.#guard = spawn('sh', ['-c', script, 'guard', this.folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Ctrl-C ends the tests; the guard still has to tidy up after them.
      detached: true,
    })
    this.#guard.unref()
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names)
  }

  makeFolders(...names: readonly string[]): void {
    for (const name of names) mkdirSync(this.path(name), { recursive: true })
  }

  write(name: string, text: string, mode = 0o600): string {
    writeFileSync(this.path(name), text, { mode })
    return this.path(name)
  }

  /** Starts a program whose two outputs go to `<name>.log`. */
  start(name: string, program: string, parameters: readonly string[]): ChildProcess {
    const log = openSync(this.path(`${name}.log`), 'a')
    const child = spawn(program, [...parameters], { stdio: ['pipe', log, log], cwd: this.folder })
    this.#running.add(child)
    this.#notePids()
    child.once('exit', () => {
      this.#running.delete(child)
      this.#notePids()
    })
    return child
  }

  /** What the guard would have to kill: only what runs, as numbers of ended processes are given to others. */
  #notePids(): void {
    if (!existsSync(this.folder)) return
    writeFileSync(this.path('pids'), [...this.#running].map(({ pid }) => `${pid ?? ''}\n`).join(''))
  }

  /** Asks `ready` until it says true. Throws with the end of the log when the program ends or two minutes go by. */
  async waitFor(name: string, child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 2400; attempt++) {
      if (child.exitCode !== null || child.signalCode !== null) break
      if (await ready()) return
      await pause(50)
    }
    throw new Error(`${name} did not start:\n${readFileSync(this.path(`${name}.log`), 'utf8').slice(-2000)}`)
  }

  /** Ends one program and waits for it: by SIGTERM, then SIGKILL after five seconds. */
  async end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(timer)
  }

  /** Ends everything and removes the folder. */
  async remove(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.end(child)))
    rmSync(this.folder, { recursive: true, force: true })
    this.#guard.stdin?.end()
  }
}

/** Whether a server can listen on the port of this address right now. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

/**
 * So many different ports of 127.0.0.1 on which nobody listens. They lie below those that a system gives to whoever asks for
 * any, so that no client or server beside takes one before ours does.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = randomInt(lowestPort, lowestGiven)
    if (await canListen('127.0.0.1', port)) ports.add(port)
  }
  return [...ports]
}

const lowestPort = 12_000
const lowestGiven = 32_000
