import { describe, expect, it } from 'vitest'
import { change } from '../../test/support/plans.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import { lessonsOf, linkRuleOf, unlearned } from './lessons.ts'

const resolved = { accountId: 'A1', groupId: 'G1' }
const jira = { product: 'jira', role: 'user' }
const base = { accountLabel: 'Ann', groupLabel: 'Dev', person: { key: 'ann', label: 'Ann' } } as const
const learnt = (part: Partial<ChangeRecord>) => lessonsOf(change(1, { ...base, ...part }), resolved, 'hr')
const person = { source: 'hr', sourceKey: 'ann', accountId: 'A1' } as const
const membership = { groupId: 'G1', accountId: 'A1' } as const

describe('what a change that is now true teaches', () => {
  it('about an account that ends: by whose hand and how, and that we vouch for it no more', () => {
    expect(learnt({ kind: 'account.disable' })).toEqual([
      { lesson: 'account', accountId: 'A1', label: 'Ann', state: 'disabled' },
      { lesson: 'deactivated', accountId: 'A1', how: 'disabled' },
      { lesson: 'unvouch', accountId: 'A1' },
    ])
    expect(learnt({ kind: 'account.deactivate' })[1]).toEqual({
      lesson: 'deactivated',
      accountId: 'A1',
      how: 'suspended',
    })
    // What was deleted is not ours to bring back.
    expect(learnt({ kind: 'account.delete' }).map(({ lesson }) => lesson)).toEqual(['account', 'unvouch'])
  })

  it('about an account that is back: in the way it was ended, and for whom', () => {
    expect(learnt({ kind: 'account.activate' })).toEqual([
      { lesson: 'account', accountId: 'A1', label: 'Ann', state: 'active' },
      { lesson: 'reactivated', accountId: 'A1', how: 'suspended' },
      { lesson: 'vouch', ...person },
    ])
    const { person: _, ...nobody } = change(1, { kind: 'account.enable' })
    expect(lessonsOf(nobody, resolved, 'hr').slice(1)).toEqual([
      { lesson: 'reactivated', accountId: 'A1', how: 'disabled' },
    ])
  })

  it('about an account that was found: the link by its rule, or that we vouch for one that is linked already', () => {
    for (const how of ['id', 'email', 'username'] as const) {
      expect(learnt({ kind: 'account.adopt', rule: `users.match.${how}` })[0]).toEqual({
        lesson: 'link',
        ...person,
        how,
      })
    }
    expect(learnt({ kind: 'account.adopt', reason: 'linked-already' })).toEqual([{ lesson: 'vouch', ...person }])
    for (const reason of ['undo-of-run', 'linked-by-decision'] as const) {
      const rule = 'users.match.email'
      expect(learnt({ kind: 'account.adopt', reason, rule })[0]).toMatchObject({ how: 'decided' })
    }
  })

  it('about an account that is let go of: only an undo takes back the link, and not one that stood before', () => {
    const unvouch = { lesson: 'unvouch', accountId: 'A1' }
    const undone = { kind: 'account.release', reason: 'undo-of-run' } as const
    expect(learnt({ kind: 'account.release' })).toEqual([unvouch])
    expect(learnt({ ...undone, rule: 'undo of run 7' })).toEqual([unvouch, { lesson: 'unlink', ...person }])
    expect(learnt({ ...undone, rule: 'undo of run 7, users.match.link' })).toEqual([unvouch])
  })

  it('about a group: its name, and which source group fills it under which rule', () => {
    const known = { lesson: 'group', groupId: 'G1', name: 'Dev' }
    const sourceGroup = { key: 'g7', label: 'dev-src' }
    const link = {
      lesson: 'group-link',
      source: 'hr',
      groupKey: 'g7',
      groupId: 'G1',
      sourceName: 'dev-src',
      name: 'Dev',
    }
    for (const kind of ['group.create', 'group.adopt', 'group.link'] as const) {
      expect(learnt({ kind, sourceGroup, rule: 'groups.byName' })).toEqual([known, { ...link, rule: 'byName' }])
    }
    const { sourceGroup: _, ...byDefault } = change(1, { kind: 'group.create', groupLabel: 'Dev' })
    expect(lessonsOf(byDefault, resolved, 'hr')).toEqual([known])
    expect([linkRuleOf('groups.byName', 'Dev'), linkRuleOf('groups.byTable[0]', ' DEV')]).toEqual([
      'byName',
      'byTable:dev',
    ])
  })

  it('about a membership: the grant by its rule, and what a leaver stage took although nobody had given it', () => {
    const grant = { lesson: 'grant', ...membership, rule: 'groups.byName' }
    expect(learnt({ kind: 'membership.adopt' })).toEqual([{ ...grant, how: 'adopted' }])
    expect(learnt({ kind: 'membership.add' })).toEqual([
      { ...grant, how: 'written' },
      { lesson: 'member', ...membership, present: true },
    ])
    // Given back by an undo to somebody we never vouched for: it stays somebody else's.
    expect(learnt({ kind: 'membership.add', reason: 'undo-of-run', rule: 'undo of run 7' })).toEqual([
      { lesson: 'member', ...membership, present: true },
    ])
    expect(learnt({ kind: 'membership.release' })).toEqual([{ lesson: 'ungrant', ...membership }])
    const removal = [
      { lesson: 'ungrant', ...membership },
      { lesson: 'member', ...membership, present: false },
    ]
    expect(learnt({ kind: 'membership.remove', reason: 'left-source' })).toEqual(removal)
    expect(learnt({ kind: 'membership.remove', reason: 'taken-on-leave' })).toEqual([
      ...removal,
      { lesson: 'taken', ...membership },
    ])
  })

  it('about access: whose it is, and nothing where it is a group’s', () => {
    const grant = { lesson: 'access', accountId: 'A1', access: jira, rule: 'groups.byName' }
    expect(learnt({ kind: 'access.adopt', access: jira })).toEqual([{ ...grant, how: 'adopted' }])
    expect(learnt({ kind: 'access.grant', access: jira })).toEqual([{ ...grant, how: 'written' }])
    expect(learnt({ kind: 'access.grant', access: jira, reason: 'undo-of-run', rule: 'undo of run 7' })).toEqual([])
    for (const kind of ['access.revoke', 'access.release'] as const) {
      expect(learnt({ kind, access: jira })).toEqual([{ lesson: 'no-access', accountId: 'A1', access: jira }])
    }
    const ofGroup = (kind: ChangeRecord['kind']) =>
      lessonsOf(change(1, { kind, access: jira }), { groupId: 'G1' }, 'hr')
    expect([ofGroup('access.grant'), ofGroup('access.revoke')]).toEqual([[], []])
  })

  it('about values: what is ours to empty later, also when an undo set it back', () => {
    const value = { lesson: 'value', accountId: 'A1', attribute: 'title', value: 'Dr', how: 'written' }
    expect(learnt({ kind: 'account.update', after: { title: ['', 'Dr'] } })).toEqual([value])
    expect(learnt({ kind: 'account.update', after: { title: null } })).toEqual([{ ...value, value: null }])
    expect(learnt({ kind: 'account.update', after: { title: 'Dr' }, reason: 'undo-of-run' })).toEqual([
      { ...value, how: 'set-back' },
    ])
    expect(learnt({ kind: 'custom.update', after: { team: 'a' } })).toEqual([
      { lesson: 'custom', accountId: 'A1', values: { team: 'a' } },
    ])
    expect(learnt({ kind: 'lead.handover' })).toEqual([])
  })
})

