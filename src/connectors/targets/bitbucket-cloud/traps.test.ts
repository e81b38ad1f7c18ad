import { describe, expect, it } from 'vitest'
import { listed } from '../../../../test/doubles/atlassian-answers.ts'
import { type BitbucketTwin, bitbucketSamples, bitbucketScenes } from '../../../../test/doubles/bitbucket-cloud-twin.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Order } from '../../../ports/target.ts'
import { variantTable } from '../../../sandbox/atlassian/variants.ts'

/** The traps of the vendor's API that concern this target, by their numbers. */

const signal = new AbortController().signal
const scene = bitbucketScenes()

describe('the organization of a workspace', () => {
  it('trap 2 a second add is already true, and a seat that is missing is told as such', async () => {
    const twin = await scene()
    const { stranger } = bitbucketSamples(twin)
    const add = { kind: 'membership.add', ...stranger } as const
    expect([await twin.apply(add), await twin.apply(add)]).toEqual(['applied', 'alreadyTrue'])
    const seatless = twin.account('seatless@acme.example').accountId
    twin.sandbox.control.edit({ action: 'set-seats', product: 'bitbucket', seats: 1 })
    const letsIn = twin.group('bitbucket-users-acme').groupId
    expect(await twin.apply({ ...add, accountId: seatless, groupId: letsIn })).toBe('quota-exhausted')
  })

  it('trap 5 all pages of people, groups and members are read', async () => {
    const { sandbox, target, doctor } = await scene({ company: 260, target: 'ten-years' })
    const { state } = sandbox.control.twin
    const here = state.accounts.items.filter(
      ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
    )
    expect(here.length).toBeGreaterThan(100)
    expect((await listed(target.users(signal))).length).toBe(here.length)
    expect((await listed(target.groups(signal))).length).toBe(state.groups.items.length)
    const { members, outsiders } = await doctor()
    expect(Number(/(\d+) people/.exec(members ?? '')?.[1])).toBeGreaterThan(100)
    expect(outsiders).toMatch(/^ok/)
  })

  it.each([
    ['token and key', 12],
    ['key alone', 9],
  ] as const)('a read with %s takes %i calls beside the pages of people and groups', async (credentials, beside) => {
    const { target } = await scene({ credentials })
    await target.identify(signal)
    // Both lists are one page each.
    expect((await listed(target.users(signal))).length).toBeLessThan(100)
    expect((await listed(target.groups(signal))).length).toBeLessThan(50)
    await target.products?.(signal)
    expect(Object.values(target.calls()).reduce((sum, count) => sum + count, 0)).toBe(beside + 2)
  })

  it('trap 8 an account is made without a mail unless people are to be told', async () => {
    const { sandbox, apply } = await scene()
    expect(await apply({ kind: 'account.create', after: { email: 'quiet@acme.example' } })).toBe('applied')
    expect(sandbox.control.counters().invitations['quiet@acme.example']?.invitations).toBe(1)
  })

  it('trap 10 a new account gets no role in the workspace that was not asked for', async () => {
    const { target, apply, account } = await scene()
    expect(await apply({ kind: 'account.create', after: { email: 'bare@acme.example' } })).toBe('applied')
    const { accountId } = account('bare@acme.example')
    const now = (await target.accountsNow([accountId], signal, ['access'])).get(accountId)
    expect([now?.account.access, now?.groupAccess]).toEqual([[], []])
  })

  it('trap 15 a group that an identity provider keeps is told, and nothing is sent to it', async () => {
    const { target, failure, account, group } = await scene()
    const synced = (await listed(target.groups(signal))).find(({ name }) => name === 'okta-everyone')
    expect(synced?.readOnlyBecause).toContain('identity provider')
    const order = { accountId: account('chloe.darcy@acme.example').accountId, groupId: group('okta-everyone').groupId }
    expect((await failure({ kind: 'membership.add', ...order }))?.code).toBe('not-writable')
  })

  it('trap 16 groups that administer the workspace or the organization are told, and our own account stays', async () => {
    const { sandbox, target, failure, account, group } = await scene()
    const admins = (await listed(target.groups(signal))).filter(({ grantsAdmin }) => grantsAdmin)
    expect(admins.map(({ name }) => name).toSorted()).toEqual(['bitbucket-admins-acme', 'org-admins', 'site-admins'])
    const me = account(sandbox.credentials.email).accountId
    expect((await target.identify(signal)).ownAccountId).toBe(me)
    const out = { kind: 'membership.remove', accountId: me, groupId: group('bitbucket-admins-acme').groupId } as const
    expect((await failure(out))?.code).toBe('not-writable')
    expect((await failure({ kind: 'account.deactivate', accountId: me }))?.code).toBe('not-writable')
  })

  it('trap 21 a key with scopes does all but manage accounts, and a token without the scopes is told', async () => {
    const { sandbox, open, doctor } = await scene()
    const scoped = open({ orgApiKey: new Secret(sandbox.credentials.scopedOrgKey) })
    const { notOffered } = await scoped.identify(signal)
    expect(notOffered['account.update']).toContain('user management')
    expect(scoped.operations['membership.add']).toBeDefined()
    const { email, apiToken } = sandbox.credentials
    const jirasOwn = await doctor(open({ email, apiToken: new Secret(apiToken) }))
    expect(jirasOwn['sign-in']).toMatch(/^failed: .*Bitbucket API token/)
  })

  it('trap 39 groups are those of the organization, and nothing is ever sent to what is left of 1.0', async () => {
    const { sandbox, apply, account, group, target } = await scene()
    const { control } = sandbox
    const pair = {
      accountId: account('chloe.darcy@acme.example').accountId,
      groupId: group('old-project-x').groupId,
    }
    await apply({ kind: 'membership.add', ...pair })
    await apply({ kind: 'group.create', after: { name: 'reviewers' } })
    await listed(target.groups(signal))
    const asked = Object.keys(control.counters().operations)
    expect(asked.filter((operation) => operation.startsWith('bitbucket1.'))).toEqual([])
    expect(asked).toContain('org.group.create')
  })

  it('trap 40 a group gives access by a role on the workspace, which can be given to it', async () => {
    const { target, apply, group, sandbox } = await scene()
    const product = `bitbucket@${sandbox.bitbucket?.uuid.replace(/[{}]/g, '')}`
    const { groupId } = group('developers')
    const named = async () => (await target.groupsByName(['developers'], signal)).get('developers')?.grantsAccess
    expect(await named()).not.toContainEqual({ product, role: 'user' })
    expect(await apply({ kind: 'access.grant', groupId, access: { product, role: 'user' } })).toBe('applied')
    expect(await named()).toContainEqual({ product, role: 'user' })
  })

  it('trap 41 a token that ends soon is told, and one that has ended is told as such', async () => {
    const { sandbox, open, doctor, clock } = await scene()
    const soon = new Date(clock.now() + 10 * 86_400_000).toISOString().slice(0, 10)
    const warned = await doctor(open({ apiTokenExpires: soon, orgApiKeyExpires: soon }))
    expect(warned['token-expiry']).toMatch(/^warning: .* in \d+ days/)
    expect(warned['key-expiry']).toMatch(/^warning/)
    sandbox.control.addFault({ kind: 'expired', operations: 'bitbucket.*' })
    expect((await doctor(open()))['sign-in']).toMatch(/^failed: Atlassian does not accept the Bitbucket API token/)
  })
})

