import { describe, expect, it } from 'vitest'
import { csvOf } from '../parts/csv.ts'
import { reportSearch } from './search.ts'

describe('a report', () => {
  it('keeps in its address what is a filter, and nothing else', () => {
    const good = { preset: 'leavers', person: 'ann', from: '2026-03-01', until: '2026-03-31', outcome: 'failed' }
    expect(reportSearch({ ...good, other: 1 })).toEqual(good)
    expect(reportSearch({ preset: 'toString', person: ' ', from: '2026-3', outcome: 'x' })).toEqual({})
  })

  it('is written so that a spreadsheet shows it and runs nothing of it', () => {
    expect(
      csvOf([
        ['who', 'what'],
        ['O"Hara, Ann', '=HYPERLINK("x")'],
        ['-1', 'two\nlines'],
        [' =1', 'a;=1'],
      ]),
    ).toBe('\uFEFFwho,what\r\n"O""Hara, Ann","\'=HYPERLINK(""x"")"\r\n\'-1,"two\nlines"\r\n\' =1,a;\'=1\r\n')
  })
})
