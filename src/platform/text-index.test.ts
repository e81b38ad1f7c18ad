import { describe, expect, it } from 'vitest'
import { textIndex } from './text-index.ts'

describe('text index', () => {
  it('finds what a Map of lists finds, in ascending order', () => {
    const texts = Array.from({ length: 3000 }, (_, at) => (at % 7 === 0 ? undefined : `name ${(at * 31) % 1000}`))
    const found = textIndex(texts.length, (at) => texts[at])
    const expected = Map.groupBy(texts.keys(), (at) => texts[at])
    for (let name = 0; name < 1100; name += 1) {
      expect(found(`name ${name}`)).toEqual(expected.get(`name ${name}`) ?? [])
    }
  })

  it('never finds the empty text, and nothing among nobody', () => {
    const texts = ['', undefined, 'a', '']
    const found = textIndex(texts.length, (at) => texts[at])
    expect(found('')).toEqual([])
    expect(found('a')).toEqual([2])
    expect(textIndex(0, () => undefined)('a')).toEqual([])
  })

  it('tells texts of one bucket apart', () => {
    const texts = ['one', 'two', 'three']
    const found = textIndex(1, () => texts[0])
    expect(texts.map(found)).toEqual([[0], [], []])
  })
})
