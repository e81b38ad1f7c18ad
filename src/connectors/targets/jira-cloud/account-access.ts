import type { AccessRole } from '../../../domain/access.ts'
import type { RoleAssignment } from './schemas.ts'
import { jiraResource, productId, rolePrefix } from './workspaces.ts'

/** Roles of an account as our words. Pure. */
export interface AccountAccess {
  /** Given to the account itself. */
  readonly own: readonly AccessRole[]
  /** Through a group. */
  readonly byGroup: readonly AccessRole[]
}

/**
 * `roleAssignments` names the way each role came; the older `roles` does not, and then a role counts as the account's own
 * unless one of its groups gives it. Resources that are no Jira product are left out.
 */
export function accountAccess(
  assignments: readonly RoleAssignment[],
  groupAccess: readonly AccessRole[],
): AccountAccess {
  const own: AccessRole[] = []
  const byGroup: AccessRole[] = []
  for (const assignment of assignments) {
    for (const { methods, ...access } of rolesIn(assignment)) {
      const isGroups = groupAccess.some((each) => each.product === access.product && each.role === access.role)
      if (methods?.includes('direct') ?? !isGroups) own.push(access)
      if (methods?.includes('group_direct') ?? isGroups) byGroup.push(access)
    }
  }
  return { own, byGroup }
}

/** What members of a group have by it. */
export function groupRoles(assignments: readonly RoleAssignment[]): readonly AccessRole[] {
  return assignments.flatMap(rolesIn).map(({ product, role }) => ({ product, role }))
}

function rolesIn({ resourceId, roles, roleAssignments }: RoleAssignment) {
  const resource = jiraResource({ id: resourceId, name: '', hostUrl: undefined })
  if (resource === undefined) return []
  const told = roleAssignments ?? (roles ?? []).map((role) => ({ role, roleAssignmentMethods: undefined }))
  return told.map(({ role, roleAssignmentMethods }) => ({
    product: productId(resource),
    role: role.replace(rolePrefix, ''),
    methods: roleAssignmentMethods ?? undefined,
  }))
}
