import { z } from 'zod'
import { role } from '../contract/shapes.ts'
import { keySchema } from '../domain/connection.ts'
import type { Finding } from './finding.ts'
import { checkReference, type SecretReference } from './secret-reference.ts'
import { isLoopback } from './server-settings.ts'

const issuer = z
  .url({ protocol: /^https?$/, error: 'write the address of the issuer, as its discovery document says it' })
  .refine((text) => isProtected(text), 'must begin with https:// (plain http is for a provider on this machine)')

/** One rule of who may do what; everything that fits a person counts. */
const roleRule = z.strictObject({
  /** As the identity provider sends it; a slash before it does not matter. */
  group: z.string().min(1).max(500),
  roles: z.array(role).nonempty(),
  /** The roles count only on these; absent = everywhere. */
  connections: z.array(keySchema).nonempty().optional(),
})

const oidcSchema = z.strictObject({
  /** On the button. */
  displayName: z.string().min(1).max(60).default('Single sign-on'),
  issuer,
  clientId: z.string().min(1).max(500),
  /** Absent = a public client, protected by PKCE alone. */
  clientSecret: z.custom<SecretReference>().optional(),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).default(['openid', 'profile', 'email']),
  userNameClaim: z.string().min(1).default('preferred_username'),
  /** `groups`, or a path such as `realm_access.roles`. */
  groupsClaim: z.string().min(1).default('groups'),
  roles: z.array(roleRule).nonempty(),
  /** PEM file of an authority of your own. */
  caCertificate: z.strictObject({ file: z.string().min(1) }).optional(),
  /** By how much the clocks of both sides may differ. */
  clockSkewSeconds: z.number().int().min(0).max(300).default(60),
})
export type OidcSettings = z.output<typeof oidcSchema>

/** Top-level `auth` of the configuration file (D22). */
export const authSchema = z.strictObject({ oidc: oidcSchema.optional() })
export type AuthSettings = z.output<typeof authSchema>

/** What no schema can say: the secret is a reference, and people can be sent back. */
export function checkAuth({ oidc }: AuthSettings, publicUrl: string | undefined): readonly Finding[] {
  if (oidc === undefined) return []
  const path = ['auth', 'oidc']
  const findings: Finding[] = []
  if (oidc.clientSecret !== undefined) {
    const wrong = checkReference(oidc.clientSecret, [...path, 'clientSecret'])
    if (wrong !== undefined) findings.push(wrong)
    else if ('sealed' in oidc.clientSecret)
      findings.push({
        path: [...path, 'clientSecret'],
        message: 'cannot be sealed in the store: it belongs to the configuration file',
        hint: 'Write { env: OIDC_CLIENT_SECRET } or { file: /path/to/secret }.',
      })
  }
  if (publicUrl === undefined) {
    findings.push({
      path,
      message: 'needs server.publicUrl',
      hint: 'The identity provider sends people back there: set it to the address at which they open the console.',
    })
  }
  if (!oidc.scopes.includes('openid')) {
    findings.push({
      path: [...path, 'scopes'],
      message: 'must name openid',
      hint: 'Without it nobody is told who signed in.',
    })
  }
  return findings
}

function isProtected(text: string): boolean {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || (url !== null && isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
}
