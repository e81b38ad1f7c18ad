import { afterEach, describe, expect, it } from 'vitest'
import { applyOne, errorOf, listed, shortly } from '../../../../test/doubles/atlassian-answers.ts'
import { idsOf, type TwinAndTarget } from '../../../../test/doubles/cloud-twin.ts'
import { startConfluence } from '../../../../test/doubles/confluence-cloud-twin.ts'
import { Secret } from '../../../platform/secret.ts'
import type { CheckStep } from '../../../ports/readable.ts'
import type { Order, Target } from '../../../ports/target.ts'

// Traps of a site that has Confluence alone. Each test says by its number which one; the list stands in
// docs/connectors/confluence-cloud.md. What the organization answers is tried further with jira-cloud, which shares it.

const signal = new AbortController().signal
const ruby = 'ruby.hughes@acme.example'
const started: TwinAndTarget[] = []
afterEach(async () => {
  for (const twin of started.splice(0)) await twin.stop()
})

async function small(variants: Readonly<Record<string, string>> = {}, credentials?: 'key alone') {
  const twin = await startConfluence(credentials, { company: 'small', variants })
  started.push(twin)
  const { person, group } = idsOf(twin)
  const target = twin.open()
  const apply = async (order: Omit<Order, 'seq'>, notify = false) => shortly(await applyOne(target, order, notify))
  const pair = (email: string, name: string) => ({ accountId: person(email), groupId: group(name) })
  return { twin, control: twin.sandbox.control, target, apply, person, group, pair }
}

async function stepsOf(target: Target): Promise<Readonly<Record<string, CheckStep>>> {
  const steps: CheckStep[] = []
  for await (const step of target.check(signal)) steps.push(step)
  return Object.fromEntries(steps.map((step) => [step.name, step]))
}

