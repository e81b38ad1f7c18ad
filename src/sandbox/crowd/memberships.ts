import { effectiveGroups, effectiveMembers, fold, type Group, type User, withNested } from '../data-center/model.ts'
import { type Answer, type Call, Refusal } from '../server/call.ts'
import { caller, firstDirectory, requireMembership } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { groupNamed, isExpanded, pageOf, queryGroup, queryUser, userNamed } from './lookup.ts'
import type { CrowdTwin } from './twin.ts'
import { groupView, nameOf, nameView, userView } from './views.ts'
import { element } from './xml.ts'

/** POST /group/user/direct: user missing 400, group missing 404, a second time 409. */
export function addUserToGroup(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  const group = queryGroup(twin, call)
  return added(twin, call, group, userNamed(twin, nameIn(twin, call), 400))
}

/** POST /user/group/direct: the other way round, and so are the statuses: group missing 400, user missing 404. */
export function addGroupToUser(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  const user = queryUser(twin, call)
  return added(twin, call, groupNamed(twin, nameIn(twin, call), 400), user)
}

/** DELETE /group/user/direct and /user/group/direct: 404 for a missing user, group or membership. */
export function removeMembership(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const [group, user] = [queryGroup(twin, call), queryUser(twin, call)]
  if (!group.members.has(user)) {
    refuse(twin, 404, 'MEMBERSHIP_NOT_FOUND', `User <${user.name}> is no direct member of <${group.name}>`)
  }
  requireMembership(twin, application, user, group)
  twin.store.removeMember(group, user)
  return { status: 204 }
}

/** GET /group/user/direct; with `username` whether that one is a member. */
export function directUsers(twin: CrowdTwin, call: Call): Answer {
  return users(twin, call, (group) => group.members)
}

/** GET /group/user/nested */
export function nestedUsers(twin: CrowdTwin, call: Call): Answer {
  return users(twin, call, effectiveMembers)
}

/** GET /user/group/direct */
export function directGroups(twin: CrowdTwin, call: Call): Answer {
  return groupsOf(twin, call, (user) => user.groups)
}

/** GET /user/group/nested */
export function nestedGroups(twin: CrowdTwin, call: Call): Answer {
  return groupsOf(twin, call, effectiveGroups)
}

/** GET /group/child-group/direct */
export function childGroups(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  return groupList(twin, call, queryGroup(twin, call).children)
}

/** POST /group/child-group/direct: a circle is a 400. */
export function nestGroup(twin: CrowdTwin, call: Call): Answer {
  const application = caller(twin, call)
  const parent = queryGroup(twin, call)
  const child = groupNamed(twin, nameIn(twin, call), 400)
  if (parent.synced || firstDirectory(twin, application, 'update-group') === undefined) {
    refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', `Not allowed: the group ${parent.name} is read-only`)
  }
  if (withNested(child).has(parent)) refuse(twin, 400, 'INVALID_GROUP', 'Groups must not hold each other')
  if (!twin.store.nest(parent, child) && twin.variants.is('nestAgain', '409')) {
    refuse(twin, 409, 'MEMBERSHIP_ALREADY_EXISTS', `<${child.name}> is in <${parent.name}> already`)
  }
  return { status: 201 }
}

/** DELETE /group/child-group/direct */
export function unnestGroup(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  const parent = queryGroup(twin, call)
  const child = queryGroup(twin, call, 'child-groupname')
  if (parent.synced) refuse(twin, 403, 'APPLICATION_PERMISSION_DENIED', `The group ${parent.name} is read-only`)
  if (!twin.store.unnest(parent, child)) {
    refuse(twin, 404, 'MEMBERSHIP_NOT_FOUND', `<${child.name}> is not in <${parent.name}>`)
  }
  return { status: 204 }
}

/** GET /group/membership: everything at once, in XML only. */
export function allMemberships(twin: CrowdTwin, call: Call): Answer {
  caller(twin, call)
  if (!/xml|\*\/\*/.test(call.headers.accept ?? '*/*')) throw new Refusal({ status: 406, text: 'Not Acceptable' })
  const named = (tag: string, all: Iterable<User | Group>) =>
    [...all].map((each) => element(tag, { name: nameOf(twin, each) })).join('')
  const groups = call.shortPage === undefined ? twin.store.groups : twin.store.groups.slice(0, call.shortPage.keep)
  const lines = groups.map((group) =>
    element(
      'membership',
      { group: nameOf(twin, group) },
      element('users', {}, named('user', seen(twin, group.members))) +
        element('groups', {}, named('group', group.children)),
    ),
  )
  return {
    status: 200,
    text: `<?xml version="1.0" encoding="UTF-8"?>${element('memberships', {}, lines.join(''))}`,
    headers: { 'content-type': 'application/xml;charset=UTF-8' },
  }
}

function added(twin: CrowdTwin, call: Call, group: Group, user: User): Answer {
  if (group.members.has(user)) {
    refuse(twin, 409, 'MEMBERSHIP_ALREADY_EXISTS', `User <${user.name}> is a member of <${group.name}> already`)
  }
  requireMembership(twin, caller(twin, call), user, group)
  twin.store.addMember(group, user)
  return { status: 201 }
}

function users(twin: CrowdTwin, call: Call, membersOf: (group: Group) => Iterable<User>): Answer {
  caller(twin, call)
  const members = seen(twin, membersOf(queryGroup(twin, call)))
  const name = call.query.get('username')
  if (name !== null) {
    const member = members.find((user) => fold(user.name) === fold(name))
    if (member === undefined) return refuse(twin, 404, 'MEMBERSHIP_NOT_FOUND', `User <${name}> is no member`)
    return { status: 200, json: nameView(twin, member) }
  }
  const isFull = isExpanded(call, 'user')
  const page = pageOf(twin, call, members)
  return {
    status: 200,
    json: { users: page.map((user) => (isFull ? userView(twin, user, false) : nameView(twin, user))) },
  }
}

function groupsOf(twin: CrowdTwin, call: Call, of: (user: User) => Iterable<Group>): Answer {
  caller(twin, call)
  return groupList(twin, call, of(queryUser(twin, call)))
}

function groupList(twin: CrowdTwin, call: Call, groups: Iterable<Group>): Answer {
  const isFull = isExpanded(call, 'group')
  const page = pageOf(twin, call, [...groups].sort(byName))
  return {
    status: 200,
    json: { groups: page.map((group) => (isFull ? groupView(twin, group, false) : nameView(twin, group))) },
  }
}

/** Those of the first directory of their name, in order. */
function seen({ store }: CrowdTwin, members: Iterable<User>): User[] {
  return [...members].filter((user) => store.isSeen(user)).sort(byName)
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return fold(a.name) < fold(b.name) ? -1 : 1
}

function nameIn(twin: CrowdTwin, call: Call): string {
  const { name } = bodyObject(twin, call)
  return typeof name === 'string' ? name : refuse(twin, 400, 'ILLEGAL_ARGUMENT', 'The body has no name')
}
