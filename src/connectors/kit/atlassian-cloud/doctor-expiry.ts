import type { CheckStep } from '../../../ports/readable.ts'
import { ok } from '../check-steps.ts'
import type { CloudCredentials } from './doors.ts'

const dayMs = 86_400_000
const warnDays = 30

/** When token and key end, as far as somebody entered the dates. */
export function* expiries(
  config: CloudCredentials & {
    readonly apiTokenExpires?: string | undefined
    readonly orgApiKeyExpires?: string | undefined
  },
  now: number,
): Generator<CheckStep> {
  const dates = [
    ['token-expiry', 'API token', config.apiToken, config.apiTokenExpires],
    ['key-expiry', 'organization API key', config.orgApiKey, config.orgApiKeyExpires],
  ] as const
  for (const [name, what, credential, expires] of dates) {
    if (credential !== undefined) yield expiry(name, what, expires, now)
  }
}

/** A date without time ends at 00:00 UTC of the named day. */
function expiry(name: string, what: string, expires: string | undefined, now: number): CheckStep {
  const remedy = `Make a new ${what} and enter it with its new date.`
  if (expires === undefined) {
    return {
      name,
      status: 'warning',
      message: `It is not known when the ${what} expires; Atlassian lets none live longer than a year.`,
      remedy: `Enter the expiry date of the ${what} to be warned in time.`,
    }
  }
  const days = Math.floor((Date.parse(`${expires}T00:00:00Z`) - now) / dayMs)
  if (days < 0)
    return { name, status: 'failed', code: 'auth-failed', message: `The ${what} expired on ${expires}.`, remedy }
  if (days <= warnDays)
    return { name, status: 'warning', message: `The ${what} expires on ${expires}, in ${days} days.`, remedy }
  return ok(name, `The ${what} is valid until ${expires}, ${days} days from now.`)
}
