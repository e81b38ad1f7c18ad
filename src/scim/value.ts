import { scimFault } from './error.ts'
import { isArray, isObject, type Json, type JsonObject, kindOf, own } from './json.ts'
import { type Attribute, subAttributeOf } from './schema/attribute.ts'
import { instantOf, isStorable } from './text.ts'

/** Most elements of a multi-valued attribute that is kept in the document. */
const mostElements = 1_000
const attributeName = /^[A-Za-z$][\w$-]*$/

/** Told about what was accepted although the RFC would not have it, or passed over. */
export type Notice = (sentence: string) => void

/**
 * One value in canonical form: canonical names, booleans as booleans, elements as objects. Liberal in shape as scim.md 1
 * lists it; the one coercion of types is a boolean given as a text. Undefined = unassigned (null, [], an empty object:
 * RFC 7643 section 2.5). Throws 400 invalidValue.
 */
export function canonicalValue(attribute: Attribute, value: Json, notice: Notice): Json | undefined {
  if (value === null) return undefined
  if (attribute.type === 'any') return openValue(attribute, value)
  if (attribute.multiValued) return canonicalElements(attribute, value, notice)
  const one = single(attribute, value, notice)
  // Judged last: an empty text also arrives in a list of one.
  return one === '' && attribute.emptyIsNone === true ? undefined : one
}

/** The elements of a multi-valued attribute, each once; at most one stays primary, the first. */
export function canonicalElements(attribute: Attribute, value: Json, notice: Notice): readonly Json[] | undefined {
  const given = isArray(value) ? value : [value]
  const elements = given.flatMap((each) => canonicalElement(attribute, each, notice) ?? [])
  return finished(attribute, elements)
}

/** One element of a multi-valued attribute; a bare text is its `value`. */
export function canonicalElement(attribute: Attribute, value: Json, notice: Notice): Json | undefined {
  if (value === null) return undefined
  if (attribute.type !== 'complex') return simple(attribute, unwrapped(value), notice)
  return complex(attribute, value, notice)
}

/** Repeated elements go, later primaries are demoted, nothing left is unassigned. */
export function finished(attribute: Attribute, elements: readonly Json[]): readonly Json[] | undefined {
  if (elements.length === 0) return undefined
  if (attribute.keptAsRows !== true && elements.length > mostElements) {
    throw scimFault.invalidValue(`${attribute.name} has ${elements.length} values; at most ${mostElements} are kept.`)
  }
  const kept: Json[] = []
  const seen = new Map<string, number>()
  let hasPrimary = false
  for (const element of elements) {
    const key = identityOf(element)
    const before = seen.get(key)
    if (before !== undefined) {
      // The same value once more: what it says beyond the first counts (PingOne sends one address twice).
      kept[before] = isObject(element) && isObject(kept[before]) ? { ...element, ...kept[before] } : kept[before]!
      continue
    }
    seen.set(key, kept.length)
    if (!isObject(element) || own(element, 'primary') !== true) kept.push(element)
    else {
      kept.push(hasPrimary ? { ...element, primary: false } : element)
      hasPrimary = true
    }
  }
  return kept
}

/** Elements are the same when value and type are (RFC 7643 section 2.4); without a value only when all is. */
export function identityOf(element: Json): string {
  if (!isObject(element)) return JSON.stringify(element)
  const value = own(element, 'value')
  if (value === undefined) return `whole ${JSON.stringify(Object.entries(element).sort(byName))}`
  const type = own(element, 'type')
  return JSON.stringify([value, typeof type === 'string' ? type.toLowerCase() : null])
}

function byName([left]: [string, Json], [right]: [string, Json]): number {
  return left < right ? -1 : 1
}

function single(attribute: Attribute, value: Json, notice: Notice): Json | undefined {
  if (attribute.type === 'complex') {
    // Entra sends a manager as a list of one.
    if (isArray(value)) {
      if (value.length > 1) throw misfit(attribute, value)
      return value.length === 0 || value[0] === null ? undefined : complex(attribute, value[0]!, notice)
    }
    return complex(attribute, value, notice)
  }
  // Old Entra form: "value": [{ "$ref": null, "value": "x" }].
  if (isArray(value)) {
    if (value.length > 1) throw misfit(attribute, value)
    return value.length === 0 || value[0] === null ? undefined : simple(attribute, unwrapped(value[0]!), notice)
  }
  return simple(attribute, value, notice)
}

