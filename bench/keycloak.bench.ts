import { forEachOf } from '../src/connectors/kit/waiting.ts'
import { keycloak as kind } from '../src/connectors/sources/keycloak/index.ts'
import { systemClock } from '../src/platform/clock.ts'
import { Secret } from '../src/platform/secret.ts'
import { startFaultyProxy } from '../test/doubles/faulty-proxy.ts'
import { quickClock } from '../test/doubles/quick-clock.ts'
import { contextOn } from '../test/doubles/scim-target.ts'
import { keycloakPresent, startKeycloak } from '../test/support/keycloak.ts'
import { companyRealm, realmSecret } from '../test/support/keycloak-realm.ts'
import { type Bench, type Row, ratio, seconds } from './row.ts'

const atOnce = 4

/** A real Keycloak: a whole read of people, nested groups and members beside a bare client that asks for the same pages. */
const bench: Bench = {
  name: 'keycloak',
  async run({ quick, say }) {
    const present = await keycloakPresent()
    if (!present.present) {
      say(`Keycloak is left out${present.skipReason}`)
      return []
    }
    const size = quick ? { people: 100, groups: 20 } : { people: 5000, groups: 300 }
    const server = await startKeycloak()
    try {
      const started = performance.now()
      await server.importRealm(companyRealm('large', size))
      say(`realm made in ${seconds(performance.now() - started)}`)
      const proxy = await startFaultyProxy(server.url, systemClock.now)
      const told = await wholeRead(proxy.baseUrl)
      const calls = proxy.seen.filter(({ what }) => what.startsWith('GET /admin/'))
      await proxy.close()
      const token = await tokenAt(server.url)
      const own: number[] = []
      const bare: number[] = []
      for (let turn = 0; turn < 3; turn += 1) {
        own.push(await timed(() => wholeRead(server.url)))
        bare.push(
          await timed(() =>
            forEachOf(calls, atOnce, async ({ what }) => {
              const answer = await fetch(server.url + what.slice(4), { headers: { authorization: `Bearer ${token}` } })
              return (await answer.json()) as unknown
            }),
          ),
        )
      }
      const [mine, plain] = [Math.min(...own), Math.min(...bare)]
      const work = `read of a real Keycloak (${told.people} people, ${told.groups} nested groups, ${told.members} direct members)`
      return [
        { work: `${work}: calls, time`, measured: `${calls.length} calls, ${seconds(mine)}`, goal: '-' },
        {
          work: 'the same: time beside a bare client that asks for the same pages',
          measured: ratio(mine, plain),
          goal: '<= 1.30x',
        },
      ] satisfies Row[]
    } finally {
      await server.stop()
    }
  },
}

async function wholeRead(baseUrl: string) {
  const settings = { baseUrl, realm: 'large', clientId: 'reader', clientSecret: new Secret(realmSecret) }
  const source = kind.connect(kind.config.parse(settings), contextOn(quickClock(), []))
  const signal = AbortSignal.timeout(600_000)
  let people = 0
  let members = 0
  for await (const { items } of source.users(signal)) people += items.length
  const groups = []
  for await (const { items } of source.groups(signal)) groups.push(...items)
  await forEachOf(groups, atOnce, async (group) => {
    for await (const { items } of source.members(group, signal)) members += items.length
  })
  await source.close()
  return { people, groups: groups.length, members }
}

async function tokenAt(url: string): Promise<string> {
  const answer = await fetch(`${url}/realms/large/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'reader', client_secret: realmSecret }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export default bench
