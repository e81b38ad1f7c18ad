import { isoTime } from '../../../platform/clock.ts'
import type { Answer, Call } from '../../server/call.ts'
import { fold } from '../model.ts'
import type { ProvisionedGroup, ProvisionedUser, ProvisioningDirectory } from '../state/provisioning.ts'
import type { Twin } from '../twin.ts'
import { answered, refuse, refuseException } from './dialect.ts'
import { operationsOf } from './patch.ts'
import { bodyObject, filterOf, isRecord, listAnswer, requireDirectory } from './requests.ts'
import { urlOf } from './users.ts'

const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group'

export function listGroups(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const filter = filterOf(call, ['displayName'])
  const isSensitive = twin.variants.is('scimFilterCase', 'sensitive')
  const same = (name: string, value: string) => (isSensitive ? name === value : fold(name) === fold(value))
  const groups = directory.groups.filter(({ displayName }) => filter === undefined || same(displayName, filter.value))
  const withMembers = twin.variants.is('scimMembersInLists', 'shown')
  return answered(
    200,
    listAnswer(twin, call, groups, (group) => groupView(twin, directory, group, withMembers)),
  )
}

export function getGroup(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  return answered(200, groupView(twin, directory, requireGroup(directory, call)))
}

/**
 * A group of that name which the organization has already is in the way: this one is made in the directory and never
 * reaches the sites (3.4).
 */
export function createGroup(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const { displayName, externalId, members } = bodyObject(call)
  if (typeof displayName !== 'string' || displayName === '') refuse(400, 'displayName is required.', 'invalidValue')
  if (directory.groupNamed(displayName) !== undefined) refuse(409, `The group ${displayName} exists.`, 'uniqueness')
  const people = membersIn(directory, members, (detail) => refuse(400, detail, 'invalidValue'))
  const { state } = twin
  const { directoryId } = directory.directory
  const isInTheWay = state.groups.byName(displayName, directoryId) !== undefined
  const group = isInTheWay ? undefined : state.groups.create({ name: displayName, directoryId })
  if (group !== undefined) group.synced = true
  const now = state.clock.now()
  const made: ProvisionedGroup = {
    id: state.makeId(`scim group ${displayName} ${now}`),
    displayName,
    externalId: typeof externalId === 'string' ? externalId : undefined,
    members: new Set(),
    group,
    createdAt: now,
    modifiedAt: now,
  }
  directory.addGroup(made)
  for (const user of people) join(twin, made, user)
  return answered(201, groupView(twin, directory, made))
}

/** PUT: the whole list of members. */
export function replaceGroup(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const group = requireGroup(directory, call)
  const { displayName, members } = bodyObject(call)
  if (displayName !== group.displayName) refuseException('displayName is immutable.', 'mutability')
  const people = membersIn(directory, members ?? [], (detail) => refuseException(detail, 'invalidValue'))
  setMembers(twin, group, people)
  return answered(200, groupView(twin, directory, group))
}

/** PATCH of members; all operations or none. */
export function patchGroup(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const group = requireGroup(directory, call)
  const wanted = new Set(group.members)
  const wrong = (detail: string) => refuse(400, detail, 'invalidValue')
  for (const { op, path, value } of operationsOf(bodyObject(call))) {
    if (path === 'members' && op !== 'remove') {
      const people = membersIn(directory, value, wrong)
      if (op === 'replace') wanted.clear()
      else if (twin.variants.is('scimAddMemberAgain', '409') && people.some((user) => wanted.has(user))) {
        refuse(409, 'A member is in the group already.', 'uniqueness')
      }
      for (const user of people) wanted.add(user)
    } else if (path === 'members') {
      // Without values everybody leaves (RFC 7644 section 3.5.2.2).
      const leaving = value === undefined ? [...wanted] : membersIn(directory, value, wrong)
      for (const user of leaving) wanted.delete(user)
    } else removeByFilter(twin, directory, wanted, op, path)
  }
  setMembers(twin, group, [...wanted])
  return answered(200, groupView(twin, directory, group))
}

function removeByFilter(
  twin: Twin,
  directory: ProvisioningDirectory,
  wanted: Set<ProvisionedUser>,
  op: string,
  path: string | undefined,
): void {
  const [, id] = /^members\[value eq "([^"]+)"\]$/.exec(path ?? '') ?? []
  const form = twin.variants.get('scimRemoveByFilter')
  if (op !== 'remove' || id === undefined || form === '400')
    refuse(400, `The path ${path} is not supported.`, 'invalidPath')
  const user = directory.user(id)
  if (form === 'works' && user !== undefined) wanted.delete(user)
}

export function deleteGroup(twin: Twin, call: Call): Answer {
  const directory = requireDirectory(twin, call)
  const group = requireGroup(directory, call)
  if (group.group !== undefined) twin.state.groups.delete(group.group)
  directory.removeGroup(group)
  return { status: 204 }
}

function requireGroup(directory: ProvisioningDirectory, call: Call): ProvisionedGroup {
  return directory.group(call.param('id')) ?? refuse(404, 'Resource not found')
}

function membersIn(
  directory: ProvisioningDirectory,
  given: unknown,
  wrong: (detail: string) => never,
): readonly ProvisionedUser[] {
  if (given === undefined) return []
  if (!Array.isArray(given)) return wrong('members is no list.')
  return given.map((each: unknown) => {
    const id = isRecord(each) ? each.value : undefined
    const user = typeof id === 'string' ? directory.user(id) : undefined
    return user === undefined || user.isDeleted ? wrong('The users referenced do not exist.') : user
  })
}

function setMembers(twin: Twin, group: ProvisionedGroup, people: readonly ProvisionedUser[]): void {
  const wanted = new Set(people)
  for (const user of group.members) if (!wanted.has(user)) leave(twin, group, user)
  for (const user of wanted) join(twin, group, user)
  group.modifiedAt = twin.state.clock.now()
}

function join({ state }: Twin, group: ProvisionedGroup, user: ProvisionedUser): void {
  group.members.add(user)
  if (group.group !== undefined) state.groups.addMember(group.group, user.account)
}

function leave({ state }: Twin, group: ProvisionedGroup, user: ProvisionedUser): void {
  group.members.delete(user)
  if (group.group !== undefined) state.groups.removeMember(group.group, user.account)
}

function groupView(twin: Twin, directory: ProvisioningDirectory, group: ProvisionedGroup, withMembers = true) {
  const members = [...group.members]
    .filter(({ isDeleted }) => !isDeleted)
    .map(({ id, attributes, userName }) => ({
      type: 'User',
      value: id,
      display: typeof attributes.displayName === 'string' ? attributes.displayName : userName,
      $ref: urlOf(twin, directory, `Users/${id}`),
    }))
  const isShown = withMembers && (members.length > 0 || twin.variants.is('scimEmptyMembers', 'empty'))
  return {
    schemas: [coreGroup],
    id: group.id,
    ...(group.externalId === undefined ? {} : { externalId: group.externalId }),
    displayName: group.displayName,
    ...(isShown ? { members } : {}),
    meta: {
      resourceType: 'GROUP',
      location: urlOf(twin, directory, `Groups/${group.id}`),
      created: isoTime(group.createdAt),
      lastModified: isoTime(group.modifiedAt),
    },
  }
}
