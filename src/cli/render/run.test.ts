import { describe, expect, it } from 'vitest'
import { aChange, aPlan, aRun } from '../../../test/support/cli-fixtures.ts'
import { noPaint } from '../output.ts'
import { causeLines, runLines, runRow } from './run.ts'

describe('a run in words', () => {
  it('says how it ended, what was done and what is left', () => {
    const run = aRun({
      state: 'partial',
      endedAt: '2026-11-21T12:02:05.000Z',
      outcomes: { applied: 4, failed: 1, skipped: 2 },
      calls: { 'org.users.search': 3, 'org.memberships.add': 1204 },
    })
    const plan = aPlan({
      total: 10,
      tally: [
        { kind: 'membership.add', state: 'ready', outcome: 'applied', count: 4 },
        { kind: 'membership.add', state: 'ready', outcome: 'failed', count: 1 },
        { kind: 'membership.add', state: 'ready', outcome: 'skipped', count: 2 },
        { kind: 'account.deactivate', state: 'held', outcome: 'open', count: 2 },
        { kind: 'account.create', state: 'blocked', outcome: 'open', count: 1 },
      ],
    })
    expect(runLines(run, plan, noPaint, 100)).toEqual([
      'Run 12 of "staff" is applied in part.',
      'Started 2026-11-21 12:00:00Z by os:anna (full, cli), ended after 2 min 5 s.',
      'Changes: 4 applied, 1 failed and 2 skipped.',
      'Done: 4 memberships added.',
      'Left: 2 changes held and 1 change blocked.',
      'Calls to the target: 1,207 (org.memberships.add 1,204, org.users.search 3).',
    ])
  })

  it('says which later runs proved what it wrote, what they did not find, and what nobody proved yet', () => {
    const lines = (part: Parameters<typeof aRun>[0]) => runLines(aRun(part), undefined, noPaint, 100).slice(2)
    const provenLater = { proven: 1_200, missing: 1, runs: [13, 15] }
    expect(lines({ state: 'cancelled', provenLater })).toEqual([
      'Proven later by runs 13 and 15: 1,200 seen and 1 not found and planned afresh.',
    ])
    expect(lines({ state: 'failed', provenLater: { proven: 3, missing: 0, runs: [13] }, leftOpen: true })).toEqual([
      'Proven later by run 13: 3 seen.',
      'Not proven yet: some of its writes; the next run looks for them (muster sync staff).',
    ])
    expect(lines({ state: 'failed' })).toEqual([])
  })

  it('tells why it failed, with every problem, and never a stack', () => {
    const error = {
      code: 'incomplete-read',
      message: 'The source "corp" ended after 1,200 of 4,000 people.',
      hint: 'Run again.',
      problems: [{ where: 'people.csv:12:4', message: 'the row is cut off', hint: 'Export it again.' }],
    }
    expect(runLines(aRun({ state: 'failed', error }), undefined, noPaint, 100).slice(-5)).toEqual([
      '',
      'Error (incomplete-read): The source "corp" ended after 1,200 of 4,000 people.',
      '  - people.csv:12:4: the row is cut off',
      '      Export it again.',
      'What to do: Run again.',
    ])
  })

  it('groups what failed by its cause and names a few', () => {
    const failed = Array.from({ length: 7 }, (_, index) =>
      aChange({
        seq: index + 1,
        outcome: 'failed',
        errorCode: 'rejected',
        message: 'The domain is not verified.',
        accountLabel: `p${index + 1}`,
        groupLabel: 'g',
      }),
    )
    const conflict = aChange({ seq: 9, outcome: 'skipped', skipReason: 'conflict', accountLabel: 'z', groupLabel: 'g' })
    expect(causeLines([conflict, ...failed], noPaint, 100)).toEqual([
      '  7 x rejected: The domain is not verified.',
      '      + p1 into g (1), + p2 into g (2), + p3 into g (3), + p4 into g (4), + p5 into g (5), and 2',
      '      more',
      '  1 x conflict',
      '      + z into g (9)',
    ])
  })

  it('is one row of the list', () => {
    expect(
      runRow(aRun({ state: 'failed', error: { code: 'auth-failed', message: '' }, outcomes: { applied: 1204 } })),
    ).toEqual(['12', 'staff', 'failed', 'full', 'cli', '2026-11-21 12:00:00Z', '', '1,204', 'auth-failed'])
  })
})
