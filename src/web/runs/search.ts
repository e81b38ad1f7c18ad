import { type RunState, runStates } from '../../domain/run.ts'

export interface RunsSearch {
  readonly connection?: string
  readonly state?: RunState
}

/** The filter of the list of runs as it stands in the address. */
export function runsSearch(given: Record<string, unknown>): RunsSearch {
  const state = runStates.find((each) => each === given.state)
  return {
    ...(typeof given.connection === 'string' ? { connection: given.connection } : {}),
    ...(state === undefined ? {} : { state }),
  }
}
