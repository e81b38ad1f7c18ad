import { scimFault } from './error.ts'
import { parsePath } from './filter/parse.ts'
import { isArray, isObject, type Json, type JsonObject } from './json.ts'
import { type Attribute, type ResourceType, subAttributeOf } from './schema/attribute.ts'
import { type AttributeRef, extensionOf, resolveName, topAttributes } from './schema/registry.ts'

/** Most names in `attributes` or `excludedAttributes`. */
const mostNames = 500

interface Names {
  readonly attributes?: readonly string[] | undefined
  readonly excludedAttributes?: readonly string[] | undefined
}

/** Which parts of a resource an answer shows (RFC 7644 section 3.9). */
export interface Projection {
  /** Whether any of this top attribute is wanted: what is not need not be read at all. */
  wants(name: string): boolean
  apply(resource: JsonObject): JsonObject
}

/** What was named: whole attributes, and single sub-attributes of others, by path in lower case. */
class Selected {
  readonly #paths = new Set<string>()
  readonly #parents = new Set<string>()
  readonly isEmpty: boolean

  constructor(type: ResourceType, names: readonly string[]) {
    this.isEmpty = names.length === 0
    for (const name of names) this.#add(type, name.trim())
  }

  #add(type: ResourceType, name: string): void {
    const extension = extensionOf(type, name)
    // Of an extension nobody described either it is meant itself or an attribute in it.
    if (extension !== undefined) this.#paths.add(keyOf({ extension }))
    const ref = refOf(type, name)
    if (ref === undefined) return
    this.#paths.add(keyOf(ref))
    if (ref.sub !== undefined) this.#parents.add(keyOf({ ...ref, sub: undefined }))
    if (ref.extension !== undefined) this.#parents.add(keyOf({ extension: ref.extension }))
  }

  /** Named itself. */
  has(key: string): boolean {
    return this.#paths.has(key)
  }

  /** Something inside it is named. */
  hasWithin(key: string): boolean {
    return this.#parents.has(key)
  }
}

interface KeyParts {
  readonly extension?: { readonly id: string } | undefined
  readonly attribute?: Attribute | undefined
  readonly sub?: Attribute | undefined
}

function keyOf({ extension, attribute, sub }: KeyParts): string {
  return [extension?.id, attribute?.name, sub?.name].map((part) => part?.toLowerCase() ?? '').join('|')
}

/** Names that no attribute has are passed over: they would show nothing. */
function refOf(type: ResourceType, name: string): AttributeRef | undefined {
  try {
    const { path } = parsePath(name)
    return resolveName(type, path.urn, path.name, path.sub)
  } catch {
    return undefined
  }
}

/** Throws 400 invalidValue when far too much is named. */
export function projection(type: ResourceType, { attributes = [], excludedAttributes = [] }: Names): Projection {
  if (attributes.length + excludedAttributes.length > mostNames) {
    throw scimFault.invalidValue(`More than ${mostNames} attributes are named.`)
  }
  const wanted = new Selected(type, attributes)
  const unwanted = new Selected(type, excludedAttributes)
  const tops = new Map(topAttributes(type).map((each) => [each.name, each]))

  const shows = (parts: KeyParts, leaf: Pick<Attribute, 'returned'>): boolean => {
    const key = keyOf(parts)
    if (leaf.returned === 'always') return true
    if (leaf.returned === 'never' || unwanted.has(key)) return false
    if (!wanted.isEmpty) return wanted.has(key) || wanted.hasWithin(key)
    return leaf.returned === 'default'
  }
  /** One attribute, cut down to the sub-attributes that are to be seen. */
  const cut = (parts: KeyParts & { readonly attribute: Attribute }, value: Json): Json | undefined => {
    if (value === null || !shows(parts, parts.attribute)) return undefined
    const isWhole = wanted.isEmpty || wanted.has(keyOf(parts))
    const inner = (element: Json): Json => {
      if (!isObject(element)) return element
      const kept = Object.entries(element).filter(([name]) => {
        const sub = subAttributeOf(parts.attribute, name)
        if (sub === undefined || sub.returned === 'always') return true
        const key = keyOf({ ...parts, sub })
        return (
          sub.returned !== 'never' && !unwanted.has(key) && (isWhole ? sub.returned === 'default' : wanted.has(key))
        )
      })
      return Object.fromEntries(kept)
    }
    if (parts.attribute.type !== 'complex') return value
    return isArray(value) ? value.map(inner) : inner(value)
  }
  const cutExtension = (id: string, value: Json): Json | undefined => {
    const extension = extensionOf(type, id)
    if (extension === undefined || !isObject(value) || unwanted.has(keyOf({ extension }))) return undefined
    const isNamed = wanted.has(keyOf({ extension }))
    if (!wanted.isEmpty && !isNamed && !wanted.hasWithin(keyOf({ extension }))) return undefined
    const kept = Object.entries(value).flatMap(([name, each]) => {
      const attribute = resolveName(type, id, name, undefined)?.attribute
      if (attribute === undefined) return []
      const isExcluded = unwanted.has(keyOf({ extension, attribute }))
      const part = isNamed ? (isExcluded ? undefined : each) : cut({ extension, attribute }, each)
      return part === undefined ? [] : [[name, part] as const]
    })
    return kept.length === 0 ? undefined : Object.fromEntries(kept)
  }

  return {
    wants: (name) => {
      const attribute = tops.get(name)
      return attribute !== undefined && shows({ attribute }, attribute)
    },
    apply: (resource) => {
      const shown: Record<string, Json> = {}
      for (const [name, value] of Object.entries(resource)) {
        const attribute = tops.get(name)
        const part = attribute === undefined ? cutExtension(name, value) : cut({ attribute }, value)
        if (part !== undefined) shown[name] = part
      }
      return shown
    },
  }
}
