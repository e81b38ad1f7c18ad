import { describe, expect, it } from 'vitest'
import type { ListAnswer } from '../../../scim/client/list-answer.ts'
import { type Position, walk } from './walk.ts'

const people = Array.from({ length: 25 }, (_, at) => ({ id: `u${at}`, document: {} }))

function page(startIndex: number, count: number, more: Partial<ListAnswer> = {}): ListAnswer {
  const resources = people.slice(startIndex - 1, startIndex - 1 + count)
  return { resources, totalResults: people.length, startIndex, ...more }
}

const indexOf = (position: Position) => ('startIndex' in position ? position.startIndex : Number(position.cursor || 1))

/** Everything that came, and the doubt that is left. */
async function outcome(fetch: (position: Position) => ListAnswer, byCursor = false) {
  const ids = new Set<string>()
  const pages = walk(async (position) => fetch(position), byCursor)
  for (;;) {
    const step = await pages.next()
    if (step.done) return { doubt: step.value, came: ids.size }
    for (const { id } of step.value) ids.add(id)
  }
}

describe('a walk through a list proves that it is whole', () => {
  it.each([10, 25, 7, 1000])('by what really came, whatever was asked for: pages of %d', async (size) => {
    expect(await outcome((position) => page(indexOf(position), size))).toEqual({ doubt: undefined, came: 25 })
  })

  it('by cursor, until there is no next one, with or without a total', async () => {
    const fetch = (more: object) => (position: Position) => {
      const start = indexOf(position)
      const nextCursor = start + 10 <= 25 ? { nextCursor: String(start + 10) } : {}
      const { startIndex: _, totalResults: __, ...rest } = page(start, 10)
      return { ...rest, ...nextCursor, ...more }
    }
    expect(await outcome(fetch({}), true)).toEqual({ doubt: undefined, came: 25 })
    expect(await outcome(fetch({ totalResults: 25 }), true)).toEqual({ doubt: undefined, came: 25 })
    expect((await outcome(fetch({ totalResults: 26 }), true)).doubt).toBe(
      '26 entries are promised, 25 different ones came',
    )
  })

  it('by an end that was seen twice where nobody says how many there are', async () => {
    const bare = (position: Position) => ({ resources: page(indexOf(position), 10).resources })
    expect(await outcome(bare)).toEqual({ doubt: undefined, came: 25 })
    let asked = 0
    const early = (position: Position) => {
      asked += 1
      return asked === 2 ? { resources: [] } : bare(position)
    }
    expect(await outcome(early)).toEqual({ doubt: undefined, came: 25 })
  })

  it.each<[string, (position: Position) => ListAnswer, string]>([
    ['the first page again and again', () => page(1, 10, { startIndex: 1 }), 'the same page came twice'],
    ['an early end', (at) => page(indexOf(at), indexOf(at) > 10 ? 0 : 10), 'an empty page came after 10 of 25 entries'],
    [
      'a total that shrinks',
      (at) => page(indexOf(at), 10, { totalResults: indexOf(at) > 1 ? 20 : 25 }),
      'the list went from 25 to 20 entries while it was read',
    ],
    ['a page from further on', (at) => page(indexOf(at) + 1, 10), 'asked for entry 1, the answer begins at 2'],
    [
      'somebody twice instead of somebody else',
      (at) => (indexOf(at) === 11 ? { ...page(10, 10), startIndex: 11 } : page(indexOf(at), 10)),
      '25 entries are promised, 24 different ones came',
    ],
    ['a cursor that leads in a circle', () => page(1, 5, { nextCursor: '1' }), 'the same page came twice'],
  ])('and finds out %s', async (_, fetch, doubt) => {
    expect((await outcome(fetch)).doubt).toBe(doubt)
  })
})
