import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryQueue } from '../../test/doubles/memory-queue.ts'
import { fail } from '../domain/errors.ts'
import type { Run } from '../domain/run.ts'
import { scheduleSchema } from '../domain/schedule.ts'
import type { Clock } from '../platform/clock.ts'
import type { LeaseStore } from '../ports/leases.ts'
import type { Scheduled } from './due.ts'
import { startRunWorker } from './run-worker.ts'
import type { Runner } from './runner.ts'
import { startScheduler } from './scheduler.ts'

const minute = 60_000
const staff = (every: string): Scheduled => ({ key: 'staff', schedule: scheduleSchema.parse({ every }), savedAt: 0 })

/** A clock that moves only when told; sleepers wake when their time has come. */
function manualClock() {
  let now = 1_000_000
  const sleepers = new Set<{ at: number; wake: () => void }>()
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  }
  const pass = async (ms: number) => {
    const until = now + ms
    while (now < until) {
      now = Math.min(until, now + 10_000)
      for (const sleeper of sleepers) {
        if (sleeper.at > now) continue
        sleepers.delete(sleeper)
        sleeper.wake()
      }
      await settled()
    }
  }
  return { clock, pass }
}

/** Lets everything that waits for nothing but promises go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
}

interface World {
  scheduled: Scheduled[]
  held: boolean
  refuse: boolean
  endsAtOnce: boolean
  /** So many runs at first find another process writing when they have planned. */
  busyRuns?: number
}

/** How a run ends that found another process writing when it had planned. */
const takenMeanwhile = { state: 'waiting', error: { code: 'busy', message: 'Another run is writing.' } } as const

async function begin(part: Partial<World> = {}) {
  const world: World = { scheduled: [], held: true, refuse: false, endsAtOnce: true, ...part }
  const { clock, pass } = manualClock()
  const runs: Run[] = []
  const tries: string[] = []
  const ends: (() => void)[] = []
  const runner: Pick<Runner, 'start' | 'resumeAbandoned'> = {
    async start(connection, { kind, trigger, startedBy }) {
      tries.push(connection)
      if (world.refuse) throw fail.configInvalid('A secret is missing.')
      const run: Run = {
        id: `${runs.length + 1}`,
        number: runs.length + 1,
        connection,
        kind,
        trigger,
        startedBy,
        state: 'applied',
        startedAt: clock.now(),
        outcomes: {},
        ...(runs.length < (world.busyRuns ?? 0) ? takenMeanwhile : {}),
      }
      runs.unshift(run)
      const done = world.endsAtOnce ? Promise.resolve(run) : new Promise<Run>((end) => ends.push(() => end(run)))
      return { run, done }
    },
    resumeAbandoned: async () => 0,
  }
  const leases: Pick<LeaseStore, 'acquire' | 'release'> = {
    acquire: async (directoryKey, holder) => (world.held ? { directoryKey, holder, epoch: 1 } : undefined),
    release: async () => {},
  }
  const queue = memoryQueue(clock)
  await startRunWorker({ queue, runner, clock, log: () => {}, concurrency: 2 })
  const scheduler = startScheduler({
    scheduled: async () => world.scheduled,
    queue,
    runner,
    runs: {
      list: async ({ connection, kinds }, { limit }) => ({
        items: runs
          .filter((run) => run.connection === connection && kinds?.includes(run.kind) !== false)
          .slice(0, limit),
      }),
    },
    leases,
    clock,
    log: () => {},
    holder: 'test',
  })
  onTestFinished(() => scheduler.stop())
  return { world, pass, runs, tries, ends, scheduler }
}

describe('the scheduler', () => {
  it('starts a connection at once when it never ran, then once an interval', async () => {
    const { pass, runs } = await begin({ scheduled: [staff('10m')] })
    await pass(minute)
    expect(runs).toHaveLength(1)
    expect(runs[0]).toMatchObject({ kind: 'full', trigger: 'schedule', startedBy: 'schedule' })
    await pass(31 * minute)
    expect(runs).toHaveLength(4)
  })

  it('P19 compares everybody at its rhythm, however many other runs there are meanwhile', async () => {
    const { pass, runs } = await begin({ scheduled: [staff('10m')] })
    await pass(minute)
    const [first] = runs
    for (let number = 0; number < 200; number += 1) {
      const startedAt = first!.startedAt + 4 * minute
      runs.unshift({ ...first!, id: `p${number}`, kind: 'preview', trigger: 'push', startedAt })
    }
    await pass(5 * minute)
    expect(runs.filter(({ kind }) => kind === 'full')).toHaveLength(1)
    await pass(5 * minute)
    expect(runs.filter(({ kind }) => kind === 'full')).toHaveLength(2)
  })

  it('runs once for all that was missed', async () => {
    const { world, pass, runs } = await begin()
    await pass(600 * minute)
    world.scheduled = [staff('10m')]
    await pass(minute)
    expect(runs).toHaveLength(1)
  })

  it('keeps one run per connection', async () => {
    const { pass, runs, ends } = await begin({ scheduled: [staff('1m')], endsAtOnce: false })
    await pass(10 * minute)
    expect(runs).toHaveLength(1)
    for (const end of ends) end()
    await pass(minute)
    expect(runs).toHaveLength(2)
  })

  it('leaves it to the process that holds the lease', async () => {
    const { world, pass, runs } = await begin({ scheduled: [staff('1m')], held: false })
    await pass(5 * minute)
    expect(runs).toHaveLength(0)
    world.held = true
    await pass(minute)
    expect(runs.length).toBeGreaterThan(0)
  })

  it('tries a connection that cannot start again, but not at every tick', async () => {
    const { world, pass, runs, tries } = await begin({ scheduled: [staff('1m')], refuse: true })
    await pass(10 * minute)
    expect(tries.length).toBeGreaterThan(5)
    expect(tries.length).toBeLessThan(12)
    world.refuse = false
    await pass(2 * minute)
    expect(runs.length).toBeGreaterThan(0)
  })

  it('begins a run again that found its directory taken by another process when it had planned', async () => {
    const { pass, runs } = await begin({ scheduled: [staff('10m')], busyRuns: 3 })
    await pass(minute)
    expect(runs.map(({ state }) => state)).toEqual(['applied', 'waiting', 'waiting', 'waiting'])
  })

  it('starts nothing more after it was stopped', async () => {
    const { pass, runs, scheduler } = await begin({ scheduled: [staff('1m')] })
    await pass(minute)
    const before = runs.length
    await scheduler.stop()
    await pass(10 * minute)
    expect(runs).toHaveLength(before)
  })
})
