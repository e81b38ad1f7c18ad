import { expect, it } from 'vitest'
import { fuzzScim } from '../chaos/scim-fuzz-harness.ts'
import { startScimServer } from '../support/scim-server.ts'

/** A small version of `npm run chaos:scim`, which sends 100,000. */
it('the SCIM server answers requests of every shape as the protocol says', { timeout: 300_000 }, async () => {
  await using server = await startScimServer()
  const { defects, statuses } = await fuzzScim({ base: server.base, token: server.token, requests: 1_000, seed: 7 })
  expect(defects).toEqual([])
  for (const status of [200, 201, 204, 400, 404, 405, 409]) expect(statuses[status]).toBeGreaterThan(0)
})
