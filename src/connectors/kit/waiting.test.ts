import { describe, expect, it } from 'vitest'
import { quickClock } from '../../../test/doubles/quick-clock.ts'
import { forEachOf, pause, pieces, settled, Turns } from './waiting.ts'

const never = new AbortController().signal
const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('waiting for something to show', () => {
  it('ends as soon as it is there, and after a minute at the latest', async () => {
    const clock = quickClock()
    let looks = 0
    const found = await settled(clock, never, async () => {
      looks += 1
      return looks === 3 ? 'there' : undefined
    })
    expect([found, clock.slept]).toEqual(['there', [1_000, 2_000]])
    const start = clock.now()
    expect(await settled(clock, never, async () => undefined)).toBeUndefined()
    expect(clock.now() - start).toBe(60_000)
  })

  it('ends as cancelled when stopped', async () => {
    const stop = new AbortController()
    stop.abort()
    await expect(pause(quickClock(), 1_000, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('turns', () => {
  it('are taken one after the other per key, also after a failure, and side by side otherwise', async () => {
    const turns = new Turns()
    const events: string[] = []
    const work =
      (name: string, fails = false) =>
      async () => {
        events.push(`${name} begins`)
        await tick()
        events.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      }
    const results = await Promise.allSettled([
      turns.take('a', work('a1', true)),
      turns.take('a', work('a2')),
      turns.take('b', work('b1')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(events.indexOf('a2 begins')).toBeGreaterThan(events.indexOf('a1 ends'))
    expect(events.indexOf('b1 begins')).toBeLessThan(events.indexOf('a1 ends'))
  })
})

describe('a list of work', () => {
  it('is cut into pieces', () => {
    expect(pieces([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
    expect(pieces([], 2)).toEqual([])
  })

  it('is done a few at a time, results in order, and stops at a failure', async () => {
    let atOnce = 0
    let most = 0
    const square = async (n: number) => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await tick()
      atOnce -= 1
      return n * n
    }
    expect(await forEachOf([1, 2, 3, 4, 5], 2, square)).toEqual([1, 4, 9, 16, 25])
    expect(most).toBe(2)
    const done: number[] = []
    const work = async (n: number) => {
      await tick()
      if (n === 2) throw new Error('two')
      done.push(n)
    }
    await expect(forEachOf([1, 2, 3, 4, 5, 6], 1, work)).rejects.toThrow('two')
    expect(done).toEqual([1])
  })
})
