import { type Dn, dnKey, isBelow, parseDn } from './dn.ts'
import { type AttributeChange, Entry, type EntrySeed, type Value } from './entry.ts'
import type { Schema } from './schema.ts'

/** How a server keeps its entries; a part of its flavour. */
export interface Keeping {
  readonly schema: Schema
  /** Attributes that hold DNs and follow a rename or removal of what they name, where the server does that. */
  readonly linked: readonly string[]
  readonly linksFollow: boolean
  /** The computed attribute that says which groups an entry is in. */
  readonly backLink: BackLink | undefined
  /** Remembers for each attribute and link value when it changed, for incremental reads. */
  readonly tracksChanges: boolean
  /** Where deleted entries are kept; undefined = they are gone. */
  readonly tombstones: ((entry: Entry) => { readonly dn: string; readonly keeps: readonly string[] }) | undefined
  /** Attributes that the server itself keeps up: ids, times, change numbers. */
  stamp(entry: Entry, change: Stamp): void
}

export interface BackLink {
  readonly name: string
  /** The attributes of groups that it is computed from. */
  readonly from: readonly string[]
  readonly includesNested: boolean
}

export interface Stamp {
  readonly kind: 'add' | 'modify' | 'rename' | 'delete'
  readonly usn: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The entries of one server. Methods that change it throw when what they name is not there, or is there already. */
export class Directory {
  readonly keeping: Keeping
  /** Change number of the newest change. */
  usn = 0
  readonly #now: () => number
  readonly #byKey = new Map<string, Entry>()
  readonly #order: (Entry | undefined)[] = []
  /** Key -> how many entries hang directly below it. */
  readonly #children = new Map<string, number>()
  /** attribute -> key of the far end -> entries that name it. */
  readonly #links = new Map<string, Map<string, Set<Entry>>>()

  constructor(keeping: Keeping, now: () => number) {
    this.keeping = keeping
    this.#now = now
    for (const name of keeping.linked) this.#links.set(name.toLowerCase(), new Map())
  }

  get size(): number {
    return this.#byKey.size
  }

  at(dn: string): Entry | undefined {
    return this.#byKey.get(dnKey(dn))
  }

