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

const becomes = 'atlassian:org-2/dir-2'

describeOnBothStores('a directory that goes by another key', (current) => {
  it('keeps links, ledger and history, renames groups even in a circle, and ends what waited', async () => {
    const { store } = current()
    const observed = await store.runs.create(sampleRun())
    await store.directories.observe(observed.id, targetRead({ dev: ['ann'], ops: ['ann'] }))
    await store.directories.bind('acme', directoryKey)
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.runs.update(run.id, { state: 'waiting', directoryKey })
    const fence = await takenFence(store)
    await store.plans.record(
      plan.id,
      run.id,
      fence,
      [],
      [
        { lesson: 'link', source: 'hr', sourceKey: 'k1', accountId: 'ann', how: 'email' },
        { lesson: 'grant', groupId: 'group-dev', accountId: 'ann', rule: 'groups.byName', how: 'written' },
      ],
    )
    expect(await store.directories.holdings(directoryKey)).toMatchObject({
      targets: ['acme'],
      accounts: [{ id: 'ann', isLinked: true }],
      groups: [{ id: 'group-dev' }],
      counts: { links: 1, grants: 1, groupLinks: 0, access: 0, decisions: 0 },
    })
    expect(await store.directories.holdings(becomes)).toBeUndefined()

    const groups = new Map([
      ['group-dev', 'group-ops'],
      ['group-ops', 'group-dev'],
    ])
    await store.directories.rekey({ from: directoryKey, to: becomes, groups, at: noon })
    expect(await store.directories.boundKey('acme')).toBe(becomes)
    expect([await store.directories.rekeyedAt(becomes), await store.directories.holdings(directoryKey)]).toEqual([
      noon,
      undefined,
    ])
    const memory = await store.directories.memory('staff', 'hr', becomes, noon)
    expect(memory.links).toMatchObject([{ sourceKey: 'k1', accountId: 'ann' }])
    expect(memory.grants).toMatchObject([{ groupId: 'group-ops', accountIds: ['ann'] }])
    expect(await store.directories.members(becomes, 'group-ops')).toMatchObject([{ accountId: 'ann' }])
    expect(await store.plans.get(plan.id)).toMatchObject({ directoryKey: becomes })
    expect(await store.runs.get(run.id)).toMatchObject({ state: 'superseded', directoryKey: becomes })
  })

  it('is not made one with a directory that is known already', async () => {
    const { store } = current()
    await store.directories.bind('acme', directoryKey)
    await store.directories.bind('wiki', becomes)
    const rekey = store.directories.rekey({ from: directoryKey, to: becomes, groups: new Map(), at: noon })
    await expect(rekey).rejects.toMatchObject({ code: 'conflict' })
    expect(await store.directories.boundKey('acme')).toBe(directoryKey)
    await expect(
      store.directories.rekey({ from: 'nowhere', to: 'else', groups: new Map(), at: noon }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})
