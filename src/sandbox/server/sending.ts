import type { ServerResponse } from 'node:http'
import type { Verdict } from './bucket.ts'
import type { Answer, Operation } from './call.ts'

/** What the API tells of its limits with every answer. */
export function limitHeaders(operation: Operation, verdict: Verdict | undefined): Record<string, string> | undefined {
  if (verdict === undefined) return undefined
  const { dialect } = operation
  if (verdict.untold === true) {
    const { retryAfterSeconds } = verdict
    return retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  }
  if (dialect.limitHeaders !== undefined) return { ...dialect.limitHeaders(verdict) }
  const headers: Record<string, string> = {
    'x-ratelimit-limit': String(Math.floor(verdict.limit)),
    'x-ratelimit-remaining': String(verdict.remaining),
    'x-ratelimit-reset': dialect.resetTime(verdict.resetAt),
  }
  if (dialect.nearLimitHeader !== undefined && verdict.remaining < verdict.limit / 5) {
    headers[dialect.nearLimitHeader] = 'true'
  }
  if (verdict.retryAfterSeconds !== undefined) {
    if (dialect.sendsRetryAfter()) headers['retry-after'] = String(verdict.retryAfterSeconds)
    if (dialect.reasonHeader !== undefined) headers[dialect.reasonHeader] = verdict.reason
  }
  return headers
}

/** Writes the answer; `cut` = half of the body, then a reset. */
export function send(response: ServerResponse, answer: Answer, extra?: Record<string, string>, cut = false): void {
  if (response.destroyed) return
  const headers: Record<string, string | number> = { ...extra, ...answer.headers }
  let body: Buffer | undefined
  if (answer.json !== undefined) {
    body = Buffer.from(JSON.stringify(answer.json))
    headers['content-type'] ??= 'application/json;charset=UTF-8'
  } else if (answer.text !== undefined) {
    body = Buffer.from(answer.text)
    headers['content-type'] ??= 'text/plain;charset=UTF-8'
  }
  if (answer.status !== 204) headers['content-length'] = body?.length ?? 0
  response.writeHead(answer.status, headers)
  if (body === undefined) response.end()
  else if (!cut) response.end(body)
  else {
    // The half must leave before the reset, or the client sees a plain refusal.
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy())
  }
}
