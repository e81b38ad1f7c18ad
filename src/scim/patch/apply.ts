import { scimFault } from '../error.ts'
import { matches } from '../filter/evaluate.ts'
import { isArray, isEqualJson, isObject, type Json, type JsonObject, own, withMember } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import {
  canonicalElement,
  canonicalElements,
  canonicalValue,
  finished,
  identityOf,
  type Notice,
  saysNothing,
} from '../value.ts'
import type { Edit, Selection } from './edit.ts'

/** Carries out one edit on a document in canonical form; the document itself is returned when nothing changes. */
export function applyEdit(document: JsonObject, edit: Edit, notice: Notice): JsonObject {
  const { extension, attribute } = edit.ref
  const container = extension === undefined ? document : (own(document, extension.id) ?? {})
  if (!isObject(container)) return document
  const current = own(container, attribute.name)
  const next = nextValue(edit, current, notice)
  if (next === undefined && attribute.staysWhenAbsent === true) {
    // Taken away by name it is unassigned; a last "no" goes on counting as null, so that this wakes nobody either.
    const isNo = current === false || current === null
    return edit.op === 'remove' ? withMember(document, attribute.name, isNo ? null : undefined) : document
  }
  if (next === undefined && attribute.required) {
    const why = `${attribute.name} is required and cannot be taken away (${edit.where}).`
    throw edit.op === 'remove' ? scimFault.mutability(why) : scimFault.invalidValue(why)
  }
  if (attribute.required && next === '') throw scimFault.invalidValue(`${attribute.name} is empty (${edit.where}).`)
  if (
    attribute.mutability === 'immutable' &&
    current !== undefined &&
    (next === undefined || !isEqualJson(current, next))
  ) {
    throw scimFault.mutability(`${attribute.name} cannot be changed once it is set (${edit.where}).`)
  }
  const changed = withMember(container, attribute.name, next)
  if (changed === container) return document
  if (extension === undefined) return changed
  return withMember(document, extension.id, Object.keys(changed).length === 0 ? undefined : changed)
}

function nextValue(edit: Edit, current: Json | undefined, notice: Notice): Json | undefined {
  const { attribute, sub } = edit.ref
  if (attribute.multiValued) return nextElements(edit, isArray(current) ? current : [], notice)
  if (attribute.type === 'any') return nextOpen(edit, current, notice)
  if (sub !== undefined) return withSub(isObject(current) ? current : {}, sub, edit, notice)
  if (!isAssigned(edit)) return undefined
  const value = canonicalValue(attribute, edit.value ?? null, notice)
  if (attribute.type !== 'complex' || (value === undefined && isArray(edit.value))) return value
  return merged(attribute, current, isObject(value) ? value : {}, edit.value)
}

/**
 * The parts named replace the present ones, the others stay (RFC 7644 sections 3.5.2.1 and 3.5.2.3). What has a `value`
 * is one thing, as a manager is: another value leaves nothing of the former behind.
 */
function merged(attribute: Attribute, current: Json | undefined, parts: JsonObject, given: Json | undefined) {
  if (!isObject(current) || attribute.subAttributes?.some(({ name }) => name === 'value')) {
    return Object.keys(parts).length === 0 ? undefined : parts
  }
  const result: Record<string, Json> = { ...current, ...parts }
  for (const [name, value] of isObject(given) ? Object.entries(given) : []) {
    if (value !== null) continue
    const gone = Object.keys(result).find((each) => each.toLowerCase() === name.toLowerCase())
    if (gone !== undefined) delete result[gone]
  }
  return Object.keys(result).length === 0 ? undefined : result
}

function isAssigned({ op, value }: Edit): boolean {
  return op !== 'remove' && value !== undefined && value !== null
}

/** A document part with one sub-attribute set or taken out; undefined when nothing is left. */
function withSub(element: JsonObject, sub: Attribute, edit: Edit, notice: Notice): JsonObject | undefined {
  if (sub.mutability === 'readOnly') return Object.keys(element).length === 0 ? undefined : element
  const value = isAssigned(edit) ? canonicalValue(sub, edit.value ?? null, notice) : undefined
  const changed = withMember(element, sub.name, value)
  return Object.keys(changed).length === 0 ? undefined : changed
}

function nextOpen(edit: Edit, current: Json | undefined, notice: Notice): Json | undefined {
  const { attribute, sub } = edit.ref
  if (sub !== undefined) return withSub(isObject(current) ? current : {}, sub, edit, notice)
  return isAssigned(edit) ? canonicalValue(attribute, edit.value ?? null, notice) : undefined
}

// --- multi-valued attributes ------------------------------------------------------------------------------------------

function nextElements(edit: Edit, current: readonly Json[], notice: Notice): Json | undefined {
  const { op, ref, selection, value } = edit
  if (selection !== undefined) return atSelected(edit, selection, current, notice)
  if (ref.sub !== undefined) return atEach(edit, ref.sub, current, notice)
  if (op === 'remove') {
    return value === undefined || value === null ? undefined : without(ref.attribute, current, value, notice)
  }
  const given = value === undefined ? undefined : canonicalElements(ref.attribute, value, notice)
  if (op === 'replace') return given
  return given === undefined ? orNone(current) : withAdded(ref.attribute, current, given)
}

