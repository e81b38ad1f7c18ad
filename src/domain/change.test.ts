import { describe, expect, it } from 'vitest'
import { changeKinds, changesIdentity, endsAccount, grantRuleOf, kindOrder, takesAway, undoRule } from './change.ts'

describe('kinds of change', () => {
  it('that take something away are those with a minus sign', () => {
    expect(kindOrder.filter(takesAway)).toEqual([
      'account.deactivate',
      'account.disable',
      'account.delete',
      'access.revoke',
      'membership.remove',
    ])
    expect(kindOrder.filter(endsAccount)).toEqual(['account.deactivate', 'account.disable', 'account.delete'])
  })

  it('that are only noted are sent nowhere', () => {
    const noted = kindOrder.filter((kind) => !changeKinds[kind].calls)
    expect(noted.every((kind) => changeKinds[kind].sign === '=')).toBe(true)
    expect(kindOrder.filter((kind) => changeKinds[kind].sign === '=')).toEqual(noted)
  })

  it('go in this order: a lead before its account, seats made free before they are taken, removals from groups last', () => {
    const goesBefore = (one: (typeof kindOrder)[number], other: (typeof kindOrder)[number]) =>
      expect(kindOrder.indexOf(one)).toBeLessThan(kindOrder.indexOf(other))
    goesBefore('lead.handover', 'account.deactivate')
    goesBefore('access.revoke', 'access.grant')
    goesBefore('account.deactivate', 'account.create')
    goesBefore('group.create', 'membership.add')
    goesBefore('account.create', 'membership.add')
    goesBefore('membership.add', 'membership.remove')
    goesBefore('membership.remove', 'account.release')
  })
})

it('an update of an address or a username changes how somebody signs in', () => {
  expect(changesIdentity({ kind: 'account.update', after: { title: 'x', email: 'a@x.test' } })).toBe(true)
  expect(changesIdentity({ kind: 'account.update', after: { userName: 'ann' } })).toBe(true)
  expect(changesIdentity({ kind: 'account.update', after: { title: 'x' } })).toBe(false)
  expect(changesIdentity({ kind: 'account.update' })).toBe(false)
  expect(changesIdentity({ kind: 'account.create', after: { email: 'a@x.test' } })).toBe(false)
})

it('an undo names the run, and the rule under which a membership is vouched for again', () => {
  expect([undoRule(7), undoRule(7, 'groups.byName')]).toEqual(['undo of run 7', 'undo of run 7, groups.byName'])
  const grant = (rule: string) => grantRuleOf({ reason: 'undo-of-run', rule })
  expect([grant(undoRule(7)), grant(undoRule(7, 'groups.byName'))]).toEqual([undefined, 'groups.byName'])
  expect(grantRuleOf({ reason: 'member-at-source', rule: 'groups.byTable[0], x' })).toBe('groups.byTable[0], x')
})
