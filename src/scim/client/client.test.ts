import { describe, expect, it } from 'vitest'
import { abilitiesOf, schemaAttributes } from './abilities.ts'
import { listAnswer } from './list-answer.ts'
import { operationAt, placeOf, valueAt, withValueAt } from './place.ts'
import { equals, queryText, removeMembers } from './request.ts'
import { emailOf, groupsOf, isActive, membersOf, toldResource } from './resource.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function resource(document: object) {
  const told = toldResource({ id: 'x', ...document })
  if (told === undefined) throw new TypeError('no resource')
  return told
}

describe('what a server says of itself', () => {
  it.each([undefined, null, 'hello', [], { patch: 'maybe' }, { patch: [] }])('is nothing when it is %j', (json) => {
    expect(abilitiesOf(json)).toEqual({})
  })

  it('is understood in other letter cases and with texts for booleans', () => {
    const pagination = { cursor: true, index: 'false', defaultPaginationMethod: 'Cursor', maxPageSize: 50 }
    expect(abilitiesOf({ PATCH: { Supported: 'True' }, filter: { supported: false }, pagination })).toEqual({
      patch: true,
      filter: false,
      cursor: true,
      index: false,
      defaultPaging: 'cursor',
      maxPageSize: 50,
    })
  })

  it('names attributes and their parts, from a list response and from a bare list', () => {
    const schema = { id: 'urn:A:User', attributes: [{ name: 'name', subAttributes: [{ name: 'givenName' }] }, 7] }
    for (const json of [{ Resources: [schema, null] }, [schema]]) {
      expect([...(schemaAttributes(json) ?? [])]).toEqual(['urn:a:user:name', 'urn:a:user:name.givenname'])
    }
    expect(schemaAttributes('<html>')).toBeUndefined()
  })
})

describe('a page of a list', () => {
  it('is read with numbers as texts and names in any letter case', () => {
    expect(listAnswer({ totalresults: '2', resources: [{ ID: 'a' }, { id: 7 }], nextCursor: '' })).toMatchObject({
      totalResults: 2,
      resources: [{ id: 'a' }, { id: '7' }],
    })
  })

  it.each([[undefined], [{}], [{ totalResults: 1, Resources: 'x' }], [{ totalResults: 1, Resources: [{}] }]])(
    'is refused when it proves nothing: %j',
    (json) => {
      expect(typeof listAnswer(json)).toBe('string')
    },
  )
})

describe('a resource', () => {
  it('is active unless it says otherwise, also in a text', () => {
    expect(
      [{}, { active: true }, { active: 'True' }, { active: false }, { Active: 'False' }].map(resource).map(isActive),
    ).toEqual([true, true, true, false, false])
  })

  it('has the primary address, else the one for work, else the first; also when there is one object', () => {
    const home = { value: 'h@x.test', type: 'home' }
    const work = { value: 'w@x.test', type: 'work' }
    expect(emailOf(resource({ emails: [work, { ...home, primary: true }] }))).toBe('h@x.test')
    expect(emailOf(resource({ emails: [home, work] }))).toBe('w@x.test')
    expect(emailOf(resource({ emails: home }))).toBe('h@x.test')
  })

  it('says nothing about members it came without, and that there are none when the list is empty', () => {
    expect(membersOf(resource({}))).toBeUndefined()
    expect(membersOf(resource({ members: [] }))).toEqual([])
    expect(membersOf(resource({ members: null }))).toEqual([])
  })

  it('has members that are groups by type, by reference, or because we know the group', () => {
    const members = [
      { value: '1', type: 'Group' },
      { value: '2', $ref: 'https://x.test/v2/Groups/2' },
      '3',
      { value: '4' },
      {},
    ]
    const told = membersOf(resource({ members }), (id) => id === '4')
    expect(told?.map(({ id, kind }) => `${kind} ${id}`)).toEqual(['group 1', 'group 2', 'user 3', 'group 4'])
  })

  it('is in the groups it names, without those it is in through others', () => {
    const groups = [{ value: '1' }, { value: '2', type: 'indirect' }, { value: '3', type: 'direct' }]
    expect(groupsOf(resource({ groups }))).toEqual(['1', '3'])
  })
})

describe('a place in a user', () => {
  it.each([
    ['title', { attribute: 'title' }],
    ['urn:ietf:params:scim:schemas:core:2.0:User:title', { attribute: 'title' }],
    ['name.givenName', { attribute: 'name', part: 'givenName' }],
    [`${enterprise}:department`, { urn: enterprise, attribute: 'department' }],
    ['emails', { attribute: 'emails', element: 'preferred' }],
    ['phoneNumbers.mobile', { attribute: 'phoneNumbers', element: 'mobile' }],
    ['emails[type eq "work"]', undefined],
    ['', undefined],
  ])('is written %s', (path, place) => {
    expect(placeOf(path)).toEqual(place)
  })

  it.each([
    ['title', 'Driver'],
    ['name.givenName', 'Ann'],
    [`${enterprise}:department`, 'Sales'],
    ['emails', 'new@x.test'],
    ['phoneNumbers.mobile', '+49 1'],
  ])('%s takes a value, gives it back, and is empty afterwards', (path, value) => {
    const place = placeOf(path) ?? { attribute: 'none' }
    const start = { name: { familyName: 'Ng' }, emails: [{ value: 'old@x.test', type: 'home', primary: true }] }
    const filled = withValueAt(start, place, value)
    expect(valueAt(filled, place)).toBe(value)
    expect(valueAt(withValueAt(filled, place, null), place)).toBeUndefined()
    expect(filled.name).toMatchObject({ familyName: 'Ng' })
  })

  it('is changed by one operation that leaves the other elements alone', () => {
    const document = { phoneNumbers: [{ value: '1', type: 'work', primary: true }] }
    const place = placeOf('phoneNumbers.mobile') ?? { attribute: 'none' }
    expect(operationAt(document, place, '2')).toEqual({
      op: 'replace',
      path: 'phoneNumbers',
      value: [
        { value: '1', type: 'work', primary: true },
        { value: '2', type: 'mobile' },
      ],
    })
    expect(operationAt(document, { urn: enterprise, attribute: 'department' }, null)).toEqual({
      op: 'remove',
      path: `${enterprise}:department`,
    })
  })
})

describe('a request', () => {
  it('escapes what is asked for, so that it stays one value', () => {
    expect(equals('userName', 'a"b\\c')).toBe('userName eq "a\\"b\\\\c"')
    expect(queryText({ filter: equals('userName', 'a+b c'), count: 1, cursor: undefined })).toBe(
      '?filter=userName%20eq%20%22a%2Bb%20c%22&count=1',
    )
  })

  it('takes members out by one filtered path each, or by a list where that is asked for', () => {
    expect(removeMembers(['1', '2'], 'filter').map(({ path }) => path)).toEqual([
      'members[value eq "1"]',
      'members[value eq "2"]',
    ])
    expect(removeMembers(['1'], 'value')).toEqual([{ op: 'remove', path: 'members', value: [{ value: '1' }] }])
  })
})
