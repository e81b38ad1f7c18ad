import { randomUUID } from 'node:crypto'
import { systemClock } from './clock.ts'

/** The last millisecond an id was made in, and how many ids it has had so far (from a random beginning). */
const last = { ms: -1, counter: 0 }
const counterBits = 0xfff
const highestStart = 0x3ff

/**
 * A UUID of version 7 (RFC 9562 section 5.7): sorts by time of creation. Those of one millisecond sort in the order in
 * which this process made them (section 6.2, method 1: a counter in `rand_a`), up to 3,072 of them.
 */
export function newId(nowMs: number = systemClock.now()): string {
  const random = randomUUID()
  last.counter = nowMs === last.ms ? last.counter + 1 : Number.parseInt(random.slice(0, 4), 16) & highestStart
  last.ms = nowMs
  const ms = Math.trunc(nowMs).toString(16).padStart(12, '0')
  const counter = (last.counter & counterBits).toString(16).padStart(3, '0')
  return `${ms.slice(0, 8)}-${ms.slice(8)}-7${counter}-${random.slice(19)}`
}
