import { describe, expect, it } from 'vitest'
import { countIn, type Facet, planFilter, valuesOf } from './filter.ts'

const facet = (part: Partial<Facet>): Facet => ({
  kind: 'membership.add',
  state: 'ready',
  outcome: 'open',
  reason: 'member-at-source',
  holds: [],
  count: 1,
  ...part,
})

const facets = [
  facet({
    kind: 'membership.remove',
    reason: 'left-source',
    count: 5,
    state: 'held',
    holds: ['guard:first-run', 'waits-for'],
  }),
  facet({ kind: 'account.create', reason: 'joined-source', count: 3, state: 'held', holds: ['guard:first-run'] }),
  facet({ count: 7 }),
]

describe('filters of a plan', () => {
  it('counts what choosing a value would show, under the rest of the filter', () => {
    expect(valuesOf(facets, { state: 'held', kind: 'account.create' }, 'kind')).toEqual([
      ['account.create', 3],
      ['membership.remove', 5],
    ])
    expect(valuesOf(facets, { kind: 'account.create' }, 'hold')).toEqual([['guard:first-run', 3]])
    expect(countIn(facets, { hold: 'guard:first-run' })).toBe(8)
    expect(countIn(facets, {})).toBe(15)
  })

  it('takes from an address only what is a filter', () => {
    expect(planFilter({ kind: 'toString', state: 'held', reason: 'x', text: '', hold: 'seats', other: 1 })).toEqual({
      state: 'held',
      hold: 'seats',
    })
  })
})
