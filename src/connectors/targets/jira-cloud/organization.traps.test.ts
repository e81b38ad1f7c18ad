import { describe, expect, it } from 'vitest'
import { applyOne, errorOf, listed, shortly } from '../../../../test/doubles/atlassian-answers.ts'
import { idsOf, type TwinAndTarget, twinsForTest } from '../../../../test/doubles/jira-cloud-twin.ts'
import { Secret } from '../../../platform/secret.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { Order, Target } from '../../../ports/target.ts'

// Traps of an organization and its accounts, met with an organization API key. Each test says by its number which one; the
// list stands in docs/connectors/jira-cloud.md.

const signal = new AbortController().signal
const start = twinsForTest()
const ruby = 'ruby.hughes@acme.example'
const yousef = 'yousef.haddad@acme.example'
const auditor = 'auditor@audit-partner.example'
const synced = 'henry.palmer@acme.example'

/** The small company and its ten-year-old site. */
const small = (variants: Readonly<Record<string, string>> = {}) => start('key alone', { company: 'small', variants })
const both = () => start('token and key', { company: 'small' })
const invite = (email: string): Omit<Order, 'seq'> => ({ kind: 'account.create', after: { email } })
const accountOf = async (target: Target, id: string) => (await target.accountsNow([id], signal)).get(id)
const groupNamed = async (target: Target, name: string) => (await target.groupsByName([name], signal)).get(name)
const effectsOf = ({ sandbox }: TwinAndTarget) => sandbox.control.counters().effects

describe('trap 2: 409 has two meanings', () => {
  it.each(['application', 'none'])(
    'trap 2 already a member is success, no seat left is not; told with or without words: %s',
    async (orgWriteErrorBody) => {
      const twin = await small({ orgWriteErrorBody })
      const { control } = twin.sandbox
      const target = twin.open()
      const add = (group: string): Omit<Order, 'seq'> => ({
        kind: 'membership.add',
        accountId: idsOf(twin).person(ruby),
        groupId: idsOf(twin).group(group),
      })
      expect(shortly(await applyOne(target, add('developers')))).toBe('applied')
      expect(shortly(await applyOne(target, add('developers')))).toBe('alreadyTrue')
      const { used = 0 } = control.twin.state.sites[0]?.products.find(({ key }) => key === 'confluence') ?? {}
      control.edit({ action: 'set-seats', product: 'confluence', seats: used })
      expect(shortly(await applyOne(target, add('confluence-users-acme')))).toBe('quota-exhausted')
      expect(control.counters().operations['org.group.addMember']?.statuses['409']).toBe(2)
    },
  )
})

describe('trap 4: addresses are hidden', () => {
  it.each(['hidden', 'shown'])('trap 4 a hundred addresses in one call find them all the same: %s', async (way) => {
    const twin = await small({ hiddenEmailInOrgSearch: way })
    const emails = [...Array.from({ length: 98 }, (_, at) => `nobody${at}@acme.example`), auditor, ruby]
    const found = await twin.open().accountsByEmail(emails, signal)
    expect(Object.fromEntries([...found].map(([email, { id }]) => [email, id]))).toEqual({
      [auditor]: idsOf(twin).person(auditor),
      [ruby]: idsOf(twin).person(ruby),
    })
  })
})

describe('trap 8: an organization invites in silence', () => {
  it('trap 8 nobody gets mail unless that is wished', async () => {
    const twin = await small()
    const target = twin.open()
    expect(shortly(await applyOne(target, invite('silent@acme.example')))).toBe('applied')
    expect(shortly(await applyOne(target, invite('told@acme.example'), true))).toBe('applied')
    const { invitations } = twin.sandbox.control.counters()
    expect(['silent', 'told'].map((name) => invitations[`${name}@acme.example`]?.mails)).toEqual([0, 1])
  })
})

