import { describe, expect, it } from 'vitest'
import { listed } from '../../../../test/doubles/atlassian-answers.ts'
import { productScenes } from '../../../../test/doubles/product-targets.ts'
import { confluenceDcVariants } from '../../../sandbox/confluence-dc/variants.ts'

/** The traps of Atlassian's APIs that concern Confluence Data Center, by their number. */

const signal = new AbortController().signal
const scene = productScenes('confluence-dc')

describe('reading', () => {
  it('trap 5 more people than a page are all told, however small the server makes its pages', async () => {
    const { target, sandbox } = await scene({
      company: 130,
      target: 'ten-years',
      variants: { largestPage: '50', totalCount: 'absent' },
    })
    const { store } = sandbox.control.twin
    expect(await listed(target.users(signal))).toHaveLength(store.users.length)
    const largest = [...store.groups].sort((a, b) => b.members.size - a.members.size)[0]!
    expect(largest.members.size).toBeGreaterThan(50)
    const group = { id: largest.name, name: largest.name, grantsAdmin: false }
    expect(await listed(target.members(group, signal))).toHaveLength(largest.members.size)
  })

  it('trap 22 a refused sign-in that is answered as a guest is no sign-in', async () => {
    const { target, sandbox } = await scene({ variants: { wrongCredential: 'anonymous' } })
    sandbox.control.edit({ action: 'expire-credential', credential: 'accessToken' })
    await expect(target.identify(signal)).rejects.toMatchObject({ code: 'auth-failed' })
  })

  it('trap 16 groups that administer are told by the global permissions and the settings', async () => {
    const { open } = await scene()
    const administering = async (settings: Readonly<Record<string, unknown>>) =>
      (await listed(open(settings).groups(signal))).filter(({ grantsAdmin }) => grantsAdmin).map(({ name }) => name)
    expect(await administering({})).toContain('confluence-administrators')
    expect(await administering({ adminGroups: ['Support'] })).toContain('Support')
  })

  it('access comes by the default group, as the global permissions tell', async () => {
    const { target } = await scene()
    const [product] = (await target.products?.(signal)) ?? []
    expect(product).toMatchObject({ key: 'confluence', grantedBy: 'group', defaultGroupIds: ['confluence-users'] })
  })
})

describe('writing', () => {
  it('trap 1 a second add and a second removal are 204 and come out as already true', async () => {
    const { apply, person } = await scene()
    const pair = { accountId: person('ruby.hughes'), groupId: 'developers' }
    const add = { kind: 'membership.add', ...pair } as const
    const remove = { kind: 'membership.remove', ...pair } as const
    expect([await apply(add), await apply(add)]).toEqual(['applied', 'alreadyTrue'])
    expect([await apply(remove), await apply(remove)]).toEqual(['applied', 'alreadyTrue'])
  })

  it('trap 23 what a read-only directory keeps is left alone, whatever the status says', async () => {
    for (const readOnlyStatus of ['403', '400']) {
      const { failure, person } = await scene({ variants: { readOnlyStatus } })
      expect(await failure({ kind: 'account.deactivate', accountId: person('henry.palmer') })).toMatchObject({
        code: 'not-writable',
      })
    }
  })

  it('trap 28 user names are made in small letters, and what is not allowed in them is said before anything is sent', async () => {
    const { apply, failure, sandbox, target } = await scene()
    expect(
      await apply({ kind: 'account.create', after: { userName: 'Fresh.Face', email: 'fresh@acme.example' } }),
    ).toBe('applied')
    expect(sandbox.control.twin.store.user('fresh.face')?.name).toBe('fresh.face')
    await target.identify(signal)
    sandbox.control.resetCounters()
    expect(
      await failure({ kind: 'account.create', after: { userName: 'a+b', email: 'a@acme.example' } }),
    ).toMatchObject({
      code: 'rejected',
      hint: expect.stringContaining('mapping'),
    })
    expect(sandbox.control.counters().total).toBe(0)
  })

  it('trap 33 every write shows that it does not come from a page', async () => {
    const { apply, person } = await scene({ variants: { xsrf: 'token-demanded' } })
    expect(await apply({ kind: 'account.deactivate', accountId: person('ruby.hughes') })).toBe('applied')
  })

  it('trap 37 a deletion goes on after its answer and is waited for', async () => {
    const { apply, person, sandbox } = await scene()
    sandbox.control.setTaskDuration(12_000)
    expect(await apply({ kind: 'account.delete', accountId: person('peter.lawson') })).toBe('applied')
    expect(sandbox.control.state().users.some(({ user }) => user === 'peter.lawson')).toBe(false)
  })

  it('asks for no password where the person is mailed a link, and else sends one nobody knows', async () => {
    const { open, sandbox } = await scene()
    const bodies: string[] = []
    sandbox.control.watch(({ call }) => {
      if (call.method === 'POST') bodies.push(String(call.rawBody))
    })
    const target = open()
    await target.identify(signal)
    for (const notify of [true, false]) {
      const order = {
        seq: 1,
        kind: 'account.create',
        after: { userName: `mail-${notify}`, email: `m${notify}@acme.example` },
      } as const
      await target.operations['account.create']?.apply([order], { signal, notify })
    }
    expect(bodies[0]).toContain('"notifyViaEmail":true')
    expect(bodies[0]).not.toContain('password')
    expect(bodies[1]).toMatch(/"password":".{40,}"/)
  })
})

