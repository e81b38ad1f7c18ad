import { isoTime } from '../../../platform/clock.ts'
import { type Answer, type Dialect, Refusal } from '../../server/call.ts'
import type { Variants } from '../variants.ts'

/** Why something may not be done; the closed list of the document. */
export type RestrictionReason =
  | 'administrative'
  | 'administrative.notMyself'
  | 'authPolicy.saml'
  | 'blocked.exportControl'
  | 'externalDirectory.scim'
  | 'externalDirectory.google'
  | 'myselfOnly'
  | 'managedAccount'

/** What the holder of a key may do, or why not. */
export type Rule =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: { readonly key: RestrictionReason } }

export const allowed: Rule = { allowed: true }

export function forbidden(key: RestrictionReason): Rule {
  return { allowed: false, reason: { key } }
}

/** The error shape of User management: a key, and what belongs to it. */
export function refuse(status: number, key: string, context?: object): never {
  throw new Refusal({ status, json: context === undefined ? { key } : { key, context } })
}

/** 400 with the constraints a field broke. */
export function refuseFields(violations: Readonly<Record<string, string>>): never {
  const fieldViolations = Object.entries(violations).map(([field, key]) => ({ field, violations: [{ key }] }))
  refuse(400, 'fieldConstraintsViolated', { fieldViolations })
}

/** 409: not eligible. The codes are ours; the document lists none. */
export function refuseLifecycle(accountId: string, code: string, message: string): never {
  const errorCodes = [{ code, message, link: 'https://confluence.atlassian.com/x/pTgoPQ' }]
  refuse(409, 'conflict.lifecycleErrors', { accountId, message, errorCodes })
}

/** User management's way of saying what every API must say. */
export function userManagementDialect(variants: Variants): Dialect {
  const edge = (status: number, key: string, message: string): Answer =>
    variants.is('orgEdgeBody', 'gateway') ? { status, json: { code: status, message } } : { status, json: { key } }
  return {
    unauthorized: () => edge(401, 'unauthorized', 'Unauthorized'),
    serverError: (status) => ({ status, json: { code: status, message: 'Service unavailable' } }),
    tooManyRequests: () => ({ status: 429, json: { code: 429, message: 'Too many requests' } }),
    reasonHeader: undefined,
    nearLimitHeader: undefined,
    resetTime: (instant) => isoTime(instant),
    sendsRetryAfter: () => variants.is('orgRetryAfter', 'present'),
  }
}
