import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patch, path, resource } from '../../test/support/scim-arbitraries.ts'
import { ScimError } from './error.ts'
import { bindFilter } from './filter/bind.ts'
import { matches } from './filter/evaluate.ts'
import { parseFilter, parsePath } from './filter/parse.ts'
import { assertBounded, type Json } from './json.ts'
import { applyMemberSteps } from './patch/members.ts'
import { projection } from './projection.ts'
import { createDocument, patchDocument, replaceDocument, schemasOf } from './resource.ts'
import { userSchema } from './schema/core.ts'
import { createRegistry } from './schema/registry.ts'

const [users, groups] = createRegistry().types

/** Anything thrown but a failure of the protocol below 500 is a defect. */
function answered<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch (error) {
    expect(error).toBeInstanceOf(ScimError)
    expect((error as ScimError).status).toBeLessThan(500)
    return undefined
  }
}

describe('whatever is sent', () => {
  it('a resource is made of it, or a failure of the protocol', () => {
    fc.assert(
      fc.property(resource, fc.boolean(), (body, strict) => {
        for (const type of [users, groups]) {
          const written = answered(() => createDocument(type, body, { strict }))
          if (written === undefined) continue
          // What was made is canonical: read again, it is the same, and nothing of it is passed over.
          const again = createDocument(type, written.document, { strict: true })
          expect(again.document).toEqual(written.document)
          expect(JSON.parse(JSON.stringify(written.document))).toEqual(written.document)
          expect(Object.getPrototypeOf(written.document)).toBe(Object.prototype)
          expect(schemasOf(type, written.document)[0]).toBe(type.schema.id)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('a PATCH comes to a canonical document, or to none of it', () => {
    fc.assert(
      fc.property(resource, patch, (body, request) => {
        const start = answered(() => createDocument(users, body))
        if (start === undefined) return
        const before = structuredClone(start.document)
        const written = answered(() => patchDocument(users, { id: 'U1', document: start.document }, request))
        expect(start.document).toEqual(before)
        if (written === undefined) return
        // The one null in a document: a no that was taken away by name.
        const { active, ...others } = written.document
        expect(createDocument(users, written.document, { strict: true }).document).toEqual(
          active === null ? others : written.document,
        )
        expect(written.isChanged).toBe(JSON.stringify(sortKeys(written.document)) !== JSON.stringify(sortKeys(before)))
      }),
      { numRuns: 5_000 },
    )
  })

  it('a PATCH of a group comes to steps that any list of members can take', () => {
    fc.assert(
      fc.property(patch, fc.uniqueArray(fc.string({ minLength: 1, maxLength: 2 })), (request, ids) => {
        const written = answered(() => patchDocument(groups, { id: 'G1', document: { displayName: 'd' } }, request))
        if (written === undefined) return
        const members = applyMemberSteps(
          ids.map((value) => ({ value })),
          written.members,
        )
        expect(new Set(members.map(({ value }) => value)).size).toBe(members.length)
        expect(
          applyMemberSteps(
            members,
            written.members.filter(({ kind }) => kind === 'replace'),
          ),
        ).toBeDefined()
      }),
      { numRuns: 3_000 },
    )
  })

  it('a PUT twice is a PUT once', () => {
    fc.assert(
      fc.property(resource, resource, (body, next) => {
        const start = answered(() => createDocument(users, body))
        const once = start && answered(() => replaceDocument(users, start.document, next))
        if (once === undefined) return
        const twice = replaceDocument(users, once.document, next)
        expect(twice.document).toEqual(once.document)
        expect(twice.isChanged).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it('a text is a filter or a failure with its place, and an answer either way', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '(',
        ')',
        '[',
        ']',
        '"',
        ' ',
        ' and ',
        ' or ',
        'not ',
        ' eq ',
        ' pr',
        'emails',
        '"x"',
        'true',
        '.',
        ':',
        '\\',
        'userName',
      ),
      fc.string({ maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), resource, (pieces, body) => {
        const text = pieces.join('')
        const filter = answered(() => bindFilter(parseFilter(text), users))
        answered(() => parsePath(text))
        const document = filter && answered(() => createDocument(users, body))?.document
        if (filter !== undefined && document !== undefined) expect(typeof matches(filter, document)).toBe('boolean')
      }),
      { numRuns: 10_000 },
    )
  })

  it('a projection shows part of what there is, and always id and schemas', () => {
    fc.assert(
      fc.property(
        resource,
        fc.array(path, { maxLength: 3 }),
        fc.array(path, { maxLength: 3 }),
        (body, attributes, excludedAttributes) => {
          const document = answered(() => createDocument(users, body))?.document
          if (document === undefined) return
          const whole = { schemas: [userSchema], id: 'U1', ...document }
          const shown = projection(users, { attributes, excludedAttributes }).apply(whole)
          expect(shown).toMatchObject({ schemas: [userSchema], id: 'U1' })
          expect(Object.keys(shown).filter((key) => !Object.hasOwn(whole, key))).toEqual([])
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

it('documents nested too deep are refused without recursion', () => {
  const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as Json
  expect(() => assertBounded(deep)).toThrow(/nested more than/)
  expect(() => assertBounded({ a: [{ b: 1 }] })).not.toThrow()
})

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  )
}
