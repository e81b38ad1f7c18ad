import type { Problem } from './errors.ts'
import type { MemberRef, SourceUser } from './identity.ts'

/** What a source shows about single records and attributes, for people to look at. */

/** Somebody as the source itself shows them. Never holds a secret; bytes are named, not shown. */
export interface FoundRecord {
  /** The key under which a read tells this person; absent when the read leaves them out. */
  readonly key?: string
  /** What the source calls the record: a distinguished name, a line of a file. */
  readonly name: string
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[]
  /** Why the read leaves this person out, or what else is odd. */
  readonly notes: readonly string[]
}

export type AttributeType = 'text' | 'number' | 'time' | 'boolean' | 'name' | 'bytes'

/** One attribute as people have it. */
export interface DescribedAttribute {
  readonly name: string
  readonly type: AttributeType
  /** How many of those looked at have a value. */
  readonly filled: number
  /** Somebody has more than one value. */
  readonly isList: boolean
  /** Up to three values of which only the beginnings of words are shown. */
  readonly samples: readonly string[]
}

export interface AttributesDescription {
  readonly attributes: readonly DescribedAttribute[]
  /** How many people were looked at. */
  readonly people: number
  /** False = these were only some of all. */
  readonly isEverybody: boolean
}

/** What a source tells when it is tried with settings that need not be saved yet. Proves nothing about completeness. */
export interface SourceTrial {
  /** The first answer, shortened and without secrets. */
  readonly answer?: { readonly from: string; readonly text: string }
  /** The first people as the settings turn them into ours. */
  readonly people: readonly SourceUser[]
  readonly group?: { readonly key: string; readonly name: string; readonly members: readonly MemberRef[] }
  /** Sentences about what was seen: how many came, whether a next page is named. */
  readonly notes: readonly string[]
  /** What of the settings leads nowhere. */
  readonly problems: readonly Problem[]
}

const mostSamples = 3
const mostAttributes = 2000
const longestSample = 40

interface Tally {
  readonly name: string
  filled: number
  isList: boolean
  type: AttributeType | undefined
  readonly samples: Set<string>
}

/** Counts attributes record by record. */
export class AttributeTally {
  readonly #tallies = new Map<string, Tally>()
  #people = 0

  /** `values` undefined = bytes. Attributes without a value are left out by the caller or given as an empty list. */
  add(record: Iterable<readonly [name: string, values: readonly (string | undefined)[]]>): void {
    this.#people += 1
    for (const [name, values] of record) {
      const tally = this.#tallyOf(name)
      const filled = values.filter((value) => value !== '')
      if (tally === undefined || filled.length === 0) continue
      tally.filled += 1
      tally.isList ||= filled.length > 1
      for (const value of filled) {
        const type = typeOf(value)
        tally.type = tally.type === undefined || tally.type === type ? type : 'text'
        if (value !== undefined && tally.samples.size < mostSamples) tally.samples.add(masked(value))
      }
    }
  }

  describe(isEverybody: boolean): AttributesDescription {
    const attributes = [...this.#tallies.values()]
      .map(({ name, filled, isList, type, samples }) => ({
        name,
        type: type ?? 'text',
        filled,
        isList,
        samples: [...samples],
      }))
      .sort((a, b) => b.filled - a.filled || (a.name < b.name ? -1 : 1))
    return { attributes, people: this.#people, isEverybody }
  }

  #tallyOf(name: string): Tally | undefined {
    const known = this.#tallies.get(name)
    if (known !== undefined || this.#tallies.size >= mostAttributes) return known
    const made: Tally = { name, filled: 0, isList: false, type: undefined, samples: new Set() }
    this.#tallies.set(name, made)
    return made
  }
}

function typeOf(value: string | undefined): AttributeType {
  if (value === undefined) return 'bytes'
  if (/^(true|false)$/i.test(value)) return 'boolean'
  if (/^\d{14}(\.\d+)?Z$/.test(value) || /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(value)) return 'time'
  if (/^-?\d{1,30}$/.test(value)) return 'number'
  if (/^[A-Za-z][A-Za-z0-9-]*=[^,]+(,[A-Za-z][A-Za-z0-9-]*=[^,]+)+$/.test(value)) return 'name'
  return 'text'
}

/** The first letter or digit of each word stays, the others become stars: enough to recognise a kind of value. */
export function masked(value: string): string {
  const text = value.replaceAll(/([\p{L}\p{N}])([\p{L}\p{N}\p{M}]+)/gu, (_, first: string, rest: string) => {
    return first + '*'.repeat([...rest].length)
  })
  const characters = [...text]
  return characters.length > longestSample ? `${characters.slice(0, longestSample).join('')}…` : text
}
