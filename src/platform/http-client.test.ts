import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../test/doubles/quick-clock.ts'
import { startTinyServer, type TinyHandler, type TinyServer } from '../../test/doubles/tiny-server.ts'
import { HttpClient, type HttpClientOptions, HttpFailure, type HttpRequest } from './http-client.ts'
import { Secret } from './secret.ts'

const token = 'sesame-open-7431'
let server: TinyServer
let client: HttpClient | undefined
const never = new AbortController().signal

beforeEach(async () => {
  server = await startTinyServer(() => ({ body: { ok: true } }))
})
afterEach(async () => {
  client?.close()
  client = undefined
  await server.close()
})

function open(options: Partial<HttpClientOptions> = {}) {
  const clock = quickClock()
  const lines: unknown[] = []
  client = new HttpClient({
    base: server.url,
    authorization: new Secret(`Bearer ${token}`),
    secrets: [new Secret(token)],
    clock,
    random: () => 0,
    log: (message, fields) => lines.push({ message, ...fields }),
    ...options,
  })
  return { client, clock, lines }
}

const read: HttpRequest = { operation: 'things.list', method: 'GET', path: '/things' }
const invite: HttpRequest = { operation: 'things.invite', method: 'POST', path: '/invite', body: { to: 'mia' } }
const add: HttpRequest = { ...invite, operation: 'things.add', effect: 'repeatable' }

/** Answers with these in turn, the last one for ever. */
function inTurn(...answers: readonly ReturnType<TinyHandler>[]): TinyHandler {
  let turn = 0
  return () => {
    const answer = answers[Math.min(turn, answers.length - 1)]
    turn += 1
    return answer
  }
}

async function failureOf(work: Promise<unknown>): Promise<HttpFailure> {
  const thrown = await work.then(
    () => undefined,
    (why: unknown) => why,
  )
  expect(thrown).toBeInstanceOf(HttpFailure)
  return thrown as HttpFailure
}

describe('a request', () => {
  it('carries credential, agent and JSON, keeps the base path, and is counted by operation', async () => {
    const { client } = open({ base: `${server.url}/gateway/jira/` })
    await client.send({ ...invite, query: { a: 'x y', list: ['1', '2'], none: undefined } }, never)
    const [seen] = server.seen
    expect(seen?.path).toBe('/gateway/jira/invite')
    expect(seen?.query.toString()).toBe('a=x+y&list=1&list=2')
    expect(seen?.headers.authorization).toBe(`Bearer ${token}`)
    expect(seen?.headers['user-agent']).toMatch(/^muster\/\d+\.\d+\.\d+/)
    expect(seen?.body).toEqual({ to: 'mia' })
    expect(client.calls()).toEqual({ 'things.invite': 1 })
  })

  it('reads zipped answers, and plain text where JSON is promised', async () => {
    const { client } = open()
    server.handle((_, raw) => {
      raw.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"zipped":true}'))
      return undefined
    })
    expect((await client.send(read, never)).json).toEqual({ zipped: true })
    server.handle(() => ({ status: 401, body: 'Basic authentication with passwords is deprecated' }))
    const plain = await client.send(read, never)
    expect(plain.json).toBeUndefined()
    expect(plain.text).toContain('deprecated')
  })

  it('quotes no value that the request asks to conceal, whatever page a failure shows', async () => {
    const { client } = open()
    for (const status of [400, 500]) {
      server.handle(() => ({ status, body: '<p>POST /users?name=mia&amp;password=new-sesame-77</p>' }))
      const answer = await client.send({ ...add, conceal: ['new-sesame-77'] }, never).catch((thrown: unknown) => thrown)
      expect(answer, String(status)).toMatchObject({ text: expect.stringContaining('name=mia') })
      expect(JSON.stringify(answer), String(status)).not.toContain('sesame-77')
    }
  })

  it('ends at the time-out although headers came', async () => {
    const { client } = open({ timeoutMs: 150 })
    server.handle((_, raw) => {
      raw.writeHead(200).write('{"half":')
      return undefined
    })
    const failure = await failureOf(client.send(invite, never))
    expect(failure).toMatchObject({ reason: 'unreachable', mayHaveApplied: true })
  })

  it('ends quickly when cancelled, and says that a write may have arrived', async () => {
    const { client } = open()
    server.handle(() => ({ instead: 'silence' }))
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    expect(await failureOf(client.send(add, stop.signal))).toMatchObject({ reason: 'cancelled', mayHaveApplied: true })
  })

  it('refuses an answer larger than allowed, zipped or not', async () => {
    const { client } = open({ maxBytes: 1000 })
    server.handle(() => ({ body: 'x'.repeat(2000) }))
    expect(await failureOf(client.send(read, never))).toMatchObject({ reason: 'too-large' })
    server.handle((_, raw) => {
      raw.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(2000)))
      return undefined
    })
    expect(await failureOf(client.send(read, never))).toMatchObject({ reason: 'too-large' })
  })

  it('treats an answer that is cut off as no answer', async () => {
    const { client } = open()
    server.handle((_, raw) => {
      raw.writeHead(200, { 'content-length': '100' }).write('{"a":1}')
      setImmediate(() => raw.destroy())
      return undefined
    })
    expect(await failureOf(client.send(read, never))).toMatchObject({ reason: 'unreachable', mayHaveApplied: false })
    expect(server.seen).toHaveLength(6)
  })
})

