import type { Operation } from './call.ts'

interface Node {
  readonly fixed: Map<string, Node>
  parameter: { readonly name: string; readonly node: Node } | undefined
  readonly operations: Map<string, Operation>
}

export interface Match {
  readonly operation: Operation
  readonly params: Record<string, string>
}

/** Finds operations by method and path, segment by segment; a fixed segment wins over a parameter. */
export class Router {
  readonly #root: Node = newNode()

  add(operation: Operation): void {
    for (const path of operation.paths) {
      let node = this.#root
      for (const segment of segmentsOf(path)) {
        if (segment.startsWith(':')) {
          node.parameter ??= { name: segment.slice(1), node: newNode() }
          if (node.parameter.name !== segment.slice(1)) throw new Error(`${path} renames a parameter of another route`)
          node = node.parameter.node
        } else {
          let next = node.fixed.get(segment)
          if (next === undefined) {
            next = newNode()
            node.fixed.set(segment, next)
          }
          node = next
        }
      }
      if (node.operations.has(operation.method)) throw new Error(`${operation.method} ${path} is declared twice`)
      node.operations.set(operation.method, operation)
    }
  }

  /** `undefined`: no such path; `'method'`: the path exists with other methods only. */
  match(method: string, path: string): Match | 'method' | undefined {
    const params: Record<string, string> = {}
    const node = descend(this.#root, segmentsOf(path), 0, params)
    if (node === undefined) return undefined
    const operation = node.operations.get(method)
    return operation === undefined ? 'method' : { operation, params }
  }
}

function newNode(): Node {
  return { fixed: new Map(), parameter: undefined, operations: new Map() }
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1)
}

function descend(node: Node, segments: string[], at: number, params: Record<string, string>): Node | undefined {
  if (at === segments.length) return node.operations.size > 0 ? node : undefined
  const segment = segments[at] as string
  const fixed = node.fixed.get(segment)
  if (fixed !== undefined) {
    const found = descend(fixed, segments, at + 1, params)
    if (found !== undefined) return found
  }
  if (node.parameter === undefined || segment === '') return undefined
  const found = descend(node.parameter.node, segments, at + 1, params)
  if (found !== undefined) params[node.parameter.name] = decode(segment)
  return found
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
