import { type Attribute, attribute, type ResourceType, type Schema, subAttributeOf } from './attribute.ts'
import { commonAttributes, enterpriseUser, group, user } from './core.ts'

/** The resource types of one server and how names lead to their attributes. */
export interface Registry {
  readonly types: readonly [User: ResourceType, Group: ResourceType]
  readonly schemas: readonly Schema[]
}

interface RegistryOptions {
  /** Further extensions, described at run time. */
  readonly userExtensions?: readonly Schema[]
  readonly groupExtensions?: readonly Schema[]
  /** @default true */
  readonly keepsUnknownExtensions?: boolean
}

export function createRegistry(options: RegistryOptions = {}): Registry {
  const { userExtensions = [], groupExtensions = [], keepsUnknownExtensions = true } = options
  const userType: ResourceType = {
    name: 'User',
    endpoint: '/Users',
    description: 'People',
    schema: user,
    extensions: [enterpriseUser, ...userExtensions],
    keepsUnknownExtensions,
  }
  const groupType: ResourceType = {
    name: 'Group',
    endpoint: '/Groups',
    description: 'Groups',
    schema: group,
    extensions: groupExtensions,
    keepsUnknownExtensions,
  }
  const schemas = [user, group, enterpriseUser, ...userExtensions, ...groupExtensions]
  return { types: [userType, groupType], schemas: schemas.filter((each, index) => schemas.indexOf(each) === index) }
}

/** Where an attribute stands: at the top, or inside an extension; with a sub-attribute or without. */
export interface AttributeRef {
  /** Absent = core schema or common attribute. */
  readonly extension?: Schema
  readonly attribute: Attribute
  readonly sub?: Attribute
}

const attributeName = /^[A-Za-z$][\w$-]*$/

/** Attributes by name in any letter case, made once per schema. */
const indexes = new WeakMap<Schema, ReadonlyMap<string, Attribute>>()
const common = indexOf(commonAttributes)

function indexOf(attributes: readonly Attribute[]): ReadonlyMap<string, Attribute> {
  return new Map(attributes.map((each) => [each.name.toLowerCase(), each]))
}

function attributeOf(schema: Schema, name: string): Attribute | undefined {
  let index = indexes.get(schema)
  if (index === undefined) {
    index = indexOf(schema.attributes)
    indexes.set(schema, index)
  }
  const found = index.get(name.toLowerCase())
  if (found !== undefined || schema.open !== true || !attributeName.test(name)) return found
  return attribute(name, '', { type: 'any' })
}

/** The extension with that URN, in any letter case. Unknown ones exist where the type keeps them. */
export function extensionOf(type: ResourceType, urn: string): Schema | undefined {
  const wanted = urn.toLowerCase()
  const known = type.extensions.find((each) => each.id.toLowerCase() === wanted)
  if (known !== undefined || !type.keepsUnknownExtensions || !isUrn(urn)) return known
  return { id: urn, name: urn, description: '', attributes: [], open: true }
}

/** A URN no schema or message of RFC 7643 uses: those would be a core attribute spelt wrongly. */
function isUrn(text: string): boolean {
  return /^urn:[\w-]+:[\w().:+,=@;$!*'%/?#-]{1,200}$/i.test(text) && !/^urn:ietf:params:scim:/i.test(text)
}

/**
 * The attribute that a name means: an unqualified one is looked for in the core schema, then in the extensions, because
 * older clients leave the URN out (scim.md 2.1).
 */
export function resolveName(
  type: ResourceType,
  urn: string | undefined,
  name: string,
  sub: string | undefined,
): AttributeRef | undefined {
  if (urn !== undefined) return resolveQualified(type, urn, name, sub)
  const plain = attributeOf(type.schema, name) ?? common.get(name.toLowerCase())
  if (plain !== undefined) return withSub({ attribute: plain }, sub)
  for (const extension of type.extensions) {
    const found = attributeOf(extension, name)
    if (found !== undefined) return withSub({ extension, attribute: found }, sub)
  }
  return undefined
}

function resolveQualified(type: ResourceType, urn: string, name: string, sub: string | undefined) {
  if (urn.toLowerCase() === type.schema.id.toLowerCase()) {
    const found = attributeOf(type.schema, name) ?? common.get(name.toLowerCase())
    return found === undefined ? undefined : withSub({ attribute: found }, sub)
  }
  // `…:2.0:User.department`: a dot where the colon belongs.
  const whole = `${urn}:${name}`.toLowerCase()
  const misspelt = [type.schema, ...type.extensions].find((each) => each.id.toLowerCase() === whole)
  if (misspelt !== undefined && sub !== undefined) return resolveQualified(type, misspelt.id, sub, undefined)
  const extension = extensionOf(type, urn)
  const found = extension === undefined ? undefined : attributeOf(extension, name)
  return extension === undefined || found === undefined ? undefined : withSub({ extension, attribute: found }, sub)
}

function withSub(found: AttributeRef, sub: string | undefined): AttributeRef | undefined {
  if (sub === undefined) return found
  const known = subAttributeOf(found.attribute, sub)
  if (known !== undefined) return { ...found, sub: known }
  if (found.attribute.type !== 'any' || !attributeName.test(sub)) return undefined
  return { ...found, sub: attribute(sub, '', { type: 'any' }) }
}

/** Every attribute a resource of the type can have at the top: common, core. */
export function topAttributes(type: ResourceType): readonly Attribute[] {
  return [...commonAttributes, ...type.schema.attributes]
}
