import { expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { leastOf, nextSize } from './slices.ts'

it.each([
  // done, took ms, least -> next: half a second's work, between the least and 200.
  [10, 500, 10, 10],
  [10, 100, 10, 50],
  [100, 250, 10, 200],
  [200, 100, 10, 200],
  [200, 10_000, 10, 10],
  [200, 10_000, 50, 50],
  [20, 0, 10, 200],
  [30, 1_000, 10, 15],
])('%i changes in %i ms, at least %i at once: the next slice has %i', (done, tookMs, least, expected) => {
  expect(nextSize(done, tookMs, least)).toBe(expected)
})

it('a slice is never smaller than what goes in one call, nor than ten', () => {
  const target = directoryTarget(directory({ batchSizes: { 'membership.add': 50, 'membership.remove': 3 } }))
  expect(leastOf(target, 'membership.add')).toBe(50)
  expect(leastOf(target, 'membership.remove')).toBe(10)
  expect([leastOf(target, 'membership.adopt'), leastOf(target, undefined)]).toEqual([10, 10])
})
