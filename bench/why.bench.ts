import { recollect } from '../src/app/recollecting.ts'
import { openStore } from '../src/storage/store.ts'
import { onBothStores } from './both-stores.ts'
import { makeCompany } from './planning/company.ts'
import { fill, fillHistory, timed } from './planning/filled-store.ts'
import { type Bench, seconds } from './row.ts'

/** `muster why` from what is remembered: one person and a group, everybody else in the same tables. */
const bench: Bench = {
  name: 'why',
  async run({ quick, say }) {
    const size = quick
      ? { users: 2_000, groups: 200, memberships: 20_000 }
      : { users: 100_000, groups: 10_000, memberships: 1_000_000 }
    const changes = quick ? 10_000 : 1_000_000
    const company = makeCompany(size, 7)
    const object = {
      kind: 'connection',
      key: 'staff',
      version: 1,
      document: { source: 'hr', target: 'acme' },
      owner: 'store',
      savedAt: 0,
      savedBy: 'bench',
    } as const
    return await onBothStores(say, async (name, dataDir, databaseUrl) => {
      const started = performance.now()
      const { memberships, grants } = await fill(company, dataDir, databaseUrl)
      await fillHistory(dataDir, databaseUrl, changes)
      say(`${name}: filled in ${seconds(performance.now() - started)}`)
      const store = await openStore({ dataDir, stayMs: 0, ...(databaseUrl === undefined ? {} : { databaseUrl }) })
      try {
        const links = company.links.filter(({ source }) => source === 'hr')
        const personOf = (round: number) => links[(round * 997) % links.length]!.sourceKey
        const about = async (round: number, group: string | undefined) => {
          const { remembered } = await recollect(store, object, { person: personOf(round), group })
          if (remembered[0]?.accountId === undefined) throw new Error(`Nobody is called ${personOf(round)}.`)
        }
        const group = company.targetGroups[5]?.name
        const person = await timed(100, (round) => about(round, undefined))
        const bare = await timed(100, () => store.ping())
        const one = await timed(100, (round) => about(round, group))
        const what = `${links.length.toLocaleString('en-US')} links, ${memberships.toLocaleString('en-US')} memberships, ${grants.toLocaleString('en-US')} grants, ${changes.toLocaleString('en-US')} changes`
        const told = ({ p50, p95 }: typeof one) => `${p50.toFixed(1)} ms, 95 of 100 under ${p95.toFixed(1)} ms`
        return [
          {
            work: `why <person>, ${name} (${what})`,
            measured: `${told(person)}; an empty query takes ${bare.p50.toFixed(1)} ms`,
            goal: '<= 50 ms',
          },
          { work: `why <person> <group>, ${name}`, measured: told(one), goal: '<= 50 ms' },
        ]
      } finally {
        await store.close()
      }
    })
  },
}

export default bench
