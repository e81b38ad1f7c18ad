import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tries } from '../../../test/support/tries.ts'
import { asApplied, undoOf } from '../../../test/support/undo.ts'
import { applied, inputOf, lines, openGuards, planOf, type World, world } from '../../../test/support/world.ts'
import type { RetirementChoice } from '../../domain/retirement.ts'
import type { RetirementDraft } from './input.ts'
import cases from './retire.cases.json' with { type: 'json' }
import { makeRetirement } from './retire.ts'

interface Case {
  readonly name: string
  readonly world: object
  readonly rules?: object
  readonly limits?: object
  readonly choice?: object
  /** Accounts that were created; all others were there before. */
  readonly made?: readonly string[]
  /** `GROUP/account` or `jira/account` of what was there before and only adopted. */
  readonly older?: readonly string[]
  readonly expect: readonly string[]
  readonly guards?: readonly string[]
  readonly notices?: readonly string[]
  readonly rule?: string
}

interface History {
  readonly made?: readonly string[]
  readonly older?: readonly string[]
}

function retirementOf(w: World, choice: object = {}, { made = [], older = [] }: History = {}): RetirementDraft {
  const input = inputOf(w)
  const granted = older.map((key) => key.split('/') as [string, string])
  const links = input.memory.links.map((link) =>
    made.includes(link.accountId) ? { ...link, how: 'created' as const } : link,
  )
  return makeRetirement({
    ...input,
    memory: { ...input.memory, links },
    choice: { accounts: 'nothing', adopted: false, ...choice } as RetirementChoice,
    adopted: {
      grants: granted.map(([groupId, id]) => ({ groupId, connection: 'staff', rule: '', accountIds: [id] })),
      access: granted.map(([product, id]) => ({
        product,
        role: 'user',
        connection: 'staff',
        rule: '',
        accountIds: [id],
      })),
    },
  })
}

describe('retiring a connection with clean-up (D4)', () => {
  for (const each of cases as readonly Case[]) {
    it(each.name, () => {
      const guards = { ...openGuards, ...each.limits }
      const w = world({ ...(each.world as Partial<World>), rules: { ...each.rules, guards } })
      const retirement = retirementOf(w, each.choice, each)
      expect(lines(retirement)).toEqual(each.expect)
      const tripped = retirement.guards.flatMap(({ guard, tripped }) => (tripped ? [guard] : []))
      expect(tripped).toEqual(each.guards ?? (each.expect.length === 0 ? [] : ['guard:retirement']))
      for (const notice of each.notices ?? []) expect(retirement.summary.notices.join('\n')).toContain(notice)
      if (each.rule !== undefined) expect(retirement.changes[0]?.rule).toBe(each.rule)
    })
  }

  it('says what to do next, what stays in any case, and that it is about a retirement', () => {
    const { changes, summary } = retirementOf(world({ accounts: { ann: {} }, links: { ann: 'ann' } }))
    expect(changes[0]?.reason).toBe('connection-retired')
    expect(summary.notices[0]).toContain('"staff" stays paused')
    expect(summary.notices[0]).toContain('muster connections remove staff')
    expect(summary.notices[1]).toContain('Groups stay')
  })
})

// --- properties -------------------------------------------------------------------------------------------------------

const names = ['ann', 'bob', 'cid', 'dan']
const subset = (values: readonly string[]) => fc.subarray([...values])

