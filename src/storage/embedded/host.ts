import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { fail } from '../../domain/errors.ts'
import { systemClock } from '../../platform/clock.ts'
import type { WorkerInput, WorkerMessage, WorkerQuestion } from './worker.ts'

export interface HostFacts {
  /** Times the kernel was told to write down, since the host started. */
  readonly fsyncs: number
  /** Connections open right now, of this process and others. */
  readonly connections: number
}

/** The embedded store, served by a thread of this process. */
export interface StoreHost {
  readonly alive: boolean
  /** What PostgreSQL said when it ended by itself. */
  readonly lastWords: string | undefined
  facts(): Promise<HostFacts>
  stop(): Promise<void>
  /** Ends the thread at once, as a crash would. */
  abandon(): Promise<void>
}

const startLimitMs = 60_000
const answerLimitMs = 60_000

/** A built package holds JavaScript; a checkout runs TypeScript. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/**
 * Keeps V8 to its baseline compiler for WebAssembly. Optimizing the few huge functions of PostgreSQL takes 500 MB for a
 * moment, which is more than the whole store needs; statements take about 1.5 times as long without it. Must be said
 * before the first WebAssembly is compiled; nothing else in this process uses any.
 */
function keepCompilerSmall(): void {
  for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag)
}

export async function startHost(input: WorkerInput): Promise<StoreHost> {
  keepCompilerSmall()
  const worker = new Worker(workerFile, { workerData: input, stdout: false, stderr: false })
  worker.setMaxListeners(50)
  let alive = true
  let lastWords: string | undefined
  worker.on('message', (message: WorkerMessage) => {
    if (message.say === 'lost') lastWords = message.message
  })
  worker.on('error', (error) => {
    lastWords ??= String(error)
  })
  worker.on('exit', () => {
    alive = false
  })
  const ask = (question: WorkerQuestion['ask']) => {
    const answer = waitFor(worker, question === 'facts' ? 'facts' : 'stopped', answerLimitMs)
    worker.postMessage({ ask: question } satisfies WorkerQuestion)
    return answer
  }
  try {
    await waitFor(worker, 'ready', startLimitMs)
  } catch (error) {
    await worker.terminate()
    throw fail.storeUnavailable('The embedded store did not start.', { cause: lastWords ?? error })
  }
  return {
    get alive() {
      return alive
    },
    get lastWords() {
      return lastWords
    },
    facts: async () => (await ask('facts')) as WorkerMessage & { say: 'facts' },
    stop: async () => {
      if (alive) await ask('stop').catch(() => undefined)
      await worker.terminate()
    },
    abandon: async () => {
      await worker.terminate()
    },
  }
}

function waitFor(worker: Worker, what: WorkerMessage['say'], limitMs: number): Promise<WorkerMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<WorkerMessage>()
  const waiting = new AbortController()
  const onMessage = (message: WorkerMessage) => {
    if (message.say === what) resolve(message)
    if (message.say === 'lost') reject(new Error(message.message))
  }
  const onEnd = (reason: unknown) => reject(reason instanceof Error ? reason : new Error('the store thread ended'))
  worker.on('message', onMessage)
  worker.once('error', onEnd)
  worker.once('exit', onEnd)
  systemClock.sleep(limitMs, waiting.signal).then(
    () => reject(new Error(`no answer within ${limitMs / 1000} s`)),
    () => undefined,
  )
  return promise.finally(() => {
    waiting.abort()
    worker.off('message', onMessage)
    worker.off('error', onEnd)
    worker.off('exit', onEnd)
  })
}
