import fc from 'fast-check'
import { attributeName, json, patch, path, resource } from '../support/scim-arbitraries.ts'

export interface FuzzPlan {
  readonly base: string
  readonly token: string
  readonly requests: number
  readonly seed: number
  readonly say?: (line: string) => void
}

export interface FuzzReport {
  readonly requests: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Answers that the documents do not know, with the request; at most 20. */
  readonly defects: readonly string[]
}

/** Statuses of RFC 7644 and of our own limits; 501 is only `/Me` and what discovery says is not there. */
const documented = [200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 428, 429, 431, 501]
const sideBySide = 8
const chunk = 2_000
const answerTimeoutMs = 20_000

interface Shot {
  readonly method: string
  readonly place: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** An id that stands for one the server gave out. */
const someId = 'ID'

const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/Users', '/Groups', `/Users/${someId}`, `/Groups/${someId}`) },
  fc.constantFrom('/.search', '/Users/.search', '/Bulk', '/Me', '/Schemas', '/ResourceTypes', '/ServiceProviderConfig'),
  fc.string({ maxLength: 8 }).map((text) => `/${encodeURIComponent(text)}`),
  fc
    .tuple(fc.constantFrom('Users', 'Groups'), fc.string({ maxLength: 8 }))
    .map(([type, id]) => `/${type}/${encodeURIComponent(id)}`),
)
const comparison = fc
  .tuple(path, fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'le', 'PR', 'zz'), json)
  .map(([left, op, right]) => `${left} ${op} ${JSON.stringify(right)}`)
const filter = fc.oneof(
  comparison,
  fc.tuple(comparison, fc.constantFrom('and', 'or', 'OR'), comparison).map((parts) => parts.join(' ')),
  comparison.map((text) => `not (${text})`),
  fc.string({ maxLength: 20 }),
  fc.integer({ min: 1, max: 3_000 }).map((depth) => '('.repeat(depth)),
)
const anyText = fc.oneof(attributeName, fc.string({ maxLength: 12 }), fc.integer().map(String))
const query = fc
  .dictionary(
    fc.constantFrom(
      'filter',
      'sortBy',
      'sortOrder',
      'startIndex',
      'count',
      'cursor',
      'attributes',
      'excludedAttributes',
    ),
    anyText,
    { maxKeys: 3 },
  )
  .chain((given) => fc.tuple(fc.constant(given), fc.option(filter)))
  .map(([given, text]) => new URLSearchParams(text === null ? given : { ...given, filter: text }).toString())
const bulk = fc.record({
  failOnErrors: fc.oneof(fc.integer({ min: -1, max: 3 }), json),
  Operations: fc.array(
    fc.record(
      {
        method: fc.constantFrom('POST', 'put', 'PATCH', 'DELETE', 'GET'),
        path: place,
        bulkId: fc.constantFrom('a', 'b', 'c'),
        data: fc.oneof(resource, patch),
      },
      { requiredKeys: ['method', 'path'] },
    ),
    { maxLength: 4 },
  ),
})
const body = fc.oneof(
  { weight: 3, arbitrary: resource.map((value) => JSON.stringify(value)) },
  { weight: 3, arbitrary: patch.map((value) => JSON.stringify(value)) },
  bulk.map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 40 }),
  fc.integer({ min: 1, max: 4_000 }).map((depth) => '['.repeat(depth)),
)
const headers = fc.dictionary(
  fc.constantFrom('if-match', 'if-none-match', 'content-type', 'accept', 'prefer'),
  fc.constantFrom('*', 'W/"1"', '"x"', 'application/scim+json', 'application/json; charset=utf-8', 'text/plain', 'a/b'),
  { maxKeys: 3 },
)
const anything: fc.Arbitrary<Shot> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
  place,
  query: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, query),
  headers,
  body: fc.option(body, { nil: undefined }),
})
/** A whole resource whose names are its own, so that many are made. */
const fresh = fc
  .tuple(resource, fc.integer({ min: 0, max: 100_000 }))
  .map(([given, n]) => JSON.stringify({ ...(given as object), userName: `u${n}`, displayName: `g${n}` }))
