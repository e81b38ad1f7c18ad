import { z } from 'zod'
import { noticeNames } from '../domain/notice.ts'
import { secretState, settingSaved } from './ends.ts'
import { route } from './route.ts'
import { basedOn, document, done, key, listOf, named, page, removed, time } from './shapes.ts'
import { kindView } from './system.ts'

const channelView = named(
  'NotificationChannel',
  z.object({
    channel: key,
    owner: z.enum(['file', 'store']).describe('`file`: kept in the configuration file and read-only here'),
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

const channelDetail = named(
  'NotificationChannelDetail',
  z.object({
    channel: key,
    version: z.number().int(),
    savedAt: time,
    savedBy: z.string(),
    isOverridden: z.boolean().describe('the configuration file has a channel of this name, and counts'),
    document: document.describe('as written; a sealed secret reads { "set": true }'),
    secrets: z.array(secretState),
  }),
)
export type ChannelDetail = z.output<typeof channelDetail>

const params = z.object({ channel: key })

export const notificationRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/notifications',
    role: 'operator',
    summary: 'The channels people are told through, and which of them cannot be used.',
    response: named(
      'Notifications',
      z.object({
        channels: z.array(channelView),
        problems: z.array(z.string()),
        kept: z.array(key).describe('channels kept in the store that cannot be used, or that the file overrides'),
      }),
    ),
  }),
  kinds: route({
    method: 'GET',
    path: '/api/v1/notifications/kinds',
    role: 'admin',
    summary: 'Types of channels with their settings.',
    response: named('ChannelTypes', z.object({ types: z.array(kindView) })),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/notifications/channels/{channel}',
    role: 'admin',
    summary: 'A channel that the store keeps, as it was written, without secrets.',
    params,
    response: channelDetail,
    errors: ['not-found'],
  }),
  put: route({
    method: 'PUT',
    path: '/api/v1/notifications/channels/{channel}',
    role: 'admin',
    summary:
      'Creates or replaces a channel in the store; with `dryRun` it only says what would change. A secret is given as { "value": … }, { "env": NAME }, { "file": path } or { "set": true } to keep the present one.',
    params,
    body: named('PutChannel', z.strictObject({ document, dryRun: z.boolean().optional(), basedOn })),
    response: settingSaved,
    errors: ['config-invalid', 'not-writable', 'conflict'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/v1/notifications/channels/{channel}',
    role: 'admin',
    summary:
      'Takes a channel out of use, with its secrets. Messages on their way wait until there is a channel of this name again.',
    params,
    response: removed,
    errors: ['not-found', 'not-writable'],
  }),
  tryOut: route({
    method: 'POST',
    path: '/api/v1/notifications/channels/{channel}/try',
    role: 'admin',
    summary: 'Sends a test message with settings that are saved nowhere.',
    params,
    body: named('TryChannel', z.strictObject({ document })),
    response: done,
    errors: ['config-invalid', 'unreachable', 'rejected'],
  }),
  test: route({
    method: 'POST',
    path: '/api/v1/notifications/channels/{channel}/test',
    role: 'admin',
    summary: 'Sends a test message through a channel, now and once.',
    params,
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
