import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tries } from '../../../test/support/tries.ts'
import { asApplied, undoOf, undoOfRuns } from '../../../test/support/undo.ts'
import { applied, inputOf, lines, openGuards, planOf, type World, world } from '../../../test/support/world.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import cases from './undo.cases.json' with { type: 'json' }
import { makeUndo } from './undo.ts'

/** A change of the run that is taken back; `at` is `GROUP/account`, one of them alone, or left out. */
interface Row {
  readonly kind: string
  readonly account?: string
  readonly group?: string
  readonly outcome?: string
  readonly before?: object
  readonly after?: object
}

interface Case {
  readonly name: string
  readonly world: object
  readonly rules?: object
  readonly limits?: object
  readonly run: readonly Row[]
  readonly ended?: Readonly<Record<string, string>>
  /** Access that the run ended, by `jira/account`, with its rule. */
  readonly endedAccess?: Readonly<Record<string, string>>
  readonly unanswered?: number
  readonly expect: readonly string[]
  readonly rule?: string
  readonly values?: object
  readonly guards?: readonly string[]
  readonly notices?: readonly string[]
}

function recordOf(row: Row, index: number): ChangeRecord {
  const { kind, account, group, outcome = 'applied', ...values } = row
  const isNew = kind === 'account.create' || kind === 'group.create'
  return {
    seq: index + 1,
    kind,
    ...(account === undefined ? {} : { person: { key: account, label: account }, accountLabel: account }),
    ...(account === undefined || isNew ? {} : { account: { id: account } }),
    ...(group === undefined ? {} : { groupLabel: group }),
    ...(group === undefined || isNew ? {} : { group: { id: group } }),
    ...(isNew ? { createdId: account ?? group } : {}),
    ...values,
    outcome,
    reason: 'member-at-source',
    rule: 'groups.byName',
    state: 'ready',
    stateReasons: [],
    needs: [],
  } as ChangeRecord
}

function undoOfCase(each: Case) {
  const guards = { ...openGuards, ...each.limits }
  const input = inputOf(world({ ...(each.world as Partial<World>), rules: { ...each.rules, guards } }))
  const grantsEnded = Object.entries(each.ended ?? {}).map(([key, rule]) => {
    const [groupId = '', accountId = ''] = key.split('/')
    return { groupId, connection: 'staff', rule, accountIds: [accountId] }
  })
  return makeUndo({
    connection: input.connection,
    run: { number: 7 },
    records: each.run.map(recordOf),
    grantsEnded,
    accessEnded: Object.entries(each.endedAccess ?? {}).map(([key, rule]) => {
      const [product = '', accountId = ''] = key.split('/')
      return { product, role: 'user', connection: 'staff', rule, accountIds: [accountId] }
    }),
    unanswered: each.unanswered ?? 0,
    target: input.target,
    memory: input.memory,
    others: input.others,
    ends: input.ends,
  })
}

describe('an undo', () => {
  for (const each of cases as readonly Case[]) {
    it(each.name, () => {
      const undo = undoOfCase(each)
      expect(lines(undo)).toEqual(each.expect)
      const tripped = undo.guards.flatMap(({ guard, tripped }) => (tripped ? [guard] : []))
      expect(tripped).toEqual(each.guards ?? (each.expect.length === 0 ? [] : ['guard:undo']))
      for (const notice of each.notices ?? []) expect(undo.summary.notices.join('\n')).toContain(notice)
      if (each.rule !== undefined) expect(undo.changes.at(-1)?.rule).toBe(each.rule)
      if (each.values !== undefined) expect(undo.changes[0]).toMatchObject(each.values)
    })
  }

  it('says that the next run plans the same again, and only when it takes something back', () => {
    const next = 'The next run of "staff" will plan these again unless the source or the rules change'
    const some = cases.find(({ expect: changes }) => changes.length > 0) as Case
    const none = cases.find(({ expect: changes }) => changes.length === 0) as Case
    expect(undoOfCase(some).summary.notices[0]).toContain(next)
    expect(undoOfCase(none).summary.notices.join()).not.toContain(next)
  })
})

// --- properties -------------------------------------------------------------------------------------------------------

const names = ['ann', 'bob', 'cid', 'dan', 'eve']
const subset = (values: readonly string[]) => fc.subarray([...values])

const accessRules = [[], [{ product: 'jira' }], [{ product: 'jira', role: 'guest' }]]

