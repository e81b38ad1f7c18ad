import type { Answer, Call } from '../../server/call.ts'
import { giveRole } from '../admission.ts'
import { type Account, type Group, membershipIn, type Organization, type Product, seatRoles } from '../model.ts'
import { seenPlatformRoles, type Twin } from '../twin.ts'
import { belongsTo, bodyObject, directoryToRead, pathAccount, pathGroup, requireOrganization } from './access.ts'
import { pageLimit } from './cursor.ts'
import { refuse } from './dialect.ts'
import { groupToWrite } from './groups.ts'
import { readRule } from './invitation.ts'

const groupBody = { resource: 'resourceId', role: 'roleId' }

/** GET …/groups/{groupId}/role-assignments */
export function listGroupRoles(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const group = pathGroup(twin, call, organization, directoryToRead(call, organization))
  const limit = pageLimit(call.query.get('limit') ?? undefined, 20, 100)
  const data = [...twin.state.visibility.shown(group).roles].map(([resourceId, roles]) => ({
    resourceId,
    resourceOwner: ownerOf(resourceId),
    roles: [...roles],
    defaultRole: twin.state.organizations.product(resourceId)?.defaultGroups.has(group) ? 'atlassian/user' : null,
  }))
  return { status: 200, json: { data: data.slice(0, limit), links: {} } }
}

/** POST …/groups/{groupId}/role-assignments/assign */
export function assignGroupRole(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const { product, role } = readRule(twin, organizationOf(twin, group), bodyObject(call), groupBody)
  if (lacksSeats(twin, group, product, role)) refuse('ADMIN-409-3')
  twin.state.roles.grant(group, product.resource, role)
  return { status: 200 }
}

/** POST …/groups/{groupId}/role-assignments/revoke */
export function revokeGroupRole(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const { product, role } = readRule(twin, organizationOf(twin, group), bodyObject(call), groupBody)
  twin.state.roles.revoke(group, product.resource, role)
  return { status: 204 }
}

/** GET …/users/{accountId}/role-assignments */
export function listUserRoles(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const truth = pathAccount(twin, call)
  if (!belongsTo(twin, truth, organization, directoryId)) refuse('ADMIN-404-8')
  const account = twin.state.visibility.shown(truth)
  const limit = pageLimit(call.query.get('limit') ?? undefined, 20, 100)
  const products = organization.sites
    .filter((site) => directoryId === undefined || site.directoryId === directoryId)
    .flatMap((site) => site.products)
  const data: object[] = products.flatMap((product) => {
    const roles = [...twin.state.seats.rolesOn(account, product)]
    return roles.length === 0 ? [] : [assignment(account, product, roles)]
  })
  const platform = [...seenPlatformRoles(twin, truth, organization)]
  if (platform.length > 0) {
    data.push({
      resourceId: `ari:cloud:platform::org/${organization.orgId}`,
      resourceOwner: 'platform',
      directoryId: null,
      roles: platform,
      roleAssignments: platform.map((role) => ({ role, roleAssignmentMethods: ['direct'] })),
    })
  }
  return { status: 200, json: { data: data.slice(0, limit), links: {} } }
}

/** POST /v1/orgs/{orgId}/users/{userId}/roles/assign|revoke */
export function assignUserRole(twin: Twin, call: Call): Answer {
  return changeUserRole(twin, call, true)
}

export function revokeUserRole(twin: Twin, call: Call): Answer {
  return changeUserRole(twin, call, false)
}

/** POST /v1/orgs/{orgId}/users/{userId}/role-assignments/assign|revoke: organization admin only. */
export function assignOrgRole(twin: Twin, call: Call): Answer {
  return changeOrgRole(twin, call, true)
}

export function revokeOrgRole(twin: Twin, call: Call): Answer {
  return changeOrgRole(twin, call, false)
}

function changeUserRole(twin: Twin, call: Call, granted: boolean): Answer {
  const organization = requireOrganization(twin, call, 'write:directories:admin')
  const account = pathAccount(twin, call, 'userId')
  const body = bodyObject(call)
  if (body.role === 'atlassian/org-admin' || body.role === 'atlassian/site-admin') {
    twin.state.roles.setPlatform(account, organization, body.role, granted)
    return { status: 204 }
  }
  const { product, role } = readRule(twin, organization, body)
  if (!granted) {
    twin.state.roles.revoke(account, product.resource, role)
    if (twin.variants.is('roleGrant', 'default-group')) {
      for (const group of product.defaultGroups) twin.state.groups.removeMember(group, account)
    }
    return { status: 204 }
  }
  if (account.accountStatus !== 'active') refuse('ADMIN-UAM-400-2')
  if (twin.state.seats.missingFor(account, new Map([[product.resource, new Set([role])]])) !== undefined)
    refuse('ADMIN-UAM-409-3')
  twin.state.people.add(account, product.site.directoryId)
  giveRole(twin, account, product, role)
  return { status: 204 }
}

function changeOrgRole(twin: Twin, call: Call, granted: boolean): Answer {
  const organization = requireOrganization(twin, call, 'write:directories:admin')
  const account = pathAccount(twin, call, 'userId')
  if (bodyObject(call).role !== 'atlassian/org-admin') refuse('ADMIN-UAM-400-1', 'role must be atlassian/org-admin')
  twin.state.roles.setPlatform(account, organization, 'atlassian/org-admin', granted)
  return { status: 204 }
}

function assignment(account: Account, product: Product, roles: readonly string[]): object {
  const own = account.roles.get(product.resource)
  return {
    resourceId: product.resource,
    resourceOwner: product.key,
    directoryId: product.site.directoryId,
    roles,
    roleAssignments: roles.map((role) => ({
      role,
      roleAssignmentMethods: [
        ...(own?.has(role) ? ['direct'] : []),
        ...(viaGroup(account, product, role) ? ['group_direct'] : []),
      ],
    })),
    userDirectoryStatus: membershipIn(account, product.site.directoryId)?.status ?? 'no_membership',
  }
}

function viaGroup(account: Account, product: Product, role: string): boolean {
  return [...account.groups].some((group) => group.roles.get(product.resource)?.has(role))
}

function organizationOf(twin: Twin, { directoryId }: Group): Organization {
  return twin.state.organizations.directory(directoryId)?.organization ?? refuse('ADMIN-404-2')
}

function ownerOf(resource: string): string {
  return /^ari:cloud:([^:]+):/.exec(resource)?.[1] ?? ''
}

function lacksSeats(twin: Twin, group: Group, product: Product, role: string): boolean {
  if (product.seats === null || !seatRoles.has(role)) return false
  const asking = group.members.items.filter((account) =>
    twin.state.seats.isNeededFor(account, new Set([role]), product),
  )
  return asking.length > product.seats - product.used
}
