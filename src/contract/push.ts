import { z } from 'zod'
import { route } from './route.ts'
import { done, key, listOf, named, page, removed, time } from './shapes.ts'

const params = z.object({ key })

export const pushTokenView = named(
  'PushToken',
  z.object({
    id: z.string(),
    prefix: z.string().describe('the first characters, to recognise it by'),
    createdAt: time,
    expiresAt: time.optional(),
    lastUsedAt: time.optional(),
  }),
)

const pushStatus = named(
  'PushStatus',
  z.object({
    baseUrl: z.string().describe('what the identity provider is given; a path where no public address is set'),
    users: z.number().int(),
    activeUsers: z.number().int(),
    groups: z.number().int(),
    memberships: z.number().int(),
    changedAt: time.optional(),
    baselineAt: time.optional().describe('until then the directory only adds'),
    baselineBy: z.string().optional(),
    baselineOffered: z.boolean().describe('nothing changed for an hour: the first transfer seems to be over'),
    tokens: z.array(pushTokenView),
  }),
)
export type PushStatusView = z.output<typeof pushStatus>

const pushRequest = named(
  'PushRequest',
  z.object({
    id: z.string(),
    at: time,
    method: z.string(),
    path: z.string(),
    status: z.number().int(),
    subject: z.string().optional(),
    durationMs: z.number().int(),
    body: z.string().optional(),
    problem: z.string().optional().describe('why it was refused'),
    notices: z.array(z.string()).describe('what was tolerated'),
  }),
)

const expiresAt = time.optional()
const createdPushToken = named(
  'CreatedPushToken',
  z.object({ token: pushTokenView, value: z.string(), baseUrl: z.string() }),
)

/** Sources that identity providers push into. */
export const pushRoutes = {
  status: route({
    method: 'GET',
    path: '/api/v1/sources/{key}/push',
    role: 'viewer',
    summary: 'What a push source received, its address and its tokens; never their values.',
    params,
    response: pushStatus,
    errors: ['not-found', 'config-invalid'],
  }),
  declareBaseline: route({
    method: 'POST',
    path: '/api/v1/sources/{key}/push/baseline',
    role: 'admin',
    summary: 'Declares that the identity provider has sent everybody: from now on absence and inactivity count.',
    params,
    response: done,
    errors: ['not-found', 'config-invalid'],
  }),
  createToken: route({
    method: 'POST',
    path: '/api/v1/sources/{key}/push/tokens',
    role: 'admin',
    summary:
      'Makes a token for the identity provider; at most two are valid. Its value is in this answer and nowhere else.',
    params,
    body: named('CreatePushToken', z.strictObject({ expiresAt })),
    response: createdPushToken,
    status: 201,
    errors: ['not-found', 'config-invalid', 'conflict'],
  }),
  rotateToken: route({
    method: 'POST',
    path: '/api/v1/sources/{key}/push/tokens/rotate',
    role: 'admin',
    summary: 'Makes a new token and lets the present one end a while later, so that both are valid meanwhile.',
    params,
    body: named(
      'RotatePushToken',
      z.strictObject({
        expiresAt,
        oldEndsAt: time.optional().describe('when the present token ends; a week from now when left out'),
      }),
    ),
    response: createdPushToken,
    status: 201,
    errors: ['not-found', 'config-invalid', 'conflict'],
  }),
  revokeToken: route({
    method: 'DELETE',
    path: '/api/v1/sources/{key}/push/tokens/{id}',
    role: 'admin',
    summary: 'Ends a token of a push source at once.',
    params: z.object({ key, id: z.string().min(1).max(60) }),
    response: removed,
    errors: ['not-found', 'config-invalid'],
  }),
  requests: route({
    method: 'GET',
    path: '/api/v1/sources/{key}/push/requests',
    role: 'operator',
    summary: 'What the identity provider sent and was answered, the newest first; secrets are masked.',
    params,
    query: z.object({ ...page, failed: z.enum(['true', 'false']).optional().describe('only refused requests') }),
    response: listOf('PushRequestList', pushRequest),
    errors: ['not-found', 'config-invalid'],
  }),
} as const