describe('trap 10: default products', () => {
  it.each([
    ['stated', 0],
    ['all', 3],
  ])('trap 10 none is asked for, and what was given all the same is seen right after: %s', async (way, given) => {
    const twin = await small({ defaultProductsOnCreate: way })
    const target = twin.open()
    const made = await applyOne(target, invite('modest@acme.example'))
    const id = made?.outcome === 'applied' ? (made.createdId ?? '') : ''
    expect((await accountOf(target, id))?.groupIds?.size).toBe(given)
  })
})

describe('trap 12: deactivated accounts cannot be invited', () => {
  it.each(['206', '400'])('trap 12 that is known beforehand, and costs the others nothing: %s', async (way) => {
    const twin = await small({ inviteDeactivated: way })
    const off = 'switched.off@acme.example'
    twin.sandbox.control.edit({ action: 'add-outsider', email: off })
    twin.sandbox.control.edit({ action: 'deactivate', email: off })
    const target = twin.open()
    expect(await target.notCreatable?.([off, 'fine@acme.example'], signal)).toEqual(
      new Map([[off, 'account-switched-off']]),
    )
    await target.identify(signal)
    const orders = [invite(off), invite('fine@acme.example')].map((order, at): Order => ({ seq: at, ...order }))
    const answers = await target.operations['account.create']?.apply(orders, { signal, notify: false })
    expect(answers?.map(shortly)).toEqual(['rejected', 'applied'])
    expect(await target.accountsByEmail([yousef], signal)).toMatchObject(
      new Map([[yousef, expect.objectContaining({ state: 'disabled' })]]),
    )
  })
})

describe('trap 13: a suspension is of the directory, not of the account', () => {
  it('trap 13 the whole account stays as it is, and another organization does not notice', async () => {
    const twin = await small()
    const target = twin.open()
    const accountId = idsOf(twin).person(ruby)
    expect(shortly(await applyOne(target, { kind: 'account.deactivate', accountId }))).toBe('applied')
    expect((await accountOf(target, accountId))?.account.state).toBe('suspended')
    const { accountStatus } = twin.sandbox.control.twin.state.accountByEmail(ruby) ?? {}
    expect([accountStatus, effectsOf(twin).accountsDisabled]).toEqual(['active', 0])
  })

  it('trap 13 what is switched off as a whole is told as such, also after Atlassian accepted to restore it', async () => {
    const twin = await small()
    const target = twin.open()
    const accountId = idsOf(twin).person(yousef)
    for (const _ of ['before', 'after']) {
      expect((await accountOf(target, accountId))?.account.state).toBe('disabled')
      await applyOne(target, { kind: 'account.activate', accountId })
    }
  })
})

describe('trap 14: removed is not suspended', () => {
  it('trap 14 who is deactivated and reactivated has every group again, and nobody is removed', async () => {
    const twin = await small()
    const target = twin.open()
    const accountId = idsOf(twin).person(ruby)
    const groups = (await accountOf(target, accountId))?.groupIds
    for (const kind of ['account.deactivate', 'account.activate'] as const) {
      expect(shortly(await applyOne(target, { kind, accountId }))).toBe('applied')
    }
    expect((await accountOf(target, accountId))?.groupIds).toEqual(groups)
    expect([groups?.size, effectsOf(twin).peopleRemoved]).toEqual([2, 0])
  })
})

describe('trap 15: groups of an identity provider', () => {
  it.each(['membership.add', 'membership.remove'] as const)(
    'trap 15 are told as read-only, and %s changes nothing',
    async (kind) => {
      const twin = await small()
      const target = twin.open()
      const group = await groupNamed(target, 'okta-everyone')
      expect(group?.readOnlyBecause).toContain('identity provider')
      const accountId = idsOf(twin).person(kind === 'membership.add' ? ruby : synced)
      const before = twin.sandbox.control.digest()
      expect(shortly(await applyOne(target, { kind, accountId, groupId: group?.id ?? '' }))).toBe('not-writable')
      expect(twin.sandbox.control.digest()).toBe(before)
    },
  )

  it.each(['no', 'yes'])(
    'trap 15 teams and open groups are left alone, whatever Atlassian would allow: %s',
    async (way) => {
      const twin = await small({ teamGroupModifiable: way })
      twin.sandbox.control.edit({ action: 'manage-group', group: 'developers', managedBy: 'team-members' })
      const group = await groupNamed(twin.open(), 'developers')
      expect(group?.readOnlyBecause === undefined).toBe(way === 'yes')
    },
  )
})

