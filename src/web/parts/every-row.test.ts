import { describe, expect, it } from 'vitest'
import { everyRow } from './every-row.ts'

const { signal } = new AbortController()

/** A list of so many numbers, in parts as they are asked for. */
const list = (length: number) => async (part: { readonly cursor?: string; readonly limit: number }) => {
  const from = Number(part.cursor ?? 0)
  const until = Math.min(length, from + part.limit)
  const items = Array.from({ length: until - from }, (_, index) => from + index)
  return until < length ? { items, next: String(until) } : { items }
}

describe('every row of a list', () => {
  it.each([
    [0, true],
    [999, true],
    [2_500, true],
    [2_501, false],
  ])('is there or said to be missing: of %i rows with a limit of 2,500', async (length, isWhole) => {
    const counts: number[] = []
    const found = await everyRow(list(length), signal, (count) => void counts.push(count), 2_500)
    expect(found.isWhole).toBe(isWhole)
    expect(found.rows).toEqual(Array.from({ length: Math.min(length, 2_500) }, (_, index) => index))
    expect(counts.at(-1)).toBe(found.rows.length)
  })
})
