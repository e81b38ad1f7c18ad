import { z } from 'zod'
import { type DriftKind, driftKinds } from '../domain/drift.ts'
import { route } from './route.ts'
import { key, listOf, many, named, page, time } from './shapes.ts'

const kinds = Object.keys(driftKinds) as [DriftKind, ...DriftKind[]]
const params = z.object({ key: key.describe('key of the connection') })

const driftLook = named(
  'DriftLook',
  z.object({
    readAt: time,
    by: z.string(),
    unproven: z.array(z.string()).describe('what was not read completely; nothing is called gone because of it'),
    counts: z.partialRecord(z.enum(kinds), z.number().int()).describe('differences by kind'),
  }),
)
export type DriftLookView = z.output<typeof driftLook>

const driftView = named(
  'Drift',
  z.object({
    kind: z.enum(kinds),
    found: z.string().describe('what was found, in words'),
    next: z.string().describe('what the next plan makes of it under the rules as they are'),
    account: z.object({ id: z.string(), label: z.string() }).optional(),
    group: z.object({ id: z.string(), name: z.string() }).optional(),
    attribute: z.string().optional(),
    now: z
      .union([z.string(), z.array(z.string()), z.null()])
      .optional()
      .describe('what is there now'),
    left: z.string().optional().describe('what Muster left there; values are kept as a mark only'),
    seenSince: time.optional().describe('when a run first saw it; absent = not seen before this look'),
    seenByRun: z.number().int().optional(),
  }),
)
export type DriftView = z.output<typeof driftView>

export const driftRoutes = {
  look: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/drift',
    role: 'operator',
    about: 'connection',
    summary:
      'Reads the target and keeps what is not as this connection left it. Nothing is sent, planned or decided; takes as long as the target is read.',
    params,
    response: driftLook,
    errors: ['not-found', 'config-invalid', 'unreachable', 'conflict'],
  }),
  list: route({
    method: 'GET',
    path: '/api/v1/connections/{key}/drift',
    role: 'viewer',
    about: 'connection',
    summary: 'What the last look found. Where nobody looked yet: `not-found`.',
    params,
    query: z.object({
      ...page,
      kind: many(z.enum(kinds)),
      text: z.string().max(200).optional().describe('part of a name or id of account, group or attribute'),
    }),
    response: listOf('DriftList', driftView),
    errors: ['not-found'],
  }),
  last: route({
    method: 'GET',
    path: '/api/v1/connections/{key}/drift/look',
    role: 'viewer',
    about: 'connection',
    summary: 'When and by whom was looked last, and how many differences of which kind were found.',
    params,
    response: driftLook,
    errors: ['not-found'],
  }),
} as const
