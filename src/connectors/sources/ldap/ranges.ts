import type { Entry, Value } from './wire/entry.ts'

/** Values of an attribute of which a server gives only a part at a time (MS-ADTS 3.1.1.3.1.3.3). */
export interface Range {
  readonly from: number
  /** Position of the last value given; undefined = this part reaches the end. */
  readonly to: number | undefined
  readonly values: readonly Value[]
}

/**
 * The part of an attribute that an entry holds under a name such as `member;range=0-1499`; the plain name is empty then,
 * which must never be taken for "no values". Undefined = the values came whole, or not at all.
 */
export function rangeOf(entry: Entry, attribute: string): Range | undefined {
  const start = `${attribute.toLowerCase()};`
  for (const { lower, values } of entry.attributes()) {
    if (!lower.startsWith(start)) continue
    const found = /(?:^|;)range=(\d+)-(\d+|\*)(?:;|$)/.exec(lower.slice(start.length))
    if (found === null) continue
    return { from: Number(found[1]), to: found[2] === '*' ? undefined : Number(found[2]), values }
  }
  return undefined
}

export function rangedName(attribute: string, from: number): string {
  return `${attribute};range=${from}-*`
}

/** Why a part cannot be what follows the values read so far. Undefined = it follows. */
export function rangeFault({ from, to, values }: Range, expected: number): string | undefined {
  if (from !== expected) return `values from ${expected} were asked for, values from ${from} came`
  if (to === undefined) return undefined
  if (to < from) return `the part ends at ${to} before it begins at ${from}`
  const announced = to - from + 1
  return values.length === announced ? undefined : `${announced} values were announced, ${values.length} came`
}
