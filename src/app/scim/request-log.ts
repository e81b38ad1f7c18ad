import type { Clock } from '../../platform/clock.ts'
import { redactText } from '../../platform/redact.ts'
import type { PushRequest, PushRequests } from '../../ports/push-directory.ts'
import type { LogLine } from '../installation.ts'

/** Entries wait this long for others, so that the log costs no durable write per request. */
const waitMs = 500
/** More than these are not kept while the store is slow: the log must never hold up what it reports on. */
const mostWaiting = 5_000
const longestBody = 4_000

export interface RequestLog {
  note(source: string, request: PushRequest): void
  close(): Promise<void>
}

export function createRequestLog(requests: PushRequests, clock: Clock, log: LogLine): RequestLog {
  let waiting: { readonly source: string; readonly request: PushRequest }[] = []
  let writing: Promise<void> | undefined
  const ending = new AbortController()

  const flush = async () => {
    const taken = waiting
    waiting = []
    for (const source of new Set(taken.map((each) => each.source))) {
      const own = taken.flatMap((each) => (each.source === source ? [each.request] : []))
      await requests
        .append(source, own)
        .catch((error: unknown) => log('requests could not be logged', { source, error }))
    }
  }
  return {
    note(source, request) {
      if (waiting.length >= mostWaiting) return
      waiting.push({ source, request })
      writing ??= clock
        .sleep(waitMs, ending.signal)
        .catch(() => undefined)
        .then(() => {
          writing = undefined
          return flush()
        })
    },
    async close() {
      ending.abort()
      await writing
      await flush()
    },
  }
}

/** A body for the log: without passwords and tokens, cut. */
export function maskedBody(text: string): string {
  const cut = text.slice(0, longestBody)
  const isAboutPassword = /"path"\s*:\s*"[^"]{0,200}password/i.test(cut)
  const names = isAboutPassword ? 'password|value' : 'password'
  const masked = cut.replace(
    new RegExp(`("[^"]{0,200}(?:${names})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*(?:"|$)`, 'gi'),
    '$1"[secret]"',
  )
  return redactText(text.length > longestBody ? `${masked}…` : masked)
}
