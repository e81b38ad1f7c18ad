import { z } from 'zod'
import { route } from './route.ts'
import { named, removed, role, time } from './shapes.ts'

export const tokenView = named(
  'Token',
  z.object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('the first characters, to recognise it by'),
    roles: z.array(role),
    createdAt: time,
    expiresAt: time.optional(),
    lastUsedAt: time.optional(),
  }),
)
export type TokenView = z.output<typeof tokenView>

export const tokenRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/tokens',
    role: 'admin',
    summary: 'Tokens for this API; never their values.',
    response: named('TokenList', z.object({ items: z.array(tokenView) })),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/tokens',
    role: 'admin',
    summary: 'Makes a token. Its value is in this answer and nowhere else.',
    body: named(
      'CreateToken',
      z.strictObject({
        name: z.string().regex(/^[\w.@-]{1,60}$/, 'use 1 to 60 letters, digits, dots, hyphens, underscores or @'),
        roles: z.array(role).nonempty(),
        expiresAt: time.optional(),
      }),
    ),
    response: named('CreatedToken', z.object({ token: tokenView, value: z.string() })),
    status: 201,
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api/v1/tokens/{id}',
    role: 'admin',
    summary: 'Ends a token at once.',
    params: z.object({ id: z.string().min(1).max(60) }),
    response: removed,
    errors: ['not-found'],
  }),
} as const
