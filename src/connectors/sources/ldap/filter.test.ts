import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allOf, anyOf, equals, escapeValue, filterText, parseFilter } from './filter.ts'

function textOf(text: string): string {
  const { filter } = parseFilter(text)
  return filter === undefined ? expect.fail(`${text} was not understood`) : filterText(filter)
}

describe('a filter is understood', () => {
  it.each([
    ['(objectClass=person)', '(objectClass=person)'],
    ['objectClass=person', '(objectClass=person)'],
    ['(&(objectCategory=person)(objectClass=user))', '(&(objectCategory=person)(objectClass=user))'],
    ['(|(a=1)(!(b>=2))(c<=3)(d~=4)(e=*))', '(|(a=1)(!(b>=2))(c<=3)(d~=4)(e=*))'],
    ['  ( &\n  (a=1)\n  (b=2) )\n', '(&(a=1)(b=2))'],
    ['(cn=*Lee*Ann*)', '(cn=*Lee*Ann*)'],
    ['(cn=a**b)', '(cn=a*b)'],
    ['(cn=A*)', '(cn=A*)'],
    ['(userAccountControl:1.2.840.113556.1.4.803:=2)', '(userAccountControl:1.2.840.113556.1.4.803:=2)'],
    [
      '(memberOf:1.2.840.113556.1.4.1941:=CN=Staff\\, all,DC=x)'.replace('\\,', '\\5c,'),
      '(memberOf:1.2.840.113556.1.4.1941:=CN=Staff\\5c, all,DC=x)',
    ],
    ['(ou:dn:=people)', '(ou:dn:=people)'],
    ['(:dn:2.4.6.8.10:=x)', '(:dn:2.4.6.8.10:=x)'],
    ['(cn;lang-de=Zoë)', '(cn;lang-de=Zo\\c3\\ab)'],
    ['(2.5.4.3=a)', '(2.5.4.3=a)'],
    ['(&)', '(&)'],
    ['(cn=)', '(cn=)'],
    ['(cn= a )', '(cn= a )'],
    ['(cn=a\\2ab\\28\\29\\5c)', '(cn=a\\2ab\\28\\29\\5c)'],
    ['(o=😀)', '(o=\\f0\\9f\\98\\80)'],
  ])('%s', (given, expected) => {
    expect(textOf(given)).toBe(expected)
  })

  it('keeps the bytes of an escaped binary value', () => {
    expect(parseFilter('(objectGUID=\\ff\\00\\c3)')).toEqual({
      filter: { kind: 'equal', attribute: 'objectGUID', value: Buffer.from([0xff, 0, 0xc3]) },
    })
  })
})

describe('what is no filter is told with its place', () => {
  it.each([
    ['', 1, 'empty'],
    ['(', 2, 'attribute is expected'],
    ['(objectClass=person', 1, 'never closed'],
    ['(&(a=1)(b=2)', 1, 'never closed'],
    ['(&(a=1)(b=2)))', 14, 'too many'],
    ['(&(a=1)b=2)', 8, '")" is expected'],
    ['(&(a=1)(b=2', 8, 'never closed'],
    ['(&(objectClass=person(uid=x))', 22, '\\28'],
    ['(a=1)(b=2)', 6, 'nothing may follow'],
    ['(!(a=1)(b=2))', 3, 'exactly one'],
    ['(!)', 3, 'exactly one'],
    ['(=x)', 2, 'attribute is expected'],
    ['(uid)', 5, 'is expected after uid'],
    ['(uid>3)', 5, 'is expected after uid'],
    ['(u id=3)', 4, 'is expected after u'],
    ['(-x=3)', 2, 'not the name'],
    ['(a=\\zz)', 4, 'two hex digits'],
    ['(a=b\\)', 5, 'two hex digits'],
    ['(a>=b*)', 6, 'cannot stand here'],
    ['(a:x y:=b)', 3, 'matching rule'],
    ['(:=b)', 2, 'before ":="'],
    [`${'(!'.repeat(60)}(a=1)${')'.repeat(60)}`, 103, 'more than 50'],
    ['a=1)', 4, 'too many'],
  ])('%s', (text, at, message) => {
    expect(parseFilter(text)).toEqual({ fault: { at, message: expect.stringContaining(message) } })
  })
})

describe('a value put into a filter', () => {
  it('is never more than a value, whatever it holds', () => {
    expect(filterText(equals('uid', '*)(objectClass=*'))).toBe('(uid=\\2a\\29\\28objectClass=\\2a)')
    expect(escapeValue('a\0b\n')).toBe('a\\00b\\0a')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(parseFilter(filterText(equals('uid', value)))).toEqual({ filter: equals('uid', value) })
      }),
    )
  })

  it('goes together with other parts', () => {
    const [one, other] = [equals('a', '1'), equals('b', '2')]
    expect(filterText(allOf(one, anyOf(one, other)))).toBe('(&(a=1)(|(a=1)(b=2)))')
    expect(filterText(allOf(one))).toBe('(a=1)')
  })
})

it('any tree is read back as it was written', () => {
  const attribute = fc.constantFrom('cn', 'uid', 'sAMAccountName', '2.5.4.3', 'cn;lang-en')
  const value = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes))
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.record({
        kind: fc.constantFrom('equal', 'at-least', 'at-most', 'approximately'),
        attribute,
        value,
      }),
      fc.record({ kind: fc.constant('present'), attribute }),
      fc.record({ kind: fc.constantFrom('and', 'or'), parts: fc.array(tie('tree'), { maxLength: 3 }) }),
      fc.record({ kind: fc.constant('not'), part: tie('tree') }),
    ),
  }))
  fc.assert(
    fc.property(tree, (filter) => {
      expect(parseFilter(filterText(filter as never))).toEqual({ filter })
    }),
  )
})
