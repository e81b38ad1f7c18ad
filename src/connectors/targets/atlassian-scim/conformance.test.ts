import { describe, expect, it } from 'vitest'
import { filled, type GuardTwin, startGuard } from '../../../../test/doubles/guard-twin.ts'
import { Secret } from '../../../platform/secret.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { Order } from '../../../ports/target.ts'
import { userProvisioningVariants } from '../../../sandbox/atlassian/variants/user-provisioning.ts'
import { type TargetHarness, targetConformance } from '../../kit/target-conformance.ts'
import { atlassianScim } from './index.ts'

/** The connector against the twin of Atlassian Guard, which is made from the documents alone. */

const reading = 'scim.users.list,scim.groups.list,scim.user.get,scim.group.get'
const writing = ['create', 'replace', 'patch', 'delete']
  .flatMap((each) => [`scim.user.${each}`, `scim.group.${each}`])
  .join()
const signal = AbortSignal.timeout(600_000)

async function harness(): Promise<TargetHarness> {
  const scene = await startGuard({ variants: { scimMaxCount: '10' } })
  const { sandbox, clock, log, open, provisioning, stop } = scene
  const { control, guard } = sandbox
  const { people, teams } = await filled(scene)
  control.resetCounters()
  const [person, team] = [(at: number) => people[at - 1] ?? '', (at: number) => teams[at - 1] ?? '']
  const refused = (operations: string, status: number) =>
    void control.addFault({ kind: 'status', status, when: 'before', operations })
  return {
    open,
    truth: () => ({
      accounts: new Set(provisioning.users.map(({ id }) => id)),
      members: new Map(
        provisioning.groups.map(({ id, members }) => [id, new Set([...members].map((each) => each.id))]),
      ),
    }),
    digest: scene.digest,
    writes: () => writing.split(',').reduce((sum, operation) => sum + control.requests(operation), 0),
    invitations: (email) => provisioning.users.filter(({ userName }) => userName === email).length,
    samples: {
      member: { accountId: person(2), groupId: team(1) },
      stranger: { accountId: person(24), groupId: team(1) },
      activeAccountId: person(5),
      suspendedAccountId: person(9),
      knownEmail: 'p7@acme.example',
      knownGroupName: 'team 7',
      unusedEmail: 'brand.new@acme.example',
      unusedGroupName: 'brand-new-group',
      more: [
        {
          kind: 'account.update',
          accountId: person(20),
          after: { displayName: 'Mia', department: 'R&D', phoneNumber: '1' },
        },
        { kind: 'account.update', accountId: person(21), after: { email: 'bo@acme.example', givenName: 'Bo' } },
      ],
    },
    refusals: [
      {
        name: 'an address of a domain that is not verified',
        arrange: () => undefined,
        order: { kind: 'account.create', after: { email: 'x@elsewhere.example' } },
        code: 'rejected',
      },
      {
        name: 'an address that belongs to another user of the directory',
        arrange: () => undefined,
        order: { kind: 'account.update', accountId: person(3), after: { email: 'p4@acme.example' } },
        code: 'rejected',
      },
      {
        name: 'one account that may not be written',
        arrange: () => refused('scim.user.patch', 403),
        order: { kind: 'account.deactivate', accountId: person(3) },
        code: 'not-writable',
      },
      {
        name: 'a key that ended',
        arrange: () => void control.addFault({ kind: 'expired', operations: 'scim.group.patch' }),
        order: { kind: 'membership.add', accountId: person(24), groupId: team(2) },
        code: 'auth-failed',
        throws: true,
      },
    ],
    faults: {
      cut: (list, times) => {
        const operations = list === 'users' ? 'scim.users.list' : 'scim.groups.list'
        control.addFault({
          kind: 'short-page',
          keep: 3,
          operations,
          skip: 1,
          ...(times === undefined ? {} : { times }),
        })
      },
      failReads: (how) => {
        const fault = {
          unavailable: { kind: 'status', status: 503, when: 'before' },
          'not-json': { kind: 'not-json' },
          'cut-off': { kind: 'cut-body' },
          expired: { kind: 'expired' },
        } as const
        control.addFault({ ...fault[how], operations: reading, skip: 1 })
      },
      loseAnswer: (how) => {
        if (how === 'status')
          control.addFault({ kind: 'status', status: 502, when: 'after', operations: writing, times: 1 })
        else control.addFault({ kind: 'close', when: 'after', operations: writing, times: 1 })
      },
      refuseOnce: () =>
        void control.addFault({ kind: 'status', status: 503, when: 'before', operations: writing, times: 1 }),
      slowDown: (times, retryAfterSeconds) =>
        void control.addFault({ kind: 'too-many-requests', retryAfterSeconds, operations: '*', times }),
      hang: () => void control.addFault({ kind: 'hold', when: 'before', ms: 5_000, operations: '*' }),
      calm: () => control.calm(),
    },
    undercut: () => control.counters().limits.reduce((sum, { undercut }) => sum + undercut, 0),
    now: clock.now,
    secrets: [guard.apiKey],
    logged: () => log.join('\n'),
    close: stop,
  }
}

targetConformance('atlassian-scim', harness)

describe('whatever the documents leave open about user provisioning', () => {
  const alternatives = Object.entries(userProvisioningVariants).flatMap(([name, { values }]) =>
    values.slice(1).map((value) => ({ [name]: value })),
  )
  const rows: Record<string, string>[] = [{}, ...alternatives, Object.assign({}, ...alternatives)]

  it.each(rows.map((variants) => [JSON.stringify(variants), variants] as const))(
    'reads and writes come out right with %s',
    async (_, variants) => {
      const scene = await startGuard({ variants })
      try {
        await journey(scene)
      } finally {
        await scene.stop()
      }
    },
  )
})

