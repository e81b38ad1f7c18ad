import {
  argumentsOf,
  callee,
  isGlobal,
  isNode,
  memberName,
  nodesOf,
  parseTypeScript,
  type SyntaxNode,
} from './syntax.ts'

export interface Finding {
  readonly file: string
  readonly line: number
  readonly rule: string
  readonly remedy: string
}

interface Rule {
  readonly name: string
  readonly remedy: string
  /** Judges the path, relative to the repository, with forward slashes. */
  readonly appliesTo: (file: string) => boolean
  readonly find: (nodes: readonly SyntaxNode[]) => readonly SyntaxNode[]
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file)
const productExcept =
  (...paths: readonly string[]) =>
  (file: string) =>
    file.startsWith('src/') && !isTest(file) && !paths.some((path) => file === path || file.startsWith(`${path}/`))

/** All but the files that may ask the machine; everybody else is told. */
const isTold = productExcept('src/platform/clock.ts', 'src/web/clock.ts', 'src/main.ts')

const each = (breaks: (node: SyntaxNode) => boolean) => (nodes: readonly SyntaxNode[]) => nodes.filter(breaks)
const isMemberOfGlobal = (node: SyntaxNode, object: string, member: string) =>
  isGlobal(node.object, object) && memberName(node) === member

const plainErrors = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'AggregateError']

const rules: readonly Rule[] = [
  {
    name: 'environment',
    remedy: 'read it in src/main.ts and hand the value in',
    appliesTo: isTold,
    find: each((node) => isMemberOfGlobal(node, 'process', 'env') || imports(node, /^(node:)?process$/, 'env')),
  },
  {
    name: 'clock',
    remedy: 'take a Clock or an instant as an argument',
    appliesTo: isTold,
    find: each(
      (node) =>
        isMemberOfGlobal(node, 'Date', 'now') ||
        (node.type === 'NewExpression' && isGlobal(callee(node), 'Date') && argumentsOf(node).length === 0),
    ),
  },
  {
    name: 'chance',
    remedy: 'use a seeded generator for rehearsals, node:crypto for ids and secrets',
    appliesTo: isTold,
    find: each((node) => isMemberOfGlobal(node, 'Math', 'random')),
  },
  {
    name: 'error',
    remedy: 'throw fail.<code>(message, { hint }) of src/domain/errors.ts',
    appliesTo: productExcept('src/sandbox'),
    find: each((node) => {
      const thrown = node.type === 'ThrowStatement' ? node.argument : undefined
      return isNode(thrown) && plainErrors.some((name) => isGlobal(callee(thrown), name))
    }),
  },
  {
    name: 'fetch',
    remedy: 'use the HTTP client of src/platform/http-client.ts, or be given a fetch',
    appliesTo: productExcept(
      'src/platform/http-client.ts',
      'src/platform/http-exchange.ts',
      'src/web/api.ts',
      'src/main.ts',
    ),
    find: each(
      (node) =>
        isGlobal(callee(node), 'fetch') ||
        isMemberOfGlobal(node, 'globalThis', 'fetch') ||
        ['request', 'get', 'default', '*'].some((name) => imports(node, /^(node:)?https?$/, name)),
    ),
  },
  {
    name: 'skipped-test',
    remedy: 'name the missing component: test/support/require.ts shows how',
    appliesTo: isTest,
    find: leftOut,
  },
]

// Written in halves, so that this file does not break its own rule.
const unfinished = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME'].join('|')})\\b`)

/** All breaches in one file, in order of lines. `file` decides which rules apply. */
export function findBreaches(file: string, text: string): readonly Finding[] {
  const findings: Finding[] = text
    .split('\n')
    .flatMap((line, index) =>
      unfinished.test(line)
        ? [{ file, line: index + 1, rule: 'unfinished', remedy: 'do it now, or write down a decision' }]
        : [],
    )
  const applying = /\.tsx?$/.test(file) ? rules.filter((rule) => rule.appliesTo(file)) : []
  if (applying.length === 0) return findings
  const syntax = parseTypeScript(text, file.endsWith('.tsx'))
  const nodes = [...nodesOf(syntax.body)]
  for (const { name, remedy, find } of applying) {
    for (const node of find(nodes)) findings.push({ file, line: syntax.line(node), rule: name, remedy })
  }
  return findings.sort((left, right) => left.line - right.line)
}

/** An import of that value from a module; `*` stands for the whole module. Types do no harm. */
function imports(node: SyntaxNode, module: RegExp, name: string): boolean {
  if (node.type !== 'ImportDeclaration' || node.typeOnly === true) return false
  if (!module.test((node.source as SyntaxNode).value as string)) return false
  return (node.specifiers as readonly SyntaxNode[]).some((specifier) => {
    if (specifier.isTypeOnly === true) return false
    if (specifier.type === 'ImportNamespaceSpecifier') return name === '*'
    if (specifier.type === 'ImportDefaultSpecifier') return name === 'default'
    return ((specifier.imported ?? specifier.local) as SyntaxNode).value === name
  })
}

const testFunctions = ['describe', 'it', 'test', 'suite']
const leavingOut = ['skip', 'only', 'todo', 'skipIf', 'runIf']

/**
 * Whatever keeps a test from running. One form is allowed, because its reason stands in the name of the suite:
 * `describe.skipIf(!x.present)(… x.skipReason …)`.
 */
function leftOut(nodes: readonly SyntaxNode[]): readonly SyntaxNode[] {
  const explained = new Set(nodes.map(explainedSkip))
  return nodes.filter((node) => {
    const name = memberName(node)
    if (name !== undefined && leavingOut.includes(name)) return isTestFunction(node) && !explained.has(node)
    if (node.type !== 'CallExpression') return false
    if (memberName(callee(node)) === 'skip' && !isTestFunction(callee(node))) return true
    return isTestFunction(callee(node)) && argumentsOf(node).some(isLeavingOutOption)
  })
}

/** `describe`, `it.each`, `describe.skipIf(…)`: anything that begins with a function of the test runner. */
function isTestFunction(value: unknown): boolean {
  if (!isNode(value)) return false
  if (value.type === 'Identifier') return testFunctions.includes(value.value as string)
  return isTestFunction(value.type === 'MemberExpression' ? value.object : callee(value))
}

function isLeavingOutOption(argument: SyntaxNode): boolean {
  if (argument.type !== 'ObjectExpression') return false
  return (argument.properties as readonly SyntaxNode[]).some(
    ({ key }) => isNode(key) && ['skip', 'only', 'todo'].includes(key.value as string),
  )
}

/** The `describe.skipIf` inside the allowed form, if `node` is one. */
function explainedSkip(node: SyntaxNode): SyntaxNode | undefined {
  const condition = callee(node)
  if (!isNode(condition) || memberName(callee(condition)) !== 'skipIf') return undefined
  const [absent] = argumentsOf(condition)
  const [title] = argumentsOf(node)
  const asksForComponent = absent?.type === 'UnaryExpression' && memberName(absent.argument) === 'present'
  const saysWhy = title !== undefined && [...nodesOf(title)].some((part) => memberName(part) === 'skipReason')
  return asksForComponent && saysWhy ? (callee(condition) as SyntaxNode) : undefined
}
