import { describe, expect, it } from 'vitest'
import { inputOf, world } from '../../../test/support/world.ts'
import { explain } from './explain.ts'
import { differenceOf, type Supposition, suppose } from './supposition.ts'

const granted = [{ connection: 'staff', rule: 'groups.byName' }]
const input = inputOf(
  world({
    people: { ann: { title: 'Dev' }, bob: {} },
    groups: { dev: { members: ['ann', 'bob'] }, ops: { members: ['bob'] } },
    accounts: { ann: { attributes: { title: 'Dev' } }, bob: {} },
    targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob'] }, OPS: { name: 'ops', members: ['bob'] } },
    links: { ann: 'ann', bob: 'bob' },
    groupLinks: ['dev', 'ops'].map((key) => ({
      source: 'hr',
      groupKey: key,
      rule: 'byName',
      groupId: key.toUpperCase(),
    })),
    grants: { 'DEV/ann': granted, 'DEV/bob': granted, 'OPS/bob': granted },
  }),
)

function supposed(supposition: Supposition, key = 'ann') {
  const then = suppose(input, supposition)
  const ask = (given: typeof input) => {
    const user = given.source.users.findIndex((each) => each.key === key)
    return explain(given, { user, account: -1, sourceKey: key }).changes
  }
  return differenceOf(ask(input), ask(then))
}

describe('a supposition', () => {
  it('tells what another record would change, and leaves the reads as they are', () => {
    expect(supposed({ people: { ann: { attributes: { title: 'Lead' }, groups: ['OPS'] } } })).toEqual({
      more: ['~ account.update ann@x.test {"title":"Lead"}', '+ membership.add ops', '- membership.remove dev'],
      fewer: [],
    })
    expect(supposed({ people: { ann: { active: false } } }).more).toEqual(['- account.deactivate ann@x.test'])
    expect(supposed({ people: {} })).toEqual({ more: [], fewer: [] })
  })

  it('makes a new person out of a key nobody has', () => {
    const people = { cid: { attributes: { mail: 'cid@x.test' }, groups: ['dev'] } }
    expect(supposed({ people }, 'cid').more).toEqual(['+ account.create cid@x.test', '+ membership.add dev'])
  })

  it('tells what other rules would change', () => {
    const { connection } = input
    const other = { ...connection, groups: { ...connection.groups, defaultsForAll: ['everybody'] } }
    expect(supposed({ people: {}, connection: other }).more).toEqual(['+ membership.add everybody'])
  })

  it('refuses a group the source has not', () => {
    expect(() => suppose(input, { people: { ann: { groups: ['nowhere'] } } })).toThrow('has no group "nowhere"')
  })
})
