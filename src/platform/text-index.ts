import { hashOf } from './text-hash.ts'

/**
 * Finds the positions that hold a text without keeping any text: 12 bytes a position and 4 to 8 for the buckets, where a
 * Map of lists takes some 200. Made once, for texts that stay as they are.
 */
export type TextIndex = (text: string) => readonly number[]

/**
 * `textOf` tells the text at a position from 0 to `length` - 1; undefined and the empty text are never found. It is asked
 * again for the few positions that a look-up has to compare. Positions are found in ascending order.
 */
export function textIndex(length: number, textOf: (position: number) => string | undefined): TextIndex {
  const mask = powerOfTwo(length) - 1
  const hashes = new Int32Array(length)
  // Chains of positions with one bucket, each plus one: 0 = the end.
  const first = new Int32Array(mask + 1)
  const next = new Int32Array(length)
  for (let position = length - 1; position >= 0; position -= 1) {
    const text = textOf(position)
    if (text === undefined || text === '') continue
    const hash = hashOf(text)
    hashes[position] = hash
    next[position] = first[hash & mask]!
    first[hash & mask] = position + 1
  }
  return (text) => {
    const hash = hashOf(text)
    const found: number[] = []
    for (let at = first[hash & mask]!; at > 0; at = next[at - 1]!) {
      if (hashes[at - 1] === hash && textOf(at - 1) === text) found.push(at - 1)
    }
    return found
  }
}

/** The smallest one that is not below. */
function powerOfTwo(least: number): number {
  let power = 1
  while (power < least) power *= 2
  return power
}
