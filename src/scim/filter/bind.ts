import { scimFault } from '../error.ts'
import { type Attribute, type ResourceType, subAttributeOf } from '../schema/attribute.ts'
import { type AttributeRef, resolveName } from '../schema/registry.ts'
import { foldText, instantOf, isStorable } from '../text.ts'
import type { CompareOperator, FilterTree, Literal, PathText } from './tree.ts'

/** A filter whose names are attributes and whose values have the form in which they are compared. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'present'; readonly ref: AttributeRef }
  | {
      readonly kind: 'compare'
      readonly ref: AttributeRef
      readonly operator: CompareOperator
      /** Folded where letter case does not count; dateTime as an instant in milliseconds. */
      readonly literal: string | number | boolean
    }
  /** One element of a multi-valued attribute fulfils the filter; its references are sub-attributes without `sub`. */
  | { readonly kind: 'element'; readonly ref: AttributeRef; readonly filter: Filter }
  /** Never true: names an attribute the resource type does not have, in a query over several types. */
  | { readonly kind: 'nothing' }

interface BindOptions {
  /** An unknown attribute is simply absent (RFC 7644 section 3.4.2.1) instead of an error. */
  readonly unknownIsAbsent?: boolean
}

/** Looks names up and checks that operators fit. Throws 400 invalidFilter. */
export function bindFilter(tree: FilterTree, type: ResourceType, options: BindOptions = {}): Filter {
  return bind(tree, (path) => {
    const ref = resolveName(type, path.urn, path.name, path.sub)
    if (ref === undefined && options.unknownIsAbsent !== true) throw unknown(path, type.name)
    return ref
  })
}

/** Binds a filter that stands in brackets behind `attribute`: its names are sub-attributes. */
export function bindElementFilter(tree: FilterTree, attribute: Attribute): Filter {
  const element = elementOf(attribute)
  return bind(tree, (path) => {
    const sub = path.urn === undefined && path.sub === undefined ? element(path.name) : undefined
    if (sub === undefined) throw unknown(path, attribute.name)
    return { attribute: sub }
  })
}

/** How names inside the brackets are found; a simple multi-valued attribute has the one name `value`. */
function elementOf(attribute: Attribute): (name: string) => Attribute | undefined {
  return (name) => {
    const found = subAttributeOf(attribute, name)
    if (found !== undefined) return found
    if (attribute.type === 'any') return { ...attribute, name, multiValued: false }
    return attribute.type !== 'complex' && name.toLowerCase() === 'value'
      ? { ...attribute, name: 'value', multiValued: false }
      : undefined
  }
}

function unknown(path: PathText, where: string) {
  return scimFault.invalidFilter(`${where} has no attribute "${path.text}" (position ${path.at}).`)
}

function bind(tree: FilterTree, find: (path: PathText) => AttributeRef | undefined): Filter {
  switch (tree.kind) {
    case 'and':
    case 'or':
      return { kind: tree.kind, operands: tree.operands.map((each) => bind(each, find)) }
    case 'not':
      return { kind: 'not', operand: bind(tree.operand, find) }
    case 'present': {
      const ref = find(tree.path)
      return ref === undefined ? { kind: 'nothing' } : { kind: 'present', ref }
    }
    case 'element': {
      const ref = find(tree.path)
      if (ref === undefined) return { kind: 'nothing' }
      const { attribute } = ref
      if (!attribute.multiValued && attribute.type !== 'complex' && attribute.type !== 'any') {
        throw scimFault.invalidFilter(`"${tree.path.text}" has no elements that a bracket could select.`)
      }
      return { kind: 'element', ref, filter: bindElementFilter(tree.filter, attribute) }
    }
    case 'compare': {
      const ref = find(tree.path)
      return ref === undefined ? { kind: 'nothing' } : comparison(withDefaultSub(ref, tree.path), tree)
    }
  }
}

/** `emails eq "x"` means `emails.value eq "x"` (RFC 7644 section 3.4.2.2). */
function withDefaultSub(ref: AttributeRef, path: PathText): AttributeRef {
  if (ref.sub !== undefined || ref.attribute.type !== 'complex') return ref
  const value = ref.attribute.subAttributes?.find((each) => each.name === 'value')
  if (value === undefined) throw scimFault.invalidFilter(`"${path.text}" has several parts; name one of them.`)
  return { ...ref, sub: value }
}

function comparison(ref: AttributeRef, tree: FilterTree & { readonly kind: 'compare' }): Filter {
  const { operator, path } = tree
  if (tree.literal === null) {
    if (operator === 'eq') return { kind: 'not', operand: { kind: 'present', ref } }
    if (operator === 'ne') return { kind: 'present', ref }
    throw scimFault.invalidFilter(`"${path.text} ${operator}" cannot be compared with null.`)
  }
  const leaf = ref.sub ?? ref.attribute
  refuseOperator(leaf, operator, path)
  return { kind: 'compare', ref, operator, literal: literalFor(leaf, tree.literal, operator, path) }
}

const partial: readonly CompareOperator[] = ['co', 'sw', 'ew']
const ordering: readonly CompareOperator[] = ['gt', 'ge', 'lt', 'le']

function refuseOperator({ type }: Attribute, operator: CompareOperator, path: PathText): void {
  const isText = type === 'string' || type === 'reference' || type === 'any'
  const fits =
    type === 'boolean'
      ? !partial.includes(operator) && !ordering.includes(operator)
      : type === 'binary'
        ? !ordering.includes(operator)
        : isText || !partial.includes(operator)
  if (!fits) throw scimFault.invalidFilter(`${operator} does not fit "${path.text}", which is of type ${type}.`)
}

function literalFor(leaf: Attribute, literal: Exclude<Literal, null>, operator: CompareOperator, path: PathText) {
  const misfit = () =>
    scimFault.invalidFilter(`The value of "${path.text} ${operator}" should be of type ${leaf.type}.`)
  if (typeof literal === 'string' && !isStorable(literal)) throw misfit()
  switch (leaf.type) {
    case 'boolean': {
      if (typeof literal === 'boolean') return literal
      // Entra: roles[primary eq "True"] (scim.md 2.1).
      const text = typeof literal === 'string' ? literal.toLowerCase() : ''
      if (text === 'true' || text === 'false') return text === 'true'
      throw misfit()
    }
    case 'integer':
    case 'decimal':
      if (typeof literal !== 'number') throw misfit()
      return literal
    case 'dateTime': {
      if (typeof literal !== 'string') throw misfit()
      const instant = instantOf(literal)
      if (instant === undefined) throw misfit()
      return instant
    }
    case 'any':
      return typeof literal === 'string' ? foldText(literal) : literal
    case 'complex':
      throw misfit()
    default: {
      // A number or boolean without quotes where a text belongs: ids often look like numbers.
      const text = String(literal)
      return leaf.caseExact ? text : foldText(text)
    }
  }
}
