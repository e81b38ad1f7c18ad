import { parseSync } from '@swc/core'

/** A node of the syntax tree; its own fields depend on `type`. */
export interface SyntaxNode {
  readonly type: string
  readonly span: { readonly start: number; readonly end: number }
  readonly [field: string]: unknown
}

export interface Syntax {
  readonly body: readonly SyntaxNode[]
  /** Line of a node, from 1. */
  line(node: SyntaxNode): number
}

/** Parses TypeScript. Throws what the parser throws: a file that cannot be read cannot be judged. */
export function parseTypeScript(text: string, tsx = false): Syntax {
  // Spans count bytes from wherever the parser stands; an empty statement in front tells where this file begins.
  const module = parseSync(`;${text}`, { syntax: 'typescript', tsx, target: 'es2024' })
  const [marker, ...body] = module.body as unknown as SyntaxNode[]
  const base = marker!.span.start + 1
  const bytes = Buffer.from(text)
  const line = (node: SyntaxNode) => {
    let lines = 1
    for (const byte of bytes.subarray(0, node.span.start - base)) if (byte === 10) lines++
    return lines
  }
  return { body, line }
}

/** Every node below `value`, parents first. */
export function* nodesOf(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item)
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) yield value
    for (const child of Object.values(value)) if (typeof child === 'object') yield* nodesOf(child)
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value
}

/** True for a name that nothing in the file declares: the global one. */
export function isGlobal(value: unknown, name: string): boolean {
  // The parser's resolver marks every name no declaration of the file binds with the context 1.
  return isNode(value) && value.type === 'Identifier' && value.value === name && value.ctxt === 1
}

/** `a.b` or `a['b']`: the name of the member, else undefined. */
export function memberName(value: unknown): string | undefined {
  if (!isNode(value) || value.type !== 'MemberExpression') return undefined
  const property = value.property as SyntaxNode
  if (property.type === 'Identifier') return property.value as string
  const computed = property.expression
  return isNode(computed) && computed.type === 'StringLiteral' ? (computed.value as string) : undefined
}

/** What is called in a call or `new` expression. */
export function callee(node: SyntaxNode): unknown {
  return node.type === 'CallExpression' || node.type === 'NewExpression' ? node.callee : undefined
}

/** The expressions given to a call or `new`. */
export function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const list = node.arguments as readonly { readonly expression: SyntaxNode }[] | null | undefined
  return (list ?? []).map(({ expression }) => expression)
}
