import { asProvisioningError } from '../../domain/errors.ts'
import type { CheckStatus, CheckStep } from '../../ports/readable.ts'
import { counted } from './counted.ts'

const dayMs = 86_400_000
const warnDays = 30

export function okStep(name: string, message: string): CheckStep {
  return { name, status: 'ok', message }
}

/** A finding that ends a check or narrows it. Throws `cancelled` and `bug`. */
export function failedStep(name: string, thrown: unknown, status: CheckStatus = 'failed'): CheckStep {
  const error = asProvisioningError(thrown)
  if (error.code === 'cancelled' || error.code === 'bug') throw error
  const remedy = error.hint === undefined ? {} : { remedy: error.hint }
  return { name, status, message: error.message, code: error.code, ...remedy }
}

/** A warning where a base address is not encrypted. */
export function* plainSteps(base: string): Generator<CheckStep> {
  const { protocol, hostname } = new URL(base)
  if (protocol !== 'http:' || /^(localhost|127\.|\[::1\])/.test(hostname)) return
  yield {
    name: 'encryption',
    status: 'warning',
    message: 'The credential and everything that is read travel unencrypted.',
    remedy: 'Use an address that begins with https://.',
  }
}

/** How long a credential is good, where its last day (2027-03-01) is known. */
export function* expirySteps(expires: string | undefined, nowMs: number): Generator<CheckStep> {
  if (expires === undefined) return
  const days = Math.floor((Date.parse(`${expires}T00:00:00Z`) - nowMs) / dayMs)
  const name = 'token-expiry'
  const remedy = 'Make a new token at the provider and enter it with its new date.'
  if (days < 0) {
    yield { name, status: 'failed', code: 'auth-failed', message: `The token expired on ${expires}.`, remedy }
  } else if (days <= warnDays) {
    const message = `The token expires on ${expires}, in ${counted(days, 'day')}.`
    yield { name, status: 'warning', message, remedy }
  } else yield okStep(name, `The token is valid until ${expires}.`)
}
