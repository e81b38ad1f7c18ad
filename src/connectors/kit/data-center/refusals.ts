import { z } from 'zod'
import { type ErrorDetails, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'

/** What a refusal says, in any of the shapes Jira, Confluence, Bitbucket and Crowd have; else the text of the page. */

const text = z.string().nullish()
const jiraShape = z.object({
  errorMessages: z.array(z.string()).nullish(),
  errors: z.record(z.string(), z.string()).nullish(),
})
const bitbucketShape = z.object({ errors: z.array(z.object({ message: text })).min(1) })
/** Confluence (`message`, `reason`) and Crowd (`reason`, `message`). */
const messageShape = z.object({ message: z.string().min(1) })
const wordsAtMost = 300

function wordsOf({ json, text: raw }: Pick<HttpAnswer, 'json' | 'text'>): string {
  const bitbucket = bitbucketShape.safeParse(json)
  if (bitbucket.success) return oneLine(bitbucket.data.errors.map(({ message }) => message ?? '').join(' '))
  const jira = jiraShape.safeParse(json)
  if (jira.success && (jira.data.errorMessages?.length || Object.keys(jira.data.errors ?? {}).length)) {
    const fields = Object.entries(jira.data.errors ?? {}).map(([name, word]) => `${name}: ${word}`)
    return oneLine([...(jira.data.errorMessages ?? []), ...fields].join(' '))
  }
  const message = messageShape.safeParse(json)
  if (message.success) return oneLine(message.data.message)
  return json === undefined ? oneLine(raw.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')) : ''
}

function oneLine(words: string): string {
  const line = words.replace(/[{}]/g, '').replace(/\s+/g, ' ').trim()
  return line.length > wordsAtMost ? `${line.slice(0, wordsAtMost - 1)}…` : line
}

/** `“User already exists” (HTTP 400)`: what the product said, for the end of a sentence. */
export function quoted(answer: Pick<HttpAnswer, 'status' | 'json' | 'text'>): string {
  const words = wordsOf(answer)
  return `${words === '' ? 'no explanation given' : `“${words}”`} (HTTP ${answer.status})`
}

export function causeOf(answer: HttpAnswer): Error {
  return new Error(quoted(answer))
}

export function isAboutLicence(answer: HttpAnswer): boolean {
  return answer.status === 402 || /licen[cs]e|user limit|user tier|\bseats?\b/i.test(wordsOf(answer))
}

/** The object is kept by another directory, e.g. LDAP or Crowd, which this product only reads. */
export function isAboutReadOnly(answer: HttpAnswer): boolean {
  return /read[- ]?only|not writable|can(not|'t) be (modified|edited|changed)|directory server/i.test(wordsOf(answer))
}

/** Sign-in is locked after failed attempts until somebody solves a CAPTCHA in the browser. */
function isCaptcha({ headers }: HttpAnswer): boolean {
  return /captcha/i.test(headers.get('x-authentication-denied-reason') ?? '')
}

/** What people call the product and its credential, for messages. */
export interface ProductWords {
  readonly product: string
  readonly credential: string
  /** What the credential needs, as an instruction. */
  readonly rights: string
  /** A write answered 401 may be about one object (somebody with more rights than we have), not about the credential. */
  readonly refusesBy401?: true
}

/**
 * A refusal as one of our errors. `act` begins a sentence: `Creating the group devs`. `takesSeat`: false where no licence
 * can be lacking, whatever words a quoted name holds; a used-up quota would stop everything else of the kind.
 */
export function refusalOf(answer: HttpAnswer, act: string, words: ProductWords, takesSeat = true): ProvisioningError {
  const { product, credential, rights } = words
  const details: ErrorDetails = { cause: causeOf(answer), mayHaveApplied: answer.afterDoubt }
  const message = `${act} was refused: ${quoted(answer)}.`
  if (isCaptcha(answer)) {
    return fail.authFailed(`${product} asks the account of the ${credential} for a CAPTCHA.`, {
      ...details,
      hint: `Sign in to ${product} once in the browser with that account, or use a token.`,
    })
  }
  if (answer.status === 401) {
    return fail.authFailed(`${product} does not accept the ${credential}: ${quoted(answer)}.`, {
      ...details,
      hint: `It may have expired or been revoked: enter a new one. ${rights}`,
    })
  }
  if (takesSeat && isAboutLicence(answer)) {
    return fail.quotaExhausted(`${act} was refused for lack of licences: ${quoted(answer)}.`, {
      ...details,
      hint: `Free seats or raise the user limit of ${product}.`,
    })
  }
  switch (answer.status) {
    case 403:
      return fail.forbidden(`${act} is not allowed with this ${credential}: ${quoted(answer)}.`, {
        ...details,
        hint: /xsrf/i.test(wordsOf(answer))
          ? 'A proxy in front of the product removes headers: it must pass X-Atlassian-Token and User-Agent on.'
          : rights,
      })
    case 404:
      return fail.gone(message, details)
    case 408:
      return fail.unreachable(`${act} took too long on the other side: ${quoted(answer)}.`, details)
    case 409:
      return fail.conflict(message, details)
    default:
      return fail.rejected(message, details)
  }
}
