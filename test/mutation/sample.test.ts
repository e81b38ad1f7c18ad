import { describe, expect, it } from 'vitest'
import { keyOf, type Mutant, ofReport, partOf, sampleOf, scoreOf } from './sample.ts'

const mutant = (file: string, line: number): Mutant => ({
  id: `${file}-${line}`,
  fileName: `/somewhere/src/${file}`,
  mutatorName: 'BooleanLiteral',
  replacement: 'false',
  location: { start: { line, column: 2 }, end: { line, column: 6 } },
})
const all = [...Array(300).keys()].map((line) => mutant(line < 200 ? 'big.ts' : 'small.ts', line))
const keys = (mutants: readonly Mutant[]) => mutants.map(keyOf)

describe('a sample of mutants', () => {
  it('is the same whatever the order and the folder, and another one with another seed', () => {
    const elsewhere = [...all]
      .reverse()
      .map((each) => ({ ...each, fileName: each.fileName.replace('somewhere', 'else') }))
    const sample = keys(sampleOf(all, { size: 30, seed: '1' }))
    expect(keys(sampleOf(elsewhere, { size: 30, seed: '1' }))).toEqual(sample)
    expect(keys(sampleOf(all, { size: 30, seed: '2' }))).not.toEqual(sample)
    expect(sample[0]).toMatch(/^src\/big\.ts:\d+:2-\d+:6 BooleanLiteral false$/)
  })

  it('gives every file its share, and takes all there are when it asks for more', () => {
    const counts = sampleOf(all, { size: 30, seed: '1' }).filter(({ fileName }) => fileName.endsWith('big.ts')).length
    expect(counts).toBe(20)
    expect(new Set(keys(sampleOf(all, { size: 1000, seed: '1' })))).toEqual(new Set(keys(all)))
  })

  it('is found again by what a report says, which counts from 1', () => {
    const [first] = all
    const told = { ...first!, location: { start: { line: 1, column: 3 }, end: { line: 1, column: 7 } } }
    expect(keyOf(ofReport(told))).toBe(keyOf(first!))
  })

  it('comes in pieces that are the whole together, or only with what is asked for', () => {
    const sample = sampleOf(all, { size: 30, seed: '1' })
    const pieces = [1, 2, 3, 4].map((number) => keys(partOf(sample, { part: [number, 4] })))
    expect(pieces.map(({ length }) => length)).toEqual([8, 8, 7, 7])
    expect(pieces.flat().sort()).toEqual(keys(sample).sort())
    const only = keys(sample).slice(3, 5)
    expect(keys(partOf(sample, { only }))).toEqual(only)
  })
})

it('a score is told with the range in which the true one lies', () => {
  // Wilson's interval for 85 of 100.
  const { score, low, high } = scoreOf(85, 100)
  expect([score, low, high].map((each) => each.toFixed(1))).toEqual(['85.0', '76.7', '90.7'])
  expect(scoreOf(0, 0)).toEqual({ score: 0, low: 0, high: 100 })
})
