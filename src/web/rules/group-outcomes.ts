import { foldKey } from '../../domain/identity.ts'
import { nameChain, stepsSchema } from '../../domain/mapping.ts'
import { matcher, patternSchema } from '../../domain/pattern.ts'
import { type Document, valueAt } from './document.ts'

/**
 * What becomes of a source group: `filtered` out, filled by `table` or by `name`, `none` = no rule takes it; or what is wrong
 * with the name it would have.
 */
export interface GroupOutcome {
  readonly name: string
  readonly what: 'filtered' | 'table' | 'name' | 'none' | 'same' | 'empty' | 'long'
  readonly to: readonly string[]
}

/**
 * What the rules of a document make of these names, in the order of D10: filter, then table, then name. Empty while the
 * rules are not complete. `limit` = longest name the target takes.
 */
export function groupOutcomes(
  document: Document,
  names: readonly string[],
  limit: number | undefined,
): readonly GroupOutcome[] {
  const include = patternSchema.array().safeParse(valueAt(document, ['groups', 'scope', 'include']) ?? [])
  const exclude = patternSchema.array().safeParse(valueAt(document, ['groups', 'scope', 'exclude']) ?? [])
  const byName = valueAt(document, ['groups', 'byName'])
  const steps = stepsSchema.safeParse(valueAt(byName, ['transform']) ?? [])
  if (!include.success || !exclude.success || !steps.success) return []
  const isIncluded = include.data.length === 0 ? () => true : matcher(include.data)
  const isExcluded = matcher(exclude.data)
  const table = tableOf(document)
  const rename = nameChain(steps.data)
  const outcomes = names.map((name): GroupOutcome => {
    if (!isIncluded(name) || isExcluded(name)) return { name, what: 'filtered', to: [] }
    const rows = table.get(foldKey(name))
    if (rows !== undefined) return { name, what: 'table', to: rows }
    if (byName === undefined) return { name, what: 'none', to: [] }
    const to = rename(name)
    if (to === '') return { name, what: 'empty', to: [to] }
    return { name, what: limit !== undefined && to.length > limit ? 'long' : 'name', to: [to] }
  })
  if (valueAt(byName, ['sameName']) === 'merge') return outcomes
  const counts = new Map<string, number>()
  for (const { what, to } of outcomes)
    if (what === 'name') counts.set(foldKey(to[0]!), (counts.get(foldKey(to[0]!)) ?? 0) + 1)
  return outcomes.map((each) =>
    each.what === 'name' && (counts.get(foldKey(each.to[0]!)) ?? 0) > 1 ? { ...each, what: 'same' } : each,
  )
}

function tableOf(document: Document): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, readonly string[]>()
  const rows = valueAt(document, ['groups', 'byTable'])
  for (const row of Array.isArray(rows) ? rows : []) {
    const to = valueAt(row, ['to'])
    const key = foldKey(String(valueAt(row, ['from']) ?? ''))
    table.set(key, [...(table.get(key) ?? []), ...(Array.isArray(to) ? to.map(String) : [String(to ?? '')])])
  }
  return table
}
