import { describe, expect, it } from 'vitest'
import { dnFault, isWithin, leafOf, normalDn } from './dn.ts'

describe('two spellings of one distinguished name', () => {
  it.each([
    ['letter case and spaces', 'CN=Ann Lee, OU=People,DC=x', 'cn=ann lee,ou=people,dc=X'],
    ['an escaped comma', 'cn=Lee\\, Ann,dc=x', 'cn=Lee\\2C Ann,dc=x'],
    ['a number sign that need not be escaped', 'cn=C\\# Team,dc=x', 'cn=C# Team,dc=x'],
    ['an accent as bytes', 'cn=Zo\\C3\\AB,dc=x', 'cn=zoë,dc=x'],
    ['an accent in two ways of Unicode', 'cn=Zoe\u0308,dc=x', 'cn=Zo\u00eb,dc=x'],
    ['a name with several values', 'uid=a+cn=B,dc=x', 'cn=b + uid=A,dc=x'],
    ['quotes of old servers', 'cn="Lee, Ann",dc=x', 'cn=Lee\\, Ann,dc=x'],
    ['the long form of an identifier', 'OID.2.5.4.3=a,dc=x', '2.5.4.3=a,dc=x'],
  ])('are equal: %s', (_, one, other) => {
    expect(normalDn(one)).toBe(normalDn(other))
  })

  it.each([
    ['a comma inside a value', 'cn=a\\,b,dc=x', 'cn=a,b=,dc=x'],
    ['an equals sign inside a value', 'cn=a\\,ou=b,dc=x', 'cn=a,ou=b,dc=x'],
    ['another container', 'cn=a,ou=b,dc=x', 'cn=a,ou=c,dc=x'],
  ])('stay different: %s', (_, one, other) => {
    expect(normalDn(one)).not.toBe(normalDn(other))
  })

  it('gives the first value without its escapes', () => {
    expect(leafOf('CN=Lee\\, Ann,DC=x')).toBe('Lee, Ann')
    expect(leafOf('no name')).toBeUndefined()
  })

  it('lies within a base by whole parts only', () => {
    expect(isWithin('ou=people,dc=x', 'dc=x')).toBe(true)
    expect(isWithin('dc=x', 'dc=x')).toBe(true)
    expect(isWithin('ou=people,dc=xx', 'dc=x')).toBe(false)
    expect(isWithin('ou=people,adc=x', 'dc=x')).toBe(false)
  })
})

describe('what is no distinguished name', () => {
  it.each([
    ['', 1, 'missing'],
    ['example.test', 1, 'has no ='],
    ['ou=people,,dc=x', 11, 'missing'],
    ['ou=people,dc', 11, 'has no ='],
    ['ou=,dc=x', 4, 'ou has no value'],
    ['o u=x', 1, 'not the name of an attribute'],
    ['ou=a\\zb,dc=x', 5, 'after \\'],
    ['ou=a;dc=x', 5, 'must be written with \\'],
    ['ou=people,dc=example<x', 21, 'must be written with \\'],
  ])('is told with its place: %s', (text, at, message) => {
    expect(dnFault(text)).toMatchObject({ at, message: expect.stringContaining(message) })
  })

  it.each(['dc=example,dc=test', 'OU=A\\, B, DC=x', 'cn=a\\2cb,dc=x', '2.5.4.3=a', 'uid=a+cn=b,dc=x', 'cn="a,b",dc=x'])(
    'and this is one: %s',
    (text) => expect(dnFault(text)).toBeUndefined(),
  )
})
