import type { ReportFilter } from '../src/ports/report.ts'
import { openStore } from '../src/storage/store.ts'
import { onBothStores } from './both-stores.ts'
import { makeCompany } from './planning/company.ts'
import { fill, fillHistory, timed } from './planning/filled-store.ts'
import { type Bench, seconds } from './row.ts'

/** Pages of the provisioning report over a million changes. */
const bench: Bench = {
  name: 'report',
  async run({ quick, say }) {
    const size = { users: quick ? 1_000 : 20_000, groups: quick ? 100 : 500, memberships: quick ? 5_000 : 100_000 }
    const changes = quick ? 10_000 : 1_000_000
    const company = makeCompany(size, 7)
    return await onBothStores(say, async (name, dataDir, databaseUrl) => {
      const started = performance.now()
      await fill(company, dataDir, databaseUrl)
      await fillHistory(dataDir, databaseUrl, changes)
      say(`${name}: filled in ${seconds(performance.now() - started)}`)
      const store = await openStore({ dataDir, stayMs: 0, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
      try {
        const page = async (filter: ReportFilter, cursor?: string) =>
          await store.report.changes(filter, { limit: 200, cursor })
        const measured = async (work: (round: number) => Promise<unknown>) => {
          const { p50, p95 } = await timed(30, work)
          return `${p50.toFixed(1)} ms, 95 of 100 under ${p95.toFixed(1)} ms`
        }
        const { next } = await page({})
        const person = company.accounts[3]?.email ?? ''
        const rows = {
          'first page, no filter': () => page({}),
          'second page': () => page({}, next),
          'failed ones': () => page({ outcomes: ['failed'] }),
          'one person': () => page({ person }),
          'one connection and time span': () => page({ connections: ['staff'], from: 0, until: Date.UTC(2100, 0) }),
        }
        const bare = await timed(100, () => store.ping())
        const results = []
        for (const [what, work] of Object.entries(rows)) {
          results.push({
            work: `report page of 200 rows over ${changes.toLocaleString('en-US')} changes, ${name}: ${what}`,
            measured: `${await measured(work)}; an empty query takes ${bare.p50.toFixed(1)} ms`,
            goal: '<= 100 ms',
          })
        }
        return results
      } finally {
        await store.close()
      }
    })
  },
}

export default bench
