import { type Answer, type Call, type Dialect, type LimitVerdict, Refusal } from '../../server/call.ts'
import type { Twin } from '../twin.ts'

/** Throws the refusal in Bitbucket's error shape. */
export function refuse(status: number, message: string, detail?: string): never {
  throw new Refusal(errorAnswer(status, message, detail))
}

function errorAnswer(status: number, message: string, detail?: string): Answer {
  return { status, json: { type: 'error', error: { message, ...(detail === undefined ? {} : { detail }) } } }
}

/** Bitbucket's way of saying what every API must say. */
export function bitbucketDialect({ variants }: Twin): Dialect {
  return {
    unauthorized: () => ({
      status: 401,
      json: { type: 'error', error: { message: 'Token is invalid, expired, or not supported for this endpoint.' } },
      headers: { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"' },
    }),
    serverError: (status) => errorAnswer(status, 'Something went wrong'),
    tooManyRequests: () => errorAnswer(429, 'Rate limit for this resource has been exceeded'),
    reasonHeader: undefined,
    nearLimitHeader: undefined,
    limitHeaders: (verdict) => limitHeaders(verdict, variants.is('bitbucketRetryAfter', 'present')),
    resetTime: String,
    sendsRetryAfter: () => variants.is('bitbucketRetryAfter', 'present'),
  }
}

function limitHeaders({ limit, remaining, retryAfterSeconds }: LimitVerdict, tells: boolean): Record<string, string> {
  return {
    'x-ratelimit-limit': String(Math.floor(limit)),
    'x-ratelimit-resource': 'api',
    'x-ratelimit-nearlimit': String(remaining < limit / 5),
    ...(retryAfterSeconds === undefined || !tells ? {} : { 'retry-after': String(retryAfterSeconds) }),
  }
}

/** The body as an object; anything else is refused. */
export function bodyObject(call: Call): Record<string, unknown> {
  if (!(call.headers['content-type'] ?? '').includes('application/json')) refuse(415, 'Unsupported media type')
  let body: unknown
  try {
    body = JSON.parse(call.rawBody)
  } catch {
    return refuse(400, 'Bad request', 'The body is no JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse(400, 'Bad request', 'The body is no object.')
  }
  return body as Record<string, unknown>
}
