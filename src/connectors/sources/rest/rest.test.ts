import { afterEach, describe, expect, it } from 'vitest'
import { brokenWays, company, knownOf, openOn } from '../../../../test/doubles/directory-double.ts'
import type { Fault } from '../../../../test/doubles/faulty-proxy.ts'
import {
  hasMiniorangeHash,
  type RestOptions,
  restSecret,
  startRestDouble,
} from '../../../../test/doubles/rest-double.ts'
import { startTinyServer } from '../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../platform/secret.ts'
import { testSource } from '../../kit/source-conformance.ts'
import { rest } from './index.ts'
import { presets } from './presets/presets.ts'

const size = { sizeParam: 'limit', size: 10 }
const ways = {
  offset: { type: 'offset', param: 'skip', totalPath: '$.total', ...size },
  numbered: { type: 'pageNumber', param: 'page', totalPath: '$.total', ...size },
  bare: { type: 'pageNumber', param: 'page', ...size },
  cursor: { type: 'cursor', param: 'after', nextPath: '$.next', hasMorePath: '$.more', ...size },
  next: { type: 'nextUrl', path: '$.links.next', ...size },
  link: { type: 'linkHeader', ...size },
  plain: { type: 'none' },
} as const
type Way = keyof typeof ways

const member = { idPath: '$.value', kind: { path: '$.type', groupWhen: ['group'] } }

function settings(way: Way, more: object = {}) {
  const page = ways[way]
  return {
    auth: { type: 'bearer' },
    secret: new Secret(restSecret),
    users: {
      path: `/${way}/users`,
      items: '$.data',
      page,
      one: `/${way}/users/{id}`,
      oneItem: '$.data',
      map: {
        id: '$.id',
        userName: '$.login',
        email: '$.mail',
        givenName: '$.name.first',
        familyName: '$.name.last',
        active: { path: '$.status', trueWhen: ['ACTIVE'] },
        attributes: { department: '$.dept.name', password: '$.password' },
      },
    },
    groups: {
      path: `/${way}/groups`,
      items: '$.data',
      page,
      one: `/${way}/groups/{id}`,
      oneItem: '$.data',
      map: { id: '$.id', name: '$.name' },
    },
    memberships: { type: 'perGroup', path: `/${way}/groups/{id}/members`, items: '$.data', page, ...member },
    ...more,
  }
}

const open = (way: Way, faults: readonly Fault[] = [], options: RestOptions = {}, more: object = {}) =>
  openOn(
    rest,
    () => startRestDouble(options),
    (baseUrl) => ({ baseUrl, ...settings(way, more) }),
    faults,
  )

for (const way of ['link', 'offset'] as const) {
  testSource(`rest (${way})`, {
    known: knownOf(company()),
    open: () => open(way),
    secrets: [restSecret, 'never-shown-4711'],
    broken: brokenWays((faults) => open(way, faults), {
      laterPeople: way === 'link' ? /^GET \/link\/users\?after=10/ : /^GET \/offset\/users\?skip=9/,
      groups: new RegExp(`^GET /${way}/groups\\?`),
      members: new RegExp(`^GET /${way}/groups/g2/members`),
      emptied: way === 'link' ? () => ({}) : (body) => ({ ...body, data: [] }),
    }),
  })
}

const signal = () => AbortSignal.timeout(120_000)

