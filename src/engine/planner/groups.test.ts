import { describe, expect, it } from 'vitest'
import { lines, openGuards, planOf, type World, world } from '../../../test/support/world.ts'

const one = (part: Partial<World>) =>
  world({ people: { ann: {} }, accounts: { ann: {} }, links: { ann: 'ann' }, ...part })
const holdAdoption = { guards: { ...openGuards, groupAdoption: 'hold' } }

describe('groups', () => {
  it('creates a missing group by name after the transform chain and adds its members', () => {
    const plan = planOf(
      one({
        groups: { 'cn=Dev Team': { name: 'Dev Team', members: ['ann'] } },
        rules: {
          groups: {
            byName: { transform: [{ lower: true }, { regex: { pattern: ' ', replace: '-' } }, { prefix: 'idp-' }] },
          },
        },
      }),
    )
    expect(lines(plan)).toEqual(['group.create new:idp-dev-team', 'membership.add ann new:idp-dev-team'])
    expect(plan.changes[1]?.needs).toEqual([1])
  })

  it('takes nested members, also through a cycle', () => {
    const plan = planOf(
      world({
        people: { ann: {}, bob: {} },
        accounts: { ann: {}, bob: {} },
        links: { ann: 'ann', bob: 'bob' },
        groups: { all: { members: ['@sub'] }, sub: { members: ['ann', '@all', '@deep'] }, deep: { members: ['bob'] } },
        rules: { groups: { scope: { include: ['all'] } } },
      }),
    )
    expect(lines(plan)).toEqual(['group.create new:all', 'membership.add ann new:all', 'membership.add bob new:all'])
  })

  it('holds taking over an existing group by name, with everything that waits for it', () => {
    const plan = planOf(
      one({
        groups: { dev: { members: ['ann'] } },
        targetGroups: { DEV: { name: 'Dev', members: ['ann'] } },
        rules: holdAdoption,
      }),
    )
    expect(lines(plan)).toEqual([
      'group.adopt DEV [held: guard:group-adoption]',
      'membership.adopt ann DEV [held: waits-for]',
    ])
  })

  it('takes over an empty group of that name, and any group named in a table row, without asking', () => {
    const empty = one({
      groups: { dev: { members: ['ann'] } },
      targetGroups: { DEV: { name: 'dev', members: [] } },
      rules: holdAdoption,
    })
    expect(lines(planOf(empty))).toEqual(['group.adopt DEV', 'membership.add ann DEV'])
    const table = one({
      groups: { 'eng-dev': { members: ['ann'] } },
      targetGroups: { DEV: { name: 'dev', members: ['ann'] } },
      rules: { ...holdAdoption, groups: { byName: undefined, byTable: [{ from: 'ENG-dev', to: 'dev' }] } },
    })
    expect(lines(planOf(table))).toEqual(['group.adopt DEV', 'membership.adopt ann DEV'])
  })

  it('blocks names that meet, unless merging is asked for; letter case alone always conflicts', () => {
    const groups = { a: { name: 'dev', members: ['ann'] }, b: { name: 'dev', members: [] } }
    expect(planOf(one({ groups })).workItems.map((item) => item.reason)).toEqual([
      'group-name-conflict',
      'group-name-conflict',
    ])
    const merge = { groups: { byName: { sameName: 'merge' } } }
    expect(lines(planOf(one({ groups, rules: merge })))).toEqual([
      'group.create new:dev',
      'group.link new:dev',
      'membership.add ann new:dev',
    ])
    const cased = { a: { name: 'dev', members: ['ann'] }, b: { name: 'Dev', members: [] } }
    expect(lines(planOf(one({ groups: cased, rules: merge })))).toEqual([])
  })

  it('keeps an already linked group working and blocks the newcomer', () => {
    const plan = planOf(
      one({
        groups: { a: { name: 'dev', members: ['ann'] }, b: { name: 'dev', members: [] } },
        targetGroups: { DEV: { name: 'dev', members: [] } },
        groupLinks: [{ source: 'hr', groupKey: 'a', rule: 'byName', groupId: 'DEV' }],
      }),
    )
    expect(lines(plan)).toEqual(['membership.add ann DEV'])
    expect(plan.workItems.map((item) => item.subject)).toEqual(['group:hr:b'])
  })

  it('never takes a built-in administration group by name, and blocks names that are empty or too long', () => {
    const plan = planOf(
      one({
        groups: {
          a: { name: 'Jira-Administrators', members: ['ann'] },
          b: { name: 'x'.repeat(256), members: [] },
          c: { name: 'c', members: [] },
        },
        rules: { groups: { byName: { transform: [{ regex: { pattern: '^c$', replace: '' } }] } } },
      }),
    )
    expect(lines(plan)).toEqual([])
    expect(plan.workItems.map((item) => item.reason).sort()).toEqual([
      'group-name-invalid',
      'group-name-invalid',
      'group-protected',
    ])
  })

  it('takes a group with a table row only by the table, into several groups if asked', () => {
    const plan = planOf(
      one({
        groups: { dev: { members: ['ann'] } },
        rules: { groups: { byTable: [{ from: 'dev', to: ['one', 'two'] }] } },
      }),
    )
    expect(lines(plan)).toEqual([
      'group.create new:one',
      'group.create new:two',
      'membership.add ann new:one',
      'membership.add ann new:two',
    ])
  })

  it('blocks memberships of a group the target does not let us write', () => {
    const plan = planOf(
      one({
        groups: { dev: { members: ['ann'] } },
        targetGroups: { DEV: { name: 'dev', members: [], readOnly: 'synced from an identity provider' } },
      }),
    )
    expect(lines(plan)).toEqual(['group.adopt DEV', 'membership.add ann DEV [blocked: not-writable]'])
  })

  it('the strictest keeper wins where rules meet in one group', () => {
    const w = one({
      groups: { eu: { members: ['ann'] }, us: { members: [] } },
      accounts: { ann: {}, zoe: {} },
      targetGroups: { DEV: { name: 'dev', members: ['ann', 'zoe'] } },
      groupLinks: ['eu', 'us'].map((groupKey) => ({ source: 'hr', groupKey, rule: 'byTable:dev', groupId: 'DEV' })),
      grants: { 'DEV/ann': [{ connection: 'staff', rule: 'groups.byTable[0]' }] },
    })
    const rules = (second: string) => ({
      groups: {
        byName: undefined,
        byTable: [
          { from: 'eu', to: 'dev', ownership: 'mapped' },
          { from: 'us', to: 'dev', ownership: second },
        ],
      },
    })
    expect(lines(planOf({ ...w, rules: rules('mapped') }))).toEqual(['membership.remove zoe DEV'])
    expect(lines(planOf({ ...w, rules: rules('own') }))).toEqual([])
  })

  it('switching the import off empties nothing', () => {
    const plan = planOf(
      one({
        groups: { dev: { members: ['ann'] } },
        targetGroups: { DEV: { name: 'dev', members: ['ann'] } },
        grants: { 'DEV/ann': [{ connection: 'staff', rule: 'groups.byName' }] },
        rules: { groups: { import: false } },
      }),
    )
    expect(lines(plan)).toEqual([])
  })
})
