import { describe, expect, it } from 'vitest'
import { inCommon } from './chosen.ts'

const thing = (id: string, possible: Readonly<Record<string, string>>) => ({
  id,
  label: id,
  possible: Object.entries(possible).map(([decision, sentence]) => ({ decision, sentence })),
})

describe('what can be decided about several things at once', () => {
  it('is what can be decided about each of them, with all that it does', () => {
    const stranger = thing('a', { keep: 'stays', adopt: 'vouched for', revert: 'taken out' })
    const value = thing('b', { keep: 'stays, whatever the source says', revert: 'written again' })
    expect([...inCommon([stranger, value])]).toEqual([
      ['keep', ['stays', 'stays, whatever the source says']],
      ['revert', ['taken out', 'written again']],
    ])
    expect([...inCommon([stranger, stranger]).get('keep')!]).toEqual(['stays'])
    expect(inCommon([stranger, thing('c', {})]).size).toBe(0)
    expect(inCommon([]).size).toBe(0)
  })
})
