/**
 * `npm run chaos:soak -- [--seconds N] [--seed N] [--people N] [--postgresql]`: a company lives through simulated days while
 * instances are killed, the store is restarted, the source is torn and the target misbehaves. Exit 1 when the site is not as
 * the company says in the end. `--postgresql` = two instances on a PostgreSQL of this machine.
 */
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres.ts'
import { soak } from './soak-harness.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    people: { type: 'string', default: '60' },
    speed: { type: 'string', default: '2000' },
    postgresql: { type: 'boolean', default: false },
  },
})
const server = values.postgresql ? await startPostgres() : undefined
try {
  const report = await soak({
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    people: Number(values.people),
    groups: 12,
    speed: Number(values.speed),
    ...(server === undefined
      ? {}
      : { databaseUrl: await server.createDatabase(), restartStore: () => server.restart() }),
    say: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  process.exitCode = report.differences.length === 0 && report.invitedTwice === 0 ? 0 : 1
} finally {
  await server?.stop()
}
