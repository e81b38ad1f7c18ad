import { effectiveMembers, type Group, type User } from '../data-center/model.ts'
import { mayChangeMembership } from '../data-center/store.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, caller, requireGroupNotAbove, requireOwnRightsKept } from './access.ts'
import { bodyObject, refuse, required, textOf } from './dialect.ts'
import { type BitbucketDcTwin, hasSeats, isLicensed } from './twin.ts'
import { userNamed } from './users.ts'
import { byName, detailedGroupView, detailedUserView, fits, pageOf } from './views.ts'

/** GET /admin/groups */
export function listGroups(twin: BitbucketDcTwin, call: Call): Answer {
  caller(twin, call, 'LICENSED_USER')
  return pageOf(twin, call, filtered(twin, call), detailedGroupView)
}

/** GET /groups: names only. */
export function listGroupNames(twin: BitbucketDcTwin, call: Call): Answer {
  caller(twin, call, 'LICENSED_USER')
  return pageOf(twin, call, filtered(twin, call), ({ name }) => name)
}

/** POST /admin/groups */
export function createGroup(twin: BitbucketDcTwin, call: Call): Answer {
  administrator(twin, call)
  const name = required(call, 'name')
  if (twin.store.group(name) !== undefined) refuse(409, `A group with the name ${name} exists already`, 'name')
  if (!twin.store.directories.some(({ active, mode }) => active && mode !== 'read-only')) {
    refuse(403, 'No user directory takes new groups')
  }
  return { status: 200, json: detailedGroupView(twin.store.createGroup(name)) }
}

/** DELETE /admin/groups: with the permissions it gives, but never the caller's own. */
export function deleteGroup(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const group = groupNamed(twin, required(call, 'name'))
  requireGroupNotAbove(twin, self, group)
  requireOwnRightsKept(twin, self, group)
  if (group.synced) refuse(Number(twin.variants.get('readOnlyStatus')), `${group.name} is in a read-only directory`)
  twin.store.deleteGroup(group)
  return { status: 200, json: detailedGroupView(group) }
}

/** GET /admin/groups/more-members */
export function listMembers(twin: BitbucketDcTwin, call: Call): Answer {
  return members(twin, call, true)
}

/** GET /admin/groups/more-non-members */
export function listOthers(twin: BitbucketDcTwin, call: Call): Answer {
  return members(twin, call, false)
}

/** POST /admin/groups/add-users: several people into one group. */
export function addUsers(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const body = bodyObject(call)
  const group = groupNamed(twin, textOf(body, 'group'))
  return addPairs(
    twin,
    self,
    listOf(body, 'users').map((name) => [group, twin.store.user(name)]),
  )
}

/** POST /admin/users/add-groups: one person into several groups. */
export function addGroups(twin: BitbucketDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const body = bodyObject(call)
  const user = userNamed(twin, textOf(body, 'user'))
  return addPairs(
    twin,
    self,
    listOf(body, 'groups').map((name) => [twin.store.group(name), user]),
  )
}

/** POST /admin/groups/add-user and /admin/users/add-group, which are deprecated. */
export function addOne(userField: 'context' | 'itemName') {
  return (twin: BitbucketDcTwin, call: Call): Answer => {
    const self = administrator(twin, call)
    return addPairs(twin, self, [pairOf(twin, call, userField)])
  }
}

/** POST /admin/users/remove-group, and the deprecated /admin/groups/remove-user. */
export function removeOne(userField: 'context' | 'itemName') {
  return (twin: BitbucketDcTwin, call: Call): Answer => {
    const self = administrator(twin, call)
    const [group, user] = pairOf(twin, call, userField)
    requireGroupNotAbove(twin, self, group)
    if (!group.members.has(user)) {
      if (twin.variants.is('removeNonMember', '404')) refuse(404, `${user.name} is not in ${group.name}`)
      return { status: 200 }
    }
    if (user === self) requireOwnRightsKept(twin, self, group)
    requireMutableGroups(twin, user, group)
    twin.store.removeMember(group, user)
    return { status: 200 }
  }
}

/** The group of that name; a refusal when there is none. */
export function groupNamed({ store }: BitbucketDcTwin, name: string): Group {
  return store.group(name) ?? refuse(404, `The group ${name} does not exist`)
}

type Pair = readonly [group: Group | undefined, user: User | undefined]

/** 404 if any is missing, then nobody is added, or the others are (variant). */
function addPairs(twin: BitbucketDcTwin, self: User, pairs: readonly Pair[]): Answer {
  const there = pairs.filter((pair): pair is [Group, User] => pair[0] !== undefined && pair[1] !== undefined)
  const isWhole = there.length === pairs.length
  if (!isWhole && twin.variants.is('addUsersMissing', 'all-or-nothing')) refuse(404, 'A user or group does not exist')
  for (const [group, user] of there) {
    requireGroupNotAbove(twin, self, group)
    if (group.members.has(user) && twin.variants.is('addAgain', '409')) {
      refuse(409, `${user.name} is in ${group.name} already`)
    }
    if (!group.members.has(user)) requireMutableGroups(twin, user, group)
  }
  const newcomers = there.filter(([group, user]) => group.grants.size > 0 && user.active && !isLicensed(twin, user))
  if (!hasSeats(twin, new Set(newcomers.map(([, user]) => user)).size)) refuse(403, 'The licence has no seat left')
  for (const [group, user] of there) twin.store.addMember(group, user)
  return isWhole ? { status: 200 } : refuse(404, 'A user or group does not exist')
}

function pairOf(twin: BitbucketDcTwin, call: Call, userField: 'context' | 'itemName'): [Group, User] {
  const body = bodyObject(call)
  const groupField = userField === 'context' ? 'itemName' : 'context'
  return [groupNamed(twin, textOf(body, groupField)), userNamed(twin, textOf(body, userField))]
}

function members(twin: BitbucketDcTwin, call: Call, isMember: boolean): Answer {
  caller(twin, call, 'LICENSED_USER')
  const group = twin.store.group(required(call, 'context'))
  if (group === undefined && twin.variants.is('unknownContext', '404')) refuse(404, 'The group does not exist')
  const isNested = twin.variants.is('groupMembers', 'nested')
  const inside = new Set(group === undefined ? [] : isNested ? effectiveMembers(group) : group.members)
  const filter = call.query.get('filter')
  const hits = twin.store.users.filter(
    (user) => group !== undefined && inside.has(user) === isMember && fits(user, filter),
  )
  return pageOf(twin, call, hits.sort(byName), detailedUserView)
}

function filtered({ store }: BitbucketDcTwin, call: Call): Group[] {
  const filter = (call.query.get('filter') ?? '').toLowerCase()
  return store.groups.filter(({ name }) => name.toLowerCase().includes(filter))
}

function listOf(body: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = body[name]
  if (!Array.isArray(value) || value.length === 0) return refuse(400, `${name} is required`, name)
  return value.map(String)
}

function requireMutableGroups(twin: BitbucketDcTwin, user: User, group: Group): void {
  if (!mayChangeMembership(user, group)) {
    refuse(Number(twin.variants.get('readOnlyStatus')), `The groups of ${user.name} are not mutable`)
  }
}