describe('where requests may go', () => {
  it.each([
    'http://169.254.169.254',
    'http://[fe80::1]',
    'http://[::ffff:169.254.169.254]',
    'http://2852039166',
    'http://metadata.google.internal',
    'http://100.100.100.200',
    'ftp://files.test',
  ])('never calls %s', (base) => {
    expect(() => new HttpClient({ base })).toThrow(HttpFailure)
  })

  it('does not follow a next link to another origin', async () => {
    const { client } = open()
    const failure = await failureOf(client.send({ ...read, path: 'http://127.0.0.1:1/things?cursor=2' }, never))
    expect(failure.reason).toBe('not-allowed')
    expect(server.seen).toHaveLength(0)
  })

  it('follows a redirect on its own origin, and never one that leaves it', async () => {
    const other = await startTinyServer(() => ({ body: { stolen: true } }))
    const { client } = open()
    server.handle(({ path }) => (path === '/things' ? { status: 302, headers: { location: '/moved' } } : { body: 1 }))
    expect((await client.send(read, never)).json).toBe(1)
    server.handle(() => ({ status: 302, headers: { location: `${other.url}/things` } }))
    expect((await failureOf(client.send(read, never))).reason).toBe('redirected')
    server.handle(() => ({ status: 307, headers: { location: '/elsewhere' } }))
    expect((await failureOf(client.send(invite, never))).reason).toBe('redirected')
    expect(other.seen).toHaveLength(0)
    await other.close()
  })
})

