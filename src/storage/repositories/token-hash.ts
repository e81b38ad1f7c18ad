import { createHash, timingSafeEqual } from 'node:crypto'

/** What is kept of a random value of 128 bits or more; a slow hash would protect nothing there and cost an outage (D15). */
export function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

/** Compares two hashes in constant time. */
export function isEqualHash(stored: string, presented: string): boolean {
  const [left, right] = [Buffer.from(stored, 'hex'), Buffer.from(presented, 'hex')]
  return left.length === right.length && timingSafeEqual(left, right)
}
