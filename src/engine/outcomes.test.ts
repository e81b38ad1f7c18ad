import { describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { change } from '../../test/support/plans.ts'
import type { Lesson } from '../domain/memory.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { Vouched } from '../ports/directories.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { Execution } from './execution.ts'
import { record, settle } from './outcomes.ts'
import { findPrerequisites, findRiders } from './prerequisites.ts'
import type { Pending } from './recheck.ts'
import { withoutVouched } from './vouched.ts'

const jira = { product: 'jira', role: 'user' }

/** What carrying out hands to the store, and the rows and vouchers it finds there. */
function scene({ rows = [], vouched = [] }: { rows?: readonly ChangeRecord[]; vouched?: readonly Vouched[] } = {}) {
  const outcomes: OutcomeRecord[] = []
  const lessons: Lesson[] = []
  const asked: unknown[] = []
  let conflicts = 0
  const target = directoryTarget(directory())
  const run = {
    planId: 'plan-1',
    runId: 'run-1',
    fence: { directoryKey: 'dir', holder: 'me', epoch: 1 },
    source: 'hr',
    directoryKey: 'dir',
    others: ['partners'],
    target: {
      ...target,
      writableAttributes: [
        { name: 'email', required: true, when: 'create', seen: 'profile' },
        { name: 'title', required: false, when: 'always', seen: 'profile' },
      ],
    },
    onConflict: () => {
      conflicts += 1
    },
    plans: {
      record: async (_plan: string, _run: string, _fence: unknown, more: OutcomeRecord[], learnt: Lesson[]) => {
        outcomes.push(...more)
        lessons.push(...learnt)
      },
      bySeq: async (_plan: string, seqs: readonly number[]) => rows.filter(({ seq }) => seqs.includes(seq)),
    },
    directories: {
      vouchedFor: async (...question: unknown[]) => {
        asked.push(question)
        return vouched
      },
    },
  } as unknown as Execution
  return { run, outcomes, lessons, asked, conflicts: () => conflicts }
}

const pending = (
  seq: number,
  part: Partial<ChangeRecord>,
  resolved: Pending['resolved'] = { accountId: 'A1' },
): Pending => ({
  change: change(seq, part),
  resolved,
  fresh: false,
})

describe('what a change teaches once its outcome is known', () => {
  const learnt = async (each: Pending, outcome: OutcomeRecord['outcome']) => {
    const { run, lessons } = scene()
    await settle(run, [each], [{ seq: each.change.seq, outcome }])
    return lessons.map(({ lesson, ...rest }) => ('attribute' in rest ? `${lesson} ${rest.attribute}` : lesson))
  }

  it('is nothing when it did not come true', async () => {
    for (const outcome of ['failed', 'skipped', 'unproven'] as const) {
      expect(await learnt(pending(1, { kind: 'account.deactivate' }), outcome)).toEqual([])
    }
  })

  it('is ours to reverse only when we did it: what was so already is somebody else’s suspension', async () => {
    const deactivation = pending(1, { kind: 'account.deactivate' })
    expect(await learnt(deactivation, 'applied')).toContain('deactivated')
    expect(await learnt(deactivation, 'alreadyTrue')).toEqual(['account', 'unvouch'])
  })

  it('is a value of ours only when we wrote it, and only where it can be written again', async () => {
    const update = pending(1, { kind: 'account.update', after: { title: 'Dr', email: 'a@x.test' } })
    expect(await learnt(update, 'applied')).toEqual(['value title'])
    expect(await learnt(update, 'alreadyTrue')).toEqual([])
  })

  it('is of changes that were looked at alone', async () => {
    const { run, outcomes, lessons } = scene()
    await settle(run, [], [{ seq: 9, outcome: 'applied' }])
    expect([outcomes, lessons]).toEqual([[{ seq: 9, outcome: 'applied' }], []])
  })

  it('a conflict is told to whoever waits, and nothing is written where there is nothing', async () => {
    const { run, outcomes, conflicts } = scene()
    await record(run, [], [])
    await record(run, [{ seq: 1, outcome: 'skipped', skipReason: 'prerequisite' }], [])
    expect(conflicts()).toBe(0)
    await record(
      run,
      [
        { seq: 2, outcome: 'applied' },
        { seq: 3, outcome: 'skipped', skipReason: 'conflict' },
      ],
      [],
    )
    expect([conflicts(), outcomes.map(({ seq }) => seq)]).toEqual([1, [1, 2, 3]])
  })
})

describe('what another connection vouches for meanwhile (D4)', () => {
  const left = async (part: Partial<ChangeRecord>, held: string) => {
    const { run, outcomes } = scene({ vouched: [{ accountId: 'A1', held, connection: 'partners' }] })
    const rest = await withoutVouched(run, [change(1, { account: { id: 'A1' }, group: { id: 'G1' }, ...part })])
    return rest.length === 1 && outcomes.length === 0 ? 'sent' : `${outcomes[0]?.outcome} ${outcomes[0]?.skipReason}`
  }

  it('is not taken away: accounts, memberships and access', async () => {
    for (const kind of ['account.deactivate', 'account.disable', 'account.delete'] as const) {
      expect(await left({ kind }, 'account')).toBe('skipped stale')
    }
    expect(await left({ kind: 'membership.remove' }, 'group G1')).toBe('skipped stale')
    expect(await left({ kind: 'access.revoke', access: jira }, 'access jira user')).toBe('skipped stale')
  })

  it('is taken where it vouches for something else, and given in any case', async () => {
    expect(await left({ kind: 'account.deactivate' }, 'group G1')).toBe('sent')
    expect(await left({ kind: 'membership.remove' }, 'group G2')).toBe('sent')
    expect(await left({ kind: 'membership.remove' }, 'account')).toBe('sent')
    expect(await left({ kind: 'access.revoke', access: jira }, 'access jira admin')).toBe('sent')
    expect(await left({ kind: 'membership.add' }, 'group G1')).toBe('sent')
  })

  it('is asked only where there are others and something is taken', async () => {
    const taking = change(1, { kind: 'membership.remove', account: { id: 'A1' }, group: { id: 'G1' } })
    const made = change(2, { kind: 'membership.remove', account: { createdBy: 1 } })
    const { run, asked } = scene()
    expect(await withoutVouched(run, [change(3), made])).toHaveLength(2)
    expect(await withoutVouched({ ...run, others: [] }, [taking])).toEqual([taking])
    expect(asked).toEqual([])
    await withoutVouched(run, [taking, change(3)])
    expect(asked).toEqual([['dir', ['partners'], { accountIds: ['A1'], groupIds: ['G1'] }]])
  })
})

describe('what a change needs first', () => {
  const creation = (part: Partial<ChangeRecord>) => change(1, { kind: 'account.create', ...part })
  const joining = change(2, { account: { createdBy: 1 }, group: { id: 'G1' }, needs: [1] })
  const found = async (first: ChangeRecord, isLastTry = false) => {
    const { run } = scene({ rows: [first] })
    return await findPrerequisites(run.plans, 'plan-1', [joining], isLastTry)
  }

  it('gives it the ids, once it came true', async () => {
    for (const outcome of ['applied', 'alreadyTrue', 'unproven'] as const) {
      const { pending, skipped, waiting } = await found(creation({ outcome, createdId: 'A7' }))
      expect(pending).toEqual([{ change: joining, resolved: { accountId: 'A7', groupId: 'G1' }, fresh: true }])
      expect([skipped, waiting]).toEqual([[], false])
    }
  })

  it('is waited for while it is open, but for the last try', async () => {
    expect(await found(creation({}))).toEqual({ pending: [], skipped: [], waiting: true })
    const { pending, skipped, waiting } = await found(creation({}), true)
    expect([pending, waiting]).toEqual([[], false])
    expect(skipped).toEqual([
      {
        seq: 2,
        outcome: 'skipped',
        skipReason: 'prerequisite',
        message: 'Change 1 (account.create), which this one needs, did not come true.',
      },
    ])
  })

  it('skips it when it did not come true, is held, or is not there', async () => {
    for (const part of [{ outcome: 'failed' }, { outcome: 'skipped' }, { state: 'held' }, { seq: 5 }] as const) {
      const { pending, skipped } = await found(creation(part))
      expect([pending, skipped[0]?.skipReason]).toEqual([[], 'prerequisite'])
    }
  })

  it('is nothing for a change that needs nothing', async () => {
    const { run } = scene()
    const { pending } = await findPrerequisites(run.plans, 'plan-1', [change(3)], true)
    expect(pending).toEqual([
      { change: change(3), resolved: { accountId: 'account-3', groupId: 'group-dev' }, fresh: false },
    ])
  })
})

describe('what rides on a creation', () => {
  const riding = async (rows: readonly ChangeRecord[], part: Partial<Pending> = {}) => {
    const creation = { ...pending(1, { kind: 'account.create', joins: [2, 3] }, {}), ...part }
    const riders = await findRiders(scene({ rows }).run.plans, 'plan-1', [creation])
    return (riders.get(1) ?? []).map(({ change: { seq } }) => seq)
  }
  const joining = (seq: number, more: Partial<ChangeRecord> = {}) =>
    change(seq, { account: { createdBy: 1 }, needs: [1], ...more })

  it('is what is ready and needs nothing else that is not there', async () => {
    expect(await riding([joining(2), joining(3)])).toEqual([2, 3])
    expect(await riding([joining(2, { state: 'held' }), joining(3, { outcome: 'failed' })])).toEqual([])
    const group = change(9, { kind: 'group.create' })
    expect(await riding([joining(2, { needs: [1, 9] }), joining(3), group])).toEqual([3])
    expect(await riding([joining(2, { needs: [1, 9] }), joining(3), { ...group, outcome: 'applied' }])).toEqual([2, 3])
  })

  it('is nothing when the account is there already and only its creation is finished', async () => {
    expect(await riding([joining(2), joining(3)], { resolved: { accountId: 'A1' } })).toEqual([])
  })
})
