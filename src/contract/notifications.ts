import { z } from 'zod'
import { noticeNames } from '../domain/notice.ts'
import { route } from './route.ts'
import { done, key, listOf, named, page, time } from './shapes.ts'

const channelView = named(
  'NotificationChannel',
  z.object({
    channel: key,
    type: z.enum(['smtp', 'webhook', 'slack']),
    to: z.string().describe('a host, or addresses; nothing secret'),
    kinds: z.array(z.enum(noticeNames)).optional().describe('absent = everything'),
    connections: z.array(z.string()).optional().describe('absent = all'),
    digestMs: z.number().int().describe('everything within this time after the first becomes one message'),
  }),
)

const deliveryView = named(
  'NotificationDelivery',
  z.object({
    id: z.string().describe('the id the receiver is given at every try'),
    channel: z.string(),
    state: z.enum(['pending', 'sent', 'dead']).describe('`dead`: given up after a day; it can be sent again'),
    createdAt: time,
    attempts: z.number().int(),
    nextAt: time.optional().describe('when it is tried again'),
    endedAt: time.optional(),
    problem: z.string().optional().describe('why the last try did not succeed'),
  }),
)

export const notificationRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/notifications',
    role: 'operator',
    summary: 'The channels people are told through, and which of them cannot be used.',
    response: named('Notifications', z.object({ channels: z.array(channelView), problems: z.array(z.string()) })),
  }),
  test: route({
    method: 'POST',
    path: '/api/v1/notifications/channels/{channel}/test',
    role: 'admin',
    summary: 'Sends a test message through a channel, now and once.',
    params: z.object({ channel: key }),
    response: done,
    errors: ['not-found', 'unreachable', 'rejected'],
  }),
  deliveries: route({
    method: 'GET',
    path: '/api/v1/notifications/deliveries',
    role: 'operator',
    summary: 'Messages on their way, taken or given up, the newest first.',
    query: z.object({ ...page, channel: key.optional(), state: z.enum(['pending', 'sent', 'dead']).optional() }),
    response: listOf('DeliveryList', deliveryView),
  }),
  resend: route({
    method: 'POST',
    path: '/api/v1/notifications/deliveries/{delivery}/resend',
    role: 'admin',
    summary: 'Tries a message that was given up afresh, under the same id.',
    params: z.object({ delivery: z.string().min(1).max(60) }),
    response: done,
    errors: ['not-found'],
  }),
} as const
