import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { csvLine } from './csv.ts'

describe('csv', () => {
  it('gives back every cell, whatever is in it', () => {
    const cells = ['plain', 'with, comma', 'a "quoted" word', 'two\nlines', '', 'ünï']
    expect(parse(csvLine(cells))).toEqual([cells])
  })

  it('leaves nothing that a spreadsheet would take for a formula', () => {
    const cells = ['=1+1', '+41', '-2', '@sum', '\t=x', 'a=1']
    expect(parse(csvLine(cells))).toEqual([["'=1+1", "'+41", "'-2", "'@sum", "'\t=x", 'a=1']])
    const hidden = [' =1', '"=1"', '\n@x', '＝1', 'a;=1', 'a; "+1', "'=1", 'a-b; c']
    expect(parse(csvLine(hidden))).toEqual([["' =1", `'"=1"`, "'\n@x", "'＝1", "a;'=1", `a;' "+1`, "'=1", 'a-b; c']])
  })
})
