import { z } from 'zod'
import { route } from './route.ts'
import { named, role } from './shapes.ts'

const kindView = named(
  'ConnectorKind',
  z.object({
    type: z.string(),
    title: z.string(),
    summary: z.string(),
    fields: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        help: z.string(),
        group: z.string(),
        required: z.boolean(),
        secret: z.boolean(),
        unit: z.string().optional(),
        suggested: z.union([z.string(), z.number(), z.boolean()]).optional(),
        aliases: z.array(z.string()).optional(),
        schema: z.record(z.string(), z.unknown()).describe('JSON Schema of the value'),
      }),
    ),
  }),
)
export type KindView = z.output<typeof kindView>

export const systemRoutes = {
  me: route({
    method: 'GET',
    path: '/api/v1/me',
    role: 'viewer',
    summary: 'Who is calling, and which installation answers.',
    response: named(
      'Me',
      z.object({ name: z.string(), roles: z.array(role), version: z.string(), instanceId: z.string() }),
    ),
  }),
  catalog: route({
    method: 'GET',
    path: '/api/v1/catalog',
    role: 'viewer',
    summary: 'Kinds of sources and targets with their settings.',
    response: named('Catalog', z.object({ sources: z.array(kindView), targets: z.array(kindView) })),
  }),
} as const
