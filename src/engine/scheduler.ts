import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import type { LeaseStore } from '../ports/leases.ts'
import type { RunQueue } from '../ports/queue.ts'
import type { RunStore } from '../ports/runs.ts'
import { isDue, lastBegun, type Scheduled } from './due.ts'
import { createLookout, type LookForChanges, type Lookout, type RunForSome } from './lookout.ts'
import type { Runner } from './runner.ts'

export interface SchedulerOptions {
  /** Asked at every tick, so that a changed schedule counts at once. */
  readonly scheduled: () => Promise<readonly Scheduled[]>
  readonly queue: Pick<RunQueue, 'ask'>
  /** Asks the source of a connection what changed; absent = nobody is asked. */
  readonly lookForChanges?: LookForChanges
  /** Plans those who changed alone; absent = everybody. */
  readonly runForSome?: RunForSome
  readonly runner: Pick<Runner, 'resumeAbandoned'>
  readonly runs: Pick<RunStore, 'list'>
  readonly leases: Pick<LeaseStore, 'acquire' | 'release'>
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  /** Names this process in leases. */
  readonly holder: string
  /** @default 10_000 */
  readonly tickMs?: number
  /** How long another process waits after this one died; by the clock of the store. @default three ticks */
  readonly leaseMs?: number
}

export interface Scheduler {
  /** Asks for nothing more; runs under way are the runner's to stop. */
  stop(): Promise<void>
}

/** Of all processes on one store the holder of this lease schedules. */
const leaseName = 'muster:scheduler'

/**
 * Asks for the runs that are due, and takes up what another process left half applied. It compares what is with what
 * should be and remembers nothing, so what was missed while Muster was down is due once.
 */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { clock, leases, log, tickMs = 10_000, leaseMs = tickMs * 3 } = options
  // A holder of our own, because another part of this process may use the same name for another lease.
  const holder = `${options.holder}:${newId(clock.now())}`
  const ending = new AbortController()
  const lookout = createLookout(options, ending.signal)

  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        const lease = await leases.acquire(leaseName, holder, leaseMs)
        if (lease !== undefined) await tick(options, lookout)
      } catch (error) {
        log('the scheduler could not look what is due', { error })
      }
      await clock.sleep(tickMs, ending.signal).catch(() => undefined)
    }
    const lease = await leases.acquire(leaseName, holder, leaseMs).catch(() => undefined)
    if (lease !== undefined) await leases.release(lease).catch(() => undefined)
  }
  const ended = loop()
  return {
    async stop() {
      ending.abort()
      await ended
      await lookout.settled()
    },
  }
}

async function tick(options: SchedulerOptions, lookout: Lookout): Promise<void> {
  const { scheduled, runner, queue, clock, log } = options
  await runner.resumeAbandoned()
  for (const each of await scheduled()) {
    if (!isDue(each, await lastBegun(options, each), clock.now())) {
      lookout.consider(each)
      continue
    }
    const isNew = await queue.ask({ connection: each.key, trigger: 'schedule', startedBy: 'schedule', lane: 3 })
    if (isNew) log('scheduled run is due', { connection: each.key })
  }
}
