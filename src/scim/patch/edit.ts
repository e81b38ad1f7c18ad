import { scimFault } from '../error.ts'
import { bindElementFilter, type Filter } from '../filter/bind.ts'
import { parsePath } from '../filter/parse.ts'
import type { FilterTree, PathTree } from '../filter/tree.ts'
import { isArray, isObject, type Json, type JsonObject, kindOf } from '../json.ts'
import { type Attribute, type ResourceType, type Schema, subAttributeOf } from '../schema/attribute.ts'
import { type AttributeRef, extensionOf, resolveName } from '../schema/registry.ts'
import { canonicalValue, type Notice, twice } from '../value.ts'
import type { PatchOperation, PatchVerb } from './request.ts'

/** One operation on one attribute: what every shape of a request comes down to. */
export interface Edit {
  readonly op: PatchVerb
  readonly ref: AttributeRef
  /** Which elements of a multi-valued attribute. */
  readonly selection?: Selection
  /** As it came; absent is not the same as null. */
  readonly value?: Json
  /** The attribute was named in a path, not merely sent along with others. */
  readonly isNamed: boolean
  /** Where it stood, for messages. */
  readonly where: string
}

export interface Selection {
  readonly filter: Filter
  /** What an element must say to fulfil the filter, if it is made of `eq` and `and` alone; for making such an element. */
  readonly terms?: JsonObject
}

export interface EditContext {
  readonly type: ResourceType
  /** Unknown attributes are refused instead of passed over. */
  readonly strict: boolean
  readonly notice: Notice
}

/** The operations of a PATCH as edits, path-less ones taken apart. Throws 400. */
export function editsOf(operations: readonly PatchOperation[], context: EditContext): readonly Edit[] {
  return operations.flatMap((operation) => {
    const { op, path, value, nth } = operation
    if (op !== 'remove' && value === undefined) throw scimFault.invalidValue(`Operation ${nth} (${op}) has no value.`)
    if (path !== undefined) return editsAt(path, { ...operation, isNamed: true }, context)
    if (op === 'remove') throw scimFault.noTarget(`Operation ${nth} removes, but names no path.`)
    if (!isObject(value)) {
      throw scimFault.invalidValue(
        `Operation ${nth} has no path, so its value should be an object, but is ${kindOf(value)}.`,
      )
    }
    return editsOfMembers(value, undefined, operation, context)
  })
}

/** The members of an object as edits: the body of a POST or PUT, the value of a path-less operation. */
export function editsOfMembers(
  object: JsonObject,
  schema: Schema | undefined,
  operation: Pick<PatchOperation, 'op' | 'nth'>,
  context: EditContext,
): readonly Edit[] {
  const seen = new Set<string>()
  return Object.entries(object).flatMap(([name, value]) => {
    const folded = name.toLowerCase()
    if (seen.has(folded)) throw twice(name)
    seen.add(folded)
    return editsAt(name, { ...operation, value, isNamed: false, ...(schema === undefined ? {} : { schema }) }, context)
  })
}

interface Placed extends Omit<PatchOperation, 'path'> {
  readonly isNamed: boolean
  /** The extension inside whose object the name stands. */
  readonly schema?: Schema
}

function editsAt(text: string, operation: Placed, context: EditContext): readonly Edit[] {
  const { type, notice } = context
  const whole = operation.schema === undefined ? wholeSchema(text, operation, type) : undefined
  if (whole !== undefined) return editsOfSchema(whole, operation, context)
  const path = pathOf(text, operation, context)
  const ref = path === undefined ? undefined : resolve(path, operation, type)
  if (path === undefined || ref === undefined) {
    if (context.strict) throw scimFault.invalidPath(`${type.name} has no attribute "${shown(text)}".`)
    notice(`"${shown(text)}" is unknown and was passed over.`)
    return []
  }
  const selection = path.filter === undefined ? undefined : selectionOf(path.filter, ref.attribute, notice)
  const where = `operation ${operation.nth} (${shown(text)})`
  const { op, value, isNamed } = operation
  return [
    {
      op,
      ref,
      isNamed,
      where,
      ...(selection === undefined ? {} : { selection }),
      ...(value === undefined ? {} : { value }),
    },
  ]
}

