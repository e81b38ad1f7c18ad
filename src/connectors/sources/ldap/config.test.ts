import { describe, expect, it } from 'vitest'
import { Secret } from '../../../platform/secret.ts'
import { config } from './config.ts'
import { filterText } from './filter.ts'
import { detectPreset, presetNames, presets, type RootFacts } from './presets.ts'
import { defaultMappingOf, fingerprintOf, layoutOf } from './settings.ts'

const least = {
  hosts: ['ldap.example.com'],
  bindDn: 'cn=reader,dc=example,dc=com',
  password: new Secret('x'),
  baseDn: 'dc=example,dc=com',
}
const parsed = (more: object = {}) => config.parse({ ...least, ...more })
const issuesOf = (more: object) =>
  config.safeParse({ ...least, ...more }).error?.issues.map(({ message }) => message) ?? []

describe('the settings of a directory', () => {
  it('take what the design writes', () => {
    const given = {
      preset: 'openldap',
      hosts: ['127.0.0.1'],
      port: 10389,
      security: 'none',
      bindDn: 'cn=reader,dc=example,dc=test',
      password: new Secret('x'),
      baseDn: 'dc=example,dc=test',
    }
    expect(config.strict().parse(given)).toMatchObject({ pageSize: 500, groups: true, referrals: 'report' })
  })

  it('are safe where nothing is said', () => {
    expect(parsed()).toMatchObject({ security: 'ldaps', preset: 'auto', allowEmpty: false, lockedIsInactive: false })
  })

  it.each(['cn=reader,dc=x', 'reader@example.com', 'EXAMPLE\\reader', 'CN=Lee\\, Ann,DC=x'])(
    'take a name to sign in with: %s',
    (bindDn) => expect(issuesOf({ bindDn })).toEqual([]),
  )

  it.each([
    [{ bindDn: 'administrator' }, 'must be a distinguished name'],
    [{ bindDn: 'EXTERNAL' }, 'must be a distinguished name'],
    [{ bindDn: 'cn=a,,dc=x' }, 'character 6 of cn=a,▸,dc=x'],
    [{ hosts: [] }, 'Too small'],
    [{ hosts: ['ldap://a'] }, 'is an address'],
    [{ hosts: ['a:389'] }, 'has a port'],
    [{ hosts: ['a b'] }, 'is not the name'],
    [{ hosts: ['a/../b'] }, 'is not the name'],
    [{ baseDn: 'example.com' }, 'has no ='],
    [{ groupBaseDn: ['ou=a,dc=x', 'ou'] }, '"ou" has no ='],
    [{ groupFilter: '(cn=*' }, 'never closed'],
    [{ idAttribute: 'employee number' }, 'name of an attribute'],
    [{ attributes: ['*'] }, 'name of an attribute'],
    [{ inactive: { attribute: 'status' } }, 'exactly one'],
    [{ inactive: { attribute: 'status', values: ['left'], bits: 2 } }, 'exactly one'],
    [{ inactive: { attribute: 'status', pattern: '(' } }, 'RE2'],
  ])('refuse %j', (more, message) => {
    expect(issuesOf(more).join()).toContain(message)
  })

  it('read no base twice that lies within another', () => {
    const bases = ['ou=a,dc=x', 'OU=A, dc=x', 'ou=b,ou=a,dc=x', 'ou=c,dc=x']
    const { userBases } = layoutOf(parsed({ userBaseDn: bases }), 'openldap')
    expect(userBases.map((base) => base.toLowerCase().replace(' ', ''))).toEqual(['ou=a,dc=x', 'ou=c,dc=x'])
    expect(layoutOf(parsed({ userBaseDn: bases, searchScope: 'one-level' }), 'openldap').userBases).toHaveLength(3)
  })
})

