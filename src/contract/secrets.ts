import { z } from 'zod'
import { route } from './route.ts'
import { named, time } from './shapes.ts'

export const secretRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/secrets',
    role: 'admin',
    summary:
      'Which secrets are sealed in the store, and whether the present master key opens them; never their values.',
    response: named(
      'SecretList',
      z.object({
        items: z.array(
          z.object({ owner: z.string(), field: z.string(), readable: z.boolean(), expires: time.optional() }),
        ),
      }),
    ),
  }),
  rotate: route({
    method: 'POST',
    path: '/api/v1/secrets/rotate',
    role: 'admin',
    summary: 'Seals every readable secret under a new master key.',
    response: named('SecretsRotated', z.object({ sealed: z.number().int() })),
  }),
} as const
