import type { Secret } from '../platform/secret.ts'
import type { Channel, Wording } from '../ports/channel.ts'
import type { Subscription } from '../ports/notices.ts'
import { post } from './http.ts'
import { linesOf, subjectOf } from './wording.ts'

/** Slack cuts longer texts (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
const longestText = 30_000

/** An incoming webhook of Slack, or of what understands the same `{ "text": … }`: Mattermost, Rocket.Chat, Zulip. */
export function slackChannel(subscription: Subscription, url: Secret, wording: Wording): Channel {
  return {
    ...subscription,
    type: 'slack',
    to: new URL(url.reveal()).host,
    async send(digest, signal) {
      const text = [`*${escaped(subjectOf(digest))}*`, ...linesOf(digest, wording).map(escaped)].join('\n')
      const headers = { 'idempotency-key': digest.id }
      await post(url, { text: text.slice(0, longestText) }, headers, signal)
    },
  }
}

/** The three characters with a meaning in Slack's text; a name must not become a link or call everybody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
