import { createHash } from 'node:crypto'

/** Makes a UUID of a text. */
export type IdMaker = (text: string) => string

/** UUIDs that depend on the seed and the text alone. */
export function seededIds(seed: string): IdMaker {
  return (text) => {
    const hex = createHash('sha256').update(`${seed}\n${text}`).digest('hex')
    const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }
}
