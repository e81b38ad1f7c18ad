import type { StandingPerson } from '../ports/snapshots.ts'
import type { PlanInput } from './planner/input.ts'
import type { Standstill, Trace } from './planner/trace.ts'
import { identifiers, valueMapper } from './planner/values.ts'

/** Listens to a planner for people alone, so that whoever asks later is told without another read. */
export class Standstills {
  readonly #byKey = new Map<string, Standstill>()
  readonly trace: Trace = {
    person: (sourceKey, standstill) => {
      if (standstill.reason === 'as-wanted') this.#byKey.delete(sourceKey)
      else this.#byKey.set(sourceKey, standstill)
    },
  }

  of(input: PlanInput): readonly StandingPerson[] {
    const valuesOf = valueMapper(input)
    const users = new Map(input.source.users.map((user) => [user.key, user]))
    return [...this.#byKey].map(([sourceKey, standstill]) => {
      const user = users.get(sourceKey)
      const { email, userName } = user === undefined ? {} : identifiers(valuesOf(user))
      return { sourceKey, name: email ?? userName ?? sourceKey, ...standstill }
    })
  }
}
