import { describe, expect, it } from 'vitest'
import { openBrowser } from '../../test/support/browser.ts'
import { type Program, sharedProgram } from '../../test/support/program.ts'
import type { Role } from '../contract/route.ts'
import { systemClock } from '../platform/clock.ts'

const running = sharedProgram()
const later = sharedProgram({ clock: { ...systemClock, now: () => systemClock.now() + 15 * 86_400_000 } })
const password = 'plenty of words to remember'
const inAYear = () => new Date(Date.now() + 300 * 86_400_000).toISOString()

async function userWith(program: Program, userName: string, grants: readonly { role: Role }[]) {
  const made = await program.client.users.create({ body: { userName, grants: [...grants] } })
  const browser = openBrowser(program.url)
  await browser.post('/api/v1/sign-in', { userName, password: made.password ?? '' })
  const changed = await browser.post('/api/v1/me/password', { current: made.password, next: password })
  expect(changed).toMatchObject({ status: 200, body: { done: true } })
  return { id: made.user.id, browser }
}

describe('a user that an administrator makes', () => {
  it('gets a password once, and can do nothing before changing it', async () => {
    const program = running()
    const { user, password: given } = await program.client.users.create({
      body: { userName: 'anna', displayName: 'Anna', grants: [{ role: 'operator' }] },
    })
    expect(user).toMatchObject({ userName: 'anna', mustChangePassword: true, hasPassword: true })
    const browser = openBrowser(program.url)
    await browser.post('/api/v1/sign-in', { userName: 'anna', password: given })
    expect((await browser.get('/api/v1/me')).body.session).toMatchObject({ mustChangePassword: true })
    expect(await browser.get('/api/v1/runs')).toMatchObject({ status: 403 })
    const before = new Map(browser.cookies)
    const wrong = await browser.post('/api/v1/me/password', { current: 'not it', next: password })
    expect(wrong).toMatchObject({ status: 403, body: { error: { message: 'The present password is wrong.' } } })
    await browser.post('/api/v1/me/password', { current: given, next: password })
    expect([...browser.cookies.values()]).not.toEqual([...before.values()])
    expect((await browser.get('/api/v1/runs')).status).toBe(200)
    const { items } = await program.client.audit.list()
    expect(items.map(({ act }) => act)).toEqual(expect.arrayContaining(['user.create', 'password.change']))
    expect(JSON.stringify(items)).not.toContain(given)
  })

  it('is signed out by other roles, a new password and being disabled, and works on with what is new', async () => {
    const program = running()
    const { id, browser } = await userWith(program, 'bert', [{ role: 'viewer' }])
    await program.client.users.update({ params: { id }, body: { grants: [{ role: 'approver' }] } })
    expect((await browser.get('/api/v1/me')).status).toBe(401)
    await browser.post('/api/v1/sign-in', { userName: 'bert', password })
    expect((await browser.get('/api/v1/me')).body).toMatchObject({ roles: ['approver'] })
    const reset = await program.client.users.resetPassword({ params: { id }, body: {} })
    expect((await browser.get('/api/v1/me')).status).toBe(401)
    expect((await browser.post('/api/v1/sign-in', { userName: 'bert', password })).status).toBe(401)
    expect((await browser.post('/api/v1/sign-in', { userName: 'bert', password: reset.password })).status).toBe(200)
    await program.client.users.update({ params: { id }, body: { disabled: true } })
    expect((await browser.get('/api/v1/me')).status).toBe(401)
  })

  it('keeps the session in which it changes its own roles, under a new cookie', async () => {
    const program = running()
    const { id, browser } = await userWith(program, 'chief', [{ role: 'admin' }])
    const before = [...browser.cookies.values()]
    const csrf = (await browser.get('/api/v1/me')).body.session.csrfToken as string
    const grants = [{ role: 'admin' }, { role: 'approver' }]
    const answer = await browser.send('PUT', `/api/v1/users/${id}`, {
      body: { grants },
      headers: { 'x-muster-csrf': csrf, origin: program.url },
    })
    expect(answer.body).toMatchObject({ grants })
    expect([...browser.cookies.values()]).not.toEqual(before)
    expect((await browser.get('/api/v1/me')).body).toMatchObject({ roles: ['admin', 'approver'] })
  })

  it('needs connections that exist, a name that is free and a password that is hard to guess', async () => {
    const { users } = running().client
    const create = (body: object) => users.create({ body: { userName: 'dora', grants: [], ...body } })
    await expect(create({ grants: [{ role: 'viewer', connection: 'none' }] })).rejects.toMatchObject({
      code: 'not-found',
    })
    for (const weak of ['short', 'aaaaaaaaaaaaaaaa', 'dora dora dora']) {
      await expect(create({ password: weak })).rejects.toMatchObject({ code: 'config-invalid' })
    }
    await create({})
    await expect(create({ userName: 'DORA' })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('sessions of a user', () => {
  it('are listed with where they are from, and can be ended one by one', async () => {
    const program = running()
    const { id, browser } = await userWith(program, 'emil', [{ role: 'viewer' }])
    const other = openBrowser(program.url)
    await other.post('/api/v1/sign-in', { userName: 'emil', password })
    const { items } = (await browser.get('/api/v1/me/sessions')).body as { items: { id: string; current: boolean }[] }
    expect(items).toMatchObject([
      { current: false, address: '127.0.0.1', agent: 'Test browser', way: 'password' },
      { current: true },
    ])
    const csrf = (await browser.get('/api/v1/me')).body.session.csrfToken as string
    const headers = { 'x-muster-csrf': csrf, origin: program.url }
    const ended = await browser.send('DELETE', `/api/v1/me/sessions/${items[0]?.id}`, { headers })
    expect(ended.body).toEqual({ removed: true })
    expect((await other.get('/api/v1/me')).status).toBe(401)
    const foreign = await userWith(program, 'fred', [])
    const [theirs] = await program.store.signIn.sessions.list(foreign.id, 3_600_000)
    expect((await browser.send('DELETE', `/api/v1/me/sessions/${theirs?.id}`, { headers })).status).toBe(404)
    await expect(program.client.users.endSessions({ params: { id } })).resolves.toEqual({ ended: 1 })
    expect((await browser.get('/api/v1/me')).status).toBe(401)
  })
})

describe('a personal token', () => {
  it('may do what it says and its owner may do, and ends with its owner', async () => {
    const program = running()
    const { id, browser } = await userWith(program, 'gina', [{ role: 'operator' }])
    const body = { name: 'laptop', roles: ['operator', 'admin'], expiresAt: inAYear() }
    const made = await browser.post('/api/v1/me/tokens', body)
    expect(made).toMatchObject({ status: 201, body: { token: { name: 'laptop', user: 'gina' } } })
    const authorization = `Bearer ${made.body.value}`
    const me = async () => await openBrowser(program.url).get('/api/v1/me', { authorization })
    expect((await me()).body).toMatchObject({ name: 'user:gina/laptop', roles: ['operator'] })
    const more = await openBrowser(program.url).send('POST', '/api/v1/me/tokens', { body, headers: { authorization } })
    expect(more).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('browser') } } })
    await program.client.users.update({ params: { id }, body: { grants: [{ role: 'viewer' }] } })
    expect((await me()).body).toMatchObject({ roles: [] })
    await program.client.users.update({ params: { id }, body: { disabled: true } })
    expect((await me()).status).toBe(401)
  })

  it('is bounded by time and by connections, and revoked by nobody else but administrators', async () => {
    const program = running()
    const { browser } = await userWith(program, 'hans', [{ role: 'viewer' }])
    const body = { name: 'ci', roles: ['viewer'], connections: ['staff'], expiresAt: inAYear() }
    const late = { ...body, expiresAt: new Date(Date.now() + 400 * 86_400_000).toISOString() }
    expect((await browser.post('/api/v1/me/tokens', late)).status).toBe(400)
    const made = await browser.post('/api/v1/me/tokens', body)
    const me = await openBrowser(program.url).get('/api/v1/me', { authorization: `Bearer ${made.body.value}` })
    expect(me.body).toMatchObject({ roles: [], onConnections: { staff: ['viewer'] } })
    const { browser: other } = await userWith(program, 'ines', [{ role: 'viewer' }])
    const csrf = (await other.get('/api/v1/me')).body.session.csrfToken as string
    const path = `/api/v1/me/tokens/${made.body.token.id}`
    const headers = { 'x-muster-csrf': csrf, origin: program.url }
    expect((await other.send('DELETE', path, { headers })).status).toBe(404)
    expect((await other.get('/api/v1/me/tokens')).body).toEqual({ items: [] })
    await expect(program.client.tokens.revoke({ params: { id: made.body.token.id } })).resolves.toEqual({
      removed: true,
    })
  })

  it('of somebody whom an identity provider vouches for rests when they have not signed in for a fortnight', async () => {
    for (const [program, status] of [
      [running(), 200],
      [later(), 401],
    ] as const) {
      const { users } = program.store.signIn
      const user = await users.recordExternal({ subject: 'idp 1', userName: 'jo', grants: [{ role: 'admin' }] })
      await users.noteSignIn(user.id)
      const token = await program.store.access.createToken('ci', ['viewer'], undefined, { userId: user.id })
      const me = await openBrowser(program.url).get('/api/v1/me', { authorization: `Bearer ${token.value}` })
      expect(me.status).toBe(status)
    }
  })
})
