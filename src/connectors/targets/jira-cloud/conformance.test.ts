import { describe, expect, it } from 'vitest'
import { type Credentials, startTwin } from '../../../../test/doubles/jira-cloud-twin.ts'
import { clientsOf } from '../../../../test/support/sandbox-client.ts'
import { foldKey } from '../../../domain/identity.ts'
import type { Order, Target } from '../../../ports/target.ts'
import type { Account, Group } from '../../../sandbox/atlassian/model.ts'
import { variantTable } from '../../../sandbox/atlassian/variants.ts'
import type { Sandbox } from '../../../sandbox/start.ts'
import { type ArrangedRefusal, type TargetHarness, targetConformance } from '../../kit/target-conformance.ts'

/** The connector against the twin, which was written from the same documents by somebody else. */

const reading = 'jira.users.search,jira.group.bulk,jira.group.members,org.users.search,org.groups.search'
const writing = [
  'jira.user.create,jira.group.create,jira.group.addMember,jira.group.removeMember',
  'org.invite,org.user.suspend,org.user.restore,org.user.remove,org.group.create,org.group.addMember,org.group.removeMember',
  'org.user.assignRole,org.user.revokeRole,org.group.assignRole,org.group.revokeRole',
  'account.updateProfile,account.setEmail,account.disable,account.enable,account.delete',
].join(',')
const signal = new AbortController().signal

/** People and groups to try things on, picked from what the twin holds. */
async function samples(sandbox: Sandbox) {
  const { control } = sandbox
  const { state } = control.twin
  const group = state.groups.items.find(
    ({ synced, roles, members }) => !synced && roles.size === 0 && [...members.items].filter(isActive).length > 1,
  ) as Group
  const member = [...group.members.items].find(isActive) as Account
  const outsiders = state.accounts.items.filter((each) => isActive(each) && !each.groups.has(group))
  const [stranger, active] = outsiders as [Account, Account]
  const suspended = state.accounts.items.find(({ directories }) =>
    directories.some(({ status }) => status === 'suspended'),
  )
  return {
    member: { accountId: member.accountId, groupId: group.groupId },
    stranger: { accountId: stranger.accountId, groupId: group.groupId },
    activeAccountId: active.accountId,
    suspendedAccountId: suspended?.accountId ?? '',
    knownEmail: member.email,
    knownGroupName: group.name,
    unusedEmail: 'brand.new@acme.example',
    unusedGroupName: 'brand-new-group',
    more: await moreOrders(sandbox),
  }
}

/** Orders about people of their own, so that no two of them meet. */
async function moreOrders(sandbox: Sandbox): Promise<readonly Omit<Order, 'seq'>[]> {
  const { control, cloudId } = sandbox
  const [renamed, married, leaver, deleted, off] = await confirmed(sandbox)
  const person = (name: string, domain = 'acme.example') => {
    control.edit({ action: 'add-person', email: `${name}@${domain}` })
    return control.twin.state.accountByEmail(`${name}@${domain}`)?.accountId ?? ''
  }
  control.edit({ action: 'deactivate', email: off?.email ?? '' })
  const access = { product: `jira-software@${cloudId}`, role: 'user' }
  return [
    {
      kind: 'account.update',
      accountId: renamed?.accountId ?? '',
      after: { displayName: 'Mia Kowalski', department: 'R&D' },
    },
    {
      kind: 'account.update',
      accountId: married?.accountId ?? '',
      before: { email: married?.email ?? '' },
      after: { email: 'newly-married@acme.example' },
    },
    { kind: 'account.disable', accountId: leaver?.accountId ?? '' },
    { kind: 'account.enable', accountId: off?.accountId ?? '' },
    { kind: 'account.delete', accountId: deleted?.accountId ?? '' },
    { kind: 'account.delete', accountId: person('guest', 'partner.example') },
    { kind: 'access.grant', accountId: person('user'), access },
  ]
}

