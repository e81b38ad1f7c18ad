import type { ChangeKind } from '../domain/change.ts'
import type { Operation, Target } from '../ports/target.ts'

/**
 * Changes that are marked, sent and recorded together. A crash costs a second look at no more than these, and a leaver
 * waits for no more than these: where a target is slow, slices become small.
 */
export const largestSlice = 200
const smallestSlice = 10
const sliceGoalMs = 500

/** As many changes as are done in the time a slice should take. Pure. */
export function nextSize(done: number, tookMs: number, least: number): number {
  const fitting = tookMs <= 0 ? largestSlice : Math.round((done * sliceGoalMs) / tookMs)
  return Math.max(least, Math.min(largestSlice, fitting))
}

/** What can go in one call is not taken apart. Pure. */
export function leastOf({ operations }: Pick<Target, 'operations'>, kind: ChangeKind | undefined): number {
  const known: Readonly<Partial<Record<ChangeKind, Operation>>> = operations
  return Math.max(smallestSlice, (kind === undefined ? undefined : known[kind]?.batchSize) ?? 1)
}
