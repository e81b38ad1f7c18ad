/**
 * Values in ascending order of a string key, at most one per key. Lists of a vendor are kept this way so that a page is
 * a slice, a cursor is a key, and an insert shifts what offset paging has not read yet - as it does in real life.
 */
export class SortedList<Item> {
  #items: Item[] = []
  readonly #keyOf: (item: Item) => string

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf
  }

  get size(): number {
    return this.#items.length
  }

  /** The live array, for reading only. */
  get items(): readonly Item[] {
    return this.#items
  }

  /** Adds many at once: one sort instead of many shifts. */
  addAll(items: Iterable<Item>): void {
    // Keys are made once: some are built from text, and a sort asks for each many times.
    const keyed = [...this.#items, ...items].map((item) => ({ item, key: this.#keyOf(item) }))
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    this.#items = keyed.map(({ item }) => item)
  }

  add(item: Item): void {
    this.#items.splice(this.firstAtLeast(this.#keyOf(item)), 0, item)
  }

  /** Removes the item with the same key; false when there was none. */
  remove(item: Item): boolean {
    const at = this.#indexOf(this.#keyOf(item))
    if (at < 0) return false
    this.#items.splice(at, 1)
    return true
  }

  /** Index of the first item whose key is not below `key`; `size` when there is none. */
  firstAtLeast(key: string): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keyOf(this.#items[middle] as Item) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Items whose key begins with `prefix`, in order. */
  *startingWith(prefix: string): Generator<Item> {
    for (let at = this.firstAtLeast(prefix); at < this.#items.length; at++) {
      const item = this.#items[at] as Item
      if (!this.#keyOf(item).startsWith(prefix)) return
      yield item
    }
  }

  #indexOf(key: string): number {
    const at = this.firstAtLeast(key)
    return at < this.#items.length && this.#keyOf(this.#items[at] as Item) === key ? at : -1
  }
}
