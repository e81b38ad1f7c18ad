import { expect, it } from 'vitest'
import { change, directoryKey, noon, sampleRun, savedPlan, takenFence } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { Lesson } from '../../domain/memory.ts'
import type { ChangeRecord } from '../../domain/plan.ts'

const jira = { product: 'ari:cloud:jira-software::site/1', role: 'user' }
const admin = { ...jira, role: 'product admin' }

describeOnBothStores('product access and custom attributes', (current) => {
  /** Teaches under a run of its own; returns the id of the run. */
  const learn = async (connection: string, lessons: readonly Lesson[]) => {
    const { store } = current()
    const { plan } = await savedPlan(store, [change(1)], { connection })
    const run = await store.runs.create(sampleRun({ connection }))
    const fence = await takenFence(store)
    await store.plans.record(plan.id, run.id, fence, [{ seq: 1, outcome: 'applied' }], lessons)
    return run.id
  }
  const memory = async () => await current().store.directories.memory('staff', 'hr', directoryKey, noon)
  const given = (accountId: string, access = jira, rule = 'users.access[0]'): Lesson => ({
    lesson: 'access',
    accountId,
    access,
    rule,
    how: 'written',
  })

  it('keeps what each connection gives, until it ends it', async () => {
    await learn('staff', [given('ann'), given('bob'), given('ann', admin)])
    await learn('guests', [given('ann', jira, 'users.access[1]')])
    expect((await memory()).access).toEqual([
      { ...admin, connection: 'staff', rule: 'users.access[0]', accountIds: ['ann'] },
      { ...jira, connection: 'guests', rule: 'users.access[1]', accountIds: ['ann'] },
      { ...jira, connection: 'staff', rule: 'users.access[0]', accountIds: ['ann', 'bob'] },
    ])
    const ending = await learn('staff', [{ lesson: 'no-access', accountId: 'ann', access: jira }])
    expect((await memory()).access.map(({ role, connection, accountIds }) => [role, connection, accountIds])).toEqual([
      ['product admin', 'staff', ['ann']],
      ['user', 'guests', ['ann']],
      ['user', 'staff', ['bob']],
    ])
    const { store } = current()
    expect(await store.directories.grantsEnded('staff', directoryKey, ending)).toEqual({
      grants: [],
      access: [{ ...jira, connection: 'staff', rule: 'users.access[0]', accountIds: ['ann'] }],
    })
    expect(await store.directories.grantsEnded('guests', directoryKey, ending)).toEqual({ grants: [], access: [] })
  })

  it('lets the last lesson on one access stand, and a new rule take the place of the old one', async () => {
    await learn('staff', [given('ann'), { lesson: 'no-access', accountId: 'ann', access: jira }])
    expect((await memory()).access).toEqual([])
    await learn('staff', [given('ann')])
    await learn('staff', [given('ann', jira, 'users.access[3]')])
    expect((await memory()).access).toEqual([
      { ...jira, connection: 'staff', rule: 'users.access[3]', accountIds: ['ann'] },
    ])
  })

  it('merges custom values and forgets those that were cleared', async () => {
    const custom = (accountId: string, values: Record<string, string | string[] | null>): Lesson => ({
      lesson: 'custom',
      accountId,
      values,
    })
    await learn('staff', [custom('ann', { 'Cost centre': '4711', Floor: '2' }), custom('bob', { Floor: '3' })])
    await learn('guests', [custom('ann', { Badge: 'red' })])
    await learn('staff', [custom('ann', { Floor: null, Languages: ['de', 'en'] })])
    expect((await memory()).custom).toEqual([
      { accountId: 'ann', connection: 'staff', values: { 'Cost centre': '4711', Languages: ['de', 'en'] } },
      { accountId: 'ann', connection: 'guests', values: { Badge: 'red' } },
      { accountId: 'bob', connection: 'staff', values: { Floor: '3' } },
    ])
  })

  it('leaves each custom value with the connection that wrote it last', async () => {
    const custom = (values: Record<string, string | null>): Lesson => ({ lesson: 'custom', accountId: 'ann', values })
    await learn('staff', [custom({ badge: '1', cost: 'A' })])
    await learn('guests', [custom({ badge: '2' })])
    expect((await memory()).custom).toEqual([
      { accountId: 'ann', connection: 'staff', values: { cost: 'A' } },
      { accountId: 'ann', connection: 'guests', values: { badge: '2' } },
    ])
    await learn('staff', [custom({ badge: null })])
    expect((await memory()).custom).toEqual([{ accountId: 'ann', connection: 'staff', values: { cost: 'A' } }])
  })

  it('remembers how an account was switched off', async () => {
    await learn('staff', [{ lesson: 'deactivated', accountId: 'ann', how: 'suspended' }])
    await learn('staff', [{ lesson: 'deactivated', accountId: 'ann', how: 'disabled' }])
    const how = async () => (await memory()).deactivations.map((each) => each.how)
    expect(await how()).toEqual(['both'])
    await learn('staff', [{ lesson: 'reactivated', accountId: 'ann', how: 'disabled' }])
    expect(await how()).toEqual(['suspended'])
    await learn('staff', [{ lesson: 'reactivated', accountId: 'ann', how: 'disabled' }])
    expect(await how()).toEqual(['suspended'])
    await learn('staff', [{ lesson: 'reactivated', accountId: 'ann', how: 'suspended' }])
    expect(await how()).toEqual([])
  })

  it('gives back what a change says about access, leads and passengers', async () => {
    const { store } = current()
    const { sourceGroup: _, group: __, groupLabel: ___, ...base } = change(1)
    const changes: ChangeRecord[] = [
      { ...base, kind: 'account.create', joins: [2, 3] },
      { ...base, seq: 2, kind: 'access.grant', access: jira },
      {
        ...base,
        seq: 3,
        kind: 'lead.handover',
        lead: { kind: 'project', id: '10001', name: 'Web shop', project: 'SHOP', to: { id: 'bob', label: 'Bob' } },
      },
    ]
    const { plan } = await savedPlan(store, changes)
    expect((await store.plans.changes(plan.id, {}, { limit: 10 })).items).toEqual(changes)
  })

  it('tells access that was written a moment ago and cannot be seen yet', async () => {
    const { store } = current()
    const { group: _, groupLabel: __, ...base } = change(1)
    const { plan, run } = await savedPlan(store, [{ ...base, kind: 'access.grant', access: jira }])
    const fence = await takenFence(store)
    await store.plans.record(plan.id, run.id, fence, [{ seq: 1, outcome: 'applied' }], [])
    const { settling } = await store.directories.memory('staff', 'hr', directoryKey, Date.now())
    expect([...settling]).toEqual([`grant:${jira.product} user:account-1`])
  })
})
