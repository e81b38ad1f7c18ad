import { z } from 'zod'
import { type ErrorDetails, fail, type ProvisioningError } from '../../../domain/errors.ts'
import type { HttpAnswer } from '../../../platform/http-client.ts'
import { managementWords } from './management-words.ts'

/** What Atlassian said about a refusal: its words for people, its codes for us. */
export interface VendorWords {
  readonly status: number
  readonly codes: readonly string[]
  readonly text: string
}

const jiraShape = z.object({
  errorMessages: z.array(z.string()).nullish(),
  errors: z.record(z.string(), z.string()).nullish(),
})
const applicationShape = z.object({
  errors: z
    .array(z.object({ code: z.string().nullish(), title: z.string().nullish(), detail: z.string().nullish() }))
    .min(1),
})
const applicationErrorShape = z.object({ code: z.string(), title: z.string().nullish(), detail: z.string().nullish() })
const gatewayShape = z.object({ code: z.union([z.number(), z.string()]), message: z.string() })
/** Of Bitbucket Cloud: `{"type":"error","error":{"message":"…","detail":"…"}}`. */
const bitbucketShape = z.object({ error: z.object({ message: z.string(), detail: z.string().nullish() }) })
const springShape = z.object({ error: z.string().nullish(), message: z.string() })

/** Reads every shape of error body the APIs have, and plain text and HTML. */
export function vendorWords({ status, json, text }: Pick<HttpAnswer, 'status' | 'json' | 'text'>): VendorWords {
  const said = (codes: readonly (string | null | undefined)[], words: readonly (string | null | undefined)[]) => ({
    status,
    codes: codes.filter((code) => typeof code === 'string' && code !== ''),
    text: shortened(words.filter((word) => typeof word === 'string' && word !== '').join(' ')),
  })
  const application = applicationShape.safeParse(json)
  if (application.success) {
    const { errors } = application.data
    return said(
      errors.map(({ code }) => code),
      errors.map(({ title, detail }) =>
        detail && title && detail !== title ? `${title}: ${detail}` : detail || title,
      ),
    ) as VendorWords
  }
  const jira = jiraShape.safeParse(json)
  if (jira.success && (jira.data.errorMessages?.length || Object.keys(jira.data.errors ?? {}).length)) {
    const fields = Object.entries(jira.data.errors ?? {}).map(([name, word]) => `${name}: ${word}`)
    return said([], [...(jira.data.errorMessages ?? []), ...fields]) as VendorWords
  }
  const gateway = gatewayShape.safeParse(json)
  if (gateway.success) return said([String(gateway.data.code)], [gateway.data.message]) as VendorWords
  const single = applicationErrorShape.safeParse(json)
  if (single.success) return said([single.data.code], [single.data.title, single.data.detail]) as VendorWords
  const bitbucket = bitbucketShape.safeParse(json)
  if (bitbucket.success) {
    const { message, detail } = bitbucket.data.error
    return said([], [message, detail === message ? null : detail]) as VendorWords
  }
  const spring = springShape.safeParse(json)
  if (spring.success) return said([], [spring.data.error, spring.data.message]) as VendorWords
  const management = managementWords(json)
  if (management !== undefined) return said(management.codes, [management.text]) as VendorWords
  return said(
    [],
    [json === undefined ? text.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ') : ''],
  ) as VendorWords
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

const licenceCodes = new Set(['ADMIN-400-32', 'ADMIN-409-3', 'ADMIN-UAM-402-1', 'ADMIN-UAM-409-3', 'ADMIN-UAM-400-4'])

/** True when the refusal is about seats, plan or payment. */
export function isAboutLicence({ status, codes, text }: VendorWords): boolean {
  if (status === 402 || codes.some((code) => licenceCodes.has(code))) return true
  return /licen[cs]e|user limit|user tier|seat/i.test(text)
}

/** True when a token with scopes lacks the one of this call: no other call of the kind will fare better. */
export function isAboutScopes({ text }: VendorWords): boolean {
  return /\bscopes?\b/i.test(text)
}

/** `“License limit exceeded” (HTTP 409, ADMIN-409-3)`: what Atlassian said, for the end of a sentence. */
export function quoted({ status, codes, text }: VendorWords): string {
  const code = codes.filter((each) => each !== String(status)).join(', ')
  return `${text === '' ? 'no explanation given' : `“${text}”`} (HTTP ${status}${code === '' ? '' : `, ${code}`})`
}

/** A refusal as one of our errors. `act` names what was tried: `Adding the account to the group`. */
export function vendorError(answer: HttpAnswer, act: string, credential: string): ProvisioningError {
  const words = vendorWords(answer)
  const cause = new Error(quoted(words))
  const details: ErrorDetails = { cause, mayHaveApplied: answer.afterDoubt }
  const message = `${act} was refused: ${quoted(words)}.`
  if (answer.status === 401) {
    return fail.authFailed(`Atlassian does not accept the ${credential}: ${quoted(words)}.`, {
      ...details,
      hint: isAboutScopes(words)
        ? `It lacks a scope that this needs: make a new ${credential} with the scopes that are told for this target, or one without scopes.`
        : `It may have expired or been revoked: make a new ${credential} and enter it.`,
    })
  }
  if (isAboutLicence(words)) {
    return fail.quotaExhausted(`${act} was refused for lack of licences: ${quoted(words)}.`, {
      ...details,
      hint: 'Free seats or raise the user limit in Atlassian Administration.',
    })
  }
  switch (answer.status) {
    case 403:
      return fail.forbidden(`${act} is not allowed with this ${credential}: ${quoted(words)}.`, {
        ...details,
        hint: rightsHint(credential),
      })
    case 404:
      return fail.gone(message, details)
    case 409:
      return fail.conflict(message, details)
    case 408:
      return fail.unreachable(`${act} took too long on the other side: ${quoted(words)}.`, details)
    default:
      return fail.rejected(message, details)
  }
}

function rightsHint(credential: string): string {
  if (credential === 'organization API key') {
    return 'Use an organization API key without scopes, made by an organization admin.'
  }
  return credential === 'Bitbucket API token'
    ? 'The account of the token needs to administer the workspace; the token needs the scopes read:user:bitbucket and read:workspace:bitbucket.'
    : 'The account of the API token needs site administration; a token with scopes also needs manage:jira-configuration and read:jira-user.'
}
