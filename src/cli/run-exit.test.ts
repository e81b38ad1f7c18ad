import { describe, expect, it } from 'vitest'
import { errorCodes } from '../domain/errors.ts'
import { runStates } from '../domain/run.ts'
import { exitCodeOfRun } from './run-exit.ts'

describe('the exit code of a command that followed a run', () => {
  it.each([
    ['planned', 0],
    ['applied', 0],
    ['partial', 1],
    ['waiting', 5],
    ['held', 5],
    ['superseded', 5],
    ['cancelled', 130],
  ] as const)('is, for %s, %i', (state, code) => {
    expect(exitCodeOfRun({ state })).toBe(code)
  })

  it.each([
    ['auth-failed', 3],
    ['forbidden', 3],
    ['unreachable', 4],
    ['incomplete-read', 4],
    ['config-invalid', 2],
    ['store-unavailable', 6],
    ['usurped', 5],
    ['bug', 70],
  ] as const)('is that of the failure %s', (code, exit) => {
    expect(exitCodeOfRun({ state: 'failed', error: { code, message: '' } })).toBe(exit)
  })

  it('is that of a bug for a failure nobody knows', () => {
    expect(exitCodeOfRun({ state: 'failed', error: { code: 'from-the-future', message: '' } })).toBe(70)
    expect(exitCodeOfRun({ state: 'failed' })).toBe(70)
  })

  it('never says "done" about anything but an applied run and a finished preview', () => {
    const done = runStates.filter((state) => exitCodeOfRun({ state }) === 0)
    expect(done).toEqual(['planned', 'applied'])
    expect(Object.values(errorCodes).filter(({ exit }) => Number(exit) === 0)).toEqual([])
  })
})
