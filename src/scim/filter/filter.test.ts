import { describe, expect, it } from 'vitest'
import { ScimError } from '../error.ts'
import { enterpriseSchema as enterprise } from '../schema/core.ts'
import { createRegistry } from '../schema/registry.ts'
import { bindFilter } from './bind.ts'
import { matches } from './evaluate.ts'
import { parseFilter, parsePath } from './parse.ts'

const [users, groups] = createRegistry().types
const ann = {
  id: 'U1',
  externalId: 'Ext-1',
  userName: 'Ann@Corp.example',
  active: true,
  name: { givenName: 'Ann', familyName: 'Reed' },
  title: 'Lead "Dev" \\ é',
  nickName: '',
  emails: [
    { value: 'ann@corp.example', type: 'work', primary: true },
    { value: 'ann@home.example', type: 'home' },
  ],
  roles: [{ value: 'admin', primary: true }],
  meta: { created: '2026-01-02T03:04:05Z', lastModified: '2026-03-04T05:06:07.080Z' },
  schemas: [users.schema.id, enterprise],
  [enterprise]: { department: 'R&D', manager: { value: 'U2' } },
}
const dev = {
  id: 'G1',
  displayName: 'dev',
  members: [
    { value: 'U1', type: 'User' },
    { value: 'G2', type: 'Group' },
  ],
}

const holds = (filter: string, resource: object = ann, type = users) =>
  matches(bindFilter(parseFilter(filter), type), resource as never)

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('filters that clients send (scim.md 11)', () => {
  it.each([
    'userName eq "ANN@corp.EXAMPLE"',
    'externalId eq "Ext-1"',
    'emails[type eq "work"].value eq "ann@corp.example"',
    'emails.value eq "ann@home.example"',
    'id eq "U1" and manager eq "U2"',
    'active eq true',
    'meta.lastModified gt "2026-03-04T05:06:07Z"',
    'meta.lastModified ge "2026-03-04T06:06:07.080+01:00"',
    `schemas eq "${enterprise}"`,
    `${enterprise}:department eq "r&d"`,
    `${enterprise}:manager.value eq "U2"`,
    'title eq "Lead \\"Dev\\" \\\\ \\u00e9"',
    'roles[primary eq "True"].value eq "admin"',
  ])('%s', (filter) => {
    expect(holds(filter)).toBe(true)
  })

  it.each([
    'id eq "G1" and members eq "U1"',
    'members[value eq "U1"]',
    'displayName eq "DEV"',
    'members.type eq "group"',
  ])('%s (groups)', (filter) => {
    expect(holds(filter, dev, groups)).toBe(true)
  })
})

