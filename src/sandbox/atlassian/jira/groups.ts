import type { Answer, Call } from '../../server/call.ts'
import { fold, type Group, grantsAdministration, isActiveIn } from '../model.ts'
import { isDeletable, type Twin } from '../twin.ts'
import { hasPermission, requireBrowse, requireSiteAdmin, visit } from './access.ts'
import { refuse } from './dialect.ts'
import { accountIdParam, bodyObject, groupParam, presentAccount } from './lookup.ts'
import { numberParam, pageBean } from './paging.ts'
import { groupView, userView } from './views.ts'

const writeGroup = { classic: 'manage:jira-configuration', granular: ['write:group:jira'] }
const longestName = 255

/** GET /group/bulk */
export function listGroups(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'read:jira-user', granular: ['read:group:jira'] })
  requireBrowse(twin, visitor)
  const { query } = call
  let groups = siteGroups(twin, visitor.site.directoryId)
  const ids = query.getAll('groupId')
  const names = query.getAll('groupName')
  if (ids.length > 0 && names.length > 0) refuse(400, "Only one of 'groupId' and 'groupName' can be specified.")
  if (ids.length > 0) groups = groups.filter((group) => ids.includes(group.groupId))
  if (names.length > 0) {
    const exact = twin.variants.is('groupNameMatch', 'case-sensitive')
    const wanted = new Set(exact ? names : names.map(fold))
    groups = groups.filter((group) => wanted.has(exact ? group.name : fold(group.name)))
  }
  const accessType = query.get('accessType')
  if (accessType !== null) groups = groups.filter((group) => hasAccessType(group, accessType))
  const key = query.get('applicationKey')
  if (key !== null) {
    const product = visitor.site.products.find((each) => each.key === key)
    if (product === undefined) refuse(400, `Invalid application key: ${key}.`)
    groups = groups.filter((group) => group.roles.has(product.resource))
  }
  const largest = Number(twin.variants.get('groupBulkMaxPage'))
  return pageBean(call, visitor.base, groups, { usual: 50, largest }, ({ name, groupId }) => ({ name, groupId }))
}

/** GET /group/member: people who are not active only when asked for. */
export function listMembers(twin: Twin, call: Call): Answer {
  const scopes = {
    classic: 'manage:jira-configuration',
    granular: ['read:group:jira', 'read:user:jira', 'read:avatar:jira'],
  }
  const visitor = visit(twin, call, scopes)
  if (!hasPermission(twin, visitor, 'USER_PICKER'))
    refuse(403, 'You do not have permission to view the members of groups.')
  const { site, base } = visitor
  const group = groupParam(twin, call, site)
  const members = twin.state.visibility.membersOf(group)
  const shown =
    call.query.get('includeInactiveUsers') === 'true'
      ? members
      : members.filter((account) => isActiveIn(twin.state.visibility.shown(account), site.directoryId))
  return pageBean(call, base, shown, { usual: 50, largest: 50 }, (account) => userView(twin, site, base, account))
}

/** GET /groups/picker: names containing a text; open to everybody, who see none. Never more than 20. */
export function pickGroups(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'read:jira-user', granular: ['read:group:jira'] }, 'yes')
  const ignoreCase = call.query.get('caseInsensitive') === 'true'
  const text = call.query.get('query') ?? ''
  const fits = (name: string) => (ignoreCase ? fold(name).includes(fold(text)) : name.includes(text))
  const found = hasPermission(twin, visitor, 'USER_PICKER')
    ? siteGroups(twin, visitor.site.directoryId).filter((group) => fits(group.name))
    : []
  const shown = found.slice(0, Math.min(numberParam(call, 'maxResults', 20), 20))
  return {
    status: 200,
    json: {
      header: `Showing ${shown.length} of ${found.length} matching groups`,
      total: found.length,
      groups: shown.map(({ name, groupId }) => ({ name, groupId, html: name, labels: [] })),
    },
  }
}

/** POST /group */
export function createGroup(twin: Twin, call: Call): Answer {
  const scopes = { classic: 'manage:jira-configuration', granular: ['write:group:jira', 'read:group:jira'] }
  const visitor = visit(twin, call, scopes)
  requireSiteAdmin(twin, call, visitor)
  const { name } = bodyObject(call)
  if (typeof name !== 'string' || name.trim() === '') refuse(400, '', { name: 'Group name is required.' })
  if (name.length > longestName) refuse(400, '', { name: `Group names have at most ${longestName} characters.` })
  if (twin.state.groups.byName(name, visitor.site.directoryId) !== undefined)
    refuse(400, 'A group with this name already exists.')
  const group = twin.state.groups.create({ name, directoryId: visitor.site.directoryId })
  return { status: 201, json: groupView(visitor.base, group) }
}

/** DELETE /group */
export function deleteGroup(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, { classic: 'manage:jira-configuration', granular: ['delete:group:jira'] })
  requireSiteAdmin(twin, call, visitor)
  const group = groupParam(twin, call, visitor.site)
  const heir = call.query.get('swapGroupId')
  if (heir !== null && twin.state.group(heir) === undefined) refuse(404, `Group with id '${heir}' does not exist.`)
  if (!isDeletable(group)) refuse(403, 'This group cannot be deleted.')
  twin.state.groups.delete(group)
  return { status: 200 }
}

/** POST /group/user. A second add is 400 with the placeholder left in the text. */
export function addMember(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, writeGroup)
  requireSiteAdmin(twin, call, visitor)
  const group = groupParam(twin, call, visitor.site)
  const { accountId } = bodyObject(call)
  if (typeof accountId !== 'string' || accountId === '') refuse(400, '', { accountId: 'accountId is required.' })
  const account = presentAccount(twin, visitor.site, accountId)
  refuseSynced(group)
  if (account.groups.has(group)) refuse(400, "Cannot add user. User is already a member of '{1}'")
  if (twin.state.seats.missingFor(account, group.roles) !== undefined) {
    refuse(400, 'Cannot add user. The number of licensed users is exceeded.')
  }
  twin.state.groups.addMember(group, account)
  return { status: 201, json: groupView(visitor.base, group) }
}

/** DELETE /group/user */
export function removeMember(twin: Twin, call: Call): Answer {
  const visitor = visit(twin, call, writeGroup)
  requireSiteAdmin(twin, call, visitor)
  const group = groupParam(twin, call, visitor.site)
  const account = presentAccount(twin, visitor.site, accountIdParam(call))
  refuseSynced(group)
  if (!twin.state.groups.removeMember(group, account)) {
    const status = Number(twin.variants.get('removeNonMember'))
    if (status !== 200)
      refuse(status, `Cannot remove user from group '${group.name}' since user is not a member of it.`)
  }
  return { status: 200 }
}

function siteGroups(twin: Twin, directoryId: string): Group[] {
  return twin.state.groups.items.filter(
    (group) => group.directoryId === directoryId && twin.state.visibility.seen(group),
  )
}

function hasAccessType(group: Group, accessType: string): boolean {
  const roles = new Set([...group.roles.values()].flatMap((each) => [...each]))
  if (accessType === 'site-admin') return roles.has('atlassian/site-admin') || roles.has('atlassian/org-admin')
  if (accessType === 'admin') return grantsAdministration(group) && roles.has('atlassian/admin')
  if (accessType === 'user') return roles.has('atlassian/user')
  refuse(400, `Invalid access type: ${accessType}.`)
}

function refuseSynced(group: Group): void {
  if (group.synced)
    refuse(403, 'This group is synced from an identity provider. Manage it in your identity provider instead.')
}