describe('trap 16: groups that administer, and our own rights', () => {
  it('trap 16 groups with a role of administrators are flagged, and our own account is taken out of none', async () => {
    const twin = await both()
    const target = twin.open()
    const { ownAccountId = '' } = await target.identify(signal)
    const groups = await listed(target.groups(signal))
    const admins = groups.filter(({ grantsAdmin }) => grantsAdmin).map(({ name }) => name)
    expect(admins).toEqual(expect.arrayContaining(['org-admins', 'site-admins', 'jira-administrators-acme']))
    const own = [...((await accountOf(target, ownAccountId))?.groupIds ?? [])]
    expect(own.length).toBeGreaterThan(0)
    for (const groupId of own) {
      const leave = { kind: 'membership.remove', accountId: ownAccountId, groupId } as const
      expect(shortly(await applyOne(target, leave))).toBe('not-writable')
    }
    for (const kind of ['account.deactivate', 'account.disable', 'account.delete'] as const) {
      expect(shortly(await applyOne(target, { kind, accountId: ownAccountId }))).toBe('not-writable')
    }
    expect(Object.keys(target.operations).filter((kind) => kind.startsWith('group.'))).toEqual(['group.create'])
    expect(effectsOf(twin)).toMatchObject({ membershipsRemoved: 0, suspended: 0, accountsDisabled: 0 })
  })
})

describe('trap 17: a group of an identity provider with the name of ours', () => {
  it('trap 17 is found instead of made a second time, and told as read-only', async () => {
    const twin = await small()
    const target = twin.open()
    const made = await applyOne(target, { kind: 'group.create', after: { name: 'Okta-Everyone' } })
    expect(made).toMatchObject({ outcome: 'alreadyTrue', createdId: idsOf(twin).group('okta-everyone') })
    expect((await groupNamed(target, 'okta-everyone'))?.readOnlyBecause).toBeDefined()
    expect(effectsOf(twin).groupsCreated).toBe(0)
  })
})

describe('trap 18: the name of a group changes, its id does not', () => {
  it('trap 18 a renamed group is the same group, also to a write', async () => {
    const twin = await small()
    const groupId = idsOf(twin).group('developers')
    const target = twin.open()
    await listed(target.groups(signal))
    twin.sandbox.control.edit({ action: 'rename-group', group: 'developers', name: 'engineers' })
    const add = { kind: 'membership.add', accountId: idsOf(twin).person(ruby), groupId } as const
    expect(shortly(await applyOne(target, add))).toBe('applied')
    expect((await listed(target.groups(signal))).find(({ id }) => id === groupId)?.name).toBe('engineers')
  })
})

describe('trap 19: ids of groups have two forms', () => {
  it('trap 19 groups of people are those of the list, and a new one is known by the id everybody else uses', async () => {
    const twin = await small()
    const target = twin.open()
    const groupIds = new Set((await listed(target.groups(signal))).map(({ id }) => id))
    const memberOf = (await listed(target.users(signal))).flatMap((account) => account.memberOf ?? [])
    expect(memberOf.length).toBeGreaterThan(20)
    expect(memberOf.filter((id) => !groupIds.has(id))).toEqual([])
    const made = await applyOne(target, { kind: 'group.create', after: { name: 'brand new' } })
    expect(made).toMatchObject({ outcome: 'applied', createdId: idsOf(twin).group('brand new') })
  })
})

describe('trap 20: a POST without a body is 415', () => {
  it.each(['415', '400'])('trap 20 every write that needs none sends an empty one: %s', async (disableWithoutBody) => {
    const twin = await small({ disableWithoutBody })
    const target = twin.open()
    const accountId = idsOf(twin).person(ruby)
    const kinds = ['account.deactivate', 'account.activate', 'account.disable', 'account.enable'] as const
    for (const kind of kinds) expect(shortly(await applyOne(target, { kind, accountId }))).toBe('applied')
  })
})

