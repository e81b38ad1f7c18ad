import type { Call } from '../../server/call.ts'

/** Filters of a GET as the search has them in its body: lists, but for the names given here. */
export function queryFilters(call: Call, single: readonly string[]): Record<string, unknown> {
  const filters: Record<string, unknown> = {}
  for (const name of new Set(call.query.keys())) {
    const values = call.query.getAll(name)
    filters[name] = single.includes(name) ? values[0] : values.flatMap((each) => each.split(','))
  }
  return filters
}
