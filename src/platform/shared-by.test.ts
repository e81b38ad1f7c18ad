import { expect, it } from 'vitest'
import { sharedBy } from './shared-by.ts'

it('makes what belongs to a thing once', () => {
  let made = 0
  const listOf = sharedBy((thing: string) => {
    made += 1
    return [thing]
  })
  expect(listOf('a')).toEqual(['a'])
  expect(listOf('a')).toBe(listOf('a'))
  expect(listOf('b')).toEqual(['b'])
  expect(made).toBe(2)
})
