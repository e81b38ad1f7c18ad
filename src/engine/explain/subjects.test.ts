import { expect, it } from 'vitest'
import { inputOf, type World, world } from '../../../test/support/world.ts'
import { subjectsOf } from './subjects.ts'

const site: Partial<World> = {
  people: { p1: { mail: 'Ann@x.test', name: 'Ann Lee' }, p2: { mail: 'bob@x.test', name: 'Bob' }, p3: { mail: null } },
  accounts: {
    A1: { email: 'ann@x.test', displayName: 'Ann L.' },
    A2: { email: 'old@x.test', userName: 'cid' },
    A9: { email: 'zoe@x.test', displayName: 'Ann Lee' },
  },
  links: { p1: 'A1', gone: 'A2' },
}

/** Each as `person/account`, `-` where there is none. */
const found = (asked: string, part: Partial<World> = {}) => {
  const input = inputOf(world({ ...site, ...part }))
  return subjectsOf(input, asked).map(({ user, account, sourceKey }) =>
    [input.source.users[user]?.key ?? '-', input.target.accounts[account]?.id ?? '-', sourceKey ?? '-'].join('/'),
  )
}

it.each<[string, readonly string[]]>([
  ['p1', ['p1/A1/p1']],
  ['ANN@X.TEST', ['p1/A1/p1']],
  ['ann lee', ['p1/A1/p1']],
  ['bob', ['p2/-/p2']],
  ['p3', ['p3/-/p3']],
  // Who left is known by key alone; the key is written as the source writes it.
  ['gone', ['-/A2/gone']],
  ['GONE', []],
  // Names of the target count where the source knows nobody of that name.
  ['A2', ['-/A2/gone']],
  ['CID', ['-/A2/gone']],
  ['old@x.test', ['-/A2/gone']],
  ['zoe@x.test', ['-/A9/-']],
  ['Ann L.', ['p1/A1/p1']],
  ['nobody', []],
  ['', []],
])('%j is %j', (asked, subjects) => {
  expect(found(asked)).toEqual(subjects)
})

it('at most five people are one answer', () => {
  const people = Object.fromEntries(
    Array.from({ length: 7 }, (_, n) => [`k${n}`, { mail: `k${n}@x.test`, name: 'Kim' }]),
  )
  expect(found('kim', { people, links: {} })).toHaveLength(5)
  const accounts = Object.fromEntries(Array.from({ length: 7 }, (_, n) => [`B${n}`, { displayName: 'Lou' }]))
  expect(found('lou', { accounts, links: {} })).toHaveLength(5)
})

it('a link of another source leads to nobody here', () => {
  const foreignLinks = [{ source: 'other', sourceKey: 'x', accountId: 'A9', how: 'email' as const, since: 0 }]
  expect([found('x', { foreignLinks }), found('A9', { foreignLinks })]).toEqual([[], ['-/A9/-']])
})
