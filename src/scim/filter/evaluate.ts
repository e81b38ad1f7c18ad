import { isArray, isObject, type Json, type JsonObject, own } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import type { AttributeRef } from '../schema/registry.ts'
import { compareText, foldText, instantOf } from '../text.ts'
import type { Filter } from './bind.ts'
import type { CompareOperator } from './tree.ts'

/** Whether a resource in canonical form fulfils a filter. */
export function matches(filter: Filter, resource: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((each) => matches(each, resource))
    case 'or':
      return filter.operands.some((each) => matches(each, resource))
    case 'not':
      return !matches(filter.operand, resource)
    case 'nothing':
      return false
    case 'present':
      return valuesAt(filter.ref, resource).some(isPresent)
    case 'element':
      return elementsAt(filter.ref, resource).some((element) => matches(filter.filter, element))
    case 'compare': {
      const { ref, operator, literal } = filter
      const leaf = ref.sub ?? ref.attribute
      const values = valuesAt(ref, resource).filter((value) => value !== null)
      // Nothing differs from everything.
      if (operator === 'ne' && values.length === 0) return true
      return values.some((value) => compare(operator, comparable(leaf, value), literal))
    }
  }
}

/** The values a reference leads to: several for a multi-valued attribute, none when absent. */
export function valuesAt({ extension, attribute, sub }: AttributeRef, resource: JsonObject): readonly Json[] {
  const container = extension === undefined ? resource : own(resource, extension.id)
  const value = isObject(container) ? own(container, attribute.name) : undefined
  if (value === undefined || value === null) return []
  const elements = isArray(value) ? value : [value]
  if (sub === undefined) return elements
  return elements.flatMap((element) => {
    const inner = isObject(element) ? own(element, sub.name) : undefined
    return inner === undefined || inner === null ? [] : isArray(inner) ? inner : [inner]
  })
}

function elementsAt(ref: AttributeRef, resource: JsonObject): readonly JsonObject[] {
  // A simple multi-valued attribute has elements with the one sub-attribute `value`.
  return valuesAt(ref, resource).map((element) => (isObject(element) ? element : { value: element }))
}

/** An empty text, list or object is not there (RFC 7644 section 3.4.2.2, operator pr). */
function isPresent(value: Json): boolean {
  if (value === null || value === '') return false
  if (isArray(value)) return value.some(isPresent)
  return !isObject(value) || Object.values(value).some(isPresent)
}

/** The form in which values are compared and sorted; also what the store keeps for comparing. */
export function comparable({ type, caseExact }: Attribute, value: Json): Json {
  if (typeof value !== 'string') return value
  if (type === 'dateTime') return instantOf(value) ?? value
  return caseExact ? value : foldText(value)
}

function compare(operator: CompareOperator, value: Json, literal: string | number | boolean): boolean {
  if (operator === 'eq') return value === literal
  if (operator === 'ne') return value !== literal
  if (typeof value === 'string' && typeof literal === 'string') {
    if (operator === 'co') return value.includes(literal)
    if (operator === 'sw') return value.startsWith(literal)
    if (operator === 'ew') return value.endsWith(literal)
    return inOrder(operator, compareText(value, literal))
  }
  if (typeof value !== 'number' || typeof literal !== 'number') return false
  return inOrder(operator, value - literal)
}

function inOrder(operator: CompareOperator, difference: number): boolean {
  if (operator === 'gt') return difference > 0
  if (operator === 'ge') return difference >= 0
  if (operator === 'lt') return difference < 0
  return operator === 'le' && difference <= 0
}
