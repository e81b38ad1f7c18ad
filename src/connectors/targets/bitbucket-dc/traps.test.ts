import { describe, expect, it } from 'vitest'
import { listed } from '../../../../test/doubles/atlassian-answers.ts'
import { productScenes } from '../../../../test/doubles/product-targets.ts'
import { Secret } from '../../../platform/secret.ts'
import { bitbucketDcVariants } from '../../../sandbox/bitbucket-dc/variants.ts'
import { accountOf } from './translate.ts'

/** The traps of Atlassian's APIs that concern Bitbucket Data Center, by their number. */

const signal = new AbortController().signal
const scene = productScenes('bitbucket-dc')

describe('reading', () => {
  it('trap 5 more people than a page are all told, wherever the next page begins', async () => {
    const { target, sandbox } = await scene({
      company: 130,
      target: 'ten-years',
      variants: { largestPage: '25', nextPageStart: 'stretched' },
    })
    const { store } = sandbox.control.twin
    expect(await listed(target.users(signal))).toHaveLength(store.users.length)
    const largest = [...store.groups].sort((a, b) => b.members.size - a.members.size)[0]!
    expect(largest.members.size).toBeGreaterThan(50)
    const group = { id: largest.name, name: largest.name, grantsAdmin: false }
    expect(await listed(target.members(group, signal))).toHaveLength(largest.members.size)
  })

  it('trap 16 groups that administer are told by the global permissions and the settings', async () => {
    const { open } = await scene()
    const administering = async (settings: Readonly<Record<string, unknown>>) =>
      (await listed(open(settings).groups(signal))).filter(({ grantsAdmin }) => grantsAdmin).map(({ name }) => name)
    expect(await administering({})).toContain('stash-administrators')
    expect(await administering({ adminGroups: ['Support'] })).toContain('Support')
  })

  it('trap 23 it tells beforehand what a directory does not let us change, and nothing is sent then', async () => {
    const { target, failure, person, sandbox } = await scene()
    const henry = (await listed(target.users(signal))).find(({ id }) => id === person('henry.palmer'))
    expect(henry?.readOnlyBecause).toContain('Corporate LDAP')
    for (const order of [
      { kind: 'account.update', accountId: person('henry.palmer'), after: { displayName: 'Harry' } },
      { kind: 'membership.add', accountId: person('henry.palmer'), groupId: 'developers' },
      { kind: 'account.delete', accountId: person('henry.palmer') },
    ] as const) {
      expect(await failure(order)).toMatchObject({ code: 'not-writable' })
    }
    const written = sandbox.control.log().filter(({ method }) => method !== 'GET')
    expect(written).toEqual([])
  })
})

describe('our own account', () => {
  it('is told by the header of the answers, or by the name or address that was entered, and never taken out of anything', async () => {
    const { open, sandbox, person, failure, doctor, target } = await scene()
    const admin = sandbox.control.twin.store.user('admin')!
    const ownOf = async (opened: typeof target) =>
      (await listed(opened.users(signal))).filter(({ own }) => own === true).map(({ id }) => id)
    expect(await ownOf(target)).toEqual([person('admin')])
    expect((await doctor())['own-account']).toBeUndefined()
    for (const kind of ['account.delete', 'account.update', 'membership.remove'] as const) {
      const order = { kind, accountId: person('admin'), groupId: 'stash-administrators', after: { displayName: 'X' } }
      expect(await failure(order), kind).toMatchObject({ code: 'not-writable' })
    }
    sandbox.control.setVariants({ callerHeader: 'absent' })
    expect(await ownOf(open())).toEqual([])
    expect((await doctor())['own-account']).toContain('whose token')
    const byName = open({ token: undefined, username: 'ADMIN', password: new Secret(admin.password) })
    expect(await ownOf(byName)).toEqual([person('admin')])
  })

  it('is known as well where people sign in by their address', () => {
    const user = { id: 1, name: 'sync', emailAddress: 'Sync@acme.example' }
    expect(accountOf(user, new Set(['sync@acme.example'])).own).toBe(true)
    expect(accountOf(user, new Set(['somebody'])).own).toBeUndefined()
  })
})

