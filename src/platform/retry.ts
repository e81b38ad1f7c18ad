/**
 * What repeating a request does. `read`: changes nothing; `repeatable`: a write whose second arrival is harmless;
 * `once`: a write that must not arrive twice (an invitation).
 */
export type Effect = 'read' | 'repeatable' | 'once'

/** Tries of one request in all. */
export const maxTries = 6
const longestPauseMs = 30_000

/** Pause before try `tries + 1` where the other side names none: 1, 2, 4 … 30 s, up to a quarter longer. */
export function backoffMs(tries: number, random: () => number): number {
  return Math.min(longestPauseMs, 1000 * 2 ** (tries - 1)) * (1 + random() / 4)
}

/**
 * The pause the other side asks for, in milliseconds, never shorter than asked: `Retry-After` in seconds or as HTTP date,
 * else `X-RateLimit-Reset` as ISO time or epoch seconds. Times are compared with the sender's own `Date` where given.
 */
export function askedPauseMs(headers: Headers, nowMs: number): number | undefined {
  const after = headers.get('retry-after')?.trim()
  if (after !== undefined && /^\d+(\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000)
  const instant = (after && parseInstant(after)) || resetInstant(headers)
  if (instant === undefined) return undefined
  return Math.max(0, instant - (parseInstant(headers.get('date') ?? '') ?? nowMs))
}

/** When the announced window ends, on the sender's clock. */
export function resetInstant(headers: Headers): number | undefined {
  const reset = rateHeader(headers, 'reset')?.trim()
  return reset === undefined ? undefined : parseInstant(reset)
}

/** Atlassian and most others write `X-RateLimit-Reset`, Okta `X-Rate-Limit-Reset`. */
export function rateHeader(headers: Headers, part: 'reset' | 'remaining' | 'limit'): string | undefined {
  return headers.get(`x-ratelimit-${part}`) ?? headers.get(`x-rate-limit-${part}`) ?? undefined
}

function parseInstant(text: string): number | undefined {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000
  if (/^\d{12,14}$/.test(text)) return Number(text)
  if (!/\D/.test(text)) return undefined
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? undefined : instant
}
