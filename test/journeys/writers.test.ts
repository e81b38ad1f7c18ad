import { describe, expect, it } from 'vitest'
import type { Lane } from '../../src/domain/lane.ts'
import { createWriters, type Turn } from '../../src/engine/writers.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { describeOnBothStores } from '../support/store.ts'

const never = new AbortController().signal
const directory = 'atlassian:o/d'

/** A task that is started, waits for its turn, and ends when told. */
function begin(writers: ReturnType<typeof createWriters>, lane: Lane, signal = never, about?: ReadonlySet<string>) {
  let turn: Turn | undefined
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const work = async (given: Turn) => {
    turn = given
    await ended
  }
  const done = writers.write(directory, lane, signal, work, about)
  done.catch(() => undefined)
  return { done, end, turn: () => turn, begun: () => turn !== undefined }
}

describeOnBothStores('writers of one directory', (current) => {
  const make = (holder = 'one') => createWriters(current().store.leases, systemClock, holder)

  it('write one after the other, the quicker lane first', async () => {
    const writers = make()
    const first = begin(writers, 3)
    await expect.poll(first.begun).toBe(true)
    const whole = begin(writers, 3)
    const push = begin(writers, 1)
    const other = begin(writers, 2)
    first.end()
    await expect.poll(push.begun).toBe(true)
    expect([whole.begun(), other.begun()]).toEqual([false, false])
    push.end()
    await expect.poll(other.begun).toBe(true)
    expect(whole.begun()).toBe(false)
    other.end()
    whole.end()
    await Promise.all([first.done, push.done, other.done, whole.done])
    expect(await current().store.leases.holder(directory)).toBeUndefined()
  })

  it('give way to a quicker lane in the middle, and go on before others of their own', async () => {
    const writers = make()
    const whole = begin(writers, 3)
    await expect.poll(whole.begun).toBe(true)
    const second = begin(writers, 3)
    await whole.turn()!.giveWay()
    expect(second.begun()).toBe(false)
    const leaver = begin(writers, 1)
    await expect.poll(async () => (await current().store.leases.holder(directory))?.holder).toBe('one')
    const away = whole.turn()!.giveWay()
    await expect.poll(leaver.begun).toBe(true)
    leaver.end()
    await away
    expect(second.begun()).toBe(false)
    whole.end()
    await expect.poll(second.begun).toBe(true)
    second.end()
    await second.done
  })

  it('let others write while they rest', async () => {
    const writers = make()
    const whole = begin(writers, 3)
    await expect.poll(whole.begun).toBe(true)
    const resting = whole.turn()!.rest(50)
    const second = begin(writers, 3)
    await expect.poll(second.begun).toBe(true)
    second.end()
    await resting
    whole.end()
    await Promise.all([whole.done, second.done])
  })

  it('write side by side about different people, and never about the same', async () => {
    const writers = make()
    const about = (...names: string[]) => new Set(names)
    const whole = begin(writers, 3, never, about('ann', 'bob'))
    await expect.poll(whole.begun).toBe(true)
    const cid = begin(writers, 1, never, about('cid'))
    const bob = begin(writers, 1, never, about('bob', 'dan'))
    const dan = begin(writers, 2, never, about('dan'))
    await expect.poll(cid.begun).toBe(true)
    expect([bob.begun(), dan.begun()]).toEqual([false, false])
    // What is about nobody in particular waits for everybody, and holds up those who come after it.
    const group = whole.turn()!.giveWay(undefined)
    await expect.poll(bob.begun).toBe(true)
    expect(dan.begun()).toBe(false)
    let isAlone = false
    void group.then(() => {
      isAlone = true
    })
    cid.end()
    bob.end()
    await expect.poll(dan.begun).toBe(true)
    expect(isAlone).toBe(false)
    dan.end()
    await group
    const eve = begin(writers, 1, never, about('eve'))
    await whole.turn()!.giveWay(about('ann'))
    await expect.poll(eve.begun).toBe(true)
    eve.end()
    whole.end()
    await Promise.all([whole, cid, bob, dan, eve].map(({ done }) => done))
  })

  it('of those who wait for the same person a cancelled one holds up nobody', async () => {
    const writers = make()
    const first = begin(writers, 3, never, new Set(['ann']))
    await expect.poll(first.begun).toBe(true)
    const stop = new AbortController()
    const both = begin(writers, 1, stop.signal, new Set(['ann', 'bob']))
    const bob = begin(writers, 2, never, new Set(['bob']))
    stop.abort(new Error('stopped'))
    await expect(both.done).rejects.toThrow('stopped')
    await expect.poll(bob.begun).toBe(true)
    for (const each of [first, bob]) each.end()
    await Promise.all([first.done, bob.done])
  })

  it('let others write as soon as they have nothing more to send, and keep their lease', async () => {
    const writers = make()
    const whole = begin(writers, 3)
    await expect.poll(whole.begun).toBe(true)
    whole.turn()!.finished()
    const leaver = begin(writers, 1)
    await expect.poll(leaver.begun).toBe(true)
    await whole.turn()!.rest(1)
    await whole.turn()!.giveWay()
    leaver.end()
    await leaver.done
    expect((await current().store.leases.holder(directory))?.epoch).toBe(whole.turn()!.fence.epoch)
    whole.end()
    await whole.done
  })

  it('keep the directory from other processes as long as one of them writes or waits', async () => {
    const writers = make()
    const first = begin(writers, 3)
    await expect.poll(first.begun).toBe(true)
    const second = begin(writers, 3)
    first.end()
    await first.done
    await expect.poll(second.begun).toBe(true)
    await expect(make('two').write(directory, 1, never, async () => {})).rejects.toMatchObject({ code: 'busy' })
    second.end()
    await second.done
    await make('two').write(directory, 1, never, async ({ fence }) => expect(fence.holder).toBe('two'))
  })

  it('stop waiting when they are cancelled, without a turn', async () => {
    const writers = make()
    const first = begin(writers, 3)
    await expect.poll(first.begun).toBe(true)
    const stop = new AbortController()
    const second = begin(writers, 1, stop.signal)
    stop.abort(new Error('stopped'))
    await expect(second.done).rejects.toThrow('stopped')
    expect(second.begun()).toBe(false)
    first.end()
    await first.done
  })

  it('get the lease again right after they gave it back', async () => {
    const writers = make()
    for (let round = 0; round < 20; round += 1) {
      await writers.write(directory, 3, never, async ({ fence }) => {
        expect((await current().store.leases.holder(directory))?.epoch).toBe(fence.epoch)
      })
    }
    const both = [begin(writers, 3), begin(writers, 3)]
    for (const { end } of both) end()
    await Promise.all(both.map(({ done }) => done))
    const again = begin(writers, 3)
    await expect.poll(again.begun).toBe(true)
    expect((await current().store.leases.holder(directory))?.holder).toBe('one')
    again.end()
    await again.done
  })
})

describe('a lost lease', () => {
  it('ends the work of everybody who writes or waits', async () => {
    let epoch = 1
    const leases = {
      acquire: async (directoryKey: string, holder: string) => ({ directoryKey, holder, epoch }),
      renew: async () => epoch === 1,
      release: async () => {},
      holder: async () => undefined,
    }
    const wake: (() => void)[] = []
    const clock = {
      now: () => 0,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          wake.push(resolve)
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
    }
    const writers = createWriters(leases, clock, 'one')
    const writing = begin(writers, 3)
    await expect.poll(writing.begun).toBe(true)
    const waiting = begin(writers, 1)
    epoch = 2
    for (const each of wake) each()
    await expect(waiting.done).rejects.toMatchObject({ code: 'usurped' })
    expect(writing.turn()!.signal.aborted).toBe(true)
    writing.end()
    await writing.done
  })
})
