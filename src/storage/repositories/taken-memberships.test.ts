import { expect, it } from 'vitest'
import {
  change,
  directoryKey,
  noon,
  sampleRun,
  savedPlan,
  takenFence,
  targetRead,
} from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { Lesson } from '../../domain/memory.ts'

const hour = 3_600_000

describeOnBothStores('memberships that a leaver stage took', (current) => {
  const learn = async (connection: string, ...lessons: readonly Lesson[]) => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)], { connection })
    await store.plans.record(plan.id, run.id, await takenFence(store), [], lessons)
  }
  const take = (accountId: string, group: string): readonly Lesson[] => [
    { lesson: 'member', groupId: `group-${group}`, accountId, present: false },
    { lesson: 'taken', groupId: `group-${group}`, accountId },
  ]
  const taken = async (connection = 'staff') =>
    (await current().store.directories.memory(connection, 'corp', directoryKey, noon)).taken.map(
      ({ groupId, accountIds }) => `${groupId} ${accountIds.join(',')}`,
    )

  it('are remembered by connection until they are there again, whoever gave them back', async () => {
    const { store } = current()
    await learn('staff', ...take('ann', 'dev'), ...take('bob', 'dev'), ...take('ann', 'ops'))
    await learn('guests', ...take('ann', 'ops'))
    expect(await taken()).toEqual(['group-dev ann,bob', 'group-ops ann'])
    expect(await taken('guests')).toEqual(['group-ops ann'])
    await learn('staff', { lesson: 'member', groupId: 'group-ops', accountId: 'ann', present: true })
    expect([await taken(), await taken('guests')]).toEqual([['group-dev ann,bob'], []])
    // Somebody gives one back by hand, and a read shows it.
    const run = await store.runs.create(sampleRun())
    await store.directories.observe(run.id, targetRead({ dev: ['bob'] }, { takenAt: Date.now() + hour }))
    expect(await taken()).toEqual(['group-dev ann'])
    await learn('staff', ...take('bob', 'dev'))
    expect(await taken()).toEqual(['group-dev ann,bob'])
  })

  it('stay taken when a person decides so', async () => {
    const { store } = current()
    await learn('staff', ...take('ann', 'dev'), ...take('ann', 'ops'), ...take('bob', 'dev'))
    const about = { of: 'person', source: 'corp', key: 'key-ann' } as const
    const choice = { decision: 'leave-taken', objectId: 'ann' } as const
    const item = {
      reason: 'memberships-taken',
      subject: 'person:corp:key-ann',
      label: 'Ann',
      message: 'Is back',
    } as const
    await store.workItems.reconcile('staff', directoryKey, [{ ...item, about, choices: [choice] }])
    const [open] = (await store.workItems.list({}, { limit: 10 })).items
    await store.decisions.decide(open!.id, choice, [{ effect: 'leave-taken', accountId: 'ann' }], 'os:anna')
    expect(await taken()).toEqual(['group-dev bob'])
    expect((await store.workItems.list({}, { limit: 10 })).items).toEqual([])
  })
})
