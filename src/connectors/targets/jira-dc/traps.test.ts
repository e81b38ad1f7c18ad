import { describe, expect, it } from 'vitest'
import { listed } from '../../../../test/doubles/atlassian-answers.ts'
import { type ProductAndTarget, productScenes } from '../../../../test/doubles/product-targets.ts'
import { Secret } from '../../../platform/secret.ts'
import { jiraDcVariants } from '../../../sandbox/jira-dc/variants.ts'

/** The traps of Atlassian's APIs that concern Jira Data Center, by their number. */

const signal = new AbortController().signal
const scene = productScenes('jira-dc')

describe('lists', () => {
  it('trap 5 of more people, groups and members than fit on a page all are told', async () => {
    for (const version of ['9.12.0', '10.3.24']) {
      const { target, sandbox } = await scene({
        company: 130,
        target: 'ten-years',
        version,
        variants: { groupsPickerLimit: '20' },
      })
      const { store } = sandbox.control.twin
      expect(await listed(target.users(signal))).toHaveLength(store.users.length)
      const groups = await listed(target.groups(signal))
      expect(groups).toHaveLength(store.groups.length)
      const largest = [...store.groups].sort((a, b) => b.members.size - a.members.size)[0]!
      const group = groups.find(({ name }) => name === largest.name)!
      expect(largest.members.size).toBeGreaterThan(50)
      expect(await listed(target.members(group, signal))).toHaveLength(largest.members.size)
    }
  })

  it('trap 7 members who are inactive are told like all others', async () => {
    const { target, person } = await scene()
    const members = await listed(
      target.members({ id: 'jira-software-users', name: 'jira-software-users', grantsAdmin: false }, signal),
    )
    expect(members).toContain(person('chloe.darcy'))
  })

  it('trap 22 what a stranger would be shown is not believed', async () => {
    const { target, sandbox } = await scene({ variants: { wrongCredentialOnAnonymousEndpoint: 'anonymous' } })
    await target.identify(signal)
    await target.products?.(signal)
    sandbox.control.addFault({ kind: 'anonymous', operations: '*' })
    for (const work of [
      () => target.groupsByName(['developers'], signal),
      () => target.leadsOf?.(['x'], ['project'], signal),
      () => target.accountsByEmail(['ruby.hughes@acme.example'], signal),
      () => listed(target.groups(signal)),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: expect.stringMatching(/auth-failed|incomplete-read/) })
    }
  })

  it('trap 31 a Jira 10 that cannot list everybody is not read as complete', async () => {
    const { target } = await scene({ version: '10.0', variants: { userListSince: '10.3' } })
    await expect(listed(target.users(signal))).rejects.toMatchObject({ code: 'incomplete-read' })
  })

  it('trap 32 where the search for groups stops early they are asked for letter by letter, or nothing is believed', async () => {
    const few = await scene({ variants: { groupsPickerLimit: '5' } })
    expect(await listed(few.target.groups(signal))).toHaveLength(7)
    few.sandbox.control.edit({ action: 'add-group', group: '§§§' })
    await expect(listed(few.target.groups(signal))).rejects.toMatchObject({ code: 'incomplete-read' })
  })
})

