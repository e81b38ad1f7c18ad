import { describe, expect, it } from 'vitest'
import { openBrowser } from '../../test/support/browser.ts'
import { sampleRun } from '../../test/support/plans.ts'
import { type Program, sharedProgram } from '../../test/support/program.ts'
import { hashPassword } from '../platform/password.ts'

const password = 'plenty of words to remember'
const hashed = hashPassword(password)

/** A user of this name and a browser that signed in as them. */
async function signedIn(program: Program, userName: string, role: 'viewer' | 'operator' | 'admin' = 'operator') {
  const { users } = program.store.signIn
  const passwordHash = await hashed
  const user = await users.create({ userName, passwordHash, grants: [{ role }] }, 'os:tester')
  const browser = openBrowser(program.url)
  const answer = await browser.post('/api/v1/sign-in', { userName, password })
  expect(answer).toMatchObject({ status: 200, body: { name: `user:${userName}` } })
  return { user, browser, answer }
}

describe('the first set-up', () => {
  const running = sharedProgram()

  it('makes one administrator for whoever read the code on the terminal', async () => {
    const program = running()
    const browser = openBrowser(program.url)
    expect((await browser.get('/api/v1/setup')).body).toEqual({ needed: true })
    const code = (await program.app.offerSetup()) ?? ''
    expect(code).toMatch(/^([A-HJ-NP-Z2-9]{4}-){4}[A-HJ-NP-Z2-9]{4}$/)
    const body = { code: code.toLowerCase().replaceAll('-', ' '), userName: 'anna', password }
    const wrong = await browser.post('/api/v1/setup', { ...body, code: 'AAAA-AAAA-AAAA-AAAA-AAAA' })
    expect(wrong).toMatchObject({ status: 401, body: { error: { code: 'unauthenticated' } } })
    expect(await browser.post('/api/v1/setup', { ...body, password: 'anna12345' })).toMatchObject({
      status: 422,
      body: { error: { problems: [{ where: 'password', message: 'is shorter than 12 characters' }] } },
    })
    const done = await browser.post('/api/v1/setup', body)
    expect(done).toMatchObject({ status: 201, body: { name: 'user:anna', roles: ['admin', 'approver'] } })
    expect((await browser.get('/api/v1/me')).body).toMatchObject({ name: 'user:anna' })
    expect((await browser.get('/api/v1/setup')).body).toEqual({ needed: false })
    expect(await openBrowser(program.url).post('/api/v1/setup', body)).toMatchObject({ status: 409 })
    expect(await program.app.offerSetup()).toBeUndefined()
    const { items } = await program.client.audit.list()
    expect(items.map(({ act, actor }) => `${actor} ${act}`)).toEqual(['user:anna set-up', 'user:anna sign-in'])
    expect(JSON.stringify(items)).not.toContain(password)
  })
})