/** Writes one of each kind twice and compares with what the twin then holds. */
async function journey(scene: GuardTwin): Promise<void> {
  const { open, provisioning, sandbox } = scene
  const { people, teams } = await filled(scene)
  const target = open()
  await target.identify(signal)
  const told: string[] = []
  for await (const { items } of target.users(signal)) told.push(...items.map(({ id }) => id))
  expect(told.toSorted()).toEqual(people.toSorted())
  for await (const { items } of target.groups(signal)) {
    for (const group of items) {
      const members: string[] = []
      for await (const page of target.members(group, signal)) members.push(...page.items)
      const truth = [...(provisioning.group(group.id)?.members ?? [])].map(({ id }) => id)
      expect(members.toSorted()).toEqual(truth.toSorted())
    }
  }
  const apply = async (order: Omit<Order, 'seq'>) => {
    const [answer] =
      (await target.operations[order.kind]?.apply([{ seq: 1, ...order }], { signal, notify: false })) ?? []
    return answer?.outcome === 'failed' ? `${answer.error.code}: ${answer.error.message}` : answer?.outcome
  }
  const [first = '', second = ''] = people
  const [team = ''] = teams
  const stranger = people[20] ?? ''
  for (const order of [
    { kind: 'account.create', after: { email: 'new@acme.example', displayName: 'New' }, sourceKey: 'k1' },
    { kind: 'group.create', after: { name: 'fresh' } },
    { kind: 'account.update', accountId: first, after: { displayName: 'First', title: 'Head' } },
    { kind: 'account.deactivate', accountId: second },
    { kind: 'account.activate', accountId: second },
    { kind: 'membership.add', accountId: stranger, groupId: team },
    { kind: 'membership.remove', accountId: first, groupId: team },
  ] as const) {
    expect(await apply(order), order.kind).toBe('applied')
    expect(await apply(order), `${order.kind} again`).toBe('alreadyTrue')
  }
  const members = [...(provisioning.group(team)?.members ?? [])].map(({ id }) => id)
  expect(members.toSorted()).toEqual([second, people[2], stranger].toSorted())
  const now = await target.accountsNow([first, stranger], signal)
  expect(now.get(first)?.groupIds?.has(team)).toBe(false)
  expect(now.get(stranger)?.groupIds?.has(team)).toBe(true)
  expect((await target.accountsByEmail(['NEW@acme.example'], signal)).size).toBe(1)
  const account = sandbox.control.twin.state.accountByEmail('new@acme.example')
  expect(account).toMatchObject({ name: 'New', externalDirectory: 'scim', accountStatus: 'active' })
}

describe('the doctor of a Guard directory', () => {
  const steps = async (scene: GuardTwin) => {
    const found: CheckStep[] = []
    for await (const step of scene.open().check(signal)) found.push(step)
    return Object.fromEntries(found.map(({ name, status, message }) => [name, `${status}: ${message}`]))
  }

  it('says what it cannot know without an organization API key', async () => {
    const scene = await startGuard()
    const found = await steps(scene)
    expect(found['read-users']).toBe('ok: 0 people can be read.')
    expect(found.organization).toContain('skipped')
    const target = scene.open()
    await target.identify(signal)
    expect((await target.notCreatable?.(['far@elsewhere.example'], signal))?.size).toBe(0)
    await scene.stop()
  })

  it('finds domains that are not verified, groups that are in the way, and groups without a product', async () => {
    const org = (await startGuard()).sandbox
    const orgApiKey = new Secret(org.credentials.orgApiKey)
    await org.stop()
    const scene = await startGuard({}, { orgApiKey, mailDomains: ['acme.example', 'elsewhere.example'] })
    await scene.client.scim('POST', '/Groups', { body: { displayName: 'Robots' } })
    await scene.client.scim('POST', '/Groups', { body: { displayName: 'developers' } })
    const found = await steps(scene)
    expect(found.site).toContain('ok')
    expect(found.domains).toContain('failed: Not verified: elsewhere.example')
    expect(found['group-collisions']).toContain('failed: Not synced to the organization: developers')
    expect(found['product-access']).toContain('warning: No synced group gives access to a product: Robots')
    const target = scene.open()
    const { emailDomains } = await target.identify(signal)
    expect(emailDomains).toContain('acme.example')
    // The same is known while planning, so that nobody is tried in vain (P12).
    const asked = ['New@ACME.example', 'Far@Elsewhere.example', 'a@sub.acme.example']
    expect([...((await target.notCreatable?.(asked, signal)) ?? [])]).toEqual([
      ['far@elsewhere.example', 'domain-not-verified'],
      ['a@sub.acme.example', 'domain-not-verified'],
    ])
    await scene.stop()
  })

  it('says that a key was replaced, and that there is no such directory', async () => {
    const scene = await startGuard({}, { apiKey: new Secret('wrong') })
    expect((await steps(scene))['read-users']).toContain('failed: The server does not accept the credential')
    await scene.stop()
    const other = await startGuard({}, { baseUrl: 'http://127.0.0.1:9/scim/directory/x' })
    expect((await steps(other))['read-users']).toContain('failed')
    await other.stop()
    expect(
      atlassianScim.config.safeParse({ baseUrl: 'https://api.atlassian.com', apiKey: new Secret('x') }).success,
    ).toBe(false)
  })
})
