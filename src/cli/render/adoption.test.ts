import { describe, expect, it } from 'vitest'
import { adoptionNotes } from './adoption.ts'

describe('what an existing group carries', () => {
  it.each([
    [{ members: '0' }, ['0 members']],
    [{ members: '3', strangers: '1', strangersNames: ['Zoe <zoe@x.test>'] }, ['3 members', '1 stranger: Zoe']],
    [
      {
        members: '27',
        strangers: '26',
        strangersNames: ['a', 'b', 'c', 'd', 'e', 'f', 'and 20 more'],
        administrators: '2',
        administratorsNames: ['root', 'su'],
        administers: 'yes',
        access: ['jira-software', 'confluence (admin)'],
      },
      [
        '27 members',
        '26 strangers: a, b, c, …',
        '2 administrators: root, su',
        'administers',
        'lets into jira-software, confluence (admin)',
      ],
    ],
    // Names come from the source of somebody else.
    [
      { members: '1', strangers: '1', strangersNames: ['\u001b[31mred\u202e'] },
      ['1 member', expect.not.stringContaining('\u001b')],
    ],
  ])('%j', (after, notes) => {
    expect(adoptionNotes(after)).toEqual(notes)
  })
})
