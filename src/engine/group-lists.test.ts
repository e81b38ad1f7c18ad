import { describe, expect, it } from 'vitest'
import { directory, directoryTarget } from '../../test/doubles/directory-target.ts'
import { quickClock } from '../../test/doubles/quick-clock.ts'
import type { Target } from '../ports/target.ts'
import { createGroupLists } from './group-lists.ts'
import { createKeptTargets } from './kept-targets.ts'
import type { OpenConnection } from './setup.ts'

const { signal } = new AbortController()
const minute = 60_000

describe('a list of groups that is kept', () => {
  const scene = () => {
    const clock = quickClock(0)
    const held = directory({ groups: new Map([['G1', { name: 'dev', grants: [] }]]) })
    const lists = createGroupLists(clock)
    const names = async (key = 'dir') => (await lists.of(directoryTarget(held), key, signal)).map(({ name }) => name)
    return { clock, held, lists, names }
  }

  it('is read once in five minutes, for each directory', async () => {
    const { clock, held, names } = scene()
    expect(await names()).toEqual(['dev'])
    clock.advance(5 * minute - 1)
    await names()
    expect(held.reads).toEqual(['groups'])
    await names('other')
    expect(held.reads).toEqual(['groups', 'groups'])
    clock.advance(1)
    await names()
    expect(held.reads).toHaveLength(3)
  })

  it('is read afresh once a group was made, and holds no members', async () => {
    const { held, lists, names } = scene()
    await names()
    held.groups.set('G2', { name: 'ops', grants: [] })
    lists.forget('dir')
    expect(await names()).toEqual(['dev', 'ops'])
    expect(await lists.of(directoryTarget(held), 'dir', signal)).not.toContainEqual(
      expect.objectContaining({ members: [] }),
    )
  })

  it('is not kept when a group was made while it was read', async () => {
    const { held, lists, names } = scene()
    const slow: Target = {
      ...directoryTarget(held),
      async *groups(signal) {
        yield* directoryTarget(held).groups(signal)
        lists.forget('dir')
      },
    }
    await lists.of(slow, 'dir', signal)
    await names()
    expect(held.reads).toEqual(['groups', 'groups'])
  })
})

describe('a target that is kept open', () => {
  const scene = () => {
    const clock = quickClock(0)
    const opened: { closed: number }[] = []
    const kept = createKeptTargets(clock)
    const openTarget = () => {
      const one = { closed: 0 }
      opened.push(one)
      const close = async () => {
        one.closed += 1
      }
      return { ...directoryTarget(directory()), close }
    }
    const borrow = (version = 1, key = 'staff') =>
      kept.borrow({ connection: { key, version }, openTarget } as unknown as OpenConnection)
    return { clock, kept, borrow, closed: () => opened.map((each) => each.closed) }
  }

  it('is lent to everybody for five minutes, and stays open when it is given back', async () => {
    const { clock, borrow, closed } = scene()
    await borrow().giveBack()
    clock.advance(5 * minute)
    await borrow().giveBack()
    expect(closed()).toEqual([0])
    clock.advance(1)
    borrow()
    expect(closed()).toEqual([1, 0])
  })

  it('is opened anew for other settings and other connections, and the old one is closed when nobody uses it', async () => {
    const { borrow, closed } = scene()
    const first = borrow()
    const second = borrow()
    borrow(1, 'partners')
    borrow(2)
    expect(closed()).toEqual([0, 0, 0])
    await first.giveBack()
    expect(closed()).toEqual([0, 0, 0])
    await second.giveBack()
    expect(closed()).toEqual([1, 0, 0])
  })

  it('is closed at the end, or when the last one gives it back', async () => {
    const { kept, borrow, closed } = scene()
    const mine = borrow()
    await borrow(1, 'partners').giveBack()
    await kept.close()
    expect(closed()).toEqual([0, 1])
    await mine.giveBack()
    expect(closed()).toEqual([1, 1])
  })
})
