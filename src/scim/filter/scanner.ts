import { type ScimError, scimFault } from '../error.ts'
import type { Literal, PathText } from './tree.ts'

type Fault = (detail: string) => ScimError

/** Words of a name or URN; everything that is no bracket, quote or blank. */
const word = /[^\s()[\]"]+/y
const blanks = /\s*/y
const nameAndSub = /^([A-Za-z$][\w$-]*)(?:\.([A-Za-z$][\w$-]*))?$/
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
const longestShown = 40

/** Reads a text from left to right; each character is looked at a bounded number of times. */
export class Scanner {
  readonly text: string
  readonly #fault: Fault
  #position = 0

  constructor(text: string, longest: number, fault: Fault) {
    this.text = text
    this.#fault = fault
    if (text.length > longest) throw fault(`It has ${text.length} characters; at most ${longest} are read.`)
  }

  /** Position of the next character, from 1. */
  get at(): number {
    return this.#position + 1
  }

  get isAtEnd(): boolean {
    return this.#position >= this.text.length
  }

  skipBlanks(): void {
    blanks.lastIndex = this.#position
    blanks.test(this.text)
    this.#position = blanks.lastIndex
  }

  /** True and past it, when the next character is this one. */
  take(character: string): boolean {
    if (this.text[this.#position] !== character) return false
    this.#position += 1
    return true
  }

  expect(character: string, why: string): void {
    if (!this.take(character)) throw this.error(`expected "${character}" ${why}`)
  }

  /** The next word without going past it; empty when none stands here. */
  peekWord(): string {
    word.lastIndex = this.#position
    return word.exec(this.text)?.[0] ?? ''
  }

  takeWord(): string {
    const found = this.peekWord()
    this.#position += found.length
    return found
  }

  /** True when a blank or bracket follows the next `length` characters, so that a keyword ends there. */
  skip(length: number): void {
    this.#position += length
  }

  takePath(): PathText {
    const at = this.at
    const text = this.takeWord()
    if (text === '') throw this.error('expected the name of an attribute')
    return this.pathOf(text, at)
  }

  /** Splits `urn:…:name.sub`; a URN holds dots and colons itself, so its last colon counts. */
  pathOf(text: string, at: number): PathText {
    const colon = text.lastIndexOf(':')
    const parts = nameAndSub.exec(text.slice(colon + 1))
    if (parts === null || colon === 0) throw this.error(`"${shown(text)}" is no name of an attribute`, at)
    const [, name = '', sub] = parts
    return {
      ...(colon < 0 ? {} : { urn: text.slice(0, colon) }),
      name,
      ...(sub === undefined ? {} : { sub }),
      text,
      at,
    }
  }

  /** A value of a comparison; a word that is no JSON value counts as a text without quotes where `allowsUnquoted`. */
  takeLiteral(allowsUnquoted: boolean): { readonly literal: Literal; readonly unquoted: boolean } {
    const at = this.at
    if (this.text[this.#position] === '"') return { literal: this.#takeText(), unquoted: false }
    const found = this.takeWord()
    if (found === '') throw this.error('expected a value')
    const lower = found.toLowerCase()
    if (lower === 'true' || lower === 'false') return { literal: lower === 'true', unquoted: false }
    if (lower === 'null') return { literal: null, unquoted: false }
    if (jsonNumber.test(found)) return { literal: Number(found), unquoted: false }
    if (!allowsUnquoted) throw this.error(`the value ${shown(found)} needs quotes`, at)
    return { literal: found, unquoted: true }
  }

  /** A JSON text with its escapes. */
  #takeText(): string {
    const start = this.#position
    for (let index = start + 1; index < this.text.length; index += 1) {
      const character = this.text[index]
      if (character === '\\') index += 1
      else if (character === '"') {
        this.#position = index + 1
        return this.#unescaped(this.text.slice(start, index + 1), start + 1)
      }
    }
    throw this.error('the quotes are not closed', start + 1)
  }

  #unescaped(quoted: string, at: number): string {
    try {
      return JSON.parse(quoted) as string
    } catch {
      throw this.error('the text between the quotes is no JSON text (escape " and \\ with a \\)', at)
    }
  }

  error(problem: string, at: number = this.at): ScimError {
    const where = at > this.text.length ? 'at the end' : `at position ${at}`
    return this.#fault(`${problem[0]!.toUpperCase()}${problem.slice(1)}, ${where} of: ${shown(this.text)}`)
  }
}

export const filterFault: Fault = (detail) => scimFault.invalidFilter(detail)
export const pathFault: Fault = (detail) => scimFault.invalidPath(detail)

function shown(text: string): string {
  return text.length <= longestShown * 3 ? text : `${text.slice(0, longestShown * 3)}…`
}
