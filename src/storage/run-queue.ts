import { CompiledQuery, sql } from 'kysely'
import { type ConstructorOptions, PgBoss } from 'pg-boss'
import type { RunQueue, RunRequest } from '../ports/queue.ts'
import { type Database, rowsOf } from './database.ts'

const queueName = 'run'
/** Tables of the queue stand apart: they are no state, and no part of a backup. */
const schema = 'muster_jobs'
/** Longer than any run; a request of an instance that died is noticed by its missing heartbeat. */
const longestRunSeconds = 23 * 3600
const heartbeatSeconds = 15
/** How often the queue looks for requests whose instance died; one instance of all does it. */
const superviseSeconds = 10
/** Also the pause after an instance died with a run: whoever leaves at that moment must not wait for minutes. */
const firstPauseSeconds = 5
const longestPauseSeconds = 300
const pollSeconds = 0.5
const stopTimeoutMs = 30_000

/** Runs that wait, kept by pg-boss in the same store. `onFault` hears of trouble between calls. */
export async function openRunQueue(database: Database, onFault: (error: unknown) => void): Promise<RunQueue> {
  const boss = new PgBoss({
    db: throughPool(database),
    schema,
    backend: database.kind === 'embedded' ? 'pglite' : 'postgres',
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    monitorIntervalSeconds: superviseSeconds,
    superviseIntervalSeconds: superviseSeconds,
  })
  boss.on('error', onFault)
  await boss.start()
  await boss.createQueue(queueName, {
    policy: 'exclusive',
    retryLimit: 1_000_000,
    retryDelay: firstPauseSeconds,
    retryBackoff: true,
    retryDelayMax: longestPauseSeconds,
    heartbeatSeconds,
    expireInSeconds: longestRunSeconds,
    deleteAfterSeconds: 3600,
  })
  return {
    async ask(request) {
      // The queue of an older installation was made with a longer pause.
      const retryDelay = firstPauseSeconds
      const options = { singletonKey: request.connection, priority: -request.lane, retryDelay }
      return (await boss.send(queueName, request, options)) !== null
    },
    async work(concurrency, handle) {
      const options = { localConcurrency: concurrency, pollingIntervalSeconds: pollSeconds }
      await boss.work<RunRequest>(queueName, options, async ([job]) => {
        if (job !== undefined) await handle(job.data)
      })
    },
    async waiting() {
      const [row] = await rowsOf<{ count: number }>(
        database.kysely,
        sql`select count(*)::int as count from muster_jobs.job where name = ${queueName} and state < 'active'`,
      )
      return row?.count ?? 0
    },
    close: () => boss.stop({ graceful: true, timeout: stopTimeoutMs }),
  }
}

/** The pool that everybody uses: one way to the store, whichever of the two it is. */
function throughPool({ kysely }: Database): NonNullable<ConstructorOptions['db']> {
  return {
    async executeSql(text, values = []) {
      const { rows } = await kysely.executeQuery<unknown>(CompiledQuery.raw(text, [...values]))
      return { rows: [...rows] }
    },
  }
}
