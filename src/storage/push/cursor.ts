import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { PushKind, PushQuery } from '../../ports/push-directory.ts'
import { scimFault } from '../../scim/error.ts'

/** Where a page by cursor goes on: behind an id, or, in another order than that of ids, after so many. */
type Position = { readonly afterId: string } | { readonly skipped: number }

const cursorSchema = z.union([
  z.strictObject({ q: z.string(), afterId: z.string().max(100) }),
  z.strictObject({ q: z.string(), skipped: z.number().int().nonnegative().max(1e9) }),
])

/** A cursor holds only unreserved characters (RFC 9865 section 2.1) and belongs to one query. */
export function writeCursor(position: Position, query: PushQuery, kind: PushKind): string {
  return Buffer.from(JSON.stringify({ q: queryMark(query, kind), ...position })).toString('base64url')
}

/** Throws 400 invalidCursor for a cursor that another query, or nobody, made. */
export function readCursor(cursor: string, query: PushQuery, kind: PushKind): Position {
  if (cursor === '') return { skipped: 0 }
  try {
    const { q, ...position } = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    if (q === queryMark(query, kind)) return position
  } catch {
    // Said below.
  }
  throw scimFault.invalidCursor('The cursor does not belong to this query; begin with an empty one.')
}

function queryMark({ filter, sorting }: PushQuery, kind: PushKind): string {
  const text = JSON.stringify([kind, filter ?? null, sorting ?? null])
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}
