import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { change, noon, savedPlan } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { HoldReason } from '../../domain/reason.ts'
import { type Database, openDatabase, rowsOf } from '../database.ts'
import { release } from './plan-release.ts'

describeOnBothStores('a release in steps', (current) => {
  let database: Database
  beforeAll(async () => {
    database = await openDatabase(current().place.connection)
  })
  afterAll(async () => await database.close())

  const held = (...reasons: HoldReason[]) => ({ state: 'held' as const, stateReasons: reasons })
  let time = noon
  const inSteps = async (planId: string, part?: Parameters<typeof release>[4]) =>
    await release({ database, now: () => ++time }, planId, 'f'.repeat(64), 'os:anna', part, 'seen', {
      read: 4,
      write: 2,
    })

  it('lets go what was chosen in every part of the plan, and whatever waited for it through all of them', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [
      change(1, { ...held('waits-for'), needs: [4] }),
      change(2, held('guard:creates')),
      change(3, { ...held('guard:creates', 'waits-for'), needs: [2] }),
      change(4, { ...held('waits-for'), needs: [9] }),
      change(5),
      change(6, { state: 'blocked', stateReasons: ['account-taken'] }),
      change(7, { ...held('waits-for'), needs: [6] }),
      change(8, held('guard:first-run')),
      change(9, { ...held('waits-for'), needs: [3, 13] }),
      change(13, held('guard:creates')),
    ])
    const left = async () =>
      (await store.plans.changes(plan.id, { states: ['held'] }, { limit: 20 })).items.map(({ seq }) => seq)
    expect(await inSteps(plan.id, { guards: ['guard:creates'] })).toBe(6)
    expect(await left()).toEqual([7, 8])
    expect(await inSteps(plan.id, { seqs: [8] })).toBe(1)
    expect(await inSteps(plan.id)).toBe(0)
    expect(await left()).toEqual([7])
    const told = await rowsOf<{ changes: number }>(database.kysely, sql`select changes from plan_release`)
    expect(told.map(({ changes }) => changes).sort()).toEqual([0, 1, 6])
  })

  it('goes on where an earlier one ended, and lets nothing go of a plan that was rejected', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [change(1, held('guard:creates')), change(9, held('guard:creates'))])
    expect(await inSteps(plan.id, { seqs: [1] })).toBe(1)
    expect(await inSteps(plan.id)).toBe(1)
    await store.plans.reject(plan.id, plan.fingerprint, 'os:ben', 'not today')
    await expect(inSteps(plan.id)).rejects.toMatchObject({ code: 'stale-plan' })
  })
})

describeOnBothStores('a plan that was not stored to its end', (current) => {
  it('leaves no row behind, however many there were', async () => {
    const { place, store } = current()
    function* broken() {
      yield Array.from({ length: 4_500 }, (_, at) =>
        change(at + 1, { account: { id: 'ann' }, person: { key: 'a', label: 'Ann' } }),
      )
      yield [change(1)]
    }
    const { plan } = await savedPlan(store, [change(1)])
    await expect(store.plans.save({ ...plan, id: 'broken' }, broken())).rejects.toMatchObject({ code: 'bug' })
    const database = await openDatabase(place.connection)
    try {
      const [row] = await rowsOf<{ count: number }>(
        database.kysely,
        sql`select count(*)::int as count from plan_change`,
      )
      expect(row?.count).toBe(1)
    } finally {
      await database.close()
    }
  })
})
