import { fail } from '../../domain/errors.ts'
import type { Page } from '../../ports/readable.ts'

/** No list of ours has more pages; a server that says otherwise runs in a circle. */
const maxPages = 200_000

/**
 * One pass over a list. Returns undefined when the pass proved that it told everything, else the reason for doubt;
 * throws what cannot be read at all.
 */
export type Sweep<Item> = AsyncGenerator<readonly Item[], string | undefined>

/**
 * A list in pages, each id once. A pass that leaves a doubt is repeated once, from the start (lists move while they are
 * paged); a second doubt is an `incomplete-read`.
 */
export async function* provenPages<Item>(
  subject: string,
  idOf: (item: Item) => string,
  sweep: () => Sweep<Item>,
): AsyncGenerator<Page<Item>> {
  const told = new Set<string>()
  let doubt: string | undefined
  for (let pass = 1; pass <= 2; pass += 1) {
    const pages = sweep()
    let came = 0
    for (;;) {
      const step = await pages.next()
      if (step.done) {
        doubt = step.value
        break
      }
      came += step.value.length
      const items = step.value.filter((item) => {
        const id = idOf(item)
        if (told.has(id)) return false
        told.add(id)
        return true
      })
      if (items.length > 0) yield { items }
    }
    // Who may no longer look is often shown an empty list instead of a refusal.
    if (doubt === undefined && came === 0 && told.size > 0) doubt = 'a second look showed nothing at all'
    if (doubt === undefined) return
  }
  throw fail.incompleteRead(`${subject} could not be read completely: ${doubt}.`, {
    hint: 'Nothing is removed on the strength of this read. Repeat it; if it stays so, report the sentence above.',
  })
}

/** A short list as a whole. */
export async function all<Item>(
  subject: string,
  idOf: (item: Item) => string,
  sweep: () => Sweep<Item>,
): Promise<readonly Item[]> {
  const found: Item[] = []
  for await (const { items } of provenPages(subject, idOf, sweep)) found.push(...items)
  return found
}

/** A page of a list with offset, total and end mark (Jira's page bean). */
export interface OffsetPage<Item> {
  readonly values: readonly Item[]
  readonly startAt?: number | null | undefined
  readonly total?: number | null | undefined
  readonly isLast?: boolean | null | undefined
}

/** Pages by offset, advanced by what really came. */
export async function* offsetSweep<Item>(
  idOf: (item: Item) => string,
  fetchPage: (startAt: number) => Promise<OffsetPage<Item>>,
): Sweep<Item> {
  const seen = new Set<string>()
  let startAt = 0
  let firstTotal: number | undefined
  for (let turn = 0; turn < maxPages; turn += 1) {
    const { values, isLast, ...page } = await fetchPage(startAt)
    const total = page.total ?? undefined
    const told = page.startAt ?? 0
    if (told > startAt) return `asked for entry ${startAt}, the answer begins at ${told}`
    for (const item of values) seen.add(idOf(item))
    if (values.length > 0) yield values
    startAt += values.length
    firstTotal ??= total
    const ended = isLast ?? (total !== undefined ? startAt >= total : values.length === 0)
    if (!ended && values.length === 0) return `an empty page came at entry ${startAt}, before the end`
    if (!ended) continue
    if (total !== undefined && seen.size < total) return `${total} entries are promised, ${seen.size} came`
    if (total !== undefined && firstTotal !== undefined && total < firstTotal) {
      return `the list shrank from ${firstTotal} to ${total} entries while it was read`
    }
    return undefined
  }
  return 'it does not end'
}

/**
 * Pages of a bare list: no total, no end mark, pages may be short. Every page after the first begins with the last entry
 * of the one before, so that a shifted list, or an empty answer that only looks like the end, is noticed; the end counts
 * when it was seen twice; `looksAtEnd: 1` = once, where many short lists are read and the page before showed the end already.
 */
export async function* bareSweep<Item>(
  idOf: (item: Item) => string,
  fetchPage: (startAt: number) => Promise<readonly Item[]>,
  looksAtEnd: 1 | 2 = 2,
): Sweep<Item> {
  const seen = new Set<string>()
  let startAt = 0
  let ends = 0
  for (let page = 0; page < maxPages; page += 1) {
    const overlap = startAt > 0 ? 1 : 0
    const items = await fetchPage(startAt - overlap)
    const [first] = items
    if (overlap === 1 && (first === undefined || !seen.has(idOf(first)))) {
      return `the list moved at entry ${startAt} while it was read`
    }
    const fresh = items.slice(overlap)
    if (fresh.length === 0) {
      ends += 1
      if (ends === looksAtEnd) return undefined
      continue
    }
    ends = 0
    for (const item of fresh) seen.add(idOf(item))
    yield fresh
    startAt += fresh.length
  }
  return 'it does not end'
}

