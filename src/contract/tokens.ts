import { z } from 'zod'
import { route } from './route.ts'
import { key, named, removed, role, time } from './shapes.ts'

export const tokenView = named(
  'Token',
  z.object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('the first characters, to recognise it by'),
    roles: z.array(role),
    connections: z.array(key).optional().describe('where the roles count; absent = everywhere'),
    user: z.string().optional().describe('name of the person whose personal token it is'),
    createdAt: time,
    expiresAt: time.optional(),
    lastUsedAt: time.optional(),
  }),
)
export type TokenView = z.output<typeof tokenView>

export const newToken = {
  name: z.string().regex(/^[\w.@-]{1,60}$/, 'use 1 to 60 letters, digits, dots, hyphens, underscores or @'),
  roles: z.array(role).nonempty(),
  connections: z.array(key).nonempty().max(1000).optional().describe('the roles count only there'),
}

export const createdToken = named('CreatedToken', z.object({ token: tokenView, value: z.string() }))
export const tokenList = named('TokenList', z.object({ items: z.array(tokenView) }))

export const tokenRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/tokens',
    role: 'admin',
    summary: 'Tokens for this API; never their values.',
    response: tokenList,
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/tokens',
    role: 'admin',
    summary: 'Makes a token. Its value is in this answer and nowhere else.',
    body: named('CreateToken', z.strictObject({ ...newToken, expiresAt: time.optional() })),
    response: createdToken,
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
