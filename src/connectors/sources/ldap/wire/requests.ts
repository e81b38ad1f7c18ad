import { BerWriter, Control, Filter as LdaptsFilter } from 'ldapts'
import { type Filter, filterText } from '../filter.ts'
import { pagingOid } from './entry.ts'

/** Tags of RFC 4511 4.5.1.7. */
const choices = {
  and: 0xa0,
  or: 0xa1,
  not: 0xa2,
  equal: 0xa3,
  substrings: 0xa4,
  'at-least': 0xa5,
  'at-most': 0xa6,
  present: 0x87,
  approximately: 0xa8,
  extensible: 0xa9,
} as const
const octets = 0x04

/** A filter of ours for ldapts. Its own parser turns escaped bytes beyond ASCII into other ones. */
export class WireFilter extends LdaptsFilter {
  /** Only asked for by the writing of the base class, which is replaced. */
  readonly type = choices.present
  readonly #filter: Filter

  constructor(filter: Filter) {
    super()
    this.#filter = filter
  }

  override write(writer: BerWriter): void {
    writeFilter(writer, this.#filter)
  }

  override toString(): string {
    return filterText(this.#filter)
  }
}

function writeFilter(writer: BerWriter, filter: Filter): void {
  if (filter.kind === 'present') {
    writer.writeString(filter.attribute, choices.present)
    return
  }
  writer.startSequence(choices[filter.kind])
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (const part of filter.parts) writeFilter(writer, part)
      break
    case 'not':
      writeFilter(writer, filter.part)
      break
    case 'substrings':
      writer.writeString(filter.attribute)
      writer.startSequence()
      if (filter.initial.length > 0) writer.writeBuffer(filter.initial, 0x80)
      for (const piece of filter.any) writer.writeBuffer(piece, 0x81)
      if (filter.final.length > 0) writer.writeBuffer(filter.final, 0x82)
      writer.endSequence()
      break
    case 'extensible':
      if (filter.rule !== '') writer.writeString(filter.rule, 0x81)
      if (filter.attribute !== '') writer.writeString(filter.attribute, 0x82)
      writer.writeBuffer(filter.value, 0x83)
      if (filter.dn) writer.writeBoolean(true, 0x84)
      break
    default:
      writer.writeString(filter.attribute)
      writer.writeBuffer(filter.value, octets)
  }
  writer.endSequence()
}

/**
 * Asks for one page (RFC 2696). Critical: a server that cannot give pages has to say so instead of ending after the
 * first ones.
 */
export class PageControl extends Control {
  readonly #size: number
  readonly #cookie: Buffer

  constructor(size: number, cookie: Buffer) {
    super(pagingOid, { critical: true })
    this.#size = size
    this.#cookie = cookie
  }

  protected override writeControl(writer: BerWriter): void {
    const value = new BerWriter()
    value.startSequence()
    value.writeInt(this.#size)
    value.writeBuffer(this.#cookie, octets)
    value.endSequence()
    writer.writeBuffer(value.buffer, octets)
  }
}
