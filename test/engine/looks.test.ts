import { expect, it } from 'vitest'
import { fail } from '../../src/domain/errors.ts'
import type { ChangeRecord } from '../../src/domain/plan.ts'
import { type Directory, directory } from '../doubles/directory-target.ts'
import { directoryKey, noon } from '../support/plans.ts'
import { describeOnBothStores } from '../support/store.ts'
import { carriedOut, only } from './applying.ts'

const jira = { product: 'jira', role: 'user' }
const ann = { account: { id: 'ann' }, accountLabel: 'ann', person: { key: 'ann', label: 'ann' } }
const lead = { kind: 'project', id: '1', name: 'Shop', project: 'SHOP', to: { id: 'max', label: 'max' } } as const

function held(part: Partial<Directory> = {}): Directory {
  const person = (email: string) => ({
    email,
    state: 'active' as const,
    groups: new Set<string>(),
    access: [],
    custom: {},
  })
  return directory({
    people: new Map([
      ['ann', person('ann@x.test')],
      ['max', person('max@x.test')],
    ]),
    leads: new Map([['project:1', { kind: 'project', id: '1', name: 'Shop', project: 'SHOP', lead: 'ann' }]]),
    ...part,
  })
}

describeOnBothStores('looking before and after a write', (current) => {
  const carry = async (directory: Directory, ...changes: ChangeRecord[]) => {
    const { outcomes, planId } = await carriedOut(current().store, directory, changes)
    const { items } = await current().store.plans.changes(planId, {}, { limit: 100 })
    return { outcomes: await outcomes(), sent: directory.sent.map(({ kind }) => kind), items }
  }
  const memory = async () => await current().store.directories.memory('staff', 'hr', directoryKey, noon)

  it('hands a lead over before the account is deactivated', async () => {
    const directory = held()
    const { outcomes, sent } = await carry(
      directory,
      only(1, { kind: 'lead.handover', ...ann, lead }),
      only(2, { kind: 'account.deactivate', ...ann, needs: [1] }),
    )
    expect(outcomes).toEqual({ 1: 'applied!', 2: 'applied!' })
    expect(sent).toEqual(['lead.handover', 'account.deactivate'])
    expect(directory.leads.get('project:1')?.lead).toBe('max')
  })

  it('does not deactivate somebody whose lead nobody took over', async () => {
    const directory = held({
      trouble: ({ kind }) => (kind === 'lead.handover' ? fail.rejected('Not assignable.') : undefined),
    })
    const { outcomes } = await carry(
      directory,
      only(1, { kind: 'lead.handover', ...ann, lead }),
      only(2, { kind: 'account.deactivate', ...ann, needs: [1] }),
    )
    expect(outcomes).toEqual({ 1: 'failed', 2: 'skipped' })
    expect(directory.people.get('ann')?.state).toBe('active')
  })

  it('takes no lead from somebody who got it meanwhile, and none that is gone', async () => {
    const directory = held()
    directory.leads.get('project:1')!.lead = 'zoe'
    const { outcomes, sent, items } = await carry(
      directory,
      only(1, { kind: 'lead.handover', ...ann, lead }),
      only(2, { kind: 'lead.handover', ...ann, lead: { ...lead, id: '9' } }),
    )
    expect(outcomes).toEqual({ 1: 'skipped', 2: 'skipped' })
    expect(sent).toEqual([])
    expect(items.map(({ message }) => message)).toEqual([
      'Somebody else leads the project now.',
      'The project no longer exists in the target.',
    ])
  })

  it('knows a lead that was handed over already', async () => {
    const directory = held()
    directory.leads.get('project:1')!.lead = 'max'
    expect((await carry(directory, only(1, { kind: 'lead.handover', ...ann, lead }))).outcomes).toEqual({
      1: 'alreadyTrue',
    })
  })

  it('gives no access that a group gives already, and remembers that we vouch for it', async () => {
    const directory = held({ groups: new Map([['JSU', { name: 'jsu', grants: [jira] }]]) })
    directory.people.get('ann')!.groups.add('JSU')
    const { outcomes, sent } = await carry(
      directory,
      only(1, { kind: 'access.grant', ...ann, access: jira, rule: 'users.access[0]' }),
    )
    expect([outcomes, sent]).toEqual([{ 1: 'alreadyTrue' }, []])
    expect((await memory()).access).toMatchObject([{ ...jira, rule: 'users.access[0]', accountIds: ['ann'] }])
  })

  it('gives and takes no access on an account that is gone or not active', async () => {
    const directory = held()
    directory.people.get('ann')!.state = 'suspended'
    const grant = { kind: 'access.grant', access: jira } as const
    const { outcomes, sent } = await carry(
      directory,
      only(1, { ...grant, ...ann }),
      only(2, { ...grant, account: { id: 'nobody' } }),
    )
    expect([outcomes, sent]).toEqual([{ 1: 'skipped', 2: 'skipped' }, []])
    expect((await memory()).access).toEqual([])
  })

  it('forgets access again that it gave and nobody can see', async () => {
    const directory = held({ invisible: ({ kind }) => kind === 'access.grant' })
    const { outcomes } = await carry(
      directory,
      only(1, { kind: 'access.grant', ...ann, access: jira, rule: 'users.access[0]' }),
    )
    expect(outcomes).toEqual({ 1: 'unproven' })
    expect((await memory()).access).toEqual([])
  })

  it('still vouches for access whose end nobody can see', async () => {
    const directory = held({ invisible: ({ kind }) => kind === 'access.revoke' })
    directory.people.get('ann')!.access.push(jira)
    const { outcomes } = await carry(
      directory,
      only(1, { kind: 'access.revoke', ...ann, access: jira, rule: 'users.access' }),
    )
    expect(outcomes).toEqual({ 1: 'unproven' })
    expect((await memory()).access).toMatchObject([{ ...jira, accountIds: ['ann'] }])
  })

  it('still vouches for a membership whose end nobody can see, and for none for which nobody vouched', async () => {
    const directory = held({
      groups: new Map([['DEV', { name: 'dev', grants: [] }]]),
      invisible: ({ kind }) => kind === 'membership.remove',
    })
    directory.people.get('max')!.groups.add('DEV')
    const max = { account: { id: 'max' }, accountLabel: 'max' }
    const dev = { group: { id: 'DEV' }, groupLabel: 'dev', rule: 'groups.byName' }
    await carry(directory, only(1, { kind: 'membership.add', ...ann, ...dev }))
    const { outcomes } = await carry(
      directory,
      only(1, { kind: 'membership.remove', ...ann, ...dev }),
      only(2, { kind: 'membership.remove', ...max, ...dev }),
    )
    expect(outcomes).toEqual({ 1: 'unproven', 2: 'unproven' })
    expect((await memory()).grants).toMatchObject([{ groupId: 'DEV', rule: 'groups.byName', accountIds: ['ann'] }])
  })

  it('lets a group into a product, proven by the group', async () => {
    const directory = held({ groups: new Map([['DEV', { name: 'dev', grants: [] }]]) })
    const change = { kind: 'access.grant', group: { id: 'DEV' }, groupLabel: 'dev', access: jira } as const
    expect((await carry(directory, only(1, change))).outcomes).toEqual({ 1: 'applied!' })
    expect((await carry(directory, only(1, change))).outcomes).toEqual({ 1: 'alreadyTrue' })
    expect((await carry(directory, only(1, { ...change, kind: 'access.revoke' }))).outcomes).toEqual({ 1: 'applied!' })
    const gone = { ...change, group: { id: 'GONE' }, groupLabel: 'gone' }
    expect((await carry(directory, only(1, gone))).outcomes).toEqual({ 1: 'skipped' })
    expect((await memory()).access).toEqual([])
  })

  it('tells the target all custom attributes, those that stay as well', async () => {
    const directory = held()
    directory.people.get('ann')!.custom = { Floor: '2', Badge: 'red' }
    const { outcomes } = await carry(
      directory,
      only(1, {
        kind: 'custom.update',
        ...ann,
        before: { Floor: '2' },
        after: { Floor: '3', Badge: null, Cost: '4711' },
      }),
    )
    expect(outcomes).toEqual({ 1: 'applied!' })
    expect(directory.sent[0]?.orders[0]?.after).toEqual({ Floor: '3', Badge: null, Cost: '4711' })
    expect(directory.people.get('ann')!.custom).toEqual({ Floor: '3', Cost: '4711' })
    expect((await memory()).custom).toMatchObject([{ accountId: 'ann', values: { Floor: '3', Cost: '4711' } }])
  })

  it('remembers custom attributes as they were when the new ones cannot be seen', async () => {
    const directory = held({ invisible: ({ kind }) => kind === 'custom.update' })
    const change = {
      kind: 'custom.update',
      ...ann,
      before: { Floor: '2' },
      after: { Floor: '3', Cost: '4711' },
    } as const
    expect((await carry(directory, only(1, change))).outcomes).toEqual({ 1: 'unproven' })
    expect((await memory()).custom).toMatchObject([{ accountId: 'ann', values: { Floor: '2' } }])
  })

  it('disables, enables and deletes, each proven by the account', async () => {
    const directory = held()
    const states = async (kind: ChangeRecord['kind']) => (await carry(directory, only(1, { kind, ...ann }))).outcomes[1]
    expect([await states('account.disable'), await states('account.disable')]).toEqual(['applied!', 'alreadyTrue'])
    expect((await memory()).deactivations).toMatchObject([{ accountId: 'ann', how: 'disabled' }])
    expect([await states('account.enable'), await states('account.enable')]).toEqual(['applied!', 'alreadyTrue'])
    expect((await memory()).deactivations).toEqual([])
    expect([await states('account.delete'), await states('account.delete')]).toEqual(['applied!', 'alreadyTrue'])
    directory.people.delete('ann')
    expect(await states('account.delete')).toBe('alreadyTrue')
  })
})
