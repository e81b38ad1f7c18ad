import { z } from 'zod'
import { durationSchema } from './duration.ts'
import { keySchema } from './key.ts'
import { noticeNames } from './notice.ts'

const longestDigestMs = 86_400_000

/** What every channel has: what it wants to hear, and how it is told. */
const shared = {
  /** Absent = everything. */
  tell: z.array(z.enum(noticeNames)).nonempty().optional(),
  /** Absent = all connections. */
  connections: z.array(keySchema).nonempty().optional(),
  /** Everything within this time after the first becomes one message. */
  digest: durationSchema.refine((ms) => ms <= longestDigestMs, 'must be at most a day').default(60_000),
  /** Also who started a run and what the other side said; both may name people. */
  details: z.boolean().default(false),
}

/** Where a secret is; the app judges and resolves it. */
const reference = z.unknown().refine((value) => value !== undefined, 'is missing')
const address = z.email()

const smtp = z.strictObject({
  type: z.literal('smtp'),
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(587),
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  user: z.string().min(1).max(320).optional(),
  password: z.unknown().optional(),
  from: address,
  to: z.array(address).nonempty().max(50),
  ...shared,
})

const webhook = z.strictObject({
  type: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/, error: 'write an address that begins with https://' }),
  secret: reference,
  ...shared,
})

const slack = z.strictObject({ type: z.literal('slack'), url: reference, ...shared })

/** Top-level `notifications` of the configuration file (D22): channels by name. */
export const notificationsSchema = z.record(keySchema, z.discriminatedUnion('type', [smtp, webhook, slack]))
export type NotificationSettings = z.output<typeof notificationsSchema>
export type ChannelSettings = NotificationSettings[string]

/** Settings of a channel that hold a secret. */
export const channelSecrets = {
  smtp: ['password'],
  webhook: ['secret'],
  slack: ['url'],
} as const satisfies Readonly<Record<ChannelSettings['type'], readonly string[]>>
