import { describe, expect, it } from 'vitest'
import { applied, day, inputOf, lines, openGuards, planOf, type World, world } from '../../../test/support/world.ts'
import { changeKinds } from '../../domain/change.ts'
import type { HoldReason } from '../../domain/reason.ts'
import { makePlan } from './planner.ts'

const granted = [{ connection: 'staff', rule: 'groups.byName' }]

/** Two people in one group, everything known and granted. */
const settled = (part: Partial<World> = {}): World =>
  world({
    people: { ann: {}, bob: {} },
    groups: { dev: { members: ['ann', 'bob'] } },
    accounts: { ann: {}, bob: {}, stranger: {} },
    targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob', 'stranger'] } },
    links: { ann: 'ann', bob: 'bob' },
    groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
    grants: { 'DEV/ann': granted, 'DEV/bob': granted },
    ...part,
  })

const onlyBob = { people: { bob: {} }, groups: { dev: { members: ['bob'] } } }
const leavers = { rules: { users: { onLeft: [{ after: '0d', action: 'deactivate' }] } } }
const takes = (w: World) => lines(planOf(w)).filter((line) => /remove|deactivate/.test(line))

describe('laws of the planner', () => {
  it('changes nothing when both sides agree', () => {
    expect(lines(planOf(settled()))).toEqual([])
  })

  it('P1 a failed or unproven read removes nothing', () => {
    expect(takes(settled({ ...onlyBob, ...leavers }))).toEqual(['account.deactivate ann'])
    expect(takes(settled({ ...onlyBob, ...leavers, usersComplete: false }))).toEqual([])
    const memberGone = { groups: { dev: { members: ['bob'] } } }
    expect(takes(settled(memberGone))).toEqual(['membership.remove ann DEV'])
    expect(takes(settled({ ...memberGone, usersComplete: false }))).toEqual([])
    expect(takes(settled({ ...memberGone, groupsComplete: false }))).toEqual([])
    expect(takes(settled({ groups: {}, groupsComplete: false }))).toEqual([])
  })

  it('P2 a sharp drop in what was read halts removals', () => {
    const many = Array.from({ length: 40 }, (_, index) => `p${index}`)
    const all = (keys: string[]) => Object.fromEntries(keys.map((key) => [key, {}]))
    const shrunk = world({
      people: all(many.slice(0, 20)),
      accounts: all(many),
      links: Object.fromEntries(many.map((key) => [key, key])),
      lastGood: { users: 40, activeUsers: 40 },
      rules: { ...leavers.rules, guards: { ...openGuards, sourceUsers: { floor: 5, percent: 20 } } },
    })
    const plan = planOf(shrunk)
    expect(plan.summary.ready).toBe(0)
    expect(
      plan.changes.every((change) => change.state === 'held' && change.stateReasons.includes('guard:source-shrunk')),
    ).toBe(true)
    expect(plan.changes).toHaveLength(20)
  })

  it('P2 a sharp drop in one source group halts removals in its target group', () => {
    const many = Array.from({ length: 40 }, (_, index) => `p${index}`)
    const all = Object.fromEntries(many.map((key) => [key, {}]))
    const plan = planOf(
      world({
        people: all,
        groups: { dev: { members: many.slice(0, 10) } },
        accounts: all,
        targetGroups: { DEV: { name: 'dev', members: many } },
        links: Object.fromEntries(many.map((key) => [key, key])),
        groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
        grants: Object.fromEntries(many.map((key) => [`DEV/${key}`, granted])),
        lastGood: { groupMembers: { dev: 40 } },
        rules: { guards: { ...openGuards, sourceGroupMembers: { floor: 10, percent: 50 } } },
      }),
    )
    expect(plan.changes).toHaveLength(30)
    expect(plan.changes.every((change) => change.stateReasons.includes('guard:source-group-shrunk'))).toBe(true)
  })

  it('P4 changed rules wait for a person, and leaving by rule is shown apart from leaving the source', () => {
    const scope = { include: [{ attribute: 'department', in: ['rnd'] }] }
    const rules = { users: { scope, onLeft: [{ after: '0d', action: 'deactivate' }] } }
    const people = { ann: { department: 'sales' }, bob: { department: 'rnd' } }
    const byRule = planOf(settled({ people, rules, rulesChanged: true }))
    expect(byRule.changes.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(['account.deactivate left-scope'])
    expect(byRule.guards.filter(({ holds }) => holds === 'plan').map(({ guard }) => guard)).toEqual([
      'guard:rules-changed',
    ])
    expect(planOf(settled({ ...onlyBob, ...leavers })).changes.map(({ reason }) => reason)).toEqual(['left-source'])
  })

  it('P4 a first run that could only block is still a first run', () => {
    const plan = planOf(world({ people: { ann: { mail: null } }, lastGood: undefined }))
    expect(lines(plan)).toEqual(['account.create new:ann [blocked: required-missing]'])
    expect(plan.guards.map(({ guard }) => guard)).toEqual(['guard:first-run'])
  })

  it('leaving the scope and leaving the source are one leaving, being disabled is another', () => {
    const now = Date.UTC(2026, 2, 20)
    const first = (signal: 'left-scope' | 'disabled') => {
      const departures = [{ sourceKey: 'ann', signal, firstProvenAt: now - 3 * day }]
      return planOf(settled({ ...onlyBob, departures, now })).departures[0]?.firstProvenAt
    }
    expect(first('left-scope')).toBe(now - 3 * day)
    expect(first('disabled')).toBe(now)
  })

  it('P6 delete + create of one key in one plan is refused', () => {
    // The source re-issued every key: the old records are gone, new ones have the same addresses.
    const reissued = settled({
      people: { 'ann-2': { mail: 'ann@x.test' }, 'bob-2': { mail: 'bob@x.test' } },
      groups: { dev: { members: ['ann-2', 'bob-2'] } },
      ...leavers,
    })
    const plan = planOf(reissued)
    expect(lines(plan)).toEqual([])
    expect(plan.workItems.map((item) => item.reason)).toEqual(['rehire', 'rehire'])
  })

  it('P7 only what we manage is ever removed', () => {
    expect(takes(settled({ groups: { dev: { members: [] } } })).sort()).toEqual([
      'membership.remove ann DEV',
      'membership.remove bob DEV',
    ])
    expect(takes(settled({ groups: { dev: { members: [] } }, grants: {} }))).toEqual([])
    expect(takes(settled({ links: {}, people: {}, ...leavers })).filter((line) => line.includes('deactivate'))).toEqual(
      [],
    )
  })

  it('an account whose groups the target does not show loses no grant', () => {
    const part = {
      groups: { dev: { members: ['bob'] } },
      targetGroups: { DEV: { name: 'dev', members: ['bob', 'stranger'] } },
    }
    expect(lines(planOf(settled(part)))).toEqual(['membership.release ann DEV'])
    expect(lines(planOf(settled({ ...part, membershipsUnknown: ['ann'] })))).toEqual([])
  })

  it('P7 people whom another source linked are not our leavers', () => {
    const foreignLinks = [
      { source: 'partners', sourceKey: 'zed', accountId: 'stranger', how: 'email' as const, since: 0 },
    ]
    const plan = planOf(settled({ foreignLinks, ...leavers }))
    expect(lines(plan)).toEqual([])
    expect(plan.departures).toEqual([])
  })

  it('P8 removing members of a group needs a complete read of that group', () => {
    const cut = (part: Partial<World>) => takes(settled({ groups: { dev: { members: ['bob'] } }, ...part }))
    expect(cut({})).toEqual(['membership.remove ann DEV'])
    expect(cut({ groups: { dev: { members: ['bob'], complete: false } } })).toEqual([])
    expect(cut({ groups: { dev: { members: ['bob', '@sub'] }, sub: { members: [], complete: false } } })).toEqual([])
    expect(
      cut({ targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob', 'stranger'], complete: false } } }),
    ).toEqual([])
  })

  it('P10 what a leaver stage took is remembered, offered on return, and given back when a person says so', () => {
    const world = settled({
      ...onlyBob,
      targetGroups: {
        DEV: { name: 'dev', members: ['ann', 'bob', 'stranger'] },
        OPS: { name: 'ops', members: ['ann', 'stranger'] },
      },
      rules: { users: { onLeft: [{ after: '0d', action: 'deactivate' }] }, groups: { ownership: 'all' } },
    })
    const left = planOf(world)
    expect(lines(left)).toEqual(['membership.remove ann DEV', 'membership.remove ann OPS', 'account.deactivate ann'])
    const back = { people: { ann: {}, bob: {} }, groups: { dev: { members: ['ann', 'bob'] } } }
    const returned = { ...applied(world, left), ...back }
    const asked = planOf(returned)
    expect(lines(asked)).toEqual(['account.activate ann', 'membership.add ann DEV'])
    expect(asked.workItems.map(({ reason, candidates }) => [reason, candidates])).toEqual([
      ['memberships-taken', ['ops']],
    ])
    const giveBack = { id: '1', decision: 'give-back', objectId: 'ann' } as const
    const decisions = [{ ...giveBack, subject: { of: 'person', source: 'hr', key: 'ann' } as const }]
    const given = planOf({ ...applied(returned, asked), decisions })
    expect(given.changes.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(['membership.add given-back'])
    const after = { ...applied({ ...applied(returned, asked), decisions }, given) }
    expect([lines(planOf(after)), planOf(after).workItems, planOf(after).spent]).toEqual([[], [], ['1']])
  })

  it('P11 no automatic group deletion', () => {
    expect(Object.keys(changeKinds).filter((kind) => /^group\.(delete|remove)/.test(kind))).toEqual([])
    const plan = planOf(settled({ groups: {} }))
    expect(plan.changes.map((change) => change.kind as string).filter((kind) => kind.startsWith('group.'))).toEqual([])
    expect(takes(settled({ groups: {} })).sort()).toEqual(['membership.remove ann DEV', 'membership.remove bob DEV'])
  })

  it('P12 what the target will refuse is reported and never sent', () => {
    const blocked = (part: Partial<World>) => lines(planOf(settled(part)))
    const missing = { DEV: { name: 'dev', members: ['bob', 'stranger'] } }
    expect(blocked({ targetGroups: { DEV: { ...missing.DEV, readOnly: 'synced' } } })).toEqual([
      'membership.add ann DEV [blocked: not-writable]',
    ])
    const kept = { ann: { refuses: { 'membership.add': 'its directory is read-only' } }, bob: {}, stranger: {} }
    expect(blocked({ targetGroups: missing, accounts: kept })).toEqual([
      'membership.add ann DEV [blocked: not-writable]',
    ])
    expect(blocked({ targetGroups: missing, offered: [] })).toEqual(['membership.add ann DEV [blocked: not-offered]'])
    const synced = { ann: { readOnlyBecause: 'synced' }, bob: {}, stranger: {} }
    expect(blocked({ ...onlyBob, ...leavers, accounts: synced })).toEqual([
      'account.deactivate ann [blocked: not-writable]',
    ])
    const newcomers = world({ people: { ann: {}, far: { mail: 'far@elsewhere.test' } } })
    const notCreatable = new Map<string, HoldReason>([['far@elsewhere.test', 'domain-not-verified']])
    expect(lines(makePlan({ ...inputOf(newcomers), notCreatable }))).toEqual([
      'account.create new:ann',
      'account.create new:far [blocked: domain-not-verified]',
    ])
  })

  it('P13 the link and the immutable id come before names that can change', () => {
    const people = { ann: { mail: 'new@x.test' } }
    const accounts = {
      A1: { email: 'old@x.test' },
      A2: { email: 'new@x.test' },
      A3: { externalId: 'ann', email: 'x@x.test' },
    }
    expect(lines(planOf(world({ people, accounts, links: { ann: 'A1' } })))).toEqual([])
    expect(lines(planOf(world({ people, accounts })))).toEqual(['account.adopt A3'])
    expect(lines(planOf(world({ people, accounts: { A2: accounts.A2 } })))).toEqual(['account.adopt A2'])
  })

  it('P14 a disabled record never overwrites attributes, nor is it matched to anybody', () => {
    const renamed = (active: boolean) =>
      settled({
        people: { ann: { name: 'Somebody Else', active }, bob: {} },
        accounts: { ann: { displayName: 'Ann' }, bob: {}, stranger: {} },
      })
    expect(lines(planOf(renamed(true)))).toEqual(['account.update ann'])
    expect(lines(planOf(renamed(false)))).toEqual(['account.deactivate ann'])
    expect(
      lines(planOf(world({ people: { ann: { active: false } }, accounts: { A1: { email: 'ann@x.test' } } }))),
    ).toEqual([])
  })

  it('P21 after an upgrade nothing is applied before a person looked', () => {
    const memberGone = { groups: { dev: { members: ['bob'] } } }
    const held = (part: Partial<World>) => planOf(settled(part)).guards.filter(({ holds }) => holds === 'plan')
    expect(held({ ...memberGone, upgraded: true }).map(({ guard }) => guard)).toEqual(['guard:upgraded'])
    expect(held(memberGone)).toEqual([])
    expect(held({ upgraded: true })).toEqual([])
  })

  it('P15 absent is not empty', () => {
    const named = (name: string | null | undefined) =>
      settled({ people: { ann: { name }, bob: {} }, accounts: { ann: { displayName: 'Ann' }, bob: {}, stranger: {} } })
    expect(lines(planOf(named('Ann B.')))).toEqual(['account.update ann'])
    expect(lines(planOf(named(undefined)))).toEqual([])
    expect(lines(planOf(named(null)))).toEqual([])
  })

  it('P15 an attribute the scope asks for and the source did not deliver moves nobody out of scope', () => {
    const rules = {
      users: {
        scope: { include: [{ attribute: 'department', in: ['rnd'] }] },
        onLeft: [{ after: '0d', action: 'deactivate' }],
      },
    }
    const departments = (department: string | null | undefined) =>
      settled({ people: { ann: { department }, bob: { department: 'rnd' } }, rules })
    expect(takes(departments('sales'))).toEqual(['account.deactivate ann'])
    expect(takes(departments(null))).toEqual(['account.deactivate ann'])
    expect(lines(planOf(departments(undefined)))).toEqual([])
  })

  it('P16 limits count effects (also members), at any size', () => {
    const members = Array.from({ length: 60 }, (_, index) => `p${index}`)
    const all = Object.fromEntries(members.map((key) => [key, {}]))
    const one = (rule: object) =>
      planOf(
        world({
          people: all,
          groups: { dev: { members: members.slice(0, 30) } },
          accounts: all,
          targetGroups: { DEV: { name: 'dev', members } },
          links: Object.fromEntries(members.map((key) => [key, key])),
          groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
          grants: Object.fromEntries(members.map((key) => [`DEV/${key}`, granted])),
          rules: { guards: { ...openGuards, ...rule } },
        }),
      ).summary
    expect(one({}).ready).toBe(30)
    expect(one({ membershipRemovals: { floor: 29, percent: 0, cap: 29 } })).toMatchObject({ ready: 0, held: 30 })
    expect(one({ groupRemovals: { floor: 5, percent: 30, cap: 200 } })).toMatchObject({ ready: 0, held: 30 })
  })

  it('P16 what was applied in the last 24 hours counts with this plan', () => {
    const rules = { ...leavers.rules, guards: { ...openGuards, deactivations: { floor: 3, percent: 0, cap: 3 } } }
    expect(planOf(settled({ ...onlyBob, rules })).summary).toMatchObject({ ready: 1, held: 0 })
    expect(planOf(settled({ ...onlyBob, rules, appliedLastDay: { 'account.deactivate': 3 } })).summary).toMatchObject({
      ready: 0,
      held: 1,
    })
  })

  it('a group that would be emptied is held', () => {
    const plan = planOf(
      settled({
        groups: { dev: { members: [] } },
        targetGroups: { DEV: { name: 'dev', members: ['ann', 'bob'] } },
        rules: { guards: { ...openGuards, groupsEmptied: { floor: 0, percent: 0, cap: 0 } } },
      }),
    )
    expect(plan.changes.map((change) => change.stateReasons)).toEqual([
      ['guard:groups-emptied'],
      ['guard:groups-emptied'],
    ])
  })

  it('P19 a full comparison finds linked accounts whose source record is gone, whatever was pushed or not', () => {
    const orphaned = settled(onlyBob)
    expect(planOf(orphaned).departures).toMatchObject([{ sourceKey: 'ann', signal: 'left-source' }])
    expect(lines(planOf({ ...orphaned, ...leavers }))).toContain('account.deactivate ann')
  })

  it('the last administrator is never deactivated by itself', () => {
    const plan = planOf(
      settled({
        ...onlyBob,
        ...leavers,
        targetGroups: { JA: { name: 'jira-administrators', members: ['ann'], admin: true } },
        grants: {},
        groups: {},
      }),
    )
    expect(lines(plan)).toEqual(['account.deactivate ann [held: guard:last-administrator]'])
  })

  it('our own account and the break-glass list are never touched', () => {
    const rules = {
      ...leavers.rules,
      groups: { ownership: 'mapped' },
      guards: { ...openGuards, neverTouch: ['Bob@x.test'] },
    }
    const plan = planOf(settled({ people: {}, groups: { dev: { members: [] } }, ownAccountId: 'ann', rules }))
    expect(lines(plan)).toEqual(['membership.remove stranger DEV'])
  })

  it('a person who matches an account of somebody who left is a decision of a person', () => {
    const plan = planOf(settled({ people: { bob: {}, 'ann-2': { mail: 'ann@x.test' } }, ...leavers }))
    expect(plan.workItems.map((item) => item.reason)).toEqual(['rehire'])
    expect(takes(settled({ people: { bob: {}, 'ann-2': { mail: 'ann@x.test' } }, ...leavers }))).toEqual([])
  })

  it('another filter at the source starts no departure', () => {
    const changed = settled({ ...onlyBob, ...leavers, readFingerprint: 'other', lastGood: { readFingerprint: 'all' } })
    expect(takes(changed)).toEqual([])
    expect(planOf(changed).departures).toEqual([])
  })

  it('what settles is not planned again', () => {
    const adds = settled({
      targetGroups: { DEV: { name: 'dev', members: ['bob', 'stranger'] } },
      grants: { 'DEV/bob': granted },
    })
    expect(lines(planOf(adds))).toEqual(['membership.add ann DEV'])
    expect(lines(planOf({ ...adds, settling: ['add:DEV:ann'] }))).toEqual([])
    const creates = world({ people: { ann: {} } })
    expect(lines(planOf(creates))).toEqual(['account.create new:ann'])
    expect(lines(planOf({ ...creates, settling: ['create:ann'] }))).toEqual([])
  })

  it('a leaver stage of removing managed groups takes only what we granted, also what was given once', () => {
    const rules = { users: { onLeft: [{ after: '0d', action: 'remove-managed-groups' }] } }
    const plan = planOf(
      settled({
        ...onlyBob,
        targetGroups: {
          DEV: { name: 'dev', members: ['ann', 'bob', 'stranger'] },
          W: { name: 'welcome', members: ['ann'] },
          OWN: { name: 'by-hand', members: ['ann'] },
        },
        grants: {
          'DEV/ann': granted,
          'DEV/bob': granted,
          'W/ann': [{ connection: 'staff', rule: 'groups.defaultsForNew' }],
        },
        rules,
      }),
    )
    expect(lines(plan)).toEqual(['membership.remove ann DEV', 'membership.remove ann W'])
  })

  it('departures keep the day of their first proof', () => {
    const now = Date.UTC(2026, 2, 20)
    const departures = [{ sourceKey: 'ann', signal: 'left-source' as const, firstProvenAt: now - 3 * day }]
    expect(planOf(settled({ ...onlyBob, departures, now })).departures).toEqual(departures)
  })
})
