import { type ErrorDetails, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import { textOf } from '../../../scim/flat.ts'
import { isObject, type Json, ownIgnoringCase } from '../../../scim/json.ts'

const longestQuote = 300

/** What a server said about a refusal (RFC 7644 section 3.12), in quotes; servers that answer otherwise are quoted too. */
export function saidBy({ status, json, text }: Pick<HttpAnswer, 'status' | 'json' | 'text'>): string {
  const scimType = scimTypeOf(json)
  const words = wordsIn(json) ?? text.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
  const line = words.replaceAll(/[{}]/g, ' ').replaceAll(/\s+/g, ' ').trim()
  const quoted = line.length > longestQuote ? `${line.slice(0, longestQuote - 1)}…` : line
  const code = scimType === undefined ? '' : `, ${scimType}`
  return `${quoted === '' ? 'no explanation given' : `“${quoted}”`} (HTTP ${status}${code})`
}

/** `uniqueness`, `invalidFilter`, …; undefined where the answer names none. */
export function scimTypeOf(json: unknown): string | undefined {
  return isObject(json as Json)
    ? textOf(ownIgnoringCase(json as { readonly [name: string]: Json }, 'scimType'))
    : undefined
}

function wordsIn(json: unknown): string | undefined {
  if (!isObject(json as Json)) return undefined
  const document = json as { readonly [name: string]: Json }
  for (const name of ['detail', 'message', 'error_description', 'error', 'title']) {
    const words = ownIgnoringCase(document, name)
    if (typeof words === 'string' && words !== '') return words
  }
  return undefined
}

/** A refusal as one of our errors. `act` names what was tried: `Creating the account`. */
export function refusal(answer: HttpAnswer, act: string): ProvisioningError {
  const said = saidBy(answer)
  const details: ErrorDetails = { cause: new Error(said), mayHaveApplied: answer.afterDoubt }
  const message = `${act} was refused: ${said}.`
  switch (answer.status) {
    case 401:
      return fail.authFailed(`The server does not accept the credential: ${said}.`, {
        ...details,
        hint: 'It may have expired or been replaced: make a new one there and enter it.',
      })
    case 402:
      return fail.quotaExhausted(message, { ...details, hint: 'Raise the plan or free licences at the provider.' })
    case 403:
      return fail.forbidden(`${act} is not allowed with this credential: ${said}.`, {
        ...details,
        hint: 'Give the credential the right to read and write people and groups.',
      })
    case 404:
    case 410:
      return fail.gone(message, details)
    case 408:
      return fail.unreachable(`${act} took too long on the other side: ${said}.`, details)
    case 409:
    case 412:
      return fail.conflict(message, details)
    default:
      return fail.rejected(message, details)
  }
}

/** The server has no such verb: it said 405 or 501. A 501 comes as `unreachable`, the server's words being its cause. */
export function isNotImplemented(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.cause instanceof Error && thrown.cause.message.startsWith('HTTP 501')
}
