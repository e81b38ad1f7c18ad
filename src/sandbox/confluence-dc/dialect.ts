import { jsonBody } from '../data-center/body.ts'
import { dataCenterLimitHeaders } from '../data-center/limit-headers.ts'
import { type Answer, type Call, type Dialect, Refusal } from '../server/call.ts'
import type { ConfluenceDcTwin } from './twin.ts'

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
}

/** Throws the refusal in Confluence's error shape. */
export function refuse(status: number, message: string): never {
  throw new Refusal(errorAnswer(status, message))
}

function errorAnswer(status: number, message: string): Answer {
  const data = { authorized: status !== 403 && status !== 401, valid: true, errors: [], successful: false }
  return { status, json: { statusCode: status, data, message, reason: reasons[status] ?? 'Internal Server Error' } }
}

/** Confluence's way of saying what every API must say. */
export function confluenceDcDialect({ variants }: ConfluenceDcTwin): Dialect {
  const headers = { 'www-authenticate': 'OAuth realm="Confluence"' }
  return {
    unauthorized: () =>
      variants.is('unauthorizedBody', 'html')
        ? {
            status: 401,
            text: '<html><body><h1>Unauthorized</h1></body></html>',
            headers: { ...headers, 'content-type': 'text/html;charset=UTF-8' },
          }
        : { ...errorAnswer(401, 'Basic authentication failed'), headers },
    serverError: (status) => errorAnswer(status, 'Internal server error'),
    tooManyRequests: () => ({ status: 429, text: 'Rate limit exceeded.' }),
    reasonHeader: undefined,
    nearLimitHeader: undefined,
    limitHeaders: dataCenterLimitHeaders,
    resetTime: String,
    sendsRetryAfter: () => true,
  }
}

/** The body as an object; anything else is refused. */
export function bodyObject(call: Call): Record<string, unknown> {
  return jsonBody(call) ?? refuse(400, 'The request body is not a JSON object.')
}