describe('groups and their members', () => {
  it('trap 1 a second add and a removal of somebody absent are true already, and the orders after them go on', async () => {
    const { apply, pair } = await small()
    const into = { kind: 'membership.add', ...pair(ruby, 'developers') } as const
    const out = { kind: 'membership.remove', ...pair(ruby, 'developers') } as const
    const outcomes = []
    for (const order of [into, into, out, out]) outcomes.push(await apply(order))
    expect(outcomes).toEqual(['applied', 'alreadyTrue', 'applied', 'alreadyTrue'])
  })

  it('trap 2 a 409 that means "no seat left" is no success', async () => {
    const { apply, control, pair } = await small()
    control.edit({ action: 'add-person', email: 'seatless@acme.example' })
    control.edit({ action: 'set-seats', product: 'confluence', seats: 1 })
    expect(await apply({ kind: 'membership.add', ...pair('seatless@acme.example', 'confluence-users-acme') })).toBe(
      'quota-exhausted',
    )
  })

  it('trap 15 a group that an identity provider keeps is told as read-only and never changed', async () => {
    const { apply, target, control, pair } = await small()
    const told = (await target.groupsByName(['okta-everyone'], signal)).get('okta-everyone')
    expect(told?.readOnlyBecause).toContain('identity provider')
    const before = control.digest()
    expect(await apply({ kind: 'membership.add', ...pair(ruby, 'okta-everyone') })).toBe('not-writable')
    expect(control.digest()).toBe(before)
  })

  it.each(['shown', 'hidden'])(
    'that a suspended person left their last group is seen where groups of the suspended are shown: %s',
    async (way) => {
      const { target, apply, control, person, group } = await small({ suspendedGroupsInOrgSearch: way })
      control.edit({ action: 'add-person', email: 'away@acme.example' })
      control.edit({ action: 'add-member', email: 'away@acme.example', group: 'developers' })
      control.edit({ action: 'suspend', email: 'away@acme.example' })
      const accountId = person('away@acme.example')
      const groupIds = async () => (await target.accountsNow([accountId], signal)).get(accountId)?.groupIds
      const pair = { accountId, groupId: group('developers') }
      expect(await groupIds()).toEqual(way === 'shown' ? new Set([pair.groupId]) : undefined)
      expect(await apply({ kind: 'membership.remove', ...pair })).toBe('applied')
      expect(await groupIds()).toEqual(way === 'shown' ? new Set() : undefined)
    },
  )

  it('that nobody tells the groups of a suspended person any more is no sign that they are in none', async () => {
    const { target, control, person, group } = await small({ suspendedGroupsInOrgSearch: 'shown' })
    control.edit({ action: 'add-person', email: 'away@acme.example' })
    control.edit({ action: 'add-member', email: 'away@acme.example', group: 'developers' })
    control.edit({ action: 'suspend', email: 'away@acme.example' })
    const accountId = person('away@acme.example')
    const groupIds = async () => (await target.accountsNow([accountId], signal)).get(accountId)?.groupIds
    expect(await groupIds()).toEqual(new Set([group('developers')]))
    control.edit({ action: 'remove-member', email: 'away@acme.example', group: 'developers' })
    expect(await groupIds()).toBeUndefined()
  })

  it.each(['token and key', 'key alone'] as const)(
    'trap 16 groups that administer are flagged, whoever tells: %s',
    async (credentials) => {
      const { target } = await small({}, credentials === 'key alone' ? 'key alone' : undefined)
      const admins = (await listed(target.groups(signal))).filter(({ grantsAdmin }) => grantsAdmin)
      expect(admins.map(({ name }) => name)).toEqual(expect.arrayContaining(['org-admins', 'site-admins']))
      expect(target.operations).not.toHaveProperty('group.delete')
    },
  )

  it('trap 16 our own account is taken out of no group and not deactivated', async () => {
    const { apply, twin, pair, person } = await small()
    const { email } = twin.sandbox.credentials
    expect(await apply({ kind: 'membership.remove', ...pair(email, 'site-admins') })).toBe('not-writable')
    expect(await apply({ kind: 'account.deactivate', accountId: person(email) })).toBe('not-writable')
  })

  it('trap 28 Support and SUPPORT are one group, and one address is one address', async () => {
    const { target, apply, group } = await small()
    const made = await applyOne(target, { kind: 'group.create', after: { name: 'SUPPORT' } })
    expect(made).toMatchObject({ outcome: 'alreadyTrue', createdId: group('Support') })
    expect(await apply({ kind: 'account.create', after: { email: 'Ruby.HUGHES@acme.example' } })).toBe('alreadyTrue')
  })

  it('trap 40 a new group gives nobody Confluence, and says so; the default group does', async () => {
    const { target, apply, twin } = await small()
    await apply({ kind: 'group.create', after: { name: 'newcomers' } })
    const told = await target.groupsByName(['newcomers', 'confluence-users-acme'], signal)
    const product = `confluence@${twin.sandbox.cloudId}`
    expect(told.get('newcomers')?.grantsAccess).toEqual([])
    expect(told.get('confluence-users-acme')?.grantsAccess).toEqual([{ product, role: 'user' }])
    expect((await target.products?.(signal))?.map(({ id, grantedBy }) => [id, grantedBy])).toEqual([[product, 'role']])
  })
})

describe('lists', () => {
  it('trap 5 every list is read to its end, at a page for each hundred and thirteen calls beside', async () => {
    const twin = await startConfluence()
    started.push(twin)
    const { control } = twin.sandbox
    control.resetCounters()
    const target = twin.open()
    await target.identify(signal)
    const users = await listed(target.users(signal))
    const groups = await listed(target.groups(signal))
    const { state } = control.twin
    expect(users).toHaveLength(state.accounts.items.filter(isHere).length)
    expect(groups).toHaveLength(state.groups.items.length)
    const pages = Math.ceil(users.length / 100) + Math.ceil(groups.length / 100)
    const { total, operations } = control.counters()
    expect(total, JSON.stringify(operations)).toBeLessThanOrEqual(pages + 13)
  })

  it('trap 7 suspended people, whom Confluence hides, are told with their groups', async () => {
    const { target, control, person, group } = await small()
    control.edit({ action: 'add-member', email: ruby, group: 'developers' })
    control.edit({ action: 'suspend', email: ruby })
    const told = (await listed(target.users(signal))).find(({ id }) => id === person(ruby))
    expect(told).toMatchObject({ state: 'suspended' })
    expect(told?.memberOf).toContain(group('developers'))
  })
})

