import { expect, it } from 'vitest'
import { change, directoryKey, sampleRun, savedPlan, takenFence, targetRead } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'

const minute = 60_000

describeOnBothStores('deactivations that we made', (current) => {
  const deactivate = async (accountId: string) => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.plans.record(
      plan.id,
      run.id,
      await takenFence(store),
      [{ seq: 1, outcome: 'applied' }],
      [
        { lesson: 'account', accountId, label: accountId, state: 'suspended' },
        { lesson: 'deactivated', accountId, how: 'suspended' },
      ],
    )
  }
  /** A read of the target so many minutes from now, in which the accounts have these states. */
  const observe = async (minutes: number, states: Readonly<Record<string, 'active' | 'suspended' | 'disabled'>>) => {
    const { store } = current()
    const run = await store.runs.create(sampleRun())
    const read = targetRead({ dev: Object.keys(states) }, { takenAt: Date.now() + minutes * minute })
    const accounts = read.accounts.map((account) => ({ ...account, state: states[account.id] ?? 'active' }))
    await store.directories.observe(run.id, { ...read, accounts })
  }
  const ours = async () =>
    (await current().store.directories.memory('staff', 'corp', directoryKey, Date.now())).deactivations.map(
      ({ accountId }) => accountId,
    )

  it("stop being ours when somebody lifts them, so that a later suspension is somebody else's", async () => {
    await deactivate('ann')
    await deactivate('bob')
    await observe(10, { ann: 'suspended', bob: 'suspended' })
    expect(await ours()).toEqual(['ann', 'bob'])
    await observe(20, { ann: 'active', bob: 'suspended' })
    expect(await ours()).toEqual(['bob'])
    await observe(30, { ann: 'suspended', bob: 'suspended' })
    expect(await ours()).toEqual(['bob'])
  })

  it('stay ours while they may only be invisible yet, and while the whole account is switched off', async () => {
    await deactivate('ann')
    await observe(1, { ann: 'active' })
    expect(await ours()).toEqual(['ann'])
    await observe(2, { ann: 'suspended' })
    await observe(30, { ann: 'disabled' })
    await observe(40, { ann: 'suspended' })
    expect(await ours()).toEqual(['ann'])
  })
})
