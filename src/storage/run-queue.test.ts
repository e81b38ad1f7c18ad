import { expect, it, onTestFinished } from 'vitest'
import { describeOnBothStores } from '../../test/support/store.ts'
import type { RunQueue, RunRequest } from '../ports/queue.ts'
import type { OpenedStore } from './store.ts'

const request = (connection: string, lane: RunRequest['lane'] = 3): RunRequest => ({
  connection,
  trigger: 'schedule',
  startedBy: 'schedule',
  lane,
})

async function queueOf(store: OpenedStore): Promise<RunQueue> {
  const faults: unknown[] = []
  const queue = await store.runQueue((fault) => faults.push(fault))
  onTestFinished(async () => {
    await queue.close()
    expect(faults).toEqual([])
  })
  return queue
}

/** Resolves with what was taken once there are so many. */
function taking(queue: RunQueue, count: number, work: (taken: RunRequest) => Promise<void> = async () => {}) {
  const taken: RunRequest[] = []
  return new Promise<readonly RunRequest[]>((resolve, reject) => {
    queue
      .work(1, async (each) => {
        taken.push(each)
        await work(each)
        if (taken.length === count) resolve(taken)
      })
      .catch(reject)
  })
}

describeOnBothStores('the queue of runs', (current) => {
  it('makes one of two requests for a connection, and takes lower lanes first', async () => {
    const queue = await queueOf(current().store)
    expect(await queue.ask(request('slow', 3))).toBe(true)
    expect(await queue.ask(request('slow', 1))).toBe(false)
    expect(await queue.ask(request('quick', 1))).toBe(true)
    expect(await queue.waiting()).toBe(2)
    const taken = await taking(queue, 2)
    expect(taken.map(({ connection }) => connection)).toEqual(['quick', 'slow'])
  })

  it('keeps requests for the next process, and gives each to one of two', async () => {
    const first = await current().store.runQueue(() => {})
    for (const name of ['a', 'b', 'c', 'd']) await first.ask(request(name))
    await first.close()
    const [one, other] = [await queueOf(current().store), await queueOf(current().store)]
    const taken: string[] = []
    await new Promise<void>((resolve) => {
      const work = async ({ connection }: RunRequest) => {
        taken.push(connection)
        if (taken.length === 4) resolve()
      }
      void one.work(1, work)
      void other.work(1, work)
    })
    expect(taken.toSorted()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('may be asked again as soon as the work is done', async () => {
    const queue = await queueOf(current().store)
    await queue.ask(request('staff'))
    const again = taking(queue, 2)
    await expect.poll(() => queue.ask(request('staff'))).toBe(true)
    expect(await again).toHaveLength(2)
  })
})
