import { describe, expect, it } from 'vitest'
import type { Run, RunState } from '../domain/run.ts'
import type { Clock } from '../platform/clock.ts'
import type { DirtyRecord } from '../ports/dirty.ts'
import { startPushDelivery } from './push-delivery.ts'
import type { BegunSome, Written } from './runner.ts'

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

type Waiting = DirtyRecord & { readonly connection: string; readonly urgent: boolean; readonly notedAt: number }

/** A store of dirty records, and runs that end as a test says. */
function scene({ isLive = true, lookMs = 1_000 } = {}) {
  const clock = new StepClock()
  const asked: string[] = []
  const runs: Partial<Run>[] = [{ kind: 'full', state: 'applied', planId: 'plan', startedAt: clock.now() }]
  const pushed: { readonly key: string; readonly kind: DirtyRecord['kind']; readonly urgent: boolean }[] = []
  let waiting: Waiting[] = []
  let no = 0
  const forgotten: number[] = []
  const begun: { readonly people: string; end(part?: Partial<Written>): void }[] = []
  const delivery = startPushDelivery({
    followers: async () => [{ key: 'staff', source: 'entra', target: 'acme', isLive }],
    dirty: {
      gather: async () => {
        for (const { key, kind, urgent } of pushed) {
          const before = waiting.find((each) => each.key === key)
          waiting = waiting.filter((each) => each !== before)
          no += 1
          const isUrgent = urgent || before?.urgent === true
          waiting.push({ connection: 'staff', kind, key, urgent: isUrgent, no, notedAt: clock.now() })
        }
        return pushed.splice(0).length
      },
      tally: async () => {
        const urgent = waiting.filter((each) => each.urgent).length
        return waiting.length === 0 ? [] : [{ connection: 'staff', urgent, others: waiting.length - urgent, last: no }]
      },
      list: async (_, urgent, limit) => waiting.filter((each) => each.urgent === urgent).slice(0, limit),
      done: async (_, records) => {
        waiting = waiting.filter((each) => !records.some((record) => record.no === each.no))
      },
      readAsAWhole: async (_, read) => {
        waiting = waiting.filter((each) => ('last' in read ? each.no > read.last : each.notedAt >= read.before))
      },
      planned: async () => {},
      plannedSince: async () => new Set(),
    },
    peopleIn: async (_, groups) => groups.map((group) => `member of ${group}`),
    runner: {
      mayWrite: async () => true,
      startSome: async (_, { people, groups }) => {
        const { promise, resolve } = Promise.withResolvers<Written>()
        const names = [...people, ...groups.map((group) => `@${group}`)].join(' ')
        begun.push({
          people: names,
          end: (part = {}) => resolve({ isSettled: true, isHeld: false, hasConflict: false, leftOut: [], ...part }),
        })
        return { run: { number: begun.length }, written: promise } as BegunSome
      },
    },
    forgetTombstones: async (before) => forgotten.push(before),
    queue: {
      ask: async ({ trigger, lane }) => {
        asked.push(`${trigger} ${lane}`)
        return true
      },
    },
    runs: { list: async () => ({ items: runs as Run[] }) },
    clock,
    log: () => undefined,
    lookMs,
  })
  return {
    clock,
    asked,
    delivery,
    begun,
    forgotten,
    push: (key: string, urgent = false, kind: DirtyRecord['kind'] = 'user') => {
      pushed.push({ key, kind, urgent })
      delivery.notify('entra')
    },
    waiting: () => waiting.map(({ key }) => key),
    ran: (state: RunState, patch: Partial<Run> = { planId: 'plan' }) =>
      void runs.unshift({ kind: 'full', state, startedAt: clock.now(), ...patch }),
  }
}

const names = (begun: readonly { readonly people: string }[]) => begun.map(({ people }) => people)

