import type { Faults } from './faults.ts'

/** A longer line is a broken file, not a value. */
const longestLine = 64 * 1024 * 1024

/** One attribute line; `bytes` where the value came in base64, else `text`. */
export interface LdifLine {
  /** Attribute with its options, as written: `cn`, `member;range=0-1499`. */
  readonly name: string
  readonly text: string
  readonly bytes?: Buffer
  readonly line: number
}

/** One record: its distinguished name and its attribute lines in order. */
export interface LdifRecord {
  readonly dn: string
  readonly line: number
  readonly lines: readonly LdifLine[]
}

/** What a program left in the file besides records, by which a cut file can be recognised. */
export interface LdifMarks {
  /** Searches that began (`# extended LDIF`), and that told their end, in the output of ldapsearch. */
  begun: number
  ended: number
  /** Records the comments speak of; undefined = they do not. */
  counted: number | undefined
}

const attributeName = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)(?:;[A-Za-z0-9=*-]+)*$/
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Reads LDIF content records (RFC 2849) that come in pieces: folded lines, comments, base64. Refuses change records and
 * values by URL: a file of changes does not say who is there, and a URL could name any file of this machine.
 */
export class LdifReader {
  readonly #file: string
  readonly #faults: Faults
  readonly #trailer: string | undefined
  readonly marks: LdifMarks = { begun: 0, ended: 0, counted: undefined }
  #rest: string[] = []
  #restLength = 0
  #line = 0
  /** The logical line being unfolded. */
  #logical: string[] | undefined
  #logicalLength = 0
  #logicalLine = 0
  #record: LdifLine[] = []
  #records: LdifRecord[] = []
  #begun = false
  #skipping = false
  #trailerLine: number | undefined
  #trailerCount: number | undefined
  #openEnd = false
  #recordOpenAtEnd = false

  constructor(file: string, faults: Faults, trailer?: string) {
    this.#file = file
    this.#faults = faults
    this.#trailer = trailer
  }

  /** The last line has no line break, or the last record no empty line after it: the file may be cut. */
  get openEnd(): boolean {
    return this.#openEnd || this.#recordOpenAtEnd
  }

  /** Line of the agreed closing line, if it was there and nothing came after it. */
  get trailerLine(): number | undefined {
    return this.#trailerLine
  }

  /** Records the closing line speaks of. */
  get trailerCount(): number | undefined {
    return this.#trailerCount
  }

  get lines(): number {
    return this.#line
  }

  read(piece: string): LdifRecord[] {
    let start = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      const part = piece.slice(start, end)
      this.#physical(this.#rest.length === 0 ? part : this.#rest.join('') + part)
      this.#rest = []
      this.#restLength = 0
      start = end + 1
    }
    if (start < piece.length) {
      this.#rest.push(piece.slice(start))
      this.#restLength += piece.length - start
      if (this.#restLength > longestLine)
        this.#faults.stop(`${this.#file}:${this.#line + 1}`, 'a line is longer than 64 MB')
    }
    return this.#taken()
  }

  end(): LdifRecord[] {
    if (this.#rest.length > 0) {
      this.#openEnd = true
      this.#physical(this.#rest.join(''))
      this.#rest = []
    }
    this.#endLogical()
    this.#recordOpenAtEnd = this.#record.length > 0
    this.#endRecord()
    return this.#taken()
  }

