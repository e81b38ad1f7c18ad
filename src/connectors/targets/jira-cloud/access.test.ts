import { afterEach, describe, expect, it } from 'vitest'
import {
  applyOne,
  handMade,
  listed,
  org,
  orgRoutes,
  type Route,
  type Routes,
  shortly,
  siteRoutes,
} from '../../../../test/doubles/atlassian-answers.ts'
import { type Credentials, startTwin, type TwinAndTarget } from '../../../../test/doubles/jira-cloud-twin.ts'
import type { Order, Target } from '../../../ports/target.ts'
import type { SandboxOptions } from '../../../sandbox/start.ts'

/** Products of the site, their seats and groups, and roles given and taken. */

const signal = new AbortController().signal
const { answer, withKey, withToken, withBoth, seen } = handMade()

const ari = 'ari:cloud:jira-software::site/cloud-1'
const software = 'jira-software@cloud-1'
const workspace = (id: string, hostUrl?: string) => ({ id, attributes: { name: id, ...(hostUrl ? { hostUrl } : {}) } })
const workspaces = (...list: object[]): Routes => ({
  'POST /admin/v2/orgs/o1/workspaces': { body: { data: list, links: {} } },
})
const applicationRole = (more: object = {}) => ({
  key: 'jira-software',
  name: 'Jira',
  groupDetails: [
    { groupId: 'g1', name: 'jira-users' },
    { groupId: 'g2', name: 'jira-administrators' },
  ],
  defaultGroupsDetails: [
    { groupId: 'g1', name: 'jira-users' },
    { groupId: 'g2', name: 'jira-administrators' },
  ],
  numberOfSeats: 100,
  remainingSeats: 7,
  hasUnlimitedSeats: false,
  ...more,
})
const roles = (...list: object[]): Routes => ({ 'GET /rest/api/3/applicationrole': { body: list } })

describe('the products of the site', () => {
  it('with both credentials have groups and seats from Jira and take roles from the organization', async () => {
    answer({ ...siteRoutes, ...orgRoutes, ...roles(applicationRole()), ...workspaces(workspace(ari)) })
    expect(await withBoth().products?.(signal)).toEqual([
      {
        id: software,
        key: 'jira-software',
        title: 'Jira',
        seats: { total: 100, used: 93 },
        roles: expect.arrayContaining([
          { key: 'user', usesSeat: true, administers: false },
          { key: 'admin', usesSeat: true, administers: true },
        ]),
        grantedBy: 'role',
        defaultGroupIds: ['g1'],
      },
    ])
  })

  it('trap 40 with a token alone let people in by groups only', async () => {
    answer({ ...siteRoutes, ...roles(applicationRole()) })
    const target = withToken()
    expect(await target.products?.(signal)).toMatchObject([
      { id: software, grantedBy: 'group', defaultGroupIds: ['g1'] },
    ])
    expect((await target.identify(signal)).notOffered['access.grant']).toContain('organization API key')
  })

  it('with a key alone are named by the organization, other sites and other products left out', async () => {
    answer({
      ...orgRoutes,
      'GET /_edge/tenant_info': { body: { cloudId: 'cloud-1' } },
      ...workspaces(
        workspace('ari:cloud:jira::site/cloud-1'),
        workspace('ari:cloud:confluence::site/cloud-1'),
        workspace('ari:cloud:jira-software::site/cloud-2'),
      ),
      [`POST ${org}/groups/search`]: ({ body }) => {
        const { resourceIds } = body as { resourceIds?: string[] }
        return {
          body: {
            data: resourceIds
              ? [
                  { id: 'g1', name: 'users' },
                  { id: 'g2', name: 'site-admins' },
                ]
              : [],
          },
        }
      },
    })
    expect(await withKey().products?.(signal)).toMatchObject([
      { id: software, key: 'jira-software', seats: 'unknown', grantedBy: 'role', defaultGroupIds: ['g1'] },
    ])
  })

  it('of the site are known by its address, so that nobody has to ask for its id', async () => {
    const host = { ...orgRoutes, ...siteRoutes, ...roles(applicationRole()) }
    const target = withBoth({ site: 'http://127.0.0.1:1/site/acme' })
    expect(target).toBeDefined()
    answer({ ...host, ...workspaces(workspace(ari)) })
    await withBoth().products?.(signal)
    expect(seen('GET /_edge/tenant_info')).toHaveLength(1)
  })

  it.each([
    [{ hasUnlimitedSeats: true }, 'unlimited'],
    [{ numberOfSeats: -1, remainingSeats: -1 }, 'unknown'],
    [{ numberOfSeats: null }, 'unknown'],
    [
      { remainingSeats: null, userCount: 40 },
      { total: 100, used: 40 },
    ],
    [{ remainingSeats: -3 }, { total: 100, used: 103 }],
  ])('with %j have seats %j', async (more, seats) => {
    answer({ ...siteRoutes, ...roles(applicationRole(more)) })
    expect((await withToken().products?.(signal))?.[0]?.seats).toEqual(seats)
  })

  it('are none where neither credential may ask', async () => {
    const no = { status: 403, body: {} }
    answer({ ...siteRoutes, ...orgRoutes, 'POST /admin/v2/orgs/o1/workspaces': no })
    expect(await withBoth().products?.(signal)).toEqual([])
  })
})

