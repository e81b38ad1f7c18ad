import { describe, expect, it } from 'vitest'
import { type BulkStep, bulkDocument, orderBulk, parseBulkRequest, referencesIn, resolveReferences } from './bulk.ts'
import { errorDocument, ScimError, scimFault } from './error.ts'
import { assertVersion, etagOf, isUnmodified } from './etag.ts'
import type { Json } from './json.ts'
import { projection } from './projection.ts'
import { listDocument, listQueryFromBody, listQueryFromUrl } from './query.ts'
import { createDocument } from './resource.ts'
import { enterpriseSchema, userSchema } from './schema/core.ts'
import { attributeNamePattern, customSchema, customUrnPattern } from './schema/custom.ts'
import { resourceTypeDocument, schemaDocument, serviceProviderConfig } from './schema/discovery.ts'
import { createRegistry } from './schema/registry.ts'
import { sorted, sortingOf } from './sort.ts'
import { compareText, instantOf } from './text.ts'

const registry = createRegistry()
const [users, groups] = registry.types
const base = 'https://muster.example/scim/entra/v2'

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('answers, byte for byte (scim.md 10)', () => {
  it('an empty list', () => {
    expect(JSON.stringify(listDocument({ totalResults: 0, resources: [], startIndex: 1 }))).toBe(
      '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}',
    )
  })

  it('a failure', () => {
    expect(JSON.stringify(errorDocument(scimFault.uniqueness('userName is already in use')))).toBe(
      '{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"userName is already in use"}',
    )
    expect(errorDocument(scimFault.notFound('x'))).not.toHaveProperty('scimType')
    expect(scimFault.tooManyRequests('x', 3)).toMatchObject({ status: 429, retryAfterSeconds: 3 })
  })
})

describe('projection (RFC 7644 section 3.9)', () => {
  const ann = {
    schemas: [userSchema, enterpriseSchema],
    id: 'U1',
    externalId: 'e',
    userName: 'ann',
    name: { givenName: 'Ann', familyName: 'Reed' },
    emails: [{ value: 'a@x.example', type: 'work' }],
    [enterpriseSchema]: { department: 'R&D', manager: { value: 'U2', displayName: 'Boss' } },
    meta: { resourceType: 'User', version: 'W/"1"' },
  }
  const shown = (attributes: string[], excludedAttributes: string[] = []) =>
    projection(users, { attributes, excludedAttributes }).apply(ann)
  const minimum = { schemas: ann.schemas, id: 'U1' }

  it('shows the named attributes beside those always shown', () => {
    expect(shown(['userName'])).toEqual({ ...minimum, userName: 'ann' })
    expect(shown(['NAME.familyname', 'emails.value'])).toEqual({
      ...minimum,
      name: { familyName: 'Reed' },
      emails: [{ value: 'a@x.example' }],
    })
    expect(shown([`${enterpriseSchema}:department`])).toEqual({ ...minimum, [enterpriseSchema]: { department: 'R&D' } })
    expect(shown([`${enterpriseSchema}:manager.value`])).toEqual({
      ...minimum,
      [enterpriseSchema]: { manager: { value: 'U2' } },
    })
    expect(shown([enterpriseSchema])).toEqual({ ...minimum, [enterpriseSchema]: ann[enterpriseSchema] })
    expect(shown([`${userSchema}:userName`, 'shoeSize'])).toEqual({ ...minimum, userName: 'ann' })
  })

  it('leaves out what is named, but never what is always shown', () => {
    const { emails: _, ...rest } = ann
    expect(shown([], ['emails', 'id', 'schemas'])).toEqual(rest)
    expect(shown([], ['name.givenName', enterpriseSchema])).toEqual({
      schemas: ann.schemas,
      id: 'U1',
      externalId: 'e',
      userName: 'ann',
      name: { familyName: 'Reed' },
      emails: ann.emails,
      meta: ann.meta,
    })
    expect(shown(['name', 'userName'], ['name'])).toEqual({ ...minimum, userName: 'ann' })
  })

  it('never shows a password and tells what need not be read', () => {
    expect(projection(users, { attributes: ['password'] }).apply({ ...ann, password: 'x' })).toEqual(minimum)
    expect(projection(groups, {}).wants('members')).toBe(true)
    expect(projection(groups, { excludedAttributes: ['members'] }).wants('members')).toBe(false)
    expect(projection(groups, { attributes: ['id'] }).wants('members')).toBe(false)
    expect(projection(groups, { attributes: ['members.value'] }).wants('members')).toBe(true)
  })
})

