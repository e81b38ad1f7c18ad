import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import { isoTime } from '../../platform/clock.ts'
import type { PushResource } from '../../ports/push-directory.ts'
import { bindFilter, type Filter } from '../../scim/filter/bind.ts'
import { matches } from '../../scim/filter/evaluate.ts'
import { parseFilter } from '../../scim/filter/parse.ts'
import type { JsonObject } from '../../scim/json.ts'
import { createDocument, schemasOf } from '../../scim/resource.ts'
import { enterpriseSchema } from '../../scim/schema/core.ts'
import { createRegistry } from '../../scim/schema/registry.ts'
import { sorted, sortingOf } from '../../scim/sort.ts'
import { namesFew } from './filter-to-sql.ts'

const [users, groups] = createRegistry().types

describe('a filter that gives a name, an id or an address', () => {
  it.each([
    [users, 'userName eq "ann"', true],
    [users, 'externalId eq "e1" and active eq true', true],
    [users, 'emails[type eq "work" and value eq "a@x.example"]', true],
    [users, 'emails.value eq "a@x.example" or id eq "U1"', true],
    [groups, 'displayName eq "dev"', true],
    [groups, 'id eq "G1" and members eq "U1"', true],
    [users, 'displayName eq "Ann"', false],
    [users, 'userName eq "ann" or active eq true', false],
    [users, 'not (userName eq "ann")', false],
    [users, 'userName sw "a"', false],
    [users, 'emails.value eq ""', false],
    [users, 'emails[type eq "work"]', false],
    [users, `${enterpriseSchema}:department eq "Sales"`, false],
  ] as const)('matches a handful at most: %# %s', (type, text, expected) => {
    expect(namesFew(bindFilter(parseFilter(text), type), type)).toBe(expected)
  })
})
const rules = { refusesCycles: true, maxMembers: 1_000 }
const custom = 'urn:acme:hr:1.0:User'

const words = ['Ann', 'ann', 'BOB', 'é', 'a%b_c', 'q"u\\o', 'ﬁne', '', 'a b', '\u{1f600}z', 'ﬀ'] as const
const word = fc.constantFrom(...words)
const optional: { requiredKeys: never[] } = { requiredKeys: [] }
const person = fc.record(
  {
    externalId: word,
    active: fc.boolean(),
    title: word,
    displayName: word,
    name: fc.record({ givenName: word, familyName: word }, { requiredKeys: [] }),
    emails: fc.array(
      fc.record({ value: word, type: fc.constantFrom('work', 'Home'), primary: fc.boolean() }, optional),
      { maxLength: 3 },
    ),
    [enterpriseSchema]: fc.record({ department: word, manager: fc.record({ value: word }) }, optional),
    [custom]: fc.record(
      {
        badge: word,
        level: fc.integer({ min: -2, max: 12 }),
        tags: fc.array(word, { maxLength: 2 }),
        deep: fc.record({ x: word }),
      },
      optional,
    ),
  },
  optional,
)

const quoted = word.map((text) => JSON.stringify(text))
const textPath = fc.constantFrom(
  'userName',
  'externalId',
  'title',
  'displayName',
  'name.givenName',
  'emails',
  'emails.value',
  'emails.type',
  `${enterpriseSchema}:department`,
  'manager',
  `${custom}:badge`,
  `${custom}:tags`,
  `${custom}:deep.x`,
  'schemas',
  'id',
)
const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le')
const inner = fc.oneof(
  fc.tuple(fc.constantFrom('value', 'type', 'display'), operator, quoted).map((parts) => parts.join(' ')),
  fc.constantFrom('primary eq true', 'primary ne "True"', 'value pr', 'type pr', 'not (type eq "work")'),
)
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(textPath, operator, quoted).map((parts) => parts.join(' ')),
    fc
      .oneof(textPath, fc.constantFrom('active', 'name', 'emails', 'meta', `${custom}:level`, `${custom}:deep`))
      .map((path) => `${path} pr`),
    fc.tuple(fc.constantFrom('eq', 'ne'), fc.boolean()).map(([op, value]) => `active ${op} ${value}`),
    fc
      .tuple(operator, fc.integer({ min: -2, max: 12 }))
      .filter(([op]) => !['co', 'sw', 'ew'].includes(op))
      .map(([op, value]) => `${custom}:level ${op} ${value}`),
    fc.tuple(inner, fc.constantFrom(' and ', ' or '), inner).map(([a, between, b]) => `emails[${a}${between}${b}]`),
    fc.constantFrom(
      'title eq null',
      'title ne null',
      'meta.resourceType eq "User"',
      'meta.version eq "W/\\"1\\""',
      'meta.created gt "2020-01-01T00:00:00Z"',
      'meta.lastModified lt "2020-01-01T00:00:00Z"',
    ),
    fc.tuple(tie('tree'), fc.constantFrom(' and ', ' or '), tie('tree')).map((parts) => `(${parts.join('')})`),
    tie('tree').map((each) => `not (${each})`),
  ),
}))