/**
 * Pages by offset of a list without total and end mark, each beginning with the last entry of the one before: the end
 * counts when that entry came and nothing behind it. A list without entries is looked at twice. `promised` is asked at the
 * end, where the other side can count.
 */
export async function* overlapSweep<Item>(
  idOf: (item: Item) => string,
  fetchPage: (startAt: number) => Promise<readonly Item[]>,
  promised?: () => Promise<number | undefined>,
): Sweep<Item> {
  const seen = new Set<string>()
  let came = 0
  let empties = 0
  let largest = 0
  for (let page = 0; page < maxPages; page += 1) {
    const overlap = came > 0 ? 1 : 0
    const items = await fetchPage(came - overlap)
    const [first] = items
    if (overlap === 1 && (first === undefined || !seen.has(idOf(first)))) {
      return `the list moved at entry ${came} while it was read`
    }
    largest = Math.max(largest, items.length)
    // A page of one entry has no room beside the overlap: what is behind it is asked for by itself.
    const more = overlap === 1 && largest === 1 ? await fetchPage(came) : items.slice(overlap)
    if (more.length === 0) {
      empties += 1
      if (overlap === 0 && empties < 2) continue
      const count = await promised?.()
      return count !== undefined && seen.size < count ? `${count} entries are counted, ${seen.size} came` : undefined
    }
    const fresh = more.filter((item) => !seen.has(idOf(item)))
    if (fresh.length === 0) return 'the same entries came twice'
    for (const item of fresh) seen.add(idOf(item))
    yield fresh
    came += more.length
  }
  return 'it does not end'
}

/**
 * Pages by number, from 0. With a total the list is whole when as many different entries came and the total stayed; without
 * one it is read to an empty page, and a second time to see that it did not move meanwhile.
 */
export async function* numberedSweep<Item>(
  idOf: (item: Item) => string,
  fetchPage: (number: number) => Promise<{ readonly items: readonly Item[]; readonly total?: number | undefined }>,
): Sweep<Item> {
  const seen = new Set<string>()
  const again = new Set<string>()
  let into = seen
  let total: number | undefined
  let number = 0
  for (let turn = 0; turn < maxPages; turn += 1) {
    const page = await fetchPage(number)
    number += 1
    if (total !== undefined && page.total !== undefined && page.total !== total) {
      return `the list went from ${total} to ${page.total} entries while it was read`
    }
    total ??= page.total
    const fresh = page.items.filter((item) => !into.has(idOf(item)))
    if (page.items.length > 0 && fresh.length === 0) return 'the same page came twice'
    const isNew = fresh.filter((item) => !seen.has(idOf(item)))
    for (const item of fresh) into.add(idOf(item))
    for (const item of isNew) seen.add(idOf(item))
    if (isNew.length > 0) yield isNew
    if (total !== undefined) {
      if (seen.size === total) return undefined
      if (page.items.length === 0) return `${total} entries are promised, ${seen.size} came`
      continue
    }
    if (page.items.length > 0) continue
    if (into === again) return again.size === seen.size ? undefined : 'the list moved while it was read'
    into = again
    number = 0
  }
  return 'it does not end'
}

/** The same pass, held against the number of entries that the pages themselves promise, where they do. */
export async function* promisedSweep<Item>(
  idOf: (item: Item) => string,
  sweep: Sweep<Item>,
  promised: () => number | undefined,
): Sweep<Item> {
  const seen = new Set<string>()
  for (;;) {
    const step = await sweep.next()
    if (step.done) {
      const total = promised()
      const isShort = total !== undefined && seen.size < total
      return step.value ?? (isShort ? `${total} entries are promised, ${seen.size} came` : undefined)
    }
    for (const item of step.value) seen.add(idOf(item))
    yield step.value
  }
}

export interface CursorPage<Item> {
  readonly items: readonly Item[]
  /** Absent on the last page. */
  readonly next?: string | undefined
}

/** Pages by cursor; `promised` is the number of entries the other side counts, where it can. */
export async function* cursorSweep<Item>(
  idOf: (item: Item) => string,
  fetchPage: (cursor: string | undefined) => Promise<CursorPage<Item>>,
  promised?: () => Promise<number | undefined>,
): Sweep<Item> {
  const before = await promised?.()
  const seen = new Set<string>()
  const cursors = new Set<string>()
  let cursor: string | undefined
  for (let page = 0; page < maxPages; page += 1) {
    const { items, next } = await fetchPage(cursor)
    for (const item of items) seen.add(idOf(item))
    if (items.length > 0) yield items
    if (next === undefined || next === '') {
      const count = before ?? (await promised?.())
      return count !== undefined && seen.size < count ? `${count} entries are counted, ${seen.size} came` : undefined
    }
    if (cursors.has(next)) return 'the same next page was named twice'
    cursors.add(next)
    cursor = next
  }
  return 'it does not end'
}
