import { z } from 'zod'
import { route } from './route.ts'
import { done, named, removed, time } from './shapes.ts'
import { password } from './sign-in.ts'
import { createdToken, newToken, tokenList } from './tokens.ts'

const sessionView = named(
  'Session',
  z.object({
    id: z.string(),
    way: z.enum(['set-up', 'password', 'link', 'oidc']),
    address: z.string().optional(),
    agent: z.string().optional().describe('what the browser calls itself'),
    createdAt: time,
    lastUsedAt: time,
    expiresAt: time,
    current: z.boolean().describe('it is the one that asks'),
  }),
)

const params = z.object({ id: z.string().min(1).max(60) })

/** What everybody who signed in with a browser may do about themselves. */
export const accountRoutes = {
  changePassword: route({
    method: 'POST',
    path: '/api/v1/me/password',
    role: 'signed-in',
    summary: 'Changes the own password; all other sessions end, and this one gets a new cookie.',
    body: named('ChangePassword', z.strictObject({ current: password, next: password })),
    response: done,
    errors: ['config-invalid', 'not-writable', 'too-many-attempts', 'busy'],
    maxBytes: 8_192,
  }),
  sessions: route({
    method: 'GET',
    path: '/api/v1/me/sessions',
    role: 'signed-in',
    summary: 'Where one is signed in, the newest first.',
    response: named('SessionList', z.object({ items: z.array(sessionView) })),
  }),
  endSession: route({
    method: 'DELETE',
    path: '/api/v1/me/sessions/{id}',
    role: 'signed-in',
    summary: 'Signs another browser out.',
    params,
    response: removed,
    errors: ['not-found'],
  }),
  tokens: route({
    method: 'GET',
    path: '/api/v1/me/tokens',
    role: 'signed-in',
    summary: 'The own personal tokens; never their values.',
    response: tokenList,
  }),
  createToken: route({
    method: 'POST',
    path: '/api/v1/me/tokens',
    role: 'signed-in',
    summary:
      'Makes a personal token. It may do at most what its owner may do at the time, and ends with them. Its value is in this answer and nowhere else.',
    body: named(
      'CreatePersonalToken',
      z.strictObject({ ...newToken, expiresAt: time.describe('at most a year ahead') }),
    ),
    response: createdToken,
    status: 201,
  }),
  revokeToken: route({
    method: 'DELETE',
    path: '/api/v1/me/tokens/{id}',
    role: 'signed-in',
    summary: 'Ends a personal token at once.',
    params,
    response: removed,
    errors: ['not-found'],
  }),
} as const
