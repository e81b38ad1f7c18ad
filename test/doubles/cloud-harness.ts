import { expect } from 'vitest'
import type { ArrangedRefusal, TargetHarness } from '../../src/connectors/kit/target-conformance.ts'
import { foldKey } from '../../src/domain/identity.ts'
import type { Order, Target } from '../../src/ports/target.ts'
import type { Account, Group } from '../../src/sandbox/atlassian/model.ts'
import { variantTable } from '../../src/sandbox/atlassian/variants.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { clientsOf } from '../support/sandbox-client.ts'
import type { TwinAndTarget } from './cloud-twin.ts'

/** A connector of Atlassian Cloud against the twin, which was written from the same documents by somebody else. */

/** What differs between the products when their targets are tried. */
export interface CloudFacts {
  /** Operations of the twin that are lists, by what they tell. */
  readonly lists: Readonly<Record<'users' | 'groups' | 'members', string>>
  /** Key of the app people get a role in, and the group that lets them in. */
  readonly app: string
  readonly licensed: string
  /** Id of the app as a product of ours. */
  product(sandbox: Sandbox): string
  /** Apps and customers are told as well. */
  readonly withOthers?: boolean
  /** The credentials do not tell which account is our own. */
  readonly isNobody?: boolean
}

const writing = [
  'jira.user.create,jira.group.create,jira.group.addMember,jira.group.removeMember',
  'org.invite,org.user.suspend,org.user.restore,org.user.remove,org.group.create,org.group.addMember,org.group.removeMember',
  'org.user.assignRole,org.user.revokeRole,org.group.assignRole,org.group.revokeRole',
  'confluence.user.createProperty,confluence.user.updateProperty,confluence.user.deleteProperty',
  'account.updateProfile,account.setEmail,account.disable,account.enable,account.delete',
].join(',')
const signal = new AbortController().signal

/** People and groups to try things on, picked from what the twin holds. */
async function samples(sandbox: Sandbox, facts: CloudFacts) {
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
    more: await moreOrders(sandbox, facts),
  }
}

/** Orders about people of their own, so that no two of them meet. */
async function moreOrders(sandbox: Sandbox, facts: CloudFacts): Promise<readonly Omit<Order, 'seq'>[]> {
  const { control } = sandbox
  const [renamed, married, leaver, deleted, off] = await confirmed(sandbox)
  const person = (name: string, domain = 'acme.example') => {
    control.edit({ action: 'add-person', email: `${name}@${domain}` })
    return control.twin.state.accountByEmail(`${name}@${domain}`)?.accountId ?? ''
  }
  control.edit({ action: 'deactivate', email: off?.email ?? '' })
  const access = { product: facts.product(sandbox), role: 'user' }
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

export async function cloudHarness(twin: TwinAndTarget, facts: CloudFacts): Promise<TargetHarness> {
  const { sandbox, clock, open, logged } = twin
  const { control } = sandbox
  const { state } = control.twin
  const chosen = await samples(sandbox, facts)
  const { withOthers = false, isNobody = false } = facts
  const synced = state.groups.items.find((group) => group.synced) as Group
  const add = { kind: 'membership.add', ...chosen.stranger } as const
  const licensed = state.groupByName(facts.licensed) as Group
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
      arrange: () => control.edit({ action: 'set-seats', product: facts.app, seats: 1 }),
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
            ({ accountType, directories }) => withOthers || (accountType === 'atlassian' && directories.length > 0),
          )
          .map(({ accountId }) => accountId),
      ),
      members: new Map(
        state.groups.items.map(({ groupId, members }) => [
          groupId,
          new Set(
            [...members.items]
              .filter(({ accountType }) => withOthers || accountType === 'atlassian')
              .map(({ accountId }) => accountId),
          ),
        ]),
      ),
    }),
    digest: () => control.digest(),
    writes: () => writing.split(',').reduce((sum, operation) => sum + control.requests(operation), 0),
    invitations: (email) => control.counters().invitations[foldKey(email)]?.invitations ?? 0,
    samples: chosen,
    refusals: isNobody ? refusals.filter(({ name }) => name !== 'our own account') : refusals,
    faults: {
      cut: (list, times) => {
        const operations = facts.lists[list]
        control.addFault({ kind: 'short-page', keep: 3, operations, ...(times === undefined ? {} : { times }) })
      },
      failReads: (how) => {
        const fault = {
          unavailable: { kind: 'status', status: 503, when: 'before' },
          'not-json': { kind: 'not-json' },
          'cut-off': { kind: 'cut-body' },
          expired: { kind: 'expired' },
        } as const
        control.addFault({ ...fault[how], operations: Object.values(facts.lists).join(), skip: 1 })
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
    close: () => twin.stop(),
  }
}

type VariantRow = readonly [title: string, variants: Readonly<Record<string, string>>]

/** Every variant of the twin that `concerns` the target, all of them together, and those `alone` one by one as well. */
export function variantRows(concerns: (name: string) => boolean, alone = concerns): readonly VariantRow[] {
  const alternatives = Object.entries(variantTable)
    .filter(([name]) => concerns(name))
    .flatMap(([name, { values }]) => values.slice(1).map((value) => ({ name, value })))
  const everyOther = Object.fromEntries(alternatives.map(({ name, value }) => [name, value]))
  return [
    ['the expected everywhere', {}],
    ['everything unexpected at once', everyOther],
    ...alternatives
      .filter(({ name }) => alone(name))
      .map(({ name, value }): VariantRow => [`${name}=${value}`, { [name]: value }]),
  ]
}

/** Reads all, writes one of each kind twice, and compares with what the twin then holds. */
export async function cloudJourney(sandbox: Sandbox, target: Target, facts: CloudFacts): Promise<void> {
  const { control } = sandbox
  const { state } = control.twin
  const chosen = await samples(sandbox, facts)
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
