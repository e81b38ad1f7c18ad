/**
 * `npm run chaos:kill -- [--people N] [--kills N] [--seed N] [--database-url URL]`: one big first sync killed again and
 * again, compared with an uninterrupted one. Exit 1 when anything was lost or done twice.
 */
import { parseArgs } from 'node:util'
import { killAgainAndAgain } from './kill-harness.ts'

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    'database-url': { type: 'string' },
  },
})
const report = await killAgainAndAgain({
  people: Number(values.people),
  kills: Number(values.kills),
  seed: Number(values.seed),
  ...(values['database-url'] === undefined ? {} : { databaseUrl: values['database-url'] }),
  say: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`)
const sameEffects = JSON.stringify(report.effects) === JSON.stringify(report.undisturbed)
process.exit(report.equal && report.invitedTwice === 0 && sameEffects ? 0 : 1)
