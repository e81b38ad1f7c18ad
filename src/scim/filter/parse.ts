import { filterFault, pathFault, Scanner } from './scanner.ts'
import type { CompareOperator, FilterTree, PathText, PathTree } from './tree.ts'

/** A filter in a request; a PATCH may name many members in one. */
const longestFilter = 100_000
const deepestNesting = 30
const mostTerms = 2_000

const operators: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

/**
 * Parses a filter. Operators and names in any letter case; `not` binds closer than `and`, `and` closer than `or`.
 * Throws 400 invalidFilter with the position.
 */
export function parseFilter(text: string): FilterTree {
  const parser = new FilterParser(new Scanner(text, longestFilter, filterFault))
  return parser.whole()
}

/** Parses a target of PATCH or a name in `attributes` and `sortBy`. Throws 400 invalidPath with the position. */
export function parsePath(text: string): PathTree {
  const scanner = new Scanner(text, longestFilter, pathFault)
  scanner.skipBlanks()
  const path = scanner.takePath()
  scanner.skipBlanks()
  if (!scanner.take('[')) {
    if (!scanner.isAtEnd) throw scanner.error('the path should end here')
    return { path }
  }
  const parser = new FilterParser(scanner)
  scanner.skipBlanks()
  // `members[]` selects nothing in particular; no client means "all" by it, so it is refused.
  const filter = parser.inBrackets()
  const sub = scanner.take('.') ? scanner.pathOf(scanner.takeWord(), scanner.at) : undefined
  scanner.skipBlanks()
  if (!scanner.isAtEnd) throw scanner.error('the path should end here')
  if (sub !== undefined && (sub.urn !== undefined || sub.sub !== undefined)) {
    throw scanner.error('one name of a sub-attribute may stand behind the bracket')
  }
  return { path, filter, ...(sub === undefined ? {} : { sub: sub.name }) }
}

class FilterParser {
  readonly #scanner: Scanner
  #depth = 0
  #terms = 0

  constructor(scanner: Scanner) {
    this.#scanner = scanner
  }

  whole(): FilterTree {
    const filter = this.#either()
    this.#scanner.skipBlanks()
    if (!this.#scanner.isAtEnd) throw this.#scanner.error('expected and, or, or the end')
    return filter
  }

  /** What stands between `[`, which is taken already, and `]`. */
  inBrackets(): FilterTree {
    const filter = this.#nested(() => this.#either())
    this.#scanner.skipBlanks()
    this.#scanner.expect(']', 'to close the bracket')
    return filter
  }

  #either(): FilterTree {
    return this.#chain('or', () => this.#both())
  }

  #both(): FilterTree {
    return this.#chain('and', () => this.#term())
  }

  #chain(keyword: 'and' | 'or', next: () => FilterTree): FilterTree {
    const operands = [next()]
    while (this.#takeKeyword(keyword)) operands.push(next())
    return operands.length === 1 ? operands[0]! : { kind: keyword, operands }
  }

  #takeKeyword(keyword: string): boolean {
    this.#scanner.skipBlanks()
    if (this.#scanner.peekWord().toLowerCase() !== keyword) return false
    this.#scanner.skip(keyword.length)
    return true
  }

  #term(): FilterTree {
    const scanner = this.#scanner
    scanner.skipBlanks()
    this.#terms += 1
    if (this.#terms > mostTerms) throw scanner.error(`more than ${mostTerms} conditions`)
    if (scanner.take('(')) return this.#group()
    if (scanner.peekWord().toLowerCase() === 'not') {
      scanner.skip('not'.length)
      scanner.skipBlanks()
      scanner.expect('(', 'behind not')
      return { kind: 'not', operand: this.#group() }
    }
    return this.#condition(scanner.takePath())
  }

  #group(): FilterTree {
    const filter = this.#nested(() => this.#either())
    this.#scanner.skipBlanks()
    this.#scanner.expect(')', 'to close the parenthesis')
    return filter
  }

  #condition(path: PathText): FilterTree {
    const scanner = this.#scanner
    if (scanner.take('[')) {
      if (path.sub !== undefined) throw scanner.error('a bracket stands behind an attribute, not a sub-attribute')
      const filter = this.inBrackets()
      return scanner.take('.') ? this.#behindBracket(path, filter) : { kind: 'element', path, filter }
    }
    return this.#comparison(path)
  }

  /** `emails[type eq "work"].value eq "x"` is no grammar of the RFC, but Entra sends it (RFC 7644 erratum; scim.md 4). */
  #behindBracket(path: PathText, filter: FilterTree): FilterTree {
    const comparison = this.#comparison(this.#scanner.takePath())
    return { kind: 'element', path, filter: { kind: 'and', operands: [filter, comparison] } }
  }

  #comparison(path: PathText): FilterTree {
    const scanner = this.#scanner
    scanner.skipBlanks()
    const at = scanner.at
    const operator = scanner.takeWord().toLowerCase()
    if (operator === 'pr') return { kind: 'present', path }
    if (!operators.includes(operator)) {
      throw scanner.error(`expected an operator (${[...operators, 'pr'].join(', ')}) behind ${path.text}`, at)
    }
    scanner.skipBlanks()
    const { literal, unquoted } = scanner.takeLiteral(operator === 'eq')
    const comparison = { kind: 'compare', path, operator: operator as CompareOperator, literal } as const
    return unquoted ? { ...comparison, unquoted } : comparison
  }

  #nested(inner: () => FilterTree): FilterTree {
    this.#depth += 1
    if (this.#depth > deepestNesting) throw this.#scanner.error(`nested more than ${deepestNesting} levels deep`)
    const filter = inner()
    this.#depth -= 1
    return filter
  }
}
