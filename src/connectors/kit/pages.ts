import { fail } from '../../domain/errors.ts'
import type { Page } from '../../ports/readable.ts'

/** Records in one page of a source that has them all at hand. */
const pageSize = 500

/** A list in pages; looks at the signal before each. Throws `cancelled`. */
export async function* inPages<Item>(items: readonly Item[], signal: AbortSignal): AsyncGenerator<Page<Item>> {
  for (let start = 0; start < items.length; start += pageSize) {
    if (signal.aborted) throw fail.cancelled('The read was stopped.')
    yield { items: items.slice(start, start + pageSize) }
  }
}
