import { type Change, changeKinds } from '../../domain/change.ts'
import type { Connection } from '../../domain/connection.ts'
import { fail } from '../../domain/errors.ts'
import { type Attributes, foldKey } from '../../domain/identity.ts'
import type { SourceSnapshot } from '../../domain/snapshot.ts'
import { sortedSet } from '../../platform/sorted.ts'
import type { PlanInput } from '../planner/input.ts'

/** A record of the source as it might be; what is not given stays as it was read. */
export interface SupposedRecord {
  readonly active?: boolean | undefined
  /** Values to set; null empties one. */
  readonly attributes?: Attributes | undefined
  /** All groups the person would be a direct member of, by name or key. */
  readonly groups?: readonly string[] | undefined
}

export interface Supposition {
  /** Other rules of the connection. */
  readonly connection?: Connection | undefined
  /** Records by key; a new key is a new person. */
  readonly people: Readonly<Record<string, SupposedRecord>>
}

/** The same reads with other rules or records. Throws `usage` for a group the source has not. */
export function suppose(input: PlanInput, { connection = input.connection, people }: Supposition): PlanInput {
  let source = input.source
  for (const [key, record] of Object.entries(people)) source = withRecord(source, key, record)
  return { ...input, connection, source }
}

function withRecord(source: SourceSnapshot, key: string, record: SupposedRecord): SourceSnapshot {
  const known = source.users.findIndex((user) => user.key === key)
  const position = known < 0 ? source.users.length : known
  const before = source.users[position] ?? { key, active: true, attributes: {} }
  const after = {
    ...before,
    active: record.active ?? before.active,
    attributes: { ...before.attributes, ...record.attributes },
  }
  const users = known < 0 ? [...source.users, after] : source.users.with(position, after)
  if (record.groups === undefined) return { ...source, users }
  const wanted = new Set(record.groups.map((name) => groupNamed(source, name)))
  const groups = source.groups.map((group, index) => {
    const others = [...group.users].filter((user) => user !== position)
    const isThere = others.length < group.users.length
    if (wanted.has(index) === isThere) return group
    return { ...group, users: sortedSet(wanted.has(index) ? [...others, position] : others) }
  })
  return { ...source, users, groups }
}

function groupNamed({ groups }: SourceSnapshot, name: string): number {
  const found = groups.findIndex((group) => group.key === name || foldKey(group.name) === foldKey(name))
  if (found >= 0) return found
  throw fail.usage(`The source has no group "${name}".`, {
    hint: 'Name a group as the source calls it, or by its key.',
  })
}

/** What a supposition makes of the changes of one person, in few words each. */
export interface Difference {
  /** Planned only then. */
  readonly more: readonly string[]
  /** Planned now, and not then. */
  readonly fewer: readonly string[]
}

export function differenceOf(now: readonly Change[], then: readonly Change[]): Difference {
  const [before, after] = [now.map(called), then.map(called)]
  return {
    more: after.filter((each) => !before.includes(each)),
    fewer: before.filter((each) => !after.includes(each)),
  }
}

function called({ kind, accountLabel, groupLabel, access, after, state, stateReasons }: Change): string {
  const about = groupLabel ?? (access === undefined ? accountLabel : access.product) ?? ''
  const values = kind === 'account.update' ? ` ${JSON.stringify(after)}` : ''
  return `${changeKinds[kind].sign} ${kind} ${about}${values}${state === 'ready' ? '' : ` [${state}: ${stateReasons.join(', ')}]`}`
}
