import { z } from 'zod'
import { durationSchema } from './duration.ts'
import { keySchema } from './key.ts'
import { noticeNames } from './notice.ts'
import { setting } from './setting-facts.ts'

const longestDigestMs = 86_400_000

const where = 'Where it goes'
const what = 'What it tells'

/** What every channel has: what it wants to hear, and how it is told. */
const shared = {
  tell: setting(z.array(z.enum(noticeNames)).nonempty().optional(), {
    label: 'Tells that',
    help: 'Nothing chosen: everything.',
    group: what,
  }),
  connections: setting(z.array(keySchema).nonempty().optional(), {
    label: 'About the connections',
    help: 'Keys of connections. Nothing written: all of them.',
    group: what,
  }),
  digest: setting(durationSchema.refine((ms) => ms <= longestDigestMs, 'must be at most a day').default(60_000), {
    label: 'One message for',
    help: 'Everything within this time after the first becomes one message: 30s, 15m, 1h. Nothing written: 1m.',
    group: what,
  }),
  details: setting(z.boolean().default(false), {
    label: 'With details',
    help: 'Also who started a run and what the other side said; both may name people.',
    group: what,
  }),
}

/** Where a secret is; the app judges and resolves it. */
const reference = z.unknown().refine((value) => value !== undefined, 'is missing')
const address = z.email()

const smtp = z.strictObject({
  type: z.literal('smtp'),
  host: setting(z.string().min(1).max(253), { label: 'Mail server', help: 'Its host name.', group: where }),
  port: setting(z.number().int().min(1).max(65_535).default(587), {
    label: 'Port',
    help: 'Nothing written: 587.',
    group: where,
  }),
  security: setting(z.enum(['starttls', 'tls', 'none']).default('starttls'), {
    label: 'Security',
    help: 'With starttls nothing is ever sent in the clear. Nothing chosen: starttls.',
    group: where,
  }),
  user: setting(z.string().min(1).max(320).optional(), {
    label: 'User name',
    help: 'Together with the password, or neither.',
    group: where,
  }),
  password: setting(z.unknown().optional(), { label: 'Password', help: 'Of this user.', group: where }),
  from: setting(address, { label: 'From', help: 'Address of the sender.', group: where }),
  to: setting(z.array(address).nonempty().max(50), { label: 'To', help: 'Addresses that are told.', group: where }),
  ...shared,
})

const webhook = z.strictObject({
  type: z.literal('webhook'),
  url: setting(z.url({ protocol: /^https?$/, error: 'write an address that begins with https://' }), {
    label: 'Address',
    help: 'Every message is sent there by POST.',
    group: where,
  }),
  secret: setting(reference, {
    label: 'Secret',
    help: 'Messages are signed with it, as Standard Webhooks says; the receiver needs the same.',
    group: where,
  }),
  ...shared,
})

const slack = z.strictObject({
  type: z.literal('slack'),
  url: setting(reference, {
    label: 'Webhook address',
    help: 'Of an incoming webhook of Slack, Mattermost or Rocket.Chat. Whoever knows it can post, so it is kept as a secret.',
    group: where,
  }),
  ...shared,
})

/** Settings of one channel, by its type. */
export const channelSchemas = { smtp, webhook, slack } as const

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
