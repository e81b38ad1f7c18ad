import { describe, expect, it } from 'vitest'
import { lines, openGuards, planOf, type World, world } from '../../../../test/support/world.ts'

const keys = Array.from({ length: 60 }, (_, index) => `p${index}`)
const each = <Value>(value: Value) => Object.fromEntries(keys.map((key) => [key, value]))
const granted = [{ connection: 'staff', rule: 'groups.byName' }]

/** Sixty people whom the last good read had whole, in one group, with the limits of the product on reads. */
const sixty = (part: Partial<World>): World =>
  world({
    people: each({}),
    groups: { dev: { members: keys } },
    accounts: each({ displayName: 'Old', attributes: { title: 'old' } }),
    targetGroups: { DEV: { name: 'dev', members: keys } },
    links: Object.fromEntries(keys.map((key) => [key, key])),
    groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
    grants: Object.fromEntries(keys.map((key) => [`DEV/${key}`, granted])),
    rules: {
      guards: {
        ...openGuards,
        sourceUsers: { floor: 5, percent: 20 },
        sourceGroupMembers: { floor: 10, percent: 50 },
        attributeFilled: { floor: 50, percent: 50 },
      },
    },
    ...part,
  })

describe('what a read is judged by', () => {
  it('says how many people are missing, and holds what takes away', () => {
    const read = sixty({ people: { ...each({}), p0: { active: false } }, lastGood: { users: 90 } })
    expect(planOf(read).guards).toContainEqual({
      guard: 'guard:source-shrunk',
      about: 'people',
      measured: 30,
      limit: 18,
      tripped: true,
      holds: 'removals',
      sentence:
        'The source delivered 60 people; the last good read had 90. Nothing is taken away until a person looked.',
    })
    expect(lines(planOf(read))).toEqual(['account.deactivate p0 [held: guard:source-shrunk]'])
  })

  it('says how many members of a group are missing, and holds removals from what it fills', () => {
    const read = sixty({ groups: { dev: { members: keys.slice(0, 20) } }, lastGood: { groupMembers: { dev: 60 } } })
    const { guards, summary } = planOf(read)
    expect(guards).toContainEqual({
      guard: 'guard:source-group-shrunk',
      about: 'dev',
      measured: 40,
      limit: 30,
      tripped: true,
      holds: 'removals',
      sentence: 'The source group "dev" delivered 20 members; the last good read had 60.',
    })
    expect(summary).toMatchObject({ held: 40, ready: 0 })
  })

  it('says nothing about a group from which nobody would be removed', () => {
    const few = keys.slice(0, 20)
    const read = sixty({
      groups: { dev: { members: few } },
      targetGroups: { DEV: { name: 'dev', members: few } },
      grants: Object.fromEntries(few.map((key) => [`DEV/${key}`, granted])),
      lastGood: { groupMembers: { dev: 60 } },
    })
    expect(planOf(read).guards).toEqual([])
  })

  it('holds the updates that rest on an attribute which vanished, and no others', () => {
    const read = sixty({
      people: { ...each({}), p0: { title: 'new' }, p1: { name: 'New' }, p2: { name: 'New', title: 'new' } },
      lastGood: { filled: { title: 60 } },
    })
    const { guards } = planOf(read)
    expect(guards).toContainEqual({
      guard: 'guard:attribute-vanished',
      about: 'title',
      measured: 2,
      limit: 30,
      tripped: true,
      holds: 'kind',
      sentence: 'The source attribute "title" is filled for 2 people; the last good read had 60.',
    })
    expect(lines(planOf(read)).sort()).toEqual([
      'account.update p0 [held: guard:attribute-vanished]',
      'account.update p1',
      'account.update p2 [held: guard:attribute-vanished]',
    ])
  })
})
