import type { Faults } from './faults.ts'

/** Numbers keep their text, so that long ids lose no digit; objects are maps, so that no key is special. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | ReadonlyMap<string, JsonValue>

export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Deeper nesting is no list of people but an attack on the stack. */
const deepest = 64

/** Where a text stands in its file (both from 1). */
export interface TextPlace {
  readonly line: number
  readonly column: number
}

/**
 * One whole JSON value (RFC 8259), strictly: no comments, no trailing commas, no key twice in one object. What is wrong is
 * told to `faults` with line and column, and ends the read.
 */
export function parseJson(text: string, file: string, place: TextPlace, faults: Faults): JsonValue {
  const parser = new JsonParser(text, file, place, faults)
  return parser.whole()
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const space = /[ \t\n\r]*/y

class JsonParser {
  readonly #text: string
  readonly #file: string
  readonly #place: TextPlace
  readonly #faults: Faults
  #at = 0

  constructor(text: string, file: string, place: TextPlace, faults: Faults) {
    this.#text = text
    this.#file = file
    this.#place = place
    this.#faults = faults
  }

  whole(): JsonValue {
    const value = this.#value(0)
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#stop('there is text after the end of the value')
    return value
  }

  #value(depth: number): JsonValue {
    if (depth > deepest) this.#stop(`lists and objects are nested more than ${deepest} deep`)
    this.#skipSpace()
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth)
      case '[':
        return this.#list(depth)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): ReadonlyMap<string, JsonValue> {
    const object = new Map<string, JsonValue>()
    this.#at += 1
    this.#skipSpace()
    if (this.#taken('}')) return object
    for (;;) {
      this.#skipSpace()
      if (this.#text[this.#at] !== '"') this.#stop('a key in double quotes is expected here')
      const start = this.#at
      const key = this.#string()
      if (object.has(key)) {
        this.#at = start
        this.#stop('this key stands twice in one object; which of the two is right cannot be known')
      }
      this.#skipSpace()
      if (!this.#taken(':')) this.#stop('a colon is expected here')
      object.set(key, this.#value(depth + 1))
      this.#skipSpace()
      if (this.#taken('}')) return object
      if (!this.#taken(',')) this.#stop('a comma or } is expected here')
    }
  }

  #list(depth: number): JsonValue[] {
    const list: JsonValue[] = []
    this.#at += 1
    this.#skipSpace()
    if (this.#taken(']')) return list
    for (;;) {
      list.push(this.#value(depth + 1))
      this.#skipSpace()
      if (this.#taken(']')) return list
      if (!this.#taken(',')) this.#stop('a comma or ] is expected here')
    }
  }

  #string(): string {
    const start = this.#at
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    let value: string
    try {
      value = String(JSON.parse(this.#text.slice(start, end + 1)))
    } catch {
      this.#stop('a text starts here that is not closed, or holds a bad escape or a line break')
    }
    // Neither can be stored as text.
    if (value.includes('\0') || !value.isWellFormed()) this.#stop('this text holds a zero or half a character')
    this.#at = end + 1
    return value
  }

  #number(): JsonNumber {
    const text = this.#match(number)
    if (text === undefined)
      this.#stop(this.#at < this.#text.length ? 'a value is expected here' : 'the value is cut off')
    return new JsonNumber(text)
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#at)) this.#stop('a value is expected here')
    this.#at += word.length
    return value
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    this.#at += text?.length ?? 0
    return text
  }

  #skipSpace(): void {
    space.lastIndex = this.#at
    this.#at += space.exec(this.#text)?.[0].length ?? 0
  }

  #taken(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #stop(message: string): never {
    const before = this.#text.slice(0, this.#at)
    const lines = before.split('\n')
    const inLine = (lines.at(-1)?.length ?? 0) + 1
    const line = this.#place.line + lines.length - 1
    const column = lines.length === 1 ? this.#place.column + inLine - 1 : inLine
    this.#faults.stop(`${this.#file}:${line}:${column}`, `${message} (JSON)`, 'Correct the file or export it again.')
  }
}
