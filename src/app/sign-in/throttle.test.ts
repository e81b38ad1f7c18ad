import { describe, expect, it } from 'vitest'
import type { AttemptLimit } from '../../ports/sign-in.ts'
import { beginAttempt, pauseMs } from './throttle.ts'

/** Keys under which an attempt is counted. */
async function keysOf(address: string, account?: string): Promise<readonly string[]> {
  let seen: readonly AttemptLimit[] = []
  const attempts = {
    begin: async (limits: readonly AttemptLimit[]) => {
      seen = limits
      return 0
    },
    succeed: async () => undefined,
  }
  await beginAttempt(attempts, () => 0, { address, ...(account === undefined ? {} : { account }) })
  return seen.map(({ key }) => key)
}

describe('the pause after failed attempts', () => {
  it('doubles with each failure and never lasts longer than a quarter of an hour', () => {
    expect([4, 5, 6, 7, 9, 10, 500].map((failures) => pauseMs(failures, 5, 0) / 1000)).toEqual([
      0, 30, 60, 120, 480, 900, 900,
    ])
    expect(pauseMs(5, 5, 29_000)).toBe(1_000)
    expect(pauseMs(500, 5, 900_000)).toBe(0)
  })

  it('counts a whole network of IPv6 as one address, and a mapped address as what it is', async () => {
    expect(await keysOf('2001:db8::1')).toEqual(await keysOf('2001:0DB8:0:0:ffff::2'))
    expect(await keysOf('2001:db8::1')).not.toEqual(await keysOf('2001:db8:0:1::1'))
    expect(await keysOf('::ffff:192.0.2.7')).toEqual(await keysOf('192.0.2.7'))
    expect(await keysOf('192.0.2.7')).not.toEqual(await keysOf('192.0.2.8'))
  })

  it('counts a name in whatever letter case, under keys of one length', async () => {
    expect(await keysOf('192.0.2.7', ' Anna')).toEqual(await keysOf('192.0.2.7', 'anna'))
    expect((await keysOf('192.0.2.7', 'x'.repeat(200))).map(({ length }) => length)).toEqual([43, 43, 43])
  })
})