describe('the doctor', () => {
  it('says that nobody is disabled where Confluence does not tell who is: a return would go unnoticed', async () => {
    const { target, doctor } = await scene({ variants: { userStatus: 'absent' } })
    expect((await doctor()).capabilities).toContain('Not possible: deactivate, reactivate')
    expect((await target.identify(signal)).notOffered['account.deactivate']).toContain('remove-access')
    expect(target.operations['account.deactivate']).toBeUndefined()
  })

  it('trap 41 an expired token is told as such, and a good one finds nothing wrong', async () => {
    const { doctor, sandbox } = await scene()
    expect(Object.values(await doctor()).filter((row) => row.startsWith('failed'))).toEqual([])
    sandbox.control.edit({ action: 'expire-credential', credential: 'accessToken' })
    expect((await doctor())['sign-in']).toContain('failed: Confluence does not accept the personal access token')
  })
})

describe('whatever the documents leave open', () => {
  const alternatives = Object.entries(confluenceDcVariants).flatMap(([name, { values }]) =>
    values.slice(1).map((value): [string, Record<string, string>] => [`${name}=${value}`, { [name]: value }]),
  )
  it.each(alternatives)('each kind of write comes out right, twice, with %s', async (_, variants) => {
    const { twice, apply, person, target, sandbox } = await scene({ variants })
    expect(await listed(target.users(signal))).toHaveLength(sandbox.control.twin.store.users.length)
    const ruby = person('ruby.hughes')
    const { notOffered } = await target.identify(signal)
    const switches = (['account.deactivate', 'account.activate'] as const).filter(
      (kind) => notOffered[kind] === undefined,
    )
    expect(switches).toHaveLength(variants.userStatus === 'absent' ? 0 : 2)
    await twice([
      {
        kind: 'account.create',
        after: { userName: 'fresh.face', email: 'fresh@acme.example', displayName: 'Fresh Face' },
      },
      { kind: 'group.create', after: { name: 'new-crew' } },
      { kind: 'membership.add', accountId: ruby, groupId: 'developers' },
      { kind: 'membership.remove', accountId: ruby, groupId: 'Support' },
      ...switches.map((kind) => ({ kind, accountId: ruby })),
    ])
    const renamed = await apply({ kind: 'account.update', accountId: ruby, after: { displayName: 'Ruby Miller' } })
    expect(renamed).toBe('applied')
  })
})
