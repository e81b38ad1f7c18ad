import type { HoldReason } from '../../../domain/reason.ts'
import { readChanged } from '../absence.ts'
import type { PlanInput } from '../input.ts'
import type { Judgement } from './judgement.ts'

/** Holds a whole plan: nothing of it goes before a person looked. An empty plan needs nobody. */
export function holdPlan(
  scales: Judgement,
  isEmpty: boolean,
  reason: HoldReason,
  sentence: string,
  details: readonly string[] = [],
): void {
  if (isEmpty) return
  const measured = scales.counting.length
  const more = details.length === 0 ? {} : { details: shortList(details) }
  scales.guards.push({ guard: reason, measured, limit: 0, tripped: true, holds: 'plan', sentence, ...more })
}

/** At most this many details stand with a guard; the rest is counted. */
const detailsShown = 50

function shortList(details: readonly string[]): readonly string[] {
  if (details.length <= detailsShown) return details
  return [...details.slice(0, detailsShown), `… and ${details.length - detailsShown} more`]
}

/**
 * Reasons to trust nothing of a plan until a person looked (D18 trust guards, P4, P21). `missing` = how many linked people
 * another read leaves out: that alone needs a look, because from the next read on they count as having left (D23).
 */
export function judgeTrust(input: PlanInput, isEmpty: boolean, missing: number, scales: Judgement): void {
  const { trust } = input
  const holdAll = (reason: HoldReason, sentence: string, details?: readonly string[]) =>
    holdPlan(scales, isEmpty, reason, sentence, details)
  if (trust.keptBy !== undefined) judgeKeeper(trust.keptBy, input.connection.target, scales)
  if (trust.firstRun) {
    holdAll('guard:first-run', 'This is the first run of the connection. Review the plan and approve it once.')
  }
  if (trust.rulesChanged) {
    holdPlan(
      scales,
      isEmpty && trust.secondPerson !== true,
      'guard:rules-changed',
      'The rules of this connection, its source or its target changed since the last applied run. Review what differs and approve it once.',
      trust.settingsChanges,
    )
  }
  if (readChanged(input)) {
    const who = missing === 0 ? '' : ` ${missing} linked ${missing === 1 ? 'person is' : 'people are'} missing from it.`
    holdPlan(
      scales,
      isEmpty && missing === 0,
      'guard:read-changed',
      `What the source delivers was changed (file, filter or base).${who} Review what differs and approve it once.`,
    )
  }
  if (trust.upgraded) {
    holdAll(
      'guard:upgraded',
      'Muster was upgraded and may plan differently. Review what differs and approve it once.',
      trust.versionSteps,
    )
  }
  if (trust.rekeyed === true) {
    holdAll(
      'guard:rekeyed',
      'What was remembered of this directory was carried over to another key since the last applied run. Review what differs and approve it once.',
    )
  }
  if (trust.undone === true) {
    holdAll(
      'guard:undone',
      'The last run of this connection was an undo. What it took back is planned again here unless the source or the rules changed; review it and approve it once.',
    )
  }
  if (trust.retired === true) {
    holdAll(
      'guard:undone',
      'The last run of this connection retired it. What that took away is planned again here; review it and approve it once.',
    )
  }
}

/** Also an empty plan is held: that there is nothing to do now says nothing about whose directory it is (D12). */
export function judgeKeeper(keptBy: string, target: string, scales: Judgement): void {
  const sentence = `${keptBy} Nothing is applied until an administrator takes it over: muster targets take-over ${target}`
  holdPlan(scales, false, 'guard:target-fence', sentence)
}
