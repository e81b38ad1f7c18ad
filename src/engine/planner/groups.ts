import { accessText } from '../../domain/access.ts'
import type { DraftChange, DraftRef } from '../../domain/change.ts'
import { type Ownership, ownerships } from '../../domain/connection.ts'
import { foldCase, foldKey } from '../../domain/identity.ts'
import { nameChain } from '../../domain/mapping.ts'
import { matcher } from '../../domain/pattern.ts'
import { type HoldReason, holdReasons } from '../../domain/reason.ts'
import type { WorkItem } from '../../domain/work-item.ts'
import { linkRuleOf } from '../lessons.ts'
import type { PlanInput } from './input.ts'
import { namedGroups } from './named-groups.ts'
import { isBuiltInAdminName, type Protection } from './protection.ts'

/** A source group that is received by a target group, and by which rule. */
export interface Receipt {
  /** Position in the source snapshot. */
  readonly group: number
  readonly rule: string
}

/** A target group that a rule of this connection fills. */
export interface ManagedGroup {
  readonly ref: DraftRef
  /** Position in the target snapshot, or -1 when this plan creates it. */
  readonly position: number
  readonly name: string
  readonly receipts: Receipt[]
  /** Where rules meet, the strictest keeper wins (D28). */
  ownership: Ownership
  /** Everybody who receives anything is in it. */
  defaultForAll: boolean
  /** New accounts are put in it once. */
  defaultForNew: boolean
  /** The taking over of an existing group, which all its memberships wait for. */
  adoption?: DraftChange
}

export interface Groups {
  readonly changes: readonly DraftChange[]
  readonly workItems: readonly WorkItem[]
  readonly notices: readonly string[]
  readonly managed: readonly ManagedGroup[]
  /** Source groups that take part. */
  readonly inScope: number
}

interface Wanted {
  readonly group: number
  readonly name: string
  readonly rule: string
  readonly linkRule: string
  readonly ownership: Ownership
  readonly byTable: boolean
}

