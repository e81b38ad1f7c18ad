import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord } from '../ports/plans.ts'
import type { Execution } from './execution.ts'
import { stillSettling } from './executor.ts'
import { record, settle } from './outcomes.ts'
import { aboutOf } from './overtaken.ts'
import { findPrerequisites } from './prerequisites.ts'
import { type Pending, recheck, type Verdict } from './recheck.ts'

const sliceSize = 200

/**
 * Looks up what a run sent without ever getting an answer, and sends nothing: what is so now was us, and what it teaches is
 * kept; what is not so is left to the next plan. Otherwise an account that was made so would be nobody's, and would stay
 * open when its owner leaves. True when everything has an outcome; a creation may still be on its way.
 */
export async function lookUpUnanswered(run: Execution): Promise<boolean> {
  let isDone = true
  let after = 0
  for (;;) {
    run.signal.throwIfAborted()
    const slice = await run.plans.nextUnanswered(run.planId, after, sliceSize)
    const last = slice.at(-1)
    if (last === undefined) return isDone
    after = last.seq
    await run.giveWay(aboutOf(slice))
    if (!(await lookUp(run, slice))) isDone = false
  }
}

async function lookUp(run: Execution, slice: readonly ChangeRecord[]): Promise<boolean> {
  const { pending, skipped } = await findPrerequisites(run.plans, run.planId, slice, true)
  await record(run, skipped, [])
  if (pending.length === 0) return true
  const verdicts = await recheck(run.target, pending, run.signal)
  const settled: Pending[] = []
  const outcomes: OutcomeRecord[] = []
  let isDone = true
  for (const [index, verdict] of verdicts.entries()) {
    const each = pending[index]!
    if (verdict.send && verdict.unfinished === undefined && stillSettling(run, each.change)) {
      isDone = false
      continue
    }
    const found = foundOf(each, verdict)
    const { createdId } = found.outcome
    if (
      each.change.kind === 'account.create' &&
      createdId !== undefined &&
      (await isLinkedOtherwise(run, each, createdId))
    ) {
      outcomes.push({ seq: each.change.seq, outcome: 'skipped', skipReason: 'stale', message: linkedOtherwise })
      continue
    }
    outcomes.push(found.outcome)
    settled.push({ ...each, resolved: { ...each.resolved, ...found.resolved } })
  }
  await settle(run, settled, outcomes)
  return isDone
}

const linkedOtherwise =
  'It was sent and never answered, and since then this person or this account was linked otherwise; that link stays.'

/** A link that was made since then is newer knowledge than what was sent before it (D2, D9). */
async function isLinkedOtherwise(run: Execution, { change }: Pending, accountId: string): Promise<boolean> {
  const key = change.person?.key ?? ''
  const links = await run.directories.links(run.directoryKey, run.source, { people: [key], accounts: [accountId] })
  return links.some((link) => link.sourceKey !== key || link.accountId !== accountId)
}

function foundOf(
  { change }: Pending,
  verdict: Verdict,
): Pick<Extract<Verdict, { send: false }>, 'outcome' | 'resolved'> {
  if (!verdict.send) return verdict
  const { seq } = change
  const accountId = verdict.unfinished?.accountId
  // Made, and perhaps not to its end: the next plan writes what is missing.
  if (accountId !== undefined)
    return { resolved: { accountId }, outcome: { seq, outcome: 'applied', createdId: accountId } }
  const message = 'It was sent and never answered, and later it was not so in the target; the next plan decides afresh.'
  return { resolved: {}, outcome: { seq, outcome: 'skipped', skipReason: 'stale', message } }
}