describe('the grammar of RFC 7644 section 3.4.2.2', () => {
  it.each([
    ['userName sw "ann"', true],
    ['userName co "corp"', true],
    ['userName ew ".COM"', false],
    ['externalId eq "ext-1"', false],
    ['userName ne "x"', true],
    ['nothingness pr', undefined],
    ['title pr', true],
    ['nickName pr', false],
    ['locale pr', false],
    ['locale ne "x"', true],
    ['locale eq null', true],
    ['title ne null', true],
    ['emails pr', true],
    ['phoneNumbers pr', false],
    ['emails co "home"', true],
    ['emails[type eq "work" and value co "home"]', false],
    ['emails[type eq "work" or value co "home"]', true],
    ['emails[not (type eq "work")]', true],
    ['emails.type ne "work"', true],
    ['userName gt "amy"', true],
    ['userName lt "amy"', false],
    ['USERNAME EQ "ann@corp.example" AND NOT (ACTIVE EQ FALSE)', true],
    ['active eq false or title pr and active eq true', true],
    ['(active eq false or title pr) and active eq false', false],
    ['not (active eq true) or userName pr', true],
    ['not (active eq true or userName pr)', false],
    ['name.familyName eq "reed" and (emails[type eq "work"] or emails[type eq "other"])', true],
    ['  userName   pr  ', true],
    ['userName pr and(active eq true)', true],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "A"', true],
    ['meta.created eq "2026-01-02T04:04:05+01:00"', true],
    ['active ne false', true],
    ['userName eq 5', false],
  ])('%s', (filter, expected) => {
    if (expected === undefined) expect(thrownBy(() => holds(filter))).toMatchObject({ scimType: 'invalidFilter' })
    else expect(holds(filter)).toBe(expected)
  })

  it.each([
    ['', 'At the end|at the end'],
    ['userName', 'operator.*at the end'],
    ['userName eq', 'a value, at the end'],
    ['userName eq "x', 'not closed, at position 13'],
    ['userName eq "x" and', 'name of an attribute, at the end'],
    ['userName eq "x" userName eq "y"', 'expected and, or|Expected and, or'],
    ['(userName eq "x"', 'close the parenthesis, at the end'],
    ['userName eq "x")', 'at position 16'],
    ['emails[type eq "x"', 'close the bracket'],
    ['userName foo "x"', 'operator .* at position 10'],
    ['userName eq "\\q"', 'no JSON text.* at position 13'],
    ['userName ne x', 'needs quotes, at position 13'],
    ['not userName eq "x"', 'behind not'],
    ['a..b eq "x"', 'no name of an attribute'],
    ['name.givenName[x eq "y"]', 'behind an attribute'],
    ['active gt true', 'does not fit'],
    ['active co "t"', 'does not fit'],
    ['meta.created sw "2026"', 'does not fit'],
    ['x509Certificates.value gt "a"', 'does not fit'],
    ['active eq "maybe"', 'type boolean'],
    ['meta.created gt "yesterday"', 'type dateTime'],
    ['name eq "x"', 'several parts'],
    ['shoeSize eq 43', 'no attribute "shoeSize" \\(position 1\\)'],
    ['emails[shoe eq 1]', 'no attribute "shoe"'],
    ['title gt null', 'cannot be compared with null'],
    ['title["x"]', '.'],
    ['title eq "\\u0000"', 'should be of type'],
    ['active[x pr]', 'no elements'],
  ])('refuses %s with its place', (filter, message) => {
    const error = thrownBy(() => holds(filter))
    expect(error).toBeInstanceOf(ScimError)
    expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter', message: expect.stringMatching(message) })
  })

  it('answers a filter nested a million deep, or of a million terms, at once', () => {
    for (const filter of [
      `${'('.repeat(1_000_000)}userName pr${')'.repeat(1_000_000)}`,
      `${'not ('.repeat(18_000)}userName pr${')'.repeat(18_000)}`,
      `${'emails['.repeat(14_000)}`,
      Array.from({ length: 5_000 }, () => 'userName pr').join(' and '),
      '"'.repeat(99_999),
    ]) {
      expect(thrownBy(() => parseFilter(filter))).toMatchObject({ status: 400, scimType: 'invalidFilter' })
    }
  })

  it('takes an unknown attribute as absent in a query over several types', () => {
    const filter = bindFilter(parseFilter('displayName eq "dev" or members pr'), users, { unknownIsAbsent: true })
    expect(matches(filter, ann as never)).toBe(false)
  })

  it('finds attributes of extensions nobody described', () => {
    const custom = { ...ann, 'urn:acme:hr:1.0': { badge: 'B7', level: 3 } }
    expect(holds('urn:acme:hr:1.0:badge eq "b7"', custom)).toBe(true)
    expect(holds('urn:acme:hr:1.0:level gt 2', custom)).toBe(true)
  })
})

describe('paths', () => {
  it.each([
    ['members', { name: 'members' }],
    ['name.familyName', { name: 'name', sub: 'familyName' }],
    [`${enterprise}:manager.value`, { urn: enterprise, name: 'manager', sub: 'value' }],
  ])('%s', (text, path) => {
    expect(parsePath(text).path).toMatchObject(path)
  })

  it.each([
    '',
    ' ',
    'members[',
    'members[]',
    'members[value eq "x"',
    'members[value eq "x"].',
    'members[value eq "x"].a.b',
    'a b',
    '[x]',
    'members[value eq "x"]x',
    ':a',
    '.a',
    'a.',
  ])('refuses "%s"', (text) => {
    expect(thrownBy(() => parsePath(text))).toMatchObject({ status: 400 })
  })
})
