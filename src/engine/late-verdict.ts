import type { Instant } from '../domain/identity.ts'
import type { Lesson } from '../domain/memory.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import { lessonsOf, unlearned } from './lessons.ts'
import type { Sighting, Written } from './sighting.ts'

/** What was not seen for so long after it was written does not come any more (D24). */
export const comesNoMoreMs = 5 * 60_000

/** The look of a later run at what an earlier one wrote. */
export interface LateLook {
  /** Number of the run that looks. */
  readonly by: number
  readonly now: Instant
  /** Key of the source, for links. */
  readonly source: string
  /** What the earlier run had no time to look for had all its time to be seen by now. */
  readonly isTimeUp: boolean
}

/** `left` = it may still appear, and the next run looks again. */
export type LateVerdict =
  | { readonly is: 'left' }
  | {
      readonly is: 'proven' | 'missing'
      readonly outcome: OutcomeRecord
      readonly lessons: readonly Lesson[]
    }

/**
 * What a later look makes of a write that its own run did not prove. What is there is proven, and known again where it had
 * been forgotten; what is not there is never believed any longer, so that the next plan decides afresh (P18). Pure.
 */
export function lateVerdict(change: Written, sighting: Sighting, { by, now, source, isTimeUp }: LateLook): LateVerdict {
  const { seq } = change
  const wasGivenUp = change.outcome === 'unproven'
  if (sighting === 'so') {
    const message = `Run ${by} saw it; ${wasGivenUp ? 'it took longer than this run waited' : 'this run ended before it could look'}.`
    const lessons = wasGivenUp && unlearned(change, change).length > 0 ? lessonsOf(change, change, source) : []
    return { is: 'proven', outcome: { seq, outcome: 'applied', verifiedAt: now, message }, lessons }
  }
  const isOver = wasGivenUp ? now - (change.finishedAt ?? 0) >= comesNoMoreMs : isTimeUp
  if (!isOver) return { is: 'left' }
  const why = wasGivenUp ? 'and did not show it in time' : 'and this run ended before it was seen'
  const found = sighting === 'notSo' ? 'it was not so in the target' : 'the target did not tell'
  const message = `The target accepted this ${why}. Run ${by} looked and ${found}; the next plan decides afresh.`
  const lessons = wasGivenUp ? [] : unlearned(change, change)
  return { is: 'missing', outcome: { seq, outcome: 'unproven', message }, lessons }
}
