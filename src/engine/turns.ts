import type { Lane } from '../domain/lane.ts'

/** Whom somebody writes about, by any name that tells one from another; absent = anybody, so that nobody else may write. */
export type About = ReadonlySet<string> | undefined

/** One who writes right now. */
export interface Holder {
  readonly about: About
}

/**
 * Who of those waiting may write now, in their order: whoever is about nobody whom others write about, or who waits longer
 * or in a quicker lane. Pure.
 */
export function admitted<Waiting extends Holder>(
  holders: Iterable<Holder>,
  waiting: readonly Waiting[],
): readonly Waiting[] {
  const ahead: Holder[] = [...holders]
  return waiting.filter((each) => {
    const mayGo = !ahead.some((other) => meet(other.about, each.about))
    ahead.push(each)
    return mayGo
  })
}

/** Where somebody stands in the queue: behind everybody of a quicker lane, and `first` or `last` of their own. Pure. */
export function placeInQueue(waiting: readonly { readonly lane: Lane }[], lane: Lane, place: 'first' | 'last'): number {
  const behind = waiting.findIndex((other) => (place === 'first' ? other.lane >= lane : other.lane > lane))
  return behind < 0 ? waiting.length : behind
}

/** Both are about somebody in common; who is about anybody meets everyone. Pure. */
function meet(one: About, other: About): boolean {
  if (one === undefined || other === undefined) return true
  const [few, many] = one.size <= other.size ? [one, other] : [other, one]
  for (const name of few) if (many.has(name)) return true
  return false
}
