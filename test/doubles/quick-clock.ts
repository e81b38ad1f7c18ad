import type { Clock } from '../../src/platform/clock.ts'

/** A clock whose waits are over at once; time jumps by what was waited for. Remembers every wait. */
export interface QuickClock extends Clock {
  readonly slept: number[]
  /** Lets time pass without anybody waiting. */
  advance(ms: number): void
}

export function quickClock(startMs = Date.parse('2026-11-21T10:00:00Z')): QuickClock {
  let now = startMs
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    advance: (ms) => {
      now += ms
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        slept.push(ms)
        setImmediate(() => {
          if (signal?.aborted) return reject(signal.reason)
          now += ms
          resolve()
        })
      }),
  }
}
