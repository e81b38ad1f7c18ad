import type { AccessRole } from '../../../domain/access.ts'
import { rolePrefix } from './org-roles.ts'
import type { RoleAssignment } from './schemas.ts'
import type { CloudSession } from './session.ts'

type ProductOf = CloudSession['productOf']

/** Roles of an account as our words. Pure. */
export interface AccountAccess {
  /** Given to the account itself. */
  readonly own: readonly AccessRole[]
  /** Through a group. */
  readonly byGroup: readonly AccessRole[]
}

/**
 * `roleAssignments` names the way each role came; the older `roles` does not, and then a role counts as the account's own
 * unless one of its groups gives it. Resources that are no product of ours are left out.
 */
export function accountAccess(
  assignments: readonly RoleAssignment[],
  groupAccess: readonly AccessRole[],
  productOf: ProductOf,
): AccountAccess {
  const own: AccessRole[] = []
  const byGroup: AccessRole[] = []
  for (const assignment of assignments) {
    for (const { methods, ...access } of rolesIn(assignment, productOf)) {
      const isGroups = groupAccess.some((each) => each.product === access.product && each.role === access.role)
      if (methods?.includes('direct') ?? !isGroups) own.push(access)
      if (methods?.includes('group_direct') ?? isGroups) byGroup.push(access)
    }
  }
  return { own, byGroup }
}

/** What members of a group have by it. */
export function groupRoles(assignments: readonly RoleAssignment[], productOf: ProductOf): readonly AccessRole[] {
  return assignments.flatMap((each) => rolesIn(each, productOf)).map(({ product, role }) => ({ product, role }))
}

function rolesIn({ resourceId, roles, roleAssignments }: RoleAssignment, productOf: ProductOf) {
  const product = productOf(resourceId)
  if (product === undefined) return []
  const told = roleAssignments ?? (roles ?? []).map((role) => ({ role, roleAssignmentMethods: undefined }))
  return told.map(({ role, roleAssignmentMethods }) => ({
    product,
    role: role.replace(rolePrefix, ''),
    methods: roleAssignmentMethods ?? undefined,
  }))
}
