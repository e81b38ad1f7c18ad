import { afterEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../test/doubles/scim-target.ts'
import { startTinyServer, type TinyServer } from '../../../../test/doubles/tiny-server.ts'
import type { SourceTrial } from '../../../domain/source-record.ts'
import { Secret } from '../../../platform/secret.ts'
import { rest } from './index.ts'

const secret = 'trial-sesame-4711'
const entries = Array.from({ length: 7 }, (_, at) => ({
  id: `u${at}`,
  login: `pat${at}`,
  contact: { mail: `pat${at}@acme.example` },
  state: 'A',
  password: 'never-shown',
  echo: `you sent ${secret}`,
}))
const teams = [
  { key: 't1', title: 'nobody' },
  { key: 't2', title: 'team two' },
]

function answers(path: string): object | undefined {
  if (path === '/api/people') return { result: { people: entries }, next: null }
  if (path === '/api/teams') return { teams }
  if (path === '/api/teams/t1/members') return { members: [] }
  if (path === '/api/teams/t2/members') return { members: [{ person: 'u1' }, { person: 'u2' }] }
  return undefined
}

const users = {
  path: '/people',
  items: '$.result.people',
  page: { type: 'cursor', param: 'after', nextPath: '$.next' },
  map: { id: '$.id', userName: '$.login', email: '$.contact.mail', active: { path: '$.state', trueWhen: ['A'] } },
}
const groups = { path: '/teams', items: '$.teams', map: { id: '$.key', name: '$.title' } }
const memberships = { type: 'perGroup', path: '/teams/{id}/members', items: '$.members', idPath: '$.person' }

describe('trying an API before anything is saved', () => {
  let server: TinyServer
  afterEach(() => server.close())

  async function trying(more: object, answer = answers): Promise<SourceTrial> {
    server = await startTinyServer(({ path, headers }) => {
      if (headers.authorization !== `Bearer ${secret}`) return { status: 401, body: { error: 'who are you' } }
      const body = answer(path)
      return body === undefined ? { status: 404, body: { error: 'no such place' } } : { body }
    })
    const settings = rest.config.parse({
      baseUrl: `${server.url}/api`,
      auth: { type: 'bearer' },
      secret: new Secret(secret),
      users,
      groups,
      memberships,
      ...more,
    })
    const source = rest.connect(settings, contextOn(quickClock(), []))
    try {
      return await source.tryOut!(AbortSignal.timeout(120_000))
    } finally {
      await source.close()
    }
  }

  it('shows the first answer without secrets, five people, and the first group that has members', async () => {
    const trial = await trying({})
    expect(trial.answer?.from).toMatch(/^127\.0\.0\.1:\d+\/people$/)
    expect(trial.answer?.text).toContain('"mail": "pat0@acme.example"')
    expect(trial.answer?.text).toContain('… and 4 more')
    for (const hidden of [secret, 'never-shown']) expect(JSON.stringify(trial)).not.toContain(hidden)
    expect(trial.people.map(({ key }) => key)).toEqual(['u0', 'u1', 'u2', 'u3', 'u4'])
    expect(trial.people[0]).toMatchObject({ active: true, attributes: { email: 'pat0@acme.example' } })
    expect(trial.group).toEqual({
      key: 't2',
      name: 'team two',
      members: [
        { kind: 'user', key: 'u1' },
        { kind: 'user', key: 'u2' },
      ],
    })
    expect(trial.notes).toContain('No next page is named by $.next: these would be all.')
    expect(trial.problems).toEqual([])
  })

  it('says where lists are when the path of the entries hits none, and shows the answer all the same', async () => {
    const { problems, people, answer } = await trying({ users: { ...users, items: '$.data' } })
    expect(problems).toMatchObject([
      {
        where: 'users',
        message: expect.stringContaining('nothing at $.data'),
        hint: expect.stringContaining('lists at $.result.people'),
      },
    ])
    expect(people).toEqual([])
    expect(answer?.text).toContain('pat0')
  })

  it('says of every path that leads nowhere what an entry has', async () => {
    const map = { ...users.map, email: '$.mail', attributes: { department: '$.dept.name' } }
    const { problems, people } = await trying({ users: { ...users, map } })
    expect(problems.map(({ where }) => where)).toEqual(['users.map.email', 'users.map.attributes.department'])
    expect(problems[0]?.message).toBe('$.mail leads nowhere in any of the first 7 entries.')
    expect(problems[0]?.hint).toContain('$.id, $.login, $.contact.mail, $.state')
    expect(people).toHaveLength(5)
  })

  it('says once that the id is missing, and maps nobody', async () => {
    const { problems, people } = await trying({ users: { ...users, map: { ...users.map, id: '$.uid' } } })
    expect(problems.map(({ where }) => where)).toEqual(['users.map.id'])
    expect(people).toEqual([])
  })

  it('warns where nobody would count as active, with what stands there', async () => {
    const active = { path: '$.state', trueWhen: ['ACTIVE'] }
    const { problems } = await trying({ users: { ...users, map: { ...users.map, active } } })
    expect(problems).toMatchObject([
      { where: 'users.map.active', message: expect.stringContaining('at $.state stands A') },
    ])
  })

  it('keeps the people where groups are refused, and says so', async () => {
    const { problems, people } = await trying({ groups: { ...groups, path: '/squads' } })
    expect(people).toHaveLength(5)
    expect(problems).toMatchObject([{ where: 'memberships', message: expect.stringContaining('no such place') }])
  })

  it('shows no part of a secret, wherever a text is cut and however it is quoted', async () => {
    const long = `q"7\\${'x4'.repeat(200)}`
    const echo = `${'-'.repeat(150)}${long}`
    server = await startTinyServer(({ path }) => ({
      body: path === '/page' ? echo.repeat(99) : [{ id: '1', echo, own: long }],
    }))
    for (const path of ['/people', '/page']) {
      const settings = rest.config.parse({
        baseUrl: server.url,
        auth: { type: 'apiKey', in: 'header', name: 'x-key' },
        secret: new Secret(long.trim()),
        users: { path, map: { id: '$.id' } },
      })
      const source = rest.connect(settings, contextOn(quickClock(), []))
      const trial = await source.tryOut!(AbortSignal.timeout(120_000))
      await source.close()
      expect(trial.answer?.text).toContain('----')
      expect(trial.answer?.text).not.toContain('x4x4')
    }
  })

  it('shows what came instead of JSON', async () => {
    server = await startTinyServer(() => ({ body: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }))
    const settings = rest.config.parse({ baseUrl: server.url, auth: { type: 'none' }, users })
    const source = rest.connect(settings, contextOn(quickClock(), []))
    const trial = await source.tryOut!(AbortSignal.timeout(120_000))
    await source.close()
    expect(trial.problems).toMatchObject([{ where: 'users', message: expect.stringContaining('is not JSON') }])
    expect(trial.answer?.text).toContain('Sign in')
  })

  it('is refused like a read where the credential is', async () => {
    await expect(trying({ secret: new Secret('wrong-secret') })).rejects.toMatchObject({ code: 'auth-failed' })
  })

  for (const [name, rule] of [
    ['on every group', { type: 'fromGroup', path: '$.people' }],
    ['on every person by name', { type: 'fromUser', path: '$.teams', refersTo: 'name' }],
    ['person by person', { type: 'perUser', path: '/people/{id}/teams', idPath: '$.key' }],
    ['in a list of their own', { type: 'list', path: '/pairs', userIdPath: '$.u', groupIdPath: '$.g' }],
  ] as const) {
    it(`shows one group whose members are told ${name}`, async () => {
      const { group, problems } = await trying({ memberships: rule }, (path) => {
        if (path === '/api/people') {
          const people = entries.map((each) => ({ ...each, teams: each.id === 'u1' ? ['team two'] : [] }))
          return { result: { people }, next: null }
        }
        if (path === '/api/teams')
          return { teams: teams.map((each) => ({ ...each, people: each.key === 't2' ? ['u1'] : [] })) }
        if (path === '/api/pairs') return [{ u: 'u1', g: 't2' }]
        if (path === '/api/people/u1/teams') return [{ key: 't2' }]
        return path.endsWith('/teams') ? [] : undefined
      })
      expect(problems).toEqual([])
      expect(group).toEqual({ key: 't2', name: 'team two', members: [{ kind: 'user', key: 'u1' }] })
    })
  }
})
