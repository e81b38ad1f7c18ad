import { textOf } from '../flat.ts'
import { isArray, isObject, type Json, ownIgnoringCase } from '../json.ts'

/**
 * What a server says about itself (RFC 7643 section 5, RFC 9865 section 4). Undefined = it does not say, or says something
 * that cannot be understood: then it is tried.
 */
export interface Abilities {
  readonly patch?: boolean
  readonly filter?: boolean
  readonly etag?: boolean
  readonly bulk?: boolean
  /** How lists are paged; a server from before RFC 9865 says nothing and pages by index. */
  readonly cursor?: boolean
  readonly index?: boolean
  readonly defaultPaging?: string
  readonly maxPageSize?: number
}

/** Reads a ServiceProviderConfig as far as it can be understood; never throws. */
export function abilitiesOf(json: unknown): Abilities {
  if (!isObject(json as Json)) return {}
  const document = json as { readonly [name: string]: Json }
  const pagination = ownIgnoringCase(document, 'pagination')
  const paging = isObject(pagination) ? pagination : {}
  const maxPageSize = ownIgnoringCase(paging, 'maxPageSize')
  return {
    ...flag('patch', supported(ownIgnoringCase(document, 'patch'))),
    ...flag('filter', supported(ownIgnoringCase(document, 'filter'))),
    ...flag('etag', supported(ownIgnoringCase(document, 'etag'))),
    ...flag('bulk', supported(ownIgnoringCase(document, 'bulk'))),
    ...flag('cursor', truth(ownIgnoringCase(paging, 'cursor'))),
    ...flag('index', truth(ownIgnoringCase(paging, 'index'))),
    ...flag('defaultPaging', textOf(ownIgnoringCase(paging, 'defaultPaginationMethod'))?.toLowerCase()),
    ...(typeof maxPageSize === 'number' && maxPageSize > 0 ? { maxPageSize } : {}),
  }
}

function flag<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: Value })
}

function supported(value: Json | undefined): boolean | undefined {
  return isObject(value) ? truth(ownIgnoringCase(value, 'supported')) : truth(value)
}

function truth(value: Json | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : undefined
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/**
 * Every attribute that /Schemas names, as lower-case `urn:attribute` and `urn:attribute.part`. Undefined when the answer
 * lists no schema: then nothing is known.
 */
export function schemaAttributes(json: unknown): ReadonlySet<string> | undefined {
  const told = isObject(json as Json) ? ownIgnoringCase(json as { readonly [name: string]: Json }, 'Resources') : json
  if (!isArray(told as Json)) return undefined
  const names = new Set<string>()
  for (const schema of told as readonly Json[]) {
    if (!isObject(schema)) continue
    const urn = textOf(ownIgnoringCase(schema, 'id'))
    const attributes = ownIgnoringCase(schema, 'attributes')
    if (urn === undefined || !isArray(attributes)) continue
    for (const attribute of attributes) addNames(names, urn, attribute)
  }
  return names.size === 0 ? undefined : names
}

function addNames(names: Set<string>, prefix: string, attribute: Json, separator = ':'): void {
  const name = isObject(attribute) ? textOf(ownIgnoringCase(attribute, 'name')) : undefined
  if (!isObject(attribute) || name === undefined) return
  const path = `${prefix}${separator}${name}`
  names.add(path.toLowerCase())
  const parts = ownIgnoringCase(attribute, 'subAttributes')
  if (isArray(parts)) for (const part of parts) addNames(names, path, part, '.')
}
