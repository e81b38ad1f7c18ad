import { sql } from 'kysely'
import { fail } from '../domain/errors.ts'
import type { PageRequest, Slice } from '../ports/paging.ts'

/** Rows of one `unnest` insert: fast on both stores, and short enough that others get their turn. */
const batchSize = 5_000

export function* batches<Item>(items: readonly Item[], size = batchSize): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}

/** An int[] parameter; written by hand because the driver quotes every element. */
export function ints(values: Iterable<number | null | undefined>) {
  const list: (number | string)[] = []
  for (const value of values) list.push(value ?? 'null')
  return sql`${`{${list.join(',')}}`}::int[]`
}

/** A text[] parameter. */
export function texts(values: Iterable<string | null | undefined>) {
  return sql`${Array.from(values, (value) => value ?? null)}::text[]`
}

/** An instant as a timestamptz parameter. */
export function time(instant: number | undefined) {
  return sql`${instant === undefined ? null : new Date(instant).toISOString()}::timestamptz`
}

export function json(value: unknown) {
  return sql`${jsonText(value) ?? null}::json`
}

/** JSON that every JSON function of PostgreSQL can read: no character zero, no half of a surrogate pair. */
export function jsonText(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const text = JSON.stringify(value)
  return text.includes('\\u') ? JSON.stringify(storable(value)) : text
}

/** The value without characters that PostgreSQL cannot hold. */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD')
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storable(each)]))
}

/** Leaves out what the database does not know, because optional properties are never undefined. */
export function present<Value extends object>(value: { [Key in keyof Value]: Value[Key] | null | undefined }): Value {
  return Object.fromEntries(
    Object.entries(value).filter(([, each]) => each !== null && each !== undefined),
  ) as unknown as Value
}

/** A page out of one row more than was asked for. */
export function slice<Row, Item>(
  rows: readonly Row[],
  page: PageRequest,
  item: (row: Row) => Item,
  position: (row: Row) => string | number,
): Slice<Item> {
  const shown = rows.slice(0, limitOf(page))
  const last = shown.at(-1)
  const items = shown.map(item)
  return rows.length > shown.length && last !== undefined ? { items, next: writeCursor(position(last)) } : { items }
}

export function limitOf({ limit }: PageRequest): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit
  throw fail.usage(`A page holds 1 to 1000 entries, not ${limit}.`)
}

function writeCursor(position: string | number): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

export function numberCursor({ cursor }: PageRequest, otherwise: number): number {
  const value = readCursor(cursor)
  if (value === undefined) return otherwise
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : badCursor()
}

export function textCursor({ cursor }: PageRequest): string | undefined {
  const value = readCursor(cursor)
  return value === undefined || typeof value === 'string' ? value : badCursor()
}

function readCursor(cursor: string | undefined): unknown {
  if (cursor === undefined) return undefined
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return badCursor()
  }
}

function badCursor(): never {
  throw fail.usage('The cursor of a page was not made by this store.', { hint: 'Start with the first page.' })
}

/** A piece of text for LIKE, found literally anywhere. */
export function anywhere(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
}