it('what was accepted and cannot be seen is forgotten again, where we go by our own memory', () => {
  const of = (
    part: Partial<ChangeRecord>,
    resolved: Parameters<typeof unlearned>[1] = { accountId: 'A1', groupId: 'G1' },
  ) => unlearned(change(1, { access: jira, ...part }), resolved)
  expect(of({ kind: 'access.grant' })).toEqual([{ lesson: 'no-access', accountId: 'A1', access: jira }])
  expect(of({ kind: 'access.revoke', rule: 'users.access[0]' })).toEqual([
    { lesson: 'access', accountId: 'A1', access: jira, rule: 'users.access[0]', how: 'written' },
  ])
  expect(of({ kind: 'custom.update', before: { team: 'a' }, after: { team: 'b', desk: '7' } })).toEqual([
    { lesson: 'custom', accountId: 'A1', values: { team: 'a', desk: null } },
  ])
  expect(of({ kind: 'membership.add' })).toEqual([])
  // It did not end, so it is still ours to end; whether it ever was is in the ledger.
  expect(of({ kind: 'membership.remove' })).toEqual([{ lesson: 'regrant', groupId: 'G1', accountId: 'A1' }])
  expect(of({ kind: 'membership.remove' }, { accountId: 'A1' })).toEqual([])
  expect([of({ kind: 'access.grant' }, {}), of({ kind: 'membership.remove' }, { groupId: 'G1' })]).toEqual([[], []])
})
