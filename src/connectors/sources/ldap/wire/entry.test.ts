import { describe, expect, it } from 'vitest'
import { BerCursor, Malformed } from './ber.ts'
import { decodeEntry, decodeOutcome, type Entry, type Value } from './entry.ts'

/** BER by hand, for answers no server gives on demand. */
const tlv = (tag: number, ...content: readonly (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(content.map((each) => (typeof each === 'string' ? Buffer.from(each) : each)))
  const { length } = body
  const head = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), body])
}
const attribute = (name: string, ...values: readonly (Buffer | string)[]) =>
  tlv(0x30, tlv(0x04, name), tlv(0x31, ...values.map((value) => tlv(0x04, value))))
const content = (dn: string, ...attributes: readonly Buffer[]) =>
  Buffer.concat([tlv(0x04, dn), tlv(0x30, ...attributes)])
const decoded = (bytes: Buffer): Entry => decodeEntry(new BerCursor(bytes), bytes.length)
const hex = (value: Value | undefined) => (Buffer.isBuffer(value) ? value.toString('hex') : `text ${value}`)

describe('an entry', () => {
  it('is found by any spelling of its names, values in their order', () => {
    const entry = decoded(
      content('cn=a', attribute('sAMAccountName', 'ann'), attribute('mail', 'a@x', 'b@x'), attribute('o')),
    )
    expect(entry.dn).toBe('cn=a')
    expect([entry.text('samaccountname'), entry.texts('mail'), entry.all('o'), entry.all('title')]).toEqual([
      'ann',
      ['a@x', 'b@x'],
      [],
      [],
    ])
  })

  it('keeps bytes as bytes where the attribute holds bytes, also if they happen to be text', () => {
    const entry = decoded(content('cn=a', attribute('OBJECTGUID', 'sixteen letters!'), attribute('cn;binary', 'x')))
    expect(hex(entry.first('objectguid'))).toBe(Buffer.from('sixteen letters!').toString('hex'))
    expect(hex(entry.first('cn;binary'))).toBe('78')
  })

  it('keeps what is no UTF-8 as bytes, and a real replacement character as text', () => {
    const entry = decoded(content('cn=a', attribute('description', Buffer.from([0x41, 0xff]), '\ufffd!', 'Zoë')))
    expect(entry.all('description').map(hex)).toEqual(['41ff', 'text \ufffd!', 'text Zoë'])
  })

  it('may call an attribute as it likes', () => {
    const entry = decoded(content('cn=a', attribute('__proto__', 'x'), attribute('constructor', 'y')))
    expect([entry.text('__proto__'), entry.text('constructor'), entry.text('tostring')]).toEqual(['x', 'y', undefined])
  })

  it.each([
    ['a value longer than its set', tlv(0x30, tlv(0x04, 'cn'), Buffer.from([0x31, 0x03, 0x04, 0x7f, 0x41]))],
    ['a set longer than its attribute', tlv(0x30, tlv(0x04, 'cn'), Buffer.from([0x31, 0x09]))],
    ['a length of five bytes', tlv(0x30, tlv(0x04, 'cn'), Buffer.from([0x31, 0x85, 1, 1, 1, 1, 1]))],
    ['a length without an end', tlv(0x30, tlv(0x04, 'cn'), Buffer.from([0x31, 0x80]))],
    ['another tag', tlv(0x30, tlv(0x02, 'cn'), tlv(0x31))],
    ['something behind the values', tlv(0x30, tlv(0x04, 'cn'), tlv(0x31), tlv(0x04, 'x'))],
    ['half a header', Buffer.from([0x30])],
  ])('that is broken ends in an error and in no loop: %s', (_, broken) => {
    expect(() => decoded(content('cn=a', broken))).toThrow(Malformed)
  })

  it('that is cut anywhere ends in an error', () => {
    const whole = content('cn=a', attribute('mail', 'a@x'), attribute('cn', 'Ann', 'Lee'))
    for (let length = 0; length < whole.length; length++) {
      expect(() => decoded(whole.subarray(0, length)), `cut after ${length}`).toThrow(Malformed)
    }
  })
})

describe('the end of a search', () => {
  const done = (...parts: readonly Buffer[]) => {
    const operation = Buffer.concat([tlv(0x0a, Buffer.from([10])), tlv(0x04, 'dc=x'), tlv(0x04, 'elsewhere'), ...parts])
    return operation
  }
  const outcome = (operation: Buffer, controls: Buffer = Buffer.alloc(0)) => {
    const bytes = Buffer.concat([operation, controls])
    return decodeOutcome(new BerCursor(bytes), operation.length, bytes.length)
  }
  const paging = (cookie: string) => tlv(0x30, tlv(0x02, Buffer.from([0])), tlv(0x04, cookie))
  const control = (oid: string, value: Buffer) =>
    tlv(0x30, tlv(0x04, oid), tlv(0x01, Buffer.from([0xff])), tlv(0x04, value))

  it('tells result, words, referrals and the cookie of the next page', () => {
    const referrals = tlv(0xa3, tlv(0x04, 'ldap://a/dc=x'), tlv(0x04, 'ldap://b/dc=x'))
    const controls = tlv(0xa0, control('1.2.3', Buffer.from('v')), control('1.2.840.113556.1.4.319', paging('next')))
    expect(outcome(done(referrals), controls)).toMatchObject({
      code: 10,
      matchedDn: 'dc=x',
      diagnostic: 'elsewhere',
      referrals: ['ldap://a/dc=x', 'ldap://b/dc=x'],
      cookie: Buffer.from('next'),
    })
  })

  it('knows no cookie from an empty cookie', () => {
    expect(outcome(done()).cookie).toBeUndefined()
    const controls = tlv(0xa0, control('1.2.840.113556.1.4.319', paging('')))
    expect(outcome(done(), controls).cookie).toEqual(Buffer.alloc(0))
  })
})
