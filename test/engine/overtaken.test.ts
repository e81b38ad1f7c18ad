import { describe, expect, it } from 'vitest'
import { execute } from '../../src/engine/executor.ts'
import { noon } from '../support/plans.ts'
import { withStore } from '../support/store.ts'
import { only, prepared } from './applying.ts'

describe('a plan that is older than what is known about somebody', () => {
  it('leaves them alone, says that it does not settle them, and carries out the rest', async () => {
    await withStore('embedded', async ({ store }) => {
      const directory = { people: new Map(), groups: new Map() }
      const { execution, outcomes } = await prepared(store, directory as never, [
        only(1, {
          kind: 'account.adopt',
          account: { id: 'a1' },
          person: { key: 'ann', label: 'ann' },
          rule: 'users.match.id',
        }),
        only(2, {
          kind: 'account.adopt',
          account: { id: 'a2' },
          person: { key: 'bob', label: 'bob' },
          rule: 'users.match.id',
        }),
        only(3, { kind: 'account.release', account: { id: 'a3' }, person: { key: 'cid', label: 'cid' } }),
      ])
      await store.dirty.planned(execution.connection, ['person:ann', 'account:a3'], noon + 1)
      await store.dirty.planned('another', ['person:bob'], noon + 1)
      let conflicts = 0
      const onConflict = () => {
        conflicts += 1
      }
      await execute({ ...execution, onConflict })
      expect(await outcomes()).toEqual({ 1: 'skipped', 2: 'applied!', 3: 'skipped' })
      // Whoever carries the newer plan may fail to: a push is not delivered by being overtaken.
      expect(conflicts).toBeGreaterThan(0)
    })
  })
})
