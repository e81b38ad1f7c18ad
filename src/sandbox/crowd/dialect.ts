import { jsonBody } from '../data-center/body.ts'
import { dataCenterLimitHeaders } from '../data-center/limit-headers.ts'
import { type Call, type Dialect, Refusal } from '../server/call.ts'
import type { CrowdTwin } from './twin.ts'

type Reason =
  | 'APPLICATION_ACCESS_DENIED'
  | 'APPLICATION_PERMISSION_DENIED'
  | 'GROUP_NOT_FOUND'
  | 'ILLEGAL_ARGUMENT'
  | 'INVALID_GROUP'
  | 'INVALID_USER'
  | 'INVALID_USER_AUTHENTICATION'
  | 'MEMBERSHIP_ALREADY_EXISTS'
  | 'MEMBERSHIP_NOT_FOUND'
  | 'USER_NOT_FOUND'

/** Throws the refusal in Crowd's error shape. */
export function refuse({ variants }: CrowdTwin, status: number, reason: Reason, message: string): never {
  throw new Refusal({ status, json: { ...(variants.is('errorReason', 'present') ? { reason } : {}), message } })
}

/** Crowd's way of saying what every API must say. */
export const crowdDialect: Dialect = {
  unauthorized: () => ({
    status: 401,
    text: 'Application failed to authenticate',
    headers: { 'www-authenticate': 'BASIC realm="Crowd REST Service"' },
  }),
  serverError: (status) => ({ status, json: { reason: 'OPERATION_FAILED', message: 'Internal server error' } }),
  tooManyRequests: () => ({ status: 429, text: 'Rate limit exceeded.' }),
  reasonHeader: undefined,
  nearLimitHeader: undefined,
  limitHeaders: dataCenterLimitHeaders,
  resetTime: String,
  sendsRetryAfter: () => true,
}

/** The body as an object; anything else is refused. */
export function bodyObject(twin: CrowdTwin, call: Call): Record<string, unknown> {
  return jsonBody(call) ?? refuse(twin, 400, 'ILLEGAL_ARGUMENT', 'The request body is not a JSON object.')
}

/** A required parameter of the query. */
export function required(twin: CrowdTwin, call: Call, name: string): string {
  return call.query.get(name) ?? refuse(twin, 400, 'ILLEGAL_ARGUMENT', `The query parameter ${name} is missing`)
}