const collection = fc.constantFrom('/Users', '/Groups')
const single = fc.constantFrom(`/Users/${someId}`, `/Groups/${someId}`)
const nothing: fc.Arbitrary<string> = fc.constant('')
const usual = (method: string, at: fc.Arbitrary<string>, search = nothing, sent?: fc.Arbitrary<string>) =>
  fc.record<Shot>({
    method: fc.constant(method),
    place: at,
    query: search,
    headers: fc.constant({}),
    body: sent ?? fc.constant(undefined),
  })
/** The method, the place and the body fit each other; what is in them is anything. */
const fitting = fc.oneof(
  usual('POST', collection, nothing, fresh),
  usual('PUT', single, nothing, fresh),
  usual(
    'PATCH',
    single,
    nothing,
    patch.map((value) => JSON.stringify(value)),
  ),
  usual('GET', collection, query),
  usual('GET', single, query),
  usual('DELETE', single),
  usual(
    'POST',
    fc.constant('/Bulk'),
    nothing,
    bulk.map((value) => JSON.stringify(value)),
  ),
)
const shot = fc.oneof({ weight: 2, arbitrary: fitting }, { weight: 1, arbitrary: anything })

/**
 * Sends requests of every shape, some of them to what earlier ones made. Every answer has a documented status and a body
 * of the protocol; the same seed sends the same requests.
 */
export async function fuzzScim(plan: FuzzPlan): Promise<FuzzReport> {
  const statuses: Record<string, number> = {}
  const defects: string[] = []
  const ids: string[] = []
  let sent = 0
  for (let round = 0; sent < plan.requests; round += 1) {
    const shots = fc.sample(shot, { numRuns: Math.min(chunk, plan.requests - sent), seed: plan.seed + round })
    let next = 0
    const lane = async () => {
      while (next < shots.length && defects.length < 20) {
        const at = next
        next += 1
        const { status, defect, id } = await fire(plan, shots[at]!, ids[at % Math.max(1, ids.length)] ?? 'none')
        statuses[status] = (statuses[status] ?? 0) + 1
        if (defect !== undefined) {
          defects.push(defect)
          plan.say?.(defect)
        }
        if (id !== undefined && ids.length < 500) ids.push(id)
      }
    }
    await Promise.all(Array.from({ length: sideBySide }, lane))
    sent += shots.length
    plan.say?.(`${sent} requests, ${defects.length} defects`)
    if (defects.length >= 20) break
  }
  return { requests: sent, statuses, defects }
}

async function fire(
  plan: FuzzPlan,
  given: Shot,
  id: string,
): Promise<{ status: number; defect?: string; id?: string }> {
  const { method, query: search } = given
  const target = `${plan.base}${given.place.replace(someId, id)}${search === '' ? '' : `?${search}`}`
  const hasBody = given.body !== undefined && method !== 'GET' && method !== 'DELETE'
  const told = `${method} ${target.slice(plan.base.length).slice(0, 300)} ${(given.body ?? '').slice(0, 600)}`
  try {
    const answer = await fetch(target, {
      method,
      headers: {
        authorization: `Bearer ${plan.token}`,
        ...(hasBody ? { 'content-type': 'application/scim+json' } : {}),
        ...given.headers,
      },
      ...(hasBody ? { body: given.body } : {}),
      signal: AbortSignal.timeout(answerTimeoutMs),
    })
    const text = await answer.text()
    const fault = faultOf(answer, text)
    const made = answer.status === 201 ? (JSON.parse(text) as { id?: string }).id : undefined
    return {
      status: answer.status,
      ...(fault === undefined ? {} : { defect: `${fault}: ${told} -> ${answer.status} ${text.slice(0, 300)}` }),
      ...(made === undefined ? {} : { id: made }),
    }
  } catch (error) {
    return { status: 0, defect: `no answer (${error instanceof Error ? error.message : 'unknown'}): ${told}` }
  }
}

function faultOf(answer: Response, text: string): string | undefined {
  if (!documented.includes(answer.status)) return 'undocumented status'
  if (text === '') return answer.status < 400 ? undefined : 'an error without a body'
  if (answer.headers.get('content-type')?.startsWith('application/scim+json') !== true)
    return 'not application/scim+json'
  const parsed = JSON.parse(text) as { status?: unknown; schemas?: readonly string[]; detail?: unknown }
  if (answer.status < 400) return undefined
  const isError = parsed.schemas?.[0] === 'urn:ietf:params:scim:api:messages:2.0:Error'
  if (!isError || parsed.status !== String(answer.status) || typeof parsed.detail !== 'string') return 'no SCIM error'
  return undefined
}
