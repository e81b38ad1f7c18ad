import type { Answer, Call } from '../../server/call.ts'
import type { Organization } from '../model.ts'
import { orderOf } from '../state/groups.ts'
import type { Twin } from '../twin.ts'
import { bodyObject, directoryToRead, pathGroup, requireOrganization, textList } from './access.ts'
import { pageLimit, readCursor, writeCursor } from './cursor.ts'
import { requireAlive } from './deprecated.ts'
import { refuse } from './dialect.ts'
import { findGroups } from './group-query.ts'
import { queryFilters } from './query-string.ts'
import { groupView } from './views.ts'

/** POST …/groups/search: an empty body is the first page of all. In order of names. */
export function searchGroups(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const sent = bodyObject(call, true)
  const position = typeof sent.cursor === 'string' ? readCursor(sent.cursor, 'groups') : undefined
  const { cursor: _, ...own } = sent
  const query = position !== undefined && twin.variants.is('searchCursor', 'carries-query') ? position.query : own
  const expand = textList(query, 'expand', 2) ?? []
  const unknown = expand.find((each) => each !== 'counts.users' && each !== 'counts.resources')
  if (unknown !== undefined) refuse('ADMIN-400-24', `expand: ${unknown} is not known`)
  return groupPage(twin, call, organization, query, position?.after, expand)
}

/** GET …/groups, deprecated: a cursor stands for everything else. */
export function listGroups(twin: Twin, call: Call): Answer {
  requireAlive(twin, call)
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const cursor = call.query.get('cursor')
  const position = cursor === null ? undefined : readCursor(cursor, 'groups')
  const query = position?.query ?? queryFilters(call, ['searchTerm', 'limit', 'includeUsers', 'includeResources'])
  const expand = [
    ...(query.includeUsers === 'true' ? ['counts.users'] : []),
    ...(query.includeResources === 'true' ? ['counts.resources'] : []),
  ]
  return groupPage(twin, call, organization, query, position?.after, expand)
}

/** GET …/groups/count: the filters of the list. */
export function countGroups(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const filters = queryFilters(call, ['searchTerm'])
  const count = findGroups(twin, organization, directoryToRead(call, organization), filters).length
  return { status: 200, json: { count } }
}

/** GET …/groups/{groupId} */
export function getGroup(twin: Twin, call: Call): Answer {
  const organization = requireOrganization(twin, call, 'read:groups:admin')
  const group = pathGroup(twin, call, organization, directoryToRead(call, organization))
  return { status: 200, json: { data: groupView(twin, group, ['counts.users', 'counts.resources']) } }
}

function groupPage(
  twin: Twin,
  call: Call,
  organization: Organization,
  query: Readonly<Record<string, unknown>>,
  after: string | undefined,
  expand: readonly string[],
): Answer {
  const limit = pageLimit(query.limit, 20, 100)
  const found = findGroups(twin, organization, directoryToRead(call, organization), query, after)
  let page = found.slice(0, limit)
  const links: Record<string, string> = {}
  const last = page.at(-1)
  if (call.shortPage !== undefined) page = page.slice(0, call.shortPage.keep)
  else if (last !== undefined && found.length > limit) {
    links.next = writeCursor({ list: 'groups', after: orderOf(last), query })
  }
  return { status: 200, json: { data: page.map((group) => groupView(twin, group, expand)), links } }
}