describe('delivery of pushes', () => {
  it('takes many pushes together within 200 ms, leavers apart from others, and forgets them when they were sent', async () => {
    const { clock, delivery, begun, push, waiting, asked } = scene()
    await clock.pass(1)
    for (const key of ['ann', 'bob', 'ann']) push(key)
    push('cid', true)
    await clock.pass(200)
    expect(names(begun)).toEqual(['cid', 'bob ann'])
    expect(waiting()).toHaveLength(3)
    for (const each of begun) each.end()
    await clock.pass(1)
    expect(waiting()).toEqual([])
    expect(asked).toEqual([])
    await delivery.stop()
  })

  it('keeps the order of one person: who changes while being delivered is looked at again, afterwards', async () => {
    const { clock, delivery, begun, push, waiting } = scene()
    await clock.pass(1)
    push('ann', true)
    await clock.pass(200)
    push('ann', true)
    await clock.pass(10_000)
    expect(names(begun)).toEqual(['ann'])
    begun[0]!.end()
    await clock.pass(200)
    expect(names(begun)).toEqual(['ann', 'ann'])
    expect(waiting()).toEqual(['ann'])
    await delivery.stop()
  })

  it('does not let others wait for a delivery that is slow', async () => {
    const { clock, delivery, begun, push } = scene()
    await clock.pass(1)
    push('ann')
    await clock.pass(200)
    push('bob')
    await clock.pass(300)
    expect(names(begun)).toEqual(['ann'])
    await clock.pass(4_000)
    expect(names(begun)).toEqual(['ann', 'bob'])
    await delivery.stop()
  })

  it('plans the next leavers while those before are sent, together and never many times at once', async () => {
    const { clock, delivery, begun, push } = scene()
    await clock.pass(1)
    push('ann', true)
    await clock.pass(110)
    push('bob', true)
    push('cid', true)
    await clock.pass(110)
    expect(names(begun)).toEqual(['ann'])
    await clock.pass(250)
    expect(names(begun)).toEqual(['ann', 'bob cid'])
    for (const key of ['dan', 'eve', 'fay', 'gus', 'hal', 'ida']) {
      push(key, true)
      await clock.pass(300)
    }
    expect(names(begun)).toEqual(['ann', 'bob cid', 'dan', 'eve', 'fay', 'gus'])
    begun[0]!.end()
    await clock.pass(1)
    expect(names(begun)).toEqual(['ann', 'bob cid', 'dan', 'eve', 'fay', 'gus', 'hal ida'])
    await delivery.stop()
  })

  it('delivers later when the target was down, with growing pauses, and loses nobody', async () => {
    const { clock, delivery, begun, push, waiting } = scene()
    await clock.pass(1)
    push('ann', true)
    await clock.pass(200)
    for (let tries = 0; tries < 20; tries += 1) {
      begun.at(-1)?.end({ isSettled: false })
      await clock.pass(30_000)
    }
    expect(waiting()).toEqual(['ann'])
    expect(begun.length).toBeGreaterThan(8)
    expect(begun.length).toBeLessThan(20)
    begun.at(-1)?.end()
    await clock.pass(60_000)
    begun.at(-1)?.end()
    await clock.pass(1_000)
    expect(waiting()).toEqual([])
    await delivery.stop()
  })

  it('asks for a run once more for whoever was left to one after the last had begun to read', async () => {
    const { clock, delivery, begun, push, asked, ran } = scene()
    await clock.pass(1)
    push('', true, 'all')
    await clock.pass(200)
    const beganAt = clock.now()
    await clock.pass(1_000)
    push('ann')
    await clock.pass(200)
    begun[0]!.end({ isHeld: true })
    await clock.pass(1)
    ran('applied', { planId: 'plan', startedAt: beganAt })
    await clock.pass(5_000)
    const before = asked.length
    await clock.pass(120_000)
    expect(asked.length).toBeGreaterThan(before)
    ran('applied')
    await clock.pass(5_000)
    const after = asked.length
    await clock.pass(120_000)
    expect(asked).toHaveLength(after)
    await delivery.stop()
  })

  it('plans people afresh when something had moved, and leaves them to a whole run when that goes on', async () => {
    const { clock, delivery, begun, push, waiting, asked } = scene()
    await clock.pass(1)
    push('ann')
    await clock.pass(200)
    begun[0]!.end({ hasConflict: true })
    await clock.pass(1_000)
    expect(names(begun)).toEqual(['ann', 'ann'])
    begun[1]!.end()
    await clock.pass(1_000)
    expect(waiting()).toEqual([])

    push('bob')
    for (let times = 0; times < 5; times += 1) {
      await clock.pass(1_000)
      expect(asked).toEqual([])
      expect(waiting()).toEqual(['bob'])
      begun.at(-1)!.end({ hasConflict: true })
    }
    await clock.pass(1_000)
    expect(names(begun).slice(2)).toEqual(['bob', 'bob', 'bob', 'bob', 'bob'])
    expect(waiting()).toEqual([])
    expect(asked).toContain('push 3')
    await delivery.stop()
  })

  it('looks at everybody in a group that changed its name', async () => {
    const { clock, delivery, begun, push } = scene()
    await clock.pass(1)
    push('dev', false, 'group')
    await clock.pass(200)
    expect(names(begun)).toEqual(['member of dev @dev'])
    await delivery.stop()
  })

  it('leaves very many to one run for everybody, and forgets them when that has read them', async () => {
    const { clock, delivery, begun, push, waiting, asked, ran } = scene()
    await clock.pass(1)
    for (let person = 0; person <= 1_000; person += 1) push(`p${person}`)
    await clock.pass(200)
    expect(begun).toEqual([])
    expect(asked).toEqual(['push 3'])
    await clock.pass(20_000)
    expect(waiting()).toHaveLength(1_001)
    ran('planning')
    // Left by a process that ended, and superseded by a preview: it read nothing to its end.
    ran('superseded', {})
    // Made a plan, found another process writing, and waits for nobody.
    ran('waiting', { planId: 'plan', error: { code: 'busy', message: 'Another run is writing.' } })
    await clock.pass(60_000)
    expect(waiting()).toHaveLength(1_001)
    ran('applying')
    await clock.pass(60_000)
    expect(waiting()).toEqual([])
    await delivery.stop()
  })

  it.each([{ isHeld: true }, { leftOut: ['The group "dev" exists already.'] }])(
    'asks for a run for everybody when %o',
    async (written) => {
      const { clock, delivery, begun, push, asked } = scene()
      await clock.pass(1)
      push('ann')
      await clock.pass(200)
      expect(asked).toEqual([])
      begun[0]!.end(written)
      await clock.pass(100)
      expect(asked).toEqual(['push 3'])
      await delivery.stop()
    },
  )

  it('reads everything when the baseline is declared', async () => {
    const { clock, delivery, push, asked, ran, waiting } = scene()
    await clock.pass(1)
    push('', true, 'all')
    await clock.pass(200)
    expect(asked).toEqual(['push 3'])
    ran('applied')
    await clock.pass(60_000)
    expect(waiting()).toEqual([])
    await delivery.stop()
  })

  it('forgets who was deleted 90 days ago', async () => {
    const { clock, delivery, forgotten } = scene({ lookMs: 60_000 })
    await clock.pass(2 * 3_600_000 + 120_000)
    expect(forgotten).toHaveLength(3)
    expect(forgotten[0]).toBe(1_000_000 - 90 * 24 * 3_600_000)
    await delivery.stop()
  })

  it('keeps what is pushed for a connection that is paused or reviewed, until a run has read it', async () => {
    const { clock, delivery, begun, push, waiting, ran } = scene({ isLive: false })
    await clock.pass(1)
    push('ann', true)
    await clock.pass(20_000)
    expect(begun).toEqual([])
    expect(waiting()).toEqual(['ann'])
    ran('waiting')
    push('bob')
    await clock.pass(200)
    expect(waiting()).toEqual(['bob'])
    await delivery.stop()
  })
})
