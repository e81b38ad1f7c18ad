import { asProvisioningError, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { LocalDirectory } from '../../../ports/local-directory.ts'

/** The built-in directory of one source, asked so that a cancelled run does not wait for a store that hangs. */
export class Directory {
  readonly key: string
  readonly #store: LocalDirectory
  readonly #calls = new Map<string, number>()

  constructor(key: string, store: LocalDirectory) {
    this.key = key
    this.#store = store
  }

  /** Throws `cancelled` as soon as the signal says so; a write may have been carried out all the same. */
  async ask<Answer>(
    name: string,
    signal: AbortSignal,
    work: (store: LocalDirectory, key: string) => Promise<Answer>,
  ): Promise<Answer> {
    if (signal.aborted) throw cancelled()
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1)
    const { promise, reject } = Promise.withResolvers<never>()
    const stop = () => reject(cancelled())
    signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([work(this.#store, this.key), promise])
    } catch (thrown) {
      throw answerOf(asProvisioningError(thrown))
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  calls(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#calls)
  }
}

function cancelled() {
  return fail.cancelled('Cancelled while the built-in directory was asked.', { mayHaveApplied: true })
}

/** A store that does not answer leaves open whether it wrote; here it is the other side, like any target. */
function answerOf(error: ProvisioningError): ProvisioningError {
  if (error.code !== 'store-unavailable') return error
  const hint = error.hint === undefined ? {} : { hint: error.hint }
  return fail.unreachable(error.message, { ...hint, cause: error, mayHaveApplied: true })
}
