/** Search filters (RFC 4515) as a tree: parsed when settings are saved, put together from parts, never from texts. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | {
      readonly kind: 'equal' | 'at-least' | 'at-most' | 'approximately'
      readonly attribute: string
      readonly value: Buffer
    }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'substrings'
      readonly attribute: string
      readonly initial: Buffer
      readonly any: readonly Buffer[]
      readonly final: Buffer
    }
  | {
      readonly kind: 'extensible'
      readonly attribute: string
      readonly rule: string
      readonly dn: boolean
      readonly value: Buffer
    }

/** Where a text stops being a filter: the character (from 1) and what is wrong there. */
export interface FilterFault {
  readonly at: number
  readonly message: string
}

/** Deeper ones are not written by hand; a server may refuse them as well. */
const deepest = 50

/** Reads a filter. Blanks and line breaks between its parts are allowed, so that YAML may fold it. */
export function parseFilter(
  text: string,
): { readonly filter: Filter } | { readonly fault: FilterFault; readonly filter?: undefined } {
  try {
    return { filter: new Parser(text).whole() }
  } catch (thrown) {
    if (thrown instanceof Fault) return { fault: { at: thrown.at + 1, message: thrown.message } }
    throw thrown
  }
}

/** All of these; nothing is added around a single one. */
export function allOf(...parts: readonly Filter[]): Filter {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'and', parts }
}

export function anyOf(...parts: readonly Filter[]): Filter {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'or', parts }
}

/** The value goes to the server as it is: nothing in it can be taken for a part of a filter. */
export function equals(attribute: string, value: string | Buffer): Filter {
  return { kind: 'equal', attribute, value: typeof value === 'string' ? Buffer.from(value, 'utf8') : value }
}

export const everything: Filter = { kind: 'present', attribute: 'objectClass' }

