import { setImmediate } from 'node:timers/promises'
import { fail } from '../../../domain/errors.ts'

/** Steps between two pauses: about a millisecond of work on lists of records. */
const stepsAtOnce = 4000

/** Counts steps of a long loop; every so often lets the rest of the program run and looks at the signal. */
export class Breath {
  readonly #signal: AbortSignal
  #steps = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** True when it is time to `await take()`. */
  due(steps = 1): boolean {
    this.#steps += steps
    return this.#steps >= stepsAtOnce
  }

  async take(): Promise<void> {
    this.#steps = 0
    await setImmediate()
    if (this.#signal.aborted) throw fail.cancelled('Reading the file was stopped.')
  }
}
