import { preferredValue, textOf } from '../flat.ts'
import { isArray, isObject, type Json, type JsonObject, ownIgnoringCase } from '../json.ts'

/** A resource as another server tells it: names in any letter case, shapes as servers are known to send them. */
export interface ToldResource {
  readonly id: string
  readonly document: JsonObject
}

/** Undefined for what is no resource: without an id nothing can be done with it. */
export function toldResource(json: unknown): ToldResource | undefined {
  if (!isObject(json as Json)) return undefined
  const document = json as JsonObject
  const id = textOf(ownIgnoringCase(document, 'id'))
  return id === undefined || id === '' ? undefined : { id, document }
}

/** Absent means active (RFC 7643 section 4.1.1 leaves it open); texts such as "False" come from some servers. */
export function isActive({ document }: ToldResource): boolean {
  const active = ownIgnoringCase(document, 'active')
  return !(active === false || (typeof active === 'string' && active.toLowerCase() === 'false'))
}

/** A simple attribute as text; an empty text is none. */
export function textAt({ document }: ToldResource, name: string): string | undefined {
  const text = textOf(ownIgnoringCase(document, name))
  return text === '' ? undefined : text
}

/** The preferred mail address; undefined where there is none. */
export function emailOf({ document }: ToldResource): string | undefined {
  const emails = ownIgnoringCase(document, 'emails')
  return preferredValue(isArray(emails) ? emails : emails === undefined ? emails : [emails])
}

/** For If-Match; undefined where the server counts no versions. */
export function versionOf({ document }: ToldResource): string | undefined {
  const meta = ownIgnoringCase(document, 'meta')
  return isObject(meta) ? textOf(ownIgnoringCase(meta, 'version')) : undefined
}

/** Somebody in a group, or a group in it. */
export interface ToldMember {
  readonly id: string
  readonly kind: 'user' | 'group'
  /** As it came, for a list that is written as a whole. */
  readonly element: JsonObject
}

/**
 * Direct members; undefined where the group came without them, which says nothing about them. Whether a member is a group
 * is told by `type`, else by `$ref`, else by `isGroup`.
 */
export function membersOf(
  { document }: ToldResource,
  isGroup: (id: string) => boolean = () => false,
): readonly ToldMember[] | undefined {
  const told = ownIgnoringCase(document, 'members')
  if (told === undefined) return undefined
  if (told === null) return []
  const elements = isArray(told) ? told : [told]
  const members = new Map<string, ToldMember>()
  for (const each of elements) {
    const element: JsonObject = isObject(each) ? each : { value: each }
    const id = textOf(ownIgnoringCase(element, 'value'))
    if (id === undefined || id === '') continue
    members.set(id, { id, kind: isGroupMember(element, id, isGroup) ? 'group' : 'user', element })
  }
  return [...members.values()]
}

function isGroupMember(element: JsonObject, id: string, isGroup: (id: string) => boolean): boolean {
  const type = textOf(ownIgnoringCase(element, 'type'))?.toLowerCase()
  if (type === 'group' || type === 'user') return type === 'group'
  const reference = textOf(ownIgnoringCase(element, '$ref'))
  if (reference !== undefined && /\/?(groups|users)\//i.test(reference)) return /(^|\/)groups\//i.test(reference)
  return isGroup(id)
}

/** Ids of the groups a user is directly in, as told with the user; undefined where the user came without them. */
export function groupsOf({ document }: ToldResource): readonly string[] | undefined {
  const told = ownIgnoringCase(document, 'groups')
  if (told === undefined) return undefined
  const elements = isArray(told) ? told : told === null ? [] : [told]
  return elements.flatMap((each) => {
    if (!isObject(each)) return textOf(each) ?? []
    const isIndirect = textOf(ownIgnoringCase(each, 'type'))?.toLowerCase() === 'indirect'
    return isIndirect ? [] : (textOf(ownIgnoringCase(each, 'value')) ?? [])
  })
}