describe('new people', () => {
  it('trap 8 nobody gets mail unless that is wished', async () => {
    const { apply, control } = await small()
    await apply({ kind: 'account.create', after: { email: 'silent@acme.example' } })
    await apply({ kind: 'account.create', after: { email: 'told@acme.example' } }, true)
    const { invitations } = control.counters()
    expect(['silent', 'told'].map((name) => invitations[`${name}@acme.example`]?.mails)).toEqual([0, 1])
  })

  it.each(['stated', 'all'])('trap 10 what comes beside what was asked for is seen right after: %s', async (way) => {
    const { target } = await small({ defaultProductsOnCreate: way })
    const made = await applyOne(target, { kind: 'account.create', after: { email: 'modest@acme.example' } })
    const id = made?.outcome === 'applied' ? (made.createdId ?? '') : ''
    expect((await target.accountsNow([id], signal)).get(id)?.groupIds?.size).toBe(way === 'all' ? 1 : 0)
  })

  it('trap 12 a deactivated account is known beforehand as one that cannot be invited', async () => {
    const { target, control } = await small()
    control.edit({ action: 'add-outsider', email: 'off@acme.example' })
    control.edit({ action: 'deactivate', email: 'off@acme.example' })
    expect(await target.notCreatable?.(['off@acme.example'], signal)).toEqual(
      new Map([['off@acme.example', 'account-switched-off']]),
    )
  })
})

describe('credentials', () => {
  it('trap 21 a key with scopes reaches no accounts: what needs them is not offered, with the reason', async () => {
    const { twin } = await small()
    const target = twin.open({ orgApiKey: new Secret(twin.sandbox.credentials.scopedOrgKey) })
    const { notOffered } = await target.identify(signal)
    expect([target.operations['account.update'], notOffered['account.update']]).toEqual([
      undefined,
      expect.stringContaining('without scopes'),
    ])
    expect(target.operations['account.deactivate']).toBeDefined()
  })

  it.each([
    ['200', '401'],
    ['403', '401'],
    ['200', '200-empty'],
  ])('trap 22 a token that is taken for nobody signs nobody in: %s, %s', async (confluenceAnonymous, wrong) => {
    const { twin } = await small({ confluenceAnonymous, wrongCredentialOnAnonymousEndpoint: wrong })
    const target = twin.open({ apiToken: new Secret('revoked-token-of-nobody') })
    expect((await errorOf(target.identify(signal))).code).toMatch(/auth-failed|forbidden/)
    expect((await stepsOf(target))['sign-in']).toMatchObject({ status: 'failed' })
  })

  it('trap 41 an expired key is told as such by reads and writes, with what to do', async () => {
    const { target, control, person } = await small()
    await target.identify(signal)
    control.edit({ action: 'expire-credential', credential: 'orgApiKey' })
    for (const work of [
      () => listed(target.users(signal)),
      () => target.accountsByEmail([ruby], signal),
      () => applyOne(target, { kind: 'account.deactivate', accountId: person(ruby) }),
    ]) {
      const error = await errorOf(work())
      expect([error.code, error.hint]).toEqual(['auth-failed', expect.stringContaining('expired')])
    }
  })
})

