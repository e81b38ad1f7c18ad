import { describe, expect, it } from 'vitest'
import { AttributeTally, masked } from './source-record.ts'

describe('a sample', () => {
  it.each([
    ['Tomáš Dvořák', 'T**** D*****'],
    ['tomas.dvorak@acme.example', 't****.d*****@a***.e******'],
    ['4711', '4***'],
    ['A', 'A'],
    ['佐藤 陽菜', '佐* 陽*'],
    ['cn=Ann Lee,ou=people', 'c*=A** L**,o*=p*****'],
    ['', ''],
  ])('shows only the beginnings of words: %s', (value, expected) => {
    expect(masked(value)).toBe(expected)
  })

  it('is cut where it is long', () => {
    expect(masked('word '.repeat(100))).toHaveLength(41)
  })
})

it.each([
  ['20260101000000Z', 'time'],
  ['20260101000000.25Z', 'time'],
  ['20260101000000', 'number'],
  ['2026-01-31', 'time'],
  ['2026-01-31T10:00:00.5Z', 'time'],
  ['2026-01-31T10:00:00+01:30', 'time'],
  ['2026-01-31T10:00', 'text'],
  ['-17', 'number'],
  ['1.5', 'text'],
  ['FALSE', 'boolean'],
  ['truely', 'text'],
  ['cn=ann', 'text'],
  ['cn=Ann Lee,ou=people,dc=x', 'name'],
])('%s looks like %s', (value, type) => {
  const tally = new AttributeTally()
  tally.add([['it', [value]]])
  expect(tally.describe(true).attributes).toMatchObject([{ type }])
})

describe('the attributes of people', () => {
  it('are counted with type, fill and masked samples, the most common first', () => {
    const tally = new AttributeTally()
    tally.add([
      ['uid', ['ann']],
      ['mail', ['ann@x.test', 'a@x.test']],
      ['number', ['1']],
      ['photo', [undefined]],
      ['title', ['']],
      ['when', ['20260101000000Z']],
      ['locked', ['TRUE']],
      ['manager', ['uid=bob,dc=x']],
    ])
    tally.add([
      ['uid', ['bob']],
      ['number', ['1a']],
      ['title', []],
    ])
    expect(tally.describe(true)).toEqual({
      people: 2,
      isEverybody: true,
      attributes: [
        { name: 'number', type: 'text', filled: 2, isList: false, samples: ['1', '1*'] },
        { name: 'uid', type: 'text', filled: 2, isList: false, samples: ['a**', 'b**'] },
        { name: 'locked', type: 'boolean', filled: 1, isList: false, samples: ['T***'] },
        { name: 'mail', type: 'text', filled: 1, isList: true, samples: ['a**@x.t***', 'a@x.t***'] },
        { name: 'manager', type: 'name', filled: 1, isList: false, samples: ['u**=b**,d*=x'] },
        { name: 'photo', type: 'bytes', filled: 1, isList: false, samples: [] },
        { name: 'when', type: 'time', filled: 1, isList: false, samples: ['2**************'] },
        { name: 'title', type: 'text', filled: 0, isList: false, samples: [] },
      ],
    })
  })
})
