import { describe, expect, it } from 'vitest'
import { newId } from './ids.ts'

describe('ids', () => {
  it('of one millisecond sort in the order in which they were made', () => {
    const made = Array.from({ length: 3000 }, () => newId(1_700_000_000_000))
    expect([...made].sort()).toEqual(made)
    expect(new Set(made).size).toBe(made.length)
  })

  it('are UUIDs of version 7 that carry their time', () => {
    const id = newId(0x0123_4567_89ab)
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
  })
})
