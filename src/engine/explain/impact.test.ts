import { describe, expect, it } from 'vitest'
import type { Change, ChangeKind } from '../../domain/change.ts'
import { impactOf } from './impact.ts'

const change = (seq: number, kind: ChangeKind, more: Partial<Change> = {}): Change => ({
  seq,
  kind,
  reason: 'attribute-differs',
  rule: 'users.create',
  state: 'ready',
  stateReasons: [],
  needs: [],
  ...more,
})
const ann = { key: 'ann', label: 'Ann' }
const bob = { key: 'bob', label: 'Bob' }

describe('the impact of other rules', () => {
  it('counts people and not changes, and is nothing where both plans do the same', () => {
    const plan = [
      change(1, 'account.create', { person: ann }),
      change(2, 'membership.add', { account: { createdBy: 1 }, groupLabel: 'dev' }),
      change(3, 'group.create', { groupLabel: 'dev' }),
    ]
    expect(impactOf(plan, plan, 5)).toEqual({ people: 1, different: 0, losing: 0, examples: [] })
    const held = plan.map((each) => ({ ...each, state: 'held' as const }))
    expect(impactOf(plan, held, 5).different).toBe(0)
  })

  it('tells first who would lose something, and joins an account to its person', () => {
    const now = [change(1, 'membership.add', { account: { id: '7' }, person: bob, groupLabel: 'dev' })]
    const then = [
      change(1, 'membership.remove', { account: { id: '9' }, person: ann, groupLabel: 'dev' }),
      change(2, 'account.update', { account: { id: '9' }, after: { displayName: 'A' } }),
    ]
    expect(impactOf(now, then, 5)).toEqual({
      people: 1,
      different: 2,
      losing: 1,
      examples: [
        { label: 'Ann', more: ['- remove from the group dev', expect.stringContaining('update')], fewer: [] },
        { label: 'Bob', more: [], fewer: ['+ add to the group dev'] },
      ],
    })
    expect(impactOf(now, then, 1).examples).toHaveLength(1)
  })

  it('says that another value is something else', () => {
    const update = (name: string) => [
      change(1, 'account.update', { account: { id: '7' }, person: ann, after: { displayName: name } }),
    ]
    expect(impactOf(update('Ann'), update('ANN'), 5)).toMatchObject({ people: 1, different: 1, losing: 0 })
  })
})
