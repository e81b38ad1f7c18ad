import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { builtWeb } from '../../../src/platform/built-web.ts'
import { type Browser, openBrowser } from '../../support/browser.ts'
import { chromiumPresent, openChromium } from '../../support/chromium.ts'
import { freePorts } from '../../support/daemon.ts'
import type { Keycloak } from '../../support/keycloak.ts'
import { runProgram } from '../../support/program.ts'
import { repositoryRoot } from '../../support/temporary.ts'

const chromium = await chromiumPresent()
const web = join(repositoryRoot, 'dist', 'web')
const { signal } = new AbortController()
const password = 'a password at the provider'

const person = (username: string, groups: readonly string[], given: object = {}) => ({
  username,
  enabled: true,
  email: `${username}@example.test`,
  emailVerified: true,
  firstName: username,
  lastName: 'Example',
  groups,
  credentials: [{ type: 'password', value: password, temporary: false }],
  ...given,
})

const groupsMapper = {
  name: 'groups',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-group-membership-mapper',
  config: { 'claim.name': 'groups', 'full.path': 'true', 'id.token.claim': 'true', 'userinfo.token.claim': 'true' },
}

/** A company with a client for Muster at this address. */
const realm = (origin: string) => ({
  realm: 'corp',
  enabled: true,
  sslRequired: 'none',
  groups: [{ name: 'muster-admins' }, { name: 'staff', subGroups: [{ name: 'operators' }] }, { name: 'others' }],
  clients: [
    {
      clientId: 'muster',
      secret: 'secret-of-the-client',
      redirectUris: [`${origin}/api/v1/sign-in/oidc/callback`],
      attributes: { 'pkce.code.challenge.method': 'S256' },
      protocolMappers: [groupsMapper],
    },
  ],
  users: [
    person('anna', ['/muster-admins']),
    person('otto', ['/staff/operators', '/others']),
    person('nora', ['/others']),
  ],
})

const configuration = (origin: string, issuer: string) => `
server: { publicUrl: "${origin}" }
auth:
  oidc:
    displayName: Corp
    issuer: "${issuer}"
    clientId: muster
    clientSecret: { env: OIDC_SECRET }
    roles:
      - { group: muster-admins, roles: [admin, approver] }
      - { group: staff/operators, roles: [operator], connections: [staff] }
sources: { hr: { type: local } }
targets: { acme: { type: jira-cloud, site: "https://a.atlassian.net", email: a@example.test, apiToken: { env: OIDC_SECRET }, orgApiKey: { env: OIDC_SECRET } } }
connections: { staff: { source: hr, target: acme } }
`

