import { startFaultyProxy } from '../../../../test/doubles/faulty-proxy.ts'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { scimTarget } from '../../../../test/doubles/scim-target.ts'
import { startScimmy } from '../../../../test/doubles/scimmy-server.ts'
import { type TargetHarness, targetConformance } from '../../kit/target-conformance.ts'

/** The connector against scimmy-routers, which others wrote, behind a proxy that can be told to misbehave. */

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const reads = /^GET \/(Users|Groups)/
const writes = /^(POST|PUT|PATCH|DELETE) /

async function harness(): Promise<TargetHarness> {
  const clock = quickClock()
  const server = await startScimmy()
  const { users, groups } = server.stored
  for (let at = 1; at <= 25; at += 1) {
    const id = `u${at}`
    const emails = [{ value: `p${at}@acme.example`, type: 'work', primary: true }]
    users.set(id, { id, schemas: [user], userName: `p${at}`, active: at !== 9, emails })
  }
  for (let at = 1; at <= 12; at += 1) {
    const id = `g${at}`
    const members = [at, at + 1, at + 2].map((each) => ({ value: `u${each}` }))
    groups.set(id, { id, schemas: [group], displayName: `group ${at}`, members })
  }
  const proxy = await startFaultyProxy(server.baseUrl, clock.now)
  const log: string[] = []
  const settled = { matches: reads, skip: 1 }
  return {
    open: () => scimTarget(proxy.baseUrl, server.token, clock, log, { pageSize: 10 }),
    truth: () => ({
      accounts: new Set(users.keys()),
      members: new Map(
        [...groups.values()].map(({ id, members = [] }) => [
          id,
          new Set((members as { value: string }[]).map(({ value }) => value)),
        ]),
      ),
    }),
    digest: () => server.digest(),
    writes: () => proxy.seen.filter(({ what }) => writes.test(what)).length,
    invitations: (email) => [...users.values()].filter((each) => JSON.stringify(each).includes(email)).length,
    samples: {
      member: { accountId: 'u2', groupId: 'g1' },
      stranger: { accountId: 'u24', groupId: 'g1' },
      activeAccountId: 'u5',
      suspendedAccountId: 'u9',
      knownEmail: 'p7@acme.example',
      knownGroupName: 'group 7',
      unusedEmail: 'brand.new@acme.example',
      unusedGroupName: 'brand-new-group',
      more: [
        {
          kind: 'account.update',
          accountId: 'u20',
          after: { displayName: 'Mia', department: 'R&D', email: 'mia@acme.example' },
        },
        { kind: 'account.update', accountId: 'u21', after: { givenName: 'Bo', phoneNumber: '+49 1' } },
        { kind: 'account.delete', accountId: 'u22' },
      ],
    },
    refusals: [
      {
        name: 'a name that is taken by nobody who can be found',
        arrange: () => proxy.add({ matches: /^POST \/Users/, kind: 'status', status: 409 }),
        order: { kind: 'account.create', after: { email: 'nobody@acme.example' } },
        code: 'conflict',
      },
      {
        name: 'a value the server does not take',
        arrange: () => proxy.add({ matches: /^PATCH \/Users/, kind: 'status', status: 400 }),
        order: { kind: 'account.update', accountId: 'u3', after: { displayName: 'x' } },
        code: 'rejected',
      },
      {
        name: 'one account that may not be written',
        arrange: () => proxy.add({ matches: /^PATCH \/Users/, kind: 'status', status: 403 }),
        order: { kind: 'account.deactivate', accountId: 'u3' },
        code: 'not-writable',
      },
      {
        name: 'a credential that may do nothing any more',
        arrange: () => proxy.add({ matches: / \/(Users|Groups)/, kind: 'status', status: 403 }),
        order: { kind: 'account.deactivate', accountId: 'u3' },
        code: 'forbidden',
        throws: true,
      },
      {
        name: 'a credential that ended',
        arrange: () => proxy.add({ matches: /^PATCH /, kind: 'status', status: 401 }),
        order: { kind: 'membership.add', accountId: 'u24', groupId: 'g2' },
        code: 'auth-failed',
        throws: true,
      },
      {
        name: 'a plan without room',
        arrange: () => proxy.add({ matches: /^POST /, kind: 'status', status: 402 }),
        order: { kind: 'account.create', after: { email: 'nobody@acme.example' } },
        code: 'quota-exhausted',
      },
    ],
    faults: {
      cut: (list, times) => {
        const matches = list === 'users' ? /^GET \/Users\?/ : /^GET \/Groups\?/
        const drop = (body: Record<string, unknown>) => ({ ...body, Resources: [] })
        proxy.add({ matches, kind: 'rewrite', rewrite: drop, skip: 1, ...(times === undefined ? {} : { times }) })
      },
      failReads: (how) => {
        if (how === 'unavailable') proxy.add({ ...settled, kind: 'status', status: 503 })
        else if (how === 'expired') proxy.add({ ...settled, kind: 'status', status: 401 })
        else proxy.add({ ...settled, kind: how })
      },
      loseAnswer: (how) => {
        const after = { matches: writes, isAfter: true, times: 1 } as const
        proxy.add(how === 'status' ? { ...after, kind: 'status', status: 502 } : { ...after, kind: 'hang-up' })
      },
      refuseOnce: () => proxy.add({ matches: writes, kind: 'status', status: 503, times: 1 }),
      slowDown: (times, retryAfterSeconds) =>
        proxy.add({ matches: /./, kind: 'status', status: 429, retryAfterSeconds, times }),
      hang: () => proxy.add({ matches: /./, kind: 'hang' }),
      calm: () => proxy.calm(),
    },
    undercut: () => proxy.undercut(),
    now: clock.now,
    secrets: [server.token],
    logged: () => log.join('\n'),
    close: async () => {
      await proxy.close()
      await server.close()
    },
  }
}

targetConformance('scim on scimmy-routers', harness)
