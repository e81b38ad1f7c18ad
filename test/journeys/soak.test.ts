import { describe, expect, it, onTestFinished } from 'vitest'
import { soak } from '../chaos/soak-harness.ts'
import { startPostgres } from '../support/postgres.ts'
import { postgresComponent } from '../support/store.ts'

describe('two instances through simulated days, a small version of `npm run chaos:soak`', () => {
  it.skipIf(!postgresComponent.present)(
    `leave the site as the company says, whatever was killed, cut and refused meanwhile${postgresComponent.skipReason}`,
    { timeout: 300_000 },
    async () => {
      const server = await startPostgres()
      onTestFinished(() => server.stop())
      const report = await soak({
        seconds: 12,
        seed: 11,
        people: 25,
        groups: 6,
        speed: 2000,
        databaseUrl: await server.createDatabase(),
        restartStore: () => server.restart(),
      })
      expect(report).toMatchObject({ differences: [], invitedTwice: 0 })
      expect(report.events + report.kills + report.faults + report.storeRestarts).toBeGreaterThan(5)
    },
  )
})
