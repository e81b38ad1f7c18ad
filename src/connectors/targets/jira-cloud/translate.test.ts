import { describe, expect, it } from 'vitest'
import { type OrgGroup, type OrgUser, orgUser } from '../../kit/atlassian-cloud/schemas.ts'
import {
  groupIdOf,
  groupReadOnly,
  isInDirectory,
  orgAccount,
  orgAccountState,
  orgGroup,
} from '../../kit/atlassian-cloud/translate.ts'
import { siteUser } from './schemas.ts'
import { siteAccount, siteGroup } from './translate.ts'

const user = (fields: object): OrgUser => orgUser.parse({ accountId: 'a1', ...fields })
const group = (fields: object) =>
  ({ id: 'g1', name: 'devs', externalSynced: false, managementAccess: { modifiable: true }, ...fields }) as OrgGroup
const viewer = { managesAccounts: true }
const facts = {
  adminGroupIds: new Set(['g-admin']),
  access: new Map([['g1', [{ product: 'jira-software', role: 'user' }]]]),
}

describe('an account of the organization', () => {
  it.each([
    [{ status: 'active', accountStatus: 'active', membershipStatus: 'active' }, 'active'],
    [{ status: 'suspended', accountStatus: 'active', membershipStatus: 'suspended' }, 'suspended'],
    [{ membershipStatus: 'suspended' }, 'suspended'],
    [{ status: 'deactivated', accountStatus: 'inactive' }, 'disabled'],
    [{ accountStatus: 'inactive', membershipStatus: 'suspended' }, 'disabled'],
    [{ accountStatus: 'closed' }, 'disabled'],
    [{ status: 'for_deletion', accountStatus: 'active' }, 'disabled'],
    [{}, 'active'],
  ])('with %j is %s', (fields, state) => {
    expect(orgAccountState(user(fields))).toBe(state)
  })

  it.each([
    [{ membershipStatus: 'no_membership' }, false],
    [{ status: 'not_invited' }, false],
    [{ membershipStatus: 'suspended' }, true],
    [{}, true],
  ])('with %j is in the directory: %s', (fields, expected) => {
    expect(isInDirectory(user(fields))).toBe(expected)
  })

  it('carries bare group ids, each once, and an e-mail only when it is shown', () => {
    const account = orgAccount(
      user({
        accountType: 'atlassian',
        name: 'Mia',
        email: null,
        claimStatus: 'unmanaged',
        jobTitle: 'Smith',
        groups: [{ id: 'ari:cloud:identity::group/g1' }, { id: 'g1' }, { id: 'g2' }],
      }),
      viewer,
    )
    expect(account).toEqual({
      id: 'a1',
      kind: 'person',
      state: 'active',
      displayName: 'Mia',
      managed: false,
      refuses: expect.objectContaining({ 'account.update': expect.stringContaining('only the person') }),
      attributes: { jobTitle: 'Smith' },
      memberOf: ['g1', 'g2'],
    })
  })

  it('that is our own is flagged and must not be written', () => {
    expect(orgAccount(user({}), { ...viewer, ownAccountId: 'a1' })).toMatchObject({
      own: true,
      readOnlyBecause: expect.stringContaining('own'),
    })
  })
})

describe('an account of the site', () => {
  it.each([
    ['atlassian', 'person'],
    ['app', 'app'],
    ['customer', 'customer'],
    ['unknown', 'unknown'],
    ['something-new', 'unknown'],
    [undefined, 'unknown'],
  ])('of type %s is a %s', (accountType, kind) => {
    expect(siteAccount(siteUser.parse({ accountId: 'a1', active: true, accountType }), undefined).kind).toBe(kind)
  })

  it('that is inactive counts as suspended', () => {
    expect(siteAccount(siteUser.parse({ accountId: 'a1', active: false }), undefined).state).toBe('suspended')
  })
})

describe('a group', () => {
  it.each([
    [{}, undefined],
    [{ externalSynced: true }, 'identity provider'],
    [{ managedBy: 'external' }, 'identity provider'],
    [{ managementAccess: { modifiable: false } }, 'does not let us'],
    [{ managementAccess: null }, 'does not say'],
    [{ externalSynced: null }, 'does not say'],
  ])('with %j is read-only: %s', (fields, why) => {
    const reason = groupReadOnly(group(fields))
    if (why === undefined) expect(reason).toBeUndefined()
    else expect(reason).toContain(why)
  })

  it('administers by what the target says, or by its name alone', () => {
    expect(siteGroup({ groupId: 'g-admin', name: 'ops' }, facts).grantsAdmin).toBe(true)
    expect(siteGroup({ groupId: 'g9', name: 'Site-Admins' }, facts).grantsAdmin).toBe(true)
    expect(siteGroup({ groupId: 'g9', name: 'devs' }, facts).grantsAdmin).toBe(false)
  })

  it('gives product access only as far as the target can tell', () => {
    expect(orgGroup(group({}), facts).grantsAccess).toEqual([{ product: 'jira-software', role: 'user' }])
    expect(siteGroup({ groupId: 'g9', name: 'x' }, facts).grantsAccess).toEqual([])
    expect('grantsAccess' in siteGroup({ groupId: 'g1', name: 'x' }, { ...facts, access: undefined })).toBe(false)
  })

  it('has the same id with and without the ARI prefix', () => {
    expect(groupIdOf('ari:cloud:identity::group/g1')).toBe(groupIdOf('g1'))
  })
})

it('tells which accounts user management leaves alone, and that a managed profile without a value is empty', () => {
  const of = (fields: object) => orgAccount(user(fields), viewer)
  expect(of({ claimStatus: 'managed', managementSource: 'synced' }).refuses?.['account.update']).toContain('in sync')
  expect(of({ claimStatus: 'managed', managementSource: 'invited' }).refuses).toBeUndefined()
  expect(of({ claimStatus: 'managed', department: '' }).attributes).toMatchObject({ department: null, nickname: null })
  expect(of({ claimStatus: 'unmanaged', department: '' }).attributes).toEqual({})
  expect(of({ claimStatus: 'managed', emailVerified: false }).refuses).toEqual({
    'account.update': expect.stringContaining('not confirmed'),
  })
  expect(of({}).refuses).toBeUndefined()
})
