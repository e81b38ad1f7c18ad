import { z } from 'zod'
import { route } from './route.ts'
import { listOf, named, page, time } from './shapes.ts'

const auditEntry = named(
  'AuditEntry',
  z.object({
    seq: z.number().int(),
    at: time,
    actor: z.string().describe('`os:anna`, `token:ci`, `schedule`'),
    act: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()).optional(),
    hash: z.string(),
  }),
)

export const auditRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/audit',
    role: 'viewer',
    summary: 'Who did what, the newest first.',
    query: z.object(page),
    response: listOf('AuditList', auditEntry),
  }),
  verify: route({
    method: 'POST',
    path: '/api/v1/audit/verify',
    role: 'viewer',
    summary: 'Walks the chain of hashes from the first entry.',
    response: named('AuditVerified', z.object({ whole: z.boolean(), firstBrokenSeq: z.number().int().optional() })),
  }),
} as const