describe('trap 21: keys and tokens with scopes', () => {
  it('trap 21 what a key with scopes cannot reach is not offered, with the reason', async () => {
    const twin = await small()
    const target = twin.open({ orgApiKey: new Secret(twin.sandbox.credentials.scopedOrgKey) })
    const { notOffered } = await target.identify(signal)
    for (const kind of ['account.update', 'account.disable', 'account.enable'] as const) {
      expect([target.operations[kind], notOffered[kind]]).toEqual([
        undefined,
        expect.stringContaining('without scopes'),
      ])
    }
    const deactivate = { kind: 'account.deactivate', accountId: idsOf(twin).person(ruby) } as const
    expect(shortly(await applyOne(target, deactivate))).toBe('applied')
  })

  it('trap 21 where the refusal looks like that of a foreign account, no profile is changed all the same', async () => {
    const twin = await small({ scopedKeyOnUserManagement: 'key' })
    const target = twin.open({ orgApiKey: new Secret(twin.sandbox.credentials.scopedOrgKey) })
    const update = { kind: 'account.update', accountId: idsOf(twin).person(ruby), after: { displayName: 'X' } } as const
    expect(shortly(await applyOne(target, update))).toBe('not-writable')
    expect(effectsOf(twin).profilesChanged).toBe(0)
  })

  it('trap 21 a token with scopes beside the key comes in through the gateway', async () => {
    const twin = await both()
    const { email, scopedApiToken } = twin.sandbox.credentials
    const target = twin.open({ email, apiToken: new Secret(scopedApiToken) })
    expect((await target.identify(signal)).ownAccountId).toBe(idsOf(twin).person(email))
    const [step] = (await listedSteps(target)).filter(({ name }) => name === 'sign-in')
    expect(step).toMatchObject({ status: 'ok', message: expect.stringContaining('with scopes') })
  })
})

describe('trap 28: letter case', () => {
  it('trap 28 Support and support are one group, and one address is one address', async () => {
    const twin = await small()
    const target = twin.open()
    const made = await applyOne(target, { kind: 'group.create', after: { name: 'SUPPORT' } })
    expect(made).toMatchObject({ outcome: 'alreadyTrue', createdId: idsOf(twin).group('Support') })
    expect([...(await target.accountsByEmail(['RUBY.hughes@ACME.example'], signal)).keys()]).toEqual([ruby])
    expect(shortly(await applyOne(target, invite('Ruby.HUGHES@acme.example')))).toBe('alreadyTrue')
  })
})

describe('trap 34: accounts that somebody else keeps', () => {
  it('trap 34 what an identity provider keeps in sync is told as such before anything is planned', async () => {
    const twin = await small()
    const account = (await accountOf(twin.open(), idsOf(twin).person(synced)))?.account
    const kinds = ['account.update', 'account.disable', 'account.enable', 'account.delete'] as const
    expect(kinds.map((kind) => account?.refuses?.[kind])).toEqual(kinds.map(() => expect.stringContaining('in sync')))
  })

  it.each(['scim', 'google'] as const)(
    'trap 34 where only the refusal tells, it is told and nothing changes: %s',
    async (directory) => {
      const twin = await small()
      twin.sandbox.control.edit({ action: 'set-directory', email: ruby, directory })
      const before = twin.sandbox.control.digest()
      const update = {
        kind: 'account.update',
        accountId: idsOf(twin).person(ruby),
        after: { displayName: 'X' },
      } as const
      const answer = await applyOne(twin.open(), update)
      expect(answer).toMatchObject({ error: { code: 'not-writable', message: expect.stringMatching(/in sync/) } })
      expect(twin.sandbox.control.digest()).toBe(before)
    },
  )
})

