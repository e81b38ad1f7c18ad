import type { AttributeValue, SourceUser } from '../../../domain/identity.ts'
import type { PushResource } from '../../../ports/push-directory.ts'
import { isArray, isObject, type Json, type JsonObject, own } from '../../../scim/json.ts'
import { enterpriseSchema } from '../../../scim/schema/core.ts'

/**
 * A pushed person as the engine knows one. Simple attributes keep their SCIM names; parts have a dot (`name.givenName`);
 * of several values there is the whole list (`emails`), the preferred one (`email`) and the one of each type
 * (`emails.work`). Attributes of the enterprise extension have their plain names, of other extensions the URN before them.
 * What was not sent is absent, which is unknown and changes nothing (D21).
 */
export function asUser({ id, sourceKey, document }: PushResource): SourceUser {
  const attributes: Record<string, AttributeValue> = { id }
  for (const [name, value] of Object.entries(document)) {
    if (!name.includes(':')) put(attributes, name, value)
    else if (isObject(value)) {
      for (const [inner, each] of Object.entries(value)) {
        put(attributes, name === enterpriseSchema ? inner : `${name}:${inner}`, each)
      }
    }
  }
  for (const [plural, singular] of preferred) {
    const value = preferredOf(own(document, plural))
    if (value !== undefined) attributes[singular] = value
  }
  const active = own(document, 'active')
  // null: the word about it was taken away after a no.
  return { key: sourceKey, active: active !== false && active !== null, attributes }
}

const preferred = [
  ['emails', 'email'],
  ['phoneNumbers', 'phoneNumber'],
] as const

function put(attributes: Record<string, AttributeValue>, name: string, value: Json): void {
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

function putElements(attributes: Record<string, AttributeValue>, name: string, elements: readonly Json[]): void {
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
function putParts(attributes: Record<string, AttributeValue>, path: string, element: JsonObject): void {
  for (const [inner, each] of Object.entries(element)) {
    if (inner !== 'type' && inner !== 'primary') put(attributes, `${path}.${inner}`, each)
  }
}

/** The primary value, else the one for work, else the first. */
function preferredOf(value: Json | undefined): string | undefined {
  if (!isArray(value)) return undefined
  const elements = value.filter(isObject)
  const chosen =
    elements.find((each) => own(each, 'primary') === true) ??
    elements.find((each) => String(own(each, 'type')).toLowerCase() === 'work') ??
    elements[0]
  return chosen === undefined ? undefined : textOf(own(chosen, 'value'))
}

function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
