import type { ErrorBody } from '../contract/shapes.ts'
import { errorCodes, fail, ProvisioningError } from '../domain/errors.ts'

export interface RenderedError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
  /** What was thrown is a defect of ours and belongs into the log. */
  readonly isDefect: boolean
}

/** What our HTTP framework says about a request, in our words; each with the status it has by nature. */
const requestFaults: Readonly<Record<string, readonly [status: number, message: string, hint?: string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    400,
    'The body is empty although its type is JSON.',
    'Leave out the content-type header.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is larger than this endpoint accepts.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Bodies are read as JSON only.', 'Send content-type: application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is longer or shorter than its content-length says.'],
  FST_ERR_BAD_URL: [400, 'The address holds a character that is not encoded correctly.'],
  FST_ERR_ASYNC_CONSTRAINT: [400, 'The request cannot be served.'],
}

/** Anything thrown while a request was served, as status and body. Nothing of an unknown error leaves the house. */
export function renderError(thrown: unknown, requestId: string): RenderedError {
  if (thrown instanceof ProvisioningError) return rendered(thrown, errorCodes[thrown.code].http)
  const { code = '', statusCode = 500 } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    code?: string
    statusCode?: number
  }
  const fault = requestFaults[code]
  if (fault !== undefined) {
    const [status, message, hint] = fault
    return rendered(fail.usage(message, hint === undefined ? {} : { hint }), status)
  }
  if (statusCode >= 400 && statusCode < 500) {
    return rendered(fail.usage('The request was not understood.'), statusCode)
  }
  const defect = fail.bug('Muster made a mistake while serving this request.', {
    cause: thrown,
    hint: `The log of the server tells more; look for request ${requestId}.`,
  })
  return { ...rendered(defect, 500), isDefect: true }
}

/** 405 for a path that exists, else 404. */
export function renderUnknownRoute(method: string, path: string, allowed: readonly string[]): RenderedError {
  if (allowed.length === 0) {
    const error = fail.notFound(`There is nothing at ${path}.`, { hint: 'Every endpoint stands in /openapi.json.' })
    return rendered(error, 404)
  }
  const error = fail.usage(`${method} is not possible at ${path}.`, { hint: `Possible: ${allowed.join(', ')}.` })
  return { ...rendered(error, 405), headers: { allow: allowed.join(', ') } }
}

function rendered(error: ProvisioningError, status: number): RenderedError {
  const { code, message, hint, problems, retryAfterMs } = error
  return {
    status,
    headers: {
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
    },
    body: {
      error: {
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(problems.length === 0 ? {} : { problems: [...problems] }),
      },
    },
    isDefect: code === 'bug',
  }
}