describe('a role', () => {
  const grant = { kind: 'access.grant', accountId: 'a1', access: { product: software, role: 'user' } } as const
  const revoke = { ...grant, kind: 'access.revoke' } as const
  const assign = 'POST /admin/v1/orgs/o1/users/a1/roles/assign'
  const remove = 'POST /admin/v1/orgs/o1/users/a1/roles/revoke'
  const assignments = `GET ${org}/users/a1/role-assignments`
  const direct = { resourceId: ari, roleAssignments: [{ role: 'atlassian/user', roleAssignmentMethods: ['direct'] }] }
  const byGroup = {
    resourceId: ari,
    roleAssignments: [{ role: 'atlassian/user', roleAssignmentMethods: ['group_direct'] }],
  }

  const world = (
    write: Route,
    held: object[] = [],
    account: object | null = { status: 'active', groups: [] },
  ): Routes => ({
    ...orgRoutes,
    'GET /_edge/tenant_info': { body: { cloudId: 'cloud-1' } },
    ...workspaces(workspace(ari)),
    [`POST ${org}/users/search`]: { body: { data: account === null ? [] : [{ accountId: 'a1', ...account }] } },
    [assignments]: { body: { data: held } },
    [assign]: write,
    [remove]: write,
  })

  it.each<[string, Route, object[], object | null, string]>([
    ['204', { status: 204 }, [], { status: 'active' }, 'applied'],
    [
      '409, no seat left',
      { status: 409, body: { errors: [{ code: 'ADMIN-UAM-409-3', title: 'Exceeded' }] } },
      [],
      { status: 'active' },
      'quota-exhausted',
    ],
    ['409 without a word', { status: 409 }, [], { status: 'active' }, 'quota-exhausted'],
    ['409, and it is there', { status: 409 }, [direct], { status: 'active' }, 'alreadyTrue'],
    ['409, and it is there through a group', { status: 409 }, [byGroup], { status: 'active' }, 'alreadyTrue'],
    [
      '400, the role does not exist there',
      { status: 400, body: { errors: [{ code: 'ADMIN-UAM-400-3', title: 'Invalid role' }] } },
      [],
      { status: 'active' },
      'rejected',
    ],
    ['402', { status: 402 }, [], { status: 'active' }, 'quota-exhausted'],
    ['403', { status: 403 }, [], { status: 'active' }, 'not-writable'],
    ['404, nobody there', { status: 404 }, [], null, 'gone'],
    ['404 for good', { status: 404 }, [], { status: 'active', groups: [] }, 'rejected'],
    ['503', { status: 503 }, [], { status: 'active' }, 'unreachable?'],
  ])('given with %s', async (_, write, held, account, expected) => {
    answer(world(write, held, account))
    expect(shortly(await applyOne(withKey(), grant))).toBe(expected)
    expect(seen(assign)[0]?.body).toEqual({ role: 'atlassian/user', resource: ari })
  })

  it.each<[string, Route, object[], string]>([
    ['204', { status: 204 }, [direct], 'applied'],
    ['404, and it is gone', { status: 404 }, [], 'alreadyTrue'],
    ['400, it came through a group', { status: 400 }, [byGroup], 'alreadyTrue'],
    ['400, and it is still there', { status: 400, body: { errors: [{ title: 'no' }] } }, [direct], 'rejected'],
  ])('taken away with %s', async (_, write, held, expected) => {
    answer(world(write, held))
    expect(shortly(await applyOne(withKey(), revoke))).toBe(expected)
  })

  it('is told with the way it came, also by the older field that does not say', async () => {
    const looked = async (held: object[]) => {
      answer({
        ...world({ status: 204 }, held, { status: 'active', groups: [{ id: 'g1' }] }),
        [`POST ${org}/groups/search`]: ({ body }) => ({
          body: { data: (body as { resourceIds?: string[] }).resourceIds ? [{ id: 'g1', name: 'users' }] : [] },
        }),
      })
      const now = (await withKey().accountsNow(['a1'], signal, ['access'])).get('a1')
      return [now?.account.access, now?.groupAccess]
    }
    const user = { product: software, role: 'user' }
    expect(await looked([direct])).toEqual([[user], []])
    expect(await looked([byGroup])).toEqual([[], [user]])
    expect(await looked([{ resourceId: ari, roles: ['atlassian/user', 'atlassian/admin'] }])).toEqual([
      [{ product: software, role: 'admin' }],
      [user],
    ])
    expect(await looked([{ resourceId: 'ari:cloud:confluence::site/cloud-1', roles: ['atlassian/user'] }])).toEqual([
      [],
      [],
    ])
  })

  it('costs no call of its own where nobody asks for it', async () => {
    answer(world({ status: 204 }))
    await withKey().accountsNow(['a1'], signal)
    expect(seen(assignments)).toHaveLength(0)
  })

  it('in a product the organization does not list is refused with what to do', async () => {
    answer({ ...world({ status: 204 }), ...workspaces() })
    const result = await applyOne(withKey(), grant)
    expect(shortly(result)).toBe('rejected')
    expect(seen(assign)).toHaveLength(0)
  })
})

