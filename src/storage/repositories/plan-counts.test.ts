import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { change, savedPlan } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { openDatabase } from '../database.ts'
import { countsIn } from './plan-counts.ts'
import { placeOf } from './plan-rows.ts'

describeOnBothStores('counts of a plan', (current) => {
  it('are the same however the plan is divided', async () => {
    const { place, store } = current()
    const { plan } = await savedPlan(
      store,
      Array.from({ length: 23 }, (_, at) =>
        change(at * 2 + 1, {
          kind: at % 3 === 0 ? 'membership.remove' : 'membership.add',
          ...(at % 4 === 0 ? { state: 'held', stateReasons: at % 8 === 0 ? ['guard:creates'] : ['waits-for'] } : {}),
        }),
      ),
    )
    const database = await openDatabase(place.connection)
    try {
      const where = await placeOf(database.kysely, plan.id)
      const whole = await countsIn(database.kysely, where, sql`true`)
      expect(whole.reduce((sum, { count }) => sum + count, 0)).toBe(23)
      expect(whole).toHaveLength(6)
      for (const atOnce of [1, 5, 22]) expect(await countsIn(database.kysely, where, sql`true`, atOnce)).toEqual(whole)
      expect(await countsIn(database.kysely, where, sql`c.seq > 40`, 3)).not.toEqual(whole)
      expect(await countsIn(database.kysely, where, sql`false`)).toEqual([])
    } finally {
      await database.close()
    }
  })
})