describe('an API that settings describe', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })
  async function opening(...given: Parameters<typeof open>) {
    const one = await open(...given)
    opened.push(one)
    return one
  }

  async function read({ source }: Awaited<ReturnType<typeof open>>) {
    const people: string[] = []
    const inactive: string[] = []
    for await (const { items } of source.users(signal())) {
      people.push(...items.map(({ key }) => key))
      inactive.push(...items.filter(({ active }) => !active).map(({ key }) => key))
    }
    const groups: Record<string, string[]> = {}
    for await (const { items } of source.groups(signal())) {
      for (const group of items) {
        const members: string[] = []
        for await (const page of source.members(group, signal())) members.push(...page.items.map(({ key }) => key))
        groups[group.key] = members
      }
    }
    return { people, inactive, groups }
  }

  for (const way of Object.keys(ways) as Way[]) {
    it(`with lists by ${way} is told whole, whatever the number of entries beside the page size`, async () => {
      for (const people of [10, 20, 21, 25]) {
        const told = await read(await opening(way, [], { company: company(people) }))
        expect(told.people).toHaveLength(people)
        expect(told.inactive).toEqual(['u9'])
        expect(told.groups).toEqual({ g1: ['u1', 'u2'], g2: ['u3', 'g1'], g3: [] })
      }
    })
  }

  for (const [way, later] of [
    ['offset', /users\?skip=9/],
    ['numbered', /users\?page=2/],
    ['bare', /users\?page=2/],
    ['cursor', /users\?after=10/],
  ] as const) {
    it(`with lists by ${way} that repeat a page is not taken for whole`, async () => {
      const first = company()
        .people.slice(0, 10)
        .map(({ id, login }) => ({ id, login, mail: 'x@acme.example' }))
      const repeated = (body: Record<string, unknown>) => ({ ...body, data: first, next: 10, more: true })
      const one = await opening(way, [{ matches: later, kind: 'rewrite', rewrite: repeated }])
      await expect(read(one)).rejects.toMatchObject({ code: 'incomplete-read' })
    })
  }

  for (const [name, way, rewrite] of [
    ['says there is more but not where', 'cursor', ({ next: _, ...body }: Record<string, unknown>) => body],
    ['does not say whether there is more', 'cursor', ({ more: _, ...body }: Record<string, unknown>) => body],
    ['has no list where one should be', 'plain', () => ({ results: [] })],
    ['has an entry without id', 'plain', () => ({ data: [{ login: 'x' }] })],
    ['has ids too large to be told apart', 'plain', () => ({ data: [{ id: 2 ** 53 }, { id: 2 ** 53 + 2 }] })],
    [
      'tells two things of one person',
      'plain',
      ({ data }: Record<string, unknown>) => {
        const [first = {}] = data as object[]
        return { data: [first, { ...first, status: 'LEFT' }] }
      },
    ],
    ['names no next page where one should be', 'next', ({ links: _, ...body }: Record<string, unknown>) => body],
    ['does not count although it should', 'offset', ({ total: _, ...body }: Record<string, unknown>) => body],
  ] as const) {
    it(`that ${name} is not taken for whole`, async () => {
      const one = await opening(way, [{ matches: /users/, kind: 'rewrite', rewrite }])
      await expect(read(one)).rejects.toMatchObject({ code: 'incomplete-read' })
    })
  }

  it('is not followed to another host', async () => {
    const thief = await startTinyServer(() => ({ body: { data: [] } }))
    opened.push(thief)
    const away = (body: Record<string, unknown>) => ({ ...body, links: { next: `${thief.url}/next/users?after=10` } })
    const one = await opening('next', [{ matches: /users/, kind: 'rewrite', rewrite: away }])
    await expect(read(one)).rejects.toMatchObject({ code: 'config-invalid' })
    expect(thief.seen).toEqual([])
  })

  for (const [name, memberships] of [
    ['on every group', { type: 'fromGroup', path: '$.members', ...member }],
    ['on every person, by name', { type: 'fromUser', path: '$.groups', idPath: '$.name', refersTo: 'name' }],
    ['person by person', { type: 'perUser', path: '/link/users/{id}/groups', items: '$.data', page: ways.link }],
    [
      'in a list of their own',
      {
        type: 'list',
        path: '/link/memberships',
        items: '$.data',
        page: ways.link,
        userIdPath: '$.user',
        groupIdPath: '$.group',
      },
    ],
  ] as const) {
    it(`may tell memberships ${name}`, async () => {
      const { groups } = await read(await opening('link', [], {}, { memberships }))
      const nested = memberships.type === 'fromGroup' ? ['u3', 'g1'] : ['u3']
      expect(groups).toEqual({ g1: ['u1', 'u2'], g2: nested, g3: [] })
    })
  }

  it('without a list of groups has those that people name, and says so when a person tells none', async () => {
    const memberships = { type: 'fromUser', path: '$.groups', idPath: '$.name', refersTo: 'name' }
    const named = await read(await opening('link', [], {}, { groups: undefined, memberships }))
    expect(named.groups).toEqual({ 'team one': ['u1', 'u2'], 'team two': ['u3'] })
    const bare = (body: Record<string, unknown>) => ({
      data: (body.data as object[]).map((each) => ({ ...each, groups: undefined })),
    })
    const silent = await opening('plain', [{ matches: /users/, kind: 'rewrite', rewrite: bare }], {}, { memberships })
    await expect(read(silent)).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('$.groups'),
    })
  })

  it('whose entries do not say the group of a person is not taken for one without memberships', async () => {
    const unnamed = (body: Record<string, unknown>) => ({
      data: (body.data as object[]).map((each) => ({ ...each, groups: [{ title: 'team one' }] })),
    })
    const memberships = { type: 'fromUser', path: '$.groups', idPath: '$.name', refersTo: 'name', absent: 'none' }
    const one = await opening('plain', [{ matches: /users/, kind: 'rewrite', rewrite: unnamed }], {}, { memberships })
    await expect(read(one)).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('$.name'),
    })
  })

  it('whose memberships speak of other groups than its list is not taken for one with empty groups', async () => {
    const memberships = { type: 'fromUser', path: '$.groups', idPath: '$.name', refersTo: 'id' }
    const one = await opening('link', [], {}, { memberships })
    await expect(read(one)).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('team one'),
    })
  })

  it('that names a next page is not taken for a list without pages', async () => {
    const { users } = settings('link')
    const one = await opening('link', [], {}, { users: { ...users, page: ways.plain } })
    await expect(read(one)).rejects.toMatchObject({
      code: 'incomplete-read',
      hint: expect.stringContaining('linkHeader'),
    })
  })

  for (const [way, page] of [
    ['link', { ...ways.link, totalHeader: 'X-Total' }],
    ['offset', ways.offset],
  ] as const) {
    it(`with lists by ${way} from which somebody is deleted in the middle loses nobody else`, async () => {
      const { users } = settings(way)
      const one = await opening(way, [], {}, { users: { ...users, page } })
      const told: string[] = []
      for await (const { items } of one.source.users(signal())) {
        if (told.length === 0) one.double.company.people.splice(2, 1)
        told.push(...items.map(({ key }) => key))
      }
      expect(told).toEqual(expect.arrayContaining(one.double.company.people.map(({ id }) => id)))
    })
  }

  it('asks once whether a list of one page would name a next one', async () => {
    const one = await opening('link', [], { company: company(10) })
    await read(one)
    const probes = one.proxy.seen.filter(({ what }) => /users\?limit=9$/.test(what))
    expect(probes).toHaveLength(1)
  })

  it('has another fingerprint with another header, which may name another organization', async () => {
    const one = await opening('plain', [], {}, { headers: { 'x-org-id': 'a' } })
    const other = await opening('plain', [], {}, { headers: { 'x-org-id': 'b' } })
    expect(other.source.readFingerprint).not.toBe(one.source.readFingerprint)
  })

  it('loses one group in mid-read, and only that one is not known', async () => {
    const gone = { matches: /groups\/g2\/members/, kind: 'status', status: 404 } as const
    await expect(read(await opening('link', [gone]))).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('g2'),
    })
  })

  it('that answers 200 for a failure is not believed', async () => {
    const failed = () => ({ status: 'FAILED', message: 'no', data: [] })
    const success = { path: '$.status', equals: 'SUCCESS' }
    const one = await opening('plain', [{ matches: /users/, kind: 'rewrite', rewrite: failed }], {}, { success })
    await expect(read(one)).rejects.toMatchObject({
      code: 'incomplete-read',
      message: expect.stringContaining('FAILED'),
    })
  })

  const basic = `Basic ${Buffer.from(`ann:${restSecret}`).toString('base64')}`
  for (const [name, auth, isLetIn] of [
    ['a name and a password', { type: 'basic', username: 'ann' }, ({ headers }) => headers.authorization === basic],
    [
      'a key in a header',
      { type: 'apiKey', name: 'X-Key', prefix: 'k ' },
      ({ headers }) => headers['x-key'] === `k ${restSecret}`,
    ],
    [
      'a key in the query',
      { type: 'apiKey', in: 'query', name: 'key' },
      ({ query }) => query.get('key') === restSecret,
    ],
    ['the hash of miniOrange', { type: 'miniorangeHash', customerKey: '4711' }, hasMiniorangeHash('4711', restSecret)],
    [
      'a session',
      {
        type: 'login',
        path: '/login',
        body: { user: 'ann', password: '{secret}' },
        tokenPath: '$.session.id',
        name: 'X-Session',
        prefix: '',
      },
      ({ headers }) => headers['x-session'] === 'session-1',
    ],
  ] as [string, object, RestOptions['isLetIn'] & object][]) {
    it(`may be signed in to with ${name}`, async () => {
      const one = await opening('link', [], { isLetIn }, { auth })
      expect((await read(one)).people).toHaveLength(25)
      expect(JSON.stringify(one.log)).not.toContain(restSecret)
      const { hash: _, ...wrong } = { ...settings('link'), auth, secret: new Secret('another-secret'), hash: 0 }
      const refused = await opening('link', [], { isLetIn }, wrong)
      await expect(read(refused)).rejects.toMatchObject({ code: 'auth-failed' })
    })
  }

  it('makes nobody inactive by a value that is absent, and looks up single people and those a read missed', async () => {
    const bare = (body: Record<string, unknown>) => ({
      data: (body.data as object[]).map((each) => ({ ...each, status: undefined })),
    })
    const one = await opening('plain', [{ matches: /users$/, kind: 'rewrite', rewrite: bare }])
    expect((await read(one)).inactive).toEqual([])
    expect(one.source.notices()).toEqual([expect.stringContaining('$.status')])
    expect(await one.source.overlooked?.('user', ['u4', 'gone'], signal())).toEqual(['u4'])
    const odd = await opening('plain', [
      { matches: /users\/u4$/, kind: 'rewrite', rewrite: () => ({ error: 'later' }) },
    ])
    await expect(odd.source.overlooked?.('user', ['u4'], signal())).rejects.toMatchObject({ code: 'incomplete-read' })
    const found = await one.source.find?.('PERSON4@acme.example', signal())
    expect(found).toMatchObject([{ key: 'u4' }])
    expect(JSON.stringify(found)).not.toContain('never-shown')
  })
})

