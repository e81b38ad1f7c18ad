import { effectiveMembers, fold } from '../data-center/model.ts'
import { mayChangeMembership } from '../data-center/store.ts'
import type { Answer, Call } from '../server/call.ts'
import { administrator } from './access.ts'
import { bodyObject, refuse } from './dialect.ts'
import { namedGroup, pageBean, refuseReadOnly } from './lookup.ts'
import type { JiraDcTwin } from './twin.ts'
import { byName, groupView, userView } from './views.ts'

/** GET /group/member: members of the group and of everything nested in it, inactive ones only where asked for. */
export function listMembers(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = namedGroup(twin, call)
  const withInactive = call.query.get('includeInactiveUsers') === 'true'
  const members = [...effectiveMembers(group)]
    .filter((user) => (withInactive || user.active) && twin.store.isSeen(user))
    .sort(byName)
  return pageBean(twin, call, members, { usual: 50, largest: 50 }, (user) => userView(twin, user))
}

/** POST /group */
export function createGroup(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const { name } = bodyObject(twin, call)
  if (typeof name !== 'string' || name.trim() === '') return refuse(twin, 400, 'The group name is empty.')
  if (twin.store.group(name) !== undefined) refuse(twin, 400, '', { name: 'A group with this name already exists.' })
  if (!twin.store.directories.some(({ active, mode }) => active && mode !== 'read-only')) {
    refuse(twin, 403, 'Cannot create a group: no user directory allows it.')
  }
  const group = twin.store.createGroup(twin.variants.is('nameCase', 'lowered') ? fold(name) : name)
  return { status: 201, json: groupView(twin, group) }
}

/** DELETE /group: rights go to the swap group, where one is named. */
export function deleteGroup(twin: JiraDcTwin, call: Call): Answer {
  const self = administrator(twin, call)
  const group = namedGroup(twin, call)
  const swap = call.query.get('swapGroup')
  const heir = swap === null ? undefined : twin.store.group(swap)
  if (swap !== null && heir === undefined) refuse(twin, 404, `The group named '${swap}' does not exist.`)
  if (group.synced) refuse(twin, Number(twin.variants.get('readOnlyStatus')), 'The group is read-only.')
  if (group.grants.has('SYSTEM_ADMIN') && effectiveMembers(group).has(self)) {
    refuse(twin, 400, 'You cannot delete a group that gives you the right to administer the system.')
  }
  for (const grant of group.grants) heir?.grants.add(grant)
  for (const application of twin.applications) {
    application.groups.delete(group)
    application.defaultGroups.delete(group)
  }
  twin.store.deleteGroup(group)
  return { status: 200 }
}

/** POST /group/user: a second time is a 400. */
export function addMember(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = namedGroup(twin, call)
  const { name } = bodyObject(twin, call)
  if (typeof name !== 'string' || name === '') return refuse(twin, 400, 'The user name is empty.')
  const user = twin.store.user(name) ?? refuse(twin, 404, `The user named '${name}' does not exist`)
  if (group.members.has(user)) {
    refuse(twin, 400, `Cannot add user '${user.name}', user is already a member of '${group.name}'`)
  }
  if (!mayChangeMembership(user, group)) refuseReadOnly(twin, user)
  twin.store.addMember(group, user)
  return { status: 201, json: groupView(twin, group) }
}

/** DELETE /group/user: only somebody who is in the group directly can be taken out of it. */
export function removeMember(twin: JiraDcTwin, call: Call): Answer {
  administrator(twin, call)
  const group = namedGroup(twin, call)
  const name = call.query.get('username') ?? ''
  if (name === '') refuse(twin, 400, 'The user name is empty.')
  const user = twin.store.user(name) ?? refuse(twin, 404, `The user named '${name}' does not exist`)
  if (!group.members.has(user)) {
    const status = twin.variants.get('removeNonMember')
    if (status !== '200') {
      refuse(twin, Number(status), `Cannot remove user '${user.name}' from group '${group.name}': not a member`)
    }
    return { status: 200 }
  }
  if (!mayChangeMembership(user, group)) refuseReadOnly(twin, user)
  twin.store.removeMember(group, user)
  return { status: 200 }
}
