import { z } from 'zod'
import { route } from './route.ts'
import { named, time } from './shapes.ts'

const memberView = z.object({
  accountId: z.string(),
  label: z.string(),
  since: time,
  grantedBy: z.string().optional().describe('the connection that vouches; absent for a membership that is not ours'),
})

export const groupRoutes = {
  members: route({
    method: 'GET',
    path: '/api/v1/groups/{directoryKey}/{groupId}/members',
    role: 'viewer',
    summary: 'Who is in a group of a target, or was at an instant, as far as our reads know.',
    params: z.object({ directoryKey: z.string().min(1).max(300), groupId: z.string().min(1).max(300) }),
    query: z.object({
      at: z
        .union([z.iso.datetime({ offset: true }), z.iso.date()])
        .optional()
        .describe('an instant, or a date (its first moment, UTC); now when absent'),
    }),
    response: named('GroupMembers', z.object({ items: z.array(memberView) })),
  }),
} as const
