import { fail } from '../../domain/errors.ts'
import type { Clock } from '../../platform/clock.ts'

/** Pauses between looks, 60 s in all: how long Atlassian's directories may take to show what was written. */
const settlingPausesMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000]

/** Looks until something is there, with growing pauses, for up to 60 s. Undefined = still not there. */
export async function settled<Found>(
  clock: Clock,
  signal: AbortSignal,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  let found = await look()
  for (const pauseMs of settlingPausesMs) {
    if (found !== undefined) return found
    await pause(clock, pauseMs, signal)
    found = await look()
  }
  return found
}

/** Waits; throws `cancelled` when the signal says so. */
export async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal)
  } catch (cause) {
    throw fail.cancelled('Cancelled while waiting for the other side.', { cause })
  }
}

/** Runs what concerns one key one after the other, in the order it was handed in. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve()
    // The next one starts whether this one succeeded or not; its own caller sees its failure.
    const mine = before.then(work, work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}

/** The list in pieces of at most `size`. */
export function pieces<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const result: (readonly Item[])[] = []
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size))
  return result
}

/** Does the work for every item, at most `atOnce` at a time; results in the order of the items. Stops at a failure. */
export async function forEachOf<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  let next = 0
  let failed = false
  const lane = async () => {
    while (!failed && next < items.length) {
      const position = next
      next += 1
      try {
        results[position] = await work(items[position] as Item)
      } catch (thrown) {
        failed = true
        throw thrown
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane))
  return results
}
