import { hashOf } from './text-hash.ts'

/** Keys that are looked up together: enough that the processor waits for many at once, few enough to stay in its cache. */
const stretch = 256

/**
 * Where keys stand in a list. Beside a Map of a million keys it takes a third of the memory, and many keys are found in a
 * third of the time: memory is what a look-up waits for, and here the waits of one stretch of keys overlap.
 */
export class KeyIndex {
  /** By position. */
  readonly #keys: string[] = []
  /** Pairs of a hash and a position plus one; 0 = free. At most half of them are taken. */
  #slots = new Int32Array(32)
  #size = 0
  readonly #hashes = new Int32Array(stretch)
  readonly #found = new Int32Array(stretch)

  /** How many different keys there are. */
  get size(): number {
    return this.#size
  }

  /** Positions are given in ascending order; of two with one key the later one is found. */
  set(key: string, position: number): void {
    if (this.#size * 4 >= this.#slots.length) this.#grow()
    const hash = hashOf(key)
    const slot = this.#slotOf(key, hash)
    if (this.#slots[slot + 1] === 0) this.#size += 1
    this.#slots[slot] = hash
    this.#slots[slot + 1] = position + 1
    this.#keys[position] = key
  }

  get(key: string): number | undefined {
    const found = this.#slots[this.#slotOf(key, hashOf(key)) + 1]!
    return found === 0 ? undefined : found - 1
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** Writes the positions of the keys that are there into `room`, in their order; returns how many. */
  findAll(keys: readonly string[], room: Int32Array): number {
    let count = 0
    for (let from = 0; from < keys.length; from += stretch) {
      const length = Math.min(stretch, keys.length - from)
      this.#guess(keys, from, length)
      for (let at = 0; at < length; at += 1) {
        const guess = this.#found[at]!
        if (guess === 0) continue
        const key = keys[from + at]!
        const position = this.#keys[guess - 1] === key ? guess - 1 : this.get(key)
        if (position !== undefined) room[count++] = position
      }
    }
    return count
  }

  /** For each of some keys the first position with its hash plus one; 0 = there is none. No key is looked at for that. */
  #guess(keys: readonly string[], from: number, length: number): void {
    const slots = this.#slots
    const hashes = this.#hashes
    const found = this.#found
    const last = slots.length - 1
    for (let at = 0; at < length; at += 1) hashes[at] = hashOf(keys[from + at]!)
    for (let at = 0; at < length; at += 1) {
      const hash = hashes[at]!
      let slot = (hash << 1) & last
      while (slots[slot + 1] !== 0 && slots[slot] !== hash) slot = (slot + 2) & last
      found[at] = slots[slot + 1]!
    }
  }

  /** The slot of a key, or the free one where it would stand. */
  #slotOf(key: string, hash: number): number {
    const slots = this.#slots
    const last = slots.length - 1
    let slot = (hash << 1) & last
    for (;;) {
      const found = slots[slot + 1]!
      if (found === 0 || (slots[slot] === hash && this.#keys[found - 1] === key)) return slot
      slot = (slot + 2) & last
    }
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    const last = slots.length - 1
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue
      let slot = (old[from]! << 1) & last
      while (slots[slot + 1] !== 0) slot = (slot + 2) & last
      slots[slot] = old[from]!
      slots[slot + 1] = old[from + 1]!
    }
    this.#slots = slots
  }
}
