import { describe, expect, it } from 'vitest'
import { heightOf, linePoints, placeOf, roundUp } from './geometry.ts'

describe('the geometry of pictures', () => {
  it('puts instants where they lie in a span, and never outside of it', () => {
    const day = { from: 0, until: 86_400_000 }
    expect([-5, 0, 43_200_000, 86_400_000, 9e12].map((at) => placeOf(at, day))).toEqual([0, 0, 50, 100, 100])
    expect(placeOf(7, { from: 7, until: 7 })).toBe(0)
  })

  it('shows a little beside a lot, and nothing as nothing', () => {
    expect(heightOf(0, 10_000)).toBe(0)
    expect(heightOf(0, 0)).toBe(0)
    expect(heightOf(1, 10_000)).toBeGreaterThan(12)
    expect(heightOf(10_000, 10_000)).toBe(100)
    expect(heightOf(100, 10_000)).toBeLessThan(heightOf(1_000, 10_000))
  })

  it('draws a line through what is known', () => {
    expect(linePoints([50, undefined, 100, 0], 100)).toBe('12.5,50 62.5,0 87.5,100')
    expect(linePoints([0, 0], 0)).toBe('25,100 75,100')
  })

  it('ends an axis at a round number that nothing exceeds', () => {
    expect([0, 1, 2, 3, 7, 10, 11, 43, 99_999].map(roundUp)).toEqual([1, 1, 2, 5, 10, 10, 20, 50, 100_000])
  })
})