describe('signing in', () => {
  const running = sharedProgram()

  it('gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const { browser, answer } = await signedIn(running(), 'cookie')
    expect(answer.setCookies).toEqual([
      expect.stringMatching(/^muster-[0-9a-f]{8}=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/),
    ])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect((await browser.get('/api/v1/runs')).status).toBe(200)
    expect((await browser.get('/api/v1/tokens')).status).toBe(403)
  })

  it('says the same of a wrong password, an unknown name and a disabled user', async () => {
    const program = running()
    const { user } = await signedIn(program, 'disabled')
    const browser = openBrowser(program.url)
    const wrong = await browser.post('/api/v1/sign-in', { userName: 'disabled', password: 'not this one' })
    await program.store.signIn.users.update(user.id, { isDisabled: true }, 'os:tester')
    const disabled = await browser.post('/api/v1/sign-in', { userName: 'disabled', password })
    const unknown = await browser.post('/api/v1/sign-in', { userName: 'unheard-of', password })
    for (const answer of [wrong, disabled, unknown]) {
      expect(answer).toMatchObject({ status: 401, body: wrong.body, setCookies: [] })
    }
  })

  it('pauses after five failures of a name, known or not, and does not look at the right password either', async () => {
    const program = running()
    await signedIn(program, 'target')
    for (const userName of ['target', 'TARGET ', 'nobody-has-this']) {
      const browser = openBrowser(program.url)
      const answers: number[] = []
      for (let count = 0; count < 6; count += 1) {
        answers.push((await browser.post('/api/v1/sign-in', { userName, password: 'guess' })).status)
        if (answers.at(-1) === 429) break
      }
      expect(answers.at(-1)).toBe(429)
      const right = await browser.post('/api/v1/sign-in', { userName, password })
      expect(right).toMatchObject({ status: 429, body: { error: { code: 'too-many-attempts' } } })
      expect(Number(right.headers['retry-after'])).toBeGreaterThan(20)
    }
  })

  it('begins a new session each time and ends the one the browser had', async () => {
    const program = running()
    const { browser } = await signedIn(program, 'rotating')
    const before = new Map(browser.cookies)
    const again = await browser.post('/api/v1/sign-in', { userName: 'rotating', password })
    expect(again.status).toBe(200)
    expect([...browser.cookies.values()]).not.toEqual([...before.values()])
    const old = openBrowser(program.url)
    for (const [name, value] of before) old.cookies.set(name, value)
    expect(await old.get('/api/v1/me')).toMatchObject({
      status: 401,
      body: { error: { message: 'The session has ended.' } },
    })
  })

  it('ends with signing out', async () => {
    const { browser } = await signedIn(running(), 'leaving')
    const stolen = openBrowser(running().url)
    for (const [name, value] of browser.cookies) stolen.cookies.set(name, value)
    expect((await browser.post('/api/v1/sign-out', undefined)).body).toEqual({ done: true })
    expect(browser.cookies.size).toBe(0)
    expect((await stolen.get('/api/v1/me')).status).toBe(401)
  })

  it('is over at once for a user who is disabled in the middle of a session', async () => {
    const program = running()
    const { user, browser } = await signedIn(program, 'midway')
    await program.store.signIn.users.update(user.id, { isDisabled: true }, 'os:tester')
    expect((await browser.get('/api/v1/runs')).status).toBe(401)
  })

  it('by a link works once', async () => {
    const program = running()
    const link = await program.app.offerLink('demo')
    const browser = openBrowser(program.url)
    const first = await browser.get(link)
    expect(first).toMatchObject({ status: 303, headers: { location: '/' } })
    expect((await browser.get('/api/v1/me')).body).toMatchObject({ name: 'user:demo', roles: ['admin', 'approver'] })
    expect((await openBrowser(program.url).get(link)).status).toBe(401)
  })

  it('does not read a form that is too large', async () => {
    const answer = await openBrowser(running().url).post('/api/v1/sign-in', {
      userName: 'large',
      password: 'x'.repeat(9_000),
    })
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'usage' } } })
  })
})

describe('a browser that another site makes send something', () => {
  const running = sharedProgram()

  it('changes nothing', async () => {
    const program = running()
    const { browser } = await signedIn(program, 'victim', 'admin')
    const csrf = (await browser.get('/api/v1/me')).body.session.csrfToken as string
    const own = new URL(program.url).origin
    const body = { name: 'stolen', roles: ['admin'] }
    const attempts: readonly (readonly [string, Record<string, string>])[] = [
      ['without the token', { origin: own }],
      [
        'with a wrong token',
        { origin: own, 'x-muster-csrf': csrf.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) },
      ],
      ['from another site', { origin: 'https://evil.example', 'x-muster-csrf': csrf }],
      ['from another port', { origin: 'http://127.0.0.1:1', 'x-muster-csrf': csrf }],
      ['from a sandboxed frame', { origin: 'null', 'x-muster-csrf': csrf }],
      ['with a site that says so', { 'sec-fetch-site': 'cross-site', 'x-muster-csrf': csrf }],
      ['from a sister site', { origin: own, 'sec-fetch-site': 'same-site', 'x-muster-csrf': csrf }],
    ]
    for (const [name, headers] of attempts) {
      const { status, body: answered } = await browser.send('POST', '/api/v1/tokens', { body, headers })
      expect({ name, status, code: answered.error.code }).toEqual({ name, status: 403, code: 'not-allowed' })
    }
    expect((await program.client.tokens.list()).items).toEqual([])
    const right = { origin: own, 'sec-fetch-site': 'same-origin', 'x-muster-csrf': csrf }
    expect((await browser.send('POST', '/api/v1/tokens', { body, headers: right })).status).toBe(201)
  })

  it('cannot sign it in as somebody else', async () => {
    const program = running()
    await signedIn(program, 'attacker')
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const browser = openBrowser(program.url)
      const answer = await browser.send('POST', '/api/v1/sign-in', {
        body: { userName: 'attacker', password },
        headers,
      })
      expect(answer).toMatchObject({ status: 403, setCookies: [] })
    }
  })

  it('does not concern whoever sends a token', async () => {
    const token = await running().tokenWith(['admin'])
    const { status } = await openBrowser(running().url).send('POST', '/api/v1/tokens', {
      body: { name: 'by-token', roles: ['viewer'] },
      headers: { authorization: `Bearer ${token}`, origin: 'https://evil.example' },
    })
    expect(status).toBe(201)
  })
})

