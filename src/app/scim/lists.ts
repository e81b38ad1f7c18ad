import type { PushPage, PushQuery, PushResource } from '../../ports/push-directory.ts'
import { scimFault } from '../../scim/error.ts'
import { bindFilter, type Filter } from '../../scim/filter/bind.ts'
import type { JsonObject } from '../../scim/json.ts'
import { type Projection, projection } from '../../scim/projection.ts'
import { type ListQuery, listDocument } from '../../scim/query.ts'
import type { ResourceType } from '../../scim/schema/attribute.ts'
import { sortingOf } from '../../scim/sort.ts'
import type { ScimAnswer } from './answer.ts'
import { represent, wantsRelated } from './represent.ts'
import { pageLimits, type ScimScope } from './scope.ts'

/** Members of a whole page; a page of large groups is cut short, which a client must expect (RFC 7644 section 3.4.2.4). */
const mostMembersOnPage = 100_000

/** Resources of one type (RFC 7644 section 3.4.2). Each group is shown with the members it had at the version it is shown at. */
export async function listResources(scope: ScimScope, type: ResourceType, query: ListQuery): Promise<ScimAnswer> {
  const shown = projection(type, query)
  if (type.name === 'User' || !wantsRelated(type, shown)) return await listShown(scope, type, query, shown)
  return await scope.directory.atOneMoment((lists) => listShown({ ...scope, lists }, type, query, shown))
}

async function listShown(
  scope: ScimScope,
  type: ResourceType,
  query: ListQuery,
  shown: Projection,
): Promise<ScimAnswer> {
  // A page of large groups is cut short before their members are read.
  const asked = { ...pushQuery(type, query), withRelated: type.name === 'User' && wantsRelated(type, shown) }
  const first = await scope.lists.list(scope.source, type, asked)
  const page = first.total === 0 ? await withPlus(scope, type, asked, first) : first
  const resources = shown.wants('members') ? cut(page.resources) : page.resources
  const isCut = resources.length < page.resources.length
  const byCursor = query.cursor !== undefined
  const next = isCut && byCursor ? await cursorAfter(scope, type, asked, resources.length) : page.nextCursor
  return {
    status: 200,
    body: listDocument({
      totalResults: page.total,
      resources: await represent(scope, type, resources, shown),
      ...(byCursor ? {} : { startIndex: query.startIndex }),
      ...(next === undefined ? {} : { nextCursor: next }),
    }),
  }
}

function pushQuery(type: ResourceType, query: ListQuery): PushQuery {
  const { filter, sortBy, descending, startIndex, cursor } = query
  return {
    startIndex,
    count: countOf(query),
    ...(filter === undefined ? {} : { filter: bindFilter(filter, type) }),
    ...(sortBy === undefined ? {} : { sorting: sortingOf(type, sortBy, descending) }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

function countOf({ count = pageLimits.defaultPageSize }: ListQuery): number {
  return Math.min(count, pageLimits.maxPageSize)
}

function cut(resources: readonly PushResource[]): readonly PushResource[] {
  let members = 0
  const end = resources.findIndex(({ memberCount }, index) => {
    members += memberCount
    return index > 0 && members > mostMembersOnPage
  })
  return end < 0 ? resources : resources.slice(0, end)
}

/** The cursor behind a page that was cut short: the page of that length has it. */
async function cursorAfter(scope: ScimScope, type: ResourceType, asked: PushQuery, count: number) {
  return (await scope.lists.list(scope.source, type, { ...asked, count })).nextCursor
}

/** Clients that do not encode "+" ask for a blank: once more with what they meant (scim.md 11). */
async function withPlus(scope: ScimScope, type: ResourceType, asked: PushQuery, found: PushPage): Promise<PushPage> {
  const { filter } = asked
  if (filter?.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.literal !== 'string') return found
  if (filter.ref.attribute.name !== 'userName' || !filter.literal.includes(' ')) return found
  const meant: Filter = { ...filter, literal: filter.literal.replaceAll(' ', '+') }
  return await scope.lists.list(scope.source, type, { ...asked, filter: meant })
}

/** People first, then groups: a query over everything, by index (RFC 7644 section 3.4.2.1). */
export async function listEverything(scope: ScimScope, query: ListQuery): Promise<ScimAnswer> {
  return await scope.directory.atOneMoment((lists) => listAll({ ...scope, lists }, query))
}

async function listAll(scope: ScimScope, query: ListQuery): Promise<ScimAnswer> {
  if (query.cursor !== undefined) throw scimFault.invalidCursor('A query over several types is paged by index.')
  if (query.sortBy !== undefined) throw scimFault.invalidPath('A query over several types has the order of its types.')
  const count = countOf(query)
  const found: JsonObject[] = []
  let total = 0
  for (const type of scope.registry.types) {
    const filter = query.filter === undefined ? undefined : bindFilter(query.filter, type, { unknownIsAbsent: true })
    const page = await scope.lists.list(scope.source, type, {
      startIndex: Math.max(1, query.startIndex - total),
      count: Math.max(0, count - found.length),
      ...(filter === undefined ? {} : { filter }),
    })
    total += page.total
    const shown = projection(type, query)
    found.push(...(await represent(scope, type, shown.wants('members') ? cut(page.resources) : page.resources, shown)))
  }
  return { status: 200, body: listDocument({ totalResults: total, resources: found, startIndex: query.startIndex }) }
}
