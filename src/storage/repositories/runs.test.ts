import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { change, directoryKey, noon, sampleRun, savedPlan } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { openDatabase } from '../database.ts'

describeOnBothStores('runs', (current) => {
  it('numbers runs from 1 without a gap, also when eight begin at once', async () => {
    const { runs } = current().store
    const made = await Promise.all(Array.from({ length: 8 }, async () => await runs.create(sampleRun())))
    expect(made.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(await runs.byNumber(3)).toEqual(made.find(({ number }) => number === 3))
    expect(await runs.byNumber(9)).toBeUndefined()
    expect(await runs.byNumber(1e12)).toBeUndefined()
  })

  it('changes only what a patch names', async () => {
    const { runs } = current().store
    const run = await runs.create(sampleRun())
    await runs.update(run.id, { state: 'applying', directoryKey, progress: { phase: 'apply', done: 1, total: 9 } })
    await runs.update(run.id, {})
    await runs.update(run.id, {
      state: 'failed',
      endedAt: noon + 5,
      outcomes: { applied: 1 },
      error: { code: 'unreachable', message: 'no answer' },
      calls: { addMember: 3 },
    })
    expect(await runs.get(run.id)).toEqual({
      ...run,
      state: 'failed',
      directoryKey,
      progress: { phase: 'apply', done: 1, total: 9 },
      endedAt: noon + 5,
      outcomes: { applied: 1 },
      error: { code: 'unreachable', message: 'no answer' },
      calls: { addMember: 3 },
    })
    await expect(runs.update('no-run', { state: 'failed' })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('are not taken up once their plan was rejected, even by who looked before', async () => {
    const { store } = current()
    const { run, plan } = await savedPlan(store, [change(1)])
    await store.runs.update(run.id, { state: 'waiting', planId: plan.id })
    await store.plans.reject(plan.id, plan.fingerprint, 'user:ruth', 'wrong groups')
    await expect(store.runs.reopen(run.id)).rejects.toMatchObject({ code: 'stale-plan' })
    expect((await store.runs.get(run.id))?.state).toBe('cancelled')
    await expect(store.runs.reopen('no-run')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('names the newest undo that changed something, and only that', async () => {
    const { runs } = current().store
    const run = await runs.create(sampleRun({ state: 'applied' }))
    const undoOf = run.number
    const undo = await runs.create(sampleRun({ kind: 'undo', undoOf, state: 'held' }))
    expect(await runs.get(undo.id)).toEqual(undo)
    const undoneBy = async () => (await runs.get(run.id))?.undoneBy
    expect(await undoneBy()).toBeUndefined()
    await runs.update(undo.id, { state: 'cancelled' })
    expect(await undoneBy()).toBeUndefined()
    await runs.update(undo.id, { outcomes: { applied: 1 } })
    expect(await undoneBy()).toBe(undo.number)
    const second = await runs.create(sampleRun({ kind: 'undo', undoOf, state: 'applying' }))
    expect(await undoneBy()).toBe(second.number)
    const listed = await runs.list({}, { limit: 10 })
    expect(listed.items.map(({ undoneBy }) => undoneBy)).toEqual([undefined, undefined, second.number])
  })

  it('lists the newest first, by connection and state, in pages', async () => {
    const { runs } = current().store
    for (const connection of ['a', 'b', 'a', 'a']) await runs.create(sampleRun({ connection }))
    const first = await runs.list({ connection: 'a' }, { limit: 2 })
    expect(first.items.map(({ number }) => number)).toEqual([4, 3])
    const second = await runs.list({ connection: 'a' }, { limit: 2, cursor: first.next })
    expect(second).toEqual({ items: [expect.objectContaining({ number: 1 })] })
    expect((await runs.list({ states: ['failed'] }, { limit: 5 })).items).toEqual([])
    expect((await runs.list({ kinds: ['undo'] }, { limit: 5 })).items).toEqual([])
    expect((await runs.list({ kinds: ['full', 'preview'] }, { limit: 5 })).items).not.toEqual([])
    await expect(runs.list({}, { limit: 5, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'usage' })
    await expect(runs.list({}, { limit: 5_000 })).rejects.toMatchObject({ code: 'usage' })
  })

  it('supersedes older runs that wait, and no others', async () => {
    const { runs } = current().store
    const make = async (state: 'waiting' | 'held' | 'applying' | 'planned', connection = 'staff') =>
      await runs.create(sampleRun({ state, connection }))
    const old = [await make('waiting'), await make('held'), await make('applying'), await make('waiting', 'other')]
    const newest = await make('planned')
    expect(await runs.supersede('staff', newest.id)).toBe(2)
    const states = await Promise.all([...old, newest].map(async ({ id }) => (await runs.get(id))?.state))
    expect(states).toEqual(['superseded', 'superseded', 'applying', 'waiting', 'planned'])
  })

  it('supersedes what was left in planning, and not what somebody still plans', async () => {
    const { runs } = current().store
    const [dead, alive] = [await runs.create(sampleRun()), await runs.create(sampleRun())]
    const newest = await runs.create(sampleRun())
    expect(await runs.supersede('staff', newest.id)).toBe(0)
    const database = await openDatabase(current().place.connection)
    try {
      await sql`update run set alive_until = clock_timestamp() - interval '1 second'`.execute(database.kysely)
    } finally {
      await database.close()
    }
    await runs.keepAlive(alive.id)
    expect(await runs.supersede('staff', newest.id)).toBe(1)
    const states = await Promise.all([dead, alive].map(async ({ id }) => (await runs.get(id))?.state))
    expect(states).toEqual(['superseded', 'planning'])
  })

  it('carries the wish to stop to whoever runs', async () => {
    const { runs } = current().store
    const { id } = await runs.create(sampleRun())
    expect(await runs.cancelRequested(id)).toBe(false)
    await runs.requestCancel(id)
    expect(await runs.cancelRequested(id)).toBe(true)
    await expect(runs.requestCancel('no-run')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describeOnBothStores('leases', (current) => {
  it('lets one of eight take a directory, and renew it', async () => {
    const { leases } = current().store
    const tries = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => await leases.acquire(directoryKey, `process-${index}`, 60_000)),
    )
    const fences = tries.filter((fence) => fence !== undefined)
    expect(fences).toHaveLength(1)
    const [fence] = fences
    expect(await leases.renew(fence!, 60_000)).toBe(true)
    expect(await leases.acquire(directoryKey, fence!.holder, 60_000)).toEqual(fence)
    expect(await leases.holder(directoryKey)).toMatchObject({ holder: fence!.holder })
  })

  it('gives a new holder a higher epoch, also after a release', async () => {
    const { leases } = current().store
    const first = await leases.acquire(directoryKey, 'a', 60_000)
    await leases.release(first!)
    expect(await leases.holder(directoryKey)).toBeUndefined()
    const second = await leases.acquire(directoryKey, 'b', 1)
    expect(second?.epoch).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const third = await leases.acquire(directoryKey, 'a', 60_000)
    expect(third?.epoch).toBe(3)
    expect(await leases.renew(second!, 60_000)).toBe(false)
    await leases.release(second!)
    expect(await leases.holder(directoryKey)).toMatchObject({ holder: 'a' })
  })
})
