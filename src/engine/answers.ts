import type { OutcomeRecord } from '../ports/plans.ts'
import type { Applied } from '../ports/target.ts'

/**
 * Whether an answer is the last word on a write; what is not is looked at and sent once more. At the last try every answer
 * is, so that one write cannot hold up the rest. Pure.
 */
export function isFinal(answer: Applied, isLastTry: boolean): boolean {
  return isLastTry || answer.outcome !== 'failed' || !answer.error.retry
}

/** An object that moved is a conflict and no failure: the next run plans it as it is (D19). Pure. */
export function outcomeOf(answer: Applied): OutcomeRecord {
  const { seq } = answer
  if (answer.outcome !== 'failed') {
    return { seq, outcome: answer.outcome, ...(answer.createdId === undefined ? {} : { createdId: answer.createdId }) }
  }
  const { error } = answer
  const conflict = error.code === 'conflict' || error.code === 'gone'
  return {
    seq,
    outcome: conflict ? 'skipped' : 'failed',
    ...(conflict ? { skipReason: 'conflict' as const } : {}),
    errorCode: error.code,
    message: error.hint === undefined ? error.message : `${error.message} ${error.hint}`,
  }
}

/** What is not sent because a quota is used up, with the target's words. */
export function quotaOutcome(seq: number, words: string): OutcomeRecord {
  return { seq, outcome: 'failed', errorCode: 'quota-exhausted', message: `Not sent: ${words}` }
}
