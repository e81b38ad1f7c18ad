import { type Answer, type Call, type Operation, Refusal } from './call.ts'
import type { FaultEffect } from './faults.ts'

/** `undefined` stands for a closed connection. */
export type Outcome = Answer | undefined

/** What the operation answers, or its refusal. */
export function run(operation: Operation, call: Call): Answer {
  try {
    return operation.handle(call)
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    // A mistake of the twin itself: seen in the answer instead of a hanging request.
    return {
      status: 500,
      text: `The sandbox failed in ${operation.name}: ${error instanceof Error ? error.stack : error}`,
    }
  }
}

/** What goes out instead of the operation's answer when a fault keeps it from running; `apply` = let it run. */
export function insteadOfApplying(effect: FaultEffect, operation: Operation, call: Call): Outcome | 'apply' {
  switch (effect.kind) {
    case 'status':
      return effect.when === 'before' ? serverError(effect, operation) : 'apply'
    case 'close':
      return effect.when === 'before' ? undefined : 'apply'
    case 'expired':
      return operation.dialect.unauthorized(call)
    case 'not-json':
      return {
        status: 200,
        text: '<html><body>Just a moment...</body></html>',
        headers: { 'content-type': 'text/html' },
      }
    case 'too-many-requests': {
      const { dialect } = operation
      const { retryAfterSeconds, resetSeconds = retryAfterSeconds } = effect
      if (dialect.limitHeaders !== undefined) {
        const verdict = { limit: 1, remaining: 0, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
        return { ...dialect.tooManyRequests(call), headers: dialect.limitHeaders(verdict) }
      }
      const headers: Record<string, string> = { 'x-ratelimit-remaining': '0' }
      if (retryAfterSeconds !== undefined && dialect.sendsRetryAfter())
        headers['retry-after'] = String(retryAfterSeconds)
      if (resetSeconds !== undefined) headers['x-ratelimit-reset'] = dialect.resetTime(call.at + resetSeconds * 1000)
      if (dialect.reasonHeader) headers[dialect.reasonHeader] = effect.reason ?? 'jira-burst-based'
      return { ...dialect.tooManyRequests(call), headers }
    }
    default:
      return 'apply'
  }
}

export function serverError(effect: { status: number; retryAfterSeconds?: number }, operation: Operation): Answer {
  const answer = operation.dialect.serverError(effect.status)
  if (effect.retryAfterSeconds === undefined) return answer
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(effect.retryAfterSeconds) } }
}
