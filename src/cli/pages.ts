/** No list is followed further; a server that always has a next page must not keep us for ever. */
const mostPages = 100_000

interface Slice<Item> {
  readonly items: readonly Item[]
  readonly next?: string | undefined
}

/** All rows of a list, page by page; at most `limit`. */
export async function* everyPage<Item>(
  read: (cursor: string | undefined, limit: number) => Promise<Slice<Item>>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Item[]> {
  let cursor: string | undefined
  let left = limit
  for (let page = 0; page < mostPages && left > 0; page += 1) {
    const { items, next } = await read(cursor, Math.min(1000, left))
    yield items
    left -= items.length
    if (next === undefined || next === cursor) return
    cursor = next
  }
}

/** The same in one list. */
export async function everyItem<Item>(
  read: (cursor: string | undefined, limit: number) => Promise<Slice<Item>>,
  limit?: number,
): Promise<Item[]> {
  const all: Item[] = []
  for await (const items of everyPage(read, limit)) all.push(...items)
  return all
}

/** The query of one page. */
export function withCursor(cursor: string | undefined, limit: number): { limit: number; cursor?: string } {
  return { limit, ...(cursor === undefined ? {} : { cursor }) }
}
