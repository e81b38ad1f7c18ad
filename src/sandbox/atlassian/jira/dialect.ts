import { type Answer, type Dialect, Refusal } from '../../server/call.ts'
import type { Variants } from '../variants.ts'

/** The error shape of Jira. */
function jiraError(status: number, message: string, errors: Readonly<Record<string, string>> = {}): Answer {
  return { status, json: { errorMessages: message === '' ? [] : [message], errors } }
}

export function refuse(status: number, message: string, errors?: Readonly<Record<string, string>>): never {
  throw new Refusal(jiraError(status, message, errors))
}

/** Jira's way of saying what every API must say. */
export function jiraDialect(variants: Variants): Dialect {
  return {
    unauthorized: () =>
      variants.is('jiraUnauthorizedBody', 'text')
        ? { status: 401, text: 'Client must be authenticated to access this resource.' }
        : jiraError(401, 'Client must be authenticated to access this resource.'),
    serverError: (status) => jiraError(status, 'Internal server error'),
    tooManyRequests: () => ({ status: 429, text: 'Rate limit exceeded.' }),
    reasonHeader: 'ratelimit-reason',
    nearLimitHeader: 'x-ratelimit-nearlimit',
    quota: { policyHeader: 'beta-ratelimit-policy', reason: 'jira-quota-tenant-based' },
    // yyyy-MM-ddTHH:mmZ: whole minutes, rounded up so that it is never too early.
    resetTime: (instant) => `${new Date(Math.ceil(instant / 60_000) * 60_000).toISOString().slice(0, 16)}Z`,
    sendsRetryAfter: () => true,
  }
}
