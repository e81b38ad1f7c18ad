import { describe, expect, it, onTestFinished } from 'vitest'
import type { Role } from '../../src/contract/route.ts'
import { startTinyServer } from '../doubles/tiny-server.ts'
import { openBrowser } from '../support/browser.ts'
import { sharedProgram, startProgram } from '../support/program.ts'

const publicUrl = 'https://muster.example.test'
const running = sharedProgram({
  yaml: `server: { publicUrl: "${publicUrl}" }`,
  variables: { OIDC: 'from-the-variable' },
})

const secrets = ['open sesame', 'another sesame', 'sesame of the client', 'https://hooks.example.test/sesame']
const shut = (value: unknown) => expect(JSON.stringify(value)).not.toMatch(/sesame/)

async function receiver() {
  const server = await startTinyServer(() => ({ status: 204 }))
  onTestFinished(() => server.close())
  return server
}

describe('a channel kept in the store', () => {
  it('shows what would change, is tried before it is saved, and never tells its secret', async () => {
    const { client, store } = running()
    const server = await receiver()
    const params = { channel: 'oncall' }
    const document = { type: 'webhook', url: `${server.url}/a`, secret: { value: secrets[0] }, tell: ['held'] }
    expect(await client.notifications.put({ params, body: { document, dryRun: true } })).toMatchObject({
      saved: false,
      isNew: true,
      changes: expect.arrayContaining(['secret was changed', expect.stringContaining('url: (not set) -> ')]),
    })
    expect((await client.notifications.list()).channels).toEqual([])
    await client.notifications.tryOut({ params, body: { document } })
    expect(server.seen.map(({ path }) => path)).toEqual(['/a'])
    expect(await store.secrets.list()).toEqual([])

    await client.notifications.put({ params, body: { document } })
    expect((await client.notifications.list()).channels).toMatchObject([{ channel: 'oncall', owner: 'store' }])
    const kept = await client.notifications.get({ params })
    expect(kept).toMatchObject({ document: { secret: { set: true } }, secrets: [{ from: 'sealed', set: true }] })
    await client.notifications.test({ params })
    expect(server.seen.at(-1)?.headers['webhook-signature']).toMatch(/^v1,/)

    // Who looks before saving hears what saving would say.
    for (const dryRun of [true, false]) {
      const body = { document: kept.document, basedOn: kept.version + 1, dryRun }
      await expect(client.notifications.put({ params, body })).rejects.toMatchObject({ code: 'conflict' })
    }

    // A secret that is kept goes along; nothing changed is nothing saved.
    const again = { ...kept.document, url: `${server.url}/b` }
    expect(await client.notifications.put({ params, body: { document: again, dryRun: true } })).toMatchObject({
      changes: [expect.stringMatching(/^url: .*\/a" -> .*\/b"$/)],
    })
    expect((await client.notifications.put({ params, body: { document: kept.document } })).changes).toEqual([])
    const acts = (await client.audit.list({ query: { limit: 50 } })).items
    expect(acts.map(({ act }) => act)).toEqual(
      expect.arrayContaining(['channel.save', 'channel.try', 'secret.set', 'notifications.test']),
    )
    // Whoever knows the address of a webhook can often post there: the audit log names the host.
    await client.notifications.put({ params, body: { document: again } })
    const { items } = await client.audit.list({ query: { limit: 50 } })
    expect(items.filter(({ act }) => act === 'channel.save').map(({ detail }) => detail?.changes)).toEqual(
      expect.arrayContaining([[`url: "${server.url}/…" -> "${server.url}/…"`]]),
    )
    expect(JSON.stringify(items)).not.toMatch(/\/[ab]"/)
    shut([acts, kept, await client.notifications.list()])
  })

  it('does not send a kept password to another server, nor hold what does not fit', async () => {
    const { client } = running()
    const params = { channel: 'mail' }
    const smtp = { type: 'smtp', host: 'mail.example.test', from: 'm@example.test', to: ['a@example.test'], user: 'm' }
    await client.notifications.put({ params, body: { document: { ...smtp, password: { value: secrets[1] } } } })
    const moved = { ...smtp, host: 'evil.example.test', password: { set: true } }
    // Each begins when the one before was refused: a refusal that nobody waits for yet would count as a fault of its own.
    for (const call of [client.notifications.put, client.notifications.tryOut]) {
      await expect(call({ params, body: { document: moved } })).rejects.toMatchObject({
        code: 'config-invalid',
        message: expect.stringContaining('another host'),
      })
    }
    const wrong = { type: 'smtp', host: '', from: 'nobody', to: [] }
    const refused = await client.notifications
      .put({ params, body: { document: wrong } })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'config-invalid', problems: { length: 3 } })
    await expect(
      client.notifications.put({ params: { channel: 'x' }, body: { document: { type: 'slack', url: secrets[3] } } }),
    ).rejects.toSatisfy((error: Error) => !error.message.includes('sesame'))
    expect(await client.notifications.delete({ params })).toEqual({ removed: true })
    await expect(client.notifications.get({ params })).rejects.toMatchObject({ code: 'not-found' })
    expect((await client.secrets.list()).items.map(({ owner }) => owner)).not.toContain('channel:mail')
  })

  it('yields to one of the same name in the configuration file, which nobody changes here', async () => {
    const channel = {
      channel: 'oncall',
      type: 'slack' as const,
      to: 'hooks.example.test',
      digestMs: 0,
      send: async () => undefined,
    }
    let isNamed = false
    const { client, store } = await startProgram({
      channels: () => ({ channels: isNamed ? [channel] : [], problems: [] }),
    })
    const params = { channel: 'oncall' }
    const document = { type: 'webhook', url: 'https://a.example.test/', secret: { env: 'HOOK' } }
    await client.notifications.put({ params, body: { document } })
    expect(await client.notifications.list()).toMatchObject({
      channels: [],
      problems: [expect.stringContaining('HOOK')],
      kept: ['oncall'],
    })
    isNamed = true
    expect(await client.notifications.list()).toMatchObject({
      channels: [{ channel: 'oncall', owner: 'file', type: 'slack' }],
      problems: [expect.stringContaining('the configuration file says counts')],
    })
    const managed = { code: 'not-writable' }
    await expect(client.notifications.put({ params, body: { document } })).rejects.toMatchObject(managed)
    expect(await store.settings.history('channel', 'oncall')).toHaveLength(1)
    expect(await client.notifications.delete({ params })).toEqual({ removed: true })
    await expect(client.notifications.delete({ params })).rejects.toMatchObject(managed)
  })
})