/** A settled past, in which `settled` is what one run left, and another state of the source. */
const storiesOf = (given: { readonly others?: boolean; readonly ownership?: readonly string[] }) =>
  fc
    .record({
      first: fc.dictionary(fc.constantFrom('dev', 'ops', 'hr'), subset(names)),
      second: fc.dictionary(fc.constantFrom('dev', 'ops', 'hr'), subset(names)),
      foreign: subset([...names, 'zoe']),
      present: subset(names),
      gone: subset(names),
      disabled: subset(names),
      others: subset(given.others === false ? [] : names),
      ownership: fc.constantFrom(...(given.ownership ?? ['add-only', 'own', 'mapped', 'all'])),
      stages: fc.constantFrom(
        [{ after: '0d', action: 'deactivate' }],
        [{ after: '0d', action: 'remove-managed-groups' }],
      ),
      access: fc.record({
        by: fc.constantFrom('role' as const, 'group' as const),
        shown: fc.boolean(),
        firstRule: fc.constantFrom(...accessRules),
        secondRule: fc.constantFrom(...accessRules),
        had: subset(names),
      }),
    })
    .map((raw) => {
      const groupsOf = (groups: Record<string, string[]>) =>
        Object.fromEntries(Object.entries(groups).map(([key, members]) => [key, { members }]))
      const start = world({
        people: Object.fromEntries(names.map((name) => [name, {}])),
        groups: groupsOf(raw.first),
        accounts: Object.fromEntries(
          [...raw.present, 'zoe'].map((name) => [name, raw.access.shown ? { access: [] } : {}]),
        ),
        products: { jira: { defaults: ['JSU'], by: raw.access.by } },
        targetGroups: {
          JSU: { name: 'jsu', members: raw.access.had.filter((name) => raw.present.includes(name)), access: ['jira'] },
          DEV: { name: 'dev', members: raw.foreign.filter((name) => raw.present.includes(name) || name === 'zoe') },
        },
        grants: Object.fromEntries(
          raw.others
            .filter((name) => raw.foreign.includes(name) && raw.present.includes(name))
            .map((name) => [`DEV/${name}`, [{ connection: 'partners', rule: 'groups.byName' }]]),
        ),
        rules: {
          users: { onDisabled: raw.stages, onLeft: raw.stages, access: raw.access.firstRule },
          groups: { ownership: raw.ownership },
          guards: openGuards,
        },
      })
      const settled = applied(start, planOf(start))
      const changed: World = {
        ...settled,
        people: Object.fromEntries(
          names
            .filter((name) => !raw.gone.includes(name))
            .map((name) => [name, { active: !raw.disabled.includes(name) }]),
        ),
        groups: groupsOf(raw.second),
        rules: {
          ...settled.rules,
          users: { onDisabled: raw.stages, onLeft: raw.stages, access: raw.access.secondRule },
        },
      }
      return { start, settled, changed }
    })
const stories = storiesOf({})

const runs = tries(300)

/** Who is where, and in what state; of the accounts and groups that were there before. */
function situation(w: World, like: World) {
  return {
    states: Object.fromEntries(Object.keys(like.accounts).map((id) => [id, w.accounts[id]?.state ?? 'active'])),
    access: Object.fromEntries(
      Object.keys(like.accounts).map((id) => [id, [...(w.accounts[id]?.access ?? [])].sort()]),
    ),
    members: Object.fromEntries(
      Object.keys(like.targetGroups).map((id) => [
        id,
        (w.targetGroups[id]?.members ?? []).filter((member) => member in like.accounts).sort(),
      ]),
    ),
  }
}

/** What the accounts that were there before may use, by a role of their own or by a group. */
function usable(w: World, like: World) {
  const groups = Object.values(w.targetGroups)
  return Object.fromEntries(
    Object.keys(like.accounts).map((id) => {
      const byGroup = groups.flatMap(({ members, access = [] }) => (members.includes(id) ? access : []))
      return [id, [...new Set([...(w.accounts[id]?.access ?? []), ...byGroup])].sort()]
    }),
  )
}

/** Our own grants for memberships that are there, and for access. */
function vouched(w: World) {
  const access = Object.entries(w.accessGrants).flatMap(([key, grants]) =>
    grants.flatMap(({ connection, rule }) => (connection === 'staff' ? [`${key} ${rule}`] : [])),
  )
  return [...access.sort(), ...vouchedMemberships(w)]
}

