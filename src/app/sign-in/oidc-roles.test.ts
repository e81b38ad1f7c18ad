import { describe, expect, it } from 'vitest'
import { grantsFrom } from './oidc-roles.ts'

const roles = [
  { group: 'admins', roles: ['admin', 'approver'] },
  { group: '/staff/ops', roles: ['operator'], connections: ['staff', 'partners'] },
  { group: 'staff/ops', roles: ['viewer'] },
] as const
const grants = (claims: object, groupsClaim = 'groups') =>
  grantsFrom(claims as Record<string, unknown>, { groupsClaim, roles: roles as never })

describe('roles from groups', () => {
  it('add up over all groups that fit, with a slash before the name or without', () => {
    expect(grants({ groups: ['/admins', 'unknown'] })).toEqual([{ role: 'admin' }, { role: 'approver' }])
    expect(grants({ groups: ['/staff/ops'] })).toEqual([
      { role: 'operator', connection: 'staff' },
      { role: 'operator', connection: 'partners' },
      { role: 'viewer' },
    ])
  })

  it('are none for somebody in no group of ours, and unknown where no groups were sent', () => {
    expect(grants({ groups: [] })).toEqual([])
    expect(grants({ groups: ['ADMINS', 'admins2', 7, null] })).toEqual([])
    expect(grants({})).toBeUndefined()
    expect(grants({ groups: { admins: true } })).toBeUndefined()
  })

  it('are found at a path, but a claim of that very name goes first', () => {
    expect(grants({ realm_access: { roles: ['admins'] } }, 'realm_access.roles')).toHaveLength(2)
    expect(grants({ 'https://acme/groups': 'admins' }, 'https://acme/groups')).toHaveLength(2)
    expect(grants({ toString: ['admins'] }, 'constructor.name')).toBeUndefined()
  })
})