/** A list of values with `remove`: only those go, whatever else they say (Entra; scim.md 1, rule 4). */
function without(attribute: Attribute, current: readonly Json[], value: Json, notice: Notice): Json | undefined {
  const given = (isArray(value) ? value : [value]).flatMap((each) => canonicalElement(attribute, each, notice) ?? [])
  const isNamed = (element: Json) =>
    given.some((each) =>
      isObject(each) && isObject(element)
        ? Object.entries(each).every(([name, part]) => isEqualJson(own(element, name) ?? null, part))
        : isEqualJson(each, element),
    )
  return orNone(current.filter((element) => !isNamed(element)))
}

/** Elements joined by value and type; the newer says more. A new primary demotes the present one. */
function withAdded(attribute: Attribute, current: readonly Json[], added: readonly Json[]): Json | undefined {
  const byIdentity = new Map(current.map((element) => [identityOf(element), element]))
  const before = added.some(isPrimary) ? demoted(byIdentity) : byIdentity
  for (const element of added) {
    const identity = identityOf(element)
    const present = before.get(identity)
    before.set(identity, isObject(present) && isObject(element) ? { ...present, ...element } : element)
  }
  return finished(attribute, [...before.values()])
}

function demoted(elements: ReadonlyMap<string, Json>): Map<string, Json> {
  return new Map(
    [...elements].map(([key, each]) => [key, isPrimary(each) && isObject(each) ? { ...each, primary: false } : each]),
  )
}

function isPrimary(element: Json): boolean {
  return isObject(element) && own(element, 'primary') === true
}

/** A sub-attribute of every element; one element is made where there is none. */
function atEach(edit: Edit, sub: Attribute, current: readonly Json[], notice: Notice): Json | undefined {
  if (current.length === 0 && isAssigned(edit)) return made(edit, {}, notice)
  return changedElements(
    edit,
    current,
    () => true,
    (element) => withSub(element, sub, edit, notice),
  )
}

function atSelected(
  edit: Edit,
  { filter, terms }: Selection,
  current: readonly Json[],
  notice: Notice,
): Json | undefined {
  const isSelected = (element: Json) => matches(filter, isObject(element) ? element : { value: element })
  const { op, ref, value, where } = edit
  if (!current.some(isSelected)) {
    // Nothing to take away is what was asked for; clients repeat removals (scim.md 10, row 10).
    if (!isAssigned(edit)) return orNone(current)
    if (terms === undefined) throw scimFault.noTarget(`No element fulfils the bracket of ${where}.`)
    const [element] = made(edit, terms, notice) ?? []
    return element === undefined ? orNone(current) : withAdded(ref.attribute, current, [element])
  }
  const { sub } = ref
  if (sub !== undefined) {
    const changed = changedElements(edit, current, isSelected, (element) => withSub(element, sub, edit, notice))
    return changed
  }
  if (!isAssigned(edit)) return orNone(current.filter((element) => !isSelected(element)))
  const given = canonicalElement(ref.attribute, isArray(value) ? (value[0] ?? null) : (value ?? null), notice)
  if (given === undefined) return orNone(current)
  if (!isObject(given))
    return finished(
      ref.attribute,
      current.map((each) => (isSelected(each) ? given : each)),
    )
  return changedElements(edit, current, isSelected, (element) =>
    // What selected the element stays true of it unless the value says otherwise.
    op === 'replace' ? { ...terms, ...given } : { ...element, ...given },
  )
}

/** A new element that says what the bracket asks for and what the operation sets. */
function made(edit: Edit, terms: JsonObject, notice: Notice): readonly Json[] | undefined {
  const { ref, value } = edit
  const sub = ref.sub
  if (sub !== undefined) {
    const element = withSub(terms, sub, edit, notice)
    return element === undefined || saysNothing(element) ? undefined : [element]
  }
  const given = canonicalElement(ref.attribute, isArray(value) ? (value[0] ?? null) : (value ?? null), notice)
  if (given === undefined) return undefined
  return [isObject(given) ? { ...terms, ...given } : given]
}

/** Some elements changed; what says nothing any more goes, and a new primary demotes the others. */
function changedElements(
  { ref }: Edit,
  current: readonly Json[],
  isMeant: (element: Json) => boolean,
  change: (element: JsonObject) => JsonObject | undefined,
): Json | undefined {
  let newPrimary: number | undefined
  const changed = current.map((element, index) => {
    if (!isObject(element) || !isMeant(element)) return element
    const next = change(element)
    if (next === undefined || (next !== element && saysNothing(next))) return undefined
    if (isPrimary(next) && !isPrimary(element)) newPrimary ??= index
    return next
  })
  const kept = changed.map((element, index) =>
    newPrimary !== undefined && index !== newPrimary && isObject(element) && isPrimary(element)
      ? { ...element, primary: false }
      : element,
  )
  return finished(
    ref.attribute,
    kept.filter((element) => element !== undefined),
  )
}

function orNone(elements: readonly Json[]): readonly Json[] | undefined {
  return elements.length === 0 ? undefined : elements
}
