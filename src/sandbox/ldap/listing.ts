import type { Directory } from './directory.ts'
import type { Entry } from './entry.ts'

/** The entries a search finds, handed out in portions; the directory may change meanwhile. */
export interface Listing {
  /** The next entries, at most so many, less where some have gone. */
  take(most: number): Entry[]
  /** Whether a further portion has to be asked for, were it an empty one. */
  readonly hasMore: boolean
  /** The next entries without moving on. */
  upcoming(most: number): Entry[]
}

type Finds = (entry: Entry) => boolean

/** Each portion goes on behind the last entry of the one before. */
export function walkingListing(directory: Directory, finds: Finds): Listing {
  let after = -1
  const upcoming = (most: number) => {
    const found: Entry[] = []
    if (most <= 0) return found
    for (const entry of directory.entries(after)) {
      if (!finds(entry)) continue
      found.push(entry)
      if (found.length === most) break
    }
    return found
  }
  return {
    take(most) {
      const found = upcoming(most)
      after = found.at(-1)?.id ?? after
      return found
    },
    get hasMore() {
      return upcoming(1).length > 0
    },
    upcoming,
  }
}

/** What is found is fixed at the beginning; what has gone since leaves a hole in its portion. */
export function keptListing(directory: Directory, finds: Finds): Listing {
  const list = [...directory.entries()].filter(finds)
  let at = 0
  // A tombstone moved to where the search does not look, so the search decides again.
  const isThere = (entry: Entry) => !entry.isRemoved && finds(entry)
  return {
    take(most) {
      const portion = list.slice(at, at + most)
      at += portion.length
      return portion.filter(isThere)
    },
    get hasMore() {
      return at < list.length
    },
    upcoming: (most) => list.slice(at).filter(isThere).slice(0, most),
  }
}