describe('sorting (RFC 7644 section 3.4.2.3)', () => {
  const people = [
    {
      id: '1',
      userName: 'bob',
      emails: [{ value: 'z@x' }, { value: 'a@x', primary: true }],
      meta: { created: '2026-01-02T00:00:00Z' },
    },
    { id: '2', userName: 'Ann', emails: [{ value: 'b@x' }], meta: { created: '2026-01-01T23:00:00-02:00' } },
    { id: '3', userName: 'cid', title: 'Lead', meta: { created: '2026-01-01T00:00:00Z' } },
  ]
  const order = (by: string, descending = false) => sorted(people, sortingOf(users, by, descending)).map(({ id }) => id)

  it('ignores letter case where the attribute does, and takes the primary value of several', () => {
    expect(order('userName')).toEqual(['2', '1', '3'])
    expect(order('userName', true)).toEqual(['3', '1', '2'])
    expect(order('emails')).toEqual(['1', '2', '3'])
    expect(order('emails.value', true)).toEqual(['3', '2', '1'])
    expect(order('meta.created')).toEqual(['3', '1', '2'])
  })

  it('puts what has no value last, and first when descending', () => {
    expect(order('title')).toEqual(['3', '1', '2'])
    expect(order('title', true)).toEqual(['1', '2', '3'])
  })

  it('refuses what cannot be an order', () => {
    for (const by of ['name', 'shoeSize', 'emails[type eq "work"]', '']) {
      expect(thrownBy(() => order(by))).toMatchObject({ status: 400 })
    }
  })
})

describe('queries', () => {
  it('have their numbers put right', () => {
    const query = (text: string) => listQueryFromUrl(new URLSearchParams(text))
    expect(query('startIndex=0&count=-5')).toMatchObject({ startIndex: 1, count: 0 })
    expect(query('startIndex=7')).toEqual({ startIndex: 7, descending: false, attributes: [], excludedAttributes: [] })
    expect(query('aadOptscim062020&Attributes=a, b,&sortBy=&filter=&cursor=')).toMatchObject({
      cursor: '',
      attributes: ['a', 'b'],
    })
    expect(query('filter=userName+eq+%22a%2Bb%22&sortOrder=DESCENDING')).toMatchObject({
      filter: { literal: 'a+b' },
      descending: true,
    })
    for (const bad of ['count=x', 'startIndex=1.5', 'sortOrder=up', 'count=99999999999999999999']) {
      expect(thrownBy(() => query(bad))).toMatchObject({ status: 400, scimType: 'invalidValue' })
    }
    expect(thrownBy(() => query('cursor=&count=x'))).toMatchObject({ scimType: 'invalidCount' })
  })

  it('may stand in a body', () => {
    expect(listQueryFromBody({ startIndex: 3, COUNT: 2, attributes: ['a'], excludedAttributes: 'b,c' })).toMatchObject({
      startIndex: 3,
      count: 2,
      attributes: ['a'],
      excludedAttributes: ['b', 'c'],
    })
    for (const bad of [[], { filter: 1 }, { attributes: [1] }, { cursor: 1 }] as Json[]) {
      expect(thrownBy(() => listQueryFromBody(bad))).toBeInstanceOf(ScimError)
    }
  })
})

describe('versions (RFC 7644 section 3.14)', () => {
  it('are compared weakly, one of several, or any', () => {
    expect(etagOf(3)).toBe('W/"3"')
    for (const tag of ['W/"3"', '"3"', '*', 'W/"1", W/"3"', '3']) {
      expect(isUnmodified(tag, 3)).toBe(true)
      expect(thrownBy(() => assertVersion(tag, 3))).toBeUndefined()
    }
    expect(isUnmodified(undefined, 3)).toBe(false)
    expect(isUnmodified('W/"33"', 3)).toBe(false)
    expect(thrownBy(() => assertVersion('W/"2"', 3))).toMatchObject({ status: 412 })
  })
})

