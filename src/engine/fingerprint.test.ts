import { expect, it } from 'vitest'
import { change } from '../../test/support/plans.ts'
import type { Change } from '../domain/change.ts'
import { fingerprintOf } from './fingerprint.ts'

const base = change(1, { before: { title: 'a' }, after: { title: 'b', city: 'x' }, needs: [7] })
const of = (patch: Partial<Change> = {}) => fingerprintOf(1, 'dir', [{ ...base, ...patch }])
const lead = { kind: 'project', id: '1', name: 'Shop', project: 'SHOP', to: { id: 'A2', label: 'Bob' } } as const

it('whatever a person reviewed and that is sent makes another fingerprint', () => {
  const others = [
    fingerprintOf(2, 'dir', [base]),
    fingerprintOf(1, 'other', [base]),
    fingerprintOf(1, 'dir', []),
    fingerprintOf(1, 'dir', [base, change(2)]),
    fingerprintOf(1, 'dir', [change(2), base]),
    of({ seq: 2 }),
    of({ kind: 'membership.remove' }),
    of({ account: { id: 'A9' } }),
    of({ account: { createdBy: 9 } }),
    of({ group: { id: 'G9' } }),
    of({ group: { createdBy: 9 } }),
    of({ person: { key: 'other', label: '' } }),
    of({ sourceGroup: { key: 'other', label: '' } }),
    of({ before: { title: 'z' } }),
    of({ after: { title: 'z', city: 'x' } }),
    of({ after: { title: 'b' } }),
    of({ reason: 'default-for-new' }),
    of({ rule: 'groups.byTable[0]' }),
    of({ needs: [8] }),
    of({ access: { product: 'jira', role: 'user' } }),
    of({ access: { product: 'jira', role: 'admin' } }),
    of({ access: { product: 'wiki', role: 'user' } }),
    of({ lead }),
    of({ lead: { ...lead, kind: 'component' } }),
    of({ lead: { ...lead, id: '2' } }),
    of({ lead: { ...lead, to: { id: 'A3', label: 'Bob' } } }),
  ]
  expect(new Set([of(), ...others]).size).toBe(others.length + 1)
})

it('the order of values and what things are called make no other one', () => {
  expect(of({ after: { city: 'x', title: 'b' } })).toBe(of())
  expect(of({ accountLabel: 'Ann', groupLabel: 'Dev', person: { key: 'key-1', label: 'Ann' } })).toBe(of())
})
