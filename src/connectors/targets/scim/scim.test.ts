import { afterEach, describe, expect, it } from 'vitest'
import { type FaultyProxy, startFaultyProxy } from '../../../../test/doubles/faulty-proxy.ts'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { scimTarget } from '../../../../test/doubles/scim-target.ts'
import { type ScimmyServer, startScimmy } from '../../../../test/doubles/scimmy-server.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { Order, Target } from '../../../ports/target.ts'

/** Traps of servers that were seen (scim.md 9), each made by a proxy before a server that does well. */

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const signal = AbortSignal.timeout(600_000)
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Scene {
  readonly server: ScimmyServer
  readonly proxy: FaultyProxy
  readonly target: Target
  /** What became of one order: its outcome, or the code it failed with. */
  apply(...orders: readonly Omit<Order, 'seq'>[]): Promise<readonly string[]>
  membersOf(id: string): readonly string[]
  sent(what: RegExp): readonly string[]
}

/** Six people, all but the last in the group g1. */
async function scene(more: object = {}): Promise<Scene> {
  const clock = quickClock()
  const server = await startScimmy()
  closing.push(() => server.close())
  for (let at = 1; at <= 6; at += 1) {
    const emails = [{ value: `p${at}@acme.example`, type: 'work', primary: true }]
    const row = { id: `u${at}`, schemas: [user], userName: `p${at}`, externalId: `key ${at}`, active: true, emails }
    server.stored.users.set(row.id, row)
  }
  const members = [1, 2, 3, 4, 5].map((at) => ({ value: `u${at}` }))
  server.stored.groups.set('g1', { id: 'g1', schemas: [group], displayName: 'crew', members })
  const proxy = await startFaultyProxy(server.baseUrl, clock.now)
  closing.push(() => proxy.close())
  const target = scimTarget(proxy.baseUrl, server.token, clock, [], more)
  closing.push(() => target.close())
  return {
    server,
    proxy,
    target,
    apply: async (...orders) => {
      await target.identify(signal)
      const numbered = orders.map((order, at) => ({ seq: at, ...order }))
      const operation = target.operations[orders[0]?.kind ?? 'group.create']
      const answers = (await operation?.apply(numbered, { signal, notify: false })) ?? []
      return answers
        .toSorted((a, b) => a.seq - b.seq)
        .map((answer) => (answer.outcome === 'failed' ? answer.error.code : answer.outcome))
    },
    membersOf: (id) => {
      const list = (server.stored.groups.get(id)?.members ?? []) as { value: string }[]
      return list.map(({ value }) => value).toSorted()
    },
    sent: (what) => proxy.seen.filter((each) => what.test(each.what)).map(({ body }) => body),
  }
}

const leave = (accountId: string) => ({ kind: 'membership.remove', accountId, groupId: 'g1' }) as const
const join = (accountId: string) => ({ kind: 'membership.add', accountId, groupId: 'g1' }) as const

describe('taking members out', () => {
  it('puts back at once who was lost when a server empties the group, and never asks it that way again', async () => {
    const { proxy, server, apply, membersOf, sent } = await scene()
    // What SimpleIdServer, SCIMple and Microsoft's reference code did (scim.md 9.1).
    proxy.add({
      matches: /^PATCH \/Groups/,
      kind: 'rewrite',
      rewrite: (body) => {
        server.stored.groups.set('g1', { id: 'g1', schemas: [group], displayName: 'crew', members: [] })
        return body
      },
    })
    expect(await apply(leave('u1'))).toEqual(['applied'])
    expect(membersOf('g1')).toEqual(['u2', 'u3', 'u4', 'u5'])
    expect(await apply(leave('u2'))).toEqual(['applied'])
    expect(membersOf('g1')).toEqual(['u3', 'u4', 'u5'])
    expect(sent(/^PATCH/)).toHaveLength(1)
  })

  it('writes the whole list where a server says 200 and does nothing, or does not know the form', async () => {
    for (const status of [undefined, 400]) {
      const { proxy, server, apply, membersOf } = await scene()
      const before = structuredClone(server.stored.groups.get('g1'))
      if (status === undefined) {
        const undo = (body: Record<string, unknown>) => {
          server.stored.groups.set('g1', before ?? expect.fail('no group'))
          return body
        }
        proxy.add({ matches: /^PATCH \/Groups/, kind: 'rewrite', rewrite: undo })
      } else proxy.add({ matches: /^PATCH \/Groups/, kind: 'status', status })
      expect(await apply(leave('u1'), leave('u6'), leave('u3'))).toEqual(['applied', 'alreadyTrue', 'applied'])
      expect(membersOf('g1')).toEqual(['u2', 'u4', 'u5'])
    }
  })

  it('looks once and trusts then, one filtered path each, as many in a request as the settings say', async () => {
    const { apply, membersOf, sent } = await scene({ membersPerRequest: 2 })
    expect(await apply(leave('u1'), leave('u2'), leave('u3'))).toEqual(['applied', 'applied', 'applied'])
    expect(membersOf('g1')).toEqual(['u4', 'u5'])
    const bodies = sent(/^PATCH/).map((body) => JSON.parse(body) as { Operations: { path: string }[] })
    expect(bodies.map(({ Operations }) => Operations.map(({ path }) => path))).toEqual([
      ['members[value eq "u1"]', 'members[value eq "u2"]'],
      ['members[value eq "u3"]'],
    ])
  })
})