  /** The nearest entry at or above the key; for noSuchObject. */
  nearest(dn: Dn): Entry | undefined {
    let key = dn.key
    while (key !== '' && !this.#byKey.has(key)) key = parseDn(key)?.parentKey ?? ''
    return this.#byKey.get(key)
  }

  /** Entries with an id above `after`, in order, tombstones too; may be changed meanwhile. */
  *entries(after = -1): Generator<Entry> {
    for (let id = after + 1; id < this.#order.length; id++) {
      const entry = this.#order[id]
      if (entry !== undefined) yield entry
    }
  }

  add(seed: EntrySeed): Entry {
    const dn = readDn(seed.dn)
    if (this.#byKey.has(dn.key)) throw new Error(`${seed.dn} is there already`)
    if (this.#byKey.size > 0 && !this.#byKey.has(dn.parentKey)) throw new Error(`There is nothing above ${seed.dn}`)
    const entry = new Entry(this.#order.length, dn)
    for (const [name, given] of Object.entries(seed.attributes)) {
      if (given === undefined) continue
      const values = Array.isArray(given) ? (given as readonly Value[]) : [given as Value]
      this.#store(entry, name, values)
    }
    this.#order.push(entry)
    this.#place(entry)
    this.#changed(entry, 'add', entry.names)
    return entry
  }

  /** Applies the changes to one entry, in order. Adding what is there and deleting what is not are errors. */
  modify(dn: string, changes: readonly AttributeChange[]): void {
    const entry = this.#existing(dn)
    for (const { op, attribute, values = [] } of changes) {
      const name = this.#nameOf(attribute)
      const before = entry.values(name)
      const same = this.#sameness(name)
      if (op === 'add') {
        for (const value of values) {
          if (before.some((own) => same(own, value))) throw new Error(`${dn} has ${name}: ${value} already`)
        }
        this.#store(entry, name, [...before, ...values])
      } else if (op === 'replace' || values.length === 0) {
        if (op === 'delete' && before.length === 0) throw new Error(`${dn} has no ${name}`)
        this.#store(entry, name, values)
      } else {
        const left = before.filter((own) => !values.some((value) => same(own, value)))
        if (left.length + values.length !== before.length) throw new Error(`${dn} has not all of these in ${name}`)
        this.#store(entry, name, left)
      }
    }
    this.#changed(
      entry,
      'modify',
      changes.map(({ attribute }) => this.#nameOf(attribute)),
    )
  }

  /** Moves or renames an entry without children; the new RDN value is stored too. */
  rename(dn: string, newDn: string): void {
    const entry = this.#existing(dn)
    const to = readDn(newDn)
    if (to.key !== entry.dn.key && this.#byKey.has(to.key)) throw new Error(`${newDn} is there already`)
    this.#refuseChildren(entry)
    const from = entry.dn
    this.#move(entry, to)
    entry.set(this.#nameOf(to.rdn.type), [to.rdn.value])
    if (this.keeping.linksFollow) this.#relink(from.key, to.text)
    this.#changed(entry, 'rename', [to.rdn.type])
  }

  /** Removes an entry without children; where the server keeps tombstones, it becomes one. */
  remove(dn: string): void {
    const entry = this.#existing(dn)
    this.#refuseChildren(entry)
    for (const name of this.keeping.linked) this.#unindex(entry, name)
    const { key } = entry.dn
    const tombstone = this.keeping.tombstones?.(entry)
    if (tombstone === undefined) {
      entry.isRemoved = true
      this.#displace(entry)
      this.#order[entry.id] = undefined
      this.usn++
    } else {
      this.#move(entry, readDn(tombstone.dn))
      entry.isTombstone = true
      const kept = new Set(tombstone.keeps.map((name) => name.toLowerCase()))
      for (const name of entry.names) if (!kept.has(name.toLowerCase())) entry.set(name, [])
      this.#changed(entry, 'delete', ['isDeleted'])
    }
    if (this.keeping.linksFollow) this.#relink(key, undefined)
  }

  /** Values of an attribute as a reader sees them: stored, or computed. */
  valuesOf(entry: Entry, name: string): readonly Value[] {
    const { backLink } = this.keeping
    if (backLink !== undefined && name === backLink.name) return this.groupsOf(entry, backLink.includesNested)
    return entry.values(name)
  }

  /** DNs of the groups that have the entry as a member; with `nested` also the groups around those. */
  groupsOf(entry: Entry, nested: boolean): string[] {
    if (entry.isTombstone) return []
    const found = new Map<string, Entry>()
    const open = [entry]
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      for (const name of this.keeping.backLink?.from ?? []) {
        for (const group of this.#links.get(name.toLowerCase())?.get(one.dn.key) ?? []) {
          if (found.has(group.dn.key)) continue
          found.set(group.dn.key, group)
          if (nested) open.push(group)
        }
      }
    }
    return [...found.values()].map((group) => group.dn.text)
  }

  /** Keys of everything an entry reaches by following one link attribute, or the back link. */
  reach(entry: Entry, attribute: string): Set<string> {
    if (attribute === this.keeping.backLink?.name) return new Set(this.groupsOf(entry, true).map(dnKey))
    const reached = new Set<string>()
    const open = entry.values(attribute).map(String)
    for (let dn = open.pop(); dn !== undefined; dn = open.pop()) {
      const key = dnKey(dn)
      if (reached.has(key)) continue
      reached.add(key)
      open.push(...(this.#byKey.get(key)?.values(attribute).map(String) ?? []))
    }
    return reached
  }

  hasChildren(entry: Entry): boolean {
    return (this.#children.get(entry.dn.key) ?? 0) > 0
  }

  #refuseChildren(entry: Entry): void {
    if (this.hasChildren(entry)) throw new Error(`${entry.dn.text} has entries below it`)
  }

  #existing(dn: string): Entry {
    const entry = this.at(dn)
    if (entry === undefined || entry.isTombstone) throw new Error(`There is no ${dn}`)
    return entry
  }

  #nameOf(attribute: string): string {
    return this.keeping.schema.find(attribute)?.name ?? attribute
  }

  #sameness(name: string): (a: Value, b: Value) => boolean {
    const syntax = this.keeping.schema.find(name)?.syntax
    if (syntax === 'dn') return (a, b) => dnKey(String(a)) === dnKey(String(b))
    if (syntax === 'bytes') return (a, b) => Buffer.from(a).equals(Buffer.from(b))
    if (syntax === 'exact') return (a, b) => String(a) === String(b)
    return (a, b) => String(a).toLowerCase() === String(b).toLowerCase()
  }

  #move(entry: Entry, to: Dn): void {
    this.#displace(entry)
    entry.dn = to
    this.#place(entry)
  }

  #place(entry: Entry): void {
    const { key, parentKey } = entry.dn
    this.#byKey.set(key, entry)
    this.#children.set(parentKey, (this.#children.get(parentKey) ?? 0) + 1)
  }

  #displace({ dn: { key, parentKey } }: Entry): void {
    this.#byKey.delete(key)
    this.#children.set(parentKey, (this.#children.get(parentKey) ?? 1) - 1)
  }

  /** Sets the values of one attribute and keeps the index of links, and their log unless the server changed them. */
  #store(entry: Entry, attribute: string, values: readonly Value[], isLogged = true): void {
    const name = this.#nameOf(attribute)
    const index = this.#links.get(name.toLowerCase())
    if (index === undefined) return entry.set(name, values)
    const log = isLogged && this.keeping.tracksChanges
    const before = new Map(entry.values(name).map((value) => [dnKey(String(value)), String(value)]))
    const after = new Map(values.map((value) => [dnKey(String(value)), String(value)]))
    const usn = this.usn + 1
    for (const [key, value] of before) {
      if (after.has(key)) continue
      index.get(key)?.delete(entry)
      if (log) entry.linkChanges.push({ usn, attribute: name, value, isAdded: false })
    }
    for (const [key, value] of after) {
      if (before.has(key)) continue
      const known = index.get(key)
      if (known === undefined) index.set(key, new Set([entry]))
      else known.add(entry)
      if (log) entry.linkChanges.push({ usn, attribute: name, value, isAdded: true })
    }
    entry.set(name, values)
  }

