import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SandboxFacts, SandboxOptions } from '../../src/sandbox/start.ts'

export interface SandboxProcess extends SandboxFacts, AsyncDisposable {
  readonly pid: number
  /** A call of the control API, e.g. `control('POST', '/faults', {...})`; throws its message when it is refused. */
  control<Answer = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>
  stop(): Promise<void>
}

/** Options that survive being written as JSON. */
export type SandboxProcessOptions = Omit<SandboxOptions, 'clock'>

const startTimeoutMs = 120_000

/** The twin as a process of its own; it also ends when this one does. */
export function sandboxProcess(options: SandboxProcessOptions = {}): Promise<SandboxProcess> {
  return twinProcess(fileURLToPath(new URL('./sandbox-process.ts', import.meta.url)), JSON.stringify(options))
}

/** The same for another script that starts a twin and prints its facts. */
export async function twinProcess(script: string, argument: string): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [script, argument], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const facts = await new Promise<SandboxFacts>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill()
      reject(new Error('The sandbox process did not start in time'))
    }, startTimeoutMs)
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      if (!text.includes('\n')) return
      clearTimeout(timer)
      resolve(JSON.parse(text.slice(0, text.indexOf('\n'))))
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`The sandbox process ended with code ${code}`))
    })
  })
  const stop = async () => {
    child.kill()
    await ended
  }
  return {
    ...facts,
    pid: child.pid ?? 0,
    control: (method, path, body) => callControl(facts.url, method, path, body),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** A call of a sandbox's control API over HTTP. */
export async function callControl<Answer>(
  url: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await fetch(`${url}/__sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(120_000),
  })
  const json = (await answer.json()) as Answer & { message?: string }
  if (!answer.ok) throw new Error(json.message ?? `The control API answered ${answer.status}`)
  return json
}
