import type { ListAnswer } from '../../../scim/client/list-answer.ts'
import type { ToldResource } from '../../../scim/client/resource.ts'
import type { Sweep } from '../paging.ts'
import { CursorEnded } from './server.ts'

/** No list has more pages; a server that says otherwise runs in a circle. */
const mostPages = 200_000

/** Where a page begins: by index from 1, or by cursor - empty for the first page (RFC 9865 section 2.1). */
export type Position = { readonly startIndex: number } | { readonly cursor: string }

/** Fetches one page. */
export type Fetch = (position: Position) => Promise<ListAnswer>

/**
 * One pass over a list, advanced by what really came. It proves itself by `totalResults`: a total that changes, a page
 * that comes twice, an empty page before the end and a count that does not fit leave a doubt.
 */
export async function* walk(fetch: Fetch, byCursor: boolean): Sweep<ToldResource> {
  const seen = new Set<string>()
  const cursors = new Set<string>()
  let position: Position = byCursor ? { cursor: '' } : { startIndex: 1 }
  let came = 0
  let total: number | undefined
  let ends = 0
  for (let page = 0; page < mostPages; page += 1) {
    const told = await pageAt(fetch, position)
    if (typeof told === 'string') return told
    const { resources, totalResults, nextCursor } = told
    if (totalResults !== undefined) {
      if (total !== undefined && total !== totalResults) {
        return `the list went from ${total} to ${totalResults} entries while it was read`
      }
      total = totalResults
    }
    const fresh = resources.filter(({ id }) => !seen.has(id))
    for (const { id } of fresh) seen.add(id)
    came += resources.length
    if (resources.length > 0 && fresh.length === 0) return 'the same page came twice'
    if (fresh.length > 0) yield fresh
    if (nextCursor !== undefined) {
      if (cursors.has(nextCursor)) return 'the same next page was named twice'
      cursors.add(nextCursor)
      position = { cursor: nextCursor }
      continue
    }
    if ('cursor' in position || (total !== undefined && came >= total)) return proof(seen.size, total)
    if (resources.length > 0) {
      position = { startIndex: came + 1 }
      ends = 0
      continue
    }
    if (total !== undefined) return `an empty page came after ${seen.size} of ${total} entries`
    // Nobody says how many there are: the end counts when it was seen twice.
    ends += 1
    if (ends === 2) return undefined
  }
  return 'it does not end'
}

function proof(seen: number, total: number | undefined): string | undefined {
  if (total === undefined || seen === total) return undefined
  return `${total} entries are promised, ${seen} different ones came`
}

async function pageAt(fetch: Fetch, position: Position): Promise<ListAnswer | string> {
  try {
    const told = await fetch(position)
    if ('cursor' in position || told.startIndex === undefined || told.resources.length === 0) return told
    const { startIndex } = position
    return told.startIndex <= startIndex
      ? told
      : `asked for entry ${startIndex}, the answer begins at ${told.startIndex}`
  } catch (thrown) {
    if (thrown instanceof CursorEnded) return thrown.message
    throw thrown
  }
}