/** Decides which target group each source group fills: linked before, by table, by name; creates what is missing. */
export function planGroups(input: PlanInput, protection: Protection): Groups {
  const { connection, source, target, memory, ends } = input
  const rules = connection.groups
  const changes: DraftChange[] = []
  const workItems: WorkItem[] = []
  const notices: string[] = []
  const managed = new Map<string, ManagedGroup>()
  const positionOfId = new Map(target.groups.map((group, index) => [group.id, index]))
  const named = namedGroups(target)
  const linkOf = new Map(
    memory.groupLinks
      .filter((link) => link.source === connection.source)
      .map((link) => [`${link.groupKey}\n${link.rule}`, link.groupId]),
  )
  const everManaged = new Set(
    memory.grants.filter((grant) => grant.connection === connection.key).map((grant) => grant.groupId),
  )
  for (const link of memory.groupLinks) everManaged.add(link.groupId)

  const item = (reason: HoldReason, subject: string, label: string, message: string, candidates?: readonly string[]) =>
    workItems.push({
      reason,
      subject,
      label,
      message: `${message} (${holdReasons[reason]})`,
      ...(candidates === undefined ? {} : { candidates }),
    })

  /** Opens a work item for a name the target cannot have; true when it did. */
  const refuseName = (name: string, subject: string, label: string): boolean => {
    const length = [...name].length
    if (name.trim() !== '' && length <= ends.groupNameLimit) return false
    const shown = name.slice(0, 60)
    const message = `The name "${shown}" has ${length} characters; the target takes 1 to ${ends.groupNameLimit}`
    item('group-name-invalid', subject, label, message)
    return true
  }

  /** Opens a work item for a name that several groups of the target answer to; true when it did. */
  const refuseRivals = (name: string, typed: boolean, subject: string, label: string): boolean => {
    const found = named(name, typed)
    if (found === undefined || 'position' in found) return false
    const rivals = found.rivals.map((position) => `${target.groups[position]!.name} (${target.groups[position]!.id})`)
    const message = `${rivals.length} groups of the target are called "${name}" but for letter case`
    item('target-group-ambiguous', subject, label, message, rivals.sort().slice(0, rivalLimit))
    return true
  }

  const manage = (position: number, name: string, ref: DraftRef, ownership: Ownership): ManagedGroup => {
    const id = position >= 0 ? target.groups[position]!.id : foldKey(name)
    const known = managed.get(id)
    if (known !== undefined) {
      known.ownership = stricter(known.ownership, ownership)
      return known
    }
    const made: ManagedGroup = {
      ref,
      position,
      name,
      receipts: [],
      ownership,
      defaultForAll: false,
      defaultForNew: false,
    }
    managed.set(id, made)
    return made
  }

  /** The existing or to-be-created group of a name; undefined when it cannot be had. */
  const obtain = (wanted: { name: string; rule: string; byTable: boolean; ownership: Ownership; group?: number }) => {
    const found = named(wanted.name, wanted.byTable)
    const position = found !== undefined && 'position' in found ? found.position : -1
    if (position >= 0) {
      const existing = target.groups[position]!
      const known = managed.get(existing.id)
      if (known !== undefined) {
        known.ownership = stricter(known.ownership, wanted.ownership)
        return known
      }
      if (everManaged.has(existing.id)) return manage(position, existing.name, { id: existing.id }, wanted.ownership)
      const carriesSomething =
        existing.accounts.length > 0 || protection.adminGroups.has(position) || (existing.grantsAccess?.length ?? 0) > 0
      const held = !wanted.byTable && carriesSomething && connection.guards.groupAdoption === 'hold'
      const change: DraftChange = {
        kind: 'group.adopt',
        group: { id: existing.id },
        groupLabel: existing.name,
        ...sourceGroupOf(wanted.group),
        after: {
          members: String(existing.accounts.length),
          ...(existing.grantsAccess === undefined ? {} : { access: existing.grantsAccess.map(accessText) }),
        },
        reason: 'group-name-taken',
        rule: wanted.rule,
        state: held ? 'held' : 'ready',
        stateReasons: held ? ['guard:group-adoption'] : [],
      }
      changes.push(change)
      const adopted = manage(position, existing.name, { id: existing.id }, wanted.ownership)
      adopted.adoption = change
      return adopted
    }
    const known = managed.get(foldKey(wanted.name))
    if (known !== undefined) {
      known.ownership = stricter(known.ownership, wanted.ownership)
      return known
    }
    const blocked: HoldReason | undefined = !ends.offered.has('group.create')
      ? 'not-offered'
      : !target.groupsComplete
        ? 'target-unproven'
        : undefined
    const change: DraftChange = {
      kind: 'group.create',
      groupLabel: wanted.name,
      ...sourceGroupOf(wanted.group),
      after: { name: wanted.name },
      reason: 'group-in-scope',
      rule: wanted.rule,
      state: blocked === undefined ? 'ready' : 'blocked',
      stateReasons: blocked === undefined ? [] : [blocked],
    }
    changes.push(change)
    if (blocked !== undefined) return undefined
    return manage(-1, wanted.name, { created: change }, wanted.ownership)
  }
  const sourceGroupOf = (group: number | undefined) => {
    const found = group === undefined ? undefined : source.groups[group]
    return found === undefined ? {} : { sourceGroup: { key: found.key, label: found.name } }
  }

  const wanted = rules.import ? wantedGroups(input) : []
  const newcomers: Wanted[] = []
  for (const each of wanted) {
    const groupId = linkOf.get(`${source.groups[each.group]!.key}\n${each.linkRule}`)
    const position = groupId === undefined ? undefined : positionOfId.get(groupId)
    if (groupId === undefined || position === undefined) {
      newcomers.push(each)
      continue
    }
    const actual = target.groups[position]!
    if (foldKey(actual.name) !== foldKey(each.name)) {
      notices.push(
        `"${source.groups[each.group]!.name}" would be called "${each.name}" by its rule; it stays linked to "${actual.name}" (name-differs).`,
      )
    }
    manage(position, actual.name, { id: actual.id }, each.ownership).receipts.push({
      group: each.group,
      rule: each.rule,
    })
  }

  const remembered = new Set<string>()
  for (const { each, conflict } of withConflicts(input, wanted, newcomers, managed)) {
    const from = source.groups[each.group]!
    const subject = `group:${connection.source}:${from.key}`
    if (refuseName(each.name, subject, from.name)) continue
    if (refuseRivals(each.name, each.byTable, subject, from.name)) continue
    if (conflict.length > 0) {
      item('group-name-conflict', subject, from.name, `"${from.name}" would become "${each.name}"`, conflict)
    } else if (!each.byTable && isBuiltInAdminName(each.name)) {
      item(
        'group-protected',
        subject,
        from.name,
        `"${from.name}" would become "${each.name}"; use a table row if you mean it`,
      )
    } else {
      const before = changes.length
      const group = obtain(each)
      if (group === undefined) continue
      group.receipts.push({ group: each.group, rule: each.rule })
      // The change that creates or adopts the group for this source group also remembers the link; rows may repeat it.
      const link = `${from.key}\n${each.linkRule}`
      if (changes.length === before && !remembered.has(link)) changes.push(linkChange(from, group, each.rule))
      remembered.add(link)
    }
  }

  const defaultGroup = (given: string, rule: 'groups.defaultsForAll' | 'groups.defaultsForNew') => {
    const name = given.trim()
    const subject = `group:${connection.source}:${name}`
    if (refuseName(name, subject, name) || refuseRivals(name, true, subject, name)) return undefined
    return obtain({ name, rule, byTable: true, ownership: rules.ownership })
  }
  for (const name of rules.defaultsForAll) {
    const group = defaultGroup(name, 'groups.defaultsForAll')
    if (group !== undefined) group.defaultForAll = true
  }
  for (const name of rules.defaultsForNew) {
    const group = defaultGroup(name, 'groups.defaultsForNew')
    if (group !== undefined) group.defaultForNew = true
  }
  return {
    changes,
    workItems,
    notices,
    managed: [...managed.values()],
    inScope: new Set(wanted.map((each) => each.group)).size,
  }
}

