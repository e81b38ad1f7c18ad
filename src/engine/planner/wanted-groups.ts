import type { Ownership } from '../../domain/connection.ts'
import { foldCase, foldKey } from '../../domain/identity.ts'
import { nameChain } from '../../domain/mapping.ts'
import { matcher } from '../../domain/pattern.ts'
import { linkRuleOf } from '../lessons.ts'
import type { Decided } from './decided.ts'
import type { PlanInput } from './input.ts'
import type { ManagedGroup } from './managed-group.ts'

/** A source group that should fill a target group of this name, and by which rule. */
export interface Wanted {
  /** Position in the source snapshot. */
  readonly group: number
  readonly name: string
  readonly rule: string
  /** Under which the link is remembered. */
  readonly linkRule: string
  readonly ownership: Ownership
  readonly byTable: boolean
}

/** The name a source group gets by name; undefined where there is no such rule. */
export function byNameRule({ connection }: Pick<PlanInput, 'connection'>): ((name: string) => string) | undefined {
  const { byName } = connection.groups
  if (byName === undefined) return undefined
  const chain = nameChain(byName.transform)
  return (name) => chain(name).trim()
}

/** Filter first, then table, then by name; a group with a table row is not also taken by name (D10). */
export function wantedGroups(input: PlanInput, decided: Decided): Wanted[] {
  const { connection, source } = input
  const rules = connection.groups
  if (!rules.import) return []
  const included = matcher(rules.scope.include)
  const excluded = matcher(rules.scope.exclude)
  const rename = byNameRule(input)
  const result: Wanted[] = []
  const want = (wanted: Wanted) => {
    if (!decided.ignores(source.groups[wanted.group]!.key, wanted.linkRule)) result.push(wanted)
  }
  const rowsOf = tableRows(rules)
  source.groups.forEach((from, group) => {
    if (rules.scope.include.length > 0 && !included(from.name)) return
    if (excluded(from.name)) return
    if (from.onlyFor?.includes(connection.key) === false) return
    const rows = rowsOf(from)
    for (const { row, index } of rows) {
      for (const to of typeof row.to === 'string' ? [row.to] : row.to) {
        want({
          group,
          name: to.trim(),
          rule: `groups.byTable[${index}]`,
          linkRule: linkRuleOf(`groups.byTable[${index}]`, to),
          ownership: row.ownership ?? rules.ownership,
          byTable: true,
        })
      }
    }
    if (rows.length > 0 || rename === undefined) return
    want({
      group,
      name: rename(from.name),
      rule: 'groups.byName',
      linkRule: linkRuleOf('groups.byName', ''),
      ownership: rules.byName?.ownership ?? rules.ownership,
      byTable: false,
    })
  })
  // Which of several is named with a change must not hang on the order in which the source tells them.
  const keyOf = ({ group }: Wanted) => source.groups[group]!.key
  return result.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

type GroupRules = PlanInput['connection']['groups']

interface TableRow {
  readonly row: GroupRules['byTable'][number]
  readonly index: number
}

/** Rows of the table by the source group they name, by its key or by its name without letter case; in their order. */
function tableRows({
  byTable,
}: GroupRules): (from: { readonly key: string; readonly name: string }) => readonly TableRow[] {
  const byKey = Map.groupBy(
    byTable.map((row, index): TableRow => ({ row, index })),
    ({ row }) => row.from,
  )
  const byName = Map.groupBy([...byKey.values()].flat(), ({ row }) => foldKey(row.from))
  return ({ key, name }) => {
    const named = byName.get(foldKey(name)) ?? []
    const keyed = (byKey.get(key) ?? []).filter((each) => !named.includes(each))
    return [...named, ...keyed].sort((a, b) => a.index - b.index)
  }
}

/** At most this many rivals are named with a conflict: thousands of names may meet in one. */
const rivalLimit = 20

/** Source groups that are in each other's way. */
export interface Conflict {
  /** Names of the others. */
  readonly rivals: readonly string[]
  /** The group that is filled already and could be joined. */
  readonly linked?: ManagedGroup
}

/** Newcomers by name, with what stands in the way of those who would meet another source group in one target group. */
export function withConflicts(
  input: PlanInput,
  decided: Decided,
  wanted: readonly Wanted[],
  newcomers: readonly Wanted[],
  managed: ReadonlyMap<string, ManagedGroup>,
): { readonly each: Wanted; readonly conflict?: Conflict }[] {
  const { connection, source } = input
  const merge = connection.groups.byName?.sameName === 'merge'
  const chosen = (each: Wanted) => decided.takesName(source.groups[each.group]!.key) !== undefined
  const takers = new Map<string, { first: Wanted[]; count: number; chosen: Wanted[]; spellings: Set<string> }>()
  for (const each of newcomers) {
    if (each.byTable) continue
    const key = foldKey(each.name)
    const met = takers.get(key) ?? { first: [], count: 0, chosen: [], spellings: new Set() }
    takers.set(key, met)
    met.count += 1
    met.spellings.add(each.name)
    if (met.first.length <= rivalLimit) met.first.push(each)
    if (chosen(each)) met.chosen.push(each)
  }
  const nameOf = new Map(wanted.filter((each) => !each.byTable).map((each) => [each.group, each.name]))
  const linked = new Map<string, { group: ManagedGroup; first: readonly number[] }>()
  for (const group of managed.values()) {
    const key = foldKey(group.name)
    const byName = group.receipts.filter((receipt) => receipt.rule === 'groups.byName').map((receipt) => receipt.group)
    linked.set(key, { group, first: byName.slice(0, rivalLimit) })
    for (const name of byName.map((position) => nameOf.get(position) ?? '')) {
      if (foldKey(name) === key) takers.get(key)?.spellings.add(name)
    }
  }
  return newcomers.map((each) => {
    if (each.byTable) return { each }
    const key = foldKey(each.name)
    const met = takers.get(key)!
    const there = linked.get(key)
    const sameSpelling = there === undefined || foldCase(there.group.name) === foldCase(each.name)
    if (merge && met.spellings.size === 1 && sameSpelling) return { each }
    const joinable = there !== undefined && there.first.length > 0 ? { linked: there.group } : {}
    // One of several got the name by a person's word; a group that is filled already keeps it.
    if (joinable.linked === undefined && met.chosen.length === 1 && met.chosen[0] === each) return { each }
    const rivals = met.count === 1 ? [] : met.first.map(({ group }) => group).filter((group) => group !== each.group)
    const names = [...rivals.slice(0, rivalLimit), ...(there?.first ?? [])].map((group) => source.groups[group]!.name)
    if (names.length === 0) return { each }
    return { each, conflict: { rivals: names, ...joinable } }
  })
}
