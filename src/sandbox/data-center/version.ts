/** A product's version, e.g. `10.3.24`. */
export class Version {
  readonly text: string
  readonly #numbers: readonly number[]

  /** Throws when the text is no version. */
  constructor(text: string) {
    if (!/^\d+(\.\d+){0,3}$/.test(text)) throw new Error(`"${text}" is no version; write it like 10.3.24`)
    this.text = text
    this.#numbers = text.split('.').map(Number)
  }

  get numbers(): readonly number[] {
    return this.#numbers
  }

  /** This version or a later one; numbers left out are 0. */
  isAtLeast(other: string): boolean {
    const wanted = other.split('.').map(Number)
    for (let at = 0; at < Math.max(wanted.length, this.#numbers.length); at++) {
      const difference = (this.#numbers[at] ?? 0) - (wanted[at] ?? 0)
      if (difference !== 0) return difference > 0
    }
    return true
  }
}
