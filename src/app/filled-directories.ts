import type { ConnectionConfig } from '../domain/connection.ts'
import type { Catalog } from '../ports/catalog.ts'
import { type Document, ownSettings } from './documents.ts'
import { type Finding, type Path, shown } from './finding.ts'
import { didYouMean } from './suggestion.ts'

/** Of the configuration what tells where connections read and write. */
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

/** The target that a source reads; undefined = it reads no target of ours. */
export function readBy({ sources }: Catalog, document: Document): string | undefined {
  const kind = sources.find(({ type }) => type === document.type)
  const parsed = kind?.reads === undefined ? undefined : kind.config.safeParse(ownSettings('source', document))
  return parsed?.success === true ? kind?.reads?.(parsed.data) : undefined
}

/** What a connection reads and what it writes is there, and nothing goes round in a circle, which nobody would ever leave. */
export function checkEndsOf({ source, target }: ConnectionConfig, path: Path, around: Around): readonly Finding[] {
  const { catalog, sources, targets } = around
  const [read, written] = [sources.get(source), targets.get(target)]
  if (read === undefined || written === undefined) return []
  const site = readBy(catalog, read)
  if (site !== undefined && !targets.has(site)) {
    const hint = didYouMean(site, [...targets.keys()], 'targets')
    return [{ path: [...path, 'source'], message: `reads the target ${shown(site)}, which does not exist`, hint }]
  }
  const fills = filledBy(catalog, written)
  const at = [...path, 'target']
  const directory = fills === undefined ? undefined : sources.get(fills)
  if (fills !== undefined && directory === undefined) {
    const hint = `Add the source: { type: local }. ${didYouMean(fills, [...sources.keys()], 'sources')}`
    return [{ path: at, message: `fills the built-in directory ${shown(fills)}, which does not exist`, hint }]
  }
  if (fills !== undefined && directory?.type !== 'local') {
    const hint = 'Name a source of type local as the directory of the target.'
    return [{ path: at, message: `fills ${shown(fills)}, which is no built-in directory`, hint }]
  }
  const [from, to] = [placeRead(catalog, source, read), placeWritten(catalog, target, written)]
  const does = fills === undefined ? 'writes' : 'fills'
  const what = fills ?? target
  const hint = 'Take another source, or another target.'
  if (from === to)
    return [{ path: at, message: `${does} ${shown(what)}, which is also where this connection reads`, hint }]
  // As it is saved it may still say something else.
  const others = new Map(around.connections)
  others.delete(String(path.at(-1)))
  const way = wayTo(from, to, { ...around, connections: others })
  if (way === undefined) return []
  const names = way.map((each) => `"${each}"`).join(' and ')
  const message = `${does} ${shown(what)}, from which ${names} ${way.length === 1 ? 'fills' : 'fill'} ${shown(site ?? source)}, where this connection reads`
  return [{ path: at, message, hint }]
}

/** One text for each place where people are kept, whether it is read or written. */
function placeRead(catalog: Catalog, key: string, document: Document): string {
  const site = readBy(catalog, document)
  return site === undefined ? `source ${key}` : `target ${site}`
}

function placeWritten(catalog: Catalog, key: string, document: Document): string {
  const directory = filledBy(catalog, document)
  return directory === undefined ? `target ${key}` : `source ${directory}`
}

/** Connections by which people come from one place into another; undefined when none do. */
function wayTo(
  end: string,
  begin: string,
  { catalog, sources, targets, connections }: Around,
): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[begin, []]])
  for (const [place, way] of ways) {
    if (place === end) return way
    for (const [key, { source, target }] of connections) {
      const [read, written] = [sources.get(String(source)), targets.get(String(target))]
      if (read === undefined || written === undefined || placeRead(catalog, String(source), read) !== place) continue
      const next = placeWritten(catalog, String(target), written)
      if (!ways.has(next)) ways.set(next, [...way, key])
    }
  }
  return undefined
}
