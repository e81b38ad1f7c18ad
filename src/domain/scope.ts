import { z } from 'zod'
import type { SourceUser } from './identity.ts'
import { matcher, patternSchema } from './pattern.ts'

const conditionSchema = z.union([
  z.strictObject({ attribute: z.string().min(1), in: z.array(patternSchema).nonempty() }),
  z.strictObject({ memberOf: z.array(patternSchema).nonempty() }),
])

/** Who takes part: everybody if `include` is empty, else whom one condition includes; never whom one excludes. */
export const userScopeSchema = z.strictObject({
  include: z.array(conditionSchema).default([]),
  exclude: z.array(conditionSchema).default([]),
})
export type UserScope = z.output<typeof userScopeSchema>

/** `unknown`: an attribute the condition asks for was not delivered; such a person is left exactly as they are (D21). */
export type InScope = 'in' | 'out' | 'unknown'

/** What was read about the groups of people; a membership that was read is proven even where others may be missing. */
export interface ReadGroups {
  /** Names of the groups, also by nesting, that the person at this position was seen in. */
  namesOf(position: number): readonly string[]
  /** All groups with such names, and everything nested in them, were read completely: who is not in them is not a member. */
  areComplete(matches: (name: string) => boolean): boolean
}

/** Compiles a scope for one read; `emptyIfAbsent` = attributes whose absence from a record means that they are empty. */
export function userScope(
  scope: UserScope,
  groups: ReadGroups,
  emptyIfAbsent: ReadonlySet<string>,
): (user: SourceUser, position: number) => InScope {
  const conditions = (list: UserScope['include']) =>
    list.map((condition) => compileCondition(condition, groups, emptyIfAbsent))
  const include = conditions(scope.include)
  const exclude = conditions(scope.exclude)
  return (user, position) => {
    const included = include.length === 0 ? true : some(include.map((holds) => holds(user, position)))
    if (included === false) return 'out'
    const excluded = some(exclude.map((holds) => holds(user, position)))
    if (excluded === true) return 'out'
    return included === undefined || excluded === undefined ? 'unknown' : 'in'
  }
}

type Holds = (user: SourceUser, position: number) => boolean | undefined

function compileCondition(
  condition: UserScope['include'][number],
  groups: ReadGroups,
  emptyIfAbsent: ReadonlySet<string>,
): Holds {
  if ('memberOf' in condition) {
    const matches = matcher(condition.memberOf)
    const otherwise = groups.areComplete(matches) ? false : undefined
    return (_, position) => groups.namesOf(position).some(matches) || otherwise
  }
  const matches = matcher(condition.in)
  return (user) => {
    const value = user.attributes[condition.attribute]
    if (value === undefined) return emptyIfAbsent.has(condition.attribute) ? false : undefined
    if (value === null) return false
    return typeof value === 'string' ? matches(value) : value.some(matches)
  }
}

/** Three-valued "or": true wins, then unknown. */
function some(results: readonly (boolean | undefined)[]): boolean | undefined {
  if (results.includes(true)) return true
  return results.includes(undefined) ? undefined : false
}

/** True when the scope asks for group membership, so that groups must be read completely to judge it. */
export function scopeNeedsGroups(scope: UserScope): boolean {
  return [...scope.include, ...scope.exclude].some((condition) => 'memberOf' in condition)
}

/** Which condition settles whether a person takes part: `users.scope.exclude[0]`; absent = the scope asks for nothing. */
export function scopeRule(
  scope: UserScope,
  groups: ReadGroups,
  emptyIfAbsent: ReadonlySet<string>,
  user: SourceUser,
  position: number,
): string | undefined {
  const holds = (name: 'include' | 'exclude') =>
    scope[name].map((condition) => compileCondition(condition, groups, emptyIfAbsent)(user, position))
  const [included, excluded] = [holds('include'), holds('exclude')]
  const first = (name: 'include' | 'exclude', wanted: boolean | undefined) => {
    const index = (name === 'include' ? included : excluded).indexOf(wanted)
    return index < 0 ? undefined : `users.scope.${name}[${index}]`
  }
  if (included.length > 0 && some(included) === false) return 'users.scope.include'
  const excluding = first('exclude', true)
  if (excluding !== undefined) return excluding
  const isOpen = included.length > 0 && !included.includes(true)
  return (isOpen ? first('include', undefined) : undefined) ?? first('exclude', undefined) ?? first('include', true)
}
