import { BerError, type BerReader } from '../asn1/ber-reader.ts'

/** A search filter, RFC 4511, 4.5.1.7. Values are the bytes the client sent. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: Comparison; readonly attribute: string; readonly value: Buffer }
  | ({ readonly kind: 'substrings'; readonly attribute: string } & Substrings)
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'extensible'
      readonly rule: string | undefined
      readonly attribute: string | undefined
      readonly value: Buffer
      readonly dnAttributes: boolean
    }

export type Comparison = 'equal' | 'approximate' | 'greaterOrEqual' | 'lessOrEqual'

export interface Substrings {
  readonly initial: Buffer | undefined
  readonly any: readonly Buffer[]
  readonly final: Buffer | undefined
}

const deepest = 100

export function readFilter(reader: BerReader, depth = 0): Filter {
  if (depth > deepest) throw new BerError(`A filter is nested more than ${deepest} times`)
  switch (reader.tag) {
    case 0xa0:
    case 0xa1: {
      const kind = reader.tag === 0xa0 ? 'and' : 'or'
      const inner = reader.inside(reader.tag)
      const filters: Filter[] = []
      while (!inner.atEnd) filters.push(readFilter(inner, depth + 1))
      return { kind, filters }
    }
    case 0xa2: {
      const inner = reader.inside(0xa2)
      const filter = readFilter(inner, depth + 1)
      inner.end()
      return { kind: 'not', filter }
    }
    case 0xa3:
      return comparison('equal', reader.inside(0xa3))
    case 0xa4:
      return substrings(reader.inside(0xa4))
    case 0xa5:
      return comparison('greaterOrEqual', reader.inside(0xa5))
    case 0xa6:
      return comparison('lessOrEqual', reader.inside(0xa6))
    case 0x87:
      return { kind: 'present', attribute: reader.text(0x87) }
    case 0xa8:
      return comparison('approximate', reader.inside(0xa8))
    case 0xa9:
      return extensible(reader.inside(0xa9))
    default:
      throw new BerError(`There is no filter with tag ${reader.tag}`)
  }
}

function comparison(kind: Comparison, inner: BerReader): Filter {
  const attribute = inner.text()
  const value = inner.bytes(0x04)
  inner.end()
  return { kind, attribute, value }
}

function substrings(inner: BerReader): Filter {
  const attribute = inner.text()
  const pieces = inner.inside(0x30)
  inner.end()
  let initial: Buffer | undefined
  let final: Buffer | undefined
  const any: Buffer[] = []
  if (pieces.atEnd) throw new BerError('A substring filter has no piece')
  while (!pieces.atEnd) {
    if (final !== undefined) throw new BerError('A substring filter goes on after its final piece')
    if (pieces.tag === 0x80) {
      if (initial !== undefined || any.length > 0) throw new BerError('The initial piece of a substring comes first')
      initial = pieces.bytes(0x80)
    } else if (pieces.tag === 0x81) any.push(pieces.bytes(0x81))
    else final = pieces.bytes(0x82)
  }
  return { kind: 'substrings', attribute, initial, any, final }
}

function extensible(inner: BerReader): Filter {
  const rule = inner.tag === 0x81 ? inner.text(0x81) : undefined
  const attribute = inner.tag === 0x82 ? inner.text(0x82) : undefined
  const value = inner.bytes(0x83)
  const dnAttributes = inner.tag === 0x84 ? inner.boolean(0x84) : false
  inner.end()
  if (rule === undefined && attribute === undefined)
    throw new BerError('An extensible filter names neither a rule nor an attribute')
  return { kind: 'extensible', rule, attribute, value, dnAttributes }
}

/** As a person writes it, RFC 4515. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
      return `(&${filter.filters.map(filterText).join('')})`
    case 'or':
      return `(|${filter.filters.map(filterText).join('')})`
    case 'not':
      return `(!${filterText(filter.filter)})`
    case 'equal':
      return `(${filter.attribute}=${escapeValue(filter.value)})`
    case 'approximate':
      return `(${filter.attribute}~=${escapeValue(filter.value)})`
    case 'greaterOrEqual':
      return `(${filter.attribute}>=${escapeValue(filter.value)})`
    case 'lessOrEqual':
      return `(${filter.attribute}<=${escapeValue(filter.value)})`
    case 'present':
      return `(${filter.attribute}=*)`
    case 'substrings': {
      const { initial = Buffer.of(), any, final = Buffer.of() } = filter
      return `(${filter.attribute}=${[initial, ...any, final].map(escapeValue).join('*')})`
    }
    case 'extensible': {
      const { attribute = '', dnAttributes, rule, value } = filter
      return `(${attribute}${dnAttributes ? ':dn' : ''}${rule === undefined ? '' : `:${rule}`}:=${escapeValue(value)})`
    }
  }
}

function escapeValue(value: Buffer): string {
  const text = value.toString('utf8')
  const hex = (character: string) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  if (Buffer.from(text, 'utf8').equals(value)) return text.replaceAll(/[()*\\]|\p{Cc}/gu, hex)
  return [...value].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
}