function isActive({ accountType, accountStatus, directories, platformRoles, groups }: Account): boolean {
  const isOrdinary = platformRoles.size === 0 && [...groups].every(({ name }) => !name.includes('admin'))
  return (
    accountType === 'atlassian' &&
    accountStatus === 'active' &&
    isOrdinary &&
    directories.some(({ status }) => status === 'active')
  )
}

/** Managed people who confirmed their address and administer nothing. */
async function confirmed(sandbox: Sandbox): Promise<readonly { accountId: string; email: string }[]> {
  const body = { claimStatus: 'managed', status: ['active'], expand: ['groups', 'platformRoles'], limit: 100 }
  const { org } = clientsOf(sandbox.facts())
  const reply = await org.admin('POST', '/v2/orgs/:org/directories/:dir/users/search', { body })
  const people = reply.body.data as {
    emailVerified: boolean
    groups?: { name: string }[]
    accountId: string
    email: string
  }[]
  return people
    .filter(
      ({ emailVerified, email, groups = [] }) =>
        emailVerified && email !== sandbox.credentials.email && groups.every(({ name }) => !name.includes('admin')),
    )
    .slice(-5)
}

async function harness(credentials: Credentials): Promise<TargetHarness> {
  const { sandbox, clock, open, logged } = await startTwin(credentials)
  const { control } = sandbox
  const { state } = control.twin
  const chosen = await samples(sandbox)
  const tokenAlone = credentials.startsWith('token') && credentials.endsWith('alone')
  const synced = state.groups.items.find((group) => group.synced) as Group
  const add = { kind: 'membership.add', ...chosen.stranger } as const
  const licensed = state.groupByName('jira-software-users-acme') as Group
  control.edit({ action: 'add-person', email: 'seatless@acme.example' })
  const unlicensed = state.accountByEmail('seatless@acme.example')
  control.resetCounters()
  const refusals: ArrangedRefusal[] = [
    {
      name: 'a synced group',
      arrange: () => undefined,
      order: { ...add, groupId: synced.groupId },
      code: 'not-writable',
    },
    {
      name: 'an expired credential',
      arrange: () => void control.addFault({ kind: 'expired', operations: '*' }),
      order: add,
      code: 'auth-failed',
      throws: true,
    },
    {
      name: 'no seat left',
      arrange: () => control.edit({ action: 'set-seats', product: 'jira-software', seats: 1 }),
      order: { ...add, accountId: unlicensed?.accountId ?? '', groupId: licensed.groupId },
      code: 'quota-exhausted',
    },
    {
      name: 'a malformed address',
      arrange: () => undefined,
      order: { kind: 'account.create', after: { email: 'not an address' } },
      code: 'rejected',
    },
    {
      name: 'our own account',
      arrange: () => undefined,
      order: {
        kind: 'membership.remove',
        accountId: state.accountByEmail(sandbox.credentials.email)?.accountId ?? '',
        groupId: licensed.groupId,
      },
      code: 'not-writable',
    },
  ]
  return {
    open,
    truth: () => ({
      accounts: new Set(
        state.accounts.items
          .filter(
            ({ accountType, directories }) => tokenAlone || (accountType === 'atlassian' && directories.length > 0),
          )
          .map(({ accountId }) => accountId),
      ),
      members: new Map(
        state.groups.items.map(({ groupId, members }) => [
          groupId,
          new Set(
            [...members.items]
              .filter(({ accountType }) => tokenAlone || accountType === 'atlassian')
              .map(({ accountId }) => accountId),
          ),
        ]),
      ),
    }),
    digest: () => control.digest(),
    writes: () => writing.split(',').reduce((sum, operation) => sum + control.requests(operation), 0),
    invitations: (email) => control.counters().invitations[foldKey(email)]?.invitations ?? 0,
    samples: chosen,
    refusals: credentials === 'key alone' ? refusals.filter(({ name }) => name !== 'our own account') : refusals,
    faults: {
      cut: (list, times) => {
        const operations = {
          users: 'jira.users.search,org.users.search',
          groups: 'jira.group.bulk,org.groups.search',
          members: 'jira.group.members,org.users.search',
        }[list]
        control.addFault({ kind: 'short-page', keep: 3, operations, ...(times === undefined ? {} : { times }) })
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
    secrets: [sandbox.credentials.apiToken, sandbox.credentials.orgApiKey, sandbox.credentials.scopedApiToken],
    logged,
    close: () => sandbox.stop(),
  }
}

for (const credentials of ['token and key', 'key alone', 'token alone', 'token with scopes alone'] as const) {
  targetConformance(`jira-cloud with ${credentials}`, () => harness(credentials))
}

describe('whatever the documents leave open', () => {
  const choices = Object.entries(variantTable).flatMap(([name, { values }]) =>
    values.map((value, position) => ({ name, value, position })),
  )
  const alternatives = choices.filter(({ position }) => position > 0)
  const everyOther = Object.fromEntries(alternatives.map(({ name, value }) => [name, value]))
  const rows: [string, Record<string, string>][] = [
    ['the expected everywhere', {}],
    ['everything unexpected at once', everyOther],
    ...alternatives.map(({ name, value }): [string, Record<string, string>] => [`${name}=${value}`, { [name]: value }]),
  ]

  it.each(rows)('reads and writes come out right with %s', async (_, variants) => {
    for (const credentials of ['token and key', 'token alone'] as const) {
      const { sandbox, open } = await startTwin(credentials, { variants })
      const target = open()
      try {
        await journey(sandbox, target)
      } finally {
        await target.close()
        await sandbox.stop()
      }
    }
  })
})

/** Reads all, writes one of each kind twice, and compares with what the twin then holds. */
async function journey(sandbox: Sandbox, target: Target): Promise<void> {
  const { control } = sandbox
  const { state } = control.twin
  const chosen = await samples(sandbox)
  await target.identify(signal)
  const accounts = new Set<string>()
  for await (const { items } of target.users(signal)) for (const { id } of items) accounts.add(id)
  const inDirectory = state.accounts.items.filter(
    ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
  )
  expect(inDirectory.every(({ accountId }) => accounts.has(accountId))).toBe(true)
  const groups = new Set<string>()
  for await (const { items } of target.groups(signal)) for (const { id } of items) groups.add(id)
  expect(groups.size).toBe(state.groups.items.length)

  const apply = async (order: Omit<Order, 'seq'>) => {
    const [answer] =
      (await target.operations[order.kind]?.apply([{ seq: 1, ...order }], { signal, notify: true })) ?? []
    return answer?.outcome === 'failed' ? `${answer.error.code}: ${answer.error.message}` : answer?.outcome
  }
  const twice = async (order: Omit<Order, 'seq'>) => {
    if (target.operations[order.kind] === undefined) return
    expect(await apply(order), order.kind).toBe('applied')
    const after = control.digest()
    expect(['applied', 'alreadyTrue'], `${order.kind} again`).toContain(await apply(order))
    expect(control.digest(), `${order.kind} again`).toBe(after)
  }
  await twice({ kind: 'membership.add', ...chosen.stranger })
  await twice({ kind: 'membership.remove', ...chosen.member })
  await twice({ kind: 'group.create', after: { name: chosen.unusedGroupName } })
  await twice({ kind: 'account.create', after: { email: chosen.unusedEmail } })
  await twice({ kind: 'account.deactivate', accountId: chosen.activeAccountId })
  await twice({ kind: 'account.activate', accountId: chosen.activeAccountId })
  for (const order of chosen.more) await twice(order)
  expect(control.counters().invitations[chosen.unusedEmail]?.invitations).toBe(1)
  expect(
    state
      .group(chosen.stranger.groupId)
      ?.members.items.some(({ accountId }) => accountId === chosen.stranger.accountId),
  ).toBe(true)
  expect(
    state.group(chosen.member.groupId)?.members.items.some(({ accountId }) => accountId === chosen.member.accountId),
  ).toBe(false)
}
