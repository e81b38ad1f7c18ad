import { newId } from '../../platform/ids.ts'
import type { Source } from '../../ports/source.ts'
import type { Target } from '../../ports/target.ts'
import { collectSource, collectTarget } from '../collect.ts'
import type { PlanInput } from '../planner/input.ts'
import { draftPlan, isBound, type Planning } from '../planning.ts'

export interface Reading extends Pick<Planning, 'store' | 'clock' | 'open' | 'signal'> {
  readonly source: Source
  readonly target: Target
}

/** Reads both sides as a run would and returns what it would plan from. Nothing is stored or sent (P3). */
export async function readAsARun(reading: Reading): Promise<PlanInput> {
  const { store, clock, open, source, target, signal } = reading
  const now = () => clock.now()
  const identity = await target.identify(signal)
  await isBound(store, open.connection.target, identity.directoryKey)
  const quiet = () => undefined
  const sourceSnapshot = await collectSource(source, newId(now()), now, signal, quiet)
  const targetSnapshot = await collectTarget(target, identity.directoryKey, newId(now()), now, signal, quiet)
  const { input } = await draftPlan({ ...reading, identity, sourceSnapshot, targetSnapshot })
  return input
}
