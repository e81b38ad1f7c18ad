import { type Attribute, type AttributeType, attribute, type Schema } from './attribute.ts'

/** An extension an administrator describes at run time: flat attributes under one URN. */
export interface CustomSchema {
  readonly urn: string
  readonly attributes: readonly CustomAttribute[]
}

export interface CustomAttribute {
  readonly name: string
  /** @default 'string' */
  readonly type?: Exclude<AttributeType, 'complex' | 'any'>
  /** @default false */
  readonly multiValued?: boolean
  /** @default false */
  readonly caseExact?: boolean
}

export const customUrnPattern = /^urn:(?!ietf:params:scim:)[a-z0-9][a-z0-9-]{0,30}:[\w:.-]{1,200}$/i
export const attributeNamePattern = /^[A-Za-z][\w-]{0,100}$/

/** The schema of an extension; its URN and names must fit the patterns above. */
export function customSchema({ urn, attributes }: CustomSchema): Schema {
  return {
    id: urn,
    name: urn.split(':').at(-1) ?? urn,
    description: 'Described in the settings of the source',
    attributes: attributes.map(custom),
  }
}

function custom({ name, type = 'string', multiValued = false, caseExact = false }: CustomAttribute): Attribute {
  return attribute(name, name, { type, multiValued, caseExact })
}
