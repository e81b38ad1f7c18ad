import { describe, expect, it } from 'vitest'
import type { MemberRef } from '../domain/identity.ts'
import { KeyIndex } from '../platform/key-index.ts'
import { MemberSets } from './member-sets.ts'

const user = (key: string): MemberRef => ({ kind: 'user', key })
const group = (key: string): MemberRef => ({ kind: 'group', key })
const people = new KeyIndex()
for (const key of ['ann', 'bob', 'cid']) people.set(key, people.size)

describe('members of a group as positions', () => {
  it('are ascending, each once, and whoever was not read is counted every time', () => {
    const sets = new MemberSets(people, new Map([['dev', 0]]))
    const members = [user('cid'), user('ghost'), user('ann'), user('cid'), user('ghost'), group('nobody')]
    const found = sets.finish(sets.begin({ key: 'dev', name: 'Dev' }, members), true)
    expect(found).toEqual({
      key: 'dev',
      name: 'Dev',
      users: Int32Array.of(0, 2),
      groups: new Int32Array(0),
      unknownMembers: 3,
      membersComplete: true,
    })
  })

  it('find nested groups that were read after the group they are in', () => {
    const groupAt = new Map<string, number>()
    const sets = new MemberSets(people, groupAt)
    const begun = sets.begin({ key: 'all', name: 'All' }, [group('ops'), user('bob'), group('dev'), group('ann')])
    for (const key of ['all', 'dev', 'ops']) groupAt.set(key, groupAt.size)
    const found = sets.finish(begun, false)
    expect([[...found.users], [...found.groups], found.unknownMembers]).toEqual([[1], [1, 2], 1])
    expect(found.membersComplete).toBe(false)
  })

  it('take a person and a group of one key for two', () => {
    const sets = new MemberSets(people, new Map([['ann', 0]]))
    const found = sets.finish(sets.begin({ key: 'ann', name: 'Ann' }, [group('ann'), user('ann'), group('bob')]), true)
    expect([[...found.users], [...found.groups], found.unknownMembers]).toEqual([[0], [0], 1])
  })
})
