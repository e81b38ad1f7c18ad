import type { Lesson } from '../domain/memory.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { Execution } from './execution.ts'
import { lessonsOf } from './lessons.ts'
import type { Pending } from './recheck.ts'

/** Records outcomes together with what they teach. */
export async function settle(
  run: Execution,
  pending: readonly Pending[],
  outcomes: readonly OutcomeRecord[],
): Promise<void> {
  const bySeq = new Map(pending.map((each) => [each.change.seq, each]))
  const lessons: Lesson[] = []
  const always = run.target.writableAttributes.filter(({ when }) => when === 'always')
  const rewritable = new Set(always.map(({ name }) => name))
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'applied' && outcome.outcome !== 'alreadyTrue') continue
    const each = bySeq.get(outcome.seq)
    if (each === undefined) continue
    const taught = lessonsOf(each.change, each.resolved, run.source)
    // What was so already is somebody else's: a suspension is not ours to lift (D8), nor a value ours to empty (D21), nor
    // was a membership taken by us that had ended before (P10).
    const isForeign = outcome.outcome === 'alreadyTrue'
    const isKept = (lesson: Lesson) =>
      lesson.lesson === 'value'
        ? !isForeign && rewritable.has(lesson.attribute)
        : !isForeign || !['deactivated', 'taken'].includes(lesson.lesson)
    lessons.push(...taught.filter(isKept))
  }
  await record(run, outcomes, lessons)
}

/** Keeps outcomes; a conflict is told to whoever waits for this plan. */
export async function record(
  run: Execution,
  outcomes: readonly OutcomeRecord[],
  lessons: readonly Lesson[],
): Promise<void> {
  if (outcomes.length === 0) return
  if (outcomes.some(({ skipReason }) => skipReason === 'conflict')) run.onConflict()
  await run.plans.record(run.planId, run.runId, run.fence, outcomes, lessons)
}
