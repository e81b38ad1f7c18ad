import { effectiveMembers, fold, type Group } from '../data-center/model.ts'
import { mayChangeMembership } from '../data-center/store.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator, licensed } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import type { ConfluenceDcTwin } from './twin.ts'
import { pathUser, refuseReadOnly } from './user-writes.ts'
import { byName, groupView, pageOf, personView } from './views.ts'

/** GET /group */
export function listGroups(twin: ConfluenceDcTwin, call: Call): Answer {
  licensed(twin, call)
  return pageOf(twin, call, twin.store.groups, 200, (group) => groupView(twin, group))
}

/** GET /group/{groupName} */
export function getGroup(twin: ConfluenceDcTwin, call: Call): Answer {
  licensed(twin, call)
  return { status: 200, json: groupView(twin, pathGroup(twin, call)) }
}

/** GET /group/{groupName}/member: for administrators. */
export function listMembers(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = pathGroup(twin, call)
  const withInactive = twin.variants.is('inactiveMembers', 'shown')
  const members = twin.variants.is('groupMembers', 'nested') ? effectiveMembers(group) : group.members
  const shown = [...members].filter((user) => twin.store.isSeen(user) && (withInactive || user.active)).sort(byName)
  return pageOf(twin, call, shown, 200, (user) => personView(twin, user, call))
}

/** GET /group/{groupName}/groupmember: groups in it. */
export function childGroups(twin: ConfluenceDcTwin, call: Call): Answer {
  return related(twin, call, ({ children }) => children)
}

/** GET /group/{groupName}/groupparent: groups it is in. */
export function parentGroups(twin: ConfluenceDcTwin, call: Call): Answer {
  return related(twin, call, ({ parents }) => parents)
}

/** GET /group/{groupName}/groupancestor: groups it is in, at any depth. */
export function ancestorGroups(twin: ConfluenceDcTwin, call: Call): Answer {
  return related(twin, call, (group) => {
    const found = new Set(group.parents)
    for (const each of found) for (const parent of each.parents) found.add(parent)
    return found
  })
}

/** POST /admin/group */
export function createGroup(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const { name } = bodyObject(call)
  if (typeof name !== 'string' || name.trim() === '') return refuse(400, 'The group has no name')
  if (name !== fold(name) && twin.variants.is('groupNameCase', 'refused')) {
    refuse(400, 'The name of a group should not contain any upper case characters')
  }
  if (twin.store.group(name) !== undefined) refuse(409, `Group with the name ${name} already exists`)
  if (!twin.store.directories.some(({ active, mode }) => active && mode !== 'read-only')) {
    refuse(403, 'No user directory takes new groups')
  }
  const group = twin.store.createGroup(twin.variants.is('groupNameCase', 'lowered') ? fold(name) : name)
  return { status: 200, json: groupView(twin, group) }
}

/** DELETE /admin/group/{groupName}: but not the last one that administers. */
export function deleteGroup(twin: ConfluenceDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = pathGroup(twin, call)
  const administers = (each: Group) => each.grants.has('application administer') || each.grants.has('system administer')
  if (administers(group) && twin.store.groups.filter(administers).length === 1) {
    refuse(400, 'The last group of administrators cannot be deleted')
  }
  if (group.synced) refuse(403, `The group ${group.name} is read-only`)
  twin.store.deleteGroup(group)
  return { status: 204 }
}

/** PUT /user/{username}/group/{groupName}; a second time is the same. */
export function addMember(twin: ConfluenceDcTwin, call: Call): Answer {
  return changeMembership(twin, call, true)
}

/** DELETE /user/{username}/group/{groupName}; a second time is the same. */
export function removeMember(twin: ConfluenceDcTwin, call: Call): Answer {
  return changeMembership(twin, call, false)
}

/** The group of the path; a refusal when there is none. */
export function pathGroup({ store }: ConfluenceDcTwin, call: Call, status = 404): Group {
  const name = call.param('groupName')
  return store.group(name) ?? refuse(status, `No group found with name: ${name}`)
}

function changeMembership(twin: ConfluenceDcTwin, call: Call, isWanted: boolean): Answer {
  administrator(twin, call)
  const unknown = Number(twin.variants.get('unknownOnWrite'))
  const [user, group] = [pathUser(twin, call, unknown), pathGroup(twin, call, unknown)]
  if (group.members.has(user) === isWanted) return { status: 204 }
  if (!mayChangeMembership(user, group)) refuseReadOnly(twin, user)
  if (isWanted) twin.store.addMember(group, user)
  else twin.store.removeMember(group, user)
  return { status: 204 }
}

function related(twin: ConfluenceDcTwin, call: Call, of: (group: Group) => Iterable<Group>): Answer {
  licensed(twin, call)
  const groups = [...of(pathGroup(twin, call))].sort(byName)
  return pageOf(twin, call, groups, 200, (group) => groupView(twin, group))
}
