import { describe, expect, it } from 'vitest'
import { all, bareSweep, cursorSweep, offsetSweep, overlapSweep, provenPages } from './paging.ts'

interface Thing {
  readonly id: string
}
const idOf = ({ id }: Thing) => id
const things = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({ id: String(from + n) }) satisfies Thing)

async function ids(pages: AsyncIterable<{ readonly items: readonly Thing[] }>): Promise<string[]> {
  const found: string[] = []
  for await (const { items } of pages) found.push(...items.map(idOf))
  return found
}

describe('a list with offset and total', () => {
  const list = (fetch: (startAt: number) => { values: Thing[]; total?: number; isLast?: boolean; startAt?: number }) =>
    ids(provenPages('The list', idOf, () => offsetSweep(idOf, async (startAt) => fetch(startAt))))

  it('is read by what really came, however short the pages are', async () => {
    const read = await list((startAt) => ({
      values: things(startAt, Math.min(startAt + 3, 10)),
      total: 10,
      isLast: startAt + 3 >= 10,
    }))
    expect(read).toHaveLength(10)
  })

  it.each([
    ['ends before its total', (startAt: number) => ({ values: things(startAt, 4), total: 10, isLast: true })],
    [
      'has an empty page in the middle',
      (startAt: number) => ({ values: startAt < 4 ? things(0, 4) : [], total: 10, isLast: false }),
    ],
    ['always gives its first page', () => ({ values: things(0, 4), total: 10, isLast: true })],
    [
      'answers another page than asked',
      (startAt: number) => ({ values: things(0, 4), total: 4, isLast: true, startAt: startAt + 50 }),
    ],
  ])('is not believed when it %s', async (_, fetch) => {
    await expect(list(fetch)).rejects.toMatchObject({ code: 'incomplete-read' })
  })

  it('that shrinks while it is read is read once more, nothing told twice', async () => {
    let calls = 0
    const read = await list((startAt) => {
      calls += 1
      const total = calls === 1 ? 5 : 4
      return { values: things(startAt, Math.min(startAt + 2, total)), total, isLast: startAt + 2 >= total }
    })
    expect(read).toEqual(['0', '1', '2', '3'])
    expect(calls).toBe(4)
  })
})

describe('a bare list', () => {
  const list = (fetch: (startAt: number) => Thing[]) =>
    ids(provenPages('The list', idOf, () => bareSweep(idOf, async (startAt) => fetch(startAt))))

  it('is read to its end, short pages or not', async () => {
    expect(await list((startAt) => things(startAt, Math.min(10, startAt + 4)))).toHaveLength(10)
    expect(await list((startAt) => things(startAt, Math.min(10, startAt + 2)))).toHaveLength(10)
    expect(await list(() => [])).toEqual([])
  })

  it('whose page is empty once before the end is noticed and read again', async () => {
    let calls = 0
    const read = await list((startAt) => {
      calls += 1
      return calls === 2 ? [] : things(startAt, Math.min(10, startAt + 4))
    })
    expect(read).toHaveLength(10)
  })

  it('whose end is only claimed once goes on', async () => {
    let calls = 0
    const read = await list((startAt) => {
      calls += 1
      return calls === 2 ? things(startAt, startAt + 1) : things(startAt, Math.min(10, startAt + 4))
    })
    expect(read).toHaveLength(10)
  })

  it('from which an entry vanishes between two pages is read again, and nobody is skipped', async () => {
    let present = things(0, 10)
    let calls = 0
    const read = await list((startAt) => {
      calls += 1
      const page = present.slice(startAt, startAt + 4)
      if (calls === 1) present = present.slice(1)
      return page
    })
    expect(read.toSorted()).toEqual(things(0, 10).map(idOf))
  })

  it('that keeps moving is not believed', async () => {
    let shift = 0
    await expect(
      list((startAt) => {
        shift += 1
        return things(startAt + shift, startAt + shift + 4)
      }),
    ).rejects.toMatchObject({ code: 'incomplete-read' })
  })
})

describe('a list whose pages are laid over one another', () => {
  const list = (fetch: (startAt: number) => Thing[]) =>
    ids(provenPages('The list', idOf, () => overlapSweep(idOf, async (startAt) => fetch(startAt))))

  it.each([1, 2, 3, 10])('is read to its end in pages of %s', async (size) => {
    expect(await list((startAt) => things(startAt, Math.min(10, startAt + size)))).toHaveLength(10)
    expect(await list((startAt) => things(startAt, Math.min(1, startAt + size)))).toHaveLength(1)
  })

  it('that shows nothing any more from its middle on is not believed, however often it says so', async () => {
    let calls = 0
    await expect(
      list((startAt) => {
        calls += 1
        return calls <= 2 ? things(startAt, startAt + 4) : []
      }),
    ).rejects.toMatchObject({ code: 'incomplete-read' })
  })
})

describe('a list with cursors', () => {
  const pages = [things(0, 3), things(3, 6), things(6, 7)]
  const fetch = async (cursor: string | undefined) => {
    const page = Number(cursor ?? 0)
    return { items: pages[page] ?? [], next: page < 2 ? String(page + 1) : undefined }
  }

  it('ends where no next page is named', async () => {
    expect(await all('The list', idOf, () => cursorSweep(idOf, fetch))).toHaveLength(7)
  })

  it('that ends before what is counted is not believed; a count that fell meanwhile is', async () => {
    const counted = (counts: number[]) => () =>
      ids(provenPages('The list', idOf, () => cursorSweep(idOf, fetch, async () => counts.shift())))
    await expect(counted([8, 8])()).rejects.toMatchObject({ code: 'incomplete-read' })
    expect(await counted([8, 7])()).toHaveLength(7)
    expect(await counted([7])()).toHaveLength(7)
  })

  it('that names the same next page for ever is not believed', async () => {
    const circle = () => cursorSweep(idOf, async () => ({ items: things(0, 1), next: 'again' }))
    await expect(all('The list', idOf, circle)).rejects.toMatchObject({ code: 'incomplete-read' })
  })
})
