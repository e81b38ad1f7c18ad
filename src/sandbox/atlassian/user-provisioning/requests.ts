import type { Call } from '../../server/call.ts'
import type { ProvisioningDirectory } from '../state/provisioning.ts'
import type { Twin } from '../twin.ts'
import { refuse, refuseKey } from './dialect.ts'

/** The directory of the path, for whoever has its key. 404 for another directory. */
export function requireDirectory(twin: Twin, call: Call): ProvisioningDirectory {
  const { provisioning } = twin.state
  const header = call.takenFor === undefined ? call.headers.authorization : undefined
  const [scheme = '', key] = (header ?? '').split(/\s+/, 2)
  if (provisioning === undefined || !/^bearer$/i.test(scheme) || key !== provisioning.apiKey) {
    return refuseKey(twin.variants)
  }
  if (call.param('directoryId') !== provisioning.id) refuse(404, 'Directory not found')
  return provisioning
}

/** A body that is a JSON object, sent as SCIM or as JSON. */
export function bodyObject(call: Call): Record<string, unknown> {
  const type = (call.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/scim+json' && type !== 'application/json') refuse(400, 'Unsupported content type')
  try {
    const body: unknown = JSON.parse(call.rawBody)
    if (isRecord(body)) return body
  } catch {
    // Told below, as for every other body that is no object.
  }
  return refuse(400, 'Request is unparsable, syntactically incorrect, or violates schema.', 'invalidSyntax')
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Exactly one `eq` on one of these attributes; undefined = no filter. */
export function filterOf(call: Call, attributes: readonly string[]): { name: string; value: string } | undefined {
  const filter = call.query.get('filter')
  if (filter === null || filter.trim() === '') return undefined
  const [, given = '', text = ''] = /^\s*([A-Za-z.]+)\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i.exec(filter) ?? []
  const name = attributes.find((each) => each.toLowerCase() === given.toLowerCase())
  if (name === undefined) refuse(400, `The filter ${filter} is not supported.`, 'invalidFilter')
  return { name, value: JSON.parse(text) as string }
}

/** A list response: 1-based, the size lowered to the largest page. */
export function listAnswer<Item>(twin: Twin, call: Call, all: readonly Item[], view: (item: Item) => unknown) {
  const startIndex = Math.max(1, Math.trunc(numberOf(call, 'startIndex') ?? 1))
  const most = Number(twin.variants.get('scimMaxCount'))
  const count = Math.max(0, Math.min(most, Math.trunc(numberOf(call, 'count') ?? most)))
  let shown = all.slice(startIndex - 1, startIndex - 1 + count)
  let totalResults = all.length
  if (call.shortPage !== undefined) {
    shown = shown.slice(0, call.shortPage.keep)
    if (!call.shortPage.totalIsTrue) totalResults = startIndex - 1 + shown.length
  }
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults,
    startIndex,
    itemsPerPage: shown.length,
    Resources: shown.map(view),
  }
}

function numberOf(call: Call, name: string): number | undefined {
  const text = call.query.get(name)
  if (text === null) return undefined
  return /^-?\d+$/.test(text) ? Number(text) : refuse(400, `${name} is not a number.`, 'invalidValue')
}
