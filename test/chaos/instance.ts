// One instance of Muster on a clock that runs fast, started by the soak: it schedules, takes runs from the queue and
// resumes what others left. It is meant to be killed.
import { createInstallation } from '../../src/app/installation.ts'
import { createConnections, scheduledConnections } from '../../src/app/setups.ts'
import { catalog } from '../../src/connectors/registry.ts'
import { startRunWorker } from '../../src/engine/run-worker.ts'
import { createRunner } from '../../src/engine/runner.ts'
import { startScheduler } from '../../src/engine/scheduler.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { openStore } from '../../src/storage/store.ts'

const env = (name: string) => process.env[name] ?? ''
const speed = Number(env('SOAK_SPEED'))
const begun = Number(env('SOAK_BEGUN'))
const folder = env('SOAK_FOLDER')
const databaseUrl = process.env.DATABASE_URL

/** Every instance of a soak tells the same time, also one that starts later. */
const clock: Clock = {
  now: () => begun + (Date.now() - begun) * speed,
  sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
}

const store = await openStore({
  dataDir: env('SOAK_DATA'),
  now: clock.now,
  ...(databaseUrl === undefined ? {} : { databaseUrl }),
})
const log = (message: string, fields?: unknown) => {
  if (env('SOAK_LOG') !== '') process.stderr.write(`${process.pid} ${message} ${JSON.stringify(fields)}\n`)
}
const installation = createInstallation({
  store,
  catalog,
  clock,
  log,
  variables: process.env,
  baseDir: folder,
  fileBaseDir: folder,
})
const holder = `soak:${process.pid}`
const isGone = (other: string) => {
  const pid = /^soak:(\d+)$/.exec(other)?.[1]
  return pid !== undefined && !isAlive(Number(pid))
}
const runner = createRunner({ store, connections: createConnections(installation), clock, log, holder, isGone })
const queue = await store.runQueue((error) => log('queue', { error: String(error) }))
startScheduler({
  scheduled: () => scheduledConnections(installation),
  queue,
  runner,
  runs: store.runs,
  leases: store.leases,
  clock,
  log,
  holder,
  tickMs: 300 * speed,
  leaseMs: 2_000,
})
await startRunWorker({ queue, runner, clock, log, concurrency: 2 })
process.stdout.write('ready\n')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
