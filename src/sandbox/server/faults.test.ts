import { beforeEach, describe, expect, it } from 'vitest'
import { type QuickClock, quickClock } from '../../../test/doubles/quick-clock.ts'
import { clientsOf, type Reply, type SandboxClient } from '../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import { jiraOperations } from '../atlassian/jira/operations.ts'
import { organizationOperations } from '../atlassian/organizations/operations.ts'
import { userManagementOperations } from '../atlassian/user-management/operations.ts'
import type { Sandbox } from '../start.ts'
import type { Fault } from './faults.ts'

const groups = '/v2/orgs/:org/directories/:dir/groups'
const users = '/v2/orgs/:org/directories/:dir/users'

let sandbox: Sandbox
let jira: SandboxClient
let org: SandboxClient

let clock: QuickClock

beforeEach(async () => {
  clock = quickClock()
  sandbox = await sandboxForTest({ clock })
  ;({ jira, org } = clientsOf(sandbox))
})

const ruby = 'ruby.hughes@acme.example'
const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const found = async (email: string) =>
  (await org.admin('POST', `${users}/search`, { body: { emails: [email] } })).body.data[0]
const create = (name: string): Promise<Reply> => org.admin('POST', groups, { body: { name } })
const made = () => sandbox.control.counters().effects.groupsCreated

