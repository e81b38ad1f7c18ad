import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applied,
  inputOf,
  lines,
  openGuards,
  planOf,
  seatHolders,
  type World,
  world,
} from '../../../test/support/world.ts'
import { type Change, changeKinds } from '../../domain/change.ts'
import type { Exception } from '../../domain/exception.ts'
import type { PlanDraft } from './input.ts'
import { makePlan } from './planner.ts'

const names = ['ann', 'bob', 'cid', 'dan', 'eve']
const groupNames = ['dev', 'ops', 'hr']
const ownership = fc.constantFrom('add-only', 'own', 'mapped', 'all')

const subset = (values: readonly string[]) => fc.subarray([...values])

/** What people decided about single things, one word about each; mostly nothing. */
const decidedThings = fc.uniqueArray(
  fc.record({
    what: fc.constantFrom(
      'keep membership-foreign',
      'keep membership-removed',
      'adopt membership-foreign',
      'revert membership-foreign',
      'keep account-suspended',
      'revert account-suspended',
      'keep account-reactivated',
      'deactivate account-unmanaged',
      'deactivate account-orphaned',
    ),
    accountId: fc.constantFrom(...names, 'zoe'),
    groupId: fc.constantFrom('DEV', 'OPS', 'JIRA-ADMINISTRATORS', 'JSU'),
    connection: fc.constantFrom('staff', 'staff', 'partners'),
  }),
  { maxLength: 4, selector: ({ what, accountId, groupId }) => `${what.split(' ')[1]} ${accountId} ${groupId}` },
)

function exceptionsOf(decided: readonly { readonly what: string; readonly groupId: string }[]): Exception[] {
  return decided.map(({ what, groupId, ...rest }, index) => {
    const [decision, kind = ''] = what.split(' ')
    const about = kind.startsWith('membership') ? { groupId } : {}
    return {
      id: String(index + 1),
      decision,
      kind,
      ...about,
      ...rest,
      decidedBy: 'user:eva',
      decidedAt: 0,
    } as Exception
  })
}