describe('trap 36: calls that have gone or will', () => {
  it('trap 36 nothing of a whole run needs them', async () => {
    const twin = await start('token and key', { company: 'small', variants: { deprecatedLists: 'gone' } })
    const target = twin.open()
    const accounts = await listed(target.users(signal))
    await listed(target.groups(signal))
    const pair = { accountId: idsOf(twin).person(ruby), groupId: idsOf(twin).group('developers') }
    for (const kind of ['membership.add', 'membership.remove'] as const) {
      expect(shortly(await applyOne(target, { kind, ...pair }))).toBe('applied')
    }
    await target.notCreatable?.(['new@acme.example'], signal)
    await target.accountsNow([pair.accountId], signal, ['access', 'custom'])
    await listedSteps(target)
    expect(accounts.length).toBeGreaterThan(10)
    const gone = ['org.removed', 'org.users.list', 'org.groups.list', 'jira.group.get', 'jira.user.migration']
    expect(gone.filter((operation) => twin.sandbox.control.requests(operation) > 0)).toEqual([])
  })
})

describe('trap 37: what was written shows late', () => {
  it('trap 37 a group takes a person as soon as it can', async () => {
    const twin = await small()
    const target = twin.open()
    twin.sandbox.control.setDelays({ accounts: 30_000, groups: 20_000 })
    const [person, group] = [
      await applyOne(target, invite('fresh@acme.example')),
      await applyOne(target, { kind: 'group.create', after: { name: 'fresh group' } }),
    ].map((made) => (made?.outcome === 'applied' ? (made.createdId ?? '') : ''))
    const add = { kind: 'membership.add', accountId: person ?? '', groupId: group ?? '' } as const
    expect(shortly(await applyOne(target, add))).toBe('applied')
    expect(twin.sandbox.control.twin.state.groupByName('fresh group')?.members.items).toHaveLength(1)
  })
})

describe('trap 38: a list that changes while it is read', () => {
  it('trap 38 somebody removed meanwhile hides nobody else', async () => {
    const twin = await start('key alone')
    const { control } = twin.sandbox
    const gone = 'page0@acme.example'
    control.edit({ action: 'add-person', email: gone })
    let pages = 0
    control.watch(({ operation }) => {
      if (operation.name === 'org.users.search' && ++pages === 1) control.edit({ action: 'remove-person', email: gone })
    })
    const told = new Set((await listed(twin.open().users(signal))).map(({ id }) => id))
    const here = control.twin.state.accounts.items.filter(
      ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
    )
    expect(here.filter(({ accountId }) => !told.has(accountId))).toEqual([])
  })
})

describe('trap 40: a group is no access', () => {
  it('trap 40 a new group gives nobody a product, and says so', async () => {
    const twin = await both()
    const target = twin.open()
    await applyOne(target, { kind: 'group.create', after: { name: 'newcomers' } })
    expect((await groupNamed(target, 'newcomers'))?.grantsAccess).toEqual([])
    expect((await groupNamed(target, 'jira-software-users-acme'))?.grantsAccess).toHaveLength(1)
  })
})

describe('trap 41: keys expire', () => {
  it('trap 41 that is said of every read and write, with what to do', async () => {
    const twin = await small()
    const target = twin.open()
    await target.identify(signal)
    twin.sandbox.control.edit({ action: 'expire-credential', credential: 'orgApiKey' })
    const accountId = idsOf(twin).person(ruby)
    const works = [
      () => listed(target.users(signal)),
      () => target.accountsByEmail([ruby], signal),
      () => applyOne(target, { kind: 'account.deactivate', accountId }),
      () => applyOne(target, { kind: 'account.update', accountId, after: { displayName: 'x' } }),
      () => applyOne(target, invite('new@acme.example')),
    ]
    for (const work of works) {
      const error = await errorOf(work())
      expect([error.code, error.hint]).toEqual(['auth-failed', expect.stringContaining('expired')])
    }
  })
})

async function listedSteps(target: Target): Promise<readonly CheckStep[]> {
  const steps: CheckStep[] = []
  for await (const step of target.check(signal)) steps.push(step)
  return steps
}