function unwrapped(value: Json): Json {
  const inner = isObject(value) ? own(value, 'value') : undefined
  return inner ?? value
}

function complex(attribute: Attribute, value: Json, notice: Notice): JsonObject | undefined {
  const subAttributes = attribute.subAttributes ?? []
  if (!isObject(value)) {
    const inner = subAttributes.find((each) => each.name === 'value')
    if (inner === undefined || typeof value !== 'string') throw misfit(attribute, value)
    if (value === '') return undefined
    return { value: simple(inner, value, notice) }
  }
  const result: Record<string, Json> = {}
  for (const [given, each] of Object.entries(value)) {
    const sub = subAttributeOf(attribute, given)
    if (sub === undefined) {
      notice(`${attribute.name}.${given} is unknown and was passed over.`)
      continue
    }
    if (sub.mutability === 'readOnly') continue
    if (Object.hasOwn(result, sub.name)) throw twice(`${attribute.name}.${sub.name}`)
    const canonical = canonicalValue(sub, each, notice)
    if (canonical !== undefined) result[sub.name] = canonical
  }
  if (Object.keys(result).length === 0) {
    if (attribute.keptAsRows === true) throw scimFault.invalidValue(`An element of ${attribute.name} has no value.`)
    return undefined
  }
  // A manager without an id is no manager.
  if (!attribute.multiValued && result.value === '') return undefined
  if (subAttributes.some((each) => each.name === 'value' && each.required) && !isFilled(result.value)) {
    throw scimFault.invalidValue(`An element of ${attribute.name} has no value.`)
  }
  return result
}

function isFilled(value: Json | undefined): boolean {
  return value !== undefined && value !== ''
}

/** A name given in two letter cases: which one is meant cannot be known. */
export function twice(name: string) {
  return scimFault.invalidSyntax(`${name} is given more than once.`)
}

function simple(attribute: Attribute, value: Json, notice: Notice): Json {
  switch (attribute.type) {
    case 'boolean': {
      if (typeof value === 'boolean') return value
      const text = typeof value === 'string' ? value.toLowerCase() : ''
      if (text !== 'true' && text !== 'false') throw misfit(attribute, value)
      notice(`${attribute.name} came as the text "${value}".`)
      return text === 'true'
    }
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw misfit(attribute, value)
      return value
    case 'decimal':
      if (typeof value !== 'number') throw misfit(attribute, value)
      return value
    case 'dateTime':
      if (typeof value !== 'string' || instantOf(value) === undefined) throw misfit(attribute, value)
      return value
    case 'binary':
      if (typeof value !== 'string' || !/^[A-Za-z0-9+/_=\s-]*$/.test(value)) throw misfit(attribute, value)
      return value
    default:
      if (typeof value !== 'string') throw misfit(attribute, value)
      return storable(attribute, value)
  }
}

function storable(attribute: Attribute, text: string): string {
  if (isStorable(text)) return text
  throw scimFault.invalidValue(`${attribute.name} holds a character that cannot be kept (NUL, or half of a pair).`)
}

/** Of an extension nobody described: any value, as long as it can be kept and found again. */
function openValue(attribute: Attribute, value: Json): Json | undefined {
  if (value === null) return undefined
  if (typeof value === 'string') return storable(attribute, value)
  if (isArray(value)) {
    if (value.length > mostElements) throw misfit(attribute, value)
    const kept = value.flatMap((each) => openValue(attribute, each) ?? [])
    return kept.length === 0 ? undefined : kept
  }
  if (!isObject(value)) return value
  const kept: Record<string, Json> = {}
  for (const [name, each] of Object.entries(value)) {
    const inner = attributeName.test(name) ? openValue(attribute, each) : undefined
    if (inner !== undefined) kept[name] = inner
  }
  return Object.keys(kept).length === 0 ? undefined : kept
}

function misfit(attribute: Attribute, value: Json) {
  const { name, type, multiValued } = attribute
  const wanted = type === 'complex' ? 'an object' : multiValued ? `values of type ${type}` : `a value of type ${type}`
  const came = typeof value === 'string' && type !== 'string' ? 'another text' : kindOf(value)
  return scimFault.invalidValue(`${name} should be ${wanted}, but ${came} came.`)
}

/** True when nothing of an element but `type` and `primary` is left: that says nothing any more (scim.md 10, row 8). */
export function saysNothing(element: JsonObject): boolean {
  return Object.keys(element).every((name) => name === 'type' || name === 'primary')
}