/** Random small companies and sites, with links and grants that a real past could have left. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    people: fc.dictionary(fc.constantFrom(...names), fc.record({ active: fc.boolean() })),
    members: fc.dictionary(
      fc.constantFrom(...groupNames),
      fc.record({ members: subset([...names, '@ops', '@hr']), complete: fc.boolean() }),
    ),
    accounts: fc.dictionary(
      fc.constantFrom(...names, 'zoe'),
      fc.record({ state: fc.constantFrom('active', 'suspended') }),
    ),
    target: fc.dictionary(fc.constantFrom('DEV', 'OPS', 'JIRA-ADMINISTRATORS', 'JSU'), subset([...names, 'zoe'])),
    access: fc.record({
      wanted: fc.constantFrom([], [{ product: 'jira' }], [{ product: 'jira', role: 'guest' }]),
      by: fc.constantFrom('role' as const, 'group' as const),
      seats: fc.option(fc.tuple(fc.nat(5), fc.nat(5)), { nil: undefined }),
      given: subset(names),
      givenElsewhere: subset(names),
      direct: fc.option(subset(names), { nil: undefined }),
      withOps: fc.boolean(),
    }),
    linked: subset(names),
    granted: subset(names),
    grantedElsewhere: subset(names),
    deactivated: subset(names),
    usersComplete: fc.boolean(),
    groupsComplete: fc.boolean(),
    accountsComplete: fc.boolean(),
    ownership,
    never: subset(names),
    decided: decidedThings,
    stages: fc.constantFrom(
      [{ after: '0d', action: 'deactivate' }],
      [{ after: '0d', action: 'remove-managed-groups' }],
      [{ after: '1d', action: 'deactivate' }],
    ),
  })
  .map((raw) => {
    const { access } = raw
    const accounts: World['accounts'] = Object.fromEntries(
      Object.entries(raw.accounts).map(([name, account]) => [
        name,
        {
          ...(account as World['accounts'][string]),
          ...(access.direct === undefined ? {} : { access: access.direct.includes(name) ? ['jira'] : [] }),
        },
      ]),
    )
    const accessGrants: World['accessGrants'] = {}
    const give = (name: string, connection: string) => {
      if (!(name in accounts)) return
      const key = `jira/${name}`
      accessGrants[key] = [...(accessGrants[key] ?? []), { connection, rule: 'users.access[0]' }]
    }
    for (const name of access.given) give(name, 'staff')
    for (const name of access.givenElsewhere) give(name, 'partners')
    const gives = (id: string) => (id === 'JSU' || (id === 'OPS' && access.withOps) ? { access: ['jira'] } : {})
    const grants: World['grants'] = {}
    for (const name of raw.granted) grants[`DEV/${name}`] = [{ connection: 'staff', rule: 'groups.byName' }]
    for (const name of raw.grantedElsewhere) {
      grants[`DEV/${name}`] = [...(grants[`DEV/${name}`] ?? []), { connection: 'partners', rule: 'groups.byName' }]
    }
    return world({
      people: raw.people,
      groups: raw.members,
      accounts,
      targetGroups: Object.fromEntries(
        Object.entries(raw.target).map(([id, members]) => [
          id,
          { name: id.toLowerCase(), members: members.filter((name) => name in accounts), ...gives(id) },
        ]),
      ),
      products: {
        jira: { defaults: ['JSU'], by: access.by, ...(access.seats === undefined ? {} : { seats: access.seats }) },
      },
      accessGrants,
      links: Object.fromEntries(raw.linked.filter((name) => name in accounts).map((name) => [name, name])),
      grants,
      deactivations: Object.fromEntries(
        raw.deactivated
          .filter((name) => name in accounts)
          .map((name) => [name, { accountId: name, connection: 'staff', how: 'suspended' as const, since: 0 }]),
      ),
      exceptions: exceptionsOf(raw.decided),
      usersComplete: raw.usersComplete,
      groupsComplete: raw.groupsComplete,
      accountsComplete: raw.accountsComplete,
      rules: {
        users: { onDisabled: raw.stages, onLeft: raw.stages, access: access.wanted },
        groups: { ownership: raw.ownership },
        guards: { ...openGuards, neverTouch: raw.never.map((name) => `${name}@x.test`) },
      },
    })
  })

const runs = { numRuns: 400 }

/** Everything a plan says, without the order in which questions and departures were found. */
function said({ changes, guards, workItems, departures, returned }: PlanDraft) {
  const texts = (list: readonly unknown[]) => list.map((each) => JSON.stringify(each)).sort()
  return {
    changes,
    guards: texts(guards),
    workItems: texts(workItems),
    departures: texts(departures),
    returned: texts(returned),
  }
}

/** What a plan takes away, but for leaver stages of people whom the source itself calls disabled: their record proves it. */
function takenBy({ changes }: PlanDraft): readonly Change[] {
  const takes = ({ kind, reason }: Change) =>
    kind === 'membership.remove' ||
    kind === 'access.revoke' ||
    (kind === 'account.deactivate' && reason !== 'disabled-at-source')
  return changes.filter((change) => takes(change) && change.reason !== 'leaver-stage')
}

