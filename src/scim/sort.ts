import { scimFault } from './error.ts'
import { comparable, valuesAt } from './filter/evaluate.ts'
import { parsePath } from './filter/parse.ts'
import { isArray, isObject, type Json, type JsonObject, own } from './json.ts'
import { type ResourceType, subAttributeOf } from './schema/attribute.ts'
import { type AttributeRef, resolveName } from './schema/registry.ts'
import { compareText } from './text.ts'

export interface Sorting {
  readonly ref: AttributeRef
  readonly descending: boolean
}

/** What `sortBy` names (RFC 7644 section 3.4.2.3); a complex attribute is sorted by its `value`. Throws 400 invalidPath. */
export function sortingOf(type: ResourceType, sortBy: string, descending: boolean): Sorting {
  const { path, filter } = parsePath(sortBy)
  const ref = filter === undefined ? resolveName(type, path.urn, path.name, path.sub) : undefined
  if (ref === undefined) throw scimFault.invalidPath(`${type.name} cannot be sorted by "${sortBy}".`)
  if (ref.sub !== undefined || ref.attribute.type !== 'complex') return { ref, descending }
  const sub = subAttributeOf(ref.attribute, 'value')
  if (sub === undefined) throw scimFault.invalidPath(`"${sortBy}" has several parts; name one of them.`)
  return { ref: { ...ref, sub }, descending }
}

/** The value a resource is sorted by: of several the primary one, else the first. Undefined when there is none. */
function sortValue({ ref }: Sorting, resource: JsonObject): Json | undefined {
  const { sub, ...whole } = ref
  const elements = valuesAt(whole, resource)
  const primary = elements.find((each) => isObject(each) && own(each, 'primary') === true) ?? elements[0]
  const value = sub === undefined ? primary : isObject(primary) ? own(primary, sub.name) : undefined
  if (value === undefined || value === null || isObject(value) || isArray(value)) return undefined
  return comparable(sub ?? ref.attribute, value)
}

/** Sorted, those without a value last in ascending and first in descending order; else the given order stays. */
export function sorted(resources: readonly JsonObject[], sorting: Sorting): readonly JsonObject[] {
  const keyed = resources.map((resource) => ({ resource, value: sortValue(sorting, resource) }))
  const direction = sorting.descending ? -1 : 1
  keyed.sort((left, right) => direction * compareValues(left.value, right.value))
  return keyed.map(({ resource }) => resource)
}

function compareValues(left: Json | undefined, right: Json | undefined): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  return Number(left) - Number(right)
}
