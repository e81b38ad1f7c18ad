import { z } from 'zod'
import { type HoldReason, holdReasons } from '../domain/reason.ts'
import { route } from './route.ts'
import { key, listOf, named, page, time } from './shapes.ts'

const workItemView = named(
  'WorkItem',
  z.object({
    id: z.string(),
    reason: z.enum(Object.keys(holdReasons) as [HoldReason, ...HoldReason[]]),
    subject: z.string(),
    label: z.string(),
    message: z.string(),
    candidates: z.array(z.string()).optional(),
    openedAt: time,
  }),
)

export const workItemRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/work-items',
    role: 'viewer',
    summary: 'What waits for the decision of a person.',
    query: z.object({ ...page, connection: key.optional() }),
    response: listOf('WorkItemList', workItemView),
  }),
} as const
