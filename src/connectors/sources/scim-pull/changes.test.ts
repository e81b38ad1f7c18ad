import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../test/doubles/scim-target.ts'
import { startTinyServer, type TinyServer } from '../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../platform/secret.ts'
import type { ChangesPage, Source } from '../../../ports/source.ts'
import { scimPull } from './index.ts'

const signal = AbortSignal.timeout(600_000)
const minute = 60_000

let server: TinyServer
let clock = quickClock()
/** Resources of the server by path, with the instants of their last changes. */
let changed: Record<'Users' | 'Groups', Record<string, number>>
let abilities: object
/** Answers everybody whatever is asked. */
let passesOverFilters: boolean

beforeEach(async () => {
  clock = quickClock()
  changed = { Users: {}, Groups: {} }
  abilities = { filter: { supported: true, maxResults: 200 } }
  passesOverFilters = false
  server = await startTinyServer(({ path, query }) => {
    if (path === '/v2/ServiceProviderConfig') return { body: abilities }
    const kind = path === '/v2/Users' ? 'Users' : path === '/v2/Groups' ? 'Groups' : undefined
    if (kind === undefined) return { status: 404 }
    const since = /meta\.lastModified gt "([^"]+)"$/.exec(query.get('filter') ?? '')?.[1]
    if (since === undefined) return { status: 400, body: { scimType: 'invalidFilter' } }
    const found = Object.entries(changed[kind])
      .filter(([, at]) => passesOverFilters || at > Date.parse(since))
      .map(([id, at]) => ({ id, meta: { lastModified: new Date(at).toISOString() } }))
    return { body: { totalResults: found.length, startIndex: 1, Resources: found } }
  })
})
afterEach(() => server.close())

function open(more: object = {}): Source {
  const settings = { baseUrl: `${server.url}/v2`, token: new Secret('x'), incremental: 'lastModified', ...more }
  return scimPull.connect(scimPull.config.parse(settings), contextOn(clock, []))
}

async function look(source: Source, cursor: string | undefined): Promise<ChangesPage> {
  const pages: ChangesPage[] = []
  for await (const page of source.changesSince?.(cursor, signal) ?? []) pages.push(page)
  const [only] = pages
  if (only === undefined || pages.length > 1) throw new Error(`${pages.length} pages`)
  return only
}

describe('changes of a SCIM server', () => {
  it('are told once, also those that were written while it was looked', async () => {
    const source = open()
    const start = clock.now()
    changed = { Users: { old: start - 10 * minute, late: start - 2 * minute }, Groups: { team: start - minute } }
    const first = await look(source, undefined)
    expect(first).toMatchObject({ users: [], groups: [] })
    // Beyond the beginning it goes back a little: their clock is not ours.
    const second = await look(source, first.next)
    expect(second).toMatchObject({ users: ['late'], groups: ['team'] })
    expect(await look(source, second.next)).toMatchObject({ users: [], groups: [] })
    changed.Users.late = start - minute
    changed.Users.ann = start + 1
    expect((await look(source, second.next)).users).toEqual(['late', 'ann'])
    await source.close()
  })

  it('are looked for among those whom the filters of the settings take', async () => {
    const source = open({ userFilter: 'userType eq "Employee"', groups: false })
    const { next } = await look(source, undefined)
    await look(source, next)
    const filters = server.seen.filter(({ path }) => path === '/v2/Users').map(({ query }) => query.get('filter'))
    expect(filters).toEqual([expect.stringMatching(/^\(userType eq "Employee"\) and meta\.lastModified gt "/)])
    expect(server.seen.some(({ path }) => path === '/v2/Groups')).toBe(false)
    await source.close()
  })

  it('may be anything after a cursor that nobody understands', async () => {
    const source = open()
    for (const cursor of ['what?', '{"at":"yesterday"}']) {
      expect(await look(source, cursor)).toMatchObject({ isRestart: true, next: expect.any(String) })
    }
    await source.close()
  })

  it('are not told by a server without that filter, or one that passes over it', async () => {
    changed.Users.old = clock.now() - 60 * minute
    passesOverFilters = true
    const source = open()
    const { next } = await look(source, undefined)
    await expect(look(source, next)).rejects.toMatchObject({ code: 'config-invalid' })
    await source.close()
    abilities = { filter: { supported: false } }
    const other = open()
    await expect(look(other, undefined)).rejects.toMatchObject({ code: 'config-invalid' })
    await other.close()
  })

  it('are not looked for unless somebody says so', () => {
    expect(open({ incremental: 'off' }).changesSince).toBeUndefined()
  })
})
