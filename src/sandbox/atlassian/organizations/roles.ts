import type { Answer, Call } from '../../server/call.ts'
import { giveRole, takeRole } from '../admission.ts'
import { type Account, type Group, membershipIn, type Organization, type Product, seatRoles } from '../model.ts'
import { seenPlatformRoles, type Twin } from '../twin.ts'
import { belongsTo, bodyObject, directoryToRead, pathAccount, pathGroup, requireOrganization } from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { refuse } from './dialect.ts'
import { groupToWrite } from './group-writes.ts'
import { readRule } from './invitation.ts'
import { queryFilters } from './query-string.ts'
import { resourceOwner } from './views.ts'

const groupBody = { resource: 'resourceId', role: 'roleId' }

/** GET …/groups/{groupId}/role-assignments */
export function listGroupRoles(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const group = pathGroup(twin, call, organization, directoryToRead(call, organization))
  const data = [...twin.state.visibility.shown(group).roles].map(([resourceId, roles]) => ({
    resourceId,
    resourceOwner: resourceOwner(resourceId),
    roles: [...roles],
    defaultRole: twin.state.organizations.product(resourceId)?.defaultGroups.has(group) ? 'atlassian/user' : null,
  }))
  return rolePage(call, data)
}

/** POST …/groups/{groupId}/role-assignments/assign */
export function assignGroupRole(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const { product, role } = readRule(twin, organizationOf(twin, group), bodyObject(call), groupBody)
  if (lacksSeats(twin, group, product, role)) refuse('ADMIN-409-3')
  const isNew = twin.state.roles.grant(group, product.resource, role)
  if (!isNew && twin.variants.is('grantHeldRole', '409')) refuse('ADMIN-409-28', 'The group has the role already')
  return { status: 200 }
}

/** POST …/groups/{groupId}/role-assignments/revoke */
export function revokeGroupRole(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const { product, role } = readRule(twin, organizationOf(twin, group), bodyObject(call), groupBody)
  const wasHeld = twin.state.roles.revoke(group, product.resource, role)
  if (!wasHeld && twin.variants.is('revokeMissingRole', '404')) refuse('ADMIN-404-1', 'The group has no such role')
  return { status: 204 }
}

/** GET …/users/{accountId}/role-assignments */
export function listUserRoles(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:directories:admin')
  const directoryId = directoryToRead(call, organization)
  const truth = pathAccount(twin, call)
  if (!belongsTo(twin, truth, organization, directoryId)) refuse('ADMIN-404-8')
  const account = twin.state.visibility.shown(truth)
  const products = organization.sites
    .filter((site) => directoryId === undefined || site.directoryId === directoryId)
    .flatMap((site) => site.products)
  const data: Assignment[] = products.flatMap((product) => {
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
  return rolePage(call, data)
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
    const wasHeld = takeRole(twin, account, product, role)
    if (!wasHeld && twin.variants.is('revokeMissingRole', '404')) refuse('ADMIN-UAM-404-1', 'The user has no such role')
    return { status: 204 }
  }
  if (account.accountStatus !== 'active') refuse('ADMIN-UAM-400-2')
  if (twin.state.seats.missingFor(account, new Map([[product.resource, new Set([role])]])) !== undefined)
    refuse('ADMIN-UAM-409-3')
  twin.state.people.add(account, product.site.directoryId)
  if (!giveRole(twin, account, product, role) && twin.variants.is('grantHeldRole', '409')) {
    refuse('ADMIN-UAM-409-2', 'The user has the role already')
  }
  return { status: 204 }
}

function changeOrgRole(twin: Twin, call: Call, granted: boolean): Answer {
  const organization = requireOrganization(twin, call, 'write:directories:admin')
  const account = pathAccount(twin, call, 'userId')
  if (bodyObject(call).role !== 'atlassian/org-admin') refuse('ADMIN-UAM-400-1', 'role must be atlassian/org-admin')
  twin.state.roles.setPlatform(account, organization, 'atlassian/org-admin', granted)
  return { status: 204 }
}

interface Assignment {
  readonly resourceId: string
  readonly roles: readonly string[]
  readonly [property: string]: unknown
}

/** A page of role assignments, narrowed as asked; a cursor stands for everything else. */
function rolePage(call: Call, all: readonly Assignment[]): Answer {
  const cursor = call.query.get('cursor')
  const position = cursor === null ? undefined : readCursor(cursor, call.path)
  const query = position?.query ?? queryFilters(call, ['limit'])
  const limit = pageLimit(query.limit, 20, 100)
  const asked = (name: string) => query[name] as readonly string[] | undefined
  const [owners, resources, roleIds] = [asked('resourceOwners'), asked('resourceIds'), asked('roleIds')]
  const fitting = all.filter(
    ({ resourceId, roles }) =>
      (owners?.includes(resourceOwner(resourceId)) ?? true) &&
      (resources?.includes(resourceId) ?? true) &&
      (roleIds === undefined || roles.some((role) => roleIds.includes(role))),
  )
  const from = position === undefined ? 0 : fitting.findIndex(({ resourceId }) => resourceId === position.after) + 1
  const page = fitting.slice(from, from + limit)
  const last = page.at(-1)
  const links: Record<string, string> = {}
  if (last !== undefined && from + limit < fitting.length) {
    links.next = writeCursor({ list: call.path, after: last.resourceId, query })
  }
  return { status: 200, json: { data: page, links } }
}

function assignment(account: Account, product: Product, roles: readonly string[]): Assignment {
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

function lacksSeats(twin: Twin, group: Group, product: Product, role: string): boolean {
  if (product.seats === null || !seatRoles.has(role)) return false
  const asking = group.members.items.filter((account) =>
    twin.state.seats.isNeededFor(account, new Set([role]), product),
  )
  return asking.length > product.seats - product.used
}
