import { describe, expect, it } from 'vitest'
import { inputOf, openGuards, planOf, type World, world } from '../../../../test/support/world.ts'
import type { Change, ChangeKind } from '../../../domain/change.ts'
import { protectionOf } from '../protection.ts'
import { judgeEffects } from './effects.ts'

/** Judges plans of kinds that need no rule to come about: one change for each of the accounts. */
function judge(kinds: readonly (readonly [ChangeKind, string])[], part: Partial<World> = {}) {
  const ids = Array.from({ length: 10 }, (_, index) => `p${index}`)
  const input = inputOf(
    world({
      accounts: Object.fromEntries(ids.map((id) => [id, {}])),
      links: Object.fromEntries(ids.map((id) => [id, id])),
      lastGood: undefined,
      rules: { guards: {} },
      ...part,
    }),
  )
  const changes = kinds.map(
    ([kind, id], index): Change => ({
      seq: index + 1,
      kind,
      account: { id },
      reason: 'left-source',
      rule: 'users.onLeft[0]',
      state: 'ready',
      stateReasons: [],
      needs: [],
    }),
  )
  const { guards, changes: judged } = judgeEffects(input, protectionOf(input), changes).judged()
  return {
    guards: guards.map(({ guard, measured, limit, tripped }) => `${guard} ${measured}/${limit}${tripped ? '!' : ''}`),
    held: judged.filter(({ state }) => state === 'held').map(({ kind, stateReasons }) => `${kind} ${stateReasons}`),
  }
}

describe('limits on effects', () => {
  it('holds the first deletion by default', () => {
    expect(judge([['account.delete', 'p1']])).toEqual({
      guards: ['guard:deletions 1/0!'],
      held: ['account.delete guard:deletions'],
    })
  })

  it('lets deletions go as far as somebody allowed, those of the last day counted', () => {
    const rules = { guards: { deletions: { floor: 2, percent: 0, cap: 2 } } }
    const two = [
      ['account.delete', 'p1'],
      ['account.delete', 'p2'],
    ] as const
    expect(judge(two, { rules })).toEqual({ guards: ['guard:deletions 2/2'], held: [] })
    expect(judge(two, { rules, appliedLastDay: { 'account.delete': 1 } }).guards).toEqual(['guard:deletions 3/2!'])
  })

  it('counts disabling a whole account like deactivating it', () => {
    const kinds = (['p1', 'p2', 'p3'] as const).flatMap(
      (id) =>
        [
          ['account.deactivate', id],
          ['account.disable', `${id[0]}${Number(id[1]) + 3}`],
        ] as const,
    )
    expect(judge(kinds).guards).toEqual(['guard:deactivations 6/5!'])
    expect(judge(kinds.slice(0, 5)).guards).toEqual(['guard:deactivations 5/5'])
    expect(judge(kinds.slice(0, 2), { appliedLastDay: { 'account.disable': 4 } }).guards).toEqual([
      'guard:deactivations 6/5!',
    ])
  })

  it.each(['account.deactivate', 'account.disable', 'account.delete'] as const)(
    'holds %s of the last administrator, and one that is brought back by enabling keeps the group',
    (kind) => {
      const rules = { guards: { deletions: { floor: 5, percent: 0, cap: 5 } } }
      const targetGroups = { OPS: { name: 'ops', members: ['p1', 'p2'], admin: true } }
      const accounts = { p1: {}, p2: { state: 'disabled' as const } }
      const last = judge([[kind, 'p1']], { rules, accounts, targetGroups })
      expect(last.held).toEqual([`${kind} guard:last-administrator`])
      const kept = judge(
        [
          [kind, 'p1'],
          ['account.enable', 'p2'],
        ],
        { rules, accounts, targetGroups },
      )
      expect(kept.held).toEqual([])
    },
  )

  it('holds everything that ends the account of a last administrator, not one half of it', () => {
    const { held } = judge(
      [
        ['account.deactivate', 'p1'],
        ['account.disable', 'p1'],
      ],
      { targetGroups: { OPS: { name: 'ops', members: ['p1'], admin: true } } },
    )
    expect(held).toEqual(['account.deactivate guard:last-administrator', 'account.disable guard:last-administrator'])
  })

  it('says in a sentence what counted, where, and what of it is older than this plan', () => {
    const people = Object.fromEntries(['p1', 'p2', 'p3'].map((key) => [key, {}]))
    const w = world({
      people,
      groups: { dev: { members: [] } },
      accounts: people,
      targetGroups: { DEV: { name: 'dev', members: ['p1', 'p2', 'p3'] } },
      links: { p1: 'p1', p2: 'p2', p3: 'p3' },
      groupLinks: [{ source: 'hr', groupKey: 'dev', rule: 'byName', groupId: 'DEV' }],
      grants: Object.fromEntries(
        Object.keys(people).map((key) => [`DEV/${key}`, [{ connection: 'staff', rule: 'x' }]]),
      ),
      appliedLastDay: { 'membership.remove': 2, 'membership.remove:DEV': 1 },
      rules: { guards: { ...openGuards, groupRemovals: { floor: 3, percent: 0, cap: 3 } } },
    })
    const told = planOf(w).guards.filter(({ guard }) => guard !== 'guard:groups-emptied')
    expect(told).toEqual([
      {
        guard: 'guard:membership-removals',
        measured: 5,
        limit: 100_000,
        tripped: false,
        holds: 'nothing',
        sentence: '5 membership removals (2 of them in the last 24 hours); 100000 pass without a person.',
      },
      {
        guard: 'guard:group-removals',
        about: 'dev',
        measured: 4,
        limit: 3,
        tripped: true,
        holds: 'kind',
        sentence: '4 removals in "dev" (1 of them in the last 24 hours); 3 pass without a person.',
      },
    ])
    const fresh = planOf({ ...w, appliedLastDay: {} }).guards.map(({ sentence }) => sentence)
    expect(fresh).toContain('3 removals in "dev"; 3 pass without a person.')
  })
})
