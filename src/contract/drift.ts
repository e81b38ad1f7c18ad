import { z } from 'zod'
import { type DriftKind, driftKinds } from '../domain/drift.ts'
import { comment, decidedAbout, possibleDecision, standingDecision } from './exceptions.ts'
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
    decided: z.number().int().describe('how many of them somebody decided about'),
  }),
)
export type DriftLookView = z.output<typeof driftLook>

const driftView = named(
  'Drift',
  z.object({
    id: z.string().describe('what it is called by; the same thing has the same id in every look'),
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
    decided: standingDecision.optional(),
    possible: z
      .array(possibleDecision)
      .describe('what can be decided; empty where a work item asks, or where there is nothing to decide'),
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
      'Reads the target and keeps what is not as this connection left it. Nothing is sent or planned; takes as long as the target is read.',
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
      decided: z.enum(['yes', 'no']).optional().describe('only those somebody decided about, or only the others'),
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
  decide: route({
    method: 'POST',
    path: '/api/v1/connections/{key}/drift/decide',
    role: 'approver',
    about: 'connection',
    summary:
      'Decides about differences that the last look found: `keep` leaves them so, `adopt` vouches for them, `revert` has the next plan make them as the rules say. Nothing is sent before; the latest decision about one thing counts.',
    params,
    body: named(
      'DecideDrift',
      z.strictObject({
        decision: z.enum(['keep', 'adopt', 'revert']),
        findings: z.array(z.string().min(1).max(64)).min(1).max(1000).describe('ids of differences'),
        comment,
      }),
    ),
    response: decidedAbout,
    errors: ['not-found', 'conflict'],
  }),
} as const
