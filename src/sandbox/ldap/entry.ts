import type { Dn } from './dn.ts'

export type Value = string | Buffer

/** What an entry is made from; a single value may stand alone, `undefined` ones are left out. */
export interface EntrySeed {
  readonly dn: string
  readonly attributes: Readonly<Record<string, Value | readonly Value[] | undefined>>
}

export interface AttributeChange {
  readonly op: 'add' | 'delete' | 'replace'
  readonly attribute: string
  /** For `delete`: none = all of them. */
  readonly values?: readonly Value[]
}

/** A value of a link that came or went; kept for incremental reads. */
export interface LinkChange {
  readonly usn: number
  readonly attribute: string
  readonly value: string
  readonly isAdded: boolean
}

/** One entry with what it stores; what is computed for it, its directory knows. */
export class Entry {
  /** Place in the order in which searches find entries. */
  readonly id: number
  dn: Dn
  /** Gone for good: a listing that still holds it leaves it out. */
  isRemoved = false
  /** Deleted, but kept as a tombstone. */
  isTombstone = false
  /** Change number of the last change, of each attribute's last change, and of links. */
  usn = 0
  readonly changedAt = new Map<string, number>()
  readonly linkChanges: LinkChange[] = []
  readonly #attributes = new Map<string, { readonly name: string; values: Value[] }>()

  constructor(id: number, dn: Dn) {
    this.id = id
    this.dn = dn
  }

  /** Stored values; empty when there are none. */
  values(name: string): readonly Value[] {
    return this.#attributes.get(name.toLowerCase())?.values ?? []
  }

  first(name: string): string | undefined {
    return this.values(name)[0]?.toString()
  }

  /** Sets all values; none = the attribute goes. */
  set(name: string, values: readonly Value[]): void {
    const key = name.toLowerCase()
    const known = this.#attributes.get(key)
    if (values.length === 0) this.#attributes.delete(key)
    else if (known === undefined) this.#attributes.set(key, { name, values: [...values] })
    else known.values = [...values]
  }

  /** Adds one value to the end without copying the others. */
  push(name: string, value: Value): void {
    const known = this.#attributes.get(name.toLowerCase())
    if (known === undefined) this.set(name, [value])
    else known.values.push(value)
  }

  /** Names of the stored attributes, as the schema spells them. */
  get names(): string[] {
    return [...this.#attributes.values()].map(({ name }) => name)
  }
}
