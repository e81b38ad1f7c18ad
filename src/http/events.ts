import { renderError } from './render-error.ts'

/** A comment now and then keeps proxies from closing a line on which nothing happens. */
const heartbeatMs = 15_000

/** Objects as server-sent events. A failure on the way becomes a last event `error`. */
export async function* asEvents(
  objects: AsyncIterator<unknown>,
  first: IteratorResult<unknown>,
  requestId: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let next: Promise<IteratorResult<unknown>> = Promise.resolve(first)
  try {
    for (;;) {
      const result = await orHeartbeat(next, signal)
      if (signal.aborted) return
      if (result === undefined) {
        yield ': still here\n\n'
        continue
      }
      if (result.done === true) return
      yield `data: ${JSON.stringify(result.value)}\n\n`
      next = objects.next()
      // A failure is looked at when its turn comes; until then it must not count as unhandled.
      next.catch(() => undefined)
    }
  } catch (thrown) {
    yield `event: error\ndata: ${JSON.stringify(renderError(thrown, requestId).body)}\n\n`
  } finally {
    await objects.return?.()
  }
}

/** The result, or undefined when it is time for a sign of life. */
function orHeartbeat<Value>(result: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
    }
    const giveUp = () => {
      stop()
      resolve(undefined)
    }
    const timer = setTimeout(giveUp, heartbeatMs)
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
    result.then(
      (value) => {
        stop()
        resolve(value)
      },
      (error: unknown) => {
        stop()
        reject(error)
      },
    )
  })
}
