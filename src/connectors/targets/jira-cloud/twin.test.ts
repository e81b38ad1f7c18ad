import { afterEach, describe, expect, it } from 'vitest'
import { startTwin, type TwinAndTarget } from '../../../../test/doubles/jira-cloud-twin.ts'
import { foldKey } from '../../../domain/identity.ts'
import { Secret } from '../../../platform/secret.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { Applied, Order, Target } from '../../../ports/target.ts'

/** Stories with the twin that belong to Atlassian alone; what every target must keep stands in conformance.test.ts. */

const signal = new AbortController().signal

let started: TwinAndTarget[] = []

async function start(...how: Parameters<typeof startTwin>): Promise<TwinAndTarget> {
  const twin = await startTwin(...how)
  started.push(twin)
  return twin
}

afterEach(async () => {
  for (const twin of started) await twin.stop()
  started = []
})

async function listed<Item>(pages: AsyncIterable<{ readonly items: readonly Item[] }>): Promise<Item[]> {
  const found: Item[] = []
  for await (const { items } of pages) found.push(...items)
  return found
}

async function apply(target: Target, ...orders: Omit<Order, 'seq'>[]): Promise<readonly Applied[]> {
  await target.identify(signal)
  const [first] = orders
  if (first === undefined) return []
  const numbered = orders.map((order, position) => ({ seq: position + 1, ...order }))
  return (await target.operations[first.kind]?.apply(numbered, { signal, notify: false })) ?? []
}
const short = (answers: readonly Applied[]) =>
  answers.map((each) => (each.outcome === 'failed' ? each.error.code : each.outcome))

async function check(target: Target): Promise<readonly CheckStep[]> {
  const steps: CheckStep[] = []
  for await (const step of target.check(signal)) steps.push(step)
  return steps
}
const statuses = (steps: readonly CheckStep[]) => Object.fromEntries(steps.map(({ name, status }) => [name, status]))

describe('a whole read', () => {
  it('with an organization key costs a page per hundred and ten calls beside', async () => {
    const twin = await start('token and key')
    const target = twin.open()
    await target.identify(signal)
    const accounts = await listed(target.users(signal))
    const groups = await listed(target.groups(signal))
    const calls = Object.values(target.calls()).reduce((sum, each) => sum + each, 0)
    expect(calls).toBe(twin.sandbox.control.counters().total)
    expect(calls).toBeLessThanOrEqual(Math.ceil(accounts.length / 100) + Math.ceil(groups.length / 100) + 10)
    expect(accounts.length).toBeGreaterThan(100)
  })

  it('flags administration, synced groups, product access and our own account', async () => {
    const twin = await start('token and key')
    const target = twin.open()
    const { ownAccountId } = await target.identify(signal)
    const groups = new Map((await listed(target.groups(signal))).map((group) => [group.name, group]))
    expect(groups.get('site-admins')?.grantsAdmin).toBe(true)
    expect(groups.get('jira-administrators-acme')?.grantsAdmin).toBe(true)
    expect(groups.get('jira-software-users-acme')).toMatchObject({
      grantsAdmin: false,
      grantsAccess: [{ product: `jira-software@${twin.sandbox.cloudId}`, role: 'user' }],
    })
    expect(groups.get('okta-everyone')?.readOnlyBecause).toContain('identity provider')
    const own = (await listed(target.users(signal))).filter((account) => account.own)
    expect(own.map(({ id }) => id)).toEqual([ownAccountId])
  })

  it('with a token alone tells apps and customers apart from people, and suspended members too', async () => {
    const twin = await start('token alone')
    const { control } = twin.sandbox
    control.edit({ action: 'add-group', group: 'squad' })
    for (const name of ['one', 'two']) {
      control.edit({ action: 'add-person', email: `${name}@acme.example` })
      control.edit({ action: 'add-member', group: 'squad', email: `${name}@acme.example` })
    }
    control.edit({ action: 'suspend', email: 'two@acme.example' })
    const target = twin.open()
    const kinds = new Set((await listed(target.users(signal))).map(({ kind }) => kind))
    expect([...kinds].toSorted()).toEqual(['app', 'customer', 'person'])
    const squad = (await listed(target.groups(signal))).find(({ name }) => name === 'squad')
    expect(squad && (await listed(target.members(squad, signal)))).toHaveLength(2)
  })
})

