import { describe, expect, it } from 'vitest'
import { listed } from '../../../../test/doubles/atlassian-answers.ts'
import { productScenes } from '../../../../test/doubles/product-targets.ts'
import { crowdVariants } from '../../../sandbox/crowd/variants.ts'

/** The traps of Atlassian's APIs that concern Crowd, by their number. */

const signal = new AbortController().signal
const scene = productScenes('crowd')

describe('reading', () => {
  it('trap 5 more people than a page of a thousand are all told', async () => {
    const { target, sandbox } = await scene({ company: 1300, target: 'ten-years' })
    const { store } = sandbox.control.twin
    expect(store.users.length).toBeGreaterThan(1000)
    expect(await listed(target.users(signal))).toHaveLength(store.users.length)
  })

  it('trap 29 only direct members are told, and those of inner groups are left alone', async () => {
    const { target, person, sandbox, apply } = await scene()
    sandbox.control.edit({ action: 'nest', group: 'Support', inside: 'developers' })
    const members = await listed(target.members({ id: 'developers', name: 'developers', grantsAdmin: false }, signal))
    expect(members).not.toContain(person('ruby.hughes'))
    const order = { kind: 'membership.remove', accountId: person('ruby.hughes'), groupId: 'developers' } as const
    expect(await apply(order)).toBe('alreadyTrue')
  })

  it('trap 16 groups that administer are known by name and by the settings', async () => {
    const { open } = await scene()
    const groups = await listed(open({ adminGroups: ['Crowd-Helpdesk'] }).groups(signal))
    const names = groups.filter(({ grantsAdmin }) => grantsAdmin).map(({ name }) => name)
    expect(names).toEqual(['crowd-administrators', 'crowd-helpdesk'])
  })
})