describe('behind https', () => {
  const behindProxy = sharedProgram({ yaml: 'server: { trustedProxies: [127.0.0.1] }' })
  const withAddress = sharedProgram({ yaml: 'server: { publicUrl: "https://muster.example/" }' })
  const plain = sharedProgram()

  it('the cookie is for this host alone and never sent in the clear', async () => {
    const program = withAddress()
    await program.store.signIn.users.create({ userName: 'anna', passwordHash: await hashed, grants: [] }, 'os:tester')
    const browser = openBrowser(program.url)
    const origin = 'https://muster.example'
    const answer = await browser.post('/api/v1/sign-in', { userName: 'anna', password }, { origin })
    expect(answer.setCookies).toEqual([expect.stringMatching(/^__Host-muster-.*; HttpOnly; SameSite=Strict; Secure$/)])
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000')
    expect((await browser.get('/api/v1/me')).status).toBe(200)
    const forged = openBrowser(program.url)
    for (const [name, value] of browser.cookies) forged.cookies.set(name.replace('__Host-', ''), value)
    expect((await forged.get('/api/v1/me')).status).toBe(401)
    expect(await browser.post('/api/v1/sign-out', undefined)).toMatchObject({
      status: 403,
      body: { error: { hint: 'Open the console at https://muster.example/.' } },
    })
  })

  it('a trusted proxy says where somebody is from, and nobody else does', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
    for (const [program, address, cookie] of [
      [behindProxy(), '203.0.113.9', /^__Host-.*Secure$/],
      [plain(), '127.0.0.1', /^muster-.*Strict$/],
    ] as const) {
      const { users, sessions } = program.store.signIn
      const user = await users.create({ userName: 'anna', passwordHash: await hashed, grants: [] }, 'os:tester')
      const origin = undefined
      const answer = await openBrowser(program.url).post(
        '/api/v1/sign-in',
        { userName: 'anna', password },
        { ...forwarded, origin },
      )
      expect(answer.setCookies).toEqual([expect.stringMatching(cookie)])
      expect(await sessions.list(user.id, 3_600_000)).toMatchObject([{ address }])
    }
  })

  it('every answer says that it is not to be kept, framed, guessed at or filled with anything', async () => {
    const browser = openBrowser(plain().url)
    for (const path of [
      '/api/v1/me',
      '/api/v1/sign-in',
      '/healthz',
      '/nothing',
      '/api/v1/runs/%E0%A4%A',
      '/scim/x/v2',
    ]) {
      const { headers } = await browser.get(path)
      expect({ path, ...headers }).toMatchObject({
        'cache-control': expect.stringContaining('no-store'),
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
    }
  })
})

describe('a stream', () => {
  const running = sharedProgram()

  it('ends when its person is shut out', async () => {
    const program = running()
    const run = await program.store.runs.create(sampleRun({ state: 'applying' }))
    const { user, browser } = await signedIn(program, 'watcher', 'viewer')
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join()
    const response = await fetch(`${program.url}/api/v1/runs/${run.number}/events`, { headers: { cookie } })
    const stream = response.body?.pipeThrough(new TextDecoderStream()).values()
    expect((await stream?.next())?.value).toContain('"state":"applying"')
    await program.store.signIn.users.update(user.id, { isDisabled: true }, 'os:tester')
    expect(await stream?.next()).toMatchObject({ done: true })
  })
})
