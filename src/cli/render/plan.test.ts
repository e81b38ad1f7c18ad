import { describe, expect, it } from 'vitest'
import { aChange, aPlan } from '../../../test/support/cli-fixtures.ts'
import { noPaint } from '../output.ts'
import { changeLines } from './changes.ts'
import { planLines, releasableGuards, wholePlanGuards } from './plan.ts'

const style = { paint: noPaint, columns: 100, heldAltogether: new Set<string>(), customNames: {}, outcomes: false }

describe('a plan in words', () => {
  it('begins with what it does, then what holds it, then what was noticed', () => {
    const plan = aPlan({
      tally: [
        { kind: 'account.create', state: 'ready', outcome: 'open', count: 3 },
        { kind: 'account.deactivate', state: 'held', outcome: 'open', count: 41 },
        { kind: 'account.update', state: 'blocked', outcome: 'open', count: 1 },
        { kind: 'membership.adopt', state: 'ready', outcome: 'open', count: 1204 },
      ],
      guards: [
        {
          guard: 'guard:creates',
          measured: 3,
          limit: 20,
          tripped: false,
          holds: 'nothing',
          sentence: '3 new accounts; 20 pass.',
        },
        {
          guard: 'guard:deactivations',
          measured: 41,
          limit: 20,
          tripped: true,
          holds: 'kind',
          sentence: '41 deactivations; 20 pass without a person.',
        },
        {
          guard: 'guard:first-run',
          measured: 45,
          limit: 0,
          tripped: true,
          holds: 'plan',
          sentence: 'This is the first run.',
        },
      ],
      notices: ['The group "dev" would now be called "development" (name-differs).'],
      read: { sourceUsers: 1200, sourceUsersInScope: 1100, sourceGroups: 40, targetAccounts: 1300, targetGroups: 55 },
    })
    expect(planLines(plan, noPaint, 100)).toEqual([
      'Plan of run 12, connection "staff", 2026-11-21 12:00:00Z',
      '41 accounts deactivated, 3 accounts created and 1 account updated; 1,204 existing things taken note',
      'of, without a write.',
      '41 changes are held: a person looks and releases, or leaves them.',
      '1 change is blocked and will not be sent.',
      'The whole plan waits for approval.',
      'Read: source 1,200 people, 1,100 in scope, 40 groups; target 1,300 accounts, 55 groups.',
      '',
      'Guards',
      '     guard          measured  limit  result',
      '  ✓  creates               3     20  passes',
      '  !  deactivations        41     20  holds its changes',
      '  !  first-run                       holds the whole plan',
      '  ! 41 deactivations; 20 pass without a person.',
      '  ! This is the first run.',
      '',
      'Notices',
      '  - The group "dev" would now be called "development" (name-differs).',
    ])
    expect([...wholePlanGuards(plan)]).toEqual(['guard:first-run'])
    expect(releasableGuards(plan)).toEqual(['deactivations'])
  })

  it('says so when there is nothing to do', () => {
    expect(planLines(aPlan({}), noPaint, 100)[1]).toBe('Nothing to do: the target is as it should be.')
  })

  it('names who approved it', () => {
    const plan = aPlan({ approval: { by: 'os:anna', at: '2026-11-21T13:00:00.000Z' } })
    expect(planLines(plan, noPaint, 100)).toContain('Approved by os:anna, 2026-11-21 13:00:00Z.')
  })
})

describe('changes in words', () => {
  it('stand under the reason they share, with number, sign and subject', () => {
    const lines = changeLines(
      [
        aChange({
          seq: 7,
          kind: 'membership.add',
          accountLabel: 'anna@acme.example',
          groupLabel: 'dev',
          sourceGroup: { key: 'g1', label: 'Developers' },
        }),
        aChange({ seq: 8, kind: 'membership.add', accountLabel: 'bob@acme.example', groupLabel: 'dev' }),
        aChange({
          seq: 9,
          kind: 'membership.add',
          accountLabel: 'cid@acme.example',
          groupLabel: 'all',
          sentence: 'is a default group of everybody',
          rule: 'groups.defaultsForAll',
        }),
      ],
      style,
    )
    expect(lines).toEqual([
      '  because: is a member of the source group (rule groups.byName)',
      '   7  + anna@acme.example into dev [from Developers]',
      '   8  + bob@acme.example into dev',
      '  because: is a default group of everybody (rule groups.defaultsForAll)',
      '   9  + cid@acme.example into all',
    ])
  })

  it('show before and after of what differs, and only new values of creations', () => {
    const update = aChange({
      kind: 'account.update',
      sign: '~',
      accountLabel: 'Ann <ann@acme.example>',
      before: { displayName: 'Ann', title: null },
      after: { displayName: 'Anna', title: 'Engineer' },
    })
    const create = aChange({
      seq: 2,
      kind: 'account.create',
      accountLabel: 'Bob <bob@acme.example>',
      after: { email: 'bob@acme.example', teams: ['a', 'b'], phone: null },
    })
    const lines = changeLines([update, create], style)
    expect(lines).toContain('         displayName: "Ann" -> "Anna", title: (none) -> "Engineer"')
    expect(lines).toContain('         teams: ["a", "b"]')
    expect(lines.join()).not.toContain('phone')
  })

  it('say what holds or blocks them, unless it holds the whole plan and was said above', () => {
    const held = aChange({
      state: 'held',
      stateReasons: [
        { reason: 'guard:first-run', sentence: 'first run' },
        { reason: 'guard:creates', sentence: 'more new accounts than the limit allows' },
      ],
    })
    const first = changeLines([held], { ...style, heldAltogether: new Set(['guard:first-run']) })
    expect(first[0]).toBe(
      '  because: is a member of the source group (rule groups.byName); held: more new accounts than the',
    )
    expect(first[1]).toBe('  limit allows (creates)')
    expect(
      changeLines([held], { ...style, heldAltogether: new Set(['guard:first-run', 'guard:creates']) })[0],
    ).not.toContain('held')
  })

  it('tell in a report what became of each', () => {
    const report = { ...style, outcomes: true }
    const lines = changeLines(
      [
        aChange({
          seq: 1,
          outcome: 'applied',
          verifiedAt: '2026-11-21T12:00:09.000Z',
          accountLabel: 'a',
          groupLabel: 'g',
        }),
        aChange({ seq: 2, outcome: 'failed', message: 'The target said "no".', accountLabel: 'b', groupLabel: 'g' }),
        aChange({
          seq: 3,
          outcome: 'skipped',
          skipReason: 'conflict',
          message: 'is "Bob" now',
          accountLabel: 'c',
          groupLabel: 'g',
        }),
        aChange({ seq: 4, accountLabel: 'd', groupLabel: 'g' }),
      ],
      report,
    )
    expect(lines.slice(1)).toEqual([
      '   1  + a into g: applied and verified',
      '   2  + b into g',
      '         failed: The target said "no".',
      '   3  + c into g',
      '         skipped: conflict: is "Bob" now',
      '   4  + d into g',
      '         not done',
    ])
  })

  it('cannot be used by a name from the directory to write over the screen', () => {
    const [, row] = changeLines([aChange({ accountLabel: 'eve\u001b[2K\r\nroot', groupLabel: '\u202egpj' })], style)
    expect(row).toBe('   1  + eve�[2K��root into �gpj')
  })
})