/** A connection that ran once on a site where others had a say before, and a choice. */
const stories = fc
  .record({
    groups: fc.dictionary(fc.constantFrom('dev', 'ops', 'administrators'), subset(names)),
    present: subset(names),
    foreign: subset([...names, 'zoe']),
    others: subset(names),
    disabled: subset(names),
    access: fc.constantFrom([], [{ product: 'jira' }]),
    by: fc.constantFrom('role' as const, 'group' as const),
    adopted: fc.boolean(),
    accounts: fc.constantFrom('nothing' as const, 'deactivate' as const),
  })
  .map(({ groups, present, foreign, others, disabled, access, by, ...choice }) => {
    const there = [...present, 'zoe']
    const start = world({
      people: Object.fromEntries(names.map((name) => [name, { active: !disabled.includes(name) }])),
      groups: Object.fromEntries(Object.entries(groups).map(([key, members]) => [key, { members }])),
      accounts: Object.fromEntries(there.map((name) => [name, { access: [] }])),
      products: { jira: { defaults: ['JSU'], by } },
      targetGroups: {
        JSU: { name: 'jsu', members: [], access: ['jira'] },
        DEV: { name: 'dev', members: foreign.filter((name) => there.includes(name)) },
      },
      vouchers: Object.fromEntries(others.filter((name) => present.includes(name)).map((name) => [name, ['partners']])),
      grants: Object.fromEntries(
        others
          .filter((name) => foreign.includes(name) && present.includes(name))
          .map((name) => [`DEV/${name}`, [{ connection: 'partners', rule: 'groups.byName' }]]),
      ),
      others: { partners: 0 },
      rules: { users: { access }, guards: openGuards },
    })
    const settled = applied(start, planOf(start))
    const older = Object.entries(start.targetGroups).flatMap(([id, { members }]) => members.map((at) => `${id}/${at}`))
    return { start, settled, choice, history: { older, made: names.map((name) => `A-${name}`) } }
  })

/** Who is where, and in what state. */
const situation = (w: World) => ({
  states: Object.fromEntries(Object.keys(w.accounts).map((id) => [id, w.accounts[id]?.state ?? 'active'])),
  access: Object.fromEntries(Object.keys(w.accounts).map((id) => [id, [...(w.accounts[id]?.access ?? [])].sort()])),
  members: Object.fromEntries(
    Object.entries(w.targetGroups)
      .map(([id, { members }]) => [id, [...members].sort()] as const)
      .filter(([, members]) => members.length > 0),
  ),
})

const runs = tries(150)

describe('properties of every retirement', () => {
  it('what was there before the connection is there afterwards, unless a person asked for it, too', () => {
    fc.assert(
      fc.property(stories, ({ start, settled, choice, history }) => {
        const after = applied(settled, retirementOf(settled, { ...choice, adopted: false }, history))
        for (const [id, { members }] of Object.entries(start.targetGroups)) {
          for (const member of members) expect(after.targetGroups[id]?.members).toContain(member)
        }
        // Whom the first run found disabled it deactivated; the retirement ends nobody else who was there before.
        for (const id of Object.keys(start.accounts)) {
          expect(after.accounts[id]?.state ?? 'active').toBe(settled.accounts[id]?.state ?? 'active')
        }
      }),
      runs,
    )
  })

  it('nothing goes that another connection vouches for, nor anybody from a protected group', () => {
    fc.assert(
      fc.property(stories, ({ start, settled, choice, history }) => {
        const after = applied(settled, retirementOf(settled, choice, history))
        for (const [key, grants] of Object.entries(start.grants)) {
          const [group = '', member = ''] = key.split('/')
          if (grants.length > 0) expect(after.targetGroups[group]?.members).toContain(member)
        }
        for (const id of Object.keys(start.vouchers ?? {})) {
          expect(after.accounts[id]?.state ?? 'active').toBe(settled.accounts[id]?.state ?? 'active')
        }
        const admins = (w: World) => situation(w).members['G-administrators'] ?? []
        expect(admins(after)).toEqual(admins(settled))
      }),
      runs,
    )
  })

  it('a second one has nothing left to do, and nothing is in our ledger', () => {
    fc.assert(
      fc.property(stories, ({ settled, choice, history }) => {
        const after = applied(settled, retirementOf(settled, choice, history))
        expect(lines(retirementOf(after, choice, history))).toEqual([])
        const ours = (grants: World['grants']) =>
          Object.entries(grants).filter(([, list]) => list.some(({ connection }) => connection === 'staff'))
        expect([...ours(after.grants), ...ours(after.accessGrants)]).toEqual([])
      }),
      runs,
    )
  })

  it('an undo gives back who was where', () => {
    fc.assert(
      fc.property(stories, ({ settled, choice, history }) => {
        const retirement = retirementOf(settled, choice, history)
        const after = applied(settled, retirement)
        const undone = applied(after, undoOf(asApplied(retirement), settled, after))
        expect(situation(undone)).toEqual(situation(settled))
      }),
      runs,
    )
  })
})
