import type { Caller, Handlers } from '../contract/routes.ts'
import type { RunView } from '../contract/runs.ts'
import { fail } from '../domain/errors.ts'
import { endedStates, type Run, type RunState } from '../domain/run.ts'
import type { UndoSelection } from '../engine/undo/selection.ts'
import { keepLive, type UseCase } from './use-case.ts'
import { runView, runWithExtent } from './views.ts'

/** How often a watched run is looked at. */
const watchMs = 400
/** A watcher is sent away after this long; whoever is still interested watches again. */
const longestWatchMs = 12 * 3_600_000

/** Nobody works on a run in these states, so that a stop needs no waiting. */
const restingStates: readonly RunState[] = ['planned', 'waiting', 'held']

export function runUseCases(useCase: UseCase): Handlers['runs'] {
  const { store, clock, runner } = useCase

  const find = async (name: string): Promise<Run> => {
    const run = /^\d{1,9}$/.test(name) ? await store.runs.byNumber(Number(name)) : await store.runs.get(name)
    if (run === undefined) throw fail.notFound(`There is no run ${name}.`, { hint: 'List them: muster runs' })
    return run
  }

  const undo = async ({ principal, door }: Caller, name: string, selection?: UndoSelection) => {
    const undone = await find(name)
    const begun = await runner.undo(undone.id, { trigger: door, startedBy: principal.name, selection })
    const run = keepLive(useCase, begun)
    await useCase.audit(principal, 'run.undo', `run:${undone.number}`, { run: run.number, ...selection })
    return runView(run)
  }

  return {
    async list({ sees }, { query: { connection, state, cursor, limit } }) {
      const filter = { connection, connections: sees, states: state }
      const { items, next } = await store.runs.list(filter, { cursor, limit })
      const extents = await store.plans.extents(items.flatMap(({ planId }) => planId ?? []))
      return { items: items.map((run) => runWithExtent(run, extents.get(run.planId ?? ''))), next }
    },

    get: async (_caller, { params }) => runView(await find(params.run)),

    events: (caller, { params }) => watch(useCase, () => find(params.run), caller.signal),

    undo: (caller, { params }) => undo(caller, params.run),

    undoPart: (caller, { params, body }) => undo(caller, params.run, 'person' in body ? body : { seqs: body.changes }),

    async cancel({ principal }, { params }) {
      const run = await find(params.run)
      if (restingStates.includes(run.state) && !useCase.live.has(run.id)) {
        await store.runs.update(run.id, { state: 'cancelled', endedAt: clock.now() })
      } else if (endedStates.includes(run.state) && !useCase.live.has(run.id)) {
        throw fail.conflict(`Run ${run.number} has already ended (${run.state}).`)
      } else {
        await store.runs.requestCancel(run.id)
      }
      await useCase.audit(principal, 'run.cancel', `run:${run.number}`)
      return runView(await find(params.run))
    },
  }
}

/** The run now and after each change, until nothing moves it but a person. */
async function* watch(
  { clock, live }: UseCase,
  find: () => Promise<Run>,
  signal: AbortSignal,
): AsyncGenerator<RunView> {
  const until = clock.now() + longestWatchMs
  let before = ''
  while (!signal.aborted && clock.now() < until) {
    // Asked before the run is read: work that ended in between has written its last state by then.
    const isLive = [...live.keys()]
    const run = await find()
    const view = runView(run)
    const now = JSON.stringify(view)
    if (now !== before) yield view
    before = now
    if (!isLive.includes(run.id) && (run.state === 'waiting' || endedStates.includes(run.state))) return
    try {
      await clock.sleep(watchMs, signal)
    } catch {
      return
    }
  }
}
