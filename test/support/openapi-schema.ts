export type Direction = 'request' | 'response'

const jsonTypes: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'])
const wordsWithoutMeaning: ReadonlySet<string> = new Set(['example', 'examples', 'discriminator', 'xml'])

type Resolve = (reference: string) => unknown

/**
 * OpenAPI 3.0 schemas as JSON Schema: `nullable` becomes a type, references point into the added document. An object
 * that lists its properties may have no others, so that a misspelt field is seen; objects put together with `allOf`
 * are one object. What may only be read is no part of a request, what may only be written none of an answer.
 */
export function asJsonSchema(input: unknown, direction: Direction, resolve: Resolve): unknown {
  if (Array.isArray(input)) return input.map((each) => asJsonSchema(each, direction, resolve))
  const value = joined(input, resolve)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (wordsWithoutMeaning.has(key)) continue
    if (key === 'type' && typeof inner === 'string' && !jsonTypes.has(inner)) continue
    out[key] =
      key === '$ref' && typeof inner === 'string' ? `document${inner}` : asJsonSchema(inner, direction, resolve)
  }
  const isObject = isRecord(out.properties) && out.type === 'object'
  if (isObject) dropOtherDirection(out, direction)
  if (isObject) out.additionalProperties ??= false
  if (out.nullable === true) {
    if (typeof out.type === 'string') out.type = [out.type, 'null']
    if (Array.isArray(out.enum)) out.enum = [...out.enum, null]
    delete out.nullable
  }
  return out
}

/** An `allOf` of several objects as the one object they describe; anything else as it is. */
function joined(value: unknown, resolve: Resolve): unknown {
  if (!isRecord(value) || !Array.isArray(value.allOf) || value.allOf.length < 2) return value
  const parts = value.allOf.map((part) =>
    joined(isRecord(part) && typeof part.$ref === 'string' ? resolve(part.$ref) : part, resolve),
  )
  if (!parts.every((part) => isRecord(part) && isRecord(part.properties))) return value
  const { allOf: _, ...rest } = value
  const properties: Record<string, unknown> = {}
  const required: unknown[] = []
  for (const part of parts as Record<string, unknown>[]) {
    for (const [name, schema] of Object.entries(part.properties as Record<string, unknown>)) {
      properties[name] = Object.hasOwn(properties, name) ? { allOf: [properties[name], schema] } : schema
    }
    if (Array.isArray(part.required)) required.push(...part.required)
  }
  return { ...rest, type: 'object', properties, ...(required.length === 0 ? {} : { required }) }
}

function dropOtherDirection(schema: Record<string, unknown>, direction: Direction): void {
  const mark = direction === 'request' ? 'readOnly' : 'writeOnly'
  const properties = schema.properties as Record<string, unknown>
  const dropped = Object.keys(properties).filter(
    (name) => isRecord(properties[name]) && properties[name][mark] === true,
  )
  for (const name of dropped) delete properties[name]
  if (Array.isArray(schema.required)) schema.required = schema.required.filter((name) => !dropped.includes(name))
  if (Array.isArray(schema.required) && schema.required.length === 0) delete schema.required
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
