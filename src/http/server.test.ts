import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type StallingDatabase, startStallingDatabase } from '../../test/doubles/stalling-database.ts'
import { type Program, sharedProgram, startProgram } from '../../test/support/program.ts'
import { postgresComponent } from '../../test/support/store.ts'
import { covers, type Endpoint, type Role, roles } from '../contract/route.ts'
import { allRoutes } from '../contract/routes.ts'
import { errorBody } from '../contract/shapes.ts'

/** An address of the endpoint with made-up values in its places. */
function pathOf(endpoint: Endpoint): string {
  return endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'kind' ? 'user' : 'nothing-there'))
}

async function call(program: Program, endpoint: Endpoint, token?: string) {
  const response = await fetch(`${program.url}${pathOf(endpoint)}`, {
    method: endpoint.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(endpoint.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(endpoint.body === undefined ? {} : { body: '{}' }),
  })
  return { status: response.status, body: (await response.json()) as unknown }
}

describe('the admin API', () => {
  const running = sharedProgram()

  it('serves exactly the endpoints the contract declares', async () => {
    const program = running()
    const token = await program.tokenWith(roles)
    for (const [name, endpoint] of allRoutes()) {
      const { status, body } = await call(program, endpoint, token)
      const parsed = errorBody.safeParse(body)
      const message = parsed.success ? parsed.data.error.message : ''
      expect([404, 405].includes(status) && /nothing at|not possible at/.test(message), `${name}: ${message}`).toBe(
        false,
      )
    }
    const described = (await (await fetch(`${program.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>
    }
    const operations = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(operations.sort()).toEqual(
      allRoutes()
        .map(([, { method, path }]) => `${method} ${path}`)
        .sort(),
    )
  })

  it('lets nobody in without a valid token', async () => {
    const program = running()
    for (const [name, endpoint] of allRoutes().filter(([, { role }]) => role !== 'public')) {
      for (const token of [undefined, 'wrong', 'Bearer wrong']) {
        const { status, body } = await call(program, endpoint, token)
        expect({ name, status, code: errorBody.parse(body).error.code }).toEqual({
          name,
          status: 401,
          code: 'unauthenticated',
        })
      }
    }
  })

  it.each([...roles.map((role) => [role]), []] as Role[][])(
    'gives the role %s exactly what it covers',
    async (...held) => {
      const program = running()
      const token = await program.tokenWith(held)
      for (const [name, endpoint] of allRoutes()) {
        const { status } = await call(program, endpoint, token)
        const { role } = endpoint
        const isOpen = role === 'public' || role === 'signed-in' || covers(held, role)
        expect({ name, refused: status === 403 }).toEqual({ name, refused: !isOpen })
      }
    },
  )

  it('refuses expired and revoked tokens', async () => {
    const program = running()
    const [, endpoint] = allRoutes()[0]!
    const { token, value } = await program.store.access.createToken('t', ['viewer'])
    expect((await call(program, endpoint, value)).status).toBe(200)
    await program.store.access.revokeToken(token.id)
    expect((await call(program, endpoint, value)).status).toBe(401)
    const old = await program.store.access.createToken('old', ['viewer'], Date.parse('2020-01-01'))
    expect((await call(program, endpoint, old.value)).status).toBe(401)
  })

  it('cannot be talked into believing that a request came from inside', async () => {
    const program = running()
    expect((await program.client.system.me()).name).toBe('os:tester')
    const names = [
      'x-principal',
      'x-muster-principal',
      'principal',
      'x-remote-user',
      'x-forwarded-user',
      'forwarded',
      'x-forwarded-for',
      'cookie',
    ]
    for (const name of names) {
      const response = await fetch(`${program.url}/api/v1/me`, { headers: { [name]: 'os:tester' } })
      expect(response.status, name).toBe(401)
    }
    // Also not while somebody inside is being served.
    const [inside, outside] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => program.client.system.me())),
      Promise.all(Array.from({ length: 20 }, () => fetch(`${program.url}/api/v1/me`))),
    ])
    expect(new Set(inside.map(({ name }) => name))).toEqual(new Set(['os:tester']))
    expect(new Set(outside.map(({ status }) => status))).toEqual(new Set([401]))
  })

  it('asks the roles of those inside as well', async () => {
    const program = running()
    const viewer = program.clientAs({ name: 'os:guest', roles: ['viewer'] })
    await expect(viewer.tokens.list()).rejects.toMatchObject({ code: 'not-allowed' })
    await expect(viewer.runs.list()).resolves.toMatchObject({ items: [] })
  })
})

describe('a request that is wrong', () => {
  const running = sharedProgram()

  const wrong: readonly (readonly [string, string, RequestInit, number, RegExp])[] = [
    ['an unknown path', '/api/v1/nothing', {}, 404, /nothing at \/api\/v1\/nothing/],
    ['an unknown path outside the API', '/x', {}, 404, /nothing at \/x/],
    ['a method the path does not have', '/api/v1/runs', { method: 'PATCH' }, 405, /PATCH is not possible/],
    ['a body that is not JSON', '/api/v1/tokens', { method: 'POST', body: '{' }, 400, /not JSON/],
    ['an empty body', '/api/v1/tokens', { method: 'POST' }, 400, /body/],
    [
      'a body of another type',
      '/api/v1/tokens',
      { method: 'POST', body: 'a: 1', headers: { 'content-type': 'text/yaml' } },
      415,
      /JSON only/,
    ],
    [
      'a body that is too large',
      '/api/v1/tokens',
      { method: 'POST', body: JSON.stringify({ name: 'x'.repeat(1_100_000) }) },
      413,
      /larger/,
    ],
    ['a body with a missing setting', '/api/v1/tokens', { method: 'POST', body: '{"name":"a"}' }, 400, /body.roles/],
    [
      'a body with an unknown setting',
      '/api/v1/tokens',
      { method: 'POST', body: '{"name":"a","roles":["viewer"],"x":1}' },
      400,
      /body.x is not known/,
    ],
    ['a mistyped filter', '/api/v1/runs?conection=a', {}, 400, /query.conection is not known/],
    ['a filter that does not exist', '/api/v1/runs?state=lost', {}, 400, /query.state.0/],
    ['a limit out of bounds', '/api/v1/runs?limit=5000', {}, 400, /query.limit/],
    ['a cursor of somebody else', '/api/v1/runs?cursor=%00', {}, 400, /./],
    ['a path that is not encoded correctly', '/api/v1/runs/%E0%A4%A', {}, 400, /encoded/],
    ['a source that does not exist', '/api/v1/sources/none', {}, 404, /no source "none"/],
    ['a name that cannot be one', '/api/v1/sources/A_B', {}, 400, /params.key/],
    ['a prototype in a body', '/api/v1/tokens', { method: 'POST', body: '{"__proto__":{"a":1}}' }, 400, /./],
  ]

  it('is answered with one shape, a status and what to do', async () => {
    const program = running()
    const authorization = `Bearer ${await program.tokenWith(roles)}`
    for (const [name, path, init, status, message] of wrong) {
      const response = await fetch(`${program.url}${path}`, {
        ...init,
        headers: {
          authorization,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...init.headers,
        },
      })
      const body: unknown = await response.json()
      expect({ name, status: response.status, body }).toMatchObject({ name, status })
      const { error } = errorBody.parse(body)
      expect(error.message, name).toMatch(message)
      expect(JSON.stringify(body), name).not.toMatch(/FST_|node_modules|\n\s+at /)
      expect(response.headers.get('x-content-type-options'), name).toBe('nosniff')
      if (status === 405) expect(response.headers.get('allow')).toBe('GET')
    }
    expect(program.logged).toEqual([])
  })

  it('tells a stranger nothing before the token was looked at', async () => {
    const program = running()
    const response = await fetch(`${program.url}/api/v1/tokens`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('of a defect of ours says nothing but where to look', async () => {
    const program = await startProgram()
    await program.store.close()
    const response = await fetch(`${program.url}/api/v1/me`, { headers: { authorization: 'Bearer abc' } })
    const text = await response.text()
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(errorBody.safeParse(JSON.parse(text)).success).toBe(true)
    expect(text).not.toMatch(/select|node_modules|stack/)
  })
})

describe.skipIf(!postgresComponent.present)(`a store that hangs${postgresComponent.skipReason}`, () => {
  it('is told to be not ready, in time and with the reason, however often one asks, until it answers again', async () => {
    let database: StallingDatabase | undefined
    // Comes after the end of the program, which needs its store.
    onTestFinished(async () => await database?.close())
    const program = await startProgram({
      kind: 'postgresql',
      way: async ({ connection }) => {
        database = await startStallingDatabase('databaseUrl' in connection ? connection.databaseUrl : '')
        return { databaseUrl: database.databaseUrl }
      },
    })
    onTestFinished(() => database?.goOn())
    const asked = async () => {
      const began = performance.now()
      const answer = await fetch(`${program.url}/readyz`)
      const took = performance.now() - began
      return { status: answer.status, body: (await answer.json()) as unknown, isInTime: took < 4_000 }
    }
    expect(await asked()).toMatchObject({ status: 200, isInTime: true })
    database?.stall()
    // More than the program has connections.
    const answers = await Promise.all(Array.from({ length: 12 }, asked))
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 503,
        isInTime: true,
        body: {
          status: 'not-ready',
          error: { code: 'store-unavailable', message: expect.stringContaining('did not answer within 2 s') },
        },
      })
    }
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200)
    database?.goOn()
    expect(await asked()).toMatchObject({ status: 200, isInTime: true })
  })
})

describe('pages beside the API', () => {
  const running = sharedProgram()

  it('say that the process is up and the store answers', async () => {
    const program = await startProgram()
    expect(await (await fetch(`${program.url}/healthz`)).json()).toEqual({ status: 'up', version: '1.2.3' })
    expect(await (await fetch(`${program.url}/readyz`)).json()).toEqual({ status: 'ready' })
    await program.store.close()
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200)
    const answer = await fetch(`${program.url}/readyz`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ status: 'not-ready', error: { code: expect.any(String) } })
  })

  it('give numbers to this machine and to nobody who came through a proxy without a token', async () => {
    const program = running()
    const page = await (await fetch(`${program.url}/metrics`)).text()
    expect(page).toMatch(/^muster_open_runs\{state="held"\} 0$/m)
    expect(page).toMatch(/^process_resident_memory_bytes /m)
    const forwarded = { 'x-forwarded-for': '203.0.113.7' }
    expect((await fetch(`${program.url}/metrics`, { headers: forwarded })).status).toBe(401)
    const authorization = `Bearer ${await program.tokenWith(['viewer'])}`
    expect((await fetch(`${program.url}/metrics`, { headers: { ...forwarded, authorization } })).status).toBe(200)
  })

  it('tell every number that the documents name, and name every number that they tell', async () => {
    const page = await (await fetch(`${running().url}/metrics`)).text()
    const told = new Set(Array.from(page.matchAll(/^# HELP (muster_\w+)/gm), ([, name]) => name))
    const text = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
    const named = new Set(Array.from(text.matchAll(/^\| `(muster_\w+)`/gm), ([, name]) => name))
    expect([...told].toSorted()).toEqual([...named].toSorted())
    const dashboard = await readFile(new URL('../../docs/grafana-dashboard.json', import.meta.url), 'utf8')
    const asked = Array.from(dashboard.matchAll(/muster_\w+/g), ([name]) => name.replace(/_bucket$/, ''))
    expect(asked.filter((name) => !told.has(name))).toEqual([])
    expect(asked.length).toBeGreaterThan(10)
  })

  it('do not believe the Host header', async () => {
    const program = running()
    const { port } = new URL(program.url)
    const text = await new Promise<string>((resolve, reject) => {
      const sent = request(
        { port, host: '127.0.0.1', path: '/openapi.json', headers: { host: 'evil.example' } },
        (answer) => {
          let body = ''
          answer.on('data', (part) => {
            body += String(part)
          })
          answer.on('end', () => resolve(body))
        },
      )
      sent.on('error', reject)
      sent.end()
    })
    expect(text).not.toContain('evil.example')
  })
})
