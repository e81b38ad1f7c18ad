/** Set operations on ascending arrays of integers in which each value stands once. */

export function union(parts: readonly Int32Array[]): Int32Array {
  if (parts.length === 1) return parts[0]!
  let length = 0
  for (const part of parts) length += part.length
  const all = new Int32Array(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return sortInPlace(all)
}

/** Sorts in place; what arrives in order, as most lists do, is only looked at. */
function ascending(values: Int32Array): Int32Array {
  for (let index = 1; index < values.length; index += 1) {
    if (values[index]! < values[index - 1]!) return values.sort()
  }
  return values
}

/** Drops repeated neighbours of an ascending array. */
function unique(ascending: Int32Array): Int32Array {
  let kept = 0
  for (let index = 0; index < ascending.length; index += 1) {
    if (index > 0 && ascending[index] === ascending[index - 1]) continue
    ascending[kept] = ascending[index]!
    kept += 1
  }
  return kept === ascending.length ? ascending : ascending.subarray(0, kept)
}

/** Ascending, each once. */
export function sortedSet(values: readonly number[]): Int32Array {
  return sortInPlace(new Int32Array(values))
}

/** The same for an array that nobody else uses. */
export function sortInPlace(values: Int32Array): Int32Array {
  return unique(ascending(values))
}

export function has(ascending: Int32Array, value: number): boolean {
  let low = 0
  let high = ascending.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = ascending[middle]!
    if (found === value) return true
    if (found < value) low = middle + 1
    else high = middle - 1
  }
  return false
}

/** Walks two ascending sets side by side and tells for each value where it stands. */
export function compare(
  left: Int32Array,
  right: Int32Array,
  visit: (value: number, inLeft: boolean, inRight: boolean) => void,
): void {
  let l = 0
  let r = 0
  while (l < left.length || r < right.length) {
    const a = l < left.length ? left[l]! : Number.POSITIVE_INFINITY
    const b = r < right.length ? right[r]! : Number.POSITIVE_INFINITY
    if (a === b) {
      visit(a, true, true)
      l += 1
      r += 1
    } else if (a < b) {
      visit(a, true, false)
      l += 1
    } else {
      visit(b, false, true)
      r += 1
    }
  }
}
