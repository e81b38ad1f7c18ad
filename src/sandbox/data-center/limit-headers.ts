import type { LimitVerdict } from '../server/call.ts'

/** The header family of Data Center products: a bucket of tokens, its rate, and how long to wait. */
export function dataCenterLimitHeaders(verdict: LimitVerdict): Record<string, string> {
  return {
    'x-ratelimit-limit': String(Math.floor(verdict.limit)),
    'x-ratelimit-remaining': String(verdict.remaining),
    'x-ratelimit-interval-seconds': '1',
    'x-ratelimit-fillrate': String(Math.floor(verdict.limit)),
    ...(verdict.retryAfterSeconds === undefined ? {} : { 'retry-after': String(verdict.retryAfterSeconds) }),
  }
}
