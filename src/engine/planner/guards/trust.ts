import type { HoldReason } from '../../../domain/reason.ts'
import type { SourceReadSummary } from '../../../domain/snapshot.ts'
import type { PlanInput } from '../input.ts'
import type { Judgement } from './judgement.ts'

/** Holds a whole plan: nothing of it goes before a person looked. An empty plan needs nobody. */
export function holdPlan(scales: Judgement, isEmpty: boolean, reason: HoldReason, sentence: string): void {
  if (isEmpty) return
  const measured = scales.counting.length
  scales.guards.push({ guard: reason, measured, limit: 0, tripped: true, holds: 'plan', sentence })
}

/** Reasons to trust nothing of a plan until a person looked (D18 trust guards, P4, P21). */
export function judgeTrust(input: PlanInput, read: SourceReadSummary, isEmpty: boolean, scales: Judgement): void {
  const { trust, lastGood } = input
  const holdAll = (reason: HoldReason, sentence: string) => holdPlan(scales, isEmpty, reason, sentence)
  const readChanged = lastGood !== undefined && lastGood.readFingerprint !== read.readFingerprint
  if (trust.firstRun) {
    holdAll('guard:first-run', 'This is the first run of the connection. Review the plan and approve it once.')
  }
  if (trust.rulesChanged || readChanged) {
    const changed = readChanged
      ? 'What the source delivers was changed (file, filter or base).'
      : 'The rules of this connection, its source or its target changed since the last applied run.'
    holdAll('guard:rules-changed', `${changed} Review what differs and approve it once.`)
  }
  if (trust.upgraded) {
    holdAll('guard:upgraded', 'Muster was upgraded and may plan differently. Review what differs and approve it once.')
  }
  if (trust.undone === true) {
    holdAll(
      'guard:undone',
      'The last run of this connection was an undo. What it took back is planned again here unless the source or the rules changed; review it and approve it once.',
    )
  }
}
