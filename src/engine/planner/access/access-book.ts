import { accessText } from '../../../domain/access.ts'
import { holdReasons } from '../../../domain/reason.ts'
import type { WorkItem } from '../../../domain/work-item.ts'
import type { EffectsInput } from '../guards/judgement.ts'
import { positionsById } from '../positions.ts'
import { accessKey, type Holders, holdersOf } from './holders.ts'
import { type AccessRule, type AccessRules, accessRules } from './rules.ts'

/** Why members of a default group of a product are there, beside what group rules say (D20). */
export interface GroupAccess {
  /** Rules that ask for what this group gives; empty where only a ledger still does. */
  readonly wants: readonly AccessRule[]
  /** What it gives of products it is the default group of, by `accessKey`. */
  readonly gives: readonly string[]
  /** People get in by this group alone, so it is filled; else the target puts in whom a role was given. */
  readonly adds: boolean
}

/** What the connection wants everybody in scope to be able to use. */
export interface AccessBook {
  readonly rules: readonly AccessRule[]
  readonly holders: Holders
  /** Default groups of products that are wanted, or that the ledger of some connection still gives, by position. */
  readonly groups: ReadonlyMap<number, GroupAccess>
  /** Products that a rule asks for, also one that nobody can follow here: people are meant to have them in some role. */
  readonly meant: ReadonlySet<string>
  /** Every rule was understood; only then may anything be taken away because no rule asks for it. */
  readonly proven: boolean
  readonly workItems: readonly WorkItem[]
}

/** What the default groups of all products give, by position and `accessKey`. */
export function defaultGroups({ target, ends }: EffectsInput): ReadonlyMap<number, readonly string[]> {
  const positionOf = positionsById(target.groups)
  const given = new Map<number, readonly string[]>()
  for (const { id, defaultGroupIds } of ends.products ?? []) {
    for (const groupId of defaultGroupIds) {
      const position = positionOf.get(groupId)
      if (position === undefined) continue
      const gives = (target.groups[position]!.grantsAccess ?? []).filter(({ product }) => product === id).map(accessKey)
      given.set(position, [...(given.get(position) ?? []), ...gives])
    }
  }
  return given
}

/** The same by the id of the group. */
export function defaultGroupsById(input: EffectsInput): ReadonlyMap<string, readonly string[]> {
  return new Map(Array.from(defaultGroups(input), ([position, gives]) => [input.target.groups[position]!.id, gives]))
}

export function accessBook(input: EffectsInput): AccessBook {
  const { connection, memory, ends } = input
  const written = accessRules(ends.products, connection.users.access, 'users.access')
  const defaults = defaultGroups(input)
  const { known, unknown } = withoutUnseen(written, [...defaults.values()].flat())
  const ledgered = new Set(memory.access.map(accessKey))
  const onlyByGroup = new Set((ends.products ?? []).flatMap(({ id, grantedBy }) => (grantedBy === 'group' ? [id] : [])))
  const groups = new Map<number, GroupAccess>()
  for (const [position, gives] of defaults) {
    const wants = known.filter((rule) => gives.includes(accessKey(rule)))
    if (wants.length === 0 && !gives.some((key) => ledgered.has(key))) continue
    groups.set(position, { wants, gives, adds: wants.some(({ product }) => onlyByGroup.has(product)) })
  }
  return {
    rules: known,
    holders: holdersOf(input),
    groups,
    meant: new Set([...known, ...unknown].flatMap(({ product }) => product ?? [])),
    proven: unknown.length === 0,
    workItems: unknown.map(({ rule, message }) => ({
      reason: 'access-unknown',
      subject: `rule:${connection.key}:${rule}`,
      label: rule,
      message: `${message} (${holdReasons['access-unknown']})`,
    })),
  }
}

/** A rule that only a group could follow which the target does not show is followed by nothing. */
function withoutUnseen({ known, unknown }: AccessRules, given: readonly string[]): AccessRules {
  const isUnseen = (rule: AccessRule) => rule.grantedBy === 'group' && !given.includes(accessKey(rule))
  const why = ({ product, role }: AccessRule) =>
    `"${accessText({ product, role })}" is given by groups only, and no default group of it that gives this is among the groups of the target`
  return {
    known: known.filter((rule) => !isUnseen(rule)),
    unknown: [
      ...unknown,
      ...known.filter(isUnseen).map((rule) => ({ rule: rule.rule, product: rule.product, message: why(rule) })),
    ],
  }
}