describe('the workspace', () => {
  it('whose people are still kept by Bitbucket itself: nothing is offered, and why is told', async () => {
    const { target, doctor } = await scene({ variants: { bitbucketAdministration: 'own' } })
    const { notOffered } = await target.identify(signal)
    expect(Object.keys(target.operations)).toEqual([])
    expect(notOffered['membership.add']).toContain('administered in Bitbucket itself')
    expect((await doctor()).administration).toMatch(/^failed: Nothing can be done here/)
  })

  it('is one of the organization, else nothing is begun', async () => {
    const { open, doctor } = await scene({ credentials: 'key alone' })
    const elsewhere = open({ workspace: 'somebody-elses' })
    await expect(elsewhere.identify(signal)).rejects.toMatchObject({ code: 'config-invalid' })
    expect((await doctor(elsewhere)).workspace).toMatch(/^failed: .*not among the products/)
  })

  it('has to be one the token is in', async () => {
    const { open } = await scene()
    await expect(open({ workspace: 'somebody-elses' }).identify(signal)).rejects.toThrow(/is not in the workspace/)
  })

  it('is read to the end behind next pages that stay at the address of the settings', async () => {
    const { open, doctor, sandbox } = await scene({ company: 260, target: 'ten-years' })
    const cut = { kind: 'short-page', keep: 3, operations: 'bitbucket.workspace.members' } as const
    sandbox.control.addFault({ ...cut, times: 1 })
    expect((await doctor(open())).members).toMatch(/^ok/)
    sandbox.control.addFault(cut)
    expect((await doctor(open())).members).toMatch(/^warning: .*could not be read completely/)
    // Where Bitbucket does not tell how many there are, the second list does.
    const untold = await scene({ variants: { bitbucketSize: 'absent' } })
    untold.sandbox.control.addFault(cut)
    expect((await untold.doctor()).members).toMatch(/^warning: Of the two lists/)
  })

  it('tells people who are in it and not in the directory', async () => {
    const { target, doctor } = await scene({ credentials: 'key alone' })
    const alone = await doctor(target)
    expect(alone['sign-in']).toMatch(/^warning: No Bitbucket API token/)
    expect(alone.members).toBeUndefined()
  })
})

