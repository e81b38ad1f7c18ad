import { describe, expect, it } from 'vitest'
import { RateLimits } from './rate-limit.ts'

describe('rate limits', () => {
  it('grants the burst, then what flows in, and tells when to come back', () => {
    const limits = new RateLimits()
    limits.set({ operations: 'org.*', perSecond: 10, burst: 5 }, 0)
    const first = Array.from({ length: 6 }, () => limits.take('org.invite', 0))
    expect(first.map((verdict) => verdict?.retryAfterSeconds)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      1,
    ])
    expect(first[0]).toMatchObject({ limit: 10, remaining: 4 })
    expect(limits.take('org.invite', 1000)?.retryAfterSeconds).toBeUndefined()
    expect(limits.take('jira.myself', 0)).toBeUndefined()
  })

  it('leaves only the rest when another client eats its share', () => {
    const limits = new RateLimits()
    limits.set({ operations: '*', perSecond: 100, burst: 1, otherClientPercent: 30 }, 0)
    let granted = 0
    for (let now = 0; now < 10_000; now += 5) if (limits.take('x', now)?.retryAfterSeconds === undefined) granted++
    expect(granted).toBeGreaterThan(650)
    expect(granted).toBeLessThanOrEqual(701)
    expect(limits.use(10_000)[0]).toMatchObject({ granted, offered: expect.closeTo(701, 0) })
  })

  it('notices who comes back before the time told, but not who was on the way', () => {
    const limits = new RateLimits()
    limits.set({ operations: '*', perSecond: 1, burst: 1 }, 0)
    limits.take('x', 0)
    expect(limits.take('x', 10)?.retryAfterSeconds).toBe(1)
    limits.take('x', 30)
    expect(limits.use(30)[0]?.undercut).toBe(0)
    limits.take('x', 500)
    expect(limits.use(500)[0]?.undercut).toBe(1)
    expect(limits.take('x', 3000)?.retryAfterSeconds).toBeUndefined()
    expect(limits.use(3000)[0]?.undercut).toBe(1)
  })

  it('changes while running and keeps what is left', () => {
    const limits = new RateLimits()
    limits.set({ operations: '*', perSecond: 100, burst: 100 }, 0)
    limits.set({ operations: '*', perSecond: 2, burst: 2 }, 0)
    expect([1, 2, 3].map(() => limits.take('x', 0)?.retryAfterSeconds)).toEqual([undefined, undefined, 1])
    limits.clear()
    expect(limits.take('x', 0)).toBeUndefined()
  })

  it('wants a token of every limit that covers the call', () => {
    const limits = new RateLimits()
    limits.set({ operations: 'jira.*', perSecond: 50 }, 0)
    limits.set({ operations: 'jira.user.search,jira.users.search', perSecond: 1, reason: 'search' }, 0)
    limits.take('jira.user.search', 0)
    expect(limits.take('jira.users.search', 0)).toMatchObject({ retryAfterSeconds: 1, reason: 'search' })
    expect(limits.take('jira.myself', 0)?.retryAfterSeconds).toBeUndefined()
  })
})
