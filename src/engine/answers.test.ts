import { describe, expect, it } from 'vitest'
import { fail, type ProvisioningError } from '../domain/errors.ts'
import type { Applied } from '../ports/target.ts'
import { isFinal, outcomeOf, quotaOutcome } from './answers.ts'

const failed = (error: ProvisioningError): Applied => ({ seq: 7, outcome: 'failed', error })

describe('what becomes of a write by its answer', () => {
  it.each<readonly [string, Applied, boolean]>([
    ['applied', { seq: 7, outcome: 'applied' }, true],
    ['so already', { seq: 7, outcome: 'alreadyTrue' }, true],
    ['refused for good', failed(fail.rejected('No such domain.')), true],
    ['turned away for now', failed(fail.unreachable('It answers 503.')), false],
    ['lost on the way', failed(fail.unreachable('No answer.', { mayHaveApplied: true })), false],
  ])('%s is the last word: %s; at the last try it always is', (_, answer, expected) => {
    expect([isFinal(answer, false), isFinal(answer, true)]).toEqual([expected, true])
  })

  it('is told with the id of what was made, and without what nobody said', () => {
    expect(outcomeOf({ seq: 7, outcome: 'applied', createdId: 'A1' })).toEqual({
      seq: 7,
      outcome: 'applied',
      createdId: 'A1',
    })
    expect(outcomeOf({ seq: 7, outcome: 'alreadyTrue' })).toEqual({ seq: 7, outcome: 'alreadyTrue' })
  })

  it('is a failure with the words of the target, or a conflict where the object moved', () => {
    const said = (error: ProvisioningError) => outcomeOf(failed(error))
    expect(said(fail.rejected('No such domain.'))).toEqual({
      seq: 7,
      outcome: 'failed',
      errorCode: 'rejected',
      message: 'No such domain.',
    })
    expect(said(fail.rejected('No.', { hint: 'Ask.' }))).toMatchObject({ message: 'No. Ask.' })
    for (const error of [fail.conflict('It moved.'), fail.gone('It is gone.')]) {
      expect(said(error)).toMatchObject({ outcome: 'skipped', skipReason: 'conflict', errorCode: error.code })
    }
    expect(quotaOutcome(7, 'All seats are taken.')).toEqual({
      seq: 7,
      outcome: 'failed',
      errorCode: 'quota-exhausted',
      message: 'Not sent: All seats are taken.',
    })
  })
})
