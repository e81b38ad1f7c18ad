import { jsonBody } from '../data-center/body.ts'
import { dataCenterLimitHeaders } from '../data-center/limit-headers.ts'
import { type Answer, type Call, type Dialect, Refusal } from '../server/call.ts'

const exceptions: Readonly<Record<number, string>> = {
  400: 'com.atlassian.bitbucket.validation.ArgumentValidationException',
  401: 'com.atlassian.bitbucket.AuthorisationException',
  403: 'com.atlassian.bitbucket.ForbiddenException',
  404: 'com.atlassian.bitbucket.NoSuchEntityException',
  409: 'com.atlassian.bitbucket.IntegrityException',
}

/** Throws the refusal in Bitbucket's error shape; `context` is the field that is wrong. */
export function refuse(status: number, message: string, context: string | null = null): never {
  throw new Refusal(errorAnswer(status, message, context))
}

function errorAnswer(status: number, message: string, context: string | null = null): Answer {
  const exceptionName = exceptions[status] ?? 'com.atlassian.bitbucket.ServerException'
  return { status, json: { errors: [{ context, message, exceptionName }] } }
}

/** Bitbucket's way of saying what every API must say. */
export const bitbucketDcDialect: Dialect = {
  unauthorized: () => ({
    ...errorAnswer(401, 'Authentication failed. Please check your credentials and try again.'),
    headers: { 'www-authenticate': 'Bearer realm="Atlassian Bitbucket"' },
  }),
  serverError: (status) => errorAnswer(status, 'An error occurred while processing the request.'),
  tooManyRequests: () => errorAnswer(429, 'Rate limit exceeded.'),
  reasonHeader: undefined,
  nearLimitHeader: undefined,
  limitHeaders: dataCenterLimitHeaders,
  resetTime: String,
  sendsRetryAfter: () => true,
}

/** The body as an object; anything else is refused. */
export function bodyObject(call: Call): Record<string, unknown> {
  return jsonBody(call) ?? refuse(400, 'The request body is not a JSON object.')
}

/** A text of the body that must be there. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name]
  return typeof value === 'string' && value !== '' ? value : refuse(400, `${name} is required`, name)
}

/** A required parameter of the query. */
export function required(call: Call, name: string): string {
  const value = call.query.get(name) ?? ''
  return value === '' ? refuse(400, `${name} is required`, name) : value
}
