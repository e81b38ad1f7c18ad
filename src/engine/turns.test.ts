import { describe, expect, it } from 'vitest'
import type { Lane } from '../domain/lane.ts'
import { admitted, placeInQueue } from './turns.ts'

describe('who may write now', () => {
  const about = (names: string) => ({
    names,
    about: names === '*' ? undefined : new Set(names.split('').filter((n) => n !== '-')),
  })

  // `*` = about anybody, `-` = about nobody.
  it.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
    ['one alone', [], ['a'], ['a']],
    ['those about others, side by side', ['a'], ['b', 'cd'], ['b', 'cd']],
    ['nobody about the same people', ['ab'], ['b', 'c'], ['c']],
    ['nobody past who waits longer about the same people', ['a'], ['ab', 'b', 'c'], ['c']],
    ['nobody past who waits for everybody', ['a'], ['*', 'b'], []],
    ['nobody beside who writes about anybody', ['*'], ['a', 'b'], []],
    ['who is about anybody only alone', [], ['*', 'a'], ['*']],
    ['who is about nobody beside anyone but who is about anybody', ['abc'], ['-', 'a'], ['-']],
    ['not even who is about nobody beside who is about anybody', ['*'], ['-'], []],
    ['a few names among many', ['abcdef'], ['f', 'gf', 'g'], []],
  ])('%s', (_, holders, waiting, expected) => {
    expect(admitted(holders.map(about), waiting.map(about)).map(({ names }) => names)).toEqual(expected)
  })
})

it.each<readonly [readonly Lane[], Lane, number, number]>([
  // Lanes in the queue, my own -> where I stand as the first and as the last of it.
  [[], 2, 0, 0],
  [[1, 2, 2, 3], 1, 0, 1],
  [[1, 2, 2, 3], 2, 1, 3],
  [[1, 2, 2, 3], 3, 3, 4],
  [[3, 3], 1, 0, 0],
  [[1, 1], 3, 2, 2],
])(
  'in a queue of lanes %j somebody of lane %i stands at %i as the first, at %i as the last',
  (lanes, lane, first, last) => {
    const waiting = lanes.map((each) => ({ lane: each }))
    expect([placeInQueue(waiting, lane, 'first'), placeInQueue(waiting, lane, 'last')]).toEqual([first, last])
  },
)