function linkChange(from: { key: string; name: string }, group: ManagedGroup, rule: string): DraftChange {
  return {
    kind: 'group.link',
    group: group.ref,
    groupLabel: group.name,
    sourceGroup: { key: from.key, label: from.name },
    ...(group.adoption === undefined ? {} : { waitsFor: [group.adoption] }),
    reason: 'group-received',
    rule,
    state: 'ready',
    stateReasons: [],
  }
}

/** Filter first, then table, then by name; a group with a table row is not also taken by name (D10). */
function wantedGroups(input: PlanInput): Wanted[] {
  const { connection, source } = input
  const rules = connection.groups
  const included = matcher(rules.scope.include)
  const excluded = matcher(rules.scope.exclude)
  const rename = rules.byName === undefined ? undefined : nameChain(rules.byName.transform)
  const result: Wanted[] = []
  source.groups.forEach((from, group) => {
    if (rules.scope.include.length > 0 && !included(from.name)) return
    if (excluded(from.name)) return
    let inTable = false
    rules.byTable.forEach((row, index) => {
      if (row.from !== from.key && foldKey(row.from) !== foldKey(from.name)) return
      inTable = true
      for (const to of typeof row.to === 'string' ? [row.to] : row.to) {
        result.push({
          group,
          name: to.trim(),
          rule: `groups.byTable[${index}]`,
          linkRule: linkRuleOf(`groups.byTable[${index}]`, to),
          ownership: row.ownership ?? rules.ownership,
          byTable: true,
        })
      }
    })
    if (inTable || rename === undefined) return
    result.push({
      group,
      name: rename(from.name).trim(),
      rule: 'groups.byName',
      linkRule: linkRuleOf('groups.byName', ''),
      ownership: rules.byName?.ownership ?? rules.ownership,
      byTable: false,
    })
  })
  return result
}

/** At most this many rivals are named with a conflict: thousands of names may meet in one. */
const rivalLimit = 20

/** Newcomers by name that would meet another source group in one target group. */
function withConflicts(
  input: PlanInput,
  wanted: readonly Wanted[],
  newcomers: readonly Wanted[],
  managed: ReadonlyMap<string, ManagedGroup>,
): { each: Wanted; conflict: readonly string[] }[] {
  const { connection, source } = input
  const merge = connection.groups.byName?.sameName === 'merge'
  const takers = new Map<string, { first: Wanted[]; count: number; spellings: Set<string> }>()
  for (const each of newcomers) {
    if (each.byTable) continue
    const key = foldKey(each.name)
    const met = takers.get(key) ?? { first: [], count: 0, spellings: new Set() }
    takers.set(key, met)
    met.count += 1
    met.spellings.add(each.name)
    if (met.first.length <= rivalLimit) met.first.push(each)
  }
  const nameOf = new Map(wanted.filter((each) => !each.byTable).map((each) => [each.group, each.name]))
  const linked = new Map<string, { name: string; first: readonly number[] }>()
  for (const group of managed.values()) {
    const key = foldKey(group.name)
    const byName = group.receipts.filter((receipt) => receipt.rule === 'groups.byName').map((receipt) => receipt.group)
    linked.set(key, { name: group.name, first: byName.slice(0, rivalLimit) })
    for (const name of byName.map((position) => nameOf.get(position) ?? '')) {
      if (foldKey(name) === key) takers.get(key)?.spellings.add(name)
    }
  }
  return newcomers.map((each) => {
    if (each.byTable) return { each, conflict: [] }
    const key = foldKey(each.name)
    const met = takers.get(key)!
    const there = linked.get(key)
    if (merge && met.spellings.size === 1 && (there === undefined || foldCase(there.name) === foldCase(each.name))) {
      return { each, conflict: [] }
    }
    const rivals = met.count === 1 ? [] : met.first.map(({ group }) => group).filter((group) => group !== each.group)
    return {
      each,
      conflict: [...rivals.slice(0, rivalLimit), ...(there?.first ?? [])].map((group) => source.groups[group]!.name),
    }
  })
}

function stricter(a: Ownership, b: Ownership): Ownership {
  return ownerships.indexOf(a) <= ownerships.indexOf(b) ? a : b
}
