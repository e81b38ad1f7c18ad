/**
 * Small fast counting generator (sfc32 by Chris Doty-Humphrey): 128 bits of state, passes PractRand. The same seed gives
 * the same numbers everywhere.
 */
export class Random {
  #a = 0x9e3779b9
  #b = 0x243f6a88
  #c: number
  #counter = 1

  constructor(seed: number) {
    this.#c = seed >>> 0
    for (let round = 0; round < 20; round += 1) this.bits()
  }

  /** 32 random bits as a non-negative integer. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0
    this.#counter = (this.#counter + 1) >>> 0
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0
    this.#b = (this.#c + (this.#c << 3)) >>> 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0
    return sum
  }

  /** An integer from 0 below `end`. */
  below(end: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * end)
  }

  chance(share: number): boolean {
    return this.bits() / 0x1_0000_0000 < share
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!
  }

  /** Different integers from 0 below `end`, in random order. */
  sample(count: number, end: number): number[] {
    const taken = new Set<number>()
    while (taken.size < Math.min(count, end)) taken.add(this.below(end))
    return [...taken]
  }

  /** A random UUID of version 4. */
  uuid(): string {
    const [a, b, c, d] = [this.bits(), this.bits(), this.bits(), this.bits()].map((each) =>
      each.toString(16).padStart(8, '0'),
    ) as [string, string, string, string]
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
  }
}