describe('the mark of another Muster', () => {
  it('is replaced, and a group that only begins like it is left alone', async () => {
    const { target, sandbox } = await scene()
    sandbox.control.edit({ action: 'add-group', group: 'muster-writes-here-too' })
    await target.identify(signal)
    for (const instanceId of ['one', 'two']) await target.fence?.claim({ instanceId, since: 1 }, signal)
    const names = sandbox.control.twin.store.groups.map(({ name }) => name)
    expect(names.filter((name) => name.startsWith('muster'))).toEqual([
      'muster-writes-here-too',
      'muster-writes-here-two-since-1',
    ])
    expect(await target.fence?.read(signal)).toMatchObject({ instanceId: 'two' })
  })
})

describe('writing', () => {
  it('somebody with more rights than our account is refused alone, although the answer is 401', async () => {
    const { open, sandbox, person } = await scene()
    const target = open({ token: new Secret(sandbox.credentials.lesserAdminToken ?? '') })
    await target.identify(signal)
    const update = (name: string, seq: number) => ({
      seq,
      kind: 'account.update' as const,
      accountId: person(name),
      after: { displayName: 'Somebody' },
    })
    const orders = [update('admin', 1), update('ruby.hughes', 2)]
    const answers = await target.operations['account.update']?.apply(orders, { signal, notify: false })
    expect(answers).toMatchObject([{ outcome: 'failed', error: { code: 'not-writable' } }, { outcome: 'applied' }])
    sandbox.control.edit({ action: 'expire-credential', credential: 'lesserAdminToken' })
    const thrown = target.operations['account.update']?.apply([update('ruby.hughes', 3)], { signal, notify: false })
    await expect(thrown).rejects.toMatchObject({ code: 'auth-failed' })
  })

  it('a page of HTML with 200 is no sign that many people were added', async () => {
    const { target, person, sandbox } = await scene()
    await target.identify(signal)
    sandbox.control.addFault({ kind: 'not-json', operations: 'bitbucketdc.group.addUsers', times: 1 })
    const orders = ['ruby.hughes', 'samuel.knight'].map((name, seq) => ({
      seq,
      kind: 'membership.add' as const,
      accountId: person(name),
      groupId: 'developers',
    }))
    const answers = await target.operations['membership.add']?.apply(orders, { signal, notify: false })
    expect(answers?.map(({ outcome }) => outcome)).toEqual(['applied', 'applied'])
    const members = [...(sandbox.control.twin.store.group('developers')?.members ?? [])].map(({ name }) => name)
    expect(members).toEqual(expect.arrayContaining(['ruby.hughes', 'samuel.knight']))
  })

  it('trap 1 a second add is answered well and comes out as already true', async () => {
    for (const addAgain of ['200', '409']) {
      const { apply, person } = await scene({ variants: { addAgain } })
      const add = { kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'developers' } as const
      expect([await apply(add), await apply(add)]).toEqual(['applied', 'alreadyTrue'])
    }
  })

  it('many people are added to a group by one call, and one who is gone loses none of the others', async () => {
    for (const addUsersMissing of ['all-or-nothing', 'partial']) {
      const { target, person, sandbox } = await scene({ variants: { addUsersMissing } })
      await target.identify(signal)
      const names = ['ruby.hughes', 'samuel.knight', 'linnea.angstrom']
      const orders = names.map((name, seq) => ({
        seq,
        kind: 'membership.add' as const,
        accountId: person(name),
        groupId: 'developers',
      }))
      await target.accountsNow(
        orders.map(({ accountId }) => accountId),
        signal,
      )
      sandbox.control.edit({ action: 'delete-user', user: 'samuel.knight' })
      const answers = await target.operations['membership.add']?.apply(orders, { signal, notify: false })
      expect(answers?.toSorted((a, b) => a.seq - b.seq).map(({ outcome }) => outcome)).toMatchObject([
        expect.stringMatching(/applied|alreadyTrue/),
        'failed',
        expect.stringMatching(/applied|alreadyTrue/),
      ])
      const members = sandbox.control.twin.store.group('developers')?.members ?? new Set()
      expect([...members].map(({ name }) => name)).toEqual(expect.arrayContaining(['ruby.hughes', 'linnea.angstrom']))
    }
  })

  it('trap 33 every write shows that it does not come from a page', async () => {
    const { apply, person } = await scene({ variants: { xsrf: 'token-demanded' } })
    expect(await apply({ kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'developers' })).toBe(
      'applied',
    )
  })

  it('trap 39 nobody can be deactivated, and the password that stood in an address is worth nothing afterwards', async () => {
    const { open, sandbox, logged } = await scene()
    const target = open()
    const { notOffered } = await target.identify(signal)
    expect(notOffered['account.deactivate']).toContain('remove-access')
    expect(target.operations['account.deactivate']).toBeUndefined()
    const first: string[] = []
    sandbox.control.watch(({ call }) => first.push(call.query.get('password') ?? ''))
    const order = { seq: 1, kind: 'account.create', after: { userName: 'fresh', email: 'fresh@acme.example' } } as const
    await target.operations['account.create']?.apply([order], { signal, notify: false })
    const inAddress = first.find((text) => text !== '') ?? ''
    expect(inAddress.length).toBeGreaterThan(40)
    expect(sandbox.control.twin.store.user('fresh')?.password).not.toBe(inAddress)
    expect(logged()).not.toContain(inAddress)
    first.length = 0
    const mailed = { ...order, after: { userName: 'mailed', email: 'mailed@acme.example' } }
    await target.operations['account.create']?.apply([mailed], { signal, notify: true })
    expect(first.every((text) => text === '')).toBe(true)
  })

  it('trap 28 people and groups are found in any letter case', async () => {
    const { target } = await scene()
    expect((await target.groupsByName(['SUPPORT', 'Developers'], signal)).size).toBe(2)
    expect([...(await target.accountsByEmail(['RUBY.Hughes@acme.EXAMPLE'], signal)).keys()]).toEqual([
      'ruby.hughes@acme.example',
    ])
  })
})

