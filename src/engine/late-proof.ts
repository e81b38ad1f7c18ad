import type { Lesson } from '../domain/memory.ts'
import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import { accountsOf, gather, isWholeReadCheaper, sweep, withIds } from './evidence.ts'
import type { Execution } from './execution.ts'
import { lateVerdict } from './late-verdict.ts'
import { type Sighting, sightingOf, type Written } from './sighting.ts'
import { lookPauses, settleMsOf } from './verify.ts'

const pageSize = 1000
/** As many writes as a run for some people looks for: each may cost a call, and somebody may be waiting. */
const fewWrites = 100

/** How much a later run does for it: `all` waits until everything had its time, `few` glances at a few writes and at no more. */
export type Effort = 'all' | 'few'

/** What became of writes that their run did not prove. */
export interface LateProof {
  readonly proven: number
  readonly missing: number
  /** May still appear, or were too many to look at now. */
  readonly left: number
}

/**
 * Proves what an earlier run wrote and did not see: it was stopped before it could look, its key was revoked, or the target
 * took longer than it waited. Reads as many objects at once as the target allows, sends nothing, and records each page by
 * itself, so that it may be interrupted anywhere. Costs two looks into the store when there is nothing to prove.
 */
export async function proveLate(
  run: Execution,
  late: {
    /** Number of the run that looks. */
    readonly by: number
    readonly effort: Effort
    /** How long ago the earlier run ended. */
    readonly sinceMs: number
    readonly accountsInTarget: number
  },
): Promise<LateProof> {
  const { by, effort, sinceMs, accountsInTarget } = late
  const most = effort === 'few' ? fewWrites : Number.POSITIVE_INFINITY
  const settleMs = Math.max(0, settleMsOf(run) - sinceMs)
  const startedAt = run.clock.now()
  let [proven, missing] = [0, 0]
  for (const pauseMs of lookPauses()) {
    const open = await believed(run, most)
    if (open.length === 0 || open.length > most) return { proven, missing, left: open.length }
    if (pauseMs > 0) await run.rest(Math.min(pauseMs, settleMs))
    const sightings = await look(run, open, effort === 'few' ? Number.POSITIVE_INFINITY : accountsInTarget)
    const now = run.clock.now()
    const isTimeUp = now - startedAt >= settleMs
    const verdicts = open.map((change, index) =>
      lateVerdict(change, sightings[index]!, { by, now, source: run.source, isTimeUp }),
    )
    const decided = verdicts.filter((verdict) => verdict.is !== 'left')
    proven += decided.filter(({ is }) => is === 'proven').length
    missing += decided.filter(({ is }) => is === 'missing').length
    await recordInPages(run, decided)
    // What was looked for in vain once is not waited for.
    const isWorthWaiting = verdicts.some(({ is }, index) => is === 'left' && open[index]?.outcome === 'applied')
    if (effort === 'few' || !isWorthWaiting) return { proven, missing, left: open.length - decided.length }
  }
  return { proven, missing, left: (await believed(run, most)).length }
}

/** Written and not proven: applied and never looked at, or looked for in vain. At most one page more than `most`. */
async function believed(run: Execution, most: number): Promise<Written[]> {
  const { plans, planId, signal } = run
  const all: Written[] = []
  const take = async (page: readonly ChangeRecord[]) => {
    all.push(...(await withIds(plans, planId, page)))
    return all.length <= most
  }
  for (let after = 0; ; ) {
    signal.throwIfAborted()
    const page = await plans.unverified(planId, after, pageSize)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.seq
    if (!(await take(page))) return all
  }
  let cursor: string | undefined
  do {
    signal.throwIfAborted()
    const { items, next } = await plans.changes(planId, { outcomes: ['unproven'] }, { cursor, limit: pageSize })
    if (!(await take(items))) return all
    cursor = next
  } while (cursor !== undefined)
  return all
}

async function look(run: Execution, open: readonly Written[], accountsInTarget: number): Promise<Sighting[]> {
  const { target, signal } = run
  const ids = accountsOf(open)
  const isWhole = isWholeReadCheaper(target, ids.size, accountsInTarget)
  const evidence = await gather(target, open, isWhole ? await sweep(target, ids, signal) : undefined, signal)
  return open.map((change) => sightingOf(change, evidence))
}

async function recordInPages(
  run: Execution,
  decided: readonly { readonly outcome: OutcomeRecord; readonly lessons: readonly Lesson[] }[],
): Promise<void> {
  for (let at = 0; at < decided.length; at += pageSize) {
    const page = decided.slice(at, at + pageSize)
    const outcomes = page.map(({ outcome }) => outcome)
    const lessons = page.flatMap((each) => each.lessons)
    await run.plans.record(run.planId, run.runId, run.fence, outcomes, lessons)
  }
}
