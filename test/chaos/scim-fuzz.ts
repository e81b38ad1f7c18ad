/**
 * `npm run chaos:scim -- [--requests N] [--seed N] [--postgresql]`: requests of every shape to the SCIM server of a running
 * program. Exit 1 when an answer is not one of the protocol. `--postgresql` starts a PostgreSQL of this machine for it.
 */
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres.ts'
import { startScimServer } from '../support/scim-server.ts'
import { fuzzScim } from './scim-fuzz-harness.ts'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    postgresql: { type: 'boolean', default: false },
  },
})
const store = values.postgresql ? await startPostgres() : undefined
try {
  await using server = await startScimServer(store === undefined ? {} : { databaseUrl: await store.createDatabase() })
  const started = performance.now()
  const report = await fuzzScim({
    base: server.base,
    token: server.token,
    requests: Number(values.requests),
    seed: Number(values.seed),
    say: (line) => process.stderr.write(`${line}\n`),
  })
  const seconds = Math.round((performance.now() - started) / 1000)
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, undefined, 2)}\n`)
  process.exitCode = report.defects.length === 0 ? 0 : 1
} finally {
  await store?.stop()
}
