import { describe, expect, it } from 'vitest'
import { asProvisioningError, fail, ProvisioningError } from './errors.ts'
import { type ApplyTally, provenBy, readSince, stateAfterApply } from './run.ts'

describe('the state of a run that stopped applying', () => {
  const state = (part: Partial<ApplyTally>) => stateAfterApply({ outcomes: {}, open: 0, held: 0, blocked: 0, ...part })

  it('is success only when nothing is left', () => {
    expect(state({})).toBe('applied')
    expect(state({ outcomes: { applied: 3, alreadyTrue: 1 } })).toBe('applied')
    for (const left of ['failed', 'skipped', 'unproven'] as const) {
      expect(state({ outcomes: { applied: 3, [left]: 1 } })).toBe('partial')
      expect(state({ outcomes: { [left]: 1 } })).toBe('partial')
    }
    expect(state({ outcomes: { applied: 3 }, open: 1 })).toBe('partial')
    expect(state({ outcomes: { applied: 3 }, blocked: 1 })).toBe('partial')
  })

  it('is held when all that is left waits for a person and nothing was done', () => {
    expect(state({ held: 2 })).toBe('held')
    expect(state({ held: 2, outcomes: { applied: 1 } })).toBe('partial')
    expect(state({ held: 2, outcomes: { alreadyTrue: 1 } })).toBe('partial')
    expect(state({ held: 2, blocked: 1 })).toBe('partial')
    expect(state({ held: 2, open: 1 })).toBe('partial')
  })
})

it('a run knows what was read since it began, or since a read that it shares began before it', () => {
  expect(readSince({ startedAt: 100 })).toBe(100)
  expect(readSince({ startedAt: 100, sharedRead: { since: 80, with: [] } })).toBe(80)
  expect(readSince({ startedAt: 100, sharedRead: { since: 120, with: [] } })).toBe(100)
})

describe('an error', () => {
  it('of ours stays what it is; anything else is a defect of ours and keeps its cause', () => {
    const ours = fail.busy('Somebody writes.', { hint: 'Wait.' })
    expect(asProvisioningError(ours)).toBe(ours)
    const cause = new TypeError('x is not a function')
    const bug = asProvisioningError(cause)
    expect([bug.code, bug.message, bug.cause]).toEqual(['bug', 'Unexpected: x is not a function', cause])
    expect(bug.hint).toContain('report')
    expect(asProvisioningError('thrown text').message).toBe('Unexpected: thrown text')
  })

  it('tells its code, how far it reaches and whether it passes by itself, and nothing that was not said', () => {
    const plain = fail.unreachable('Nobody answers.')
    expect(plain).toBeInstanceOf(ProvisioningError)
    expect([plain.code, plain.radius, plain.retry]).toEqual(['unreachable', 'request', true])
    expect([plain.hint, plain.retryAfterMs, plain.problems, plain.mayHaveApplied, 'cause' in plain]).toEqual([
      undefined,
      undefined,
      [],
      false,
      false,
    ])
    const told = fail.rateLimited('Slow down.', { retryAfterMs: 5, mayHaveApplied: true, problems: [{ message: 'x' }] })
    expect([told.retryAfterMs, told.mayHaveApplied, told.problems]).toEqual([5, true, [{ message: 'x' }]])
    expect([fail.authFailed('').retry, fail.authFailed('').radius]).toEqual([false, 'connection'])
  })
})

it('what later runs proved is added up, and a run that decided nothing is not named', () => {
  const first = provenBy(undefined, 13, { proven: 2, missing: 0 })
  expect(first).toEqual({ proven: 2, missing: 0, runs: [13] })
  expect(provenBy(first, 14, { proven: 0, missing: 0 })).toBe(first)
  expect(provenBy(undefined, 14, { proven: 0, missing: 0 })).toBeUndefined()
  expect(provenBy(first, 15, { proven: 1, missing: 3 })).toEqual({ proven: 3, missing: 3, runs: [13, 15] })
  expect(provenBy(first, 13, { proven: 0, missing: 1 })).toEqual({ proven: 2, missing: 1, runs: [13] })
})
