import { describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { change } from '../../test/support/plans.ts'
import type { WriteKind } from '../domain/change.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { Order } from '../ports/target.ts'
import { callsFor, noRiders, orderOf, ordersIn, quotaOf, type Riders } from './calls.ts'
import type { Pending } from './recheck.ts'

const jira = { product: 'jira', role: 'user' }

const pending = (seq: number, part: Partial<ChangeRecord> = {}, resolved: Pending['resolved'] = {}): Pending => ({
  change: change(seq, part),
  resolved,
  fresh: false,
})
const joins = (seq: number, groupId: string) => pending(seq, { kind: 'membership.add' }, { groupId })
const opens = (seq: number) => pending(seq, { kind: 'access.grant', access: jira })

/** Calls as seqs, with what they carry: `[['1+5', '2'], …]` in each lane. */
const shown = (lanes: ReturnType<typeof callsFor>) =>
  lanes.map((lane) =>
    lane.map((call) => call.map(({ seq, carried = [] }) => [seq, ...carried.map((c) => c.seq)].join('+'))),
  )

function calls(
  kind: WriteKind,
  list: readonly Pending[],
  {
    batchSizes = {},
    carries,
    riders = noRiders,
  }: {
    batchSizes?: Readonly<Partial<Record<WriteKind, number>>>
    carries?: { groups: number; access: number }
    riders?: Riders
  } = {},
) {
  const held = directory({ batchSizes, ...(carries === undefined ? {} : { carries }) })
  return shown(callsFor(directoryTarget(held), kind, list, riders))
}

describe('changes as calls', () => {
  it('writes to one group stay in one lane, in their order; others go side by side', () => {
    const list = [1, 2, 3, 4].map((seq) => pending(seq, {}, { accountId: `A${seq}`, groupId: seq === 3 ? 'G2' : 'G1' }))
    expect(calls('membership.add', list)).toEqual([[['1'], ['2'], ['4']], [['3']]])
    expect(calls('membership.add', list, { batchSizes: { 'membership.add': 2 } })).toEqual([
      [['1', '2'], ['4']],
      [['3']],
    ])
  })

  it('what is about no membership goes one by one, or as many at once as the target takes', () => {
    const list = [1, 2, 3].map((seq) => pending(seq, { kind: 'account.deactivate' }, { accountId: `A${seq}` }))
    expect(calls('account.deactivate', list)).toEqual([[['1']], [['2']], [['3']]])
    const access = [4, 5].map((seq) => pending(seq, { kind: 'access.grant', access: jira }, { groupId: 'G1' }))
    expect(calls('access.grant', access, { batchSizes: { 'access.grant': 2 } })).toEqual([[['4', '5']]])
  })

  it('creations carry what the target takes, and those that receive the same go in one call', () => {
    const riders = new Map([
      [1, [joins(11, 'G1'), joins(12, 'G2'), opens(13)]],
      [2, [joins(21, 'G2'), joins(22, 'G1'), opens(23)]],
      [3, [joins(31, 'G3')]],
    ])
    const carries = { groups: 2, access: 1 }
    const list = [1, 2, 3].map((seq) => pending(seq, { kind: 'account.create' }))
    const batchSizes = { 'account.create': 2 }
    expect(calls('account.create', list, { batchSizes, carries, riders })).toEqual([
      [['1+11+12+13', '2+21+22+23']],
      [['3+31']],
    ])
    expect(calls('account.create', list, { batchSizes, carries: { groups: 1, access: 0 }, riders })).toEqual([
      [['1+11']],
      [['2+21']],
      [['3+31']],
    ])
    expect(calls('account.create', list, { batchSizes, riders })).toEqual([[['1']], [['2', '3']]])
  })

  it('memberships go by themselves where that takes fewer calls', () => {
    const list = [1, 2, 3, 4].map((seq) => pending(seq, { kind: 'account.create' }))
    const riders = new Map(list.map(({ change: { seq } }) => [seq, [joins(seq * 10, `G${seq}`)]]))
    const carries = { groups: 5, access: 5 }
    const batchSizes = { 'account.create': 4, 'membership.add': 20 }
    expect(calls('account.create', list, { batchSizes, carries, riders })).toEqual([[['1', '2', '3', '4']]])
    expect(calls('account.create', list, { batchSizes: { 'account.create': 4 }, carries, riders })).toEqual([
      [['1+10']],
      [['2+20']],
      [['3+30']],
      [['4+40']],
    ])
  })

  it('are told as orders with nothing that is not there', () => {
    expect(orderOf(pending(1, {}, { accountId: 'A1', groupId: 'G1' }))).toEqual({
      seq: 1,
      kind: 'membership.add',
      accountId: 'A1',
      groupId: 'G1',
      sourceKey: 'key-1',
    })
    const { person: _, ...nobody } = change(2, {
      kind: 'account.update',
      before: { title: 'a' },
      after: { title: 'b' },
    })
    const update = { change: nobody, resolved: { accountId: 'A1' }, fresh: false }
    expect(orderOf(update)).toEqual({
      seq: 2,
      kind: 'account.update',
      accountId: 'A1',
      before: { title: 'a' },
      after: { title: 'b' },
    })
  })

  it('tell the whole of the custom attributes, what stays as well', () => {
    const seen = { account: { id: 'A1', kind: 'person', state: 'active', custom: { team: 'a', desk: '7' } } } as const
    const update = { ...pending(1, { kind: 'custom.update', after: { team: 'b' } }), seen }
    expect(orderOf(update).after).toEqual({ team: 'b', desk: '7' })
  })

  it('are all orders of all lanes', () => {
    const order = (seq: number): Order => ({ seq, kind: 'membership.add' })
    expect(ordersIn([[[order(1)], [order(2), order(3)]], [[order(4)]]]).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  it('a used-up quota stops a product, a group, or the kind', () => {
    const order = { seq: 1, groupId: 'G1', accountId: 'A1' }
    expect(quotaOf({ ...order, kind: 'access.grant', access: jira })).toBe('access.grant jira')
    expect(quotaOf({ ...order, kind: 'membership.add' })).toBe('membership.add G1')
    expect(quotaOf({ ...order, kind: 'membership.remove' })).toBe('membership.remove')
  })
})
