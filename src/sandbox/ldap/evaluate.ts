import { dnKey, notADn } from './dn.ts'
import type { Filter, Substrings } from './filter.ts'
import type { AttributeType, Schema, Syntax } from './schema.ts'

/** `undefined` = the server cannot tell, as for an attribute it does not know (RFC 4511, 4.5.1.7). */
type Truth = boolean | undefined

/** What a filter looks at. */
export interface Evaluated {
  readonly dn: string
  /** Values of an attribute by its name in the schema's spelling; computed ones too. Empty = it has none. */
  valuesOf(name: string): readonly (string | Buffer)[]
}

export interface Rules {
  readonly schema: Schema
  /** Active Directory's matching rules: bitwise and, bitwise or, chain of links. */
  readonly hasMicrosoftRules: boolean
  /** Whether values of this syntax have an order that `>=` and `<=` can ask for. */
  hasOrder(syntax: Syntax): boolean
  /** For the chain rule: everything the entry reaches by this attribute, as keys. */
  reach(entry: Evaluated, attribute: string): ReadonlySet<string>
}

const bitwiseAnd = '1.2.840.113556.1.4.803'
const bitwiseOr = '1.2.840.113556.1.4.804'
const inChain = '1.2.840.113556.1.4.1941'

/** Whether the entry is found by the filter. */
export function fits(filter: Filter, entry: Evaluated, rules: Rules): boolean {
  return evaluate(filter, entry, rules) === true
}

function evaluate(filter: Filter, entry: Evaluated, rules: Rules): Truth {
  switch (filter.kind) {
    case 'and': {
      let all: Truth = true
      for (const each of filter.filters) {
        const truth = evaluate(each, entry, rules)
        if (truth === false) return false
        if (truth === undefined) all = undefined
      }
      return all
    }
    case 'or': {
      let any: Truth = false
      for (const each of filter.filters) {
        const truth = evaluate(each, entry, rules)
        if (truth === true) return true
        if (truth === undefined) any = undefined
      }
      return any
    }
    case 'not': {
      const truth = evaluate(filter.filter, entry, rules)
      return truth === undefined ? undefined : !truth
    }
    case 'extensible':
      return extensible(filter, entry, rules)
    default: {
      const type = rules.schema.find(filter.attribute)
      if (type === undefined) return undefined
      if (filter.kind === 'present') return entry.valuesOf(type.name).length > 0
      return compareValues(filter, type, entry.valuesOf(type.name), rules)
    }
  }
}

function compareValues(
  filter: Exclude<Filter, { readonly kind: 'and' | 'or' | 'not' | 'present' | 'extensible' }>,
  type: AttributeType,
  values: readonly (string | Buffer)[],
  rules: Rules,
): Truth {
  const { syntax } = type
  if (filter.kind === 'substrings') return substrings(filter, syntax, values)
  const asked = normalise(filter.value, syntax)
  if (asked === undefined) return undefined
  if (filter.kind === 'equal') return values.some((value) => equals(value, asked, syntax, rules.schema))
  if (filter.kind === 'approximate') {
    const words = loosely(String(asked))
    return values.some((value) => loosely(String(normalise(value, syntax))) === words)
  }
  if (!rules.hasOrder(syntax)) return undefined
  return values.some((value) => {
    const own = normalise(value, syntax)
    if (own === undefined) return false
    return filter.kind === 'greaterOrEqual' ? own >= asked : own <= asked
  })
}

function equals(value: string | Buffer, asked: string | bigint, syntax: Syntax, schema: Schema): boolean {
  const own = normalise(value, syntax)
  if (own === asked) return true
  if (syntax === 'class') return schema.isSubclass(String(own), String(asked))
  // (objectCategory=person) stands for CN=Person,CN=Schema,...
  return syntax === 'category' && typeof own === 'string' && own.startsWith(`cn=${asked},`)
}

