import type { Lesson } from '../domain/memory.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import { accountsOf, gather, isWholeReadCheaper, sweep, withIds } from './evidence.ts'
import type { Execution } from './execution.ts'
import { unlearned } from './lessons.ts'
import { defaultSettleMs } from './recheck.ts'
import { sightingOf, type Written } from './sighting.ts'

const pageSize = 1000
/** Pauses before each look while a write settles; the last one again and again. */
const lookPauseMs = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
/** However slowly the clock goes, a run comes to its end. */
const mostLooks = 21

/**
 * Proves what was written by reading it again (P18). What stays invisible after the target's settling time is `unproven`:
 * not green, and planned again by a later run. Can be called again after an interruption.
 */
export async function verify(run: Execution, accountsInTarget: number): Promise<void> {
  const settleMs = settleMsOf(run)
  const message = `The target accepted this and did not show it within ${Math.round(settleMs / 1000)} seconds. The next run looks again.`
  await prove(run, accountsInTarget, { settleMs, message, concerns: () => true })
}

/**
 * Proves what was written to the groups of these accounts before they are switched off: some targets hide the groups of a
 * suspended account, and then nothing about them can be proven any more.
 */
export async function proveMemberships(run: Execution, accountIds: ReadonlySet<string>): Promise<void> {
  const isAboutThem = ({ groupId, accountId }: Written) => groupId !== undefined && accountIds.has(accountId ?? '')
  const message = `The target accepted this and did not show it before the account was ended.`
  const proof = { settleMs: settleMsOf(run), message, concerns: isAboutThem }
  await prove({ ...run, onProgress: async () => {} }, Number.POSITIVE_INFINITY, proof)
}

/** How long a write of this target may take to be seen. */
export function settleMsOf({ target }: Pick<Execution, 'target'>): number {
  return target.settleMs ?? defaultSettleMs
}

interface Proof {
  /** How long a write may take to be seen. */
  readonly settleMs: number
  /** What is said of a write that is not. */
  readonly message: string
  readonly concerns: (change: Written) => boolean
}

/** How long to wait before each look; ends when there were enough. */
export function* lookPauses(): Generator<number> {
  for (let look = 0; look < mostLooks; look += 1) yield lookPauseMs[Math.min(look, lookPauseMs.length - 1)]!
}

async function prove(run: Execution, accountsInTarget: number, { settleMs, message, concerns }: Proof): Promise<void> {
  const startedAt = run.clock.now()
  let look = 0
  for (const pauseMs of lookPauses()) {
    look += 1
    const open = (await unverified(run)).filter(concerns)
    if (open.length === 0) return
    if (pauseMs > 0) await run.rest(Math.min(pauseMs, settleMs))
    const ids = accountsOf(open)
    const isWhole = isWholeReadCheaper(run.target, ids.size, accountsInTarget)
    const listed = isWhole ? await sweep(run.target, ids, run.signal) : undefined
    const evidence = await gather(run.target, open, listed, run.signal)
    const now = run.clock.now()
    const proven = open.filter((change) => sightingOf(change, evidence) === 'so')
    const outcomes: OutcomeRecord[] = proven.map(({ seq }) => ({ seq, outcome: 'applied', verifiedAt: now }))
    const lessons = new Map<number, readonly Lesson[]>()
    if (now - startedAt >= settleMs || look === mostLooks) {
      const seen = new Set(proven)
      for (const change of open) {
        if (seen.has(change)) continue
        lessons.set(change.seq, unlearned(change, change))
        outcomes.push({ seq: change.seq, outcome: 'unproven', message })
      }
    }
    for (let at = 0; at < outcomes.length; at += pageSize) {
      const page = outcomes.slice(at, at + pageSize)
      const forget = page.flatMap(({ seq }) => lessons.get(seq) ?? [])
      await run.plans.record(run.planId, run.runId, run.fence, page, forget)
      await run.onProgress(Math.min(pageSize, outcomes.length - at))
    }
  }
}

async function unverified({ plans, planId }: Execution): Promise<Written[]> {
  const all: Written[] = []
  for (let after = 0; ; ) {
    const page = await plans.unverified(planId, after, pageSize)
    const last = page.at(-1)
    if (last === undefined) return all
    after = last.seq
    all.push(...(await withIds(plans, planId, page)))
  }
}
