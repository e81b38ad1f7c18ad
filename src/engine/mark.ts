import type { FenceMark } from '../domain/account.ts'
import { changeKinds } from '../domain/change.ts'
import { fail, type ProvisioningError } from '../domain/errors.ts'
import { type Clock, isoTime } from '../platform/clock.ts'
import type { PlanStore } from '../ports/plans.ts'
import type { Target } from '../ports/target.ts'

/** Whose mark is on the directory, if it is another installation's (D12). */
export async function foreignMark(
  target: Target,
  instanceId: string,
  signal: AbortSignal,
): Promise<FenceMark | undefined> {
  const mark = await target.fence?.read(signal)
  return mark === undefined || mark.instanceId === instanceId ? undefined : mark
}

/** Another Muster and its time, in words. */
export function keptBy({ instanceId, since }: FenceMark): string {
  return `Another Muster (installation ${instanceId}) keeps this directory since ${isoTime(since)}.`
}

interface Keeping {
  readonly target: Target
  /** Key of the configured target, for what to type. */
  readonly targetKey: string
  readonly instanceId: string
  readonly plans: Pick<PlanStore, 'tally'>
  readonly planId: string
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}

/**
 * The last look before the writes of a plan: refuses while another installation keeps the directory, and leaves our own
 * mark before the first write. Throws `guard-tripped`.
 */
export async function keepDirectory(keeping: Keeping, signal: AbortSignal): Promise<void> {
  const { target, targetKey, instanceId, clock, log } = keeping
  const { fence } = target
  if (fence === undefined) return
  const mark = await fence.read(signal)
  if (mark?.instanceId === instanceId) return
  if (mark !== undefined) throw refused(mark, targetKey)
  if (!(await writesSomething(keeping))) return
  try {
    await fence.claim({ instanceId, since: clock.now() }, signal)
  } catch (error) {
    // A credential that may not leave a mark does its work all the same: nobody's access hangs on the mark.
    if (!isLackOfRight(error)) throw error
    log('the directory could not be marked as kept by this installation', { target: targetKey, error })
  }
}

function refused(mark: FenceMark, targetKey: string): ProvisioningError {
  return fail.guardTripped(`${keptBy(mark)} Nothing was sent.`, {
    hint: `Only one of the two may write here. If it is to be this one: muster targets take-over ${targetKey} --from ${mark.instanceId}`,
  })
}

async function writesSomething({ plans, planId }: Keeping): Promise<boolean> {
  const rows = await plans.tally(planId)
  return rows.some(({ kind, state, outcome }) => changeKinds[kind].calls && state === 'ready' && outcome === 'open')
}

function isLackOfRight(error: unknown): boolean {
  const { code } = error as Partial<ProvisioningError>
  return code === 'forbidden' || code === 'not-writable'
}
