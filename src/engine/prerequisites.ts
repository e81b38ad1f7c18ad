import type { ChangeRecord } from '../domain/plan.ts'
import type { OutcomeRecord, PlanStore } from '../ports/plans.ts'
import { noRiders, type Riders } from './calls.ts'
import type { Pending } from './recheck.ts'

/**
 * Finds the ids behind references. A change whose prerequisite did not come true is skipped; one whose prerequisite is
 * still open waits for the next pass.
 */
export async function findPrerequisites(
  plans: PlanStore,
  planId: string,
  slice: readonly ChangeRecord[],
  isLastTry: boolean,
): Promise<{ pending: Pending[]; skipped: OutcomeRecord[]; waiting: boolean }> {
  const wanted = new Set<number>()
  for (const change of slice) for (const seq of change.needs) wanted.add(seq)
  const needed = new Map((await plans.bySeq(planId, [...wanted])).map((each) => [each.seq, each]))
  const isOpen = (seq: number) => needed.get(seq)?.state === 'ready' && needed.get(seq)?.outcome === undefined
  const pending: Pending[] = []
  const skipped: OutcomeRecord[] = []
  let waiting = false
  for (const change of slice) {
    const missing = change.needs.find((seq) => !cameTrue(needed.get(seq)) && !isOpen(seq))
    if (missing !== undefined || (isLastTry && change.needs.some(isOpen))) {
      const culprit = missing ?? change.needs.find(isOpen)!
      skipped.push({
        seq: change.seq,
        outcome: 'skipped',
        skipReason: 'prerequisite',
        message: `Change ${culprit} (${needed.get(culprit)?.kind ?? 'unknown'}), which this one needs, did not come true.`,
      })
    } else if (change.needs.some(isOpen)) waiting = true
    else pending.push(withIds(change, needed))
  }
  return { pending, skipped, waiting }
}

function cameTrue(change: ChangeRecord | undefined): boolean {
  return ['applied', 'alreadyTrue', 'unproven'].includes(change?.outcome ?? 'open')
}

function withIds(change: ChangeRecord, needed: ReadonlyMap<number, ChangeRecord>): Pending {
  const idOf = (ref: ChangeRecord['account']) =>
    ref === undefined ? undefined : 'id' in ref ? ref.id : needed.get(ref.createdBy)?.createdId
  const accountId = idOf(change.account)
  const groupId = idOf(change.group)
  return {
    change,
    resolved: { ...(accountId === undefined ? {} : { accountId }), ...(groupId === undefined ? {} : { groupId }) },
    fresh: change.account !== undefined && 'createdBy' in change.account,
  }
}

/**
 * What may ride on these creations: ready, not done yet, and in need of nothing that did not come true. Nothing rides where
 * the account is there already and only its creation is finished.
 */
export async function findRiders(plans: PlanStore, planId: string, creations: readonly Pending[]): Promise<Riders> {
  const begun = creations.filter(({ resolved }) => resolved.accountId === undefined)
  const seqs = begun.flatMap(({ change }) => change.joins ?? [])
  if (seqs.length === 0) return noRiders
  const creationOf = new Map(begun.flatMap(({ change }) => (change.joins ?? []).map((seq) => [seq, change.seq])))
  const candidates = (await plans.bySeq(planId, seqs)).filter(
    ({ state, outcome }) => state === 'ready' && outcome === undefined,
  )
  const others = candidates.flatMap(({ seq, needs }) => needs.filter((need) => need !== creationOf.get(seq)))
  const needed = new Map((await plans.bySeq(planId, [...new Set(others)])).map((each) => [each.seq, each]))
  const riders = new Map<number, Pending[]>()
  for (const change of candidates) {
    const creation = creationOf.get(change.seq)!
    if (!change.needs.every((seq) => seq === creation || cameTrue(needed.get(seq)))) continue
    const list = riders.get(creation)
    const rider = withIds(change, needed)
    if (list === undefined) riders.set(creation, [rider])
    else list.push(rider)
  }
  return riders
}
