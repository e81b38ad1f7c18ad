import { randomBytes } from 'node:crypto'
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
  const bytes = randomBytes(16)
  last.counter = nowMs === last.ms ? last.counter + 1 : bytes.readUInt16BE(6) & highestStart
  last.ms = nowMs
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes.writeUInt16BE(0x7000 | (last.counter & counterBits), 6)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