describe('writing', () => {
  it('trap 1 a second add is 409 and comes out as already true', async () => {
    const { apply, person } = await scene()
    const add = { kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'developers' } as const
    expect([await apply(add), await apply(add)]).toEqual(['applied', 'alreadyTrue'])
  })

  it('trap 25 a change of one thing leaves everything else of the account as it was', async () => {
    const { apply, person, sandbox } = await scene({ variants: { activeOmitted: 'false' } })
    const of = (name: string) => sandbox.control.state().users.find(({ user }) => user === name)
    const before = of('ruby.hughes')
    expect(
      await apply({ kind: 'account.update', accountId: person('ruby.hughes'), after: { displayName: 'Ruby M' } }),
    ).toBe('applied')
    expect(of('ruby.hughes')).toEqual({ ...before, displayName: 'Ruby M' })
    expect(await apply({ kind: 'account.deactivate', accountId: person('ruby.hughes') })).toBe('applied')
    expect(of('ruby.hughes')).toEqual({ ...before, displayName: 'Ruby M', active: false })
  })

  it('trap 26 whether the group or the account is missing is told right, though 400 and 404 are swapped', async () => {
    const { failure, person, sandbox } = await scene()
    const ruby = person('ruby.hughes')
    expect(await failure({ kind: 'membership.add', accountId: ruby, groupId: 'no-such-group' })).toMatchObject({
      code: 'gone',
      message: expect.stringContaining('no-such-group'),
    })
    sandbox.control.edit({ action: 'delete-user', user: 'ruby.hughes' })
    expect(await failure({ kind: 'membership.add', accountId: ruby, groupId: 'developers' })).toMatchObject({
      code: 'gone',
      message: expect.stringContaining('account'),
    })
  })

  it('trap 27 what exists is 400, and taken over only if it is the same; a password nobody knows is sent in the body', async () => {
    const { apply, failure, sandbox, logged } = await scene()
    const seen: string[] = []
    sandbox.control.watch(({ call }) => {
      if (call.method === 'POST') seen.push(`${call.path}?${call.query} ${call.rawBody}`)
    })
    const ruby = { userName: 'ruby.hughes', email: 'RUBY.hughes@acme.example' }
    expect(await apply({ kind: 'account.create', after: ruby })).toBe('alreadyTrue')
    expect(await failure({ kind: 'account.create', after: { ...ruby, email: 'other@acme.example' } })).toMatchObject({
      code: 'conflict',
    })
    expect(await apply({ kind: 'account.create', after: { userName: 'fresh', email: 'fresh@acme.example' } })).toBe(
      'applied',
    )
    const passwords = seen.map((request) => /"password":\{"value":"([^"]+)"/.exec(request)?.[1] ?? '')
    expect(new Set(passwords).size).toBe(3)
    for (const [at, password] of passwords.entries()) {
      expect(password.length).toBeGreaterThan(40)
      expect(seen[at]?.split(' ')[0]).not.toContain(password)
      expect(logged()).not.toContain(password)
    }
  })

  it('trap 28 names are found in any letter case, also when the application tells them in small letters', async () => {
    const { target, apply, person } = await scene({ variants: { lowerCaseOutput: 'on' } })
    expect((await target.groupsByName(['SUPPORT'], signal)).size).toBe(1)
    expect(await apply({ kind: 'group.create', after: { name: 'New Crew' } })).toBe('applied')
    const join = { kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'New Crew' } as const
    expect([await apply(join), await apply(join)]).toEqual(['applied', 'alreadyTrue'])
  })

  it('trap 24 somebody hidden behind a namesake in an earlier directory is not there, and the namesake is left alone', async () => {
    const { target, failure, person, sandbox } = await scene()
    await listed(target.users(signal))
    const hidden = person('henry.palmer')
    sandbox.control.edit({ action: 'add-user', user: 'henry.palmer', directory: 'Internal Directory' })
    sandbox.control.edit({ action: 'add-member', user: 'henry.palmer', group: 'Support' })
    const before = sandbox.control.digest()
    for (const kind of ['account.deactivate', 'account.activate'] as const) {
      expect(await failure({ kind, accountId: hidden })).toMatchObject({ code: 'gone' })
    }
    await failure({ kind: 'account.delete', accountId: hidden })
    expect((await target.accountsNow([hidden], signal)).size).toBe(0)
    expect(sandbox.control.digest()).toBe(before)
  })

  it('trap 23 what the application may not change in a directory is left alone, and the rest goes on', async () => {
    const { failure, apply, person, sandbox } = await scene()
    sandbox.control.edit({
      action: 'set-permission',
      application: 'muster',
      directory: 'Internal Directory',
      permission: 'update-user',
      allowed: false,
    })
    expect(await failure({ kind: 'account.deactivate', accountId: person('ruby.hughes') })).toMatchObject({
      code: 'not-writable',
    })
    expect(await apply({ kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'developers' })).toBe(
      'applied',
    )
  })
})

describe('the doctor', () => {
  it('trap 41 a password that is not accepted, and an address Crowd does not know, are told as such', async () => {
    const { doctor, sandbox } = await scene()
    expect(Object.values(await doctor()).filter((row) => row.startsWith('failed'))).toEqual([])
    sandbox.control.edit({ action: 'set-remote-address', application: 'muster', known: false })
    expect((await doctor())['sign-in']).toMatch(/^failed: .*not allowed with this application/)
    sandbox.control.edit({ action: 'revoke-application', application: 'muster' })
    sandbox.control.edit({ action: 'set-remote-address', application: 'muster', known: true })
    expect((await doctor())['sign-in']).toMatch(/^failed: Crowd does not accept the application name and password/)
  })
})

describe('whatever the documents leave open', () => {
  const alternatives = Object.entries(crowdVariants).flatMap(([name, { values }]) =>
    values.slice(1).map((value): [string, Record<string, string>] => [`${name}=${value}`, { [name]: value }]),
  )
  it.each([
    ['everything unexpected at once', Object.assign({}, ...alternatives.map(([, one]) => one))] as const,
    ...alternatives,
  ])('each kind of write comes out right, twice, with %s', async (_, variants) => {
    const { twice, person, target, sandbox } = await scene({ variants })
    expect(await listed(target.users(signal))).toHaveLength(sandbox.control.twin.store.users.length)
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
      { kind: 'custom.update', accountId: ruby, after: { a1: 'room 7' } },
      { kind: 'custom.update', accountId: ruby, after: {} },
      { kind: 'account.deactivate', accountId: ruby },
      { kind: 'account.activate', accountId: ruby },
    ])
  })
})
