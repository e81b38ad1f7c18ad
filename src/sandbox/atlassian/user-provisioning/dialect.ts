import { isoTime } from '../../../platform/clock.ts'
import { type Answer, type Dialect, Refusal } from '../../server/call.ts'
import type { Variants } from '../variants.ts'

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

function scimError(status: number, detail: string, scimType?: string): Answer {
  return answered(status, {
    schemas: [errorSchema],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail,
  })
}

/** The error shape of RFC 7644 section 3.12. */
export function refuse(status: number, detail: string, scimType?: string): never {
  throw new Refusal(scimError(status, detail, scimType))
}

/** 400 of a group that is replaced: an exception, as the document has it. */
export function refuseException(message: string, scimErrorType: string): never {
  throw new Refusal(answered(400, { responseStatus: 'BAD_REQUEST', scimErrorType, message, localizedMessage: message }))
}

/** A wrong key; the document has a shape of its own for 401 and 403. */
export function refuseKey(variants: Variants): never {
  throw new Refusal(unauthorized(variants))
}

export function answered(status: number, json: unknown): Answer {
  return { status, json, headers: { 'content-type': 'application/scim+json' } }
}

function unauthorized(variants: Variants): Answer {
  const status = Number(variants.get('scimUnauthorized'))
  return answered(status, { error: status === 401 ? 'Unauthorized' : 'Forbidden', traceId: 'f3a1c2d4e5b60789' })
}

export function userProvisioningDialect(variants: Variants): Dialect {
  return {
    unauthorized: () => unauthorized(variants),
    serverError: (status) => scimError(status, 'Service unavailable. You can retry calls'),
    tooManyRequests: () => scimError(429, 'Too many requests'),
    reasonHeader: undefined,
    nearLimitHeader: undefined,
    resetTime: (instant) => isoTime(instant),
    sendsRetryAfter: () => true,
  }
}
