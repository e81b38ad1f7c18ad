import type { Answer, Call } from '../../server/call.ts'
import { refuse } from './dialect.ts'

/** A whole number of the query, 0 or more. */
export function numberParam(call: Call, name: string, fallback: number): number {
  const text = call.query.get(name)
  if (text === null || text === '') return fallback
  if (!/^-?\d+$/.test(text)) refuse(400, `The value of '${name}' must be a whole number.`)
  const value = Number(text)
  if (value < 0) refuse(400, `The value of '${name}' must not be negative.`)
  return value
}

/** A page bean (`values`, `total`, `isLast`, `nextPage`); a larger page than `largest` is lowered silently. */
export function pageBean<Item>(
  call: Call,
  base: string,
  all: readonly Item[],
  sizes: { readonly usual: number; readonly largest: number },
  view: (item: Item) => unknown,
  /** Looked at after the page is cut, so that it may come out short. */
  isShown: (item: Item) => boolean = () => true,
): Answer {
  const startAt = numberParam(call, 'startAt', 0)
  const maxResults = Math.min(numberParam(call, 'maxResults', sizes.usual), sizes.largest)
  if (maxResults === 0) refuse(400, "The value of 'maxResults' must be at least 1.")
  let items = all.slice(startAt, startAt + maxResults)
  let isLast = startAt + items.length >= all.length
  let total = all.length
  if (call.shortPage !== undefined) {
    items = items.slice(0, call.shortPage.keep)
    isLast = true
    if (!call.shortPage.totalIsTrue) total = startAt + items.length
  }
  const at = call.path.indexOf('/rest/api/3/')
  const link = (start: number) => {
    const query = new URLSearchParams(call.query)
    query.set('startAt', String(start))
    query.set('maxResults', String(maxResults))
    return `${base}${call.path.slice(at)}?${query}`
  }
  const json: Record<string, unknown> = {
    self: link(startAt),
    maxResults,
    startAt,
    total,
    isLast,
    values: items.filter(isShown).map(view),
  }
  if (!isLast) json.nextPage = link(startAt + maxResults)
  return { status: 200, json }
}
