import { expect, it } from 'vitest'
import { change, directoryKey, noon, savedPlan, takenFence } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { type Lesson, markOf } from '../../domain/memory.ts'
import type { SourceReadSummary } from '../../domain/snapshot.ts'

const read = (snapshotId: string): SourceReadSummary => ({
  snapshotId,
  takenAt: noon,
  readFingerprint: 'all',
  connectionVersion: 1,
  semanticsVersion: 1,
  users: 1,
  activeUsers: 1,
  groupMembers: {},
  filled: {},
})

describeOnBothStores('attributes in the memory', (current) => {
  const learn = async (connection: string, ...lessons: readonly Lesson[]) => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)], { connection })
    await store.plans.record(plan.id, run.id, await takenFence(store), [], lessons)
  }
  const memory = () => current().store.directories.memory('staff', 'corp', directoryKey, noon)

  const value = (accountId: string, text: string | null, how: 'written' | 'set-back' = 'written'): Lesson => ({
    lesson: 'value',
    accountId,
    attribute: 'title',
    value: text,
    how,
  })
  /** `account value connection`, as far as the value is one of these. */
  const written = async (...texts: readonly string[]) =>
    (await memory()).written
      .flatMap(({ connection, attribute, accountIds, marks }) =>
        accountIds.map((id, at) => {
          const text = texts.find((each) => markOf(attribute, each) === marks[at]) ?? '?'
          return `${id} ${text} ${connection}`
        }),
      )
      .sort()

  it('know who wrote a value last, and that nobody did when it was emptied', async () => {
    await learn('staff', value('ann', 'Boss'), value('bob', 'Zürich ✓'), value('bob', 'Dev'))
    expect(await written('Boss', 'Dev')).toEqual(['ann Boss staff', 'bob Dev staff'])
    await learn('guests', value('ann', 'Lead'))
    expect(await written('Boss', 'Dev', 'Lead')).toEqual(['ann Lead guests', 'bob Dev staff'])
    await learn('staff', value('ann', null), value('cid', null))
    expect(await written('Lead', 'Dev')).toEqual(['bob Dev staff'])
    await learn('staff', value('ann', 'Boss'))
    expect(await written('Boss', 'Dev')).toEqual(['ann Boss staff', 'bob Dev staff'])
  })

  it('a value that an undo sets back is ours only if it was ours when it last stood', async () => {
    await learn('guests', value('ann', 'Boss'))
    await learn('staff', value('ann', 'Dev'), value('bob', 'Dev'))
    await learn('staff', value('ann', 'Boss', 'set-back'), value('bob', 'by hand', 'set-back'))
    expect(await written('Boss', 'by hand')).toEqual(['ann Boss guests'])
    await learn('staff', value('ann', null))
    await learn('staff', value('ann', 'Boss', 'set-back'))
    expect(await written('Boss')).toEqual(['ann Boss guests'])
    await learn('staff', value('ann', null, 'set-back'))
    expect(await written('Boss')).toEqual([])
  })

  it('know what the last good read of each connection delivers, for the accounts that are linked now', async () => {
    const { store } = current()
    const link = (sourceKey: string, accountId: string): Lesson => ({
      lesson: 'link',
      source: 'corp',
      sourceKey,
      accountId,
      how: 'created',
    })
    await learn('staff', link('1', 'ann'), link('2', 'bob'))
    const keysByAttribute = { title: ['1', '2', 'later'], office: ['2'] }
    await store.snapshots.save('staff', 'run-1', read('s1'), { source: 'corp', keysByAttribute })
    expect((await memory()).deliveries).toEqual([])
    await store.snapshots.accept('staff', 's1')
    const office = ['bob']
    expect((await memory()).deliveries).toEqual([
      { connection: 'staff', accountIds: { office, title: ['ann', 'bob'] } },
    ])
    // Somebody who was new in that read is linked by the run that created them.
    await learn('staff', link('later', 'cid'))
    expect((await memory()).deliveries[0]?.accountIds.title).toEqual(['ann', 'bob', 'cid'])

    // A later read counts when it was accepted, also with nothing in it; one in which nobody asked says nothing.
    await store.snapshots.save('staff', 'run-2', read('s2'), { source: 'corp', keysByAttribute: {} })
    expect((await memory()).deliveries[0]?.accountIds).toEqual({ office, title: ['ann', 'bob', 'cid'] })
    await store.snapshots.accept('staff', 's2')
    expect((await memory()).deliveries).toEqual([{ connection: 'staff', accountIds: {} }])
    await store.snapshots.save('staff', 'run-3', read('s3'))
    await store.snapshots.accept('staff', 's3')
    expect((await memory()).deliveries).toEqual([])
  })

  it('know nothing of another source in which somebody has the same key', async () => {
    const { store } = current()
    await learn('staff', { lesson: 'link', source: 'corp', sourceKey: '1', accountId: 'ann', how: 'created' })
    await store.snapshots.save('guests', 'run-1', read('g1'), { source: 'other', keysByAttribute: { title: ['1'] } })
    await store.snapshots.accept('guests', 'g1')
    expect((await memory()).deliveries).toEqual([{ connection: 'guests', accountIds: {} }])
  })
})
