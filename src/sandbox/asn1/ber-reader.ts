import { tags } from './ber.ts'

/** Bytes that are not what X.690 and RFC 4511, 5.1 allow. */
export class BerError extends Error {}

const largestLengthBytes = 4

/**
 * How many bytes the element at the start takes, head included; undefined while its head has not arrived. Throws
 * `BerError` for an indefinite length and for one above `limit`.
 */
export function elementLength(buffer: Uint8Array, limit: number): number | undefined {
  if (buffer.length < 2) return undefined
  const first = buffer[1] as number
  if (first < 0x80) return first + 2
  const count = first & 0x7f
  if (count === 0) throw new BerError('A length is indefinite')
  if (count > largestLengthBytes) throw new BerError(`A length has ${count} bytes`)
  if (buffer.length < 2 + count) return undefined
  let length = 0
  for (let at = 2; at < 2 + count; at++) length = length * 256 + (buffer[at] as number)
  if (length > limit) throw new BerError(`An element of ${length} bytes is above the limit of ${limit}`)
  return length + 2 + count
}

/** Reads elements one after the other; every method throws `BerError` for what does not fit. */
export class BerReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  get atEnd(): boolean {
    return this.#at >= this.#buffer.length
  }

  /** Tag of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.#buffer[this.#at]
  }

  /** The contents of the next element, which must have this tag. */
  bytes(tag: number): Buffer {
    const found = this.tag
    if (found !== tag)
      throw new BerError(`Expected tag ${hex(tag)}, found ${found === undefined ? 'the end' : hex(found)}`)
    const rest = this.#buffer.subarray(this.#at)
    const length = elementLength(rest, rest.length)
    if (length === undefined || length > rest.length) throw new BerError('An element is longer than what holds it')
    this.#at += length
    const head = (rest[1] as number) < 0x80 ? 2 : 2 + ((rest[1] as number) & 0x7f)
    return rest.subarray(head, length)
  }

  inside(tag: number): BerReader {
    return new BerReader(this.bytes(tag))
  }

  text(tag: number = tags.octetString): string {
    return this.bytes(tag).toString('utf8')
  }

  /** At most 48 bits. */
  integer(tag: number = tags.integer): number {
    const content = this.bytes(tag)
    if (content.length === 0 || content.length > 6) throw new BerError(`An integer has ${content.length} bytes`)
    return content.readIntBE(0, content.length)
  }

  boolean(tag: number = tags.boolean): boolean {
    const content = this.bytes(tag)
    if (content.length !== 1) throw new BerError(`A boolean has ${content.length} bytes`)
    return content[0] !== 0
  }

  /** Throws unless everything was read. */
  end(): void {
    if (!this.atEnd) throw new BerError(`${this.#buffer.length - this.#at} bytes are left over`)
  }
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`
}
