import { z } from 'zod'

/**
 * Refusals of the User management API as sentences. Its bodies carry keys instead of words: `forbidden.action` with a
 * reason, constraint violations by field, lifecycle errors with codes
 * (https://developer.atlassian.com/cloud/admin/user-management/rest/).
 */
const text = z.string().nullish()
const reason = z.object({ key: text }).nullish()
const rule = z.object({ allowed: z.boolean().nullish(), reason })

const shape = z.object({
  key: z.string().min(1),
  context: z
    .looseObject({
      allowed: z.boolean().nullish(),
      reason,
      domain: text,
      message: text,
      errorCodes: z.array(z.object({ code: text, message: text })).nullish(),
      fieldViolations: z
        .array(z.object({ field: text, violations: z.array(z.object({ key: text })).nullish() }))
        .nullish(),
    })
    .nullish(),
})

/** Why Atlassian reserves an account or a field, by its own keys. */
const reservedWords: Readonly<Record<string, string>> = {
  administrative: 'only Atlassian itself may do this',
  'administrative.notMyself': 'an administrator cannot do this to their own account',
  'authPolicy.saml': 'single sign-on sets this at every sign-in',
  'blocked.exportControl': 'the account is blocked by US export control',
  'externalDirectory.scim': 'an identity provider keeps this account in sync',
  'externalDirectory.google': 'Google Workspace keeps this account in sync',
  myselfOnly: 'only the person may do this',
  managedAccount: 'only the organization that manages the account may do this',
}

const keyWords: Readonly<Record<string, string>> = {
  unauthorized: 'Unauthorized',
  accountNotFound: 'There is no such account',
  notFound: 'Not found',
  bodyParseFailure: 'The request could not be read',
  'forbidden.targetUnverified': 'the account is not managed by this organization',
}

export interface ManagementWords {
  readonly codes: readonly string[]
  readonly text: string
}

/** Undefined when the body is not of this API. */
export function managementWords(json: unknown): ManagementWords | undefined {
  const read = shape.safeParse(json)
  if (!read.success) return undefined
  const { key, context } = read.data
  const reasons = context ? reservations(context) : []
  const sentences = [
    ...reasons.map(({ field, why }) => (field === undefined ? why : `${field}: ${why}`)),
    ...(context?.domain ? [`the organization has not verified the domain ${context.domain}`] : []),
    ...(context?.fieldViolations ?? []).map(
      ({ field, violations }) => `${field}: ${(violations ?? []).map((each) => each.key).join(', ')}`,
    ),
    ...(context?.message ? [context.message] : []),
    ...(context?.errorCodes ?? []).map(({ code, message }) => message || code || ''),
  ]
  const codes = [key, ...(context?.errorCodes ?? []).flatMap(({ code }) => (code ? [code] : []))]
  return { codes, text: sentences.length > 0 ? [...new Set(sentences)].join('; ') : (keyWords[key] ?? key) }
}

/** The reason for the whole act, or one for each field that may not be changed. */
function reservations(context: Record<string, unknown>): readonly { field?: string; why: string }[] {
  const whole = rule.safeParse(context)
  const said = whole.success ? whole.data.reason?.key : undefined
  if (said) return [{ why: reservedWords[said] ?? said }]
  return Object.entries(context).flatMap(([field, value]) => {
    const each = rule.safeParse(value)
    const why = each.success && each.data.allowed === false ? each.data.reason?.key : undefined
    return why ? [{ field, why: reservedWords[why] ?? why }] : []
  })
}
