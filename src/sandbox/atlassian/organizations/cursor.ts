import { createHash } from 'node:crypto'
import { refuse } from './dialect.ts'

/** What a cursor stands for: the list it belongs to, where to go on, and the query it was made for. */
export interface Position {
  readonly list: string
  /** Key of the last item shown. */
  readonly after: string
  readonly query: Readonly<Record<string, unknown>>
}

/** Opaque to clients; a forged or damaged one is noticed. */
export function writeCursor(position: Position): string {
  const body = Buffer.from(JSON.stringify(position)).toString('base64url')
  return `${checksum(body)}${body}`
}

export function readCursor(cursor: string, list: string): Position {
  const body = cursor.slice(8)
  if (cursor.length < 9 || checksum(body) !== cursor.slice(0, 8)) refuse('ADMIN-400-1')
  const position = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Position
  if (position.list !== list) refuse('ADMIN-400-1')
  return position
}

function checksum(body: string): string {
  return createHash('md5').update(body).digest('base64url').slice(0, 8)
}

/** The page size asked for, within 1..`largest`. */
export function pageLimit(value: unknown, usual: number, largest: number): number {
  if (value === undefined || value === null || value === '') return usual
  const limit = Number(value)
  if (!Number.isInteger(limit) || limit < 1 || limit > largest)
    refuse('ADMIN-400-24', `limit must be between 1 and ${largest}`)
  return limit
}
