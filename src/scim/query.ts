import { scimFault } from './error.ts'
import { parseFilter } from './filter/parse.ts'
import type { FilterTree } from './filter/tree.ts'
import { isArray, isObject, type Json, kindOf, ownIgnoringCase } from './json.ts'

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** What a query asks for (RFC 7644 section 3.4.2, RFC 9865), its numbers put right. */
export interface ListQuery {
  readonly filter?: FilterTree
  readonly sortBy?: string
  readonly descending: boolean
  /** From 1. */
  readonly startIndex: number
  /** Absent = as many as the server likes. */
  readonly count?: number
  /** Empty = the first page by cursor; absent = by index. */
  readonly cursor?: string
  readonly attributes: readonly string[]
  readonly excludedAttributes: readonly string[]
}

/** Values of one name in a query string, or of one member of a search request. */
type Lookup = (name: string) => Json | undefined

/** From the query string; unknown names are passed over, as clients send their own (scim.md 2.1). */
export function listQueryFromUrl(parameters: URLSearchParams): ListQuery {
  const given = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]))
  return listQuery((name) => given.get(name.toLowerCase()))
}

/** From the body of `POST …/.search` (RFC 7644 section 3.4.3). */
export function listQueryFromBody(body: Json): ListQuery {
  if (!isObject(body)) throw scimFault.invalidSyntax(`A search should be an object, but ${kindOf(body)} came.`)
  return listQuery((name) => ownIgnoringCase(body, name))
}

function listQuery(lookup: Lookup): ListQuery {
  const filter = text(lookup, 'filter')
  const sortBy = text(lookup, 'sortBy')
  const cursor = lookup('cursor')
  const count = whole(lookup, 'count', cursor === undefined ? scimFault.invalidValue : scimFault.invalidCount)
  if (cursor !== undefined && cursor !== null && typeof cursor !== 'string') {
    throw scimFault.invalidCursor('The cursor should be a text.')
  }
  const startIndex = whole(lookup, 'startIndex', scimFault.invalidValue)
  const order = text(lookup, 'sortOrder')?.toLowerCase() ?? 'ascending'
  if (order !== 'ascending' && order !== 'descending') {
    throw scimFault.invalidValue('sortOrder should be ascending or descending.')
  }
  return {
    ...(filter === undefined ? {} : { filter: parseFilter(filter) }),
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(count === undefined ? {} : { count: Math.max(0, count) }),
    ...(typeof cursor === 'string' ? { cursor } : {}),
    descending: order === 'descending',
    startIndex: Math.max(1, startIndex ?? 1),
    attributes: names(lookup, 'attributes'),
    excludedAttributes: names(lookup, 'excludedAttributes'),
  }
}

function text(lookup: Lookup, name: string): string | undefined {
  const value = lookup(name)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw scimFault.invalidValue(`${name} should be a text, but is ${kindOf(value)}.`)
  return value.trim() === '' ? undefined : value
}

function whole(lookup: Lookup, name: string, fault: (detail: string) => Error): number | undefined {
  const value = lookup(name)
  if (value === undefined || value === null || value === '') return undefined
  const number = typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value.trim()) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw fault(`${name} should be a whole number.`)
  return number
}

function names(lookup: Lookup, name: string): readonly string[] {
  const value = lookup(name)
  if (value === undefined || value === null) return []
  const given = typeof value === 'string' ? value.split(',') : value
  if (!isArray(given) || !given.every((each) => typeof each === 'string')) {
    throw scimFault.invalidValue(`${name} should be names of attributes.`)
  }
  return given.map((each) => each.trim()).filter((each) => each !== '')
}

interface ListPage {
  /** Undefined = not counted. */
  readonly totalResults?: number
  readonly resources: readonly Json[]
  readonly startIndex?: number
  readonly nextCursor?: string
}

export function listDocument({ totalResults, resources, startIndex, nextCursor }: ListPage) {
  return {
    schemas: [listSchema],
    ...(totalResults === undefined ? {} : { totalResults }),
    ...(startIndex === undefined ? {} : { startIndex }),
    itemsPerPage: resources.length,
    ...(nextCursor === undefined ? {} : { nextCursor }),
    Resources: resources,
  }
}
