import { z } from 'zod'
import { route } from './route.ts'
import { key, listOf, named, page, time } from './shapes.ts'

const memberView = named(
  'GroupMember',
  z.object({
    accountId: z.string(),
    label: z.string(),
    since: time,
    grantedBy: z.string().optional().describe('the connection that vouches; absent for a membership that is not ours'),
  }),
)

const groupView = named(
  'Group',
  z.object({
    directoryKey: z.string(),
    id: z.string(),
    name: z.string(),
    members: z.number().int(),
    granted: z.number().int().describe('members that a connection vouches for; the others are not ours'),
  }),
)

export const groupRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/groups',
    role: 'viewer',
    summary: 'Groups of a target, by name, as far as our reads know.',
    query: z.object({ ...page, target: key, text: z.string().max(200).optional().describe('part of the name') }),
    response: listOf('GroupList', groupView),
  }),
  members: route({
    method: 'GET',
    path: '/api/v1/groups/{directoryKey}/{groupId}/members',
    role: 'viewer',
    summary: 'Who is in a group of a target, or was at an instant, by name, as far as our reads know.',
    params: z.object({ directoryKey: z.string().min(1).max(300), groupId: z.string().min(1).max(300) }),
    query: z.object({
      ...page,
      text: z.string().max(200).optional().describe('part of the name of an account'),
      at: z
        .union([z.iso.datetime({ offset: true }), z.iso.date()])
        .optional()
        .describe('an instant, or a date (its first moment, UTC); now when absent'),
    }),
    response: listOf('GroupMembers', memberView),
  }),
} as const