describe('bulk (RFC 7644 section 3.7)', () => {
  const post = (bulkId: string, data: Json, path = '/Groups') => ({ method: 'post', path, bulkId, data })
  const parse = (operations: Json[], rest: Record<string, Json> = {}) =>
    parseBulkRequest({ Operations: operations, ...rest }, 100)
  const names = (steps: readonly BulkStep[]) =>
    steps.map(({ kind, operation }) => `${kind} ${operation.bulkId ?? operation.id}`)

  it('orders operations so that what they refer to exists', () => {
    const { operations, failOnErrors } = parse(
      [
        { method: 'PATCH', path: '/Groups/bulkId:g', data: { Operations: [] } },
        post('g', { displayName: 'g', members: [{ value: 'bulkId:u' }] }),
        post('u', { userName: 'u' }, 'Users'),
      ],
      { failOnErrors: 2 },
    )
    expect(failOnErrors).toBe(2)
    expect(names(orderBulk(operations))).toEqual(['operation u', 'operation g', 'operation bulkId:g'])
    expect(resolveReferences(operations[1]!.data!, new Map([['u', 'U1']]))).toEqual({
      displayName: 'g',
      members: [{ value: 'U1' }],
    })
    expect(thrownBy(() => resolveReferences('bulkId:x', new Map()))).toMatchObject({ status: 409 })
  })

  it('cuts a circle and completes it afterwards', () => {
    const { operations } = parse([
      post('a', { displayName: 'a', members: [{ value: 'bulkId:b' }, { value: 'U9' }] }),
      post('b', { displayName: 'b', members: [{ value: 'bulkId:a' }] }),
    ])
    const steps = orderBulk(operations)
    expect(names(steps)).toEqual(['operation a', 'operation b', 'complete a'])
    expect(steps[0]!.operation.data).toEqual({ displayName: 'a', members: [{ value: 'U9' }] })
    expect(steps[2]).toMatchObject({ missing: { members: [{ value: 'bulkId:b' }] } })
  })

  it('completes somebody who is his own manager, and leaves unknown references to fail alone', () => {
    const { operations } = parse([
      post('me', { userName: 'me', [enterpriseSchema]: { manager: { value: 'bulkId:me' } } }, '/Users'),
      post('x', { displayName: 'x', members: [{ value: 'bulkId:nobody' }] }),
    ])
    expect([...referencesIn(operations[1]!)]).toEqual(['nobody'])
    expect(names(orderBulk(operations))).toEqual(['operation x', 'operation me', 'complete me'])
  })

  it('orders a long chain, worst case, in no time', () => {
    const chain = Array.from({ length: 1_000 }, (_, n) =>
      post(`g${n}`, { displayName: `${n}`, members: [{ value: `bulkId:g${n + 1}` }] }),
    )
    const steps = orderBulk(parseBulkRequest({ Operations: chain }, 1_000).operations)
    expect(steps).toHaveLength(1_000)
    expect(steps[0]!.operation.bulkId).toBe('g999')
  })

  it('refuses what is no bulk request', () => {
    for (const operations of [
      'x',
      [1],
      [{ method: 'GET', path: '/Users' }],
      [{ method: 'POST', path: '/Users', data: {} }],
      [{ method: 'POST', path: '/Users/1', bulkId: 'a', data: {} }],
      [{ method: 'DELETE', path: '/Users' }],
      [{ method: 'DELETE', path: '/Users/%zz' }],
      [{ method: 'PUT', path: '/Users/1' }],
      [{ method: 'PUT', path: '/Users/1/2', data: {} }],
      [post('a', {}), post('a', {})],
    ] as Json[]) {
      expect(thrownBy(() => parseBulkRequest({ Operations: operations }, 100))).toMatchObject({
        status: 400,
        scimType: 'invalidSyntax',
      })
    }
    expect(thrownBy(() => parse([], { failOnErrors: 0 }))).toMatchObject({ status: 400 })
    expect(thrownBy(() => parseBulkRequest({ Operations: [post('a', {}), post('b', {})] }, 1))).toMatchObject({
      status: 413,
    })
  })

  it('answers in the order of the request, with texts as status', () => {
    const { operations } = parse([post('a', {}), { method: 'DELETE', path: '/Users/U1' }])
    const outcomes = [
      { operation: operations[1]!, status: 404, response: errorDocument(scimFault.notFound('x')) },
      { operation: operations[0]!, status: 201, location: `${base}/Groups/G1`, version: 'W/"1"' },
    ]
    expect(bulkDocument(outcomes).Operations).toEqual([
      { method: 'POST', bulkId: 'a', version: 'W/"1"', location: `${base}/Groups/G1`, status: '201' },
      { method: 'DELETE', status: '404', response: errorDocument(scimFault.notFound('x')) },
    ])
  })
})

