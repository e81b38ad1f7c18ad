import { comparable } from './filter/evaluate.ts'
import { isArray, isObject, type Json, type JsonObject } from './json.ts'
import type { Document } from './resource.ts'
import { type Attribute, type ResourceType, subAttributeOf } from './schema/attribute.ts'
import { resolveName } from './schema/registry.ts'
import { foldText } from './text.ts'

/** A document with every value in the form in which filters compare it; the store searches in this. */
export function comparableDocument(type: ResourceType, document: Document): JsonObject {
  return mapped(document, (name, value) => {
    if (name.includes(':') && isObject(value)) {
      return mapped(value, (inner, each) => folded(resolveName(type, name, inner, undefined)?.attribute, each))
    }
    return folded(resolveName(type, undefined, name, undefined)?.attribute, value)
  })
}

function folded(attribute: Attribute | undefined, value: Json): Json {
  if (isArray(value)) return value.map((each) => folded(attribute, each))
  if (isObject(value)) {
    return mapped(value, (name, each) => folded(attribute && (subAttributeOf(attribute, name) ?? attribute), each))
  }
  if (attribute === undefined || attribute.type === 'complex')
    return typeof value === 'string' ? foldText(value) : value
  return comparable(attribute, value)
}

function mapped(object: JsonObject, change: (name: string, value: Json) => Json): JsonObject {
  // null is unassigned (RFC 7643 section 2.5): no filter finds it.
  const assigned = Object.entries(object).filter(([, value]) => value !== null)
  return Object.fromEntries(assigned.map(([name, value]) => [name, change(name, value)]))
}