describe('the doctor', () => {
  it('trap 41 an expired token is told as such, and a good one finds nothing wrong', async () => {
    const { doctor, sandbox } = await scene()
    const found = await doctor()
    expect(Object.values(found).filter((row) => row.startsWith('failed'))).toEqual([])
    expect(found.directories).toContain('Corporate LDAP')
    expect(found['read-users']).toContain('1 of them kept by a directory that is only read here')
    sandbox.control.edit({ action: 'expire-credential', credential: 'accessToken' })
    expect((await doctor())['sign-in']).toContain('failed: Bitbucket does not accept the HTTP access token')
  })
})

describe('whatever the documents leave open', () => {
  const alternatives = Object.entries(bitbucketDcVariants).flatMap(([name, { values }]) =>
    values.slice(1).map((value): [string, Record<string, string>] => [`${name}=${value}`, { [name]: value }]),
  )
  it.each(alternatives)('each kind of write comes out right, twice, with %s', async (_, variants) => {
    const { twice, person } = await scene({ variants })
    const ruby = person('ruby.hughes')
    await twice([
      {
        kind: 'account.create',
        after: { userName: 'fresh.face', email: 'fresh@acme.example', displayName: 'Fresh Face' },
      },
      { kind: 'group.create', after: { name: 'new-crew' } },
      { kind: 'membership.add', accountId: ruby, groupId: 'developers' },
      { kind: 'membership.remove', accountId: ruby, groupId: 'Support' },
      {
        kind: 'account.update',
        accountId: ruby,
        after: { displayName: 'Ruby Miller', email: 'ruby.miller@acme.example' },
      },
    ])
  })
})