describe('discovery', () => {
  it('tells the schemas without what trips clients', () => {
    const document = schemaDocument(users.schema, base) as unknown as {
      attributes: { name: string; subAttributes?: { name: string }[] }[]
    }
    expect(document.attributes.map(({ name }) => name)).not.toContain('password')
    expect(document.attributes.find(({ name }) => name === 'emails')?.subAttributes?.map(({ name }) => name)).toEqual([
      'value',
      'type',
      'primary',
    ])
    expect(schemaDocument(registry.schemas[2]!, base)).toMatchObject({
      id: enterpriseSchema,
      meta: { location: `${base}/Schemas/${enterpriseSchema}` },
    })
    expect(resourceTypeDocument(users, base)).toMatchObject({
      endpoint: '/Users',
      schemaExtensions: [{ schema: enterpriseSchema, required: false }],
    })
    expect(resourceTypeDocument(groups, base)).not.toHaveProperty('schemaExtensions')
  })

  it('tells real limits, because a client takes bulk.maxOperations as the size of its chunks', () => {
    const limits = { maxBulkOperations: 1000, maxBulkBytes: 1 << 20, defaultPageSize: 100, maxPageSize: 1000 }
    expect(serviceProviderConfig(limits, base)).toMatchObject({
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000 },
      pagination: { cursor: true, index: true, defaultPaginationMethod: 'index' },
    })
  })

  it('takes further schemas at run time', () => {
    const urn = 'urn:acme:hr:2.0:User'
    const schema = customSchema({
      urn,
      attributes: [
        { name: 'level', type: 'integer' },
        { name: 'tags', multiValued: true },
      ],
    })
    const [type] = createRegistry({ userExtensions: [schema], keepsUnknownExtensions: false }).types
    const written = createDocument(type, { userName: 'a', [urn]: { LEVEL: 3, tags: 'x' }, 'urn:other:x': { a: 1 } })
    expect(written.document).toEqual({ userName: 'a', [urn]: { level: 3, tags: ['x'] } })
    expect(thrownBy(() => createDocument(type, { userName: 'a', [urn]: { level: '3' } }))).toMatchObject({
      scimType: 'invalidValue',
    })
    expect(customUrnPattern.test(urn) && attributeNamePattern.test('level')).toBe(true)
    expect(customUrnPattern.test(userSchema) || attributeNamePattern.test('a b')).toBe(false)
  })
})

describe('texts', () => {
  it('are ordered by code point, as the store does', () => {
    const texts = ['a', 'B', 'é', 'z', '\u{ffff}', '\u{1f600}', 'ab', '']
    const bytes = texts.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    expect(texts.toSorted(compareText)).toEqual(bytes)
  })

  it('are instants or not', () => {
    expect(instantOf('2026-02-28T00:00:00.123456Z')).toBe(Date.UTC(2026, 1, 28, 0, 0, 0, 123))
    expect(instantOf('2026-02-28T02:00:00+02:00')).toBe(Date.UTC(2026, 1, 28))
    expect(instantOf('2026-02-28T00:00:00')).toBe(Date.UTC(2026, 1, 28))
    for (const bad of ['2026-02-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01', 'x', '2026-01-01T25:00:00Z']) {
      expect(instantOf(bad)).toBeUndefined()
    }
  })
})
