import { jsonBody } from '../data-center/body.ts'
import { dataCenterLimitHeaders } from '../data-center/limit-headers.ts'
import { type Answer, type Call, type Dialect, Refusal } from '../server/call.ts'
import type { JiraDcTwin } from './twin.ts'

/** Throws the refusal in Jira's error shape. */
export function refuse(
  { variants }: JiraDcTwin,
  status: number,
  message: string,
  errors: Readonly<Record<string, string>> = {},
): never {
  const isSilent = variants.is('errorTexts', 'none')
  throw new Refusal({
    status,
    json: { errorMessages: isSilent || message === '' ? [] : [message], errors: isSilent ? {} : errors },
  })
}

/** Jira's way of saying what every API must say. */
export function jiraDcDialect(twin: JiraDcTwin): Dialect {
  const error = (status: number, message: string): Answer => ({
    status,
    json: { errorMessages: [message], errors: {} },
  })
  return {
    unauthorized: () =>
      twin.variants.is('unauthorizedBody', 'html')
        ? {
            status: 401,
            text: '<html><body><h1>Unauthorized (401)</h1></body></html>',
            headers: { 'content-type': 'text/html;charset=UTF-8', 'www-authenticate': 'OAuth realm="Jira"' },
          }
        : {
            ...error(401, 'You are not authenticated. Authentication required to perform this operation.'),
            headers: { 'www-authenticate': 'OAuth realm="Jira"' },
          },
    serverError: (status) => error(status, 'Internal server error'),
    tooManyRequests: () => ({ status: 429, text: 'Rate limit exceeded.' }),
    reasonHeader: undefined,
    nearLimitHeader: undefined,
    limitHeaders: dataCenterLimitHeaders,
    resetTime: String,
    sendsRetryAfter: () => true,
  }
}

/** The body as an object; anything else is refused. */
export function bodyObject(twin: JiraDcTwin, call: Call): Record<string, unknown> {
  return jsonBody(call) ?? refuse(twin, 400, 'The request body is not a JSON object.')
}