/** Signing in to the console by a real Keycloak. */
export function signsOn(keycloak: () => Keycloak): void {
  describe('single sign-on', () => {
    let provider: Keycloak
    let running: Awaited<ReturnType<typeof runProgram>>
    let origin = ''
    let issuer = ''

    beforeAll(async () => {
      const [port = 0] = await freePorts(1)
      origin = `http://127.0.0.1:${port}`
      provider = keycloak()
      issuer = await provider.importRealm(realm(origin))
      running = await runProgram({
        variables: { OIDC_SECRET: 'secret-of-the-client' },
        yaml: configuration(origin, issuer),
        listen: `127.0.0.1:${port}`,
        ...(chromium.present ? { console: () => ({ folder: web }) } : {}),
      })
      if (chromium.present) await builtWeb({ root: repositoryRoot, say: () => undefined, signal })
    })

    afterAll(async () => {
      await running?.stop()
    })

    /** Goes to the provider, fills in its form, and comes back with what it says; the address is not opened yet. */
    async function throughProvider(browser: Browser, userName: string, returnTo = '/'): Promise<string> {
      const start = await browser.get(`/api/v1/sign-in/oidc/start?returnTo=${encodeURIComponent(returnTo)}`)
      expect(start.status).toBe(303)
      const login = openBrowser(provider.url)
      const page = await login.get(String(start.headers.location))
      const action = /action="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
      const form = new URLSearchParams({ username: userName, password, credentialId: '' })
      const back = await login.send('POST', action, {
        text: form.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
      expect(back.status, page.body).toBe(302)
      return String(back.headers.location)
    }

    const problemOf = (answer: { readonly headers: Readonly<Record<string, unknown>> }) =>
      /^\/sign-in\?problem=(.*)$/.exec(String(answer.headers.location))?.[1]

    it('signs a person in with the roles that their groups give, and remembers where they wanted to go', async () => {
      const browser = openBrowser(origin)
      expect((await browser.get('/api/v1/sign-in')).body).toMatchObject({
        oidc: { displayName: 'Corp', start: '/api/v1/sign-in/oidc/start' },
      })
      const back = await browser.get(await throughProvider(browser, 'anna', '/runs?state=held'))
      expect(back).toMatchObject({ status: 303, headers: { location: '/runs?state=held' } })
      expect((await browser.get('/api/v1/me')).body).toMatchObject({
        name: 'sso:anna',
        displayName: 'anna Example',
        roles: ['admin', 'approver'],
      })
      const operator = openBrowser(origin)
      await operator.get(await throughProvider(operator, 'otto'))
      expect((await operator.get('/api/v1/me')).body).toMatchObject({
        roles: [],
        onConnections: { staff: ['operator'] },
      })
      expect((await operator.get('/api/v1/connections')).body.items).toMatchObject([{ key: 'staff' }])
    })

    it('lets nobody in whose groups give no role, and takes roles away that groups no longer give', async () => {
      const stranger = openBrowser(origin)
      expect(problemOf(await stranger.get(await throughProvider(stranger, 'nora')))).toBe('oidc-no-role')
      expect((await stranger.get('/api/v1/me')).status).toBe(401)
      const browser = openBrowser(origin)
      await browser.get(await throughProvider(browser, 'otto'))
      const [{ id: user }] = (await provider.call('GET', '/realms/corp/users?username=otto')) as [{ id: string }]
      const groups = (await provider.call('GET', `/realms/corp/users/${user}/groups`)) as { id: string; name: string }[]
      const group = groups.find(({ name }) => name === 'operators')?.id ?? ''
      await provider.call('DELETE', `/realms/corp/users/${user}/groups/${group}`)
      expect(problemOf(await browser.get(await throughProvider(browser, 'otto')))).toBe('oidc-no-role')
      expect((await browser.get('/api/v1/me')).status).toBe(401)
      await provider.call('PUT', `/realms/corp/users/${user}/groups/${group}`)
    })

    it.skipIf(!chromium.present)(
      `loses nothing that was typed when the session ends in between${chromium.skipReason}`,
      async () => {
        const { client } = running.program
        const [{ id: user }] = (await provider.call('GET', '/realms/corp/users?username=anna')) as [{ id: string }]
        const browser = await openChromium()
        onTestFinished(() => browser.close())
        const context = await browser.newContext()
        context.setDefaultTimeout(90_000)
        const page = await context.newPage()
        const fillIn = async (form: typeof page) => {
          await form.locator('#username').fill('anna')
          await form.locator('#password').fill(password)
          await form.keyboard.press('Enter')
        }
        await page.goto(`${origin}/api/v1/sign-in/oidc/start?returnTo=${encodeURIComponent('/settings?tab=sign-on')}`)
        await fillIn(page)
        // The settings of the file are shown, and what they make of the person who looks.
        await page.getByText('These settings are managed by the configuration file').waitFor()
        await page.getByRole('button', { name: 'Try my own, from my last sign-in' }).click()
        await page.getByText('admin, approver', { exact: true }).waitFor()
        await page.getByRole('tab', { name: 'Notifications' }).click()
        await page.getByRole('button', { name: 'New channel' }).click()
        const typed = {
          'Name (never changes)': 'oncall',
          'Mail server': 'mail.example.test',
          From: 'muster@example.test',
        }
        const field = (name: string) => page.getByRole('textbox', { name })
        for (const [name, value] of Object.entries(typed)) await field(name).fill(value)

        const anna = (await client.users.list()).items.find(({ userName }) => userName === 'anna')
        await client.users.endSessions({ params: { id: anna?.id ?? '' } })
        await provider.call('POST', `/realms/corp/users/${user}/logout`)
        // The page may have asked for something by itself in the meantime: then the dialog is there already, above the button.
        await page.getByRole('button', { name: 'Send a test with these settings' }).dispatchEvent('click')
        const dialog = page.getByRole('dialog', { name: 'Sign in again' })
        const [elsewhere] = await Promise.all([
          page.waitForEvent('popup'),
          dialog.getByRole('link', { name: /Corp/ }).click(),
        ])
        await fillIn(elsewhere)
        await dialog.waitFor({ state: 'detached' })
        for (const [name, value] of Object.entries(typed)) expect(await field(name).inputValue()).toBe(value)
        await field('To').fill('identity-team@example.test')
        await page.getByRole('button', { name: 'Review the change' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
        await page.getByRole('button', { name: 'Edit: oncall' }).waitFor()
        const [act] = (await client.audit.list({ query: { limit: 1 } })).items
        expect(act).toMatchObject({ act: 'channel.save', actor: 'sso:anna' })
        await client.notifications.delete({ params: { channel: 'oncall' } })
      },
    )

    it('does not take an answer twice, nor in another browser, nor with another state', async () => {
      const browser = openBrowser(origin)
      const address = await throughProvider(browser, 'anna')
      const thief = openBrowser(origin)
      expect(problemOf(await thief.get(address))).toBe('oidc-state')
      const other = openBrowser(origin)
      await other.get('/api/v1/sign-in/oidc/start')
      expect(problemOf(await other.get(address))).toBe('oidc-state')
      const kept = new Map(browser.cookies)
      const tampered = address.replace(/state=[^&]+/, 'state=another')
      expect(problemOf(await browser.get(tampered))).toBe('oidc-state')
      const restore = () => {
        for (const [name, value] of kept) browser.cookies.set(name, value)
      }
      restore()
      expect(await browser.get(address)).toMatchObject({ status: 303, headers: { location: '/' } })
      restore()
      expect(problemOf(await browser.get(address))).toBe('oidc-state')
      for (const each of [thief, other]) expect((await each.get('/api/v1/me')).status).toBe(401)
    })

    it('does not take an answer that was asked for with another nonce or verifier', async () => {
      for (const part of ['nonce', 'verifier']) {
        const browser = openBrowser(origin)
        const address = await throughProvider(browser, 'anna')
        const [name, value] = [...browser.cookies].find(([each]) => each.includes('oidc')) ?? ['', '']
        const kept = JSON.parse(Buffer.from(value, 'base64url').toString()) as Record<string, string>
        const changed = { ...kept, [part]: 'x'.repeat(43) }
        browser.cookies.set(name, Buffer.from(JSON.stringify(changed)).toString('base64url'))
        expect(problemOf(await browser.get(address)), part).toMatch(/^oidc-(answer|state)$/)
        expect((await browser.get('/api/v1/me')).status).toBe(401)
      }
    })

    it('sends nobody to another site afterwards', async () => {
      for (const returnTo of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
        const browser = openBrowser(origin)
        const back = await browser.get(await throughProvider(browser, 'anna', returnTo))
        expect(back.headers.location).toBe('/')
      }
    })

    it('shuts out whom an administrator disabled here, and what the provider refused', async () => {
      const { client } = running.program
      const browser = openBrowser(origin)
      await browser.get(await throughProvider(browser, 'otto'))
      const { items } = await client.users.list()
      const otto = items.find(({ userName }) => userName === 'otto')
      expect(otto).toMatchObject({ kind: 'oidc', hasPassword: false })
      const params = { id: otto?.id ?? '' }
      await expect(client.users.update({ params, body: { grants: [] } })).rejects.toMatchObject({
        code: 'not-writable',
      })
      await expect(client.users.resetPassword({ params, body: {} })).rejects.toMatchObject({ code: 'not-writable' })
      await client.users.update({ params, body: { disabled: true } })
      expect((await browser.get('/api/v1/me')).status).toBe(401)
      expect(problemOf(await browser.get(await throughProvider(browser, 'otto')))).toBe('oidc-disabled')
      const begun = await browser.get('/api/v1/sign-in/oidc/start')
      const state = new URL(String(begun.headers.location)).searchParams.get('state') ?? ''
      const refused = `/api/v1/sign-in/oidc/callback?error=access_denied&error_description=No&state=${state}&iss=${issuer}`
      expect(problemOf(await browser.get(refused))).toBe('oidc-refused')
    })

    it('says that the secret is wrong, and writes down what the provider said', async () => {
      const [{ id }] = (await provider.call('GET', '/realms/corp/clients?clientId=muster')) as [{ id: string }]
      const browser = openBrowser(origin)
      const address = await throughProvider(browser, 'anna')
      await provider.call('POST', `/realms/corp/clients/${id}/client-secret`)
      expect(problemOf(await browser.get(address))).toBe('oidc-client')
      const [entry] = (await running.program.client.audit.list()).items
      expect(entry).toMatchObject({ act: 'sign-in.refused', subject: 'oidc', detail: { problem: 'oidc-client' } })
      expect(JSON.stringify(entry)).not.toContain('secret-of-the-client')
    })
  })
}
