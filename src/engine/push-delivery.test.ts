import { describe, expect, it } from 'vitest'
import type { Run, RunState } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import { startPushDelivery } from './push-delivery.ts'

/** A clock that moves only when everybody sleeps, to where the first one wakes. */
class StepClock implements Clock {
  #now = 1_000_000
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = []

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      this.#sleepers.push({ at: this.#now + ms, wake: resolve })
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  /** Lets time pass, waking sleepers in order and giving each all the turns it wants. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    await turns()
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1)
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      await turns()
    }
    this.#now = end
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

function scene({ changedAt }: { readonly changedAt?: number } = {}) {
  const clock = new StepClock()
  const asked: string[] = []
  const runs: Partial<Run>[] = []
  let isBusy = false
  const delivery = startPushDelivery({
    connections: async () => [
      { key: 'staff', source: 'entra' },
      { key: 'guests', source: 'okta' },
    ],
    changedAt: async (source) => (source === 'entra' ? changedAt : undefined),
    queue: {
      ask: async ({ connection, trigger, startedBy }) => {
        if (isBusy) return false
        asked.push(`${connection} ${trigger} ${startedBy}`)
        return true
      },
    },
    runs: { list: async () => ({ items: runs as Run[] }) },
    clock,
    log: () => undefined,
  })
  return {
    clock,
    asked,
    delivery,
    ran: (state: RunState) => void runs.unshift({ kind: 'full', state, startedAt: clock.now() }),
    busy: (value: boolean) => {
      isBusy = value
    },
  }
}

describe('delivery of pushes', () => {
  it('asks once for many pushes, within 200 ms of the last one, and only connections of that source', async () => {
    const { clock, asked, delivery, ran } = scene()
    await clock.pass(1)
    for (let push = 0; push < 100; push += 1) delivery.notify('entra')
    await clock.pass(200)
    expect(asked).toEqual(['staff push push:entra'])
    ran('applied')
    await clock.pass(60_000)
    expect(asked).toHaveLength(1)
    await delivery.stop()
  })

  it('asks again when a change came after the read of a run began', async () => {
    const { clock, asked, delivery, ran, busy } = scene()
    await clock.pass(1)
    delivery.notify('entra')
    await clock.pass(200)
    ran('applying')
    busy(true)
    delivery.notify('entra')
    await clock.pass(5_000)
    expect(asked).toHaveLength(1)
    busy(false)
    await clock.pass(1_100)
    expect(asked).toHaveLength(2)
    await delivery.stop()
  })

  it('delivers later when the target was down, with growing pauses', async () => {
    const { clock, asked, delivery, ran } = scene()
    await clock.pass(1)
    delivery.notify('entra')
    await clock.pass(200)
    for (let tries = 0; tries < 20; tries += 1) {
      ran('failed')
      await clock.pass(30_000)
    }
    expect(asked.length).toBeGreaterThan(8)
    expect(asked.length).toBeLessThan(20)
    ran('partial')
    const before = asked.length
    await clock.pass(300_000)
    expect(asked).toHaveLength(before)
    await delivery.stop()
  })

  it('takes up at its start what a process that died had received', async () => {
    const { clock, asked, delivery } = scene({ changedAt: 999_000 })
    await clock.pass(1)
    expect(asked).toEqual(['staff push push:entra'])
    await delivery.stop()
  })
})
