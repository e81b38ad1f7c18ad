import { fail } from '../domain/errors.ts'
import type { ChannelSettings, NotificationSettings } from '../domain/notifications.ts'
import type { Clock } from '../platform/clock.ts'
import type { Secret } from '../platform/secret.ts'
import type { Channel, Wording } from '../ports/channel.ts'
import { slackChannel } from './slack.ts'
import { smtpChannel } from './smtp.ts'
import { webhookChannel } from './webhook.ts'

export interface OpeningChannels {
  readonly settings: NotificationSettings
  /** The secret behind a setting of a channel, or why there is none. */
  readonly secretOf: (channel: string, field: string, reference: unknown) => Promise<Secret | string>
  readonly consoleUrl: string | undefined
  readonly clock: Clock
}

export interface OpenedChannels {
  readonly channels: readonly Channel[]
  /** One sentence for each channel that cannot be used. */
  readonly problems: readonly string[]
}

/** Channels that can be used; one without its secret stops nobody else. */
export async function openChannels(opening: OpeningChannels): Promise<OpenedChannels> {
  const channels: Channel[] = []
  const problems: string[] = []
  for (const [name, settings] of Object.entries(opening.settings)) {
    try {
      channels.push(await openChannel(name, settings, opening))
    } catch (thrown) {
      problems.push(`notifications.${name}: ${thrown instanceof Error ? thrown.message : 'it cannot be used'}`)
    }
  }
  return { channels, problems }
}

async function openChannel(name: string, settings: ChannelSettings, opening: OpeningChannels): Promise<Channel> {
  const { secretOf, consoleUrl, clock } = opening
  const secret = async (field: string, reference: unknown) => {
    const found = await secretOf(name, field, reference)
    if (typeof found === 'string') throw fail.configInvalid(found)
    return found
  }
  const { tell, connections, digest, details } = settings
  const subscription = { channel: name, kinds: tell, connections, digestMs: digest }
  const wording: Wording = { details, consoleUrl }
  switch (settings.type) {
    case 'smtp': {
      const { host, port, security, user, from, to } = settings
      const password = settings.password === undefined ? undefined : await secret('password', settings.password)
      return smtpChannel(subscription, { host, port, security, user, password, from, to }, wording)
    }
    case 'webhook': {
      const url = settings.url
      const key = await secret('secret', settings.secret)
      return webhookChannel(subscription, { url, secret: key }, wording, clock)
    }
    case 'slack': {
      const url = await secret('url', settings.url)
      const isAddress = /^https?:$/.test(URL.parse(url.reveal())?.protocol ?? '')
      if (!isAddress) throw fail.configInvalid('the secret behind url is no address that begins with https://')
      return slackChannel(subscription, url, wording)
    }
  }
}
