import { beforeEach, describe, expect, it } from 'vitest'
import { clientsOf, type Reply, type SandboxClient } from '../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../start.ts'

const groups = '/v2/orgs/:org/directories/:dir/groups'
const users = '/v2/orgs/:org/directories/:dir/users'

let sandbox: Sandbox
let jira: SandboxClient
let org: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest()
  ;({ jira, org } = clientsOf(sandbox))
})

const create = (name: string): Promise<Reply> => org.admin('POST', groups, { body: { name } })
const made = () => sandbox.control.counters().effects.groupsCreated

describe('faults', () => {
  it('slows calls down', async () => {
    sandbox.control.addFault({ operations: 'org.list', kind: 'slow', ms: 120 })
    const before = performance.now()
    expect((await org.admin('GET', '/v1/orgs')).status).toBe(200)
    expect(performance.now() - before).toBeGreaterThan(110)
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
    expect(Date.parse(two.headers.get('x-ratelimit-reset') ?? '')).toBeGreaterThan(Date.now() + 1000)
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

describe('limits in force', () => {
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
