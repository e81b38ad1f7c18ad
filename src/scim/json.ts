import { scimFault } from './error.ts'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** Deeper or larger documents are refused before anything recursive looks at them. */
const deepest = 32
const mostValues = 2_000_000

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The value under exactly this name; never something inherited, as `constructor` would be. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The value under a name in any letter case (RFC 7643 section 2.1). */
export function ownIgnoringCase(object: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const wanted = name.toLowerCase()
  const found = Object.keys(object).find((key) => key.toLowerCase() === wanted)
  return found === undefined ? undefined : object[found]
}

/** A copy with one member set; `undefined` takes it out. The object itself is returned when nothing would change. */
export function withMember(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  if (value === undefined) {
    if (!Object.hasOwn(object, name)) return object
    const { [name]: _, ...rest } = object
    return rest
  }
  const current = own(object, name)
  if (current !== undefined && isEqualJson(current, value)) return object
  return { ...object, [name]: value }
}

/** Deep equality; the order of members does not count, the order of elements does. */
export function isEqualJson(left: Json, right: Json): boolean {
  if (left === right) return true
  if (isArray(left)) {
    if (!isArray(right) || left.length !== right.length) return false
    return left.every((each, index) => isEqualJson(each, right[index]!))
  }
  if (!isObject(left) || !isObject(right)) return false
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every((name) => Object.hasOwn(right, name) && isEqualJson(left[name]!, right[name]!))
}

/** What a value is called in messages. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (isArray(value)) return 'a list'
  if (isObject(value)) return 'an object'
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as 'string' | 'number' | 'boolean']
}

/** Refuses (400 invalidSyntax) what is nested or repeated beyond all sense. Walks without recursion. */
export function assertBounded(document: Json): void {
  let level: Json[] = [document]
  let values = 1
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) throw scimFault.invalidSyntax(`The document is nested more than ${deepest} levels deep.`)
    const next: Json[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const inner of isArray(value) ? value : Object.values(value)) next.push(inner)
    }
    values += next.length
    if (values > mostValues) throw scimFault.invalidSyntax(`The document holds more than ${mostValues} values.`)
    level = next
  }
}
