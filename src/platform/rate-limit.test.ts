import { describe, expect, it } from 'vitest'
import { quickClock } from '../../test/doubles/quick-clock.ts'
import { inHaste } from './haste.ts'
import { PauseTooLong, type Permit, RateLimiter, sharedLimiter } from './rate-limit.ts'

const never = new AbortController().signal
const none = new Headers()

function open(maxInFlight?: number) {
  const clock = quickClock()
  return { clock, limiter: new RateLimiter(clock, maxInFlight) }
}

/** One call: waits for its turn, is answered, gives its turn back. */
async function call(limiter: RateLimiter, lane: string, status = 200, headers = none): Promise<void> {
  const permit = await limiter.acquire(lane, never)
  limiter.learn(lane, status, headers)
  permit.release()
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('turns', () => {
  it('are bounded in number and given in the order they were asked for', async () => {
    const { limiter } = open(2)
    const order: number[] = []
    const permits: Permit[] = []
    for (let n = 0; n < 5; n += 1) {
      limiter.acquire('a', never).then((permit) => {
        order.push(n)
        permits.push(permit)
      })
    }
    await settle()
    expect(order).toEqual([0, 1])
    permits[0]?.release()
    permits[0]?.release()
    await settle()
    expect(order).toEqual([0, 1, 2])
    permits[1]?.release()
    permits[2]?.release()
    await settle()
    expect(order).toEqual([0, 1, 2, 3, 4])
  })

  it('are given first to work in haste, however deep inside it asks', async () => {
    const { limiter } = open(1)
    const held = await limiter.acquire('a', never)
    const order: string[] = []
    const ask = async (name: string) => {
      const permit = await limiter.acquire('a', never)
      order.push(name)
      permit.release()
    }
    const asked = [ask('whole run'), ask('whole run too')]
    asked.push(
      inHaste(async () => {
        await settle()
        await Promise.all([ask('leaver'), ask('second leaver')])
      }),
    )
    await settle()
    asked.push(ask('whole run at last'))
    held.release()
    await Promise.all(asked)
    expect(order).toEqual(['leaver', 'second leaver', 'whole run', 'whole run too', 'whole run at last'])
  })

  it('can be given up while waiting, and the next one is served', async () => {
    const { limiter } = open(1)
    const held = await limiter.acquire('a', never)
    const stop = new AbortController()
    const second = limiter.acquire('a', stop.signal)
    const third = limiter.acquire('a', never)
    stop.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    held.release()
    ;(await third).release()
  })
})

describe('a refusal', () => {
  it('keeps everybody with the same credential quiet for as long as asked', async () => {
    const { clock, limiter } = open()
    const start = clock.now()
    await call(limiter, 'a', 429, new Headers({ 'retry-after': '5' }))
    await Promise.all([call(limiter, 'a'), call(limiter, 'b')])
    expect(clock.now() - start).toBeGreaterThanOrEqual(5_000)
  })

  it('of one endpoint leaves the other endpoints alone', async () => {
    const { clock, limiter } = open()
    const start = clock.now()
    await call(limiter, 'a', 429, new Headers({ 'retry-after': '5', 'ratelimit-reason': 'jira-burst-based' }))
    await call(limiter, 'b')
    expect(clock.now()).toBe(start)
    await call(limiter, 'a')
    expect(clock.now() - start).toBeGreaterThanOrEqual(5_000)
  })

  it('with a pause beyond the patience of the caller is told instead of waited for', async () => {
    const { limiter } = open()
    await call(limiter, 'a', 429, new Headers({ 'retry-after': '600' }))
    await expect(limiter.acquire('a', never, 60_000)).rejects.toThrow(PauseTooLong)
  })

  it('is not repeated: a limit of 200 a minute costs few refusals and is used well', async () => {
    const { clock, limiter } = open()
    let windowStart = clock.now()
    let used = 0
    let refused = 0
    let served = 0
    const start = clock.now()
    while (clock.now() - start < 20 * 60_000) {
      const permit = await limiter.acquire('a', never)
      clock.advance(50)
      if (clock.now() - windowStart >= 60_000) {
        windowStart += Math.floor((clock.now() - windowStart) / 60_000) * 60_000
        used = 0
      }
      if (used < 200) {
        used += 1
        served += 1
        limiter.learn('a', 200, none)
      } else {
        refused += 1
        const wait = Math.ceil((windowStart + 60_000 - clock.now()) / 1000)
        limiter.learn('a', 429, new Headers({ 'retry-after': String(wait) }))
      }
      permit.release()
    }
    expect(refused).toBeLessThanOrEqual(10)
    expect(served).toBeGreaterThanOrEqual(200 * 20 * 0.85)
  })

  it.each([1, 3])(
    'at the start of a run, %i times, does not make the whole run as slow as the idle hour before',
    async (times) => {
      const { clock, limiter } = open()
      for (let n = 0; n < 50; n += 1) await call(limiter, 'a')
      clock.advance(3_600_000)
      const start = clock.now()
      await call(limiter, 'a')
      for (let n = 0; n < times; n += 1) await call(limiter, 'a', 429, new Headers({ 'retry-after': '1' }))
      for (let n = 0; n < 200; n += 1) {
        await call(limiter, 'a')
        clock.advance(20)
      }
      expect(clock.now() - start).toBeLessThan(25_000)
    },
  )
})

describe('announced limits', () => {
  it('are spread over what is left of the window, so that no call is refused', async () => {
    const { clock, limiter } = open()
    const reset = clock.now() + 10_000
    const headers = (remaining: number) =>
      new Headers({
        'x-ratelimit-limit': '100',
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': new Date(reset).toISOString(),
      })
    await call(limiter, 'a', 200, headers(10))
    const start = clock.now()
    for (let left = 9; left > 0; left -= 1) await call(limiter, 'a', 200, headers(left))
    expect(clock.now() - start).toBeGreaterThan(5_000)
    await call(limiter, 'a', 200, headers(0))
    await call(limiter, 'a')
    expect(clock.now()).toBeGreaterThanOrEqual(reset)
  })
})

describe('a limit told with every answer', () => {
  const told = (remaining: number, limit: number, reset: string) =>
    new Headers({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': reset,
    })
  const inASecond = (now: number) => new Date(now + 1_000).toISOString()

  it('that was raised since a refusal is found without being refused again', async () => {
    const { clock, limiter } = open(1)
    for (let n = 0; n < 20; n += 1) {
      await call(limiter, 'a')
      clock.advance(200)
    }
    await call(limiter, 'a', 429, new Headers({ 'retry-after': '1' }))
    const start = clock.now()
    for (let n = 0; n < 600; n += 1) await call(limiter, 'a', 200, told(40, 40, inASecond(clock.now())))
    // At the five a second it was refused at, these would take two minutes.
    expect(clock.now() - start).toBeLessThan(45_000)
  })

  it('whose end is rounded to a minute is taken for the burst limit it is', async () => {
    const { clock, limiter } = open(1)
    const minute = `${new Date(clock.now() + 60_000).toISOString().slice(0, 16)}Z`
    const start = clock.now()
    for (let n = 0; n < 20; n += 1) await call(limiter, 'a', 200, told(2, 20, minute))
    expect(clock.now() - start).toBeGreaterThan(5_000)
    expect(clock.now() - start).toBeLessThan(15_000)
  })
})

describe('the shared limiter', () => {
  it('is one per credential', () => {
    const clock = quickClock()
    expect(sharedLimiter('x', clock)).toBe(sharedLimiter('x', clock))
    expect(sharedLimiter('x', clock)).not.toBe(sharedLimiter('y', clock))
  })
})