describe('a kind of directory', () => {
  const facts = (part: Partial<RootFacts>): RootFacts => ({
    capabilities: [],
    vendorName: '',
    vendorVersion: '',
    objectClasses: [],
    isOracleInternetDirectory: false,
    hasIpaContext: false,
    ...part,
  })

  it.each([
    ['activedirectory', { capabilities: ['1.2.840.113556.1.4.800', '1.2.840.113556.1.4.1670'] }],
    ['openldap', { objectClasses: ['top', 'openldaprootdse'] }],
    ['389ds', { vendorName: '389 project', vendorVersion: '389-directory/2.3.1' }],
    ['freeipa', { vendorName: '389 project', hasIpaContext: true }],
    ['oracle', { vendorName: 'oracle corporation', vendorVersion: 'oracle unified directory 12.2' }],
    ['oracle-oid', { isOracleInternetDirectory: true }],
    ['edirectory', { vendorName: 'netiq corporation', vendorVersion: 'ldap agent for netiq edirectory 9.2' }],
    [undefined, { vendorName: 'apache software foundation' }],
  ] as const)('is recognised: %s', (expected, part) => {
    expect(detectPreset(facts(part))).toBe(expected)
  })

  it.each(presetNames)('has filters that are filters and names a login, an e-mail and an id: %s', (name) => {
    const layout = layoutOf(parsed(), name)
    expect(filterText(layout.userFilter)).toBe(presets[name].userFilter)
    expect(filterText(layout.groupFilter)).toBe(presets[name].groupFilter)
    expect([layout.id, ...layout.logins, ...layout.emails].every((each) => each !== '')).toBe(true)
    expect(Object.keys(defaultMappingOf(layout))).toEqual(['email', 'userName', 'displayName'])
    expect(new Set(layout.attributes.map((each) => each.toLowerCase())).size).toBe(layout.attributes.length)
  })

  it('gives way to the settings', () => {
    const layout = layoutOf(
      parsed({
        idAttribute: 'employeeNumber',
        loginAttribute: 'cn',
        memberAttributes: ['roleOccupant'],
        attributes: ['MAIL', 'shoeSize'],
      }),
      'openldap',
    )
    expect(layout).toMatchObject({
      id: 'employeeNumber',
      idIsChosen: true,
      logins: ['cn'],
      members: ['roleOccupant'],
      memberLogins: [],
    })
    expect(layout.attributes).toContain('shoeSize')
    expect(layout.attributes).not.toContain('MAIL')
  })
})

describe('the fingerprint of a read', () => {
  const base = fingerprintOf(parsed(), undefined)

  it.each([
    { baseDn: 'dc=example,dc=org' },
    { userBaseDn: 'ou=people,dc=example,dc=com' },
    { userFilter: '(uid=a*)' },
    { groupFilter: '(cn=a*)' },
    { searchScope: 'one-level' },
    { idAttribute: 'uid' },
    { bindDn: 'cn=other,dc=example,dc=com' },
    { preset: 'openldap' },
    { port: 3269 },
    { groups: false },
    { inactive: { attribute: 'status', values: ['left'] } },
    { expiredIsInactive: true },
    { referrals: 'ignore' },
    { nestedGroups: false },
  ])('changes with what decides who is read: %j', (more) => {
    expect(fingerprintOf(parsed(more), undefined)).not.toBe(base)
  })

  it.each([
    { hosts: ['other.example.com'] },
    { password: new Secret('another') },
    { pageSize: 100 },
    { baseDn: 'DC=example, DC=com' },
    { port: 636 },
    { operationTimeoutSeconds: 5 },
    { attributes: ['shoeSize'] },
  ])('does not change with %j', (more) => {
    expect(fingerprintOf(parsed(more), undefined)).toBe(base)
  })

  it('tells which kind was found, and is the same for one filter in two spellings', () => {
    expect(fingerprintOf(parsed(), layoutOf(parsed(), 'openldap'))).toBe(`${base}:openldap`)
    expect(fingerprintOf(parsed({ userFilter: 'uid=a*' }), undefined)).toBe(
      fingerprintOf(parsed({ userFilter: ' ( uid=a*) ' }), undefined),
    )
  })
})