describe('adding members', () => {
  it('does not lose the others when the server refuses one', async () => {
    const { proxy, server, apply, membersOf } = await scene()
    server.stored.users.set('u7', { id: 'u7', schemas: [user], userName: 'p7', active: true })
    proxy.add({ matches: /^PATCH \/Groups/, kind: 'status', status: 400, times: 1 })
    expect(await apply(join('u6'), join('u7'), join('nobody'), join('u1'))).toEqual([
      'applied',
      'applied',
      'gone',
      'alreadyTrue',
    ])
    expect(membersOf('g1')).toEqual(['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7'])
  })

  it('leaves groups inside of the group where they are', async () => {
    const { proxy, server, target, apply } = await scene()
    proxy.add({ matches: /^PATCH/, kind: 'status', status: 405 })
    const nested = [
      { value: 'u1', type: 'User' },
      { value: 'u2', type: 'Group' },
    ]
    server.stored.groups.set('g1', { id: 'g1', schemas: [group], displayName: 'crew', members: nested })
    const told: string[] = []
    for await (const { items } of target.groups(signal)) {
      for (const each of items) for await (const page of target.members(each, signal)) told.push(...page.items)
    }
    expect(told).toEqual(['u1'])
    expect(await apply(join('u3'))).toEqual(['applied'])
    expect(server.stored.groups.get('g1')?.members).toEqual([
      { value: 'u1' },
      { value: 'u2', type: 'Group' },
      { value: 'u3' },
    ])
  })
})

describe('changing accounts', () => {
  it('falls back to the whole resource where there is no PATCH (405, 501, or by its own word), and keeps the rest', async () => {
    for (const fault of [
      { matches: /^PATCH/, kind: 'status', status: 405 },
      { matches: /^PATCH/, kind: 'status', status: 501 },
      {
        matches: /^GET \/ServiceProviderConfig/,
        kind: 'rewrite',
        rewrite: (body: Record<string, unknown>) => ({ ...body, patch: { supported: false } }),
      },
    ] as const) {
      const { proxy, server, apply } = await scene()
      proxy.add(fault)
      const after = { displayName: 'Ann', department: 'Sales' }
      expect(await apply({ kind: 'account.update', accountId: 'u1', after })).toEqual(['applied'])
      expect(await apply({ kind: 'account.deactivate', accountId: 'u1' })).toEqual(['applied'])
      expect(server.stored.users.get('u1')).toMatchObject({
        externalId: 'key 1',
        displayName: 'Ann',
        active: false,
        emails: [{ value: 'p1@acme.example', type: 'work', primary: true }],
      })
    }
  })

  it('reads and writes again when somebody else changed the account in between (412)', async () => {
    const { proxy, apply, sent } = await scene()
    proxy.add({ matches: /^PATCH/, kind: 'status', status: 412, times: 2 })
    expect(await apply({ kind: 'account.update', accountId: 'u1', after: { title: 'Head' } })).toEqual(['applied'])
    expect(sent(/^PATCH/)).toHaveLength(3)
  })

  it('sends versions where the server counts them', async () => {
    const { proxy, apply } = await scene()
    const etag = (body: Record<string, unknown>) => ({ ...body, etag: { supported: true } })
    proxy.add({ matches: /^GET \/ServiceProviderConfig/, kind: 'rewrite', rewrite: etag })
    const meta = (body: Record<string, unknown>) => ({ ...body, meta: { version: 'W/"7"' } })
    proxy.add({ matches: /^GET \/Users\/u1/, kind: 'rewrite', rewrite: meta })
    await apply({ kind: 'account.update', accountId: 'u1', after: { title: 'Head' } })
    expect(proxy.seen.find(({ what }) => what.startsWith('PATCH'))?.headers['if-match']).toBe('W/"7"')
  })

  it('takes over who is there already, by user name and by the key of the source, and creates nobody twice', async () => {
    const { proxy, apply, server } = await scene()
    const create = (userName: string, sourceKey: string) =>
      ({ kind: 'account.create', after: { userName, email: `${userName}@acme.example` }, sourceKey }) as const
    expect(await apply(create('p2', 'key 2'))).toEqual(['alreadyTrue'])
    proxy.add({ matches: /^POST/, kind: 'status', status: 409 })
    expect(await apply(create('renamed', 'key 3'))).toEqual(['alreadyTrue'])
    proxy.calm()
    proxy.add({ matches: /^POST/, kind: 'hang-up', isAfter: true, times: 1 })
    expect(await apply(create('fresh', 'key 9'))).toEqual(['applied'])
    expect([...server.stored.users.values()].filter(({ userName }) => userName === 'fresh')).toHaveLength(1)
  })

  it('writes an attribute of an extension that the settings name, and one of a list, and leaves the other elements', async () => {
    const attributes = {
      mobile: 'phoneNumbers.mobile',
      cost: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter',
    }
    const { apply, server, target } = await scene({ attributes })
    const row = server.stored.users.get('u1') ?? expect.fail('nobody')
    server.stored.users.set('u1', { ...row, phoneNumbers: [{ value: '1', type: 'work' }] })
    const after = { mobile: '+49 2', cost: '4711' }
    expect(await apply({ kind: 'account.update', accountId: 'u1', after })).toEqual(['applied'])
    expect(server.stored.users.get('u1')?.phoneNumbers).toEqual([
      { value: '1', type: 'work' },
      { value: '+49 2', type: 'mobile' },
    ])
    const now = await target.accountsNow(['u1'], signal)
    expect(now.get('u1')?.account.attributes).toMatchObject(after)
  })
})

