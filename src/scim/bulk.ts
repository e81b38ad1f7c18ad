import { scimFault } from './error.ts'
import { isArray, isObject, type Json, type JsonObject, kindOf, ownIgnoringCase } from './json.ts'

const bulkResponseSchema = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One operation of a bulk request (RFC 7644 section 3.7). */
export interface BulkOperation {
  /** Position in the request, from 0; answers keep this order. */
  readonly index: number
  readonly method: BulkMethod
  readonly bulkId?: string
  /** `Users`, `Groups`. */
  readonly endpoint: string
  /** Id or `bulkId:…`; absent for POST. */
  readonly id?: string
  readonly data?: Json
  readonly version?: string
}

export interface BulkRequest {
  readonly operations: readonly BulkOperation[]
  /** So many failures end the work; absent = never. */
  readonly failOnErrors?: number
}

const reference = /^bulkId:(.+)$/i

/** Reads a bulk request. Throws 400 invalidSyntax for what concerns all of it, 413 above the limit. */
export function parseBulkRequest(body: Json, maxOperations: number): BulkRequest {
  if (!isObject(body)) throw scimFault.invalidSyntax(`A bulk request should be an object, but ${kindOf(body)} came.`)
  const given = ownIgnoringCase(body, 'Operations')
  if (!isArray(given)) throw scimFault.invalidSyntax('A bulk request needs a list "Operations".')
  if (given.length > maxOperations) {
    throw scimFault.tooLarge(`The request has ${given.length} operations; at most ${maxOperations} are taken.`)
  }
  const failOnErrors = ownIgnoringCase(body, 'failOnErrors')
  if (failOnErrors !== undefined && failOnErrors !== null && !isCount(failOnErrors)) {
    throw scimFault.invalidSyntax('failOnErrors should be a whole number above 0.')
  }
  const operations = given.map(operationOf)
  const ids = new Set<string>()
  for (const { method, bulkId } of operations) {
    if (method !== 'POST' || bulkId === undefined) continue
    if (ids.has(bulkId)) throw scimFault.invalidSyntax(`The bulkId "${bulkId}" is given twice.`)
    ids.add(bulkId)
  }
  return { operations, ...(isCount(failOnErrors) ? { failOnErrors } : {}) }
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function operationOf(given: Json, index: number): BulkOperation {
  const nth = `Operation ${index + 1}`
  if (!isObject(given)) throw scimFault.invalidSyntax(`${nth} should be an object, but is ${kindOf(given)}.`)
  const text = (name: string): string | undefined => {
    const value = ownIgnoringCase(given, name)
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw scimFault.invalidSyntax(`${nth}: ${name} should be a text.`)
    return value
  }
  const method = text('method')?.toUpperCase() ?? ''
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) {
    throw scimFault.invalidSyntax(`${nth} needs a method: POST, PUT, PATCH or DELETE.`)
  }
  const [, endpoint = '', id] = /^\/?([A-Za-z]+)(?:\/([^/?#]{1,300}))?\/?$/.exec(text('path') ?? '') ?? []
  if (endpoint === '') throw scimFault.invalidSyntax(`${nth} needs a path like /Users or /Users/{id}.`)
  const bulkId = text('bulkId')
  if (method === 'POST' && (bulkId === undefined || bulkId === '')) {
    throw scimFault.invalidSyntax(`${nth} is a POST and needs a bulkId.`)
  }
  if ((method === 'POST') !== (id === undefined)) {
    throw scimFault.invalidSyntax(`${nth}: the path of a ${method} ${id === undefined ? 'needs' : 'has no'} id.`)
  }
  const data = ownIgnoringCase(given, 'data')
  if (data === undefined && method !== 'DELETE') throw scimFault.invalidSyntax(`${nth} needs data.`)
  const version = text('version')
  return {
    index,
    method: method as BulkMethod,
    endpoint,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(id === undefined ? {} : { id: decodedId(id, nth) }),
    ...(data === undefined ? {} : { data }),
    ...(version === undefined ? {} : { version }),
  }
}

function decodedId(id: string, nth: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    throw scimFault.invalidSyntax(`${nth}: the id in the path is not well encoded.`)
  }
}

/** One thing to do, in an order in which every reference can be resolved. */
export type BulkStep =
  | { readonly kind: 'operation'; readonly operation: BulkOperation }
  /** A circle was cut here: what the creation left out is added, once everything in the circle exists. */
  | { readonly kind: 'complete'; readonly operation: BulkOperation; readonly missing: JsonObject }

/**
 * The operations in an order in which what they refer to exists, as near to the given one as possible. In a circle
 * (a group that contains a group that contains it, RFC 7644 section 3.7.1) the references are first left out of the
 * creation and then added.
 */
export function orderBulk(operations: readonly BulkOperation[]): readonly BulkStep[] {
  const creators = new Map(
    operations.flatMap((each) => (each.method === 'POST' ? [[each.bulkId!, each] as const] : [])),
  )
  const references = new Map(
    operations.map((each) => [each, [...referencesIn(each)].filter((id) => creators.has(id))] as const),
  )
  const graph: Graph = { creators, references, done: new Set() }
  const steps: BulkStep[] = []
  const cut: BulkStep[] = []
  const waiting = new Set(operations)
  const carryOut = (operation: BulkOperation, data = operation.data) => {
    steps.push({ kind: 'operation', operation: data === undefined ? operation : { ...operation, data } })
    waiting.delete(operation)
    if (operation.method === 'POST') graph.done.add(operation.bulkId!)
  }
  while (waiting.size > 0) {
    const before = waiting.size
    for (const operation of waiting) if (openReferences(graph, operation).length === 0) carryOut(operation)
    if (waiting.size < before) continue
    // Only circles, and what hangs on them, are left: one creation of a circle goes without what is still open.
    const first = [...waiting].find((each) => each.method === 'POST' && isInCircle(graph, each)) ?? [...waiting][0]!
    const { kept, missing } = withoutReferences(first.data ?? null, new Set(openReferences(graph, first)))
    cut.push({ kind: 'complete', operation: first, missing })
    carryOut(first, kept)
  }
  return [...steps, ...cut]
}

interface Graph {
  readonly creators: ReadonlyMap<string, BulkOperation>
  /** BulkIds of creations in the same request that an operation needs. */
  readonly references: ReadonlyMap<BulkOperation, readonly string[]>
  readonly done: Set<string>
}

function openReferences({ references, done }: Graph, operation: BulkOperation): readonly string[] {
  return (references.get(operation) ?? []).filter((id) => !done.has(id))
}

function isInCircle(graph: Graph, start: BulkOperation): boolean {
  const seen = new Set<string>()
  const next = [...openReferences(graph, start)]
  while (next.length > 0) {
    const id = next.pop()!
    if (id === start.bulkId) return true
    const creator = seen.has(id) ? undefined : graph.creators.get(id)
    seen.add(id)
    if (creator !== undefined) next.push(...openReferences(graph, creator))
  }
  return false
}

/** Every bulkId an operation refers to, in its path and its data. */
export function referencesIn({ id, data }: Pick<BulkOperation, 'id' | 'data'>): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      const [, bulkId] = reference.exec(value) ?? []
      if (bulkId !== undefined) found.add(bulkId)
    } else if (isArray(value)) value.forEach(walk)
    else if (isObject(value)) Object.values(value).forEach(walk)
  }
  walk(id)
  walk(data)
  return found
}

