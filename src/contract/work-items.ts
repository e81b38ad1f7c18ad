import { z } from 'zod'
import { type DecisionKind, decisions } from '../domain/decision.ts'
import { type HoldReason, holdReasons } from '../domain/reason.ts'
import { route } from './route.ts'
import { key, listOf, named, page, removed, time } from './shapes.ts'

const reason = z.enum(Object.keys(holdReasons) as [HoldReason, ...HoldReason[]])
const decision = z.enum(Object.keys(decisions) as [DecisionKind, ...DecisionKind[]])

const workItemView = named(
  'WorkItem',
  z.object({
    id: z.string(),
    number: z.number().int().describe('what people call it by'),
    connection: key,
    reason,
    subject: z.string(),
    label: z.string(),
    message: z.string(),
    candidates: z.array(z.string()).optional(),
    choices: z
      .array(
        z.object({
          decision,
          sentence: z.string().describe('what the decision does'),
          objectId: z.string().optional().describe('id of the account or group it is about'),
          label: z.string().optional(),
        }),
      )
      .describe('what can be decided; empty where only the source or the rules can be corrected'),
    openedAt: time,
  }),
)
export type WorkItemView = z.output<typeof workItemView>

const decisionView = named(
  'Decision',
  z.object({
    id: z.string(),
    of: z.enum(['person', 'group']),
    source: key,
    key: z.string(),
    label: z.string(),
    rule: z.string().optional(),
    decision,
    sentence: z.string(),
    objectId: z.string().optional(),
    directoryKey: z.string(),
    decidedAt: time,
    decidedBy: z.string(),
  }),
)

export type DecisionView = z.output<typeof decisionView>

export const workItemRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/work-items',
    role: 'viewer',
    about: 'connections',
    summary: 'What waits for the decision of a person.',
    query: z.object({ ...page, connection: key.optional(), reason: reason.optional() }),
    response: listOf('WorkItemList', workItemView),
  }),
  decide: route({
    method: 'POST',
    path: '/api/v1/work-items/{item}/decide',
    role: 'approver',
    summary: 'Answers what waits: one of its choices. The next plan goes by it; nothing is sent before.',
    params: z.object({ item: z.string().min(1).max(60).describe('number or id of the work item') }),
    body: named(
      'Decide',
      z.strictObject({
        decision,
        objectId: z.string().min(1).max(500).optional().describe('which one, where several choices have this decision'),
      }),
    ),
    response: named('Decided', z.object({ item: workItemView, decision })),
    errors: ['not-found', 'conflict'],
  }),
  decisions: route({
    method: 'GET',
    path: '/api/v1/decisions',
    role: 'viewer',
    summary: 'Remembered decisions that every plan asks for, the newest first.',
    query: z.object({ ...page }),
    response: listOf('DecisionList', decisionView),
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api/v1/decisions/{decision}',
    role: 'approver',
    summary: 'Forgets a decision: the next plan asks again.',
    params: z.object({ decision: z.string().regex(/^\d{1,9}$/, 'use the number of a decision') }),
    response: removed,
    errors: ['not-found'],
  }),
} as const
