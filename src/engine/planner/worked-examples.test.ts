import { describe, expect, it } from 'vitest'
import { applied, day, lines, openGuards, planOf, world } from '../../../test/support/world.ts'

const granted = [{ connection: 'staff', rule: 'groups.byName' }]
const devLinked = [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }]

describe('worked examples of semantics.md', () => {
  const oldSite = {
    people: { ann: {}, bob: {} },
    groups: { dev: { members: ['ann', 'bob'] } },
    accounts: { ann: {}, bob: {}, cid: {} },
    targetGroups: { DEV: { name: 'dev', members: ['ann', 'cid'] } },
    links: { ann: 'ann', bob: 'bob' },
  }

  it('1 first run on an old site: adopts what exists, adds what is missing, removes nothing', () => {
    const plan = planOf(world({ ...oldSite, lastGood: undefined }))
    expect(lines(plan)).toEqual(['group.adopt DEV', 'membership.adopt ann DEV', 'membership.add bob DEV'])
    expect(plan.guards.filter((guard) => guard.holds === 'plan').map((guard) => guard.guard)).toEqual([
      'guard:first-run',
    ])
  })

  it('1 first run with mapped ownership also removes the stranger, and the first run holds it', () => {
    const plan = planOf(world({ ...oldSite, lastGood: undefined, rules: { groups: { ownership: 'mapped' } } }))
    expect(lines(plan)).toContain('membership.remove cid DEV')
    expect(plan.guards.some((guard) => guard.guard === 'guard:first-run' && guard.tripped)).toBe(true)
  })

  it('2 received by two rules: leaving one group changes nothing while the other still receives', () => {
    const plan = planOf(
      world({
        people: { ann: {} },
        groups: { eu: { members: [] }, us: { members: ['ann'] } },
        accounts: { ann: {} },
        targetGroups: { DEV: { name: 'dev', members: ['ann'] } },
        links: { ann: 'ann' },
        groupLinks: ['eu', 'us'].map((groupKey) => ({ source: 'hr', groupKey, rule: 'byTable:dev', groupId: 'DEV' })),
        grants: { 'DEV/ann': granted },
        rules: {
          groups: {
            byName: undefined,
            byTable: [
              { from: 'eu', to: 'dev' },
              { from: 'us', to: 'dev' },
            ],
          },
        },
      }),
    )
    expect(lines(plan)).toEqual([])
  })

  it('3 leaver with seven days of grace: frozen, then deactivated with groups kept, then back', () => {
    const start = world({
      people: { ann: {}, bob: {} },
      groups: { dev: { members: ['ann', 'bob'] } },
      accounts: { ann: {}, bob: {} },
      targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob'] } },
      links: { ann: 'ann', bob: 'bob' },
      groupLinks: devLinked,
      grants: { 'DEV/ann': granted, 'DEV/bob': granted },
    })
    const gone = { ...start, people: { bob: {} }, groups: { dev: { members: ['bob'] } } }
    const day0 = planOf(gone)
    expect(lines(day0)).toEqual([])
    const day7 = { ...applied(gone, day0), now: start.now + 7 * day }
    const plan7 = planOf(day7)
    expect(lines(plan7)).toEqual(['account.deactivate ann'])
    expect(plan7.changes[0]?.reason).toBe('left-source')
    const after7 = applied(day7, plan7)
    expect(lines(planOf(after7))).toEqual([])
    const day9 = { ...after7, people: start.people, groups: start.groups, now: start.now + 9 * day }
    const plan9 = planOf(day9)
    expect(lines(plan9)).toEqual(['account.activate ann'])
    expect(plan9.returned).toEqual(['ann'])
    expect(lines(planOf(applied(day9, plan9)))).toEqual([])
  })

  it('4 security suspends by hand: nothing is planned, a work item says so', () => {
    const plan = planOf(
      world({ people: { ann: {} }, accounts: { ann: { state: 'suspended' } }, links: { ann: 'ann' } }),
    )
    expect(lines(plan)).toEqual([])
    expect(plan.workItems.map((item) => item.reason)).toEqual(['suspended-outside'])
  })

  it('5 rename: the linked group stays linked, the difference is reported', () => {
    const plan = planOf(
      world({
        people: { ann: {} },
        groups: { '7': { name: 'development', members: ['ann'] } },
        accounts: { ann: {} },
        targetGroups: { DEV: { name: 'dev', members: ['ann'] } },
        links: { ann: 'ann' },
        groupLinks: [{ source: 'hr', groupKey: '7', rule: 'byName', groupId: 'DEV' }],
        grants: { 'DEV/ann': granted },
      }),
    )
    expect(lines(plan)).toEqual([])
    expect(plan.summary.notices.join()).toContain('name-differs')
  })

  it('6 default group for new people is given once and not given again', () => {
    const start = world({
      people: { ann: {} },
      targetGroups: { W: { name: 'welcome', members: [] } },
      rules: { groups: { defaultsForNew: ['welcome'] } },
    })
    const plan = planOf(start)
    expect(lines(plan)).toEqual(['group.adopt W', 'account.create new:ann', 'membership.add new:ann W'])
    const after = applied(start, plan)
    expect(lines(planOf(after))).not.toContain('membership.add A-ann W')
    const removedByHand = structuredClone(after)
    removedByHand.targetGroups.W!.members = []
    expect(lines(planOf(removedByHand)).filter((line) => line.startsWith('membership.'))).toEqual([])
  })

  it('7 two connections: a membership goes when the last one that grants it ends', () => {
    const start = world({
      people: { ann: {} },
      groups: { dev: { members: [] } },
      accounts: { ann: {} },
      targetGroups: { DEV: { name: 'dev', members: ['ann'] } },
      links: { ann: 'ann' },
      groupLinks: devLinked,
      grants: { 'DEV/ann': [...granted, { connection: 'partners', rule: 'groups.byName' }] },
    })
    expect(lines(planOf(start))).toEqual(['membership.release ann DEV'])
    const last = { ...start, grants: { 'DEV/ann': granted } }
    expect(lines(planOf(last))).toEqual(['membership.remove ann DEV'])
  })

  it('8 access under all: the target puts a new person into the default group, the next run is empty', () => {
    const start = world({
      people: { ann: {} },
      products: { 'jira-software': { defaults: ['JSU'] } },
      targetGroups: { JSU: { name: 'jira-software-users', members: [], access: ['jira-software'] } },
      rules: { users: { access: [{ product: 'jira-software' }] }, groups: { ownership: 'all' } },
    })
    const plan = planOf(start)
    expect(lines(plan)).toEqual(['account.create new:ann', 'access.grant new:ann jira-software'])
    const next = applied(start, plan)
    expect(next.targetGroups.JSU?.members).toEqual(['A-ann'])
    expect(lines(planOf(next))).toEqual([])
  })

  it('9 guard of one kind: the creations go, the deactivations are held', () => {
    const leavers = Array.from({ length: 11 }, (_, index) => `leaver${index}`)
    const plan = planOf(
      world({
        people: { ...Object.fromEntries(leavers.map((key) => [key, { active: false }])), ann: {}, bob: {} },
        accounts: Object.fromEntries(leavers.map((key) => [key, {}])),
        links: Object.fromEntries(leavers.map((key) => [key, key])),
        rules: { guards: { ...openGuards, deactivations: { floor: 10, percent: 0, cap: 10 } } },
      }),
    )
    expect(
      lines(plan)
        .filter((line) => !line.includes('held'))
        .sort(),
    ).toEqual(['account.create new:ann', 'account.create new:bob'])
    expect(plan.summary).toMatchObject({ ready: 2, held: 11 })
  })

  it('10 half a read: removals where the members were read, additions only where they were cut', () => {
    const plan = planOf(
      world({
        people: { ann: {}, bob: {}, cid: {} },
        groups: { a: { members: ['bob'] }, b: { members: ['cid'], complete: false } },
        accounts: { ann: {}, bob: {}, cid: {} },
        targetGroups: { A: { name: 'a', members: ['ann', 'bob'] }, B: { name: 'b', members: ['ann'] } },
        links: { ann: 'ann', bob: 'bob', cid: 'cid' },
        groupLinks: [
          { source: 'hr', groupKey: 'a', rule: 'byName', groupId: 'A' },
          { source: 'hr', groupKey: 'b', rule: 'byName', groupId: 'B' },
        ],
        grants: { 'A/ann': granted, 'A/bob': granted, 'B/ann': granted },
      }),
    )
    expect(lines(plan)).toEqual(['membership.add cid B', 'membership.remove ann A'])
  })

  it('11 admin group by table: a new member is held, nobody is ever removed', () => {
    const plan = planOf(
      world({
        people: { ann: {}, bob: {} },
        groups: { admins: { members: ['ann'] } },
        accounts: { ann: {}, bob: {} },
        targetGroups: { JA: { name: 'jira-administrators', members: ['bob'], admin: true } },
        links: { ann: 'ann', bob: 'bob' },
        groupLinks: [{ source: 'hr', groupKey: 'admins', rule: 'byTable:jira-administrators', groupId: 'JA' }],
        grants: { 'JA/bob': [{ connection: 'staff', rule: 'groups.byTable[0]' }] },
        rules: {
          groups: { byName: undefined, byTable: [{ from: 'admins', to: 'jira-administrators' }], ownership: 'all' },
          guards: { ...openGuards, adminGrants: { floor: 0, percent: 0, cap: 0 } },
        },
      }),
    )
    expect(lines(plan)).toEqual(['membership.add ann JA [held: guard:admin-grants]'])
  })

  it('12 push replace without members: a new name changes nothing, no members any more are held', () => {
    const people = Array.from({ length: 300 }, (_, index) => `p${index}`)
    const pushed = world({
      people: Object.fromEntries(people.map((key) => [key, {}])),
      groups: { dev: { members: people } },
      accounts: Object.fromEntries(people.map((key) => [key, {}])),
      targetGroups: { DEV: { name: 'dev', members: people } },
      links: Object.fromEntries(people.map((key) => [key, key])),
      groupLinks: devLinked,
      grants: Object.fromEntries(people.map((key) => [`DEV/${key}`, granted])),
      rules: { guards: { ...openGuards, groupsEmptied: { floor: 0, percent: 0, cap: 0 } } },
    })
    const renamed = planOf({ ...pushed, groups: { dev: { name: 'developers', members: people } } })
    expect(lines(renamed)).toEqual([])
    const emptied = planOf({ ...pushed, groups: { dev: { members: [] } } })
    expect(emptied.summary).toMatchObject({ total: 300, held: 300, ready: 0 })
    expect(new Set(emptied.changes.map(({ kind, stateReasons }) => `${kind} ${stateReasons.join()}`))).toEqual(
      new Set(['membership.remove guard:groups-emptied']),
    )
  })
})