describe('settings of a custom API', () => {
  const parse = (more: object) =>
    rest.config.safeParse({ baseUrl: 'https://hr.test/api', secret: new Secret('x'), ...more })
  const say = (more: object) => parse(more).error?.issues.map(({ message }) => message)

  for (const name of Object.keys(presets)) {
    it(`are complete with the preset ${name} and a client ID or user`, () => {
      const { auth } = presets[name as keyof typeof presets]
      const own =
        auth.type === 'oauth2ClientCredentials'
          ? { auth: { type: auth.type, clientId: 'c', tokenUrl: 'https://sso.test/token' } }
          : {}
      expect(say({ preset: name, ...own })).toBeUndefined()
    })
  }

  it('say what is missing, and take no word they do not know', () => {
    const { users, groups, memberships } = settings('link')
    expect(say({})).toEqual(['names neither a preset nor where people are: set users'])
    expect(say({ users })).toEqual(['does not say how to sign in: set auth, for oauth2ClientCredentials with clientId'])
    expect(say({ preset: 'onelogin' })).toEqual([
      'does not say how to sign in: set auth, for oauth2ClientCredentials with clientId',
    ])
    expect(say({ preset: 'gitlab', secret: undefined })).toEqual(['signs in with apiKey but has no secret: set secret'])
    expect(say({ users, memberships, auth: { type: 'bearer' } })).toEqual([
      'says who is in which group but not where groups are: set groups',
    ])
    expect(say({ users, groups, auth: { type: 'bearer', token: 'x' } })?.[0]).toContain('token')
    expect(say({ users: { ...users, path: 'https://evil.test/users' }, auth: { type: 'none' } })?.[0]).toContain(
      'begins with one /',
    )
    expect(say({ users: { ...users, items: '$..x' }, auth: { type: 'none' } })?.[0]).toContain('write a path such as')
    expect(say({ users, auth: { type: 'none' }, headers: { Authorization: 'Bearer x' } })?.[0]).toContain(
      'credentials belong to',
    )
  })
})
