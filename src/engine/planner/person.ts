import type { Mapped } from '../../domain/mapping.ts'
import type { InScope } from '../../domain/scope.ts'
import type { Correlation } from './correlation.ts'
import { decided } from './decided.ts'
import type { PlanInput } from './input.ts'
import { nesting } from './nesting.ts'
import { matchesOf, scopesOf } from './people.ts'
import { positionsById, positionsByKey } from './positions.ts'
import { protectionOf } from './protection.ts'
import { valueMapper } from './values.ts'

/** How the planner sees one person, before it plans anything. */
export interface PersonView {
  readonly scope: InScope
  readonly correlation: Correlation
  /** Target attribute -> value; null = empty, undefined = unknown (D21). */
  readonly mapped: ReadonlyMap<string, Mapped>
}

/** The planner's own judgement of the person at a position of the source snapshot. */
export function viewPerson(input: PlanInput, position: number): PersonView {
  const { source, target, connection, ends } = input
  const valuesOf = valueMapper(input)
  const book = {
    positionOf: positionsById(target.accounts),
    userAt: positionsByKey(source.users),
    valuesOf,
    decided: decided(input),
  }
  const values = valuesOf(source.users[position]!)
  const names = Object.keys({ ...ends.defaultMapping, ...connection.users.mapping })
  return {
    scope: scopesOf(input, nesting(source))[position]!,
    correlation: matchesOf(input, protectionOf(input), book)[position]!,
    mapped: new Map(names.map((name) => [name, values.get(name)])),
  }
}