/** The one spelling of a filter, for messages, copies into other tools, and fingerprints. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.kind === 'and' ? '&' : '|'}${filter.parts.map(filterText).join('')})`
    case 'not':
      return `(!${filterText(filter.part)})`
    case 'present':
      return `(${filter.attribute}=*)`
    case 'substrings': {
      const pieces = [filter.initial, ...filter.any, filter.final].map(escapeValue)
      return `(${filter.attribute}=${pieces.join('*')})`
    }
    case 'extensible':
      return `(${filter.attribute}${filter.dn ? ':dn' : ''}${filter.rule === '' ? '' : `:${filter.rule}`}:=${escapeValue(filter.value)})`
    default:
      return `(${filter.attribute}${signs[filter.kind]}${escapeValue(filter.value)})`
  }
}

const signs = { equal: '=', 'at-least': '>=', 'at-most': '<=', approximately: '~=' } as const

/** RFC 4515 section 3: `*`, `(`, `)`, `\`, NUL and every byte that is not printable ASCII as `\` and two hex digits. */
export function escapeValue(value: string | Buffer): string {
  let text = ''
  for (const byte of Buffer.from(value)) {
    const isPlain = byte >= 0x20 && byte < 0x7f && !special.has(byte)
    text += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

const special = new Set([...'*()\\'].map((char) => char.charCodeAt(0)))

class Fault extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): Filter {
    this.#skipBlanks()
    if (this.#at === this.#text.length) throw new Fault(this.#at, 'the filter is empty')
    // `objectClass=person` alone is what many tools accept and people write.
    const filter = this.#peek() === '(' ? this.#inParentheses(0) : this.#item(true)
    this.#skipBlanks()
    if (this.#at < this.#text.length) {
      throw new Fault(this.#at, this.#peek() === ')' ? 'a ")" too many' : 'nothing may follow the end of the filter')
    }
    return filter
  }

  #inParentheses(depth: number): Filter {
    if (depth > deepest) throw new Fault(this.#at, `more than ${deepest} parentheses inside each other`)
    const opened = this.#at
    this.#at += 1
    this.#skipBlanks()
    const sign = this.#peek()
    let filter: Filter
    if (sign === '&' || sign === '|') {
      this.#at += 1
      filter = { kind: sign === '&' ? 'and' : 'or', parts: this.#parts(depth + 1) }
    } else if (sign === '!') {
      this.#at += 1
      const at = this.#at
      const parts = this.#parts(depth + 1)
      const [part] = parts
      if (part === undefined || parts.length > 1) throw new Fault(at, 'after "!" stands exactly one part')
      filter = { kind: 'not', part }
    } else {
      filter = this.#item(false)
    }
    this.#skipBlanks()
    if (this.#peek() === ')') {
      this.#at += 1
      return filter
    }
    if (this.#at < this.#text.length) throw new Fault(this.#at, 'a ")" is expected here')
    throw new Fault(opened, 'this "(" is never closed')
  }

  #parts(depth: number): Filter[] {
    const parts: Filter[] = []
    this.#skipBlanks()
    while (this.#peek() === '(') {
      parts.push(this.#inParentheses(depth))
      this.#skipBlanks()
    }
    return parts
  }

  /** `attribute=value` and its relatives, up to the closing parenthesis. */
  #item(alone: boolean): Filter {
    const start = this.#at
    const [attribute = ''] = /^[A-Za-z0-9.;-]*/.exec(this.#text.slice(start)) ?? []
    this.#at += attribute.length
    this.#skipBlanks()
    const rest = this.#text.slice(this.#at, this.#at + 2)
    if (rest.startsWith(':')) return this.#extensible(attribute, start)
    if (!attributeName.test(attribute)) {
      const message =
        attribute === ''
          ? 'the name of an attribute is expected here'
          : `"${attribute}" is not the name of an attribute`
      throw new Fault(start, message)
    }
    const sign = rest.startsWith('=') ? '=' : ['>=', '<=', '~='].find((each) => each === rest)
    if (sign === undefined) throw new Fault(this.#at, `"=", ">=", "<=", "~=" or ":=" is expected after ${attribute}`)
    this.#at += sign.length
    if (sign !== '=') {
      const kind = sign === '>=' ? 'at-least' : sign === '<=' ? 'at-most' : 'approximately'
      return { kind, attribute, value: this.#value(alone, false)[0] ?? Buffer.alloc(0) }
    }
    const pieces = this.#value(alone, true)
    const [initial = Buffer.alloc(0)] = pieces
    if (pieces.length === 1) return { kind: 'equal', attribute, value: initial }
    const final = pieces.at(-1) ?? Buffer.alloc(0)
    const any = pieces.slice(1, -1).filter((piece) => piece.length > 0)
    if (initial.length === 0 && final.length === 0 && any.length === 0) return { kind: 'present', attribute }
    return { kind: 'substrings', attribute, initial, any, final }
  }

  /** `attribute:dn:rule:=value`; attribute or rule may be missing, not both. */
  #extensible(attribute: string, start: number): Filter {
    const found = /^(:dn)?(?::([A-Za-z0-9.-]+))?:=/i.exec(this.#text.slice(this.#at))
    if (found === null) throw new Fault(this.#at, 'a matching rule is written like attribute:1.2.840.113556.1.4.803:=2')
    const [sign, dn, rule = ''] = found
    if (attribute === '' && rule === '')
      throw new Fault(start, 'before ":=" stands an attribute, a matching rule, or both')
    if (attribute !== '' && !attributeName.test(attribute)) {
      throw new Fault(start, `"${attribute}" is not the name of an attribute`)
    }
    this.#at += sign.length
    const [value = Buffer.alloc(0)] = this.#value(false, false)
    return { kind: 'extensible', attribute, rule, dn: dn !== undefined, value }
  }

  /** The bytes of a value, cut at each `*` where these are allowed. */
  #value(alone: boolean, mayHaveStars: boolean): Buffer[] {
    const pieces: Buffer[] = []
    let bytes: Buffer[] = []
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#peek()
      if (char === ')') {
        if (alone) throw new Fault(this.#at, 'a ")" too many')
        break
      }
      if (char === '(') throw new Fault(this.#at, 'a "(" inside a value is written \\28; or a ")" is missing before it')
      if (char === '\0') throw new Fault(this.#at, 'a NUL inside a value is written \\00')
      if (char === '*') {
        if (!mayHaveStars) throw new Fault(this.#at, 'a "*" cannot stand here; as a character it is written \\2a')
        pieces.push(Buffer.concat(bytes))
        bytes = []
      } else if (char === '\\') {
        const hex = this.#text.slice(this.#at + 1, this.#at + 3)
        if (!/^[0-9A-Fa-f]{2}$/.test(hex)) {
          throw new Fault(this.#at, 'after "\\" come two hex digits; the character itself is written \\5c')
        }
        bytes.push(Buffer.from(hex, 'hex'))
        this.#at += 2
      } else {
        const whole = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
        bytes.push(Buffer.from(whole, 'utf8'))
        this.#at += whole.length - 1
      }
    }
    pieces.push(Buffer.concat(bytes))
    return pieces
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#peek() ?? '')) this.#at += 1
  }
}

/** A name or an object identifier, perhaps with options: `cn;lang-en`, `2.5.4.3`. */
const attributeName = /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)*)(;[A-Za-z0-9-]+)*$/
