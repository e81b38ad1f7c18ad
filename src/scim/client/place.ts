import { preferredElement, textOf } from '../flat.ts'
import { isArray, isObject, type Json, type JsonObject, own, ownIgnoringCase, withMember } from '../json.ts'
import type { PatchOperation } from './request.ts'

/** Where one value stands in a user: `title`, `name.givenName`, `urn:…:User:department`, `emails`, `phoneNumbers.mobile`. */
export interface Place {
  /** URN of an extension; absent = the core schema. */
  readonly urn?: string
  readonly attribute: string
  /** Part of a complex attribute. */
  readonly part?: string
  /** A multi-valued attribute: the element of this type, or `preferred` for the primary one. */
  readonly element?: string
}

const plurals = new Set(['emails', 'phonenumbers', 'ims', 'photos', 'roles', 'entitlements'])
const corePrefix = /^urn:ietf:params:scim:schemas:core:2\.0:user:/i
const simplePath = /^(?:(urn:[A-Za-z0-9:._-]+):)?([A-Za-z$][\w$-]*)(?:\.([A-Za-z$][\w$-]*))?$/

/** Understands a path as administrators write it; undefined when it is none. */
export function placeOf(path: string): Place | undefined {
  const found = simplePath.exec(path.replace(corePrefix, ''))
  if (found === null) return undefined
  const [, urn, attribute = '', inner] = found
  if (urn === undefined && plurals.has(attribute.toLowerCase())) return { attribute, element: inner ?? 'preferred' }
  return { ...(urn === undefined ? {} : { urn }), attribute, ...(inner === undefined ? {} : { part: inner }) }
}

/** The value there; undefined where there is none. */
export function valueAt(document: JsonObject, place: Place): string | undefined {
  const holder = place.urn === undefined ? document : ownIgnoringCase(document, place.urn)
  if (!isObject(holder)) return undefined
  const value = ownIgnoringCase(holder, place.attribute)
  if (place.element !== undefined) {
    const element = elementOf(value, place.element)
    return element === undefined ? undefined : filled(own(element, 'value'))
  }
  if (place.part === undefined) return filled(isObject(value) ? ownIgnoringCase(value, 'value') : value)
  return isObject(value) ? filled(ownIgnoringCase(value, place.part)) : undefined
}

/** The document with another value there; `null` takes it out. */
export function withValueAt(document: JsonObject, place: Place, value: string | null): JsonObject {
  const { urn, attribute, part } = place
  if (urn !== undefined) {
    const name = nameIn(document, urn)
    const holder = own(document, name)
    const inner = withValueAt(isObject(holder) ? holder : {}, withoutUrn(place), value)
    return withMember(withSchema(document, urn), name, Object.keys(inner).length === 0 ? undefined : inner)
  }
  const name = nameIn(document, attribute)
  const present = own(document, name)
  if (place.element !== undefined) return withMember(document, name, elementsWith(present, place.element, value))
  if (part === undefined) return withMember(document, name, value ?? undefined)
  const whole = isObject(present) ? present : {}
  const changed = withMember(whole, nameIn(whole, part), value ?? undefined)
  return withMember(document, name, Object.keys(changed).length === 0 ? undefined : changed)
}

/**
 * The PATCH operation that brings about `withValueAt`. A list is written as a whole, because a filtered path without a match
 * ends the request at many servers (scim.md 9.9).
 */
export function operationAt(document: JsonObject, place: Place, value: string | null): PatchOperation {
  const prefix = place.urn === undefined ? '' : `${place.urn}:`
  const path = prefix + place.attribute + (place.part === undefined ? '' : `.${place.part}`)
  if (place.element !== undefined) {
    const elements = elementsWith(ownIgnoringCase(document, place.attribute), place.element, value)
    return elements === undefined ? { op: 'remove', path } : { op: 'replace', path, value: elements }
  }
  return value === null ? { op: 'remove', path } : { op: 'replace', path, value }
}

function filled(value: Json | undefined): string | undefined {
  const text = textOf(value)
  return text === '' ? undefined : text
}

function nameIn(object: JsonObject, name: string): string {
  return Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name
}

function elementOf(value: Json | undefined, type: string): JsonObject | undefined {
  if (type === 'preferred') return preferredElement(value)
  if (!isArray(value)) return undefined
  return value.filter(isObject).find((each) => textOf(own(each, 'type'))?.toLowerCase() === type.toLowerCase())
}

function elementsWith(present: Json | undefined, type: string, value: string | null): readonly Json[] | undefined {
  const elements = isArray(present) ? present : []
  const element = elementOf(present, type)
  if (value === null) {
    const rest = elements.filter((each) => each !== element)
    return rest.length === 0 ? undefined : rest
  }
  if (element !== undefined) return elements.map((each) => (each === element ? { ...element, value } : each))
  const isFirst = elements.length === 0
  const made = { value, type: type === 'preferred' ? 'work' : type, ...(isFirst ? { primary: true } : {}) }
  return [...elements, made]
}

function withSchema(document: JsonObject, urn: string): JsonObject {
  const schemas = own(document, 'schemas')
  const listed = isArray(schemas) ? schemas : []
  const isThere = listed.some((each) => typeof each === 'string' && each.toLowerCase() === urn.toLowerCase())
  return isThere ? document : { ...document, schemas: [...listed, urn] }
}

function withoutUrn({ urn: _, ...rest }: Place): Place {
  return rest
}