describe('single sign-on kept in the store', () => {
  const rule = (group: string, roles: readonly Role[], more: object = {}) => ({ group, roles, ...more })
  const document = {
    displayName: 'Corp',
    issuer: 'https://sso.example.test/realms/corp',
    clientId: 'muster',
    clientSecret: { value: secrets[2] },
    roles: [rule('admins', ['admin', 'approver']), rule('ops', ['operator'], { connections: ['staff'] })],
  }

  it('tells what would change and whom it may shut out, before it is saved', async () => {
    const { client, url } = running()
    const told = await client.singleSignOn.put({ body: { document, dryRun: true } })
    expect(told).toMatchObject({ saved: false, isNew: true })
    expect(told.changes).toEqual(
      expect.arrayContaining(['roles: new: ops gives operator on staff', 'clientSecret was changed']),
    )
    expect(told.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('Nobody with a password is an administrator'),
    ])
    const only = {
      ...document,
      roles: [rule('ops', ['operator']), rule('admins', ['admin'], { connections: ['staff'] })],
    }
    for (const dryRun of [true, false]) {
      await expect(client.singleSignOn.put({ body: { document: only, dryRun } })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('nobody could administer'),
        hint: expect.stringContaining('muster users add'),
      })
      await expect(client.singleSignOn.put({ body: { document, basedOn: 3, dryRun } })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('does not exist'),
      })
    }
    expect(await client.singleSignOn.get()).toMatchObject({
      from: 'none',
      redirectUri: `${publicUrl}/api/v1/sign-in/oidc/callback`,
    })
    const browser = openBrowser(url)
    expect((await browser.get('/api/v1/sign-in')).body.oidc).toBeUndefined()
    await client.singleSignOn.put({ body: { document } })
    expect((await browser.get('/api/v1/sign-in')).body.oidc).toMatchObject({ displayName: 'Corp' })
    const view = await client.singleSignOn.get()
    expect(view).toMatchObject({ from: 'store', document: { clientSecret: { set: true } }, secret: { set: true } })
    shut([told, view, (await client.audit.list({ query: { limit: 20 } })).items])
  })

  it.each([
    ['a path of groups', { preferred_username: 'ann', groups: ['/admins', 'x'] }, ['admin', 'approver'], undefined],
    ['one group as text', { email: 'bob@example.test', groups: 'ops' }, ['operator'], undefined],
    ['no group that fits', { sub: 's-1', groups: ['x'] }, [], /None of your groups/],
    ['no list of groups', { sub: 's-1' }, [], /no list of your groups/],
  ])('says what claims with %s would give', async (_what, claims, roles, problem) => {
    const trial = await running().client.singleSignOn.tryClaims({ body: { claims } })
    expect(trial.grants.map(({ role }) => role)).toEqual(roles)
    if (problem === undefined) expect(trial.problem).toBeUndefined()
    else expect(trial.problem?.message).toMatch(problem)
  })

  it('tries other rules than those that are saved, and knows own claims only after a sign-in', async () => {
    const { client } = running()
    const other = { ...document, clientSecret: { set: true }, roles: [rule('x', ['viewer'])], groupsClaim: 'a.b' }
    expect(
      await client.singleSignOn.tryClaims({ body: { document: other, claims: { a: { b: ['x'] } } } }),
    ).toMatchObject({
      claims: 'given',
      groups: ['x'],
      rules: [{ group: 'x', fits: true }],
      grants: [{ role: 'viewer' }],
    })
    await expect(client.singleSignOn.tryClaims({ body: {} })).rejects.toMatchObject({ code: 'not-found' })
    const away = { ...other, issuer: 'http://127.0.0.1:9', clientSecret: { value: secrets[2] } }
    const tried = await client.singleSignOn.tryProvider({ body: { document: away } })
    expect(tried).toMatchObject({ reached: false, problem: { message: expect.stringContaining('cannot be reached') } })
    await expect(
      client.singleSignOn.tryProvider({ body: { document: { ...away, clientSecret: { set: true } } } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('another issuer') })
  })

  it('signs out whom the provider vouched for when who may do what changes, and stays while nobody else could get in', async () => {
    const { client, store, url } = running()
    const ann = await store.signIn.users.recordExternal({
      subject: 'i a',
      userName: 'ann',
      grants: [{ role: 'admin' }],
    })
    await store.signIn.users.noteSignIn(ann.id)
    const token = await store.access.createToken('ci', ['admin'], undefined, { userId: ann.id })
    const byToken = async () =>
      (await openBrowser(url).get('/api/v1/users', { authorization: `Bearer ${token.value}` })).status
    const begin = () => store.signIn.sessions.begin({ userId: ann.id, way: 'oidc', expiresAt: Date.now() + 3_600_000 })
    const found = async (value: string) => (await store.signIn.sessions.find(value, 3_600_000)) !== undefined
    const kept = { ...document, clientSecret: { set: true } }
    const first = await begin()
    await client.singleSignOn.put({ body: { document: { ...kept, displayName: 'Company' } } })
    expect(await found(first.value)).toBe(true)
    const fewer = { ...kept, roles: document.roles.slice(0, 1) }
    const told = await client.singleSignOn.put({ body: { document: fewer, dryRun: true } })
    expect(told.warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^One person .* sign in again/),
    )
    expect([await found(first.value), await byToken()]).toEqual([true, 200])
    await client.singleSignOn.put({ body: { document: fewer } })
    expect([await found(first.value), await byToken()]).toEqual([false, 403])

    await expect(client.singleSignOn.delete()).rejects.toMatchObject({ code: 'conflict' })
    const { user: root } = await client.users.create({ body: { userName: 'root', grants: [{ role: 'admin' }] } })
    const params = { id: root.id }
    // Somebody whom the provider makes an administrator is one as long as they can come in by it.
    await store.signIn.users.recordExternal({ subject: 'i a', userName: 'ann', grants: [{ role: 'admin' }] })
    await client.users.update({ params, body: { disabled: true } })
    await expect(client.singleSignOn.delete()).rejects.toMatchObject({ code: 'conflict' })
    await client.users.update({ params, body: { disabled: false } })
    expect(await client.singleSignOn.delete()).toEqual({ removed: true })
    expect(await client.singleSignOn.get()).toMatchObject({ from: 'none' })
    await store.signIn.users.recordExternal({ subject: 'i a', userName: 'ann', grants: [{ role: 'admin' }] })
    await expect(client.users.update({ params, body: { disabled: true } })).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('identity provider do not count'),
    })
  })

  it('leaves nobody to administer where a file has it no longer, which the start of a server can tell', async () => {
    const { app, client, store } = await startProgram()
    expect(await app.offerSetup()).toBeDefined()
    await store.signIn.users.recordExternal({ subject: 'i a', userName: 'ann', grants: [{ role: 'admin' }] })
    expect([await app.offerSetup(), await app.canBeAdministered()]).toEqual([undefined, false])
    await client.users.create({ body: { userName: 'root', grants: [{ role: 'admin' }] } })
    expect(await app.canBeAdministered()).toBe(true)
  })

  it('is shown and tried, and not changed, where the configuration file has it', async () => {
    const { app, client } = await startProgram({
      yaml: `
server: { publicUrl: "${publicUrl}" }
auth: { oidc: { issuer: "https://sso.example.test", clientId: muster, clientSecret: { env: OIDC }, roles: [{ group: a, roles: [viewer] }] } }
`,
    })
    expect(await client.singleSignOn.get()).toMatchObject({
      from: 'file',
      document: { clientSecret: { env: 'OIDC' } },
      secret: { from: 'env', set: false },
    })
    expect(await app.canBeAdministered()).toBe(true)
    const managed = { code: 'not-writable' }
    await expect(client.singleSignOn.put({ body: { document } })).rejects.toMatchObject(managed)
    await expect(client.singleSignOn.delete()).rejects.toMatchObject(managed)
    const trial = await client.singleSignOn.tryClaims({ body: { claims: { groups: ['a'] } } })
    expect(trial.grants).toEqual([{ role: 'viewer' }])
  })
})