describe('an account by e-mail', () => {
  it('is found among many although its owner hides the address', async () => {
    const twin = await start('key alone')
    const { control } = twin.sandbox
    control.edit({ action: 'add-person', email: 'Shy.One@partner.example', emailHidden: true })
    control.edit({ action: 'add-person', email: 'shy.two@partner.example', emailHidden: true })
    const emails = Array.from({ length: 150 }, (_, n) => `nobody${n}@partner.example`)
    emails.splice(70, 0, 'shy.one@partner.example', 'SHY.TWO@partner.example')
    const found = await twin.open().accountsByEmail(emails, signal)
    const idOf = (email: string) => control.twin.state.accountByEmail(email)?.accountId
    expect([...found].map(([email, { id }]) => [email, id]).toSorted()).toEqual([
      ['shy.one@partner.example', idOf('shy.one@partner.example')],
      ['shy.two@partner.example', idOf('shy.two@partner.example')],
    ])
  })

  it('that exists elsewhere in the world but not in the directory is nobody, until invited', async () => {
    const twin = await start('key alone')
    twin.sandbox.control.edit({ action: 'add-outsider', email: 'outside@acme.example' })
    const target = twin.open()
    expect((await target.accountsByEmail(['outside@acme.example'], signal)).size).toBe(0)
    expect(short(await apply(target, { kind: 'account.create', after: { email: 'outside@acme.example' } }))).toEqual([
      'applied',
    ])
    expect((await target.accountsByEmail(['outside@acme.example'], signal)).size).toBe(1)
  })
})

describe('creations', () => {
  it('are sent 25 at a time, mail nobody, and give no product access', async () => {
    const twin = await start('key alone')
    const { control } = twin.sandbox
    const target = twin.open()
    await target.identify(signal)
    const batch = target.operations['account.create']?.batchSize ?? 0
    expect(batch).toBe(25)
    const orders = Array.from({ length: batch }, (_, n) => ({
      kind: 'account.create' as const,
      after: { email: `new${n}@acme.example` },
    }))
    expect(new Set(short(await apply(target, ...orders)))).toEqual(new Set(['applied']))
    expect(control.requests('org.invite')).toBe(1)
    const { invitations } = control.counters()
    expect(Object.values(invitations).every(({ mails }) => mails === 0)).toBe(true)
    expect(control.state().people.find(({ email }) => email === 'new0@acme.example')?.groups).toEqual([])
  })

  it('of a deactivated person are refused with the reason, the others of the call go through', async () => {
    for (const inviteDeactivated of ['206', '400']) {
      const twin = await start('key alone', { variants: { inviteDeactivated } })
      const { control } = twin.sandbox
      control.edit({ action: 'add-outsider', email: 'off@acme.example' })
      control.edit({ action: 'deactivate', email: 'off@acme.example' })
      const orders = ['a@acme.example', 'off@acme.example', 'b@acme.example'].map((email) => ({
        kind: 'account.create' as const,
        after: { email },
      }))
      expect(short(await apply(twin.open(), ...orders))).toEqual(['applied', 'rejected', 'applied'])
      const { invitations } = control.counters()
      expect(['a@acme.example', 'b@acme.example'].map((email) => invitations[email]?.invitations)).toEqual([1, 1])
    }
  })

  it('stop when the organization has no paid subscription', async () => {
    const twin = await start('key alone')
    twin.sandbox.control.edit({ action: 'set-subscription', paid: false })
    const answers = await apply(twin.open(), { kind: 'account.create', after: { email: 'a@acme.example' } })
    expect(short(answers)).toEqual(['quota-exhausted'])
  })

  it('that show late are waited for, and so are memberships of what shows late', async () => {
    const twin = await start('key alone')
    const { control } = twin.sandbox
    control.setDelays({ accounts: 20_000, groups: 15_000, memberships: 10_000 })
    const target = twin.open()
    const [group] = await apply(target, { kind: 'group.create', after: { name: 'late' } })
    const [account] = await apply(target, { kind: 'account.create', after: { email: 'late@acme.example' } })
    const ids = [account, group].map((each) => (each?.outcome === 'failed' ? undefined : each?.createdId))
    const [accountId, groupId] = ids
    if (accountId === undefined || groupId === undefined) return expect.fail('no ids')
    expect(short(await apply(target, { kind: 'membership.add', accountId, groupId }))).toEqual(['applied'])
    expect(control.state().people.find(({ email }) => email === 'late@acme.example')?.groups).toEqual(['late'])
  })
})

