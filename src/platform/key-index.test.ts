import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeyIndex } from './key-index.ts'

/** Few letters, so that keys are often asked for that are there. */
const keys = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'ö'), maxLength: 6 }), { maxLength: 700 })

it('finds what a Map finds, one key at a time and many at once', () => {
  fc.assert(
    fc.property(keys, keys, (there, asked) => {
      const index = new KeyIndex()
      const map = new Map<string, number>()
      there.forEach((key, position) => {
        index.set(key, position)
        map.set(key, position)
      })
      expect(index.size).toBe(map.size)
      expect(asked.map((key) => index.get(key))).toEqual(asked.map((key) => map.get(key)))
      expect(asked.map((key) => index.has(key))).toEqual(asked.map((key) => map.has(key)))
      const room = new Int32Array(asked.length)
      const count = index.findAll(asked, room)
      expect([...room.subarray(0, count)]).toEqual(asked.flatMap((key) => map.get(key) ?? []))
    }),
    { numRuns: 200 },
  )
})

it('keeps a hundred thousand keys apart', () => {
  const index = new KeyIndex()
  const all = Array.from({ length: 100_000 }, (_, position) => `p-${position}`)
  all.forEach((key, position) => {
    index.set(key, position)
  })
  const room = new Int32Array(all.length)
  expect(index.findAll([...all].reverse(), room)).toBe(all.length)
  expect(room.every((position, at) => position === all.length - 1 - at)).toBe(true)
  expect(index.findAll(['p-100000', 'p-7', ''], room)).toBe(1)
  expect(room[0]).toBe(7)
})
