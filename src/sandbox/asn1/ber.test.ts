import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boolean, element, integer, octets, sequence, tags } from './ber.ts'
import { BerError, BerReader, elementLength } from './ber-reader.ts'

describe('elements', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }),
        fc.uint8Array({ maxLength: 400 }),
        fc.boolean(),
        fc.string({ unit: 'grapheme' }),
        (number, bytes, truth, text) => {
          const reader = new BerReader(sequence(integer(number), octets(bytes), boolean(truth), octets(text)))
          const inner = reader.inside(tags.sequence)
          expect(inner.integer()).toBe(number)
          expect(inner.bytes(tags.octetString).equals(Buffer.from(bytes))).toBe(true)
          expect(inner.boolean()).toBe(truth)
          expect(inner.text()).toBe(Buffer.from(text, 'utf8').toString('utf8'))
          inner.end()
          reader.end()
        },
      ),
    )
  })

  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536, 16_777_216])('of %i bytes have the shortest length', (size) => {
    const bytes = element(tags.octetString, Buffer.alloc(size))
    const head = size < 128 ? 2 : 2 + Math.ceil(Math.log2(size + 1) / 8)
    expect([bytes.length, elementLength(bytes, 2 ** 30)]).toEqual([head + size, head + size])
  })

  it.each([
    ['zero', 0, '020100'],
    ['the largest in one byte', 127, '02017f'],
    ['the smallest in two', 128, '02020080'],
    ['minus one', -1, '0201ff'],
    ['minus 129', -129, '0202ff7f'],
    ['the largest LDAP knows', 2_147_483_647, '02047fffffff'],
  ])('whole numbers: %s', (_, number, hex) => {
    expect(integer(number).toString('hex')).toBe(hex)
  })

  it.each([
    ['an indefinite length', '30800000'],
    ['a length of five bytes', '30850000000001'],
    ['a length beyond the limit', '30847fffffff'],
  ])('are refused for %s', (_, hex) => {
    expect(() => elementLength(Buffer.from(hex, 'hex'), 1000)).toThrow(BerError)
  })

  it.each([
    ['another tag', '0401ff', (reader: BerReader) => reader.integer()],
    ['a length beyond what holds it', '0405ff', (reader: BerReader) => reader.bytes(4)],
    ['an integer without bytes', '0200', (reader: BerReader) => reader.integer()],
    ['an integer of seven bytes', '020701020304050607', (reader: BerReader) => reader.integer()],
    ['a boolean of two bytes', '0102ffff', (reader: BerReader) => reader.boolean()],
    ['something left over', '0401ff00', (reader: BerReader) => [reader.bytes(4), reader.end()]],
    ['nothing', '', (reader: BerReader) => reader.text()],
  ])('are refused for %s', (_, hex, read) => {
    expect(() => read(new BerReader(Buffer.from(hex, 'hex')))).toThrow(BerError)
  })

  it('wait for a head that has not arrived', () => {
    for (const hex of ['', '30', '3082', '308201']) expect(elementLength(Buffer.from(hex, 'hex'), 1000)).toBeUndefined()
  })
})
