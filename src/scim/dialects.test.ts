import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ScimError } from './error.ts'
import type { Json, JsonObject } from './json.ts'
import { applyMemberSteps, type Member } from './patch/members.ts'
import { createDocument, patchDocument, replaceDocument, type Written } from './resource.ts'
import { createRegistry } from './schema/registry.ts'

/** The decision table of SCIM dialects, row by row; `section` names the row. Members are written `id` or `id:Group`. */
interface Case {
  readonly section: string
  readonly name: string
  readonly type: 'User' | 'Group'
  readonly before?: JsonObject
  readonly membersBefore?: readonly string[]
  readonly after?: JsonObject
  readonly membersAfter?: readonly string[]
  readonly error?: string
  /** Each is part of one notice. */
  readonly notices?: readonly string[]
}
interface PatchCase extends Case {
  readonly patch: Json
  readonly strict?: boolean
}
interface BodyCase extends Case {
  readonly body: Json
  readonly options?: { readonly strict?: boolean; readonly omittedMembers?: 'clear' | 'keep' }
}

const cases = JSON.parse(readFileSync(new URL('dialects.cases.json', import.meta.url), 'utf8')) as {
  readonly patch: readonly PatchCase[]
  readonly bodies: readonly BodyCase[]
}
const [users, groups] = createRegistry().types
const typeOf = ({ type }: Case) => (type === 'User' ? users : groups)

function memberOf(text: string): Member {
  const isGroup = text.endsWith(':Group')
  return isGroup ? { value: text.slice(0, -':Group'.length), type: 'Group' } : { value: text }
}

const textOf = ({ value, type }: Member) => (type === 'Group' ? `${value}:Group` : value)

function check(given: Case, write: () => Written): void {
  if (given.error !== undefined) {
    let thrown: unknown
    try {
      write()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ScimError)
    expect(thrown).toMatchObject({ status: 400, scimType: given.error })
    return
  }
  const written = write()
  expect(written.document).toEqual(given.after)
  const members = applyMemberSteps((given.membersBefore ?? []).map(memberOf), written.members)
  expect(members.map(textOf)).toEqual(given.membersAfter ?? [])
  for (const notice of given.notices ?? []) {
    expect(written.notices.some((sentence) => sentence.includes(notice))).toBe(true)
  }
}

describe('PATCH as clients send it', () => {
  it.each(cases.patch.map((each) => [each.section, each.name, each] as const))('%s: %s', (_section, _name, given) => {
    const current = { id: given.type === 'User' ? 'U1' : 'G1', document: given.before ?? {} }
    const frozen = structuredClone(current)
    check(given, () => patchDocument(typeOf(given), current, given.patch, { strict: given.strict ?? false }))
    expect(current).toEqual(frozen)
  })

  it('says so when nothing changes', () => {
    for (const given of cases.patch) {
      if (given.error !== undefined || given.strict === true) continue
      const written = patchDocument(
        typeOf(given),
        { id: given.type === 'User' ? 'U1' : 'G1', document: given.before ?? {} },
        given.patch,
      )
      expect(written.isChanged, given.name).toBe(JSON.stringify(given.after) !== JSON.stringify(given.before))
    }
  })
})

describe('whole resources as clients send them', () => {
  it.each(cases.bodies.map((each) => [each.section, each.name, each] as const))('%s: %s', (_section, _name, given) => {
    const { type, before, body, options = {} } = { ...given, type: typeOf(given) }
    check(given, () =>
      before === undefined ? createDocument(type, body, options) : replaceDocument(type, before, body, options),
    )
  })
})

it('has a case for every row of the decision table and every dialect', () => {
  const sections = new Set([...cases.patch, ...cases.bodies].map(({ section }) => section))
  const rows = Array.from({ length: 20 }, (_, index) => `10.${index + 1}`)
  const dialects = Array.from({ length: 9 }, (_, index) => `2.${index + 1}`)
  expect([...rows, ...dialects].filter((section) => !sections.has(section))).toEqual([])
})
