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

const hour = 3_600_000

describeOnBothStores('directories', (current) => {
  const members = async (group: string, at?: number) =>
    (await current().store.directories.members(directoryKey, `group-${group}`, at)).map(({ accountId }) => accountId)
  const observed = async (...[groups, patch]: Parameters<typeof targetRead>) => {
    const { store } = current()
    const run = await store.runs.create(sampleRun())
    return await store.directories.observe(run.id, targetRead(groups, patch))
  }

  it('remembers the directory behind a target', async () => {
    const { store } = current()
    expect(await store.directories.boundKey('acme')).toBeUndefined()
    await store.directories.bind('acme', directoryKey)
    await store.directories.bind('acme', directoryKey)
    expect(await store.directories.boundKey('acme')).toBe(directoryKey)
  })

  it('opens and closes intervals so that the past can be asked', async () => {
    expect(await observed({ dev: ['ann', 'bob'], ops: ['ann'] })).toEqual({ opened: 5, closed: 0 })
    expect(await observed({ dev: ['ann', 'bob'], ops: ['ann'] }, { takenAt: noon + hour })).toEqual({
      opened: 0,
      closed: 0,
    })
    expect(await observed({ dev: ['ann', 'cid'], ops: [] }, { takenAt: noon + 2 * hour })).toEqual({
      opened: 2,
      closed: 3,
    })
    expect(await members('dev')).toEqual(['ann', 'cid'])
    expect(await members('ops')).toEqual([])
    expect(await members('dev', noon + hour)).toEqual(['ann', 'bob'])
    expect(await members('ops', noon + hour)).toEqual(['ann'])
    expect(await members('dev', noon - 1)).toEqual([])
    expect(await members('unknown')).toEqual([])
  })

  it('lists members by name in pages, now and at an instant, and finds them by a part of it', async () => {
    const { directories } = current().store
    const listed = async (filter: Parameters<typeof directories.findMembers>[2], cursor?: string) => {
      const { items, next } = await directories.findMembers(directoryKey, 'group-dev', filter, { limit: 2, cursor })
      return { ids: items.map(({ accountId }) => accountId), next }
    }
    await observed({ dev: ['dan', 'bob', 'ann', 'cid'] })
    await observed({ dev: ['dan'] }, { takenAt: noon + hour })
    expect(await listed({})).toEqual({ ids: ['dan'], next: undefined })
    const first = await listed({ at: noon })
    expect(first.ids).toEqual(['ann', 'bob'])
    expect(await listed({ at: noon }, first.next)).toEqual({ ids: ['cid', 'dan'], next: undefined })
    expect((await listed({ at: noon, text: 'ID' })).ids).toEqual(['cid'])
    expect((await listed({ text: 'ID' })).ids).toEqual([])
  })

  it('lists groups by name in pages, with their members of now', async () => {
    await observed({ dev: ['ann', 'bob'], ops: ['ann'], old: [] })
    await observed({ dev: ['ann'], ops: ['ann'], old: [] }, { takenAt: noon + hour })
    const { directories } = current().store
    const first = await directories.groups(directoryKey, undefined, { limit: 2 })
    expect(first.items).toMatchObject([
      { name: 'dev', members: 1, granted: 0 },
      { name: 'old', members: 0 },
    ])
    expect((await directories.groups(directoryKey, undefined, { limit: 2, cursor: first.next })).items).toMatchObject([
      { name: 'ops', id: 'group-ops' },
    ])
    expect((await directories.groups(directoryKey, 'OP', { limit: 9 })).items).toHaveLength(1)
  })

  it('closes nothing for what was not read completely', async () => {
    await observed({ dev: ['ann', 'bob'], ops: ['ann'], old: ['bob'] })
    const read = targetRead({ dev: ['ann'] }, { takenAt: noon + hour })
    const { store } = current()
    const run = await store.runs.create(sampleRun())
    const incomplete = {
      ...read,
      accountsComplete: false,
      groupsComplete: false,
      groups: read.groups.map((group) => ({ ...group, membersComplete: false })),
    }
    expect(await store.directories.observe(run.id, incomplete)).toEqual({ opened: 0, closed: 0 })
    expect(await members('dev')).toEqual(['ann', 'bob'])
    expect(await members('old')).toEqual(['bob'])
    expect(await store.directories.observe(run.id, { ...incomplete, groupsComplete: true })).toMatchObject({
      closed: 2,
    })
    expect(await members('dev')).toEqual(['ann', 'bob'])
    expect(await members('old')).toEqual([])
  })

  it('closes nothing for accounts whose groups the target does not show', async () => {
    await observed({ dev: ['ann', 'bob'] })
    const read = targetRead({ dev: ['bob'], none: ['ann'] })
    const groups = read.groups.slice(0, 1)
    expect(await observed({ dev: ['bob'] }, { ...read, groups, membershipsUnknown: new Set([0]) })).toMatchObject({
      closed: 0,
    })
    expect(await members('dev')).toEqual(['ann', 'bob'])
  })

  it('does not undo with an older read what a run wrote after it', async () => {
    const { store } = current()
    await observed({ dev: ['ann'] })
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.plans.record(
      plan.id,
      run.id,
      await takenFence(store),
      [{ seq: 1, outcome: 'applied' }],
      [
        { lesson: 'member', groupId: 'group-dev', accountId: 'bob', present: true },
        { lesson: 'member', groupId: 'group-dev', accountId: 'ann', present: false },
      ],
    )
    expect(await members('dev')).toEqual(['bob'])
    await observed({ dev: ['ann'] }, { takenAt: noon + hour })
    expect(await members('dev')).toEqual(['bob'])
    await observed({ dev: ['ann'] }, { takenAt: Date.now() + hour })
    expect(await members('dev')).toEqual(['ann'])
  })

  it('says who vouched for a membership, also in the past', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    const fence = await takenFence(store)
    const learn = async (...lessons: Parameters<typeof store.plans.record>[4]) =>
      await store.plans.record(plan.id, run.id, fence, [], lessons)
    const pair = { groupId: 'group-dev', accountId: 'ann' }
    await learn(
      { lesson: 'grant', ...pair, rule: 'groups.byName', how: 'adopted' },
      { lesson: 'member', ...pair, present: true },
      { lesson: 'account', accountId: 'ann', label: 'ann@example.test', state: 'active' },
    )
    const granted = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 30))
    await learn({ lesson: 'ungrant', ...pair })
    const [now] = await store.directories.members(directoryKey, 'group-dev')
    expect(now).toEqual({ accountId: 'ann', label: 'ann@example.test', since: expect.any(Number) })
    const [then] = await store.directories.members(directoryKey, 'group-dev', granted)
    expect(then).toMatchObject({ accountId: 'ann', grantedBy: 'staff' })
  })

  it('refuses a read of a run that does not exist', async () => {
    const { store } = current()
    await expect(store.directories.observe('no-run', targetRead({}))).rejects.toMatchObject({ code: 'not-found' })
  })

  it('observes 20,000 memberships and finds the one that changed', async () => {
    const people = Array.from({ length: 2_000 }, (_, index) => `person-${String(index).padStart(5, '0')}`)
    const groups = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`g${index}`, people]))
    expect(await observed(groups)).toEqual({ opened: 22_000, closed: 0 })
    groups.g7 = people.slice(1)
    expect(await observed(groups, { takenAt: noon + hour })).toEqual({ opened: 0, closed: 1 })
    expect(await members('g7')).toHaveLength(1_999)
  })

  it('tells which grants a run ended, with the rule they stood under, and forgets links that were taken back', async () => {
    const { store } = current()
    const { run: first, plan } = await savedPlan(store, [change(1)])
    await store.directories.observe(first.id, targetRead({ dev: ['ann', 'bob'] }))
    const fence = await takenFence(store)
    const learn = async (runId: string, lessons: Parameters<typeof store.plans.record>[4]) =>
      await store.plans.record(plan.id, runId, fence, [{ seq: 1, outcome: 'applied' }], lessons)
    const pair = (accountId: string) => ({ groupId: 'group-dev', accountId })
    const link = { source: 'corp', sourceKey: 'key-1', accountId: 'ann' }
    await learn(first.id, [
      { lesson: 'grant', ...pair('ann'), rule: 'groups.byName', how: 'written' },
      { lesson: 'grant', ...pair('bob'), rule: 'groups.defaultsForNew', how: 'adopted' },
      { lesson: 'link', ...link, how: 'email' },
    ])
    const second = await store.runs.create(sampleRun())
    await learn(second.id, [
      { lesson: 'ungrant', ...pair('bob') },
      { lesson: 'unlink', ...link, accountId: 'bob' },
    ])
    const ended = async (runId: string, connection = 'staff') =>
      await store.directories.grantsEnded(connection, directoryKey, runId)
    expect(await ended(second.id)).toEqual({
      grants: [{ groupId: 'group-dev', connection: 'staff', rule: 'groups.defaultsForNew', accountIds: ['bob'] }],
      access: [],
    })
    const nothing = { grants: [], access: [] }
    expect([await ended(first.id), await ended(second.id, 'guests')]).toEqual([nothing, nothing])
    const links = async () => (await store.directories.memory('staff', 'corp', directoryKey, noon)).links
    // A link that is another one by now is not the one that was taken back.
    expect(await links()).toMatchObject([link])
    await learn(second.id, [{ lesson: 'unlink', ...link }])
    expect(await links()).toEqual([])
  })
})
