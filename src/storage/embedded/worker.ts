import { chmodSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { DurableFiles, fsyncCalls, startParameters } from './durable-files.ts'
import { tidy } from './housekeeping.ts'
import { Multiplexer } from './multiplexer.ts'

/** The thread that holds the embedded store: PostgreSQL in WASM behind a unix socket. Started by `host.ts` only. */

export interface WorkerInput {
  /** The PostgreSQL data directory; it exists. */
  readonly clusterDir: string
  readonly socketPath: string
  readonly idleInTransactionMs: number
}

export type WorkerQuestion = { readonly ask: 'facts' | 'stop' }

export type WorkerMessage =
  | { readonly say: 'ready' }
  | { readonly say: 'facts'; readonly fsyncs: number; readonly connections: number }
  | { readonly say: 'stopped' }
  | { readonly say: 'lost'; readonly message: string }

const tidyEveryMs = 10_000
const input = workerData as WorkerInput
const said: string[] = []

const say = (message: WorkerMessage) => parentPort?.postMessage(message)

/** The last lines of PostgreSQL itself say more about an end than the exit of the WASM module. */
function remember(text: string): boolean {
  said.push(text)
  if (said.length > 20) said.shift()
  return true
}

function lost(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error)
  say({ say: 'lost', message: [text, ...said].join('\n').slice(0, 4000) })
  process.exit(1)
}

/** What PostgreSQL throws to get back to its main loop after an ordinary error. */
const longJump = 100

/**
 * PGlite swallows whatever its main loop throws and calls it again, for ever when PostgreSQL panicked (no space for the
 * log) or WASM trapped. Such an engine must not be used once more: the thread ends, and the next start recovers.
 */
function endOnPanic(engine: PGlite): void {
  const module = engine.Module as unknown as { _PostgresMainLoopOnce: () => unknown }
  const runOnce = module._PostgresMainLoopOnce
  module._PostgresMainLoopOnce = () => {
    try {
      return runOnce()
    } catch (error) {
      if ((error as { readonly status?: number }).status !== longJump) lost(error)
      throw error
    }
  }
}

async function serve(): Promise<void> {
  const engine = await PGlite.create({
    fs: new DurableFiles(input.clusterDir),
    startParams: [...startParameters],
    onStdout: remember,
    onStderr: remember,
  })
  endOnPanic(engine)
  const { rows } = await engine.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('server_version', 'server_encoding', 'client_encoding',
      'DateStyle', 'TimeZone', 'integer_datetimes', 'standard_conforming_strings', 'is_superuser')`,
  )
  const multiplexer = new Multiplexer(
    {
      execute: (bytes, onRawData) => engine.execProtocolRawStream(bytes, { syncToFs: false, onRawData }),
      inTransaction: () => engine.isInTransaction(),
    },
    {
      parameters: new Map(rows.map(({ name, setting }) => [name, setting])),
      idleInTransactionMs: input.idleInTransactionMs,
      onEngineLost: lost,
    },
  )
  rmSync(input.socketPath, { force: true })
  const server = createServer((socket) => multiplexer.accept(socket))
  server.on('error', lost)
  server.listen(input.socketPath, () => {
    chmodSync(input.socketPath, 0o600)
    say({ say: 'ready' })
  })

  let tidiedAt = 0
  const timer = setInterval(() => {
    if (multiplexer.executed === tidiedAt) return
    tidiedAt = multiplexer.executed
    multiplexer.whenQuiet(() => tidy(engine)).catch(lost)
  }, tidyEveryMs)

  const stop = async () => {
    clearInterval(timer)
    server.close()
    multiplexer.close()
    await engine.close()
    say({ say: 'stopped' })
    parentPort?.close()
  }
  parentPort?.on('message', ({ ask }: WorkerQuestion) => {
    if (ask === 'facts') say({ say: 'facts', fsyncs: fsyncCalls(), connections: multiplexer.connections })
    else stop().catch(lost)
  })
}

serve().catch(lost)
