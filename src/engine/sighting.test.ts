import { describe, expect, it } from 'vitest'
import { change } from '../../test/support/plans.ts'
import type { TargetGroup } from '../domain/account.ts'
import { ledKey } from '../domain/lead.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { AccountNow } from '../ports/target.ts'
import { type Sighting, sightingOf } from './sighting.ts'

const jira = { product: 'jira', role: 'user' }
const wiki = { product: 'wiki', role: 'user' }

function now({ groupIds, groupAccess, ...account }: Partial<AccountNow['account'] & AccountNow> = {}): AccountNow {
  return {
    account: { id: 'A1', kind: 'person', state: 'active', ...account },
    ...(groupIds === undefined ? {} : { groupIds }),
    ...(groupAccess === undefined ? {} : { groupAccess }),
  }
}

/** What a look at the account `A1` says about a change; undefined = it is not there. */
function sighting(part: Partial<ChangeRecord>, account: AccountNow | undefined): Sighting {
  const accounts = new Map(account === undefined ? [] : [['A1', account] as const])
  const written = { ...change(1, part), accountId: 'A1', groupId: 'G1' }
  return sightingOf(written, { accounts, groups: new Map(), leads: new Map() })
}

const suspended = now({ state: 'suspended' })
const disabled = now({ state: 'disabled' })
const inGroup = now({ groupIds: new Set(['G1']) })
const inAnother = now({ groupIds: new Set(['G2']) })
const access = { access: jira }

describe('what a look at an account says about a write', () => {
  it.each<readonly [string, Partial<ChangeRecord>, AccountNow | undefined, Sighting]>([
    ['a new account is there', { kind: 'account.create' }, now(), 'so'],
    ['a new account is not there', { kind: 'account.create' }, undefined, 'notSo'],
    ['deactivated is suspended', { kind: 'account.deactivate' }, suspended, 'so'],
    ['deactivated is also switched off as a whole', { kind: 'account.deactivate' }, disabled, 'so'],
    ['deactivated is not active', { kind: 'account.deactivate' }, now(), 'notSo'],
    ['who cannot be found is not proven to be deactivated', { kind: 'account.deactivate' }, undefined, 'notSo'],
    ['activated is active', { kind: 'account.activate' }, now(), 'so'],
    ['activated is not suspended', { kind: 'account.activate' }, suspended, 'notSo'],
    ['disabled is disabled', { kind: 'account.disable' }, disabled, 'so'],
    ['disabled is more than suspended', { kind: 'account.disable' }, suspended, 'notSo'],
    ['enabled is anything but disabled', { kind: 'account.enable' }, suspended, 'so'],
    ['enabled is not disabled', { kind: 'account.enable' }, disabled, 'notSo'],
    ['deleted is gone', { kind: 'account.delete' }, undefined, 'so'],
    ['deleted is also marked to be', { kind: 'account.delete' }, now({ toBeDeleted: true }), 'so'],
    ['deleted is not there', { kind: 'account.delete' }, now(), 'notSo'],
    ['added is in the group', { kind: 'membership.add' }, inGroup, 'so'],
    ['added is not in another group', { kind: 'membership.add' }, inAnother, 'notSo'],
    ['added is not known where groups are hidden', { kind: 'membership.add' }, now(), 'untold'],
    ['removed is in another group', { kind: 'membership.remove' }, inAnother, 'so'],
    ['removed is not in the group', { kind: 'membership.remove' }, inGroup, 'notSo'],
    ['removed is not known where groups are hidden', { kind: 'membership.remove' }, now(), 'untold'],
    ['access of the account', { kind: 'access.grant', ...access }, now({ access: [jira] }), 'so'],
    ['access through groups', { kind: 'access.grant', ...access }, now({ access: [], groupAccess: [jira] }), 'so'],
    ['access through groups alone', { kind: 'access.grant', ...access }, now({ groupAccess: [jira] }), 'so'],
    ['access to another product', { kind: 'access.grant', ...access }, now({ access: [wiki] }), 'notSo'],
    ['access is not told', { kind: 'access.grant', ...access }, now({ groupAccess: [wiki] }), 'untold'],
    ['access is gone', { kind: 'access.revoke', ...access }, now({ access: [wiki] }), 'so'],
    ['access is still there', { kind: 'access.revoke', ...access }, now({ access: [jira] }), 'notSo'],
    ['access that was taken is not told', { kind: 'access.revoke', ...access }, now(), 'untold'],
    ['custom values', { kind: 'custom.update', after: { a: '1', b: null } }, now({ custom: { a: '1' } }), 'so'],
    [
      'one custom value of two',
      { kind: 'custom.update', after: { a: '1', b: '2' } },
      now({ custom: { a: '1' } }),
      'notSo',
    ],
    ['a custom value that was cleared', { kind: 'custom.update', after: { a: null } }, now(), 'so'],
    ['what we only remember', { kind: 'membership.adopt' }, now(), 'so'],
  ])('%s', (_, part, account, expected) => {
    expect(sighting(part, account)).toBe(expected)
  })

  it('values of an account are compared without letter case, and nothing is as good as empty', () => {
    const account = now({ email: 'Ann@X.test', userName: 'ann', displayName: 'Ann', attributes: { title: 'Dr' } })
    const says = (after: NonNullable<ChangeRecord['after']>) => sighting({ kind: 'account.update', after }, account)
    expect(says({ email: 'ann@x.test', userName: 'ANN', displayName: 'Ann', title: 'dr' })).toBe('so')
    expect(says({ desk: '' })).toBe('so')
    expect(says({ desk: null })).toBe('so')
    for (const after of [{ email: 'b@x.test' }, { userName: 'bob' }, { displayName: 'Bob' }, { title: null }]) {
      expect(says(after)).toBe('notSo')
    }
    expect(says({ email: 'ann@x.test', title: 'Mr' })).toBe('notSo')
  })
})

