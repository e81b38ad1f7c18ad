import { expect, it } from 'vitest'
import { matcher, regexSchema } from './pattern.ts'

it('an expression that others run for ages takes no time, whatever name a source sends', () => {
  const matches = matcher([{ matches: '(a+)+b' }])
  expect(matches(`${'a'.repeat(20_000)}!`)).toBe(false)
  expect(matches(`${'a'.repeat(20_000)}b`)).toBe(true)
  // What cannot be run in linear time cannot be configured.
  expect(regexSchema.safeParse('(a)\\1').success).toBe(false)
  expect(regexSchema.safeParse('a(?=b)').success).toBe(false)
})