/** Comparable form: text for most, a number for integers. Undefined = not a value of this syntax. */
function normalise(value: string | Buffer, syntax: Syntax): string | bigint | undefined {
  switch (syntax) {
    case 'bytes':
      return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('latin1') : value.toString('latin1')
    case 'uuid':
      return typeof value !== 'string' && value.length === 16 ? uuidText(value) : value.toString().toLowerCase()
    case 'integer': {
      const text = value.toString().trim()
      return /^-?\d{1,25}$/.test(text) ? BigInt(text) : undefined
    }
    case 'boolean': {
      const text = value.toString().toUpperCase()
      return text === 'TRUE' || text === 'FALSE' ? text : undefined
    }
    case 'dn': {
      const key = dnKey(value.toString())
      return key === notADn ? undefined : key
    }
    case 'category': {
      const text = value.toString()
      return text.includes('=') ? dnKey(text) : text.toLowerCase()
    }
    case 'time':
      return value.toString().replace(/\.0+Z$/, 'Z')
    case 'exact':
      return value.toString().replaceAll(/\s+/g, ' ').trim()
    default:
      return value.toString().normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  }
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** No rule is prescribed for `~=`; ours overlooks everything but letters and digits. */
function loosely(text: string): string {
  return text.normalize('NFKD').replaceAll(/[^\p{L}\p{N}]/gu, '')
}

function substrings(filter: Substrings, syntax: Syntax, values: readonly (string | Buffer)[]): Truth {
  if (syntax !== 'text' && syntax !== 'exact' && syntax !== 'bytes') return undefined
  // Spaces at the ends of a piece count, unlike those at the ends of a value.
  const fold = (piece: Buffer) =>
    syntax === 'text'
      ? piece.toString('utf8').normalize('NFKC').toLowerCase()
      : piece.toString(syntax === 'bytes' ? 'latin1' : 'utf8')
  const initial = filter.initial === undefined ? '' : fold(filter.initial)
  const final = filter.final === undefined ? '' : fold(filter.final)
  const any = filter.any.map(fold)
  return values.some((value) => {
    const own = String(normalise(value, syntax))
    if (!own.startsWith(initial)) return false
    let at = initial.length
    for (const piece of any) {
      const found = own.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return own.length - final.length >= at && own.endsWith(final)
  })
}

function extensible(filter: Extract<Filter, { readonly kind: 'extensible' }>, entry: Evaluated, rules: Rules): Truth {
  const { rule, attribute, value } = filter
  const type = attribute === undefined ? undefined : rules.schema.find(attribute)
  if (attribute !== undefined && type === undefined) return undefined
  if (rule === bitwiseAnd || rule === bitwiseOr) {
    if (!rules.hasMicrosoftRules || type?.syntax !== 'integer') return undefined
    const mask = normalise(value, 'integer')
    if (typeof mask !== 'bigint') return undefined
    return entry.valuesOf(type.name).some((each) => {
      const own = normalise(each, 'integer')
      if (typeof own !== 'bigint') return false
      return rule === bitwiseAnd ? (own & mask) === mask : (own & mask) !== 0n
    })
  }
  if (rule === inChain) {
    if (!rules.hasMicrosoftRules || type?.syntax !== 'dn') return undefined
    return rules.reach(entry, type.name).has(dnKey(value.toString('utf8')))
  }
  const syntax = rule === undefined ? type?.syntax : rulesByName[rule.toLowerCase()]
  if (syntax === undefined) return undefined
  const asked = normalise(value, syntax)
  if (asked === undefined) return undefined
  if (type !== undefined && entry.valuesOf(type.name).some((each) => normalise(each, syntax) === asked)) return true
  if (filter.dnAttributes || type === undefined) {
    const pairs = entry.dn.split(/(?<!\\)[,+]/).map((pair) => pair.split('='))
    return pairs.some(
      ([name = '', ...rest]) =>
        (attribute === undefined || name.toLowerCase() === attribute.toLowerCase()) &&
        normalise(rest.join('='), syntax) === asked,
    )
  }
  return false
}

const rulesByName: Readonly<Record<string, Syntax>> = {
  caseignorematch: 'text',
  '2.5.13.2': 'text',
  caseexactmatch: 'exact',
  '2.5.13.5': 'exact',
  distinguishednamematch: 'dn',
  '2.5.13.1': 'dn',
  integermatch: 'integer',
  '2.5.13.14': 'integer',
  octetstringmatch: 'bytes',
  '2.5.13.17': 'bytes',
  booleanmatch: 'boolean',
  '2.5.13.13': 'boolean',
}
