import type { ChangeRecord } from '../../src/domain/plan.ts'
import type { Execution } from '../../src/engine/execution.ts'
import { execute } from '../../src/engine/executor.ts'
import { verify } from '../../src/engine/verify.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Directory, directoryTarget } from '../doubles/directory-target.ts'
import { quickClock } from '../doubles/quick-clock.ts'
import { change, noon, savedPlan, takenFence } from '../support/plans.ts'

/** A change with nothing but what is given, its reason and rule. */
export function only(seq: number, part: Partial<ChangeRecord>): ChangeRecord {
  const { reason, rule, state, stateReasons, needs } = change(seq)
  return { seq, kind: 'account.create', reason, rule, state, stateReasons, needs, ...part }
}

export interface Carried {
  readonly planId: string
  readonly execution: Execution
  /** Outcome, or `open`, by seq; `!` = verified. */
  outcomes(): Promise<Readonly<Record<number, string>>>
}

/** Saves the changes as a plan and makes it ready to be executed against a directory. */
export async function prepared(store: Store, held: Directory, changes: readonly ChangeRecord[]): Promise<Carried> {
  const { plan, run } = await savedPlan(store, changes)
  const execution: Execution = {
    plans: store.plans,
    directories: store.directories,
    directoryKey: plan.directoryKey,
    others: [],
    dirty: store.dirty,
    connection: plan.connection,
    readSince: noon,
    planId: plan.id,
    runId: run.id,
    fence: await takenFence(store),
    target: directoryTarget(held),
    source: 'hr',
    notify: false,
    clock: quickClock(noon),
    signal: new AbortController().signal,
    giveWay: async () => {},
    rest: async () => {},
    onProgress: async () => {},
    onConflict: () => {},
  }
  return {
    planId: plan.id,
    execution,
    outcomes: async () => {
      const { items } = await store.plans.changes(plan.id, {}, { limit: 1000 })
      return Object.fromEntries(
        items.map(({ seq, outcome = 'open', verifiedAt }) => [seq, outcome + (verifiedAt === undefined ? '' : '!')]),
      )
    },
  }
}

/** Executes and verifies everything. */
export async function carriedOut(store: Store, held: Directory, changes: readonly ChangeRecord[]): Promise<Carried> {
  const carried = await prepared(store, held, changes)
  await execute(carried.execution)
  await verify(carried.execution, held.people.size)
  return carried
}
