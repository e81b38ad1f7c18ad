import { describe, expect, it } from 'vitest'
import { fail } from '../domain/errors.ts'
import type { MemberRef, SourceGroup, SourceUser } from '../domain/identity.ts'
import type { MembershipsComeWith } from '../ports/readable.ts'
import type { Source } from '../ports/source.ts'
import { collectSource } from './collect.ts'

const people = ['ann', 'bob', 'cid']
const membersOf: Readonly<Record<string, readonly string[]>> = { dev: ['cid', 'ann', 'cid'], ops: ['bob'], idle: [] }

/** One company, told in each of the ways in which sources tell memberships. */
function company(membershipsComeWith: MembershipsComeWith, { cutShort = false } = {}): Source {
  const refs = (key: string): MemberRef[] => (membersOf[key] ?? []).map((member) => ({ kind: 'user', key: member }))
  const user = (key: string): SourceUser => {
    const memberOf = Object.keys(membersOf).filter((group) => membersOf[group]?.includes(key))
    return { key, active: true, attributes: {}, ...(membershipsComeWith === 'users' ? { memberOf } : {}) }
  }
  const group = (key: string): SourceGroup => {
    return { key, name: key, ...(membershipsComeWith === 'groups' ? { members: refs(key) } : {}) }
  }
  return {
    membershipsComeWith,
    readFingerprint: 'all',
    defaultMapping: {},
    async *check() {},
    async *users() {
      for (const key of people) yield { items: [user(key)] }
      if (cutShort) throw fail.incompleteRead('The list of people broke off.')
    },
    async *groups() {
      for (const key of Object.keys(membersOf)) yield { items: [group(key)] }
    },
    async *members({ key }) {
      for (const ref of refs(key)) yield { items: [ref] }
    },
    notices: () => [],
    close: async () => undefined,
  }
}

const read = (source: Source) =>
  collectSource(
    source,
    'read',
    () => 0,
    new AbortController().signal,
    () => undefined,
  )

describe('a read of a source', () => {
  it('is the same, whether memberships come with people, with groups, or are asked for', async () => {
    const [byPeople, byGroups, byCalls] = await Promise.all(
      (['users', 'groups', 'calls'] as const).map((comeWith) => read(company(comeWith))),
    )
    expect(byGroups?.groups.map(({ users }) => [...users])).toEqual([[0, 2], [1], []])
    expect(byGroups?.groups.every(({ membersComplete }) => membersComplete)).toBe(true)
    expect(byPeople).toEqual(byGroups)
    expect(byCalls).toEqual(byGroups)
  })

  it('proves no list of members when people carry them and the list of people broke off', async () => {
    const broken = await Promise.all(
      (['users', 'groups'] as const).map((comeWith) => read(company(comeWith, { cutShort: true }))),
    )
    expect(broken.map(({ usersComplete }) => usersComplete)).toEqual([false, false])
    expect(broken.map(({ groups }) => groups.map(({ membersComplete }) => membersComplete))).toEqual([
      [false, false, false],
      [true, true, true],
    ])
  })
})
