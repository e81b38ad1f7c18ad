import { expect, it } from 'vitest'
import { gathered } from './gathered.ts'

/** Work that ends when the test lets it, and what it was given. */
function heldWork(most: number) {
  const given: string[][] = []
  const held: (() => void)[] = []
  const add = gathered<string, string>(most, async (items) => {
    given.push([...items])
    await new Promise<void>((resolve) => held.push(resolve))
    if (items.includes('broken')) throw new Error('Nothing of it was done.')
    return items.map((item) => (item === 'odd' ? Promise.reject(new Error('Not this one.')) : `done ${item}`))
  })
  const letGo = async () => {
    await expect.poll(() => held.length).toBeGreaterThan(0)
    held.shift()!()
  }
  return { add, given, letGo }
}

it('who comes alone does not wait, and who comes meanwhile is done together, in order and not too many at once', async () => {
  const { add, given, letGo } = heldWork(2)
  const all = ['a', 'b', 'c', 'd'].map((item) => add('key', item))
  expect(given).toEqual([['a']])
  for (const _ of [1, 2, 3]) await letGo()
  expect(await Promise.all(all)).toEqual(['done a', 'done b', 'done c', 'done d'])
  expect(given).toEqual([['a'], ['b', 'c'], ['d']])
})

it('keys do not wait for each other, and a key that was done begins anew', async () => {
  const { add, given, letGo } = heldWork(2)
  const first = [add('one', 'a'), add('two', 'b')]
  expect(given).toEqual([['a'], ['b']])
  for (const _ of first) await letGo()
  await Promise.all(first)
  const later = add('one', 'c')
  await letGo()
  expect(await later).toBe('done c')
})

it('what fails for one fails for that one, what fails for all fails for those who were in it', async () => {
  const { add, letGo } = heldWork(3)
  const all = ['a', 'odd', 'b', 'c', 'broken', 'd'].map((item) => add('key', item))
  const ends = Promise.allSettled(all)
  for (const _ of [1, 2, 3]) await letGo()
  const kept = (await ends).map(({ status }) => status === 'fulfilled')
  expect(kept).toEqual([true, false, true, true, false, false])
})
