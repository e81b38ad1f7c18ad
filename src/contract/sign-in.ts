import { z } from 'zod'
import { route } from './route.ts'
import { done, named } from './shapes.ts'
import { me } from './system.ts'

/** Forms of a few lines: nobody who is not known yet may hand over more. */
const maxBytes = 8_192

export const userName = z
  .string()
  .regex(/^[\p{L}\p{N}_.@+-]{1,60}$/u, 'use 1 to 60 letters, digits, dots, hyphens, underscores, + or @')
export const displayName = z.string().trim().min(1).max(200)
/** Whether it is good enough is judged where it is set; the limit keeps its hash cheap. */
export const password = z.string().min(1).max(500)

const redirected = z.object({ location: z.string() })

export const setupRoutes = {
  state: route({
    method: 'GET',
    path: '/api/v1/setup',
    role: 'public',
    summary: 'Whether the first administrator is still to be made.',
    response: named('SetupState', z.object({ needed: z.boolean() })),
  }),
  complete: route({
    method: 'POST',
    path: '/api/v1/setup',
    role: 'public',
    summary: 'Makes the first administrator with the code that `muster serve` printed, and signs the browser in.',
    body: named(
      'CompleteSetup',
      z.strictObject({
        code: z.string().min(1).max(100).describe('blanks, hyphens and letter case do not matter'),
        userName,
        displayName: displayName.optional(),
        password,
      }),
    ),
    response: me,
    status: 201,
    errors: ['config-invalid', 'conflict', 'too-many-attempts', 'busy'],
    maxBytes,
  }),
} as const

export const signInRoutes = {
  options: route({
    method: 'GET',
    path: '/api/v1/sign-in',
    role: 'public',
    summary: 'The ways in.',
    response: named(
      'SignInOptions',
      z.object({
        setupNeeded: z.boolean(),
        password: z.boolean(),
        oidc: z
          .object({ displayName: z.string(), start: z.string().describe('go there, with `returnTo` if need be') })
          .optional(),
        problems: z
          .record(z.string(), z.object({ message: z.string(), hint: z.string() }))
          .describe('what `/sign-in?problem=<name>` means, where the console is sent when single sign-on failed'),
      }),
    ),
  }),
  withPassword: route({
    method: 'POST',
    path: '/api/v1/sign-in',
    role: 'public',
    summary: 'Signs the browser in by name and password; the answer carries a cookie.',
    body: named('SignIn', z.strictObject({ userName: z.string().min(1).max(200), password })),
    response: me,
    errors: ['too-many-attempts', 'busy'],
    maxBytes,
  }),
  withLink: route({
    method: 'GET',
    path: '/api/v1/sign-in/link',
    role: 'public',
    summary: 'Signs the browser in by a link that a terminal printed, once, and sends it to the console.',
    query: z.object({ code: z.string().min(1).max(200) }),
    response: redirected,
    redirect: true,
    errors: ['too-many-attempts'],
  }),
  oidcStart: route({
    method: 'GET',
    path: '/api/v1/sign-in/oidc/start',
    role: 'public',
    summary: 'Sends the browser to the identity provider (OpenID Connect, code flow with PKCE).',
    query: z.object({ returnTo: z.string().max(2000).optional().describe('path of the page to come back to') }),
    response: redirected,
    redirect: true,
    errors: ['not-found', 'too-many-attempts'],
  }),
  oidcCallback: route({
    method: 'GET',
    path: '/api/v1/sign-in/oidc/callback',
    role: 'public',
    summary:
      'Where the identity provider sends the browser back; signs it in, or sends it to `/sign-in?problem=<name>`.',
    query: z.looseObject({ state: z.string().max(2000).optional() }),
    response: redirected,
    redirect: true,
    errors: ['not-found', 'too-many-attempts'],
  }),
  signOut: route({
    method: 'POST',
    path: '/api/v1/sign-out',
    role: 'signed-in',
    summary: 'Ends the session of this browser.',
    response: done,
  }),
} as const
