import { z } from 'zod'
import { secretState, settingSaved } from './ends.ts'
import { route } from './route.ts'
import { basedOn, document, named, problem, removed, role, time } from './shapes.ts'
import { kindView } from './system.ts'

const settings = named(
  'SingleSignOn',
  z.object({
    from: z
      .enum(['file', 'store', 'none'])
      .describe('whose settings count; `file`: kept in the configuration file and read-only here'),
    document: document.optional().describe('as written; a sealed secret reads { "set": true }'),
    secret: secretState.optional(),
    version: z.number().int().optional(),
    savedAt: time.optional(),
    savedBy: z.string().optional(),
    isOverridden: z.boolean().describe('the store keeps settings, too, which do not count'),
    redirectUri: z
      .string()
      .optional()
      .describe('to be entered at the provider; absent while server.publicUrl is not set'),
    form: kindView.describe('the settings with their labels'),
  }),
)
export type SingleSignOnView = z.output<typeof settings>

const grant = z.object({ role, connection: z.string().optional().describe('absent = everywhere') })

const trial = named(
  'SingleSignOnTrial',
  z.object({
    claims: z.enum(['given', 'own']).describe('`own`: what the provider said at the last sign-in of whoever asks'),
    userName: z.string(),
    displayName: z.string().optional(),
    groups: z.array(z.string()).describe('that the claim names'),
    rules: z.array(z.object({ group: z.string(), fits: z.boolean() })).describe('in their order'),
    grants: z.array(grant),
    problem: problem.optional().describe('why nobody would be let in with these claims'),
  }),
)

const given = { document: document.optional().describe('absent = the settings that count now') }

export const singleSignOnRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/single-sign-on',
    role: 'admin',
    summary: 'How people sign in by an identity provider, and who may do what; without secrets.',
    response: settings,
  }),
  put: route({
    method: 'PUT',
    path: '/api/v1/single-sign-on',
    role: 'admin',
    summary:
      'Saves it in the store; with `dryRun` it only says what would change. Refused when nobody would be left who can administer. When it changes who may do what, everybody else who came by the provider signs in again.',
    body: named('PutSingleSignOn', z.strictObject({ document, dryRun: z.boolean().optional(), basedOn })),
    response: settingSaved,
    errors: ['config-invalid', 'not-writable', 'conflict'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/v1/single-sign-on',
    role: 'admin',
    summary: 'Ends signing in by an identity provider. Refused while nobody with a password is an administrator.',
    response: removed,
    errors: ['not-found', 'not-writable', 'conflict'],
  }),
  tryClaims: route({
    method: 'POST',
    path: '/api/v1/single-sign-on/try-claims',
    role: 'admin',
    summary: 'Says what claims would give a person, with settings that need not be saved. Nobody is signed in.',
    body: named(
      'TryClaims',
      z.strictObject({
        ...given,
        claims: z.record(z.string(), z.unknown()).optional().describe('absent = those of the last own sign-in'),
      }),
    ),
    response: trial,
    errors: ['config-invalid', 'not-found'],
    maxBytes: 262_144,
  }),
  tryProvider: route({
    method: 'POST',
    path: '/api/v1/single-sign-on/try-provider',
    role: 'admin',
    summary: 'Asks the identity provider what it says about itself. The secret is proven only by a sign-in.',
    body: named('TryProvider', z.strictObject(given)),
    response: named('ProviderTried', z.object({ reached: z.boolean(), problem: problem.optional() })),
    errors: ['config-invalid', 'not-found'],
  }),
} as const
