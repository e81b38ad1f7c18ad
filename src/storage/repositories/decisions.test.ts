import { expect, it } from 'vitest'
import { change, directoryKey, savedPlan, takenFence } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { type Choice, effectsOf, type Subject } from '../../domain/decision.ts'
import type { ExceptionDecision, ExceptionKind } from '../../domain/exception.ts'
import type { WorkItem } from '../../domain/work-item.ts'

const ann: Subject = { of: 'person', source: 'corp', key: 'ann' }
const dev: Subject = { of: 'group', source: 'corp', key: 'dev', rule: 'byName' }

function item(reason: WorkItem['reason'], about: Subject, choices: readonly Choice[]): WorkItem {
  const subject = `${about.of}:${about.source}:${about.key}`
  return { reason, subject, label: about.key, message: 'What now?', about, choices }
}

describeOnBothStores('decisions', (current) => {
  const memory = () => current().store.directories.memory('staff', 'corp', directoryKey, Date.now())

  /** Opens an item and answers it. */
  const decide = async (opened: WorkItem, choice: Choice) => {
    const { store } = current()
    await store.workItems.reconcile('staff', directoryKey, [opened])
    const [kept] = (await store.workItems.list({ connection: 'staff' }, { limit: 1 })).items
    const effects = effectsOf(opened.about!, choice, opened.choices ?? [])
    await store.decisions.decide(kept!.id, choice, effects, 'os:anna')
    return kept!
  }

  /** A link, a grant and a deactivation of somebody. */
  const learned = async (accountId: string, sourceKey: string) => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.plans.record(
      plan.id,
      run.id,
      await takenFence(store),
      [{ seq: 1, outcome: 'applied' }],
      [
        { lesson: 'link', source: 'corp', sourceKey, accountId, how: 'email' },
        { lesson: 'vouch', source: 'corp', sourceKey, accountId },
        { lesson: 'grant', groupId: 'group-dev', accountId, rule: 'groups.byName', how: 'written' },
        { lesson: 'deactivated', accountId, how: 'suspended' },
        {
          lesson: 'group-link',
          source: 'corp',
          groupKey: 'dev',
          rule: 'byName',
          groupId: 'group-dev',
          sourceName: 'dev',
          name: 'dev',
        },
      ],
    )
  }

  it('keeps the last word about one thing beside the rules, and each connection ends its own', async () => {
    const { exceptions, directories } = current().store
    const about = { kind: 'membership-foreign', accountId: 'A1', groupId: 'G1' } as const
    const value = { kind: 'value-changed', accountId: 'A2', attribute: 'title' } as const
    const decide = (connection: string, what: Parameters<typeof exceptions.decide>[2]) =>
      exceptions.decide(connection, directoryKey, what, 'user:eva', 'why')
    await decide('staff', [
      { about, decision: 'keep', label: 'ann in dev' },
      { about: value, decision: 'keep', label: 'title of bob' },
    ])
    await decide('partners', [{ about, decision: 'keep', label: 'ann in dev' }])
    await decide('staff', [{ about, decision: 'revert', label: 'ann in dev' }])
    const standing = async () =>
      (await memory()).exceptions.map(({ connection, kind, decision }) => [connection, kind, decision])
    expect((await standing()).sort()).toEqual([
      ['partners', 'membership-foreign', 'keep'],
      ['staff', 'membership-foreign', 'revert'],
      ['staff', 'value-changed', 'keep'],
    ])
    const some = await directories.memory('staff', 'corp', directoryKey, Date.now(), { people: [], accounts: ['A2'] })
    expect(some.exceptions.map(({ accountId, attribute }) => [accountId, attribute])).toEqual([['A2', 'title']])
    const { items } = await exceptions.list('staff', { kinds: ['membership-foreign'] }, { limit: 10 })
    expect(items).toMatchObject([{ ...about, decision: 'revert', comment: 'why', decidedBy: 'user:eva', directoryKey }])
    expect(await exceptions.end('partners', [items[0]!.id], 'user:eva')).toBe(0)
    // Without a decision only what stood before ends.
    await decide('staff', [{ about, label: 'ann in dev' }])
    expect((await exceptions.list('staff', {}, { limit: 1 })).items).toMatchObject([value])
  })

  it('numbers items, keeps what can be decided, and finds them by number and id', async () => {
    const { store } = current()
    const choices: Choice[] = [{ decision: 'link', objectId: 'A1', label: 'Ann <ann@x.test>' }, { decision: 'none' }]
    const first = item('correlation-ambiguous', ann, choices)
    await store.workItems.reconcile('staff', directoryKey, [first, item('group-name-conflict', dev, [])])
    const { items } = await store.workItems.list({}, { limit: 10 })
    expect(items).toMatchObject([
      { ...first, number: 1, connection: 'staff' },
      { reason: 'group-name-conflict', number: 2 },
    ])
    expect(await store.workItems.get('1')).toMatchObject(first)
    expect(await store.workItems.get(items[1]!.id)).toMatchObject({ number: 2 })
    expect(await store.workItems.get('3')).toBeUndefined()
    expect(await store.workItems.get('no such id')).toBeUndefined()
    const byReason = await store.workItems.list({ reason: 'group-name-conflict' }, { limit: 10 })
    expect(byReason.items.map(({ number }) => number)).toEqual([2])
  })

  it('turns an answer about an account into a link and closes the item, also of other connections', async () => {
    const { store } = current()
    const asked = item('correlation-ambiguous', ann, [{ decision: 'link', objectId: 'A1' }, { decision: 'none' }])
    await store.workItems.reconcile('interns', directoryKey, [asked])
    await decide(asked, { decision: 'link', objectId: 'A1' })
    expect((await memory()).links).toMatchObject([
      { source: 'corp', sourceKey: 'ann', accountId: 'A1', how: 'decided' },
    ])
    expect((await store.workItems.list({}, { limit: 10 })).items).toEqual([])
    expect((await memory()).decisions).toEqual([])
  })

  it('takes the account from the record of the same source that had it', async () => {
    await learned('A1', 'old')
    await decide(item('rehire', ann, [{ decision: 'link', objectId: 'A1' }]), { decision: 'link', objectId: 'A1' })
    const { links, accountGrants, grants, deactivations } = await memory()
    expect(links).toMatchObject([{ sourceKey: 'ann', accountId: 'A1' }])
    // Who vouched for the old record does so no more; what we did to the account stays known.
    expect(accountGrants).toEqual([])
    expect(grants).toHaveLength(1)
    expect(deactivations).toMatchObject([{ accountId: 'A1' }])
  })

  it('remembers whose account it is not', async () => {
    const choices: Choice[] = [
      { decision: 'link', objectId: 'A1' },
      { decision: 'link', objectId: 'A2' },
      { decision: 'none' },
    ]
    await decide(item('correlation-ambiguous', ann, choices), { decision: 'none' })
    const { links, decisions } = await memory()
    expect(links).toEqual([])
    expect(decisions).toEqual([
      { id: '1', subject: ann, decision: 'none', objectId: 'A1' },
      { id: '2', subject: ann, decision: 'none', objectId: 'A2' },
    ])
    const elsewhere = await current().store.directories.memory('staff', 'other', directoryKey, Date.now())
    expect(elsewhere.decisions).toEqual([])
  })

  it.each([
    ['recreate', []],
    ['forget', [{ id: '1', subject: ann, decision: 'forget' }]],
  ] as const)('lets go of an account that is gone with %s', async (decision, remembered) => {
    await learned('A9', 'ann')
    await decide(item('account-gone', ann, [{ decision, objectId: 'A9' }]), { decision, objectId: 'A9' })
    const after = await memory()
    expect(after).toMatchObject({ links: [], grants: [], deactivations: [], accountGrants: [] })
    expect(after.decisions).toEqual(remembered)
  })

  it.each([
    ['recreate', []],
    ['forget', [{ id: '1', subject: dev, decision: 'ignore' }]],
  ] as const)('lets go of a group that is gone with %s', async (decision, remembered) => {
    await learned('A1', 'ann')
    const gone = item('group-gone-in-target', dev, [{ decision, objectId: 'group-dev' }])
    await decide(gone, { decision, objectId: 'group-dev' })
    const after = await memory()
    expect(after).toMatchObject({ groupLinks: [], grants: [] })
    expect(after.links).toHaveLength(1)
    expect(after.decisions).toEqual(remembered)
  })

  it('links a source group to the group of another one', async () => {
    const asked = item('group-name-conflict', dev, [{ decision: 'link', objectId: 'group-dev' }])
    await decide(asked, { decision: 'link', objectId: 'group-dev' })
    expect((await memory()).groupLinks).toEqual([
      { source: 'corp', groupKey: 'dev', rule: 'byName', groupId: 'group-dev' },
    ])
  })

  it('answers an item once, and an item that closed by itself not at all', async () => {
    const { store } = current()
    const asked = item('suspended-outside', ann, [{ decision: 'reactivate', objectId: 'A1' }])
    const choice: Choice = { decision: 'reactivate', objectId: 'A1' }
    const kept = await decide(asked, choice)
    const again = store.decisions.decide(kept.id, choice, effectsOf(ann, choice, [choice]), 'os:bob')
    await expect(again).rejects.toMatchObject({ code: 'conflict' })
    expect((await memory()).decisions).toHaveLength(1)
  })

  it('lists what stands, the newest first, and forgets what was revoked or spent', async () => {
    const { store } = current()
    for (const key of ['ann', 'bob', 'cid']) {
      await decide(item('account-gone', { ...ann, key }, [{ decision: 'forget', objectId: `of-${key}` }]), {
        decision: 'forget',
        objectId: `of-${key}`,
      })
    }
    const first = await store.decisions.list({ limit: 2 })
    expect(first.items.map(({ subject, decidedBy }) => [subject.key, decidedBy])).toEqual([
      ['cid', 'os:anna'],
      ['bob', 'os:anna'],
    ])
    const rest = await store.decisions.list({ limit: 2, cursor: first.next })
    expect(rest.items.map(({ subject, directoryKey: where }) => [subject.key, where])).toEqual([['ann', directoryKey]])
    expect(await store.decisions.end(['1', '3'], 'os:anna')).toBe(2)
    expect(await store.decisions.end(['1', 'nothing', '99'], 'os:anna')).toBe(0)
    expect((await memory()).decisions.map(({ id }) => id)).toEqual(['2'])
  })

  it('spends what was ordered beside the rules the moment it has happened, and not what is kept', async () => {
    const { store } = current()
    const order = (accountId: string, kind: ExceptionKind, decision: ExceptionDecision, groupId?: string) => ({
      about: { kind, accountId, ...(groupId === undefined ? {} : { groupId }) },
      decision,
      label: accountId,
    })
    const lift = (accountId: string) => order(accountId, 'account-suspended', 'revert')
    const decided = [
      ...[lift('A1'), lift('A2')],
      ...[order('B1', 'account-unmanaged', 'deactivate'), order('B2', 'account-orphaned', 'deactivate')],
      order('C1', 'membership-foreign', 'revert', 'group-dev'),
      order('C1', 'membership-foreign', 'revert', 'group-ops'),
      order('C2', 'membership-foreign', 'keep', 'group-dev'),
    ]
    await store.exceptions.decide('staff', directoryKey, decided, 'user:eva', undefined)
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.plans.record(
      plan.id,
      run.id,
      await takenFence(store),
      [{ seq: 1, outcome: 'applied' }],
      [
        { lesson: 'reactivated', accountId: 'A1', how: 'suspended' },
        { lesson: 'deactivated', accountId: 'B1', how: 'suspended' },
        { lesson: 'member', groupId: 'group-dev', accountId: 'C1', present: false },
        { lesson: 'member', groupId: 'group-ops', accountId: 'C1', present: true },
        { lesson: 'member', groupId: 'group-dev', accountId: 'C2', present: false },
      ],
    )
    const left = (await memory()).exceptions.map(({ accountId, groupId = '' }) => `${accountId} ${groupId}`.trim())
    expect(left.sort()).toEqual(['A2', 'B2', 'C1 group-ops', 'C2 group-dev'])
  })

  it('spends a reactivation the moment it has happened', async () => {
    const { store } = current()
    const choice: Choice = { decision: 'reactivate', objectId: 'A1' }
    for (const key of ['ann', 'bob']) {
      const objectId = key === 'ann' ? 'A1' : 'B1'
      await decide(item('suspended-outside', { ...ann, key }, [{ ...choice, objectId }]), { ...choice, objectId })
    }
    const { plan, run } = await savedPlan(store, [change(1)])
    const lessons = [{ lesson: 'reactivated', accountId: 'A1', how: 'suspended' }] as const
    await store.plans.record(plan.id, run.id, await takenFence(store), [{ seq: 1, outcome: 'applied' }], lessons)
    expect((await memory()).decisions.map(({ objectId }) => objectId)).toEqual(['B1'])
  })

  it('keeps texts of any kind', async () => {
    const key = `a\u0000b ' " \u202e 💥`
    const choice: Choice = { decision: 'forget', objectId: 'x' }
    await decide(item('account-gone', { ...ann, key }, [choice]), choice)
    expect((await current().store.decisions.list({ limit: 1 })).items).toHaveLength(1)
  })
})
