import { type ErrorCode, fail, type ProvisioningError } from '../domain/errors.ts'
import { endedStates, type Run, type RunState } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import type { RunPatch } from '../ports/runs.ts'
import type { Store } from '../ports/store.ts'
import { waitingAgain } from './run-states.ts'

/** Writes how runs end. */
export interface RunEnds {
  /** Writes the state, and the time when it is one in which a run has ended. */
  ended(run: Run, state: RunState, patch?: RunPatch): Promise<void>
  /** Writes why a run ended before its time. Never rejects. */
  failed(run: Run, error: ProvisioningError): Promise<void>
}

/** The reason given to runs when this process ends. */
export const shutdown = fail.cancelled('Muster is stopping; the run can be continued.')

export function createRunEnds({
  store,
  clock,
  log,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void
}): RunEnds {
  const ended = (run: Run, state: RunState, patch: RunPatch = {}) =>
    store.runs.update(run.id, { ...patch, state, ...(endedStates.includes(state) ? { endedAt: clock.now() } : {}) })

  /** What of the plan was sent and never answered, or accepted and never seen. Where nobody can tell, the next run looks. */
  const leavesOpen = async (planId: string | undefined): Promise<Pick<RunPatch, 'unanswered' | 'unseen'>> => {
    if (planId === undefined) return {}
    const isAny = (changes: Promise<readonly unknown[]>) =>
      changes.then(
        ({ length }) => length > 0,
        () => true,
      )
    return {
      unanswered: await isAny(store.plans.nextUnanswered(planId, 0, 1)),
      unseen:
        (await isAny(store.plans.unverified(planId, 0, 1))) ||
        (await isAny(store.plans.changes(planId, { outcomes: ['unproven'] }, { limit: 1 }).then(({ items }) => items))),
    }
  }

  const failed = async (run: Run, error: ProvisioningError) => {
    // `usurped`: another process owns the run now and alone may write its state.
    if (error.code === 'usurped') return log('run was taken over', { run: run.id })
    // Our own shutdown leaves an applying run as it is: the next process resumes it.
    const now = await store.runs.get(run.id).catch(() => undefined)
    const applying = now?.state === 'applying'
    if (error === shutdown && applying) return log('run was interrupted and can be resumed', { run: run.id })
    // A plan that found its directory taken is as good as before; whoever started it may apply it again.
    // So is one whose directory another installation keeps: a person has to take it over first.
    const state = { cancelled: 'cancelled', busy: waitingAgain(run), 'guard-tripped': 'held' } as Partial<
      Record<ErrorCode, RunState>
    >
    await ended(run, state[error.code] ?? 'failed', {
      ...(await leavesOpen(now?.planId)),
      error: {
        code: error.code,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(error.problems.length === 0 ? {} : { problems: error.problems }),
      },
    }).catch((failure: unknown) => log('the end of a run could not be written', { run: run.id, error: failure }))
  }

  return { ended, failed }
}
