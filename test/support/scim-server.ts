import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startMuster } from './muster.ts'

export interface ScimServer extends AsyncDisposable {
  /** Base URL of the push source `idp`, without a slash at the end. */
  readonly base: string
  readonly token: string
  readonly pid: number
  /** Data directory, where the embedded store is. */
  readonly dataDir: string
  /** What the server wrote to its error stream so far. */
  log(): string
}

export interface ScimServerOptions {
  /** Absent = the embedded store. */
  readonly databaseUrl?: string
}

const startTimeoutMs = 60_000

/** The program as a process of its own, with one push source and a token for it. */
export async function startScimServer({ databaseUrl }: ScimServerOptions = {}): Promise<ScimServer> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-scim-'))
  const config = join(folder, 'muster.yaml')
  writeFileSync(
    config,
    'sources: { idp: { type: scim-push, requestsPerSecond: 10000, maxBodyMegabytes: 16 } }\ntargets: {}\nconnections: {}\n',
  )
  const options = {
    cwd: folder,
    timeoutMs: 3_600_000,
    ...(databaseUrl === undefined ? {} : { env: { DATABASE_URL: databaseUrl } }),
  }
  const common = ['--config', config, '--data-dir', join(folder, 'data'), '--json']
  const server = startMuster(['serve', '--port', '0', ...common], options)
  let output = ''
  let log = ''
  server.child.stdout?.on('data', (chunk: string) => {
    output += chunk
  })
  server.child.stderr?.on('data', (chunk: string) => {
    log += chunk
  })
  const stop = async () => {
    server.child.kill('SIGTERM')
    await server.finished
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const url = await firstAddress(
      () => output,
      () => server.child.exitCode !== null,
    )
    if (url === undefined) throw new Error(`muster serve did not start: ${log}`)
    const made = await startMuster(['token', 'create', '--source', 'idp', ...common], options).finished
    if (made.code !== 0) throw new Error(`No token: ${made.stderr}`)
    const { value } = JSON.parse(made.stdout) as { value: string }
    return {
      base: `${url}/scim/idp/v2`,
      token: value,
      pid: server.child.pid ?? 0,
      dataDir: join(folder, 'data'),
      log: () => log,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function firstAddress(output: () => string, hasEnded: () => boolean): Promise<string | undefined> {
  const started = performance.now()
  while (performance.now() - started < startTimeoutMs && !hasEnded()) {
    const url = /http:\/\/[0-9.]+:\d+/.exec(output())?.[0]
    if (url !== undefined) return url
    await pause(20)
  }
  return undefined
}
