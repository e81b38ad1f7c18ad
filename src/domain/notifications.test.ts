import { describe, expect, it } from 'vitest'
import { channelSecrets, notificationsSchema } from './notifications.ts'

const smtp = { type: 'smtp', host: 'mail.acme.test', from: 'muster@acme.test', to: ['ops@acme.test'] }
const webhook = { type: 'webhook', url: 'https://hooks.acme.test/m', secret: { env: 'HOOK' } }
const slack = { type: 'slack', url: { env: 'SLACK' } }

describe('channels', () => {
  it.each<[string, object, object]>([
    ['mail', smtp, { port: 587, security: 'starttls', digest: 60_000, details: false }],
    ['webhook', webhook, { digest: 60_000, details: false }],
    ['Slack', { ...slack, digest: '15m', details: true }, { digest: 900_000, details: true }],
    ['half a day in one message', { ...slack, digest: '24h' }, { digest: 86_400_000 }],
  ])('%s', (_, channel, expected) => {
    expect(notificationsSchema.parse({ ops: channel })).toMatchObject({ ops: { ...channel, ...expected } })
  })

  it.each<[string, object, string]>([
    ['a kind that does not exist', { type: 'pager' }, 'ops.type'],
    ['mail without a server', { ...smtp, host: '' }, 'ops.host'],
    ['mail to a port that is none', { ...smtp, port: 65_536 }, 'ops.port'],
    ['mail to nobody', { ...smtp, to: [] }, 'ops.to'],
    ['mail to what is no address', { ...smtp, to: ['ops'] }, 'ops.to.0'],
    ['mail to more than fifty', { ...smtp, to: Array.from({ length: 51 }, (_, n) => `a${n}@x.test`) }, 'ops.to'],
    ['mail secured somehow', { ...smtp, security: 'ssl' }, 'ops.security'],
    ['a webhook that is no web address', { ...webhook, url: 'file:///etc/passwd' }, 'ops.url'],
    ['a webhook that nothing is signed with', { type: 'webhook', url: webhook.url }, 'ops.secret'],
    ['Slack without an address', { type: 'slack' }, 'ops.url'],
    ['nothing that is told', { ...slack, tell: [] }, 'ops.tell'],
    ['something unknown that is told', { ...slack, tell: ['weather'] }, 'ops.tell.0'],
    ['no connection', { ...slack, connections: [] }, 'ops.connections'],
    ['more than a day in one message', { ...slack, digest: '25h' }, 'ops.digest'],
    ['a setting nobody knows', { ...slack, colour: 'red' }, 'ops'],
  ])('refuses %s', (_, channel, where) => {
    const refused = notificationsSchema.safeParse({ ops: channel })
    expect(refused.error?.issues.map(({ path }) => path.join('.'))).toContain(where)
  })

  it('says which of their settings are secret', () => {
    expect(channelSecrets).toEqual({ smtp: ['password'], webhook: ['secret'], slack: ['url'] })
  })
})