describe('with the twin', () => {
  let twin: TwinAndTarget | undefined
  afterEach(() => twin?.stop())
  const start = async (credentials: Credentials, options: SandboxOptions = {}) => {
    twin = await startTwin(credentials, options)
    return twin
  }
  const run = async (target: Target, order: Omit<Order, 'seq'>) => shortly(await applyOne(target, order))
  const one = async (target: Target) => {
    const product = (await target.products?.(signal))?.find(({ key }) => key === 'jira-software')
    if (product === undefined) throw new Error('The site has no Jira.')
    return product
  }

  for (const variants of [{}, { roleGrant: 'default-group' }, { jiraWorkspaceAri: 'jira-software' }]) {
    it(`a role is given, seen, and taken away (${JSON.stringify(variants)})`, async () => {
      const { sandbox, open } = await start('token and key', { variants })
      sandbox.control.edit({ action: 'add-person', email: 'fresh@acme.example' })
      const target = open()
      const product = await one(target)
      const id = (await target.accountsByEmail(['fresh@acme.example'], signal)).get('fresh@acme.example')?.id ?? ''
      const access = { product: product.id, role: 'user' }
      const holds = async () => {
        const now = (await open().accountsNow([id], signal, ['access'])).get(id)
        return [...(now?.account.access ?? []), ...(now?.groupAccess ?? [])]
      }
      expect(await holds()).toEqual([])
      expect(await run(target, { kind: 'access.grant', accountId: id, access })).toBe('applied')
      expect(await holds()).toContainEqual(access)
      expect(['applied', 'alreadyTrue']).toContain(await run(target, { kind: 'access.grant', accountId: id, access }))
    })
  }

  it('a group is given a role, and from then on tells so', async () => {
    const { sandbox, open } = await start('token and key')
    sandbox.control.edit({ action: 'add-group', group: 'testers' })
    const target = open()
    const product = await one(target)
    const groupId = (await target.groupsByName(['testers'], signal)).get('testers')?.id ?? ''
    const access = { product: product.id, role: 'user' }
    expect(await run(target, { kind: 'access.grant', groupId, access })).toBe('applied')
    expect((await target.groupsByName(['testers'], signal)).get('testers')?.grantsAccess).toContainEqual(access)
    expect((await listed(open().groups(signal))).find(({ id }) => id === groupId)?.grantsAccess).toContainEqual(access)
    expect(await run(target, { kind: 'access.revoke', groupId, access })).toBe('applied')
    expect((await target.groupsByName(['testers'], signal)).get('testers')?.grantsAccess).toEqual([])
  })

  it('new people come with their groups and their access in one call of 25', async () => {
    const { sandbox, open } = await start('token and key')
    const { control } = sandbox
    control.edit({ action: 'add-group', group: 'welcome' })
    const target = open()
    await target.identify(signal)
    const product = await one(target)
    const groupId = (await target.groupsByName(['welcome'], signal)).get('welcome')?.id ?? ''
    const carried = (n: number): Order[] => [
      { seq: 1000 + n, kind: 'membership.add', groupId },
      { seq: 2000 + n, kind: 'access.grant', access: { product: product.id, role: 'user' } },
    ]
    const orders = Array.from(
      { length: 25 },
      (_, n): Order => ({
        seq: n + 1,
        kind: 'account.create',
        after: { email: `with${n}@acme.example` },
        carried: carried(n),
      }),
    )
    control.resetCounters()
    const answers = (await target.operations['account.create']?.apply(orders, { signal, notify: false })) ?? []
    expect(answers.map(({ seq, outcome }) => [seq, outcome]).toSorted()).toEqual(
      orders
        .flatMap(({ seq }, n) => [
          [seq, 'applied'],
          [1000 + n, 'applied'],
          [2000 + n, 'applied'],
        ])
        .toSorted(),
    )
    expect(control.requests('org.invite')).toBe(1)
    expect(control.requests('org.group.addMember')).toBe(0)
    const people = control.state().people.filter(({ email }) => email.startsWith('with'))
    expect(people).toHaveLength(25)
    expect(people.every(({ groups }) => groups.includes('welcome'))).toBe(true)
  })

  it('a group nobody knows spoils no invitation: the account is made, the rest is left to be sent by itself', async () => {
    const { open } = await start('key alone')
    const target = open()
    await target.identify(signal)
    const order: Order = {
      seq: 1,
      kind: 'account.create',
      after: { email: 'spoiled@acme.example' },
      carried: [{ seq: 2, kind: 'membership.add', groupId: '00000000-0000-4000-8000-000000000000' }],
    }
    const answers = (await target.operations['account.create']?.apply([order], { signal, notify: false })) ?? []
    expect(answers.map(({ seq, outcome }) => [seq, outcome])).toEqual([[1, 'applied']])
  })

  it.each([['409-all'], ['206-rest']])(
    'an invitation that only partly fits the seats gives nobody twice (%s)',
    async (inviteOverSeats) => {
      const { sandbox, open } = await start('token and key', { variants: { inviteOverSeats } })
      const { control } = sandbox
      const target = open()
      const product = await one(target)
      const used = typeof product.seats === 'object' ? product.seats.used : 0
      control.edit({ action: 'set-seats', product: 'jira-software', seats: used + 2 })
      const orders = [1, 2, 3, 4].map(
        (n): Order => ({
          seq: n,
          kind: 'account.create',
          after: { email: `tight${n}@acme.example` },
          carried: [{ seq: 10 + n, kind: 'access.grant', access: { product: product.id, role: 'user' } }],
        }),
      )
      const answers = (await target.operations['account.create']?.apply(orders, { signal, notify: false })) ?? []
      const codes = new Set(answers.map(shortly))
      for (const code of codes) expect(['applied', 'quota-exhausted']).toContain(code)
      expect(codes.has('quota-exhausted') || answers.length < 8).toBe(true)
      const { invitations } = control.counters()
      for (const { invitations: count } of Object.values(invitations)) expect(count).toBeLessThanOrEqual(1)
    },
  )
})