describe('repeating', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['an HTTP date', { 'retry-after': 'Sat, 21 Nov 2026 10:00:09 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, 9_000],
    ['a reset time', { 'x-ratelimit-reset': '2026-11-21T10:01Z', date: 'Sat, 21 Nov 2026 10:00:00 GMT' }, 60_000],
  ])('waits as long as 429 says in %s, also for a write that must not arrive twice', async (_, headers, pauseMs) => {
    const { client, clock } = open()
    const start = clock.now()
    server.handle(inTurn({ status: 429, headers }, { body: 'done' }))
    await client.send(invite, never)
    expect(server.seen).toHaveLength(2)
    expect(clock.now() - start).toBeGreaterThanOrEqual(pauseMs)
    expect(clock.now() - start).toBeLessThan(pauseMs + 1_000)
  })

  it('gives up on a pause that is longer than its patience, and says how long', async () => {
    const { client } = open({ patienceMs: 60_000 })
    server.handle(() => ({ status: 429, headers: { 'retry-after': '3600' } }))
    expect(await failureOf(client.send(read, never))).toMatchObject({ reason: 'rate-limited', retryAfterMs: 3_600_000 })
    expect(server.seen).toHaveLength(1)
  })

  it.each([502, 503, 504])('repeats a read after %i with growing pauses, six times in all', async (status) => {
    const { client, clock } = open()
    server.handle(() => ({ status, body: 'upstream' }))
    const failure = await failureOf(client.send(read, never))
    expect(failure).toMatchObject({ reason: 'unreachable', status, mayHaveApplied: false })
    expect(server.seen).toHaveLength(6)
    expect(clock.slept).toEqual([1_000, 2_000, 4_000, 8_000, 16_000])
  })

  it('repeats after 500 once', async () => {
    const { client } = open()
    server.handle(() => ({ status: 500 }))
    await failureOf(client.send(read, never))
    expect(server.seen).toHaveLength(2)
  })

  it('waits as long as a 503 says', async () => {
    const { client, clock } = open()
    server.handle(inTurn({ status: 503, headers: { 'retry-after': '12' } }, { body: 1 }))
    await client.send(read, never)
    expect(clock.slept[0]).toBeGreaterThanOrEqual(12_000)
  })

  it.each([
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a lost connection', { instead: 'hang-up' } as const],
  ])('never repeats after %s what must not arrive twice', async (_, answer) => {
    const { client } = open()
    server.handle(() => answer)
    expect(await failureOf(client.send(invite, never))).toMatchObject({ reason: 'unreachable', mayHaveApplied: true })
    expect(server.seen).toHaveLength(1)
  })

  it('repeats a harmless write and tells that an earlier try may have been carried out', async () => {
    const { client } = open()
    server.handle(inTurn({ status: 502 }, { status: 409, body: {} }))
    expect(await client.send(add, never)).toMatchObject({ status: 409, afterDoubt: true })
    server.handle(inTurn({ status: 429, headers: { 'retry-after': '1' } }, { status: 409, body: {} }))
    expect(await client.send(add, never)).toMatchObject({ status: 409, afterDoubt: false })
  })

  it('takes no web page for the word that a write was carried out', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Just a moment...</html>' }
    server.handle(inTurn(page, { status: 204 }))
    const answer = await open().client.send(add, never)
    expect(answer).toMatchObject({ status: 204, afterDoubt: true })
    server.handle(() => page)
    const once = await failureOf(open().client.send(invite, never))
    expect(once).toMatchObject({ reason: 'unreachable', mayHaveApplied: true, status: 200 })
    expect(once.message).toContain('web page')
    const harmless = await failureOf(open().client.send(add, never))
    expect(harmless).toMatchObject({ reason: 'unreachable', mayHaveApplied: true })
    expect((await open().client.send(read, never)).json).toBeUndefined()
  })

  it('repeats even what must not arrive twice when nothing was sent', async () => {
    const closed = await new Promise<number>((resolve) => {
      const probe = createServer()
      probe.listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as { port: number }
        probe.close(() => resolve(port))
      })
    })
    const { client, clock } = open({ base: `http://127.0.0.1:${closed}` })
    expect(await failureOf(client.send(invite, never))).toMatchObject({ reason: 'unreachable', mayHaveApplied: false })
    expect(clock.slept).toHaveLength(5)
    expect(client.calls()).toEqual({ 'things.invite': 6 })
  })
})

describe('secrets', () => {
  it('never appear in failures, refused answers or the log, even when the other side echoes them', async () => {
    const { client, lines } = open()
    server.handle(({ headers }) => ({ status: 502, body: `proxy saw ${headers.authorization} and ${token}` }))
    const failure = await failureOf(client.send(read, never))
    server.handle(({ headers }) => ({ status: 400, body: { errorMessages: [`bad ${headers.authorization}`] } }))
    const refused = await client.send(read, never)
    const everything = `${failure.message} ${failure.text} ${failure.stack} ${refused.text} ${JSON.stringify(refused.json)} ${JSON.stringify(lines)}`
    expect(everything).not.toContain(token)
    expect(lines.length).toBeGreaterThan(0)
  })
})
