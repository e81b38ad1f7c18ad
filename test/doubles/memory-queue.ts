import type { Clock } from '../../src/platform/clock.ts'
import type { RunQueue, RunRequest } from '../../src/ports/queue.ts'

/** A queue of runs in memory, for tests that move the clock by hand; a failed request comes back after a minute. */
export function memoryQueue(clock: Clock): RunQueue {
  const held = new Map<string, RunRequest>()
  let handle: ((request: RunRequest) => Promise<void>) | undefined
  const take = async (request: RunRequest): Promise<void> => {
    try {
      await handle?.(request)
      held.delete(request.connection)
    } catch {
      await clock.sleep(60_000)
      await take(request)
    }
  }
  return {
    async ask(request) {
      if (held.has(request.connection)) return false
      held.set(request.connection, request)
      void take(request)
      return true
    },
    async work(_concurrency, handler) {
      handle = handler
    },
    waiting: async () => held.size,
    close: async () => {},
  }
}