function whole(resource: PushResource): JsonObject {
  const { id, document, version, createdAt, modifiedAt } = resource
  return {
    ...document,
    id,
    schemas: schemasOf(users, document),
    meta: {
      resourceType: 'User',
      created: isoTime(createdAt),
      lastModified: isoTime(modifiedAt),
      version: `W/"${version}"`,
    },
  }
}

describeOnBothStores('filters and orders in SQL', (current) => {
  const directory = () => current().store.push.directory
  const found = async (filter: Filter, type = users) =>
    (await directory().list('s', type, { filter, startIndex: 1, count: 1_000 })).resources.map(({ id }) => id)

  it('choose and order as the pure engine does', async () => {
    const people = fc.sample(person, { numRuns: 60, seed: 7 })
    const resources: PushResource[] = []
    for (const [nth, body] of people.entries()) {
      const document = createDocument(users, { ...body, userName: `${words[nth % words.length] || 'x'}-${nth}` })
      resources.push((await directory().create('s', users, document, rules)).resource)
    }
    await directory().create('other', users, createDocument(users, { userName: 'Ann-0' }), rules)
    const all = resources.map(whole)
    await fc.assert(
      fc.asyncProperty(tree, async (text) => {
        const filter = bindFilter(parseFilter(text), users)
        const expected = all.filter((each) => matches(filter, each)).map(({ id }) => id)
        expect(new Set(await found(filter))).toEqual(new Set(expected))
      }),
      { numRuns: 300 },
    )
    for (const by of [
      'userName',
      'title',
      'emails',
      'emails.type',
      'name.familyName',
      'active',
      'meta.created',
      `${enterpriseSchema}:department`,
      'id',
      'externalId',
    ]) {
      for (const descending of [false, true]) {
        const sorting = sortingOf(users, by, descending)
        const page = await directory().list('s', users, { sorting, startIndex: 1, count: 1_000 })
        const byId = all.toSorted((left, right) => (String(left.id) < String(right.id) ? -1 : 1))
        expect(
          page.resources.map(({ id }) => id),
          `${by} ${descending}`,
        ).toEqual(sorted(byId, sorting).map(({ id }) => id))
      }
    }
  })

  it('see memberships from both sides', async () => {
    const create = async (type: typeof users, body: JsonObject) =>
      (await directory().create('s', type, createDocument(type, body), rules)).resource.id
    const [ann, bob] = [
      await create(users, { userName: 'ann', displayName: 'Ann R' }),
      await create(users, { userName: 'bob' }),
    ]
    const dev = await create(groups, { displayName: 'Dev', members: [ann] })
    const all = await create(groups, { displayName: 'all', members: [dev, bob] })
    const empty = await create(groups, { displayName: 'empty' })
    const asked = async (text: string, type = groups) => await found(bindFilter(parseFilter(text), type), type)
    expect(await asked(`members eq "${ann}"`)).toEqual([dev])
    expect(await asked(`id eq "${dev}" and members[value eq "${ann}"]`)).toEqual([dev])
    expect(await asked('members[type eq "group"]')).toEqual([all])
    expect(await asked('members.display sw "ann"')).toEqual([dev])
    expect(await asked('members pr')).toEqual([dev, all])
    expect(await asked('not (members pr)')).toEqual([empty])
    expect(await asked(`members.value ne "${ann}"`)).toEqual([all, empty])
    expect(await asked('displayName eq "DEV" or displayName eq "empty"')).toEqual([dev, empty])
    expect(await asked(`groups eq "${dev}"`, users)).toEqual([ann])
    expect(await asked('groups.display eq "ALL"', users)).toEqual([bob])
    expect(await asked('groups[type eq "direct" and display co "e"]', users)).toEqual([ann])
    for (const text of ['members.$ref pr', 'members[$ref eq "x"]', 'meta.location eq "x"']) {
      await expect(asked(text)).rejects.toMatchObject({ status: 400, scimType: 'invalidFilter' })
    }
  })
})
