import { isArray, isObject, type Json, type JsonObject, own } from './json.ts'
import { enterpriseSchema } from './schema/core.ts'

/** Attributes by one name each: a text, or a list of texts where there may be several values. */
export type FlatAttributes = Record<string, string | readonly string[]>

const preferred = [
  ['emails', 'email'],
  ['phoneNumbers', 'phoneNumber'],
] as const

/**
 * A resource without its depth. Simple attributes keep their SCIM names; parts have a dot (`name.givenName`); of several
 * values there is the whole list (`emails`), the preferred one (`email`) and the one of each type (`emails.work`).
 * Attributes of the enterprise extension have their plain names, of other extensions the URN before them. What is not
 * there stays absent.
 */
export function flattened(document: JsonObject): FlatAttributes {
  const attributes: FlatAttributes = {}
  for (const [name, value] of Object.entries(document)) {
    if (!name.includes(':')) put(attributes, name, value)
    else if (isObject(value)) {
      for (const [inner, each] of Object.entries(value)) {
        put(attributes, name.toLowerCase() === enterpriseKey ? inner : `${name}:${inner}`, each)
      }
    }
  }
  for (const [plural, singular] of preferred) {
    const value = preferredValue(own(document, plural))
    if (value !== undefined) attributes[singular] = value
  }
  return attributes
}

const enterpriseKey = enterpriseSchema.toLowerCase()

function put(attributes: FlatAttributes, name: string, value: Json): void {
  if (isArray(value)) return putElements(attributes, name, value)
  if (!isObject(value)) {
    const text = textOf(value)
    if (text !== undefined) attributes[name] = text
    return
  }
  const whole = textOf(own(value, 'value'))
  if (whole !== undefined) attributes[name] = whole
  for (const [inner, each] of Object.entries(value)) if (inner !== 'value') put(attributes, `${name}.${inner}`, each)
}

function putElements(attributes: FlatAttributes, name: string, elements: readonly Json[]): void {
  const values: string[] = []
  for (const element of elements) {
    const value = textOf(isObject(element) ? own(element, 'value') : element)
    if (value !== undefined) values.push(value)
    const type = isObject(element) ? textOf(own(element, 'type')) : undefined
    if (!isObject(element) || type === undefined) continue
    const path = `${name}.${type}`
    if (value !== undefined) attributes[path] ??= value
    else putParts(attributes, path, element)
  }
  if (values.length > 0) attributes[name] = values
}

/** An address has no single value; its parts are reached by its type: `addresses.work.locality`. */
function putParts(attributes: FlatAttributes, path: string, element: JsonObject): void {
  for (const [inner, each] of Object.entries(element)) {
    if (inner !== 'type' && inner !== 'primary') put(attributes, `${path}.${inner}`, each)
  }
}

/** The primary value of a multi-valued attribute, else the one for work, else the first. */
export function preferredValue(value: Json | undefined): string | undefined {
  const chosen = preferredElement(value)
  return chosen === undefined ? undefined : textOf(own(chosen, 'value'))
}

/** The element that `preferredValue` is taken from. */
export function preferredElement(value: Json | undefined): JsonObject | undefined {
  if (!isArray(value)) return undefined
  const elements = value.filter(isObject)
  return (
    elements.find((each) => own(each, 'primary') === true) ??
    elements.find((each) => String(own(each, 'type')).toLowerCase() === 'work') ??
    elements[0]
  )
}

/** A simple value as text; undefined for everything else. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
