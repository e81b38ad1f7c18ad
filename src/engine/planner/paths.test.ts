import { describe, expect, it } from 'vitest'
import { inputOf, world } from '../../../test/support/world.ts'
import { groupPathsOf } from './paths.ts'

describe('the groups of a person', () => {
  const { source } = inputOf(
    world({
      people: { ann: {}, bob: {} },
      groups: {
        dev: { members: ['ann'] },
        engineering: { members: ['@dev', 'bob'] },
        everybody: { members: ['@engineering', '@dev'] },
        one: { members: ['@two', 'ann'] },
        two: { members: ['@one'] },
        other: { members: ['bob'] },
      },
    }),
  )
  const pathsOf = (user: number) =>
    groupPathsOf(source, user).map(({ path }) => path.map((group) => source.groups[group]?.name).join(' > '))

  it('are told with the shortest way to each, circles included', () => {
    expect(pathsOf(0)).toEqual(['dev', 'one', 'dev > engineering', 'dev > everybody', 'one > two'])
    expect(pathsOf(1)).toEqual(['engineering', 'other', 'engineering > everybody'])
  })

  it('are none for somebody in no group', () => {
    expect(groupPathsOf(inputOf(world({ people: { ann: {} } })).source, 0)).toEqual([])
  })
})
