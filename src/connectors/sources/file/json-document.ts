import type { Faults } from './faults.ts'
import { type JsonValue, parseJson, type TextPlace } from './json.ts'

/** A longer record is not a record; V8 ends texts near 512 million characters. */
const longestValue = 256 * 1024 * 1024

/** What a document is made of, in its order. */
export type JsonPart =
  | { readonly kind: 'element'; readonly key: string; readonly value: JsonValue; readonly line: number }
  | { readonly kind: 'list'; readonly key: string; readonly line: number }
  | { readonly kind: 'value'; readonly key: string; readonly value: JsonValue; readonly line: number }

type Expecting =
  | 'document'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma'
  | 'first-element'
  | 'element'
  | 'element-comma'
  | 'end'

const whatIsMissing: Readonly<Record<Expecting, string>> = {
  document: 'an object or a list is expected here',
  'first-key': 'a key in double quotes is expected here',
  key: 'a key in double quotes is expected here',
  colon: 'a colon is expected here',
  value: 'a value is expected here',
  comma: 'a comma or } is expected here',
  'first-element': 'a record or ] is expected here',
  element: 'a record is expected here',
  'element-comma': 'a comma or ] is expected here',
  end: 'there is text after the end of the document',
}

/**
 * Takes a JSON document apart that comes in pieces: `{ "people": [...], "groups": [...], ... }` or one list. Lists of the
 * outermost object are told element by element, so that only one record is in memory as text.
 */
export class JsonDocument {
  readonly #file: string
  readonly #faults: Faults
  #expecting: Expecting = 'document'
  /** The outermost thing is a list; its elements are told under the key ''. */
  #isList = false
  #key = ''
  readonly #keys = new Set<string>()
  #parts: JsonPart[] = []
  #line = 1
  #offset = 0
  #lineStart = 0
  /** The value that is being collected. */
  #pieces: string[] | undefined
  #collected = 0
  #place: TextPlace = { line: 1, column: 1 }
  #shape: 'text' | 'nested' | 'word' = 'word'
  #depth = 0
  #inText = false
  #escaped = false

  constructor(file: string, faults: Faults) {
    this.#file = file
    this.#faults = faults
  }

  get isList(): boolean {
    return this.#isList
  }

  read(piece: string): JsonPart[] {
    for (let at = 0; at < piece.length; ) {
      at = this.#pieces === undefined ? this.#structure(piece, at) : this.#collect(piece, at)
    }
    this.#offset += piece.length
    const parts = this.#parts
    this.#parts = []
    return parts
  }

  /** Tells a document that is not whole. */
  end(): void {
    if (this.#expecting === 'end') return
    this.#faults.stop(
      `${this.#file}:${this.#line}:${this.#offset - this.#lineStart + 1}`,
      this.#expecting === 'document'
        ? 'the file holds no JSON document'
        : 'the file ends inside the JSON document; it is cut off',
      'Export the file again.',
    )
  }

  #structure(piece: string, at: number): number {
    const char = piece[at] ?? ''
    if (char === '\n') this.#newLine(at)
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r') return at + 1
    switch (this.#expecting) {
      case 'document':
        if (char === '{') this.#expecting = 'first-key'
        else if (char === '[') {
          this.#isList = true
          this.#beginList('', this.#line)
        } else this.#stop(at)
        return at + 1
      case 'first-key':
      case 'key':
        if (char === '}' && this.#expecting === 'first-key') return this.#next('end', at)
        if (char !== '"') this.#stop(at)
        return this.#begin(char, at)
      case 'colon':
        if (char !== ':') this.#stop(at)
        return this.#next('value', at)
      case 'value':
        if (char !== '[') return this.#begin(char, at)
        this.#beginList(this.#key, this.#line)
        return at + 1
      case 'comma':
        if (char === '}') return this.#next('end', at)
        if (char !== ',') this.#stop(at)
        return this.#next('key', at)
      case 'first-element':
      case 'element':
        if (char === ']' && this.#expecting === 'first-element') return this.#endList(at)
        return this.#begin(char, at)
      case 'element-comma':
        if (char === ']') return this.#endList(at)
        if (char !== ',') this.#stop(at)
        return this.#next('element', at)
      case 'end':
        return this.#stop(at)
    }
  }

  #next(expecting: Expecting, at: number): number {
    this.#expecting = expecting
    return at + 1
  }

  #beginList(key: string, line: number): void {
    this.#parts.push({ kind: 'list', key, line })
    this.#expecting = 'first-element'
  }

  #endList(at: number): number {
    return this.#next(this.#isList ? 'end' : 'comma', at)
  }

  /** A value starts here; its text is collected until it ends, then parsed as a whole. */
  #begin(char: string, at: number): number {
    if (char === ']' || char === '}' || char === ',' || char === ':') this.#stop(at)
    this.#pieces = []
    this.#collected = 0
    this.#place = { line: this.#line, column: this.#offset + at - this.#lineStart + 1 }
    this.#shape = char === '"' ? 'text' : char === '{' || char === '[' ? 'nested' : 'word'
    this.#depth = 0
    this.#inText = false
    this.#escaped = false
    return at
  }

  #collect(piece: string, from: number): number {
    let at = from
    let isWhole = false
    for (; at < piece.length && !isWhole; at++) {
      const char = piece.charCodeAt(at)
      if (char === 0x0a) this.#newLine(at)
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false
        else if (char === 0x5c) this.#escaped = true
        else if (char === 0x22) {
          this.#inText = false
          isWhole = this.#shape === 'text'
        }
      } else if (this.#shape === 'word') {
        // A word or number ends before what follows it.
        if (char === 0x2c || char === 0x5d || char === 0x7d || char <= 0x20) {
          if (char === 0x0a) this.#line -= 1
          break
        }
      } else if (char === 0x22) this.#inText = true
      else if (char === 0x7b || char === 0x5b) this.#depth += 1
      else if (char === 0x7d || char === 0x5d) {
        this.#depth -= 1
        isWhole = this.#depth === 0
      }
    }
    const ended = isWhole || at < piece.length
    this.#pieces?.push(piece.slice(from, at))
    this.#collected += at - from
    if (this.#collected > longestValue) {
      const { line, column } = this.#place
      this.#faults.stop(`${this.#file}:${line}:${column}`, 'a value longer than 256 million characters starts here')
    }
    if (ended) this.#take()
    return at
  }

  #take(): void {
    const text = this.#pieces?.join('') ?? ''
    this.#pieces = undefined
    const value = parseJson(text, this.#file, this.#place, this.#faults)
    const { line, column } = this.#place
    if (this.#expecting === 'first-key' || this.#expecting === 'key') {
      this.#key = String(value)
      if (this.#keys.has(this.#key)) {
        this.#faults.stop(
          `${this.#file}:${line}:${column}`,
          'this key stands twice in the document',
          'Keep one of them.',
        )
      }
      this.#keys.add(this.#key)
      this.#expecting = 'colon'
    } else if (this.#expecting === 'value') {
      this.#parts.push({ kind: 'value', key: this.#key, value, line })
      this.#expecting = 'comma'
    } else {
      this.#parts.push({ kind: 'element', key: this.#isList ? '' : this.#key, value, line })
      this.#expecting = 'element-comma'
    }
  }

  #newLine(at: number): void {
    this.#line += 1
    this.#lineStart = this.#offset + at + 1
  }

  #stop(at: number): never {
    this.#faults.stop(
      `${this.#file}:${this.#line}:${this.#offset + at - this.#lineStart + 1}`,
      `${whatIsMissing[this.#expecting]} (JSON)`,
      'Correct the file or export it again.',
    )
  }
}
