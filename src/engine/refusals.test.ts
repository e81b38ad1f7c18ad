import { expect, it } from 'vitest'
import type { TargetSnapshot } from '../domain/snapshot.ts'
import type { Refusal } from '../ports/plans.ts'
import { membershipKey, withRefusals } from './refusals.ts'

const hourMs = 3_600_000
const now = 1_000 * hourMs
const target = {
  accounts: [
    { id: 'ann', kind: 'person', state: 'active' },
    { id: 'bob', kind: 'person', state: 'active', refuses: { 'account.update': 'told beforehand' } },
  ],
  groups: [],
} as unknown as TargetSnapshot
const refusal = (part: Partial<Refusal>): Refusal => ({
  kind: 'account.update',
  accountId: 'ann',
  message: 'read-only directory',
  at: now - hourMs,
  ...part,
})
const refusesOf = (refusals: readonly Refusal[]) =>
  withRefusals(target, refusals, now).target.accounts.map(({ refuses }) => refuses)

it('what was refused lately counts as refused, with the words of then', () => {
  const [ann, bob] = refusesOf([refusal({}), refusal({ kind: 'account.activate' })])
  expect(Object.keys(ann ?? {})).toEqual(['account.update', 'account.activate'])
  expect(ann?.['account.update']).toMatch(/^read-only directory \(tried on 19/)
  expect(bob).toEqual({ 'account.update': 'told beforehand' })
})

it('what the target says now counts before what it answered then', () => {
  expect(refusesOf([refusal({ accountId: 'bob' })])[1]).toEqual({ 'account.update': 'told beforehand' })
})

it('it is tried again after three days, and after six hours where it takes something away', () => {
  expect(refusesOf([refusal({ at: now - 71 * hourMs })])[0]).toBeDefined()
  expect(refusesOf([refusal({ at: now - 72 * hourMs })])[0]).toBeUndefined()
  expect(refusesOf([refusal({ kind: 'account.deactivate', at: now - 5 * hourMs })])[0]).toBeDefined()
  expect(refusesOf([refusal({ kind: 'account.deactivate', at: now - 6 * hourMs })])[0]).toBeUndefined()
})

it('a membership that was refused says nothing about other groups of the account', () => {
  const told = withRefusals(target, [refusal({ kind: 'membership.add', groupId: 'devs' })], now)
  expect([...told.memberships]).toEqual([membershipKey('membership.add', 'devs', 'ann')])
  expect(told.target).toBe(target)
})
