import { describe, expect, it } from 'vitest'
import { type Fault, startFaultyProxy } from '../../../../test/doubles/faulty-proxy.ts'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../test/doubles/scim-target.ts'
import { startScimmy } from '../../../../test/doubles/scimmy-server.ts'
import { startTinyServer } from '../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { scimPull } from './index.ts'

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const people = Array.from({ length: 25 }, (_, at) => `u${at + 1}`)

/** scimmy-routers with a small company, behind a proxy with these faults. */
async function open(faults: readonly Fault[] = [], more: object = {}) {
  const clock = quickClock()
  const server = await startScimmy()
  for (const id of people) {
    const emails = [{ value: `${id}@acme.example`, type: 'work', primary: true }]
    server.stored.users.set(id, {
      id,
      schemas: [user],
      userName: id,
      active: id !== 'u9',
      emails,
      userType: 'Employee',
    })
  }
  const team = (id: string, members: readonly string[]) =>
    server.stored.groups.set(id, {
      id,
      schemas: [group],
      displayName: `team ${id}`,
      members: members.map((value) => ({ value })),
    })
  team('g1', ['u1', 'u2'])
  team('g2', ['u3', 'g1'])
  team('g3', [])
  const proxy = await startFaultyProxy(server.baseUrl, clock.now)
  for (const fault of faults) proxy.add(fault)
  const settings = { baseUrl: proxy.baseUrl, token: new Secret(server.token), pageSize: 10, ...more }
  const source = scimPull.connect(scimPull.config.parse(settings), contextOn(clock, []))
  return {
    source,
    proxy,
    server,
    state: async () => server.digest(),
    close: async () => {
      await source.close()
      await proxy.close()
      await server.close()
    },
  }
}

const empty = (body: Record<string, unknown>) => ({ ...body, Resources: [] })

testSource('scim-pull', {
  known: {
    users: people,
    groups: ['g1', 'g2', 'g3'],
    members: { g1: ['user:u1', 'user:u2'], g2: ['user:u3', 'group:g1'] },
  },
  open: () => open(),
  secrets: ['scimmy-sesame-4711'],
  broken: [
    {
      name: 'a list of people that ends early',
      part: 'users',
      open: () => open([{ matches: /^GET \/Users\?startIndex=11/, kind: 'rewrite', rewrite: empty }]),
    },
    {
      name: 'a server that is down half-way',
      part: 'users',
      open: () => open([{ matches: /^GET \/Users\?startIndex=21/, kind: 'status', status: 503 }]),
    },
    {
      name: 'a page that is no JSON',
      part: 'users',
      open: () => open([{ matches: /^GET \/Users\?startIndex=11/, kind: 'not-json' }]),
    },
    {
      name: 'a credential that is refused',
      part: 'users',
      open: () => open([{ matches: /./, kind: 'status', status: 401 }]),
    },
    {
      name: 'groups that ask too much',
      part: 'groups',
      open: () => open([{ matches: /^GET \/Groups/, kind: 'status', status: 500 }]),
    },
    {
      name: 'members that cannot be read',
      part: 'members',
      open: () => open([{ matches: /^GET \/Groups\/g2/, kind: 'status', status: 403 }], { membersWithLists: false }),
    },
  ],
})

const signal = AbortSignal.timeout(600_000)