describe('faults', () => {
  it('are refused for operations that nobody can ask, with those there are; so are limits and counts', () => {
    const { control } = sandbox
    const close = (operations: string) => control.addFault({ operations, kind: 'close', when: 'before' })
    expect(() => close('account.profile.patch')).toThrow(/no operation "account.profile.patch" here, but: account\./)
    expect(() => close('org.invite, group.create')).toThrow(/no operation "group.create" here, but: .*org.group.create/)
    expect(() => close('orgs.*')).toThrow('no operation "orgs.*"')
    expect(() => control.setLimit({ operations: 'jiradc.*', perSecond: 1 })).toThrow('no operation "jiradc.*"')
    expect(() => control.setQuota({ operations: 'jria.*', points: 1, windowSeconds: 1 })).toThrow('"jria.*"')
    expect(() => control.requests('org.user.invite')).toThrow('no operation "org.user.invite"')
    expect([control.faults, control.limits, control.requests('unknown')]).toEqual([[], [], 0])
  })

  it('slows calls down', async () => {
    sandbox.control.addFault({ operations: 'org.list', kind: 'slow', ms: 120 })
    expect((await org.admin('GET', '/v1/orgs')).status).toBe(200)
    expect(clock.slept).toContain(120)
  })

  it.each([500, 502, 503])('answers %i before and after the write took effect', async (status) => {
    sandbox.control.addFault({ operations: 'org.group.create', kind: 'status', status, when: 'before', times: 1 })
    expect((await create('a')).status).toBe(status)
    expect(made()).toBe(0)
    sandbox.control.addFault({
      operations: 'org.group.create',
      kind: 'status',
      status,
      when: 'after',
      times: 1,
      retryAfterSeconds: 7,
    })
    const late = await create('b')
    expect([late.status, late.headers.get('retry-after'), made()]).toEqual([status, '7', 1])
    expect((await create('b')).status).toBe(409)
  })

  it('closes the connection before and after the write took effect', async () => {
    sandbox.control.addFault({ operations: 'org.group.create', kind: 'close', when: 'before', times: 1 })
    await expect(create('a')).rejects.toThrow('fetch failed')
    expect(made()).toBe(0)
    sandbox.control.addFault({ operations: 'org.group.create', kind: 'close', when: 'after', times: 1 })
    await expect(create('b')).rejects.toThrow('fetch failed')
    expect(made()).toBe(1)
    expect(sandbox.control.counters().operations['org.group.create']?.statuses).toEqual({ closed: 2 })
  })

  it('resets the connection in the middle of a body', async () => {
    sandbox.control.addFault({ operations: 'jira.users.search', kind: 'cut-body', times: 1 })
    await expect(jira.site('GET', '/users/search')).rejects.toThrow()
    expect((await jira.site('GET', '/users/search')).status).toBe(200)
  })

  it('ends lists early as if they were complete', async () => {
    sandbox.control.addFault({ operations: '*', kind: 'short-page', keep: 2 })
    const people = (await org.admin('POST', `${users}/search`, { body: { limit: 5 } })).body
    expect([people.data.length, people.links.next]).toEqual([2, undefined])
    const found = (await org.admin('POST', `${groups}/search`, { body: { limit: 5 } })).body
    expect([found.data.length, found.links.next]).toEqual([2, undefined])
    const bean = (await jira.site('GET', '/group/bulk')).body
    expect([bean.values.length, bean.isLast, bean.total]).toEqual([2, true, 10])
    expect((await jira.site('GET', '/users/search')).body).toHaveLength(2)
    sandbox.control.removeFault()
    sandbox.control.addFault({ operations: '*', kind: 'short-page', totalIsTrue: false })
    expect((await jira.site('GET', '/group/bulk')).body.total).toBe(0)
  })

  it('storms with 429 in the headers of each API', async () => {
    sandbox.control.addFault({ operations: '*', kind: 'too-many-requests', retryAfterSeconds: 3 })
    const one = await jira.site('GET', '/myself')
    expect([one.status, one.headers.get('retry-after')]).toEqual([429, '3'])
    expect(one.headers.get('ratelimit-reason')).toBe('jira-burst-based')
    expect(one.headers.get('x-ratelimit-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/)
    const two = await org.admin('GET', '/v1/orgs')
    expect([two.status, two.headers.get('ratelimit-reason')]).toEqual([429, null])
    expect(Date.parse(two.headers.get('x-ratelimit-reset') ?? '')).toBeGreaterThan(clock.now() + 1000)
  })

  it('lets a token run out', async () => {
    sandbox.control.addFault({ operations: 'jira.*', kind: 'expired', skip: 1, times: 1 })
    const statuses = []
    for (let at = 0; at < 3; at++) statuses.push((await jira.site('GET', '/myself')).status)
    expect(statuses).toEqual([200, 401, 200])
  })

  it('sends a page of a proxy instead of JSON', async () => {
    sandbox.control.addFault({ operations: 'org.list', kind: 'not-json', times: 1 })
    const reply = await org.send('GET', `${sandbox.apiBase}/admin/v1/orgs`)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html'])
  })

  it('holds the answer of a write that took effect until it is released', async () => {
    sandbox.control.addFault({ operations: 'org.group.create', kind: 'hold', when: 'after', times: 1 })
    let answered = false
    const waiting = create('held').then((reply) => {
      answered = true
      return reply
    })
    await expect.poll(() => sandbox.control.held).toBe(1)
    expect([made(), answered]).toEqual([1, false])
    expect(sandbox.control.release()).toBe(1)
    expect((await waiting).status).toBe(201)
  })

  it('never answers a held write when told to close it', async () => {
    sandbox.control.addFault({
      operations: 'org.group.create',
      kind: 'hold',
      when: 'after',
      ms: 30,
      afterwards: 'close',
      times: 1,
    })
    await expect(create('lost')).rejects.toThrow('fetch failed')
    expect(made()).toBe(1)
  })

  it('strikes only what it is told: by name, by content, by chance with a seed', async () => {
    sandbox.control.addFault({
      operations: 'org.group.create',
      kind: 'status',
      status: 503,
      when: 'before',
      containing: 'unlucky',
    })
    expect((await create('lucky')).status).toBe(201)
    expect((await create('unlucky')).status).toBe(503)
    sandbox.control.removeFault()
    const rounds = []
    for (let round = 0; round < 2; round++) {
      const id = sandbox.control.addFault({
        operations: 'org.list',
        kind: 'status',
        status: 500,
        when: 'before',
        probability: 0.3,
        seed: 7,
      })
      const statuses = []
      for (let at = 0; at < 40; at++) statuses.push((await org.admin('GET', '/v1/orgs')).status)
      rounds.push(statuses.join())
      sandbox.control.removeFault(id)
    }
    expect(rounds[0]).toBe(rounds[1])
    expect(rounds[0]).toContain('500')
    expect(rounds[0]).toContain('200')
  })
})

describe('every operation of every API', () => {
  it('can be struck by every fault that keeps it from running', async () => {
    const { twin } = sandbox.control
    const all = [...jiraOperations(twin), ...organizationOperations(twin), ...userManagementOperations(twin)]
    const facts: Record<string, string> = { site: 'acme', orgId: sandbox.orgId, directoryId: sandbox.directoryId }
    const ask = async ({ method, paths: [path = ''] }: (typeof all)[number]): Promise<number | 'closed' | 'cut'> => {
      const url = `${sandbox.url}${path.replace(/:(\w+)/g, (_, name: string) => facts[name] ?? 'x')}`
      const client = path.startsWith('/site/') ? jira : org
      return client.send(method, url).then(
        ({ status }) => status,
        () => 'closed',
      )
    }
    const strike = async (fault: Fault, expected: number | 'closed'): Promise<void> => {
      const id = sandbox.control.addFault(fault)
      for (const operation of all) expect(await ask(operation), `${fault.kind} ${operation.name}`).toBe(expected)
      expect(sandbox.control.faults[0]?.struck).toBe(all.length)
      sandbox.control.removeFault(id)
    }
    await strike({ operations: '*', kind: 'status', status: 503, when: 'before' }, 503)
    await strike({ operations: '*', kind: 'status', status: 500, when: 'after' }, 500)
    await strike({ operations: '*', kind: 'too-many-requests' }, 429)
    await strike({ operations: '*', kind: 'expired' }, 401)
    await strike({ operations: '*', kind: 'not-json' }, 200)
    await strike({ operations: '*', kind: 'close', when: 'before' }, 'closed')
    await strike({ operations: '*', kind: 'close', when: 'after' }, 'closed')
    expect(all.length).toBeGreaterThan(90)
  })
})

describe('faults of who one is', () => {
  const open: readonly (readonly [string, Record<string, string>])[] = [
    ['/project/search', { query: 'r' }],
    ['/user/search', { query: 'r' }],
    ['/groups/picker', { query: 'r' }],
    ['/mypermissions', { permissions: 'ADMINISTER' }],
    ['/user/picker', { query: 'r' }],
  ]

  it('take a caller for nobody: what is open to all answers 200 with what is public, the rest 401', async () => {
    sandbox.control.addFault({ operations: '*', kind: 'anonymous' })
    const statuses = await Promise.all(
      open.map(async ([path, query]) => (await jira.site('GET', path, { query })).status),
    )
    expect(statuses).toEqual([200, 200, 200, 200, 200])
    expect((await jira.site('GET', '/project/search')).body.total).toBe(1)
    expect((await jira.site('GET', '/user/search', { query: { query: 'r' } })).body).toEqual([])
    expect((await jira.site('GET', '/users/search')).status).toBe(401)
    expect((await jira.site('GET', '/myself')).status).toBe(401)
    expect((await org.admin('GET', '/v1/orgs')).status).toBe(401)
    expect((await org.account('GET', 'x', '')).status).toBe(401)
    sandbox.control.setVariants({ wrongCredentialOnAnonymousEndpoint: '200-empty' })
    expect((await jira.site('GET', '/users/search')).body).toEqual([])
  })

  it('take a key for one of another organization, a token for one of another site', async () => {
    sandbox.control.addFault({ operations: '*', kind: 'wrong-organization' })
    expect((await org.admin('GET', '/v1/orgs')).body.data[0].attributes.name).toBe('Globex')
    expect((await org.admin('POST', `${users}/search`, { body: {} })).body.errors[0].code).toBe('ADMIN-404-2')
    expect((await create('elsewhere')).status).toBe(404)
    expect((await jira.site('GET', '/myself')).status).toBe(401)
    const { accountId } = sandbox.control.twin.state.accountByEmail('ruby.hughes@acme.example') ?? { accountId: '' }
    expect((await org.account('GET', accountId, '')).body).toEqual({ key: 'forbidden' })
    expect(made()).toBe(0)
  })
})

describe('storms', () => {
  it('may come without any time to come back', async () => {
    sandbox.control.addFault({ operations: '*', kind: 'too-many-requests', times: 2 })
    for (const reply of [await jira.site('GET', '/myself'), await org.admin('GET', '/v1/orgs')]) {
      expect(reply.status).toBe(429)
      expect([reply.headers.has('retry-after'), reply.headers.has('x-ratelimit-reset')]).toEqual([false, false])
    }
    sandbox.control.addFault({ operations: '*', kind: 'too-many-requests', resetSeconds: 90, times: 1 })
    const reply = await org.admin('GET', '/v1/orgs')
    expect([reply.headers.has('retry-after'), reply.headers.has('x-ratelimit-reset')]).toEqual([false, true])
  })
})

describe('writes that are seen late', () => {
  it.each<[string, () => Promise<Reply>, () => Promise<unknown>, unknown, unknown]>([
    [
      'org.group.create',
      () => create('late'),
      async () => (await org.admin('POST', `${groups}/search`, { body: { groupNames: ['late'] } })).body.data.length,
      0,
      1,
    ],
    [
      'org.user.suspend',
      async () => org.admin('POST', `${users}/${idOf(ruby)}/suspend`, { body: {} }),
      async () => (await found(ruby)).status,
      'active',
      'suspended',
    ],
    [
      'org.user.remove',
      async () => org.admin('DELETE', `${users}/${idOf(ruby)}`),
      async () => (await found(ruby))?.membershipStatus,
      'active',
      undefined,
    ],
    [
      'org.user.assignRole',
      async () => {
        const resource = `ari:cloud:confluence::site/${sandbox.cloudId}`
        const body = { role: 'atlassian/user', resource }
        return org.admin('POST', `/v1/orgs/:org/users/${idOf(ruby)}/roles/assign`, { body })
      },
      async () => (await org.admin('GET', `${users}/${idOf(ruby)}/role-assignments`)).body.data.length,
      1,
      2,
    ],
    [
      'account.updateProfile',
      async () => org.account('PATCH', idOf(ruby), '/profile', { body: { name: 'Ruby Late' } }),
      async () => (await found(ruby)).name,
      'Ruby Hughes',
      'Ruby Late',
    ],
    [
      'account.disable',
      async () => org.account('POST', idOf(ruby), '/lifecycle/disable', { body: {} }),
      async () => (await jira.site('GET', '/user', { query: { accountId: idOf(ruby) } })).body.active,
      true,
      false,
    ],
    [
      'jira.user.setProperty',
      async () => jira.site('PUT', '/user/properties/k', { query: { accountId: idOf(ruby) }, body: '1' }),
      async () => (await jira.site('GET', '/user/properties', { query: { accountId: idOf(ruby) } })).body.keys.length,
      0,
      1,
    ],
    [
      'jira.project.update',
      async () => jira.site('PUT', '/project/WEB', { body: { leadAccountId: idOf(ruby) } }),
      async () => (await jira.site('GET', '/project/WEB')).body.lead.displayName,
      'Tomáš Dvořák',
      'Ruby Hughes',
    ],
    [
      'jira.group.addMember',
      async () => {
        const query = { groupId: sandbox.control.twin.state.groupByName('developers')?.groupId ?? '' }
        return jira.site('POST', '/group/user', { query, body: { accountId: idOf(ruby) } })
      },
      async () => (await jira.site('GET', '/user/groups', { query: { accountId: idOf(ruby) } })).body.length,
      2,
      3,
    ],
  ])('%s', async (operations, write, read, before, after) => {
    sandbox.control.addFault({ operations, kind: 'late', ms: 30_000, times: 1 })
    expect((await write()).status).toBeLessThan(300)
    expect(await read()).toBe(before)
    clock.advance(29_999)
    expect(await read()).toBe(before)
    clock.advance(1)
    expect(await read()).toBe(after)
  })

  it('are there for a second write at once', async () => {
    sandbox.control.addFault({ operations: 'org.group.create', kind: 'late', ms: 30_000 })
    expect((await create('twice')).status).toBe(201)
    expect((await create('twice')).status).toBe(409)
  })
})

describe('limits in force', () => {
  it('are one for each call where told, and one for all searches', async () => {
    sandbox.control.setUsualLimits()
    const first = await jira.site('GET', '/myself')
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['350', '349'])
    expect((await jira.site('GET', '/serverInfo')).headers.get('x-ratelimit-remaining')).toBe('349')
    expect((await jira.site('GET', '/myself')).headers.get('x-ratelimit-remaining')).toBe('348')
    const search = await jira.site('GET', '/user/search', { query: { query: 'a' } })
    const picker = await jira.site('GET', '/user/picker', { query: { query: 'a' } })
    expect([search, picker].map(({ headers }) => headers.get('x-ratelimit-remaining'))).toEqual(['19', '18'])
  })

  it('count anew in every window of the organization', async () => {
    sandbox.control.setLimit({ operations: 'org.*', perSecond: 2 / 60, windowSeconds: 60 })
    sandbox.control.setVariants({ orgRetryAfter: 'absent' })
    const ask = () => org.admin('GET', '/v1/orgs')
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
    const refused = await ask()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null])
    const reset = Date.parse(refused.headers.get('x-ratelimit-reset') ?? '')
    expect(reset % 60_000).toBe(0)
    clock.advance(reset - clock.now() - 1)
    expect((await ask()).status).toBe(429)
    clock.advance(1)
    expect((await ask()).status).toBe(200)
    expect(sandbox.control.counters().limits[0]).toMatchObject({ granted: 3, refused: 2 })
  })

  it('may be a quota of points: a write costs one, a read one and its objects', async () => {
    sandbox.control.setQuota({ operations: 'jira.*', points: 15, windowSeconds: 3600 })
    await jira.site('GET', '/myself')
    expect(sandbox.control.counters().quota).toMatchObject({ used: 2, refused: 0 })
    await jira.site('GET', '/users/search', { query: { maxResults: 7 } })
    expect(sandbox.control.counters().quota?.used).toBe(10)
    await jira.site('POST', '/group', { body: { name: 'points' } })
    expect(sandbox.control.counters().quota?.used).toBe(11)
    await jira.site('GET', '/users/search')
    const refused = await jira.site('GET', '/myself')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('ratelimit-reason')).toBe('jira-quota-tenant-based')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1000)
    expect((await org.admin('GET', '/v1/orgs')).status).toBe(200)
    clock.advance(3600_000)
    expect((await jira.site('GET', '/myself')).status).toBe(200)
  })

  it('tells what is left and refuses beyond, in both families of headers', async () => {
    sandbox.control.setLimit({ operations: 'jira.*', perSecond: 5, burst: 3 })
    const first = await jira.site('GET', '/myself')
    expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['5', '2'])
    expect(first.headers.get('x-ratelimit-nearlimit')).toBeNull()
    await jira.site('GET', '/myself')
    expect((await jira.site('GET', '/myself')).headers.get('x-ratelimit-nearlimit')).toBe('true')
    const refused = await jira.site('GET', '/myself')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(sandbox.control.counters().limits[0]).toMatchObject({ granted: 3, refused: 1 })
    sandbox.control.clearLimits()
    expect((await jira.site('GET', '/myself')).headers.has('x-ratelimit-limit')).toBe(false)
  })

  it('refuses before anything takes effect', async () => {
    sandbox.control.setLimit({ operations: 'org.*', perSecond: 0.01, burst: 1 })
    const statuses = await Promise.all(['a', 'b', 'c'].map(async (name) => (await create(name)).status))
    expect(statuses.sort()).toEqual([201, 429, 429])
    expect(made()).toBe(1)
  })
})
