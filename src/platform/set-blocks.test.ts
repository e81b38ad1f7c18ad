import { describe, expect, it } from 'vitest'
import { SetBlocks } from './set-blocks.ts'

describe('set blocks', () => {
  it('hand out ascending sets that stay as they are when others follow', () => {
    const blocks = new SetBlocks()
    const lists = Array.from({ length: 400 }, (_, list) =>
      Array.from({ length: (list * 37) % 900 }, (_, at) => (at * 7919 + list) % 500),
    )
    const sets = lists.map((list) => blocks.setOf(list))
    sets.forEach((set, index) => {
      expect([...set]).toEqual([...new Set(lists[index])].sort((a, b) => a - b))
    })
  })

  it('take more than a block at once', () => {
    const blocks = new SetBlocks()
    const before = blocks.setOf([3, 1, 2])
    const large = blocks.set(200_000, (room) => {
      for (let at = 0; at < room.length; at += 1) room[at] = room.length - at
      return room.length
    })
    expect([large.length, large[0], large.at(-1)]).toEqual([200_000, 1, 200_000])
    expect([...before]).toEqual([1, 2, 3])
  })

  it('keep only what was written into the room', () => {
    const blocks = new SetBlocks()
    const part = blocks.set(10, (room) => {
      room[0] = 5
      room[1] = 4
      return 2
    })
    expect([...part]).toEqual([4, 5])
    expect([...blocks.set(3, () => 0)]).toEqual([])
    expect([...blocks.setOf([9])]).toEqual([9])
    expect([...part]).toEqual([4, 5])
  })
})
