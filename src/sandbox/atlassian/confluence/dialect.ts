import { type Answer, type Call, type Dialect, Refusal } from '../../server/call.ts'
import type { Twin } from '../twin.ts'

/** Throws the refusal as the version of the API that was called words it. */
export function refuse(twin: Twin, call: Call, status: number, message: string): never {
  throw new Refusal(errorAnswer(twin, call, status, message))
}

function errorAnswer({ variants }: Twin, call: Call, status: number, message: string): Answer {
  if (variants.is('confluenceErrorBody', 'none')) return { status }
  if (call.path.includes('/wiki/api/v2/')) {
    return { status, json: { errors: [{ status, code: codes[status] ?? 'ERROR', title: message, detail: null }] } }
  }
  const data = { authorized: status !== 403, valid: true, errors: [], successful: false }
  return { status, json: { statusCode: status, data, message } }
}

const codes: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
}

/** Confluence's way of saying what every API must say. */
export function confluenceDialect(twin: Twin): Dialect {
  return {
    unauthorized: (call) => errorAnswer(twin, call, 401, 'Unauthorized; please check your credentials.'),
    serverError: (status) => ({ status, json: { statusCode: status, message: 'Internal server error' } }),
    tooManyRequests: () => ({ status: 429, text: 'Rate limit exceeded.' }),
    reasonHeader: 'ratelimit-reason',
    nearLimitHeader: 'x-ratelimit-nearlimit',
    resetTime: (instant) => `${new Date(Math.ceil(instant / 60_000) * 60_000).toISOString().slice(0, 16)}Z`,
    sendsRetryAfter: () => true,
  }
}

/** The body as an object; anything else is refused. */
export function bodyObject(twin: Twin, call: Call): Record<string, unknown> {
  if (!(call.headers['content-type'] ?? '').includes('application/json')) {
    return refuse(twin, call, 415, 'Unsupported Media Type')
  }
  let body: unknown
  try {
    body = JSON.parse(call.rawBody)
  } catch {
    return refuse(twin, call, 400, 'The request body is no JSON.')
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refuse(twin, call, 400, 'The request body is no JSON object.')
  }
  return body as Record<string, unknown>
}
