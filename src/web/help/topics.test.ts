import { describe, expect, it } from 'vitest'
import { isAbout, matches, topics } from './topics.ts'

const found = (text: string) => topics.filter((topic) => isAbout(topic, text)).map(({ id }) => id)

describe('help topics', () => {
  it('are found by the labels of the products people come from', () => {
    expect(found('On-the-Fly Group Mapping')).toEqual(['byName'])
    expect(found('keep existing groups')).toEqual(['ownership'])
    expect(found('Deactivated User Action')).toEqual(['departures'])
    expect(found('end-user')).toEqual(['report'])
    expect(found('search u')).toEqual(['searchUser'])
    expect(found('no such thing')).toEqual([])
  })

  it('have different ids and no label twice', () => {
    const aliases = topics.flatMap((topic) => topic.aliases)
    expect(new Set(aliases).size).toBe(aliases.length)
  })

  it('match by the beginnings of words, in any order and case', () => {
    expect(matches(['Müller, Ann <ann@x.test>'], 'ANN mu')).toBe(true)
    expect(matches(['Müller, Ann'], 'nn')).toBe(false)
    expect(matches(['anything'], '  ')).toBe(true)
  })
})
