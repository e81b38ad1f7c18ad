import { fail } from '../domain/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Fence, LeaseStore } from '../ports/store.ts'

/** Longer than a request's time-out (30 s), so that an answer under way still belongs to us. */
const leaseMs = 60_000
const renewEveryMs = 15_000

/**
 * Does the work while holding the right to write to a directory (D5). The signal given to the work is aborted with
 * `usurped` as soon as the lease cannot be renewed, well before it ends. Throws `busy` when somebody else holds it.
 */
export async function withLease<Result>(
  leases: LeaseStore,
  clock: Clock,
  directoryKey: string,
  holder: string,
  signal: AbortSignal,
  work: (fence: Fence, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const fence = await leases.acquire(directoryKey, holder, leaseMs)
  if (fence === undefined) {
    const other = await leases.holder(directoryKey)
    throw fail.busy(`Another run is writing to ${directoryKey}${other === undefined ? '' : ` (${other.holder})`}.`, {
      hint: 'Wait until it has ended (`muster runs`), then try again.',
    })
  }
  const lost = new AbortController()
  const done = new AbortController()
  const keeping = keepRenewing(leases, clock, fence, done.signal, lost)
  try {
    return await work(fence, AbortSignal.any([signal, lost.signal]))
  } finally {
    done.abort()
    await keeping
    await leases.release(fence).catch(() => undefined)
  }
}

async function keepRenewing(
  leases: LeaseStore,
  clock: Clock,
  fence: Fence,
  done: AbortSignal,
  lost: AbortController,
): Promise<void> {
  let renewedAt = clock.now()
  while (!done.aborted) {
    try {
      await clock.sleep(renewEveryMs, done)
    } catch {
      return
    }
    try {
      if (!(await leases.renew(fence, leaseMs)))
        return lost.abort(fail.usurped('Another process took over this directory.'))
      renewedAt = clock.now()
    } catch {
      // The store may be back in a moment; stop well before somebody else may write.
      if (clock.now() - renewedAt > leaseMs - 2 * renewEveryMs) {
        return lost.abort(fail.usurped('The right to write to this directory could not be renewed in time.'))
      }
    }
  }
}
