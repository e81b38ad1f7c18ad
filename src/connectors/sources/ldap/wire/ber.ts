/** The server sent what is not LDAP, or not whole. */
export class Malformed extends Error {}

/**
 * Walks over BER as LDAP uses it (RFC 4511 5.1): definite lengths only. No length may lead out of what surrounds it, so
 * a broken or hostile answer ends in an error and never in a loop or a value of half its bytes.
 */
export class BerCursor {
  readonly bytes: Buffer
  /** Where the next thing begins; after `open` the content of the element. */
  at: number
  /** Length of the content of the element opened last. */
  length = 0

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** Reads tag and length of the element that lies before `end`, and stands at its content then. */
  open(end: number): number {
    const { bytes } = this
    if (this.at + 2 > end) throw new Malformed('an element is cut off')
    const tag = bytes[this.at] ?? 0
    let length = bytes[this.at + 1] ?? 0
    this.at += 2
    if (length > 0x7f) {
      const count = length & 0x7f
      if (count === 0 || count > 4) throw new Malformed('a length is not as LDAP allows it')
      if (this.at + count > end) throw new Malformed('a length is cut off')
      length = bytes.readUIntBE(this.at, count)
      this.at += count
    }
    if (this.at + length > end) throw new Malformed('an element is longer than what surrounds it')
    this.length = length
    return tag
  }

  /** As `open`, for exactly this tag; gives the end of the content. */
  expect(tag: number, end: number): number {
    const found = this.open(end)
    if (found !== tag) throw new Malformed(`the element 0x${tag.toString(16)} is expected, not 0x${found.toString(16)}`)
    return this.at + this.length
  }

  /** The content of the element just opened as text; stands behind it then. */
  text(): string {
    const start = this.at
    this.at += this.length
    return this.bytes.toString('utf8', start, this.at)
  }

  content(): Buffer {
    const start = this.at
    this.at += this.length
    return this.bytes.subarray(start, this.at)
  }

  skip(): void {
    this.at += this.length
  }

  /** A whole number of at most six bytes. */
  integer(tag: number, end: number): number {
    this.expect(tag, end)
    if (this.length === 0 || this.length > 6) throw new Malformed('a number is not as LDAP allows it')
    const value = this.bytes.readIntBE(this.at, this.length)
    this.at += this.length
    return value
  }
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
  bindResponse: 0x61,
  searchEntry: 0x64,
  searchDone: 0x65,
  searchReference: 0x73,
  extendedResponse: 0x78,
  controls: 0xa0,
  referral: 0xa3,
} as const
