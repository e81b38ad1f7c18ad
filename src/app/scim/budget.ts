import { scimFault } from '../../scim/error.ts'

/** So many seconds' worth of requests may come at once: identity providers send in bursts and bear 429 badly. */
const burstSeconds = 10
const mostSources = 10_000

/** How many requests each source may still send now. */
export interface RequestBudget {
  /** Throws 429 with the seconds to wait. */
  take(source: string, perSecond: number): void
}

export function requestBudget(now: () => number): RequestBudget {
  const left = new Map<string, { tokens: number; at: number }>()
  return {
    take(source, perSecond) {
      const most = perSecond * burstSeconds
      const before = left.get(source) ?? { tokens: most, at: now() }
      const at = now()
      const tokens = Math.min(most, before.tokens + (Math.max(0, at - before.at) / 1000) * perSecond)
      if (tokens < 1) {
        left.set(source, { tokens, at })
        throw scimFault.tooManyRequests(
          `This source may send ${perSecond} requests per second.`,
          Math.max(1, Math.ceil((1 - tokens) / perSecond)),
        )
      }
      if (left.size >= mostSources) left.clear()
      left.set(source, { tokens: tokens - 1, at })
    },
  }
}
