/**
 * `npm run chaos:kill -- [--people N] [--kills N] [--seed N] [--postgresql]`: one big first sync killed again and again,
 * compared with an uninterrupted one. Exit 1 when anything was lost or done twice. `--postgresql` starts a PostgreSQL of
 * this machine for it; without it the embedded store is used.
 */
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres.ts'
import { killAgainAndAgain } from './kill-harness.ts'

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    postgresql: { type: 'boolean', default: false },
  },
})
const server = values.postgresql ? await startPostgres() : undefined
try {
  const report = await killAgainAndAgain({
    people: Number(values.people),
    kills: Number(values.kills),
    seed: Number(values.seed),
    ...(server === undefined ? {} : { databaseUrl: await server.createDatabase() }),
    say: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
  const sameEffects = JSON.stringify(report.effects) === JSON.stringify(report.undisturbed)
  process.exitCode = report.equal && report.invitedTwice === 0 && sameEffects ? 0 : 1
} finally {
  await server?.stop()
}