/** Every reference replaced by the id it stands for. Throws 409 when one stands for nothing that exists. */
export function resolveReferences(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (typeof value === 'string') {
    const [, bulkId] = reference.exec(value) ?? []
    if (bulkId === undefined) return value
    const id = ids.get(bulkId)
    if (id === undefined) throw scimFault.conflict(`No operation has made what bulkId:${bulkId} stands for.`)
    return id
  }
  if (isArray(value)) return value.map((each) => resolveReferences(each, ids))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolveReferences(each, ids)]))
}

/** Top attributes of the data: what refers to one of the open ids is set aside, the elements of a list one by one. */
function withoutReferences(
  data: Json,
  open: ReadonlySet<string>,
): { readonly kept: Json; readonly missing: JsonObject } {
  if (!isObject(data)) return { kept: data, missing: {} }
  const refers = (value: Json) => [...referencesIn({ data: value })].some((id) => open.has(id))
  const kept: Record<string, Json> = {}
  const missing: Record<string, Json> = {}
  for (const [name, value] of Object.entries(data)) {
    if (!refers(value)) kept[name] = value
    else if (isArray(value)) {
      kept[name] = value.filter((each) => !refers(each))
      missing[name] = value.filter(refers)
    } else missing[name] = value
  }
  return { kept, missing }
}

/** One line of the answer; `status` is a text (RFC 7644 section 3.7). */
export interface BulkOutcome {
  readonly operation: BulkOperation
  readonly status: number
  readonly location?: string
  readonly version?: string
  /** Only of failures. */
  readonly response?: Json
}

export function bulkDocument(outcomes: readonly BulkOutcome[]): JsonObject {
  const inOrder = outcomes.toSorted((left, right) => left.operation.index - right.operation.index)
  return {
    schemas: [bulkResponseSchema],
    Operations: inOrder.map(({ operation, status, location, version, response }) => ({
      method: operation.method,
      ...(operation.bulkId === undefined ? {} : { bulkId: operation.bulkId }),
      ...(version === undefined ? {} : { version }),
      ...(location === undefined ? {} : { location }),
      status: String(status),
      ...(response === undefined ? {} : { response }),
    })),
  }
}