/** A path that is the URN of a schema itself. An unknown URN is one when an object is its value. */
function wholeSchema(text: string, { value }: Placed, type: ResourceType): Schema | undefined {
  const wanted = text.toLowerCase()
  if (!wanted.startsWith('urn:') && !wanted.startsWith('http')) return undefined
  const known = [type.schema, ...type.extensions].find((each) => each.id.toLowerCase() === wanted)
  return known ?? (isObject(value) ? extensionOf(type, text) : undefined)
}

function editsOfSchema(schema: Schema, operation: Placed, context: EditContext): readonly Edit[] {
  const { op, value, nth } = operation
  if (op === 'remove' || value === null || value === undefined) {
    if (schema === context.type.schema) throw scimFault.noTarget(`Operation ${nth} would remove the whole resource.`)
    const attributes = schema.attributes.filter(({ mutability }) => mutability !== 'readOnly')
    return attributes.map((attribute) => ({
      op: 'remove',
      ref: { extension: schema, attribute },
      isNamed: false,
      where: `operation ${nth}`,
    }))
  }
  if (!isObject(value)) {
    throw scimFault.invalidValue(`The value of "${schema.id}" should be an object, but is ${kindOf(value)}.`)
  }
  return editsOfMembers(value, schema === context.type.schema ? undefined : schema, operation, context)
}

function pathOf(text: string, { isNamed, schema }: Placed, context: EditContext): PathTree | undefined {
  try {
    const path = parsePath(text)
    return schema === undefined || path.path.urn !== undefined
      ? path
      : { ...path, path: { ...path.path, urn: schema.id } }
  } catch (error) {
    // The name of a member that is no path is an unknown member; a path that is none is an error.
    if (isNamed || context.strict) throw error
    return undefined
  }
}

function resolve({ path, filter, sub }: PathTree, { nth }: Placed, type: ResourceType): AttributeRef | undefined {
  const ref = resolveName(type, path.urn, path.name, path.sub)
  if (ref === undefined) return undefined
  if (filter !== undefined && (!ref.attribute.multiValued || ref.sub !== undefined)) {
    throw scimFault.invalidPath(`"${path.text}" in operation ${nth} has no elements that a bracket could select.`)
  }
  if (sub === undefined) return ref
  const found = subAttributeOf(ref.attribute, sub)
  return found === undefined ? undefined : { ...ref, sub: found }
}

function selectionOf(tree: FilterTree, attribute: Attribute, notice: Notice): Selection {
  const terms = termsOf(tree, attribute, notice)
  return { filter: bindElementFilter(tree, attribute), ...(terms === undefined ? {} : { terms }) }
}

function termsOf(tree: FilterTree, attribute: Attribute, notice: Notice): JsonObject | undefined {
  if (tree.kind === 'and') {
    let all: JsonObject = {}
    for (const operand of tree.operands) {
      const terms = termsOf(operand, attribute, notice)
      if (terms === undefined) return undefined
      all = { ...all, ...terms }
    }
    return all
  }
  if (tree.kind !== 'compare' || tree.operator !== 'eq' || tree.literal === null) return undefined
  if (tree.unquoted === true) notice(`The value ${shown(String(tree.literal))} came without quotes.`)
  const sub = subAttributeOf(attribute, tree.path.name)
  if (sub === undefined) return undefined
  const literal = sub.type === 'string' || sub.type === 'reference' ? String(tree.literal) : tree.literal
  const value = canonicalValue(sub, literal, () => undefined)
  return value === undefined || isArray(value) ? undefined : { [sub.name]: value }
}

function shown(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`
}
