import { expect, it } from 'vitest'
import { checkNotifications } from './notification-settings.ts'

const webhook = { type: 'webhook', url: 'https://hooks.example.test/m', secret: { env: 'HOOK' } }
const smtp = { type: 'smtp', host: 'mail.example.test', from: 'm@example.test', to: ['a@example.test'] }

it('takes channels as they are documented, with what was left out', () => {
  const { findings, settings } = checkNotifications(
    {
      hook: webhook,
      chat: { type: 'slack', url: { file: '/run/slack' }, tell: ['held'], connections: ['staff'] },
      mail: { ...smtp, user: 'muster', password: { file: '/run/smtp' }, digest: '15m' },
    },
    { maySeal: false },
  )
  expect(findings).toEqual([])
  expect(settings?.mail).toMatchObject({ security: 'starttls', port: 587, details: false, digest: 900_000 })
})

it.each([
  ['a secret in the clear', { ...webhook, secret: 'open sesame' }, 'secret'],
  ['a secret in the store', { ...webhook, secret: { sealed: true } }, 'secret'],
  ['no secret', { type: 'webhook', url: webhook.url }, 'secret'],
  ['an address with a password', { ...webhook, url: 'https://ann:open-sesame@hooks.example.test/m' }, 'url'],
  ['another protocol', { ...webhook, url: 'file:///etc/passwd' }, 'url'],
  ['something unknown to tell', { ...webhook, tell: ['everything'] }, 'tell.0'],
  ['a user without a password', { ...smtp, user: 'muster' }, ''],
])('refuses %s, without showing it', (_what, channel, field) => {
  const { findings } = checkNotifications({ oncall: channel }, { maySeal: false })
  expect(findings.map(({ path }) => path.slice(2).join('.'))).toEqual([field])
  expect(JSON.stringify(findings)).not.toMatch(/sesame/)
})
