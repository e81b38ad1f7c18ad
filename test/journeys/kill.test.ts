import { describe, expect, it } from 'vitest'
import { killAgainAndAgain } from '../chaos/kill-harness.ts'
import { sharedDatabase } from '../support/postgres.ts'
import { postgresComponent } from '../support/store.ts'

/** A small version of `npm run chaos:kill`, which is the same with 20,000 people and 50 kills. */
async function expectNothingLostOrTwice(databaseUrl?: string): Promise<void> {
  const report = await killAgainAndAgain({
    people: 150,
    kills: 4,
    seed: 3,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  expect(report).toMatchObject({ equal: true, invitedTwice: 0 })
  expect(report.kills).toBeGreaterThanOrEqual(4)
  expect(report.betweenWriteAndAnswer).toBeGreaterThanOrEqual(1)
  expect(report.effects).toEqual(report.undisturbed)
}

// Side by side: what is unsure after a kill is waited for, up to a minute each time.
describe.concurrent('a first sync that is killed again and again', () => {
  it('ends like an uninterrupted one on the embedded store', { timeout: 300_000 }, () => expectNothingLostOrTwice())

  it.skipIf(!postgresComponent.present)(
    `ends like an uninterrupted one on PostgreSQL${postgresComponent.skipReason}`,
    { timeout: 300_000 },
    async () => expectNothingLostOrTwice(await sharedDatabase()),
  )
})