  #taken(): LdifRecord[] {
    const records = this.#records
    this.#records = []
    return records
  }

  #physical(raw: string): void {
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    this.#line += 1
    if (this.#isTrailer(text)) {
      this.#endLogical()
      this.#endRecord()
      this.#trailerLine = this.#line
      const count = text.slice(this.#trailer?.length).trim()
      this.#trailerCount = count === '' ? undefined : Number(count)
    } else if (text === '') {
      this.#endLogical()
      this.#endRecord()
    } else if (text.startsWith(' ')) {
      if (this.#logical === undefined) {
        this.#faults.add(
          `${this.#file}:${this.#line}:1`,
          'this line starts with a space but there is no line before it that it could continue',
        )
        return
      }
      this.#logical.push(text.slice(1))
      this.#logicalLength += text.length
      if (this.#logicalLength > longestLine) {
        this.#faults.stop(`${this.#file}:${this.#logicalLine}`, 'a folded line is longer than 64 MB')
      }
    } else {
      this.#endLogical()
      this.#logical = [text]
      this.#logicalLength = text.length
      this.#logicalLine = this.#line
    }
  }

  #isTrailer(text: string): boolean {
    if (this.#trailer === undefined || !text.startsWith(this.#trailer)) return false
    return /^(?: +\d{1,12})?\s*$/.test(text.slice(this.#trailer.length))
  }

  #endLogical(): void {
    if (this.#logical === undefined) return
    const text = this.#logical.length === 1 ? (this.#logical[0] ?? '') : this.#logical.join('')
    this.#logical = undefined
    if (text.startsWith('#')) {
      this.#comment(text)
      return
    }
    this.#trailerLine = undefined
    if (this.#skipping) return
    this.#attribute(text, this.#logicalLine)
  }

  #comment(text: string): void {
    if (text.startsWith('# extended LDIF')) this.marks.begun += 1
    else if (/^# numResponses: \d+$/.test(text)) this.marks.ended += 1
    const counted = /^# numEntries: (\d+)$/.exec(text) ?? /^# (\d+) entries$/.exec(text)
    if (counted !== null) this.marks.counted = (this.marks.counted ?? 0) + Number(counted[1])
    const result = /^# result: (\d+) /.exec(text)
    if (result !== null) this.#result(Number(result[1]), this.#logicalLine)
  }

  #attribute(text: string, line: number): void {
    const where = `${this.#file}:${line}`
    const colon = text.indexOf(':')
    const name = colon < 0 ? text : text.slice(0, colon)
    if (text === '-') {
      this.#changes(where)
      return
    }
    if (colon < 0 || !attributeName.test(name)) {
      const column = colon < 0 ? text.length + 1 : 1
      this.#faults.add(
        `${where}:${column}`,
        colon < 0 ? 'there is no colon after the name of the attribute' : 'this is not the name of an attribute',
        'A value that goes on in the next line needs a space at the start of that line.',
      )
      return
    }
    const folded = name.toLowerCase()
    if (this.#record.length === 0 && folded !== 'dn') {
      this.#beforeRecord(folded, text.slice(colon + 1), where)
      return
    }
    if (folded === 'changetype' || folded === 'control') {
      this.#changes(where)
      return
    }
    const value = this.#value(text, colon, where)
    if (value !== undefined) this.#record.push({ name, line, ...value })
  }

  #value(text: string, colon: number, where: string): { text: string; bytes?: Buffer } | undefined {
    const mark = text[colon + 1]
    if (mark === '<') {
      this.#faults.add(
        `${where}:${colon + 1}`,
        'the value is given by a URL, which is not followed',
        'Write the value itself, in base64 if it is not plain text.',
      )
      return undefined
    }
    if (mark !== ':') return { text: withoutFill(text, colon + 1) }
    const encoded = withoutFill(text, colon + 2).trimEnd()
    if (!base64.test(encoded)) {
      this.#faults.add(`${where}:${colon + 3}`, 'the value is not base64 although it is marked as such')
      return undefined
    }
    const bytes = Buffer.from(encoded, 'base64')
    return { text: bytes.toString('utf8'), bytes }
  }

  /** Lines that stand where a record should begin: the version, and the result and references that ldapsearch prints. */
  #beforeRecord(name: string, rest: string, where: string): void {
    if (name === 'version' && !this.#begun) {
      if (rest.trim() !== '1') this.#faults.add(where, 'only version 1 of LDIF is known')
      this.#begun = true
      return
    }
    this.#begun = true
    if (name === 'search' || name === 'ref') {
      this.#skipping = name === 'ref'
      return
    }
    const result = name === 'result' ? /^\s*(\d+)\b/.exec(rest) : null
    if (result !== null) {
      this.#skipping = true
      this.#result(Number(result[1]), this.#logicalLine)
      return
    }
    if (name === 'version') return
    this.#skipping = true
    this.#faults.add(`${where}:1`, 'a record must begin with `dn:`', 'Perhaps there is an empty line inside a record.')
  }

  #result(code: number, line: number): void {
    if (code === 0) return
    this.#faults.add(
      `${this.#file}:${line}`,
      `the export ended with the LDAP result ${code}${code === 4 ? ' (size limit exceeded)' : ''}, so it is not complete`,
      'Export again, with paging or a higher limit.',
    )
  }

  #changes(where: string): never {
    this.#faults.stop(
      `${where}:1`,
      'this is a file of changes (changetype, control or "-"), not of people and groups',
      'Export the content of the directory instead, e.g. with ldapsearch or slapcat.',
    )
  }

  #endRecord(): void {
    this.#skipping = false
    const [first, ...lines] = this.#record
    if (first === undefined) return
    this.#begun = true
    this.#record = []
    this.#records.push({ dn: first.text, line: first.line, lines })
  }
}

/** FILL (RFC 2849) is spaces only. */
function withoutFill(text: string, from: number): string {
  let at = from
  while (text[at] === ' ') at += 1
  return text.slice(at)
}
