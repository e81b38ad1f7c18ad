import { createTransport } from 'nodemailer'
import { fail } from '../domain/errors.ts'
import type { Secret } from '../platform/secret.ts'
import type { Channel, Wording } from '../ports/channel.ts'
import type { Subscription } from '../ports/notices.ts'
import { linesOf, subjectOf } from './wording.ts'

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** `starttls` refuses to go on in the clear. */
  readonly security: 'starttls' | 'tls' | 'none'
  readonly user?: string | undefined
  readonly password?: Secret | undefined
  readonly from: string
  readonly to: readonly string[]
}

const timeoutMs = 15_000

/** Mail through the server of the company. Each try carries the same Message-ID, by which mailboxes know a repetition. */
export function smtpChannel(subscription: Subscription, settings: SmtpSettings, wording: Wording): Channel {
  const { host, port, security, user, password, from, to } = settings
  return {
    ...subscription,
    type: 'smtp',
    to: to.join(', '),
    async send(digest, signal) {
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        ...(user === undefined ? {} : { auth: { user, pass: password?.reveal() ?? '' } }),
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: subjectOf(digest),
          text: `${linesOf(digest, wording).join('\n')}\n`,
          messageId: `<${digest.id}@muster>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          // Closes the connection; the time-outs above are about silence, and a server can talk for ever.
          signal,
        })
      } catch (thrown) {
        const { code = 'unknown', responseCode } = thrown as { readonly code?: string; readonly responseCode?: number }
        const why = responseCode === undefined ? code : `${code}, ${responseCode}`
        throw fail.unreachable(`The mail server ${host}:${port} did not take the message (${why}).`)
      } finally {
        transport.close()
      }
    },
  }
}
