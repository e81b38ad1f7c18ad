import { z } from 'zod'
import { role } from '../contract/shapes.ts'
import { keySchema } from '../domain/connection.ts'
import { setting } from '../domain/setting-facts.ts'
import type { Finding, Path } from './finding.ts'
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

const provider = 'Identity provider'
const people = 'Who may do what'
const more = 'Seldom needed'

export const oidcSchema = z.strictObject({
  displayName: setting(z.string().min(1).max(60).default('Single sign-on'), {
    label: 'Name on the button',
    help: 'Nothing written: Single sign-on.',
    group: provider,
  }),
  issuer: setting(issuer, {
    label: 'Issuer',
    help: 'As its discovery document says it, e.g. https://sso.example.com/realms/corp.',
    group: provider,
  }),
  clientId: setting(z.string().min(1).max(500), {
    label: 'Client ID',
    help: 'Under which this installation is known there.',
    group: provider,
  }),
  clientSecret: setting(z.custom<SecretReference>().optional(), {
    label: 'Client secret',
    help: 'Nothing written: a public client, protected by PKCE alone.',
    group: provider,
  }),
  groupsClaim: setting(z.string().min(1).default('groups'), {
    label: 'Claim with the groups',
    help: 'Its name, or a path such as realm_access.roles. Nothing written: groups.',
    group: people,
  }),
  roles: setting(z.array(roleRule).nonempty(), {
    label: 'Roles of groups',
    help: 'Everything that fits a person counts; whom nothing fits is not let in.',
    group: people,
  }),
  userNameClaim: setting(z.string().min(1).default('preferred_username'), {
    label: 'Claim with the user name',
    help: 'How people are called here. Nothing written: preferred_username.',
    group: more,
  }),
  scopes: setting(z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).default(['openid', 'profile', 'email']), {
    label: 'Scopes',
    help: 'Nothing written: openid, profile, email.',
    group: more,
  }),
  caCertificate: setting(z.strictObject({ file: z.string().min(1) }).optional(), {
    label: 'Certificate authority of your own',
    help: 'As { "file": "/path/to/ca.pem" } on the server.',
    group: more,
  }),
  clockSkewSeconds: setting(z.number().int().min(0).max(300).default(60), {
    label: 'Difference of clocks',
    help: 'By how much both clocks may differ. Nothing written: 60.',
    group: more,
    unit: 'seconds',
  }),
})
export type OidcSettings = z.output<typeof oidcSchema>

/** Top-level `auth` of the configuration file (D22). */
export const authSchema = z.strictObject({ oidc: oidcSchema.optional() })
export type AuthSettings = z.output<typeof authSchema>

/** What no schema can say: the secret is a reference, and people can be sent back. */
export function checkAuth(
  { oidc }: AuthSettings,
  { publicUrl, maySeal }: { readonly publicUrl: string | undefined; readonly maySeal: boolean },
): readonly Finding[] {
  return oidc === undefined ? [] : checkOidc(oidc, publicUrl, { path: ['auth', 'oidc'], maySeal })
}

export interface OidcPlace {
  readonly path: Path
  /** Whether the secret may be sealed in the store: not where a configuration file keeps the settings. */
  readonly maySeal: boolean
}

/** The same for the settings of one provider, wherever they are kept. */
export function checkOidc(
  oidc: OidcSettings,
  publicUrl: string | undefined,
  { path, maySeal }: OidcPlace,
): readonly Finding[] {
  const findings: Finding[] = []
  if (oidc.clientSecret !== undefined) {
    const wrong = checkReference(oidc.clientSecret, [...path, 'clientSecret'])
    if (wrong !== undefined) findings.push(wrong)
    else if ('sealed' in oidc.clientSecret && !maySeal)
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