describe('a SCIM server that is read', () => {
  it('is asked for one person by name, address or id, and says who is inactive', async () => {
    const { source, close } = await open()
    for (const login of ['u9', 'U9@acme.example']) {
      const found = await source.find?.(login, signal)
      expect(found?.map(({ key, notes }) => [key, notes])).toEqual([
        ['u9', ['Inactive: the server says active is false.']],
      ])
    }
    expect(await source.find?.('nobody', signal)).toEqual([])
    const described = await source.describe?.(signal)
    expect(described?.attributes.find(({ name }) => name === 'email')).toMatchObject({ filled: 25, isList: false })
    await close()
  })

  it('tells whom it overlooked, and leaves alone who does not match the filter', async () => {
    const { source, close } = await open([], { userFilter: 'userType eq "Employee"' })
    expect(await source.overlooked?.('user', ['u1', 'nobody'], signal)).toEqual(['u1'])
    expect(source.readFingerprint).toContain('userType eq "Employee"')
    await close()
  })

  for (const [name, membersOf, told] of [
    ['leaves out empty lists of members', (id: string) => (id === 'g2' ? [{ value: 'u3' }] : undefined), []],
    ['tells members of no group', () => undefined, 'incomplete-read'],
    ['has a member without an id', () => [{ display: 'Ann' }, { value: 'u1' }], 'incomplete-read'],
  ] as const) {
    it(`that ${name} is ${told === 'incomplete-read' ? 'not taken for one with empty groups' : 'believed'}`, async () => {
      const of = (each: object) => ({ ...each, members: membersOf(String(Reflect.get(each, 'id'))) })
      const rewrite = (body: Record<string, unknown>) =>
        Array.isArray(body.Resources) ? { ...body, Resources: body.Resources.map(of) } : of(body)
      const { source, close } = await open([{ matches: /^GET \/Groups/, kind: 'rewrite', rewrite }])
      for await (const _ of source.groups(signal));
      const members = async () => {
        const found: string[] = []
        for await (const { items } of source.members({ key: 'g1', name: 'one' }, signal)) {
          found.push(...items.map(({ key }) => key))
        }
        return found
      }
      if (told === 'incomplete-read') await expect(members()).rejects.toMatchObject({ code: told })
      else expect(await members()).toEqual(told)
      await close()
    })
  }

  it('of Oracle gets a token, is sorted, gives members by name, and large groups through their people', async () => {
    const person = (id: string) => ({ id, userName: `${id}@acme.example`, active: true })
    const server = await startTinyServer(({ method, path, query, headers, body: sent }) => {
      if (path === '/oauth2/v1/token') {
        const isRight = headers.authorization === `Basic ${Buffer.from('client:oracle-sesame').toString('base64')}`
        return isRight ? { body: { access_token: 'token-1', expires_in: 3600 } } : { status: 401, body: sent }
      }
      if (headers.authorization !== 'Bearer token-1' || method !== 'GET') return { status: 401 }
      if (path === '/admin/v1/Users') {
        const all = query.get('filter') === 'groups.value eq "g2"' ? [person('a')] : [person('a'), person('b')]
        return query.get('sortBy') === 'id' || query.get('count') === '1'
          ? { body: { totalResults: all.length, startIndex: 1, Resources: all } }
          : { status: 400, body: { detail: 'not sorted' } }
      }
      const named = query.get('attributes')?.includes('members') === true
      if (path === '/admin/v1/Groups') {
        const groups = [
          { id: 'g1', displayName: 'one', ...(named ? { members: [{ value: 'a', type: 'User' }] } : {}) },
          { id: 'g2', displayName: 'two' },
        ]
        return { body: { totalResults: 2, startIndex: 1, Resources: groups } }
      }
      if (path === '/admin/v1/Groups/g2') return { status: 400, body: { detail: 'more than 10,000 members' } }
      return { status: 404 }
    })
    const settings = {
      preset: 'oracle',
      baseUrl: `${server.url}/admin/v1`,
      tokenUrl: `${server.url}/oauth2/v1/token`,
      clientId: 'client',
      clientSecret: new Secret('oracle-sesame'),
      scope: 'urn:opc:idm:__myscopes__',
    }
    const source = scimPull.connect(scimPull.config.parse(settings), contextOn(quickClock(), []))
    const keys: string[] = []
    for await (const { items } of source.users(signal)) keys.push(...items.map(({ key }) => key))
    const members: string[] = []
    for await (const { items } of source.groups(signal)) {
      for (const each of items) {
        for await (const page of source.members(each, signal))
          members.push(...page.items.map(({ key }) => `${each.key} ${key}`))
      }
    }
    expect({ keys, members }).toEqual({ keys: ['a', 'b'], members: ['g1 a', 'g2 a'] })
    const tokens = server.seen.filter(({ path }) => path === '/oauth2/v1/token')
    expect(tokens).toHaveLength(1)
    await source.close()
    await server.close()
  })

  it('wants one way to sign in, and all of it', () => {
    const parse = (more: object) => scimPull.config.safeParse({ baseUrl: 'https://x.test/v2', ...more }).success
    const secret = new Secret('x')
    expect(parse({})).toBe(false)
    expect(parse({ token: secret })).toBe(true)
    expect(parse({ username: 'a', password: secret })).toBe(true)
    expect(parse({ username: 'a' })).toBe(false)
    expect(parse({ token: secret, username: 'a', password: secret })).toBe(false)
  })
})
