import { createHmac } from 'node:crypto'
import type { Clock } from '../platform/clock.ts'
import { Secret } from '../platform/secret.ts'
import type { Channel, Wording } from '../ports/channel.ts'
import type { Subscription } from '../ports/notices.ts'
import { post } from './http.ts'
import { subjectOf, tellable } from './wording.ts'

export interface WebhookSettings {
  readonly url: string
  readonly secret: Secret
}

/**
 * A webhook signed as https://www.standardwebhooks.com says (`webhook-id`, `webhook-timestamp`, `webhook-signature`), so
 * that receivers have libraries for it. The id is also the `idempotency-key`.
 */
export function webhookChannel(
  subscription: Subscription,
  { url, secret }: WebhookSettings,
  wording: Wording,
  clock: Pick<Clock, 'now'>,
): Channel {
  return {
    ...subscription,
    type: 'webhook',
    to: new URL(url).host,
    async send(digest, signal) {
      const { id, total, counts, first, isTest = false } = digest
      const body = {
        type: isTest ? 'muster.test' : 'muster.notices',
        id,
        total,
        summary: subjectOf(digest),
        counts,
        notices: first.map((notice) => tellable(notice, wording)),
      }
      const timestamp = String(Math.floor(clock.now() / 1000))
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signatureOf(secret, id, timestamp, JSON.stringify(body))}`,
        'idempotency-key': id,
      }
      await post(new Secret(url), body, headers, signal)
    },
  }
}

/** Base64 HMAC-SHA256 over `id.timestamp.body`; a secret that begins with `whsec_` is base64 after that. */
export function signatureOf(secret: Secret, id: string, timestamp: string, body: string): string {
  const text = secret.reveal()
  const key = text.startsWith('whsec_') ? Buffer.from(text.slice('whsec_'.length), 'base64') : text
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
}