  #unindex(entry: Entry, name: string): void {
    const index = this.#links.get(name.toLowerCase())
    for (const value of entry.values(name)) index?.get(dnKey(String(value)))?.delete(entry)
  }

  /** What named the old key names the new DN from now on, or nothing. The entries that do so count as unchanged. */
  #relink(oldKey: string, newDn: string | undefined): void {
    for (const [name, index] of this.#links) {
      for (const entry of [...(index.get(oldKey) ?? [])]) {
        const values = entry.values(name)
        const kept =
          newDn === undefined
            ? values.filter((value) => dnKey(String(value)) !== oldKey)
            : values.map((value) => (dnKey(String(value)) === oldKey ? newDn : value))
        this.#store(entry, name, kept, false)
      }
    }
  }

  #changed(entry: Entry, kind: Stamp['kind'], names: readonly string[]): void {
    this.usn++
    entry.usn = this.usn
    if (this.keeping.tracksChanges) for (const name of names) entry.changedAt.set(name.toLowerCase(), this.usn)
    this.keeping.stamp(entry, { kind, usn: this.usn, at: this.#now() })
  }
}

/** Whether the entry is in the scope of a search at this base. */
export function isInScope(entry: Entry, base: string, scope: 'base' | 'one' | 'sub'): boolean {
  if (scope === 'base') return entry.dn.key === base
  if (scope === 'one') return entry.dn.parentKey === base && entry.dn.key !== ''
  return isBelow(entry.dn.key, base)
}

function readDn(text: string): Dn {
  const dn = parseDn(text)
  if (dn === undefined) throw new Error(`${text} is not a DN`)
  return dn
}
