import { expect, it } from 'vitest'
import { quickClock } from '../../test/doubles/quick-clock.ts'
import type { ApiToken } from '../ports/access.ts'
import type { ConfigObject } from '../ports/configuration.ts'
import { tellOfCredentials } from './credential-notices.ts'

const dayMs = 86_400_000

/** A watch over one target and one token that end so many days from its clock's beginning; tells what was told so far. */
function watching(days: number) {
  const clock = quickClock()
  const end = clock.now() + days * dayMs
  const target: ConfigObject = {
    kind: 'target',
    key: 'acme',
    version: 1,
    document: { type: 'x', apiToken: { env: 'T' }, apiTokenExpires: new Date(end).toISOString(), other: 'x' },
    owner: 'store',
    savedAt: 0,
    savedBy: 'os:anna',
  }
  const token = { prefix: 'muster_ab', name: 'anna’s laptop', expiresAt: end } as ApiToken
  const told = new Map<string, string>()
  const look = () =>
    tellOfCredentials({
      clock,
      objects: async () => [target, { ...target, kind: 'connection' }],
      store: {
        access: { listTokens: async () => [token, { ...token, expiresAt: undefined } as unknown as ApiToken] },
        notices: {
          add: async ({ about, kind, facts }) => {
            if (told.has(about)) return false
            told.set(about, `${kind} ${facts.credential?.end} ${facts.credential?.field} ${facts.credential?.days}`)
            return true
          },
        },
      },
    })
  return { clock, look, told: () => [...told.values()] }
}

it('tells of each credential 30, 14, 7 and 1 days before its end and when it has ended, by no name of a person', async () => {
  const { clock, look, told } = watching(40)
  for (let day = 0; day < 60; day += 1) {
    await look()
    await look()
    clock.advance(dayMs)
  }
  const of = (what: string) => [30, 14, 7, 1, 0].map((days) => `credential-expiring ${what} ${days}`)
  expect(told().filter((each) => each.includes('acme'))).toEqual(of('target acme apiToken'))
  expect(told().filter((each) => !each.includes('acme'))).toEqual(of('Muster API token muster_ab'))
})

it('tells once when it looks late, and nothing of what ended long ago or is far away', async () => {
  const [late, ended, far] = [watching(5), watching(-31), watching(31)]
  for (const { look } of [late, ended, far]) await look()
  expect(late.told()).toEqual([
    'credential-expiring target acme apiToken 5',
    'credential-expiring Muster API token muster_ab 5',
  ])
  expect([ended.told(), far.told()]).toEqual([[], []])
})
