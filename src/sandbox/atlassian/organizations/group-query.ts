import { fold, type Group, type Organization } from '../model.ts'
import { orderOf } from '../state/groups.ts'
import type { Twin } from '../twin.ts'
import { text, textList } from './access.ts'
import { refuse } from './dialect.ts'
import { resourceOwner } from './views.ts'

/** Groups that fit the filters of a search, in its order, from a position on. */
export function findGroups(
  twin: Twin,
  organization: Organization,
  directoryId: string | undefined,
  query: Readonly<Record<string, unknown>>,
  after = '',
): Group[] {
  const { state } = twin
  const names = textList(query, 'groupNames', 100)?.map(fold)
  const ids = textList(query, 'groupIds', 10)
  const members = textList(query, 'accountIds', 10)
  const directories = textList(query, 'directoryIds', 10)
  const resources = textList(query, 'resourceIds', 20)
  const owners = textList(query, 'resourceOwners', 10)
  const roles = textList(query, 'roleIds', 10)
  const term = text(query, 'searchTerm')
  const isDescending = readSorting(query) === 'desc'
  if (names !== undefined && (ids !== undefined || term !== undefined)) {
    refuse('ADMIN-400-24', 'groupNames excludes searchTerm and groupIds')
  }
  const own = new Set(organization.directories.map((each) => each.directoryId))
  const fits = (group: Group): boolean => {
    const given = state.visibility.shown(group).roles
    return (
      state.visibility.seen(group) &&
      (directoryId === undefined ? own.has(group.directoryId) : group.directoryId === directoryId) &&
      (names === undefined || names.includes(fold(group.name))) &&
      (ids === undefined || ids.includes(group.groupId)) &&
      (term === undefined || fold(group.name).includes(fold(term))) &&
      (directories === undefined || directories.includes(group.directoryId)) &&
      (resources === undefined || resources.some((resource) => given.has(resource))) &&
      (owners === undefined || [...given.keys()].some((resource) => owners.includes(resourceOwner(resource)))) &&
      (roles === undefined || [...given.values()].some((each) => roles.some((role) => each.has(role)))) &&
      (members === undefined ||
        state.visibility.membersOf(group).some((account) => members.includes(account.accountId)))
    )
  }
  const candidates = () => {
    if (names !== undefined) return names.flatMap((name) => state.groups.allByName(name))
    if (ids !== undefined) return ids.map((id) => state.group(id)).filter((group) => group !== undefined)
    if (members !== undefined) {
      return members.flatMap((id) => {
        const account = state.account(id)
        return account === undefined ? [] : state.visibility.groupsOf(account)
      })
    }
    return after === '' || isDescending ? state.groups.items : state.groups.items.slice(state.groups.firstAfter(after))
  }
  const found = [...new Set(candidates())].filter(fits)
  found.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  if (isDescending) found.reverse()
  if (after === '') return found
  return found.filter((group) => (isDescending ? orderOf(group) < after : orderOf(group) > after))
}

function readSorting(query: Readonly<Record<string, unknown>>): 'asc' | 'desc' {
  const { sortBy } = query
  if (sortBy === undefined) return 'asc'
  const [first, ...more] = Array.isArray(sortBy) ? sortBy : [undefined]
  const { field, direction } = (first ?? {}) as Record<string, unknown>
  const isKnown = field === 'name' && (direction === 'asc' || direction === 'desc')
  if (!isKnown || more.length > 0) refuse('ADMIN-400-24', 'sortBy is one field: name, asc or desc')
  return direction
}
