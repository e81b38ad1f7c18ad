/** Characteristics of attributes (RFC 7643 sections 2.2 and 7). */

export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'reference'
  | 'binary'
  | 'complex'
  /** Of an extension nobody described: kept as it came. Never stands in /Schemas. */
  | 'any'

export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly uniqueness: 'none' | 'server' | 'global'
  readonly description: string
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
  /** Accepted, but not told in /Schemas, because a client's check stumbles over it. */
  readonly undisclosed?: boolean
  /** One row per element, identified by `value` alone; never part of the document (RFC 7643 section 2.4). */
  readonly keptAsRows?: boolean
  /** An empty text is no value: nothing can be known by it. */
  readonly emptyIsNone?: boolean
  /**
   * Absence leaves it as it is: what is not said must neither wake nor disable anybody. In a document `null` stands for a
   * no that was taken away by name: unassigned for every reader, still a no for what follows from it.
   */
  readonly staysWhenAbsent?: boolean
}

export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
  /** Nobody described this extension: every attribute is taken as it comes. */
  readonly open?: boolean
}

export interface ResourceType {
  readonly name: string
  /** Relative to the base address, e.g. `/Users`. */
  readonly endpoint: string
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly Schema[]
  /** Extensions nobody described are kept; else they are passed over. */
  readonly keepsUnknownExtensions: boolean
}

type Given = Partial<Omit<Attribute, 'name' | 'description'>>

/** An attribute with the defaults of RFC 7643 section 2.2. */
export function attribute(name: string, description: string, given: Given = {}): Attribute {
  return {
    name,
    description,
    type: given.subAttributes === undefined ? 'string' : 'complex',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...given,
  }
}

/** A multi-valued attribute of the common form value, display, type, primary (RFC 7643 section 2.4). */
export function plural(name: string, description: string, value: Given = {}, types: readonly string[] = []): Attribute {
  return attribute(name, description, {
    multiValued: true,
    subAttributes: [
      attribute('value', 'The value itself.', value),
      attribute('display', 'How people read it.', { undisclosed: name === 'emails' }),
      attribute('type', 'What it is for.', types.length === 0 ? {} : { canonicalValues: types }),
      attribute('primary', 'Whether it is the preferred one; at most one is.', { type: 'boolean' }),
    ],
  })
}

/** The sub-attribute of that name, in any letter case. */
export function subAttributeOf(of: Attribute, name: string): Attribute | undefined {
  const wanted = name.toLowerCase()
  return of.subAttributes?.find((each) => each.name.toLowerCase() === wanted)
}