function vouchedMemberships(w: World) {
  return Object.entries(w.grants)
    .filter(([key, grants]) => {
      const [groupId = '', accountId = ''] = key.split('/')
      return (
        grants.some(({ connection }) => connection === 'staff') && w.targetGroups[groupId]?.members.includes(accountId)
      )
    })
    .map(([key, grants]) => `${key} ${grants.find(({ connection }) => connection === 'staff')?.rule}`)
    .sort()
}

describe('properties of every undo', () => {
  it('memberships, states and grants are as before the run', () => {
    fc.assert(
      fc.property(stories, ({ settled, changed }) => {
        const plan = planOf(changed)
        const after = applied(changed, plan)
        const undone = applied(after, undoOf(asApplied(plan), settled, after))
        expect(situation(undone, settled)).toEqual(situation(settled, settled))
        expect(vouched(undone)).toEqual(vouched(settled))
      }),
      runs,
    )
  })

  it('after the first run nothing of ours is left but created groups and deactivated accounts', () => {
    fc.assert(
      fc.property(stories, ({ start, settled }) => {
        const undone = applied(settled, undoOf(asApplied(planOf(start)), start, settled))
        expect(situation(undone, start)).toEqual(situation(start, start))
        // A created account keeps its memberships while it is suspended.
        expect(vouched(undone).filter((key) => !key.includes('/A-'))).toEqual([])
        const created = Object.keys(undone.accounts).filter((id) => !(id in start.accounts))
        const stillActive = created.filter((id) => undone.accounts[id]?.state !== 'suspended')
        expect(stillActive).toEqual([])
        expect(Object.values(undone.links).filter((id) => id in start.accounts)).toEqual([])
      }),
      runs,
    )
  })

  it('several runs are taken back as one, back to where the first of them began', () => {
    fc.assert(
      fc.property(stories, fc.boolean(), ({ settled, changed }, isReturn) => {
        const second = { before: changed, plan: planOf(changed), after: applied(changed, planOf(changed)) }
        // Then the source says again what it said before, or a person takes the second run back.
        const back = isReturn
          ? { ...second.after, people: settled.people, groups: settled.groups, rules: settled.rules }
          : second.after
        const records = asApplied(second.plan)
        const third = isReturn ? planOf(back) : undoOf(records, settled, second.after)
        const after = applied(back, third)
        const undone = applied(
          after,
          undoOfRuns(
            [
              { records, before: settled, after: second.after },
              { records: asApplied(third), before: back, after },
            ],
            after,
          ),
        )
        const { access: _, ...rest } = situation(settled, settled)
        expect(situation(undone, settled)).toMatchObject(rest)
        // Who lost a role with a group and got it back by itself keeps it that way: what they may use is the same.
        expect(usable(undone, settled)).toEqual(usable(settled, settled))
        expect(vouched(undone)).toEqual(vouched(settled))
      }),
      { numRuns: 100, seed: 11 },
    )
  })

  it('the undo of an undo gives back what the run did, but what was never ours', () => {
    fc.assert(
      // What another connection grants stays active, and what we never vouched for is not taken twice.
      fc.property(storiesOf({ others: false, ownership: ['own', 'add-only'] }), ({ settled, changed }) => {
        const plan = planOf(changed)
        const after = applied(changed, plan)
        const undo = undoOf(asApplied(plan), settled, after)
        const undone = applied(after, undo)
        const again = applied(undone, undoOf(asApplied(undo), after, undone, undone, 8))
        expect(situation(again, after)).toEqual(situation(after, after))
        expect(vouched(again)).toEqual(vouched(after))
      }),
      runs,
    )
  })

  it('a second undo of the same run has nothing left to do', () => {
    fc.assert(
      fc.property(stories, ({ settled, changed }) => {
        const plan = planOf(changed)
        const after = applied(changed, plan)
        const undone = applied(after, undoOf(asApplied(plan), settled, after))
        expect(lines(undoOf(asApplied(plan), settled, after, undone))).toEqual([])
      }),
      runs,
    )
  })

  it('are tried on runs that do all that can be taken back', () => {
    const seen = new Map<string, number>()
    for (const { start, settled, changed } of fc.sample(stories, { numRuns: 300, seed: 5 })) {
      const plan = planOf(changed)
      const undos = [
        undoOf(asApplied(plan), settled, applied(changed, plan)),
        undoOf(asApplied(planOf(start)), start, settled),
      ]
      const kinds = new Set(undos.flatMap(({ changes }) => changes.map(({ kind }) => kind)))
      for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1)
    }
    for (const kind of ['membership.add', 'membership.remove', 'account.activate', 'account.deactivate'] as const) {
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(5)
    }
  })
})
