import type { Answer, Call } from '../../server/call.ts'
import { fold, type Group, grantsAdministration, isActiveIn, type Site } from '../model.ts'
import { isDeletable, type Twin } from '../twin.ts'
import { siteAdmin, visit } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { accountNamed } from './users.ts'
import { groupsAt, groupView, numberParam, pageOf, userView } from './views.ts'

const largestPage = 200

/** GET /group, narrowed by `accessType`. */
export function listGroups(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  const accessType = call.query.get('accessType')
  const groups = groupsAt(twin, site).filter((group) => accessType === null || hasAccess(twin, call, group, accessType))
  return pageOf(twin, call, groups, groupView)
}

/** GET /group/picker: names that contain the text. */
export function pickGroups(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  const text = call.query.get('query')
  if (text === null) return refuse(twin, call, 400, 'query is required')
  return pageOf(
    twin,
    call,
    groupsAt(twin, site).filter(({ name }) => fold(name).includes(fold(text))),
    groupView,
  )
}

/** GET /group/by-id */
export function getGroup(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  return { status: 200, json: groupView(groupNamed(twin, call, site, call.query.get('id'))) }
}

/** GET /group/{groupId}/membersByGroupId: without people who are suspended or deactivated. */
export function listMembers(twin: Twin, call: Call): Answer {
  const { site } = visit(twin, call)
  if (numberParam(twin, call, 'limit', largestPage) > largestPage) {
    refuse(twin, call, 400, `limit must not be more than ${largestPage}`)
  }
  const group = groupNamed(twin, call, site, call.param('groupId'))
  const { visibility } = twin.state
  const withSuspended = twin.variants.is('confluenceSuspendedMembers', 'shown')
  const members = visibility
    .membersOf(group)
    .filter((account) => withSuspended || isActiveIn(visibility.shown(account), site.directoryId))
  return pageOf(twin, call, members, (account) => userView(twin, site, account))
}

/** POST /group */
export function createGroup(twin: Twin, call: Call): Answer {
  const { site } = siteAdmin(twin, call)
  const { name } = bodyObject(twin, call)
  if (typeof name !== 'string' || name.trim() === '') return refuse(twin, call, 400, 'The name is missing or invalid')
  if (twin.state.groups.byName(name, site.directoryId) !== undefined) {
    refuse(twin, call, Number(twin.variants.get('confluenceGroupExists')), `Group ${name} already exists`)
  }
  return { status: 201, json: groupView(twin.state.groups.create({ name, directoryId: site.directoryId })) }
}

/** DELETE /group/by-id */
export function deleteGroup(twin: Twin, call: Call): Answer {
  const { site } = siteAdmin(twin, call)
  const group = groupNamed(twin, call, site, call.query.get('id'))
  if (!isDeletable(group)) refuse(twin, call, 403, 'This group cannot be deleted')
  twin.state.groups.delete(group)
  return { status: 204 }
}

/** POST /group/userByGroupId */
export function addMember(twin: Twin, call: Call): Answer {
  const { site } = siteAdmin(twin, call)
  const group = groupNamed(twin, call, site, call.query.get('groupId'))
  const { accountId } = bodyObject(twin, call)
  const account = accountNamed(twin, call, site, typeof accountId === 'string' ? accountId : null)
  refuseSynced(twin, call, group)
  if (account.groups.has(group)) {
    const status = Number(twin.variants.get('confluenceAddAgain'))
    return status === 201 ? { status } : refuse(twin, call, status, 'User is already a member of the group')
  }
  if (twin.state.seats.missingFor(account, group.roles) !== undefined) {
    refuse(twin, call, 400, 'The number of licensed users is exceeded')
  }
  twin.state.groups.addMember(group, account)
  return { status: 201 }
}

/** DELETE /group/userByGroupId: 204 for somebody who is not in the group as well. */
export function removeMember(twin: Twin, call: Call): Answer {
  const { site } = siteAdmin(twin, call)
  const group = groupNamed(twin, call, site, call.query.get('groupId'))
  const account = accountNamed(twin, call, site, call.query.get('accountId'))
  refuseSynced(twin, call, group)
  twin.state.groups.removeMember(group, account)
  return { status: 204 }
}

function groupNamed(twin: Twin, call: Call, site: Site, id: string | null): Group {
  if (id === null || id === '') return refuse(twin, call, 400, 'The id of the group is missing')
  const group = twin.state.group(id)
  if (group === undefined || group.directoryId !== site.directoryId || !twin.state.visibility.seen(group)) {
    return refuse(twin, call, 404, `No group found with id: ${id}`)
  }
  return group
}

function hasAccess(twin: Twin, call: Call, group: Group, accessType: string): boolean {
  const roles = new Set([...group.roles.values()].flatMap((each) => [...each]))
  if (accessType === 'user') return roles.has('atlassian/user')
  if (accessType === 'admin') return roles.has('atlassian/admin') && grantsAdministration(group)
  if (accessType === 'site-admin') return roles.has('atlassian/site-admin') || roles.has('atlassian/org-admin')
  return refuse(twin, call, 400, `There is no access type ${accessType}`)
}

function refuseSynced(twin: Twin, call: Call, { synced }: Group): void {
  if (synced) refuse(twin, call, 403, 'The group is managed by an identity provider')
}
