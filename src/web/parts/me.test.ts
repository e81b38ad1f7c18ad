import { expect, it } from 'vitest'
import { holds } from './me.ts'

it('a role on one connection counts there, and a role held everywhere counts on all', () => {
  const ofStaff = { roles: ['viewer' as const], onConnections: { staff: ['approver' as const] } }
  expect(holds(ofStaff, 'approver', 'staff')).toBe(true)
  expect(holds(ofStaff, 'approver', 'partners')).toBe(false)
  expect(holds(ofStaff, 'approver')).toBe(false)
  expect(holds(ofStaff, 'viewer', 'partners')).toBe(true)
  expect(holds({ roles: ['admin'] }, 'operator', 'staff')).toBe(true)
})