describe('writes', () => {
  it('trap 1 a second add is 400 and comes out as already true', async () => {
    const { apply, person } = await scene({ variants: { errorTexts: 'none' } })
    const add = { kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'developers' } as const
    expect([await apply(add), await apply(add)]).toEqual(['applied', 'alreadyTrue'])
  })

  it('trap 3 leads are named by user name, and followed by key', async () => {
    const { target, apply, person, sandbox } = await scene()
    sandbox.control.edit({ action: 'rename-user', user: 'aoife.obrien', name: 'aoife.burke' })
    const tomas = person('tomas.dvorak')
    const led = (await target.leadsOf?.([tomas], ['project', 'component'], signal))?.get(tomas) ?? []
    expect(led.map(({ name }) => name)).toEqual(['Website (WEB)', 'Backend'])
    for (const thing of led) {
      const order = {
        kind: 'lead.handover',
        accountId: tomas,
        lead: { ...thing, to: { id: person('aoife.burke'), label: 'Aoife' } },
      } as const
      expect(await apply(order)).toBe('applied')
    }
    expect(sandbox.control.state().more).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ project: 'WEB', lead: 'aoife.burke' })]),
    )
  })

  it('trap 23 what a read-only directory keeps is left alone, whatever the status says', async () => {
    for (const readOnlyStatus of ['403', '400']) {
      const { failure, person } = await scene({
        variants: { readOnlyStatus, errorTexts: readOnlyStatus === '403' ? 'none' : 'sentences' },
      })
      const henry = { accountId: person('henry.palmer') }
      for (const order of [
        { kind: 'account.deactivate', ...henry },
        { kind: 'account.update', ...henry, after: { displayName: 'Harry' } },
      ] as const) {
        expect(await failure(order)).toMatchObject({ code: 'not-writable' })
      }
    }
  })

  it('trap 28 people and groups are found in any letter case', async () => {
    const { target, apply, person } = await scene({
      variants: { groupNameMatch: 'case-insensitive', nameCase: 'lowered' },
    })
    expect((await target.groupsByName(['SUPPORT', 'Developers'], signal)).size).toBe(2)
    expect([...(await target.accountsByEmail(['RUBY.Hughes@acme.EXAMPLE'], signal)).keys()]).toEqual([
      'ruby.hughes@acme.example',
    ])
    expect(await apply({ kind: 'group.create', after: { name: 'New Crew' } })).toBe('applied')
    const join = { kind: 'membership.add', accountId: person('ruby.hughes'), groupId: 'New Crew' } as const
    expect([await apply(join), await apply(join)]).toEqual(['applied', 'alreadyTrue'])
  })

  it('trap 29 somebody who is in by way of an inner group cannot be taken out, and is told so', async () => {
    for (const removeNonMember of ['400', '404', '200']) {
      for (const groupsOfUser of ['direct', 'effective']) {
        const { failure, person, sandbox } = await scene({ variants: { removeNonMember, groupsOfUser } })
        sandbox.control.edit({ action: 'nest', group: 'Support', inside: 'developers' })
        const order = { kind: 'membership.remove', accountId: person('ruby.hughes'), groupId: 'developers' } as const
        const error = await failure(order)
        if (groupsOfUser === 'effective' && removeNonMember !== '200') {
          expect(error).toMatchObject({
            code: 'not-writable',
            hint: expect.stringContaining('by way of a group inside'),
          })
        } else expect(error).toBeUndefined()
      }
    }
  })

  it('trap 30 before 8.3 nobody is deactivated, and later it is read back', async () => {
    const old = await scene({ version: '8.2.0' })
    const target = old.open({ token: undefined, username: 'admin', password: passwordOf(old) })
    const { notOffered } = await target.identify(signal)
    expect(notOffered['account.deactivate']).toContain('8.3')
    expect(target.operations['account.deactivate']).toBeUndefined()
    const young = await scene({ variants: { deactivateLead: '400' } })
    expect(await young.failure({ kind: 'account.deactivate', accountId: young.person('tomas.dvorak') })).toMatchObject({
      code: 'rejected',
    })
  })

  it('trap 33 every write shows that it does not come from a page', async () => {
    const { apply, person } = await scene({ variants: { xsrf: 'token-demanded' } })
    expect(await apply({ kind: 'account.deactivate', accountId: person('ruby.hughes') })).toBe('applied')
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
  })
})

