import { describe, expect, it } from 'vitest'
import { inputOf, lines, planOf, type World, world } from '../../../test/support/world.ts'
import { makePlan } from './planner.ts'

const two = (part: Partial<World>) =>
  world({
    people: { ann: { title: 'Lead' }, bob: { office: 'Bonn' } },
    accounts: { ann: {}, bob: {} },
    links: { ann: 'ann', bob: 'bob' },
    others: { partners: 0 },
    ...part,
  })

describe('what a connection delivers, for the others (D4)', () => {
  it('is told attribute by attribute, each for its own people', () => {
    const { deliveries } = planOf(two({}))
    expect(deliveries).toMatchObject({ title: ['ann'], office: ['bob'] })
    const swapped = { bob: { title: 'Lead', office: 'Bonn' }, ann: { title: 'Lead' } }
    expect(planOf(two({ people: swapped })).deliveries).toMatchObject({ title: ['ann', 'bob'], office: ['bob'] })
  })

  it('is noted by nobody where no other connection could ask', () => {
    expect(planOf(two({ others: {} })).deliveries).toBeUndefined()
  })

  it('stands as before for an attribute that suddenly vanished, as far as we delivered it ourselves', () => {
    const names = Array.from({ length: 60 }, (_, index) => `p${String(index).padStart(2, '0')}`)
    const each = (value: object) => Object.fromEntries(names.map((name) => [name, value]))
    const w = world({
      people: Object.fromEntries(names.map((name) => [name, name === 'p59' ? { title: 'Lead' } : { office: 'Bonn' }])),
      accounts: { ...each({}), zoe: {} },
      links: Object.fromEntries(names.map((name) => [name, name])),
      foreignLinks: [{ source: 'partners', sourceKey: 'z', accountId: 'zoe', how: 'email', since: 0 }],
      others: { partners: 0 },
      lastGood: { filled: { title: 60, office: 59, mail: 60 } },
      deliveries: { staff: { title: [...names, 'zoe', 'gone'] }, partners: { title: ['zoe'], office: ['zoe'] } },
    })
    const { deliveries, guards } = planOf(w)
    expect(guards.filter(({ tripped }) => tripped).map(({ guard }) => guard)).toEqual(['guard:attribute-vanished'])
    expect(deliveries?.title).toEqual(names)
    expect(deliveries?.office).toEqual(names.slice(0, 59))
  })
})

describe('an update', () => {
  it('names its rule, and what a required value would become is shown as blocked', () => {
    const input = inputOf(two({ written: { 'title/ann': { connection: 'staff', value: 'Boss' } } }))
    const required = input.ends.writableAttributes.map((each) => ({ ...each, required: each.name === 'title' }))
    const plan = makePlan({
      ...input,
      source: {
        ...input.source,
        users: input.source.users.map((user) => ({ ...user, attributes: { ...user.attributes, title: null } })),
      },
      target: {
        ...input.target,
        accounts: input.target.accounts.map((account) => ({
          ...account,
          attributes: { title: 'Boss', office: 'Bonn' },
        })),
      },
      ends: { ...input.ends, writableAttributes: required },
    })
    expect(lines(plan)).toEqual(['account.update ann [blocked: required-missing]'])
    expect(plan.changes[0]).toMatchObject({ rule: 'users.mapping', before: { title: 'Boss' }, after: { title: null } })
  })

  it('that a target refuses is counted, unless it is of a name that people sign in with', () => {
    const refusing = {
      refuses: { 'account.update': 'only they themselves can' },
      displayName: 'Old',
      userName: 'old',
    }
    const w = two({
      people: { ann: { name: 'Ann' }, bob: { name: 'Bob' } },
      accounts: { ann: refusing, bob: refusing },
    })
    const { changes, summary } = planOf(w)
    expect(changes).toEqual([])
    expect(summary.notices.filter((notice) => notice.includes('only they themselves can'))[0]).toMatch(/^2 /)

    const input = inputOf(two({ people: { ann: { login: 'ann' }, bob: {} }, accounts: { ann: refusing, bob: {} } }))
    const userName = { name: 'userName', required: false, when: 'always', seen: 'login' } as const
    const plan = makePlan({
      ...input,
      connection: {
        ...input.connection,
        users: {
          ...input.connection.users,
          mapping: { userName: { from: 'login', steps: [], onlyIfEmpty: false } },
        },
      },
      ends: { ...input.ends, writableAttributes: [...input.ends.writableAttributes, userName] },
    })
    expect(lines(plan)).toEqual(['account.update ann [blocked: not-writable]'])
  })
})
