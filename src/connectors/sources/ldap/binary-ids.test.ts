import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guidBytes, guidText, sidParts, sidText } from './binary-ids.ts'

describe('objectGUID', () => {
  it('is shown as Windows shows it', () => {
    const bytes = Buffer.from('f6d3c2a108b74c459a0b1c2d3e4f5061', 'hex')
    expect(guidText(bytes)).toBe('a1c2d3f6-b708-454c-9a0b-1c2d3e4f5061')
  })

  it('comes back as the bytes a filter needs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (given) => {
        const bytes = Buffer.from(given)
        expect(guidBytes(guidText(bytes) ?? '')).toEqual(bytes)
      }),
    )
  })

  it('is nothing else', () => {
    expect(guidText(Buffer.alloc(15))).toBeUndefined()
    expect(guidBytes('ann')).toBeUndefined()
    expect(guidBytes('a1c2d3f6-b708-454c-9a0b-1c2d3e4f506')).toBeUndefined()
  })
})

describe('objectSid', () => {
  it('is shown as Windows shows it, with its domain and number', () => {
    const bytes = Buffer.from('010500000000000515000000dcf4dc3b833d2b46828ba62801020000', 'hex')
    expect(sidText(bytes)).toBe('S-1-5-21-1004336348-1177238915-682003330-513')
    expect(sidParts('S-1-5-21-1004336348-1177238915-682003330-513')).toEqual({
      domain: 'S-1-5-21-1004336348-1177238915-682003330',
      rid: '513',
    })
  })

  it.each(['', '01', '0105000000000005', '02010000000000052000000', '01ff000000000005'])(
    'is nothing else: %s',
    (hex) => {
      expect(sidText(Buffer.from(hex, 'hex'))).toBeUndefined()
    },
  )
})
