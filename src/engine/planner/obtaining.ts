import { accessText } from '../../domain/access.ts'
import type { DraftChange, DraftRef } from '../../domain/change.ts'
import { type Ownership, ownerships } from '../../domain/connection.ts'
import { type Attributes, foldKey } from '../../domain/identity.ts'
import type { HoldReason, ReasonCode } from '../../domain/reason.ts'
import type { PlanInput } from './input.ts'
import type { ManagedGroup } from './managed-group.ts'
import { namedGroups } from './named-groups.ts'
import type { PeopleBook } from './people-book.ts'
import type { Protection } from './protection.ts'
import { accountLabel } from './values.ts'

/** A group that was asked for. */
export interface Obtained {
  readonly group: ManagedGroup
  /** The change that makes or takes it over names the asking source group. */
  readonly isNew: boolean
}

export interface Asking {
  readonly name: string
  readonly rule: string
  readonly byTable: boolean
  readonly ownership: Ownership
  /** Position of the source group. */
  readonly group?: number
}

/** The groups a plan fills, found or made one after the other. */
export interface Obtaining {
  readonly changes: DraftChange[]
  /** Existing groups that a plan for some people does not take over. */
  readonly left: readonly Asking[]
  /** By id; groups that this plan creates by their folded name. */
  readonly managed: ReadonlyMap<string, ManagedGroup>
  manage(position: number, name: string, ref: DraftRef, ownership: Ownership): ManagedGroup
  /** Groups of the target that all answer to a name, of which nobody may choose one by chance. */
  rivals(name: string, byTable: boolean): readonly string[]
  /** The existing or to-be-created group of a name; undefined when it cannot be had. */
  obtain(asking: Asking): Obtained | undefined
}

export function obtaining(input: PlanInput, protection: Protection, people: PeopleBook): Obtaining {
  const { connection, source, target, memory, ends } = input
  const changes: DraftChange[] = []
  const left: Asking[] = []
  const managed = new Map<string, ManagedGroup>()
  const named = namedGroups(target)
  const everManaged = new Set(
    memory.grants
      .filter((grant) => grant.connection === connection.key && !isForAccess(grant.rule))
      .map(({ groupId }) => groupId),
  )
  for (const [rule, ids] of memory.totals?.groupsByRule ?? []) {
    if (!isForAccess(rule)) for (const id of ids) everManaged.add(id)
  }
  for (const link of memory.groupLinks) everManaged.add(link.groupId)

  const manage: Obtaining['manage'] = (position, name, ref, ownership) => {
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

  const sourceGroupOf = (group: number | undefined) => {
    const found = group === undefined ? undefined : source.groups[group]
    return found === undefined ? {} : { sourceGroup: { key: found.key, label: found.name } }
  }

  const takeOver = (asking: Asking, position: number): Obtained | undefined => {
    const { rule, byTable, ownership, group } = asking
    const existing = target.groups[position]!
    const isKnown = managed.has(existing.id) || everManaged.has(existing.id)
    // What it carries can only be told from a read of everybody (D10).
    if (!isKnown && input.part !== undefined) {
      left.push(asking)
      return undefined
    }
    const taken = manage(position, existing.name, { id: existing.id }, ownership)
    if (isKnown) return { group: taken, isNew: false }
    const carriesSomething =
      existing.accounts.length > 0 || protection.adminGroups.has(position) || (existing.grantsAccess?.length ?? 0) > 0
    const held = !byTable && carriesSomething && connection.guards.groupAdoption === 'hold'
    const change: DraftChange = {
      kind: 'group.adopt',
      group: { id: existing.id },
      groupLabel: existing.name,
      ...sourceGroupOf(group),
      after: whatItCarries(input, protection, people, position),
      reason: 'group-name-taken',
      rule,
      state: held ? 'held' : 'ready',
      stateReasons: held ? ['guard:group-adoption'] : [],
    }
    changes.push(change)
    taken.adoption = change
    return { group: taken, isNew: true }
  }

  const create = ({ name, rule, ownership, group }: Asking): Obtained | undefined => {
    const known = managed.get(foldKey(name))
    if (known !== undefined) {
      known.ownership = stricter(known.ownership, ownership)
      return { group: known, isNew: false }
    }
    const blocked = whyNotCreate(input)
    const change: DraftChange = {
      kind: 'group.create',
      groupLabel: name,
      ...sourceGroupOf(group),
      after: { name },
      reason: whyWanted(rule, group),
      rule,
      state: blocked === undefined ? 'ready' : 'blocked',
      stateReasons: blocked === undefined ? [] : [blocked],
    }
    changes.push(change)
    return blocked === undefined ? { group: manage(-1, name, { created: change }, ownership), isNew: true } : undefined
  }

  return {
    changes,
    left,
    managed,
    manage,
    rivals(name, byTable) {
      const found = named(name, byTable)
      if (found === undefined || 'position' in found) return []
      return found.rivals.map((position) => `${target.groups[position]!.name} (${target.groups[position]!.id})`).sort()
    },
    obtain(asking) {
      const found = named(asking.name, asking.byTable)
      if (found === undefined) return create(asking)
      return 'position' in found ? takeOver(asking, found.position) : undefined
    },
  }

  function whyNotCreate({ target: { groupsComplete } }: PlanInput): HoldReason | undefined {
    if (!ends.offered.has('group.create')) return 'not-offered'
    return groupsComplete ? undefined : 'target-unproven'
  }
}

/** Put into the default group of a product: that alone makes it no group that a rule of ours rules. */
function isForAccess(rule: string): boolean {
  return rule.startsWith('users.access')
}

function whyWanted(rule: string, group: number | undefined): ReasonCode {
  if (group !== undefined) return 'group-in-scope'
  return rule === 'groups.defaultsForAll' ? 'default-for-all' : 'default-for-new'
}

/** At most this many names of members stand in the taking over of a group; the counts are whole. */
const namesShown = 20

/** What somebody should know before Muster fills an existing group: who is in it, and what being in it allows (D10). */
function whatItCarries(input: PlanInput, protection: Protection, people: PeopleBook, position: number): Attributes {
  const { accounts } = input.target
  const group = input.target.groups[position]!
  const strangers: string[] = []
  const administrators: string[] = []
  for (const account of group.accounts) {
    if (people.userOf[account] === undefined) strangers.push(accountLabel(accounts[account]!))
    if (protection.administrators.has(account)) administrators.push(accountLabel(accounts[account]!))
  }
  return {
    members: String(group.accounts.length),
    ...counted('strangers', strangers),
    ...counted('administrators', administrators),
    ...(protection.adminGroups.has(position) ? { administers: 'yes' } : {}),
    ...(group.grantsAccess === undefined ? {} : { access: group.grantsAccess.map(accessText) }),
  }
}

function counted(name: string, labels: readonly string[]): Attributes {
  if (labels.length === 0) return {}
  const first = [...labels].sort().slice(0, namesShown)
  const more = labels.length - first.length
  return { [name]: String(labels.length), [`${name}Names`]: more === 0 ? first : [...first, `and ${more} more`] }
}

function stricter(a: Ownership, b: Ownership): Ownership {
  return ownerships.indexOf(a) <= ownerships.indexOf(b) ? a : b
}