describe('whatever the documents leave open', () => {
  const choices = Object.entries(variantTable)
    .flatMap(([name, { values }]) => values.slice(1).map((value) => ({ name, value })))
    // Before its administration moved, a workspace has no groups that any API of today changes.
    .filter(({ name, value }) => !(name === 'bitbucketAdministration' && value === 'own'))
  const bitbuckets = choices.filter(
    ({ name }) =>
      name.startsWith('bitbucket') && !/1$|Again|NonMember|GroupExists|Passwords|PermissionWrites|Unscoped/.test(name),
  )
  const everyOther = Object.fromEntries(choices.map(({ name, value }) => [name, value]))

  it.each([
    ['the expected everywhere', {}],
    ['everything unexpected at once', everyOther],
    ...bitbuckets.map(({ name, value }): [string, Record<string, string>] => [`${name}=${value}`, { [name]: value }]),
  ])('reads and writes come out right with %s', async (_name, variants) => {
    await everything(await scene({ variants }))
  })
})

/** Reads all, writes one of each kind twice, and compares with what the twin then holds. */
async function everything(
  twin: BitbucketTwin & { readonly apply: (order: Omit<Order, 'seq'>) => Promise<string | undefined> },
): Promise<void> {
  const { control } = twin.sandbox
  const { member, stranger, more, unusedEmail, unusedGroupName } = bitbucketSamples(twin)
  const target = twin.open()
  await target.identify(signal)
  const here = control.twin.state.accounts.items.filter(
    ({ accountType, directories }) => accountType === 'atlassian' && directories.length > 0,
  )
  expect((await listed(target.users(signal))).length).toBe(here.length)
  for await (const { name, status, message } of target.check(signal)) {
    expect(status, `${name}: ${message}`).not.toBe('failed')
  }
  const orders: readonly Omit<Order, 'seq'>[] = [
    { kind: 'membership.add', ...stranger },
    { kind: 'membership.remove', ...member },
    { kind: 'group.create', after: { name: unusedGroupName } },
    { kind: 'account.create', after: { email: unusedEmail } },
    { kind: 'account.deactivate', accountId: stranger.accountId },
    { kind: 'account.activate', accountId: stranger.accountId },
    ...more,
  ]
  for (const order of orders) {
    expect(await twin.apply(order), order.kind).toBe('applied')
    const after = control.digest()
    expect(['applied', 'alreadyTrue'], `${order.kind} again`).toContain(await twin.apply(order))
    expect(control.digest(), `${order.kind} again`).toBe(after)
  }
}