describe('properties of every plan', () => {
  it('applying a plan and planning again leaves only what is held or blocked', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const after = applied(w, planOf(w))
        expect(lines(planOf(after)).filter((line) => !line.includes('['))).toEqual([])
      }),
      runs,
    )
  })

  it('the order of the input does not matter', () => {
    fc.assert(
      fc.property(worlds, fc.integer(), (w, seed) => {
        const shuffle = <Value>(record: Record<string, Value>): Record<string, Value> => {
          const entries = Object.entries(record)
          const turn = entries.length === 0 ? 0 : Math.abs(seed) % entries.length
          return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse())
        }
        const shuffled = {
          ...w,
          people: shuffle(w.people),
          groups: Object.fromEntries(
            Object.entries(shuffle(w.groups)).map(([key, group]) => [
              key,
              { ...group, members: [...group.members].reverse() },
            ]),
          ),
          accounts: shuffle(w.accounts),
          targetGroups: shuffle(w.targetGroups),
          links: shuffle(w.links),
          grants: shuffle(w.grants),
        }
        expect(said(planOf(shuffled))).toEqual(said(planOf(w)))
      }),
      runs,
    )
  })

  it('with an incomplete read of the source nothing is removed, ever', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        expect(takenBy(planOf({ ...w, usersComplete: false }))).toEqual([])
      }),
      runs,
    )
  })

  it('with a cut list of groups, or of members, nothing is removed for what it does not show, ever', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        // Who left is told by the list of people; everything else rests on groups.
        const restsOnGroups = (plan: PlanDraft) => takenBy(plan).filter(({ kind }) => kind === 'membership.remove')
        const isAboutAccess = ({ reason }: Change) => reason === 'access-not-wanted'
        const cutList = planOf({ ...w, groupsComplete: false })
        expect(restsOnGroups(cutList)).toEqual([])
        const cut = Object.fromEntries(
          Object.entries(w.groups).map(([key, group]) => [key, { ...group, complete: false }]),
        )
        const filled = new Set(Object.keys(cut))
        const inFilled = restsOnGroups(planOf({ ...w, groups: cut })).filter((change) => filled.has(change.groupLabel!))
        expect(inFilled.filter((change) => !isAboutAccess(change))).toEqual([])
      }),
      runs,
    )
  })

  it('from a group of the target that was not read to the end nothing is removed, ever', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const cut = Object.entries(w.targetGroups).map(([id, group]) => [id, { ...group, complete: false }])
        const { changes } = planOf({ ...w, targetGroups: Object.fromEntries(cut) })
        expect(changes.filter(({ kind, state }) => kind === 'membership.remove' && state === 'ready')).toEqual([])
      }),
      runs,
    )
  })

  it('nobody is taken out of a protected group, and the never-touch list is not touched', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const never = new Set((w.rules.guards as { neverTouch: string[] }).neverTouch.map((mail) => mail.split('@')[0]))
        for (const change of planOf(w).changes) {
          if (change.kind === 'membership.remove') expect(change.groupLabel).not.toBe('jira-administrators')
          if (changeKinds[change.kind].calls) {
            const id = change.account !== undefined && 'id' in change.account ? change.account.id : ''
            expect(never.has(id)).toBe(false)
          }
        }
      }),
      runs,
    )
  })

  it('an account without a link is only touched as a stranger in a mapped group, or by what we once granted', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const plan = planOf(w)
        const adopted = new Set(
          plan.changes.filter((change) => change.kind === 'account.adopt').map((change) => change.account),
        )
        const known = new Set([
          ...Object.values(w.links),
          ...[...adopted].map((ref) => (ref !== undefined && 'id' in ref ? ref.id : '')),
        ])
        for (const change of plan.changes) {
          const id = change.account !== undefined && 'id' in change.account ? change.account.id : undefined
          if (id === undefined || known.has(id) || !changeKinds[change.kind].calls) continue
          const isOurs = (list: World['grants'][string] | undefined) =>
            list?.some((grant) => grant.connection === 'staff') === true
          const gaveAccess = isOurs(w.accessGrants[`jira/${id}`])
          if (change.kind === 'access.revoke') {
            expect(gaveAccess).toBe(true)
            continue
          }
          if (change.reason === 'decided-by-person') {
            expect(w.exceptions.some((each) => each.accountId === id && each.connection === 'staff')).toBe(true)
            continue
          }
          expect(change.kind).toBe('membership.remove')
          const ours = isOurs(w.grants[`DEV/${id}`]) || (gaveAccess && change.groupLabel === 'jsu')
          const mapped = (w.rules.groups as { ownership: string }).ownership === 'mapped'
          expect(ours || mapped).toBe(true)
        }
      }),
      runs,
    )
  })

  it('what a person decided to keep is in no plan', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const idOf = (ref: Change['account']) => (ref !== undefined && 'id' in ref ? ref.id : undefined)
        for (const { kind, account, group, reason } of planOf(w).changes) {
          const kept = w.exceptions.filter(
            (each) =>
              each.decision === 'keep' &&
              each.accountId === idOf(account) &&
              (each.groupId === undefined || each.groupId === idOf(group)),
          )
          const keeps = (what: Exception['kind'], byAnybody: boolean) =>
            kept.some((each) => each.kind === what && (byAnybody || each.connection === 'staff'))
          if (kind === 'membership.remove' || kind === 'membership.adopt') {
            expect(keeps('membership-foreign', true)).toBe(false)
          }
          if (kind === 'membership.add') expect(keeps('membership-removed', false)).toBe(false)
          if (kind === 'account.deactivate' && reason !== 'decided-by-person') {
            expect(keeps('account-reactivated', true)).toBe(false)
          }
          if (kind === 'account.activate' && reason !== 'returned-to-source') {
            expect(keeps('account-suspended', false)).toBe(false)
          }
        }
      }),
      runs,
    )
  })

  it('never lets in more people than there are seats', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const seats = w.products?.jira?.seats
        if (!Array.isArray(seats)) return
        const [total, used] = seats
        const grown = seatHolders(applied(w, planOf(w)), 'jira') - seatHolders(w, 'jira')
        expect(grown).toBeLessThanOrEqual(Math.max(0, total - used))
      }),
      runs,
    )
  })

  it('every change that needs another stands after it, and is never ready while that one is not', () => {
    fc.assert(
      fc.property(worlds, (w) => {
        const { changes } = makePlan(inputOf(w))
        for (const change of changes) {
          for (const seq of change.needs) {
            expect(seq).toBeLessThan(change.seq)
            if (change.state === 'ready') expect(changes[seq - 1]!.state).toBe('ready')
          }
        }
      }),
      runs,
    )
  })

  it('are tried on worlds in which all of it happens', () => {
    const seen: Record<string, number> = {}
    const note = (what: string, happened: boolean) => {
      seen[what] = (seen[what] ?? 0) + (happened ? 1 : 0)
    }
    for (const w of fc.sample(worlds, { numRuns: 1000, seed: 11 })) {
      const plan = planOf(w)
      const kinds = new Set(plan.changes.map(({ kind }) => kind))
      for (const kind of [
        'account.create',
        'account.adopt',
        'account.deactivate',
        'account.activate',
        'membership.add',
        'membership.remove',
        'membership.adopt',
        'membership.release',
        'group.create',
        'access.grant',
        'access.revoke',
      ] as const) {
        note(kind, kinds.has(kind))
      }
      note('question', plan.workItems.length > 0)
      note(
        'change that a decision asks for',
        plan.changes.some(({ reason }) => reason === 'decided-by-person'),
      )
      note('change that a decision stops', lines(planOf({ ...w, exceptions: [] })).length > lines(plan).length)
      note('departure', plan.departures.length > 0)
      const open = planOf({ ...w, usersComplete: true, groupsComplete: true })
      note(
        'removal that an incomplete read stops',
        takenBy(open).length > takenBy(planOf({ ...w, usersComplete: false })).length,
      )
      const never = new Set((w.rules.guards as { neverTouch: string[] }).neverTouch)
      const without = planOf({ ...w, rules: { ...w.rules, guards: openGuards } })
      note('change that the break-glass list stops', never.size > 0 && lines(without).length > lines(plan).length)
      const admins = w.targetGroups['JIRA-ADMINISTRATORS']
      if (admins !== undefined) {
        const renamed = planOf({
          ...w,
          targetGroups: { ...w.targetGroups, 'JIRA-ADMINISTRATORS': { ...admins, name: 'x' } },
        })
        note('removal that protection stops', takenBy(renamed).length > takenBy(plan).length)
      }
    }
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5)
  })
})
