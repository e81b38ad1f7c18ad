import type { Faults } from './faults.ts'

/** A longer cell means a quote that was never closed; reading on would swallow the file as one cell. */
const longestCell = 64 * 1024 * 1024

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

const delimiters = [',', ';', '\t', '|'] as const

/** One row with the line it starts on (from 1). */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
  /** The file ended without a line break after this row. */
  readonly open: boolean
}

/**
 * Reads CSV (RFC 4180) that comes in pieces: quotes, doubled quotes, line breaks inside quotes, CRLF, LF or CR. Empty
 * lines are left out. What breaks the rules is told to `faults` with line and column, and reading goes on where it can.
 */
export class CsvReader {
  readonly #file: string
  readonly #faults: Faults
  #delimiter: number | undefined
  /** Text held back until the first line is whole, to see the delimiter. */
  #head = ''
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  #cell = ''
  #cells: string[] = []
  #rows: CsvRow[] = []
  #line = 1
  #rowLine = 1
  /** Characters before the current piece, and before the current line, since the start of the file. */
  #offset = 0
  #lineStart = 0
  #afterReturn = false
  #opened = ''
  #faultyCell = false

  constructor(file: string, faults: Faults, delimiter?: string) {
    this.#file = file
    this.#faults = faults
    this.#delimiter = delimiter?.charCodeAt(0)
  }

  get delimiter(): string {
    return String.fromCharCode(this.#delimiter ?? 0x2c)
  }

  /** The rows that became whole with this piece. */
  read(piece: string): CsvRow[] {
    let text = piece
    if (this.#delimiter === undefined) {
      this.#head += piece
      if (!/[\r\n]/.test(this.#head) && this.#head.length < longestCell) return []
      text = this.#takeHead()
    }
    this.#scan(text)
    return this.#taken()
  }

  /** The last row, if the file does not end with a line break. */
  end(): CsvRow[] {
    if (this.#delimiter === undefined) this.#scan(this.#takeHead())
    if (this.#state === 'quoted') {
      this.#faults.stop(
        this.#opened,
        'a quote is opened here and never closed',
        'Close it, or double it if it is part of the text. If the end of the file is missing, export it again.',
      )
    }
    if (this.#state !== 'start' || this.#cells.length > 0) {
      this.#endCell()
      this.#endRow(true)
    }
    return this.#taken()
  }

  #taken(): CsvRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  /** Excel may name the delimiter in a line of its own, `sep=;`; else it is what separates most cells of the first line. */
  #takeHead(): string {
    const text = this.#head
    this.#head = ''
    const end = text.search(/[\r\n]/)
    const first = end < 0 ? text : text.slice(0, end)
    const declared = /^sep=(.)$/i.exec(first)?.[1]
    this.#delimiter = (declared ?? mostFrequent(first)).charCodeAt(0)
    if (declared === undefined) return text
    const skipped = text.startsWith('\r\n', end) ? end + 2 : end + 1
    this.#line += 1
    this.#rowLine = this.#line
    this.#offset = skipped
    this.#lineStart = skipped
    return text.slice(skipped)
  }

  #scan(text: string): void {
    const delimiter = this.#delimiter ?? 0x2c
    let at = 0
    while (at < text.length) {
      if (this.#state === 'quoted') {
        at = this.#scanQuoted(text, at)
        continue
      }
      const code = text.charCodeAt(at)
      if (this.#afterReturn) {
        this.#afterReturn = false
        if (code === lineFeed) {
          at += 1
          this.#lineStart = this.#offset + at
          continue
        }
      }
      if (code === quote && (this.#state === 'start' || this.#state === 'closed')) {
        if (this.#state === 'start') this.#opened = this.#where(at)
        else this.#cell += '"'
        this.#state = 'quoted'
        at += 1
      } else if (code === delimiter) {
        this.#endCell()
        // A delimiter promises one more cell, also an empty one at the end of the file.
        this.#state = 'start'
        at += 1
      } else if (code === lineFeed || code === carriageReturn) {
        this.#endCell()
        this.#endRow(false)
        this.#afterReturn = code === carriageReturn
        at += 1
        this.#line += 1
        this.#rowLine = this.#line
        this.#lineStart = this.#offset + at
      } else {
        at = this.#scanPlain(text, at, delimiter)
      }
    }
    this.#offset += text.length
  }

  #scanQuoted(text: string, from: number): number {
    const found = text.indexOf('"', from)
    const end = found < 0 ? text.length : found
    const part = text.slice(from, end)
    for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) {
      this.#line += 1
      this.#lineStart = this.#offset + from + at + 1
    }
    this.#cell += part
    if (this.#cell.length > longestCell) {
      this.#faults.stop(this.#opened, 'a quote is opened here and not closed within 64 MB', 'Close the quote.')
    }
    if (found < 0) return end
    this.#state = 'closed'
    return end + 1
  }

  #scanPlain(text: string, from: number, delimiter: number): number {
    if (this.#state === 'closed') {
      this.#cellFault(from, 'there is text after the closing quote', 'Double a quote that is part of the text.')
    }
    this.#state = 'plain'
    let at = from
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === delimiter || code === lineFeed || code === carriageReturn) break
      if (code === quote) {
        this.#cellFault(
          at,
          'there is a quote inside a cell that does not start with one',
          'Put the whole cell in quotes and double the quotes inside it.',
        )
      }
    }
    this.#cell += text.slice(from, at)
    return at
  }

  #cellFault(at: number, message: string, hint: string): void {
    if (this.#faultyCell) return
    this.#faultyCell = true
    this.#faults.add(this.#where(at), message, hint)
  }

  #where(at: number): string {
    return `${this.#file}:${this.#line}:${this.#offset + at - this.#lineStart + 1}`
  }

  #endCell(): void {
    this.#cells.push(this.#cell)
    this.#cell = ''
    this.#faultyCell = false
  }

  #endRow(open: boolean): void {
    const isEmptyLine = this.#cells.length === 1 && this.#cells[0] === '' && this.#state === 'start'
    if (!isEmptyLine) this.#rows.push({ line: this.#rowLine, cells: this.#cells, open })
    this.#cells = []
    this.#state = 'start'
  }
}

function mostFrequent(line: string): string {
  const outside = line.replaceAll(/"[^"]*"/g, '')
  let best = ','
  let most = 0
  for (const delimiter of delimiters) {
    const count = outside.split(delimiter).length - 1
    if (count > most) {
      best = delimiter
      most = count
    }
  }
  return best
}
