import type { Answer, Call } from '../../server/call.ts'
import { fold, type Group, grantsAdministration, membershipIn, type Organization } from '../model.ts'
import { orderOf } from '../state/groups.ts'
import type { Twin } from '../twin.ts'
import {
  bodyObject,
  directoryToRead,
  directoryToWrite,
  pathAccount,
  pathGroup,
  requireOrganization,
  text,
  textList,
} from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { refuse } from './dialect.ts'
import { groupView } from './views.ts'

/** POST …/groups/search: an empty body is the first page of all. In order of names. */
export function searchGroups(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const directoryId = directoryToRead(call, organization)
  const sent = bodyObject(call, true)
  const position = typeof sent.cursor === 'string' ? readCursor(sent.cursor, 'groups') : undefined
  const { cursor: _, ...own } = sent
  const query = position !== undefined && twin.variants.is('searchCursor', 'carries-query') ? position.query : own
  const limit = pageLimit(query.limit, 20, 100)
  const expand = textList(query, 'expand', 2) ?? []
  const unknown = expand.find((each) => each !== 'counts.users' && each !== 'counts.resources')
  if (unknown !== undefined) refuse('ADMIN-400-24', `expand: ${unknown} is not known`)
  const after = position?.after ?? ''
  const found = candidates(twin, query, after).filter(
    (group) => twin.state.visibility.seen(group) && isIn(group, organization, directoryId),
  )
  let page = found.slice(0, limit)
  const links: Record<string, string> = {}
  const last = page.at(-1)
  if (call.shortPage !== undefined) page = page.slice(0, call.shortPage.keep)
  else if (last !== undefined && found.length > limit) {
    links.next = writeCursor({ list: 'groups', after: orderOf(last), query })
  }
  return { status: 200, json: { data: page.map((group) => groupView(twin, group, expand)), links } }
}

function candidates(twin: Twin, query: Readonly<Record<string, unknown>>, after: string): Group[] {
  const { state } = twin
  const names = textList(query, 'groupNames', 100)?.map(fold)
  const ids = textList(query, 'groupIds', 10)
  const members = textList(query, 'accountIds', 10)
  const directories = textList(query, 'directoryIds', 10)
  const resources = textList(query, 'resourceIds', 20)
  const roles = textList(query, 'roleIds', 10)
  const term = text(query, 'searchTerm')
  if (names !== undefined && (ids !== undefined || term !== undefined)) {
    refuse('ADMIN-400-24', 'groupNames excludes searchTerm and groupIds')
  }
  const base =
    names !== undefined
      ? names.flatMap((name) => state.groups.allByName(name))
      : ids !== undefined
        ? ids.map((id) => state.group(id))
        : members !== undefined
          ? members.flatMap((id) => {
              const account = state.account(id)
              return account === undefined ? [] : state.visibility.groupsOf(account)
            })
          : state.groups.items.slice(after === '' ? 0 : state.groups.firstAfter(after))
  const distinct = [...new Set(base)].filter((group) => group !== undefined).filter((group) => orderOf(group) > after)
  const fits = (group: Group) =>
    (term === undefined || fold(group.name).includes(fold(term))) &&
    (directories === undefined || directories.includes(group.directoryId)) &&
    (resources === undefined || resources.some((resource) => group.roles.has(resource))) &&
    (roles === undefined || [...group.roles.values()].some((given) => roles.some((role) => given.has(role)))) &&
    (members === undefined ||
      ids === undefined ||
      group.members.items.some((account) => members.includes(account.accountId)))
  return distinct.filter(fits).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
}

/** GET …/groups/count */
export function countGroups(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const directoryId = directoryToRead(call, organization)
  const term = fold(call.query.get('searchTerm') ?? '')
  const fits = (group: Group) => fold(group.name).includes(term) && isIn(group, organization, directoryId)
  return {
    status: 200,
    json: { count: twin.state.groups.items.filter((group) => twin.state.visibility.seen(group) && fits(group)).length },
  }
}

/** GET …/groups/{groupId} */
export function getGroup(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const group = pathGroup(twin, call, organization, directoryToRead(call, organization))
  return { status: 200, json: { data: groupView(twin, group, ['counts.users', 'counts.resources']) } }
}

/** POST …/groups: 201 and no body; the id is found by a search. */
export function createGroup(twin: Twin, call: Call): Answer {
  const directoryId = directoryToWrite(twin, call, requireOrganization(twin, call, 'write:groups:admin'))
  const body = bodyObject(call)
  const name = text(body, 'name')
  if (name === undefined || name.trim() === '') refuse('ADMIN-400-24', 'name is required')
  if (name.length > 255) refuse('ADMIN-400-24', 'name has at most 255 characters')
  const description = text(body, 'description') ?? ''
  if (twin.state.groups.byName(name, directoryId) !== undefined)
    refuse('ADMIN-409-28', 'A group with this name already exists')
  twin.state.groups.create({ name, description, directoryId })
  return { status: 201 }
}

/** DELETE …/groups/{groupId} */
export function deleteGroup(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  if (group.synced) refuse('ADMIN-403-5', 'The group is synced from an identity provider')
  if (group.isDefault) refuse('ADMIN-403-6')
  if (grantsAdministration(group)) refuse('ADMIN-403-7')
  twin.state.groups.delete(group)
  return { status: 204 }
}

/** POST …/groups/{groupId}/memberships. 409 means two things: a member already, or no seat left. */
export function addMember(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const accountId = text(bodyObject(call), 'accountId')
  if (accountId === undefined || accountId === '') refuse('ADMIN-400-24', 'accountId is required')
  const account = twin.state.account(accountId)
  const isHere =
    account !== undefined &&
    twin.state.visibility.seen(account) &&
    membershipIn(account, group.directoryId) !== undefined
  if (!isHere) refuse('ADMIN-404-8')
  if (group.synced) refuse('ADMIN-403-5', "You can't add a user to a group synced from an identity provider")
  if (group.name === 'org-admins' && twin.variants.is('orgAdminsGroup', 'refused')) {
    refuse('ADMIN-400-24', 'Assign the organization admin role instead')
  }
  if (account.groups.has(group)) refuse('ADMIN-409-28', 'The user is already in the group')
  if (twin.state.seats.missingFor(account, group.roles) !== undefined) refuse('ADMIN-409-3')
  twin.state.groups.addMember(group, account)
  return { status: 204 }
}

/** DELETE …/groups/{groupId}/memberships/{accountId} */
export function removeMember(twin: Twin, call: Call): Answer {
  const group = groupToWrite(twin, call)
  const account = pathAccount(twin, call)
  if (group.synced) refuse('ADMIN-403-5', 'The group is synced from an identity provider')
  if (!twin.state.groups.removeMember(group, account) && twin.variants.is('orgRemoveNonMember', '404')) {
    refuse('ADMIN-404-8', 'The user is not in the group')
  }
  return { status: 204 }
}

/** The group of a path, for a write that the key may do. */
export function groupToWrite(twin: Twin, call: Call): Group {
  const organization = requireOrganization(twin, call, 'write:groups:admin')
  const directoryId = directoryToWrite(twin, call, organization, twin.state.group(call.param('groupId')))
  return pathGroup(twin, call, organization, directoryId)
}

function isIn(group: Group, { directories }: Organization, directoryId: string | undefined): boolean {
  if (directoryId !== undefined) return group.directoryId === directoryId
  return directories.some((each) => each.directoryId === group.directoryId)
}
