import type { ConnectionConfig } from '../domain/connection.ts'
import type { Catalog } from '../ports/catalog.ts'
import { type Document, ownSettings } from './documents.ts'
import { type Finding, type Path, shown } from './finding.ts'
import { didYouMean } from './suggestion.ts'

/** Of the configuration what tells which directory of ours is filled from which. */
interface Around {
  readonly catalog: Catalog
  readonly sources: ReadonlyMap<string, Document>
  readonly targets: ReadonlyMap<string, Document>
  readonly connections: ReadonlyMap<string, Document>
}

/** The built-in directory that a target writes to; undefined = it is none of ours. */
export function filledBy({ targets }: Catalog, document: Document): string | undefined {
  const kind = targets.find(({ type }) => type === document.type)
  const parsed = kind?.fills === undefined ? undefined : kind.config.safeParse(ownSettings('target', document))
  return parsed?.success === true ? kind?.fills?.(parsed.data) : undefined
}

/** A target that fills a directory of ours: it is there, and nothing goes round in a circle, which nobody would ever leave. */
export function checkFilled({ source, target }: ConnectionConfig, path: Path, around: Around): readonly Finding[] {
  const { catalog, sources, targets } = around
  const written = targets.get(target)
  const fills = written === undefined ? undefined : filledBy(catalog, written)
  if (fills === undefined) return []
  const at = [...path, 'target']
  const document = sources.get(fills)
  if (document === undefined) {
    const hint = `Add the source: { type: local }. ${didYouMean(fills, [...sources.keys()], 'sources')}`
    return [{ path: at, message: `fills the built-in directory ${shown(fills)}, which does not exist`, hint }]
  }
  if (document.type !== 'local') {
    const hint = 'Name a source of type local as the directory of the target.'
    return [{ path: at, message: `fills ${shown(fills)}, which is no built-in directory`, hint }]
  }
  const hint = 'Take another source, or a target that fills another directory.'
  if (source === fills) {
    return [{ path: at, message: `fills ${shown(fills)}, which is also where this connection reads`, hint }]
  }
  // As it is saved it may still say something else.
  const others = new Map(around.connections)
  others.delete(String(path.at(-1)))
  const way = wayTo(source, fills, { ...around, connections: others })
  if (way === undefined) return []
  const names = way.map((each) => `"${each}"`).join(' and ')
  const message = `fills ${shown(fills)}, from which ${names} ${way.length === 1 ? 'fills' : 'fill'} ${shown(source)}, where this connection reads`
  return [{ path: at, message, hint }]
}

/** Connections by which people come from one directory of ours into another; undefined when none do. */
function wayTo(end: string, begin: string, { catalog, targets, connections }: Around): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[begin, []]])
  for (const [directory, way] of ways) {
    if (directory === end) return way
    for (const [key, { source, target }] of connections) {
      const written = source === directory ? targets.get(String(target)) : undefined
      const next = written === undefined ? undefined : filledBy(catalog, written)
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, key])
    }
  }
  return undefined
}