describe('the doctor', () => {
  it('trap 16 groups that administer are known by name and by the settings, and our own account is protected', async () => {
    const { open, target, failure } = await scene()
    const own = (await target.identify(signal)).ownAccountId ?? ''
    const administering = async (settings: object) =>
      (await listed(open({ ...settings }).groups(signal)))
        .filter(({ grantsAdmin }) => grantsAdmin)
        .map(({ name }) => name)
    expect(await administering({})).toEqual(['jira-administrators'])
    expect(await administering({ adminGroups: ['Jira-Project-Office'] })).toEqual([
      'jira-administrators',
      'jira-project-office',
    ])
    for (const kind of ['account.deactivate', 'account.delete'] as const) {
      expect(await failure({ kind, accountId: own })).toMatchObject({ code: 'not-writable' })
    }
    expect(await failure({ kind: 'membership.remove', accountId: own, groupId: 'jira-administrators' })).toMatchObject({
      code: 'not-writable',
    })
  })

  it('trap 24 user names that are in two directories are counted', async () => {
    const { doctor, sandbox } = await scene()
    expect((await doctor()).duplicates).toContain('ok')
    sandbox.control.edit({ action: 'add-user', user: 'ruby.hughes', directory: 'Corporate LDAP' })
    expect((await doctor()).duplicates).toContain('warning: 1 user name is in more than one directory')
  })

  it('trap 41 an expired token is told as such, with what to do', async () => {
    const { open, sandbox, doctor } = await scene()
    const dated = open({ tokenExpires: '2026-12-01' })
    const steps = []
    for await (const step of dated.check(signal)) steps.push(step)
    expect(steps.find(({ name }) => name === 'token-expiry')).toMatchObject({ status: 'warning' })
    sandbox.control.edit({ action: 'expire-credential', credential: 'accessToken' })
    const found = await doctor()
    expect(found['sign-in']).toContain('failed: Jira does not accept the personal access token')
    expect(found['read-users']).toBeUndefined()
  })

  it('trap 42 its lists come as arrays, although the document declares single items', async () => {
    const { doctor } = await scene()
    const found = await doctor()
    expect(found['default-groups']).toContain('jira-software')
    expect(Object.values(found).filter((row) => row.startsWith('failed'))).toEqual([])
    expect(found['read-users']).toContain('20 accounts can be read, 2 of them inactive')
  })

  it('says what an account without administration lacks, and reads nothing with it', async () => {
    const { open, sandbox } = await scene()
    const steps = []
    for await (const step of open({ token: new Secret(sandbox.credentials.viewerToken ?? '') }).check(signal))
      steps.push(step)
    expect(steps.at(-1)).toMatchObject({ name: 'rights', status: 'failed', code: 'forbidden' })
  })
})

describe('whatever the documents leave open', () => {
  const alternatives = Object.entries(jiraDcVariants).flatMap(([name, { values }]) =>
    values.slice(1).map((value): [string, Record<string, string>] => [`${name}=${value}`, { [name]: value }]),
  )
  it.each([
    ['everything unexpected at once', Object.assign({}, ...alternatives.map(([, one]) => one))] as const,
    ...alternatives,
  ])('each kind of write comes out right, twice, with %s', async (_, variants) => {
    const { twice, person, target } = await scene({ variants })
    expect(await listed(target.users(signal))).toHaveLength(20)
    const ruby = person('ruby.hughes')
    await twice([
      {
        kind: 'account.create',
        after: { userName: 'Fresh.Face', email: 'fresh@acme.example', displayName: 'Fresh Face' },
      },
      { kind: 'group.create', after: { name: 'New Crew' } },
      { kind: 'membership.add', accountId: ruby, groupId: 'developers' },
      { kind: 'membership.remove', accountId: ruby, groupId: 'Support' },
      {
        kind: 'account.update',
        accountId: ruby,
        after: { displayName: 'Ruby Miller', email: 'ruby.miller@acme.example' },
      },
      { kind: 'custom.update', accountId: ruby, after: { a1: 'room 7' } },
      { kind: 'account.deactivate', accountId: ruby },
      { kind: 'account.activate', accountId: ruby },
    ])
  })
})

function passwordOf({ sandbox }: ProductAndTarget) {
  return new Secret(sandbox.credentials.password ?? '')
}
