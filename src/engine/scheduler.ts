import { asProvisioningError } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { LeaseStore, RunStore } from '../ports/store.ts'
import type { Runner } from './runner.ts'

/** A connection that runs by itself. */
export interface Scheduled {
  readonly key: string
  readonly everyMs: number
}

export interface SchedulerOptions {
  /** Asked at every tick, so that a changed schedule counts at once. */
  readonly scheduled: () => Promise<readonly Scheduled[]>
  readonly runner: Pick<Runner, 'start' | 'resumeAbandoned'>
  readonly runs: Pick<RunStore, 'list'>
  readonly leases: Pick<LeaseStore, 'acquire' | 'release'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** Names this process in leases. */
  readonly holder: string
  /** @default 10_000 */
  readonly tickMs?: number
}

export interface Scheduler {
  /** Starts nothing more; runs under way are the runner's to stop. */
  stop(): Promise<void>
}

/** Of all processes on one store the holder of this lease schedules. */
const leaseName = 'muster:scheduler'
const shortestPauseAfterFailureMs = 60_000
const longestPauseAfterFailureMs = 15 * 60_000

/**
 * Starts connections when they are due and takes up what another process left half applied. Due = the last full run began
 * an interval ago, whoever began it; what was missed while Muster was down runs once.
 */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { clock, leases, log, tickMs = 10_000 } = options
  // A holder of our own, because another part of this process may use the same name for another lease.
  const holder = `${options.holder}:${newId(clock.now())}`
  const ending = new AbortController()
  const state: SchedulerState = { running: new Set(), notBefore: new Map() }

  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        const lease = await leases.acquire(leaseName, holder, tickMs * 3)
        if (lease !== undefined) await tick(options, state)
      } catch (error) {
        log('the scheduler could not look what is due', { error })
      }
      await clock.sleep(tickMs, ending.signal).catch(() => undefined)
    }
    const lease = await leases.acquire(leaseName, holder, tickMs).catch(() => undefined)
    if (lease !== undefined) await leases.release(lease).catch(() => undefined)
  }
  const ended = loop()
  return {
    async stop() {
      ending.abort()
      await ended
    },
  }
}

interface SchedulerState {
  /** Connections whose run of this process has not ended: one run per connection. */
  readonly running: Set<string>
  /** Connections that could not even be started, and when they are tried again. */
  readonly notBefore: Map<string, number>
}

async function tick(options: SchedulerOptions, { running, notBefore }: SchedulerState): Promise<void> {
  const { scheduled, runner, runs, clock, log } = options
  await runner.resumeAbandoned()
  for (const { key, everyMs } of await scheduled()) {
    const now = clock.now()
    if (running.has(key) || now < (notBefore.get(key) ?? 0)) continue
    const recent = await runs.list({ connection: key }, { limit: 50 })
    const last = recent.items.find((run) => run.kind === 'full')
    if (last !== undefined && now < last.startedAt + everyMs) continue
    try {
      const { run, done } = await runner.start(key, { kind: 'full', trigger: 'schedule', startedBy: 'schedule' })
      log('scheduled run started', { connection: key, run: run.number })
      notBefore.delete(key)
      running.add(key)
      done.finally(() => running.delete(key)).catch(() => undefined)
    } catch (thrown) {
      const error = asProvisioningError(thrown)
      const pauseMs = Math.min(longestPauseAfterFailureMs, Math.max(shortestPauseAfterFailureMs, everyMs))
      notBefore.set(key, clock.now() + pauseMs)
      log('scheduled run could not start', { connection: key, code: error.code, error, againInMs: pauseMs })
    }
  }
}
