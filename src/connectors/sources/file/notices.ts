/** Told one by one up to here; a file of the wrong kind would otherwise fill the run report. */
const mostNotices = 100

/** Sentences about single records that were set aside or look odd. */
export class Notices {
  readonly #told: string[] = []
  readonly #once = new Set<string>()
  #untold = 0

  add(sentence: string): void {
    if (this.#told.length < mostNotices) this.#told.push(sentence)
    else this.#untold += 1
  }

  /** For what would be said again for every record. */
  addOnce(sentence: string): void {
    if (this.#once.has(sentence) || this.#once.size >= mostNotices) return
    this.#once.add(sentence)
    this.add(sentence)
  }

  list(): readonly string[] {
    return this.#untold === 0
      ? this.#told
      : [...this.#told, `${this.#untold} more notices of this read are not listed.`]
  }
}
