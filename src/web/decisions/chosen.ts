import { useState } from 'react'

/** Something in a list that can be decided about. */
export interface Decidable<Decision extends string> {
  readonly id: string
  readonly label: string
  readonly possible: readonly { readonly decision: Decision; readonly sentence: string }[]
}

/** What of a list is chosen, as far as it is still there. */
export function useChosen<Decision extends string>(things: readonly Decidable<Decision>[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const choosable = things.filter(({ possible }) => possible.length > 0)
  const chosen = choosable.filter(({ id }) => ids.has(id))
  const byId = new Map(choosable.map((thing) => [thing.id, thing]))
  return {
    chosen,
    choosable,
    /** Undefined where nothing can be decided. */
    find: (id: string) => byId.get(id),
    has: (id: string) => ids.has(id),
    toggle: (id: string) =>
      setIds((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id])),
    all: () => setIds(chosen.length === choosable.length ? new Set() : new Set(choosable.map(({ id }) => id))),
    none: () => setIds(new Set()),
  }
}

/** The decisions that are possible about all of them, each with every sentence that says what it does. */
export function inCommon<Decision extends string>(
  chosen: readonly Decidable<Decision>[],
): ReadonlyMap<Decision, readonly string[]> {
  const [first, ...others] = chosen
  const common = (first?.possible ?? []).filter(({ decision }) =>
    others.every(({ possible }) => possible.some((each) => each.decision === decision)),
  )
  return new Map(
    common.map(({ decision }) => {
      const sentences = chosen.flatMap(({ possible }) => possible.filter((each) => each.decision === decision))
      return [decision, [...new Set(sentences.map(({ sentence }) => sentence))]]
    }),
  )
}
