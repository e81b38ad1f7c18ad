import type { RunView } from '../contract/runs.ts'
import { type ErrorCode, errorCodes } from '../domain/errors.ts'
import type { RunState } from '../domain/run.ts'

/** Exit codes of states that do not depend on an error (style: 0 done, 1 something left, 5 a person is needed). */
const exitOfState: Readonly<Record<Exclude<RunState, 'failed'>, number>> = {
  planning: 5,
  planned: 0,
  waiting: 5,
  applying: 5,
  applied: 0,
  partial: 1,
  held: 5,
  cancelled: 130,
  superseded: 5,
}

/** The exit code of a command that followed this run to its end. */
export function exitCodeOfRun({ state, error }: Pick<RunView, 'state' | 'error'>): number {
  if (state !== 'failed' && (state !== 'partial' || error === undefined)) return exitOfState[state]
  const code = error?.code
  return code !== undefined && Object.hasOwn(errorCodes, code)
    ? errorCodes[code as ErrorCode].exit
    : errorCodes.bug.exit
}