describe('finding', () => {
  it('reads everybody where the server passes over filters or has none', async () => {
    for (const answer of ['ignored', 'refused']) {
      const { proxy, server, target } = await scene()
      const everybody = { totalResults: 6, startIndex: 1, Resources: [...server.stored.users.values()] }
      if (answer === 'ignored')
        proxy.add({ matches: /^GET \/Users\?.*filter=/, kind: 'rewrite', rewrite: () => everybody })
      else proxy.add({ matches: /filter=/, kind: 'status', status: 400 })
      const found = await target.accountsByEmail(['P4@acme.example', 'nobody@acme.example'], signal)
      expect([...found].map(([key, { id }]) => [key, id])).toEqual([['p4@acme.example', 'u4']])
    }
  })

  it('asks for the groups of one person by a filter where that was seen to agree, and else reads the groups', async () => {
    const groupsOf = async ({ proxy, target }: Scene, id: string) => {
      const before = proxy.seen.length
      const now = await target.accountsNow([id], signal)
      const asked = proxy.seen.slice(before).filter(({ what }) => what.startsWith('GET /Groups'))
      return {
        groups: [...(now.get(id)?.groupIds ?? [])],
        filtered: asked.every(({ what }) => what.includes('filter=')),
      }
    }
    const able = await scene({ membersWithLists: false })
    expect(await groupsOf(able, 'u1')).toEqual({ groups: ['g1'], filtered: false })
    expect(await groupsOf(able, 'u2')).toEqual({ groups: ['g1'], filtered: true })
    expect(await groupsOf(able, 'u6')).toEqual({ groups: [], filtered: true })
    able.proxy.add({ matches: /filter=members/, kind: 'status', status: 400 })
    expect(await groupsOf(able, 'u2')).toEqual({ groups: ['g1'], filtered: false })
    const unable = await scene({ membersWithLists: false })
    unable.proxy.add({
      matches: /filter=members/,
      kind: 'rewrite',
      rewrite: (body) => ({ ...body, totalResults: 0, Resources: [] }),
    })
    expect(await groupsOf(unable, 'u1')).toEqual({ groups: ['g1'], filtered: false })
    expect(await groupsOf(unable, 'u2')).toEqual({ groups: ['g1'], filtered: false })
  })

  it('follows no page to another host', async () => {
    const { proxy, target } = await scene()
    proxy.add({ matches: /^GET \/Users\?/, kind: 'status', status: 302 })
    const read = async () => {
      for await (const _ of target.users(signal));
    }
    await expect(read()).rejects.toMatchObject({ code: 'config-invalid' })
  })
})

describe('the doctor', () => {
  const steps = async (target: Target) => {
    const found: CheckStep[] = []
    for await (const step of target.check(signal)) found.push(step)
    return Object.fromEntries(found.map(({ name, status, message }) => [name, `${status}: ${message}`]))
  }

  it('tells what the server says of itself, and which attributes it does not have, and writes nothing', async () => {
    const { target, proxy } = await scene({ attributes: { level: 'urn:acme:hr:1.0:User:level' } })
    expect(await steps(target)).toEqual({
      'read-users': 'ok: 6 people can be read.',
      'read-groups': 'ok: 1 group can be read.',
      capabilities: 'ok: The server says: changes by PATCH; filters; no versions; lists by index.',
      filters: 'ok: People and groups can be found by name and address.',
      attributes: 'warning: The schemas of the server lack level.',
      writing:
        'ok: Whether this credential may write shows only with the first change; nothing was written for this check.',
    })
    expect(proxy.seen.every(({ what }) => what.startsWith('GET'))).toBe(true)
  })

  it('goes on without a description, and says which filters are useless', async () => {
    const { target, proxy } = await scene()
    proxy.add({ matches: /^GET \/(ServiceProviderConfig|Schemas)/, kind: 'status', status: 404 })
    proxy.add({ matches: /filter=emails/, kind: 'status', status: 400 })
    const found = await steps(target)
    expect(found.capabilities).toContain('warning: The server does not describe itself')
    expect(found.filters).toContain('warning: The server does not filter by emails.value')
    expect(found.attributes).toContain('skipped')
  })
})
