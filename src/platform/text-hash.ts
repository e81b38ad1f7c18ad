import { randomInt } from 'node:crypto'

/** Another one in each process, so that nobody can choose texts that all meet in one bucket. */
const seed = randomInt(0x7fffffff)

/** FNV-1a over the UTF-16 units, mixed so that the low bits depend on all of it. */
export function hashOf(text: string): number {
  let hash = seed
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash ^ (hash >>> 15)
}