describe('what a look at groups and leads says about a write', () => {
  const group: TargetGroup = { id: 'G1', name: 'dev', grantsAdmin: false, grantsAccess: [jira] }
  const ofGroup = (part: Partial<ChangeRecord>, there: TargetGroup | undefined) =>
    sightingOf(
      { ...change(1, part), groupId: 'G1' },
      { accounts: new Map(), groups: new Map(there === undefined ? [] : [['G1', there]]), leads: new Map() },
    )
  const { grantsAccess: _, ...silent } = group

  it.each<readonly [string, Partial<ChangeRecord>, TargetGroup | undefined, Sighting]>([
    ['a new group is there', { kind: 'group.create' }, group, 'so'],
    ['a new group is not there', { kind: 'group.create' }, undefined, 'notSo'],
    ['the group gives the access', { kind: 'access.grant', access: jira }, group, 'so'],
    ['the group gives another access', { kind: 'access.grant', access: wiki }, group, 'notSo'],
    ['the group gives it no more', { kind: 'access.revoke', access: wiki }, group, 'so'],
    ['the group still gives it', { kind: 'access.revoke', access: jira }, group, 'notSo'],
    ['the group does not tell', { kind: 'access.revoke', access: jira }, silent, 'untold'],
    ['the group is gone', { kind: 'access.grant', access: jira }, undefined, 'untold'],
  ])('%s', (_name, part, there, expected) => {
    expect(ofGroup(part, there)).toBe(expected)
  })

  it('a lead was handed over, is led by another, or is not told', () => {
    const lead = { kind: 'project', id: '1', name: 'Shop', project: 'SHOP', to: { id: 'max', label: 'max' } } as const
    const led = (leads: ReadonlyMap<string, string | null>) =>
      sightingOf(
        { ...change(1, { kind: 'lead.handover', lead }), accountId: 'A1' },
        { accounts: new Map(), groups: new Map(), leads },
      )
    expect(led(new Map([[ledKey(lead), 'max']]))).toBe('so')
    expect(led(new Map([[ledKey(lead), 'zoe']]))).toBe('notSo')
    expect(led(new Map([[ledKey(lead), null]]))).toBe('notSo')
    expect(led(new Map())).toBe('untold')
  })
})