describe('what is special here', () => {
  it('custom attributes stand in a property of Confluence: one call each, made, changed and taken away', async () => {
    const { target, apply, control, person } = await small()
    const write = (after: Record<string, string>) => apply({ kind: 'custom.update', accountId: person(ruby), after })
    const seen = async () => (await target.accountsNow([person(ruby)], signal, ['custom'])).get(person(ruby))
    expect(await write({ room: '7' })).toBe('applied')
    expect((await seen())?.account.custom).toEqual({ room: '7' })
    control.resetCounters()
    expect(await write({ room: '8' })).toBe('applied')
    expect(control.counters().total).toBe(1)
    expect((await seen())?.account.custom).toEqual({ room: '8' })
    expect(await write({})).toBe('applied')
    expect((await seen())?.account.custom).toEqual({})
  })

  it('attributes of others that the token may not see are planned for nobody, and the doctor says whose token is needed', async () => {
    const { twin, control, person } = await small()
    const { viewer } = twin.sandbox.credentials
    const target = twin.open({ email: viewer.email, apiToken: new Secret(viewer.apiToken) })
    const { notOffered } = await target.identify(signal)
    expect([notOffered['custom.update'], target.operations['custom.update']]).toEqual([
      expect.stringContaining('HTTP 403'),
      undefined,
    ])
    expect(target.operations['account.deactivate']).toBeDefined()
    const steps = await stepsOf(target)
    expect(steps['custom-attributes']).toMatchObject({
      status: 'warning',
      code: 'forbidden',
      message: expect.stringContaining('You may not see the properties of this user'),
      remedy: expect.stringContaining('administers the site'),
    })
    expect(steps.capabilities?.message).toBe('Not possible: write custom attributes.')

    // A right that is lost in the middle of a run: the first refusal ends it, instead of one for each of a thousand people.
    control.edit({ action: 'make-org-admin', email: viewer.email })
    const losing = twin.open({ email: viewer.email, apiToken: new Secret(viewer.apiToken) })
    expect((await losing.identify(signal)).notOffered).toEqual({})
    control.edit({ action: 'unmake-org-admin', email: viewer.email })
    const custom = { kind: 'custom.update', accountId: person(ruby), after: { room: '7' } } as const
    expect((await errorOf(applyOne(losing, custom))).code).toBe('forbidden')
  })

  it('an odd answer about one person says nothing about everybody, and does not end the connection', async () => {
    const { target, control } = await small()
    control.addFault({ kind: 'status', status: 400, when: 'before', operations: 'confluence.user.getProperty' })
    expect((await target.identify(signal)).notOffered).toEqual({})
    expect(target.operations['account.deactivate']).toBeDefined()
  })

  it.each(['401', '403'])(
    'a scope the token lacks ends the run at the first write, with its name: %s',
    async (missingScope) => {
      const { twin, person } = await small({ missingScope })
      const { readOnlyConfluenceApiToken, confluenceApiToken } = twin.sandbox.credentials
      const custom = { kind: 'custom.update', accountId: person(ruby), after: { room: '7' } } as const
      const readOnly = twin.open({ apiToken: new Secret(readOnlyConfluenceApiToken) })
      expect((await stepsOf(readOnly))['custom-attributes']?.remedy).toContain('write:user.property:confluence')
      const error = await errorOf(applyOne(readOnly, custom))
      expect([error.code, error.message]).toEqual([
        missingScope === '401' ? 'auth-failed' : 'forbidden',
        expect.stringContaining('scope does not match'),
      ])
      expect(error.hint).toContain('scope')
      expect(shortly(await applyOne(twin.open({ apiToken: new Secret(confluenceApiToken) }), custom))).toBe('applied')
    },
  )

  it('says by its doctor what the credentials reach, and what Confluence has no object for', async () => {
    const { target, twin } = await small()
    const steps = await stepsOf(target)
    expect(Object.values(steps).filter(({ status }) => status === 'failed')).toEqual([])
    expect(steps.capabilities?.message).toBe('Everything Confluence Cloud offers is possible.')
    expect(steps['default-groups']?.message).toBe('1 group lets people into Confluence.')
    expect(target.lacks?.['lead.handover']).toContain('no project')
    const { site, apiBase, credentials } = twin.sandbox
    const alone = twin.open({ site, apiBase, email: undefined, apiToken: undefined })
    expect(credentials.orgApiKey).not.toBe('')
    const without = await stepsOf(alone)
    expect(without['sign-in']).toMatchObject({ status: 'warning' })
    expect(without.capabilities?.message).toBe('Not possible: write custom attributes.')
  })

  it('warns where Jira stands beside Confluence: one target is enough for both', async () => {
    const twin = await startConfluence('token and key', { company: 'small', confluenceOnly: false })
    started.push(twin)
    expect((await stepsOf(twin.open())).products).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('jira-cloud'),
    })
  })
})

function isHere(account: { readonly accountType: string; readonly directories: readonly unknown[] }): boolean {
  return account.accountType === 'atlassian' && account.directories.length > 0
}
