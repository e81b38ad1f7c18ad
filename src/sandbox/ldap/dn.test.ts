import { describe, expect, it } from 'vitest'
import { dnKey, escapeDnValue, isBelow, parseDn } from './dn.ts'

describe('distinguished names', () => {
  it.each([
    ['letter case', 'CN=Ann,OU=People,DC=x', 'cn=ann,ou=people,dc=x'],
    ['spaces around parts', 'cn = Ann , ou=people,  dc=x', 'cn=Ann,ou=people,dc=x'],
    ['spaces inside a value', 'cn=Ann   Lee,dc=x', 'cn=ann lee,dc=x'],
    ['how a comma is escaped', 'cn=Lee\\, Ann,dc=x', 'cn=Lee\\2C Ann,dc=x'],
    ['how a hash is escaped', 'cn=\\#1,dc=x', 'cn=\\231,dc=x'],
    ['how other letters are written', 'cn=J\\C3\\BCrgen,dc=x', 'cn=Jürgen,dc=x'],
    ['the order of a pair', 'uid=1+cn=Ann,dc=x', 'cn=ann+uid=1,dc=x'],
    ['semicolons of old', 'cn=ann;dc=x', 'cn=ann,dc=x'],
  ])('are the same without regard to %s', (_, one, other) => {
    expect(dnKey(one)).toBe(dnKey(other))
  })

  it.each([
    ['values', 'cn=ann,dc=x', 'cn=anne,dc=x'],
    ['an escaped comma and a real one', 'cn=a\\,ou=b,dc=x', 'cn=a,ou=b,dc=x'],
    ['types', 'cn=ann,dc=x', 'uid=ann,dc=x'],
  ])('differ in %s', (_, one, other) => {
    expect(dnKey(one)).not.toBe(dnKey(other))
  })

  it.each(['ann', 'cn', '=ann', 'cn=a,', '1a=b', 'cn=a\\'])('are not: %s', (text) => {
    expect(parseDn(text)).toBeUndefined()
  })

  it('know what is above and below', () => {
    const dn = parseDn('CN=Lee\\, Ann,OU=People,DC=x')
    expect(dn).toMatchObject({ parentKey: 'ou=people,dc=x', rdn: { type: 'CN', value: 'Lee, Ann' } })
    expect(isBelow(dn?.key ?? '', dnKey('dc=X'))).toBe(true)
    expect(isBelow(dnKey('ou=evilpeople,dc=x'), dnKey('ou=people,dc=x'))).toBe(false)
    expect(isBelow(dnKey('cn=a\\,ou=people,dc=x'), dnKey('ou=people,dc=x'))).toBe(false)
  })

  it.each(['Lee, Ann', '#1', ' a ', 'a+b=c', '"x" <y>; \\z', '陽菜'])(
    'escape a value so that it comes back: %s',
    (value) => {
      expect(parseDn(`cn=${escapeDnValue(value)},dc=x`)?.rdn.value).toBe(value)
    },
  )
})
