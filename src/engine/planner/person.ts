import type { Mapped } from '../../domain/mapping.ts'
import { matcher } from '../../domain/pattern.ts'
import { type InScope, scopeRule } from '../../domain/scope.ts'
import { accountsNamed } from './account-names.ts'
import { matchesOf } from './claims.ts'
import type { Correlation } from './correlation.ts'
import { decided } from './decided.ts'
import type { PlanInput } from './input.ts'
import { nesting, readGroups } from './nesting.ts'
import { scopesOf } from './people.ts'
import { positionsById, positionsByKey } from './positions.ts'
import { protectionOf } from './protection.ts'
import { customName, emptyIfAbsent, valueMapper } from './values.ts'

/** How the planner sees one person, before it plans anything. */
export interface PersonView {
  readonly scope: InScope
  /** The condition of the scope that settles it; absent = the scope asks for nothing. */
  readonly scopeRule: string | undefined
  readonly correlation: Correlation
  /** Target attribute -> value; null = empty, undefined = unknown (D21). */
  readonly mapped: ReadonlyMap<string, Mapped>
  /** The same for custom attributes, by id. */
  readonly custom: ReadonlyMap<string, Mapped>
}

/** The planner's own judgement of the person at a position of the source snapshot. */
export function viewPerson(input: PlanInput, position: number): PersonView {
  const { source, target, connection, ends } = input
  const valuesOf = valueMapper(input)
  const book = {
    positionOf: positionsById(target.accounts),
    named: accountsNamed(target),
    userAt: positionsByKey(source.users),
    valuesOf,
    decided: decided(input),
  }
  const user = source.users[position]!
  const values = valuesOf(user)
  const names = Object.keys({ ...ends.defaultMapping, ...connection.users.mapping })
  const flatten = nesting(source)
  const rules = connection.users.scope
  const asked = [...rules.include, ...rules.exclude].flatMap((each) => ('memberOf' in each ? each.memberOf : []))
  const groups = readGroups(source, flatten, matcher(asked))
  const ids = Object.keys(connection.users.customAttributes)
  return {
    scope: scopesOf(input, flatten)[position]!,
    scopeRule: scopeRule(rules, groups, emptyIfAbsent(input), user, position),
    correlation: matchesOf(input, protectionOf(input), book)(position),
    mapped: new Map(names.map((name) => [name, values.get(name)])),
    custom: new Map(ids.map((id) => [id, values.get(customName(id))])),
  }
}