describe('many memberships at once', () => {
  it('are all written, under a limit nobody told us about, without coming back too early', async () => {
    const twin = await start('key alone')
    const { control } = twin.sandbox
    control.setLimit({ operations: 'org.*', perSecond: 20, otherClientPercent: 30 })
    const target = twin.open()
    await target.identify(signal)
    const [group] = await apply(target, { kind: 'group.create', after: { name: 'crowd' } })
    const groupId = group?.outcome === 'failed' ? '' : (group?.createdId ?? '')
    const accounts = (await listed(target.users(signal))).filter(({ state }) => state === 'active').slice(0, 150)
    const orders = accounts.map(({ id }) => ({ kind: 'membership.add' as const, accountId: id, groupId }))
    expect(new Set(short(await apply(target, ...orders)))).toEqual(new Set(['applied']))
    const [use] = control.counters().limits
    expect(use?.undercut).toBe(0)
    expect(use?.refused).toBeLessThanOrEqual(3)
    expect(control.state().groups.find(({ name }) => name === 'crowd')?.members).toBe(150)
  })
})

describe('the doctor', () => {
  it('finds nothing to complain about with good credentials', async () => {
    const twin = await start('token and key')
    const steps = await check(twin.open({ apiTokenExpires: '2027-10-01', orgApiKeyExpires: '2027-10-01' }))
    expect(statuses(steps)).toEqual({
      'token-expiry': 'ok',
      'key-expiry': 'ok',
      'sign-in': 'ok',
      rights: 'ok',
      'default-groups': 'ok',
      organization: 'ok',
      directory: 'ok',
      'site-in-organization': 'ok',
      domains: 'ok',
      'read-users': 'ok',
      'read-groups': 'ok',
      'protected-groups': 'ok',
      forecast: 'ok',
      capabilities: 'ok',
    })
    expect(twin.sandbox.control.counters().effects).toEqual(
      Object.fromEntries(Object.keys(twin.sandbox.control.counters().effects).map((name) => [name, 0])),
    )
  })

  it('says what a token alone cannot do, and by which way a token with scopes came in', async () => {
    for (const [credentials, words] of [
      ['token alone', 'without scopes'],
      ['token with scopes alone', 'with scopes'],
    ] as const) {
      const twin = await start(credentials)
      const steps = await check(twin.open())
      expect(steps.find(({ name }) => name === 'sign-in')?.message).toContain(words)
      expect(steps.find(({ name }) => name === 'organization')?.status).toBe('warning')
      expect(steps.find(({ name }) => name === 'capabilities')?.message).toContain('deactivate, reactivate')
    }
  })

  it('names the missing right of a token without administration and of a narrow key', async () => {
    const twin = await start('token alone')
    const { viewer, narrowOrgKey, readOnlyOrgKey } = twin.sandbox.credentials
    const asViewer = await check(twin.open({ email: viewer.email, apiToken: new Secret(viewer.apiToken) }))
    expect(asViewer.find(({ name }) => name === 'rights')).toMatchObject({
      code: 'forbidden',
      remedy: expect.any(String),
    })
    const narrow = await check(twin.open({ orgApiKey: new Secret(narrowOrgKey) }))
    expect(narrow.find(({ name }) => name === 'organization')).toMatchObject({ status: 'failed', code: 'forbidden' })
    const readOnly = twin.open({ orgApiKey: new Secret(readOnlyOrgKey) })
    expect(statuses(await check(readOnly))['read-groups']).toBe('ok')
    const state = twin.sandbox.control.twin.state
    const person = state.accounts.items.find(({ directories }) => directories.some(({ status }) => status === 'active'))
    const answers = await apply(readOnly, { kind: 'account.deactivate', accountId: person?.accountId ?? '' })
    expect(short(answers)).toEqual(['not-writable'])
  })

  it('tells in a table what each credential could do, and what those of the target do', async () => {
    for (const [credentials, column] of [
      ['token alone', 'token alone'],
      ['key alone', 'key alone'],
      ['token and key', 'both'],
    ] as const) {
      const twin = await start(credentials)
      const target = twin.open()
      const { columns = [], rows = [] } = (await check(target)).find(({ name }) => name === 'capabilities')?.table ?? {}
      expect(columns).toEqual(['operation', 'token alone', 'key alone', 'both', 'here'])
      expect(rows.map((row) => row[4])).toEqual(rows.map((row) => row[columns.indexOf(column)]))
      await target.identify(signal)
      const possible = rows.slice(0, 14).filter((row) => row[4] !== '-')
      expect(possible).toHaveLength(Object.keys(target.operations).length)
    }
    const narrow = await start('key alone')
    const scoped = narrow.open({ orgApiKey: new Secret(narrow.sandbox.credentials.scopedOrgKey) })
    const rows = (await check(scoped)).find(({ name }) => name === 'capabilities')?.table?.rows ?? []
    expect(rows.find(([operation]) => operation?.startsWith('change profiles'))).toEqual([
      'change profiles and addresses (managed accounts)',
      '-',
      'yes',
      'yes',
      '-',
    ])
  })

  it('counts seats and default groups by product', async () => {
    const twin = await start('token and key')
    twin.sandbox.control.edit({ action: 'set-seats', product: 'jira-servicedesk', seats: null })
    const table = (await check(twin.open())).find(({ name }) => name === 'default-groups')?.table
    expect(table?.columns).toEqual(['product', 'seats', 'free', 'default groups'])
    const [software, desk] = table?.rows ?? []
    expect(software?.[0]).toBe('jira-software')
    expect(Number(software?.[1])).toBeGreaterThan(Number(software?.[2]))
    expect(software?.[3]).toBe('jira-software-users-acme')
    expect(desk).toEqual(['jira-servicedesk', 'unlimited', 'unlimited', 'jira-servicemanagement-users-acme'])
  })

  it('says which mail domains of the people nobody verified, and how long a first import takes', async () => {
    const twin = await start('token and key')
    const target = twin.open()
    const audience = {
      people: 5000,
      memberships: 23_000,
      groups: 125,
      mailDomains: new Map([
        ['acme.example', 4600],
        ['partner.example', 399],
        ['freelance.example', 1],
      ]),
    }
    twin.sandbox.control.setUsualLimits()
    const steps: CheckStep[] = []
    for await (const step of target.check(signal, audience)) steps.push(step)
    const step = (name: string) => steps.find((each) => each.name === name)
    expect(step('mail-domains')).toMatchObject({
      status: 'warning',
      message: expect.stringMatching(
        /^400 people have addresses of domains that are not verified: partner.example, free/,
      ),
      table: { rows: expect.arrayContaining([['partner.example', '399', 'no']]) },
    })
    expect(step('forecast')?.message).toMatch(
      /^A first import of the 5000 people of its connections .* takes up to \d+ calls, about [78]\d minutes at the 200 calls a minute/,
    )
  })

  it('says that a credential expired instead of "nobody there"', async () => {
    for (const anonymous of ['401', '200-empty']) {
      const twin = await start('token alone', { variants: { wrongCredentialOnAnonymousEndpoint: anonymous } })
      const target = twin.open()
      await target.identify(signal)
      twin.sandbox.control.edit({ action: 'expire-credential', credential: 'apiToken' })
      const thrown: unknown = await listed(target.users(signal)).catch((why: unknown) => why)
      expect(thrown).toMatchObject({ code: anonymous === '401' ? 'auth-failed' : 'incomplete-read' })
      const byEmail: unknown = await target.accountsByEmail(['a@acme.example'], signal).catch((why: unknown) => why)
      expect(byEmail).toMatchObject({ code: 'auth-failed' })
      expect((await check(twin.open())).at(-1)).toMatchObject({ name: 'sign-in', code: 'auth-failed' })
    }
  })
})

it('a group whose name differs only in case is the same group', async () => {
  for (const groupNameMatch of ['case-insensitive', 'case-sensitive']) {
    const twin = await start('token alone', { variants: { groupNameMatch } })
    twin.sandbox.control.edit({ action: 'add-group', group: 'Mixed-Case' })
    const target = twin.open()
    const [answer] = await apply(target, { kind: 'group.create', after: { name: 'mixed-case' } })
    const id = twin.sandbox.control.twin.state.groupByName('Mixed-Case')?.groupId
    expect(answer).toMatchObject({ outcome: 'alreadyTrue', createdId: id })
    expect((await target.groupsByName(['MIXED-CASE'], signal)).get(foldKey('mixed-case'))?.id).toBe(id)
  }
})
