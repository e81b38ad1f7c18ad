import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { NotificationSettings } from '../../src/domain/notifications.ts'
import { notificationsSchema } from '../../src/domain/notifications.ts'
import type { RunState } from '../../src/domain/run.ts'
import { createDispatcher } from '../../src/notify/dispatcher.ts'
import { openChannels } from '../../src/notify/open-channels.ts'
import { signatureOf } from '../../src/notify/webhook.ts'
import { newId } from '../../src/platform/ids.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { RunPatch } from '../../src/ports/runs.ts'
import type { Store } from '../../src/ports/store.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { type QuickClock, quickClock } from '../doubles/quick-clock.ts'
import { startSmtpServer } from '../doubles/smtp-server.ts'
import { startTinyServer } from '../doubles/tiny-server.ts'
import { change, samplePlan, sampleRun } from '../support/plans.ts'
import { startProgram } from '../support/program.ts'
import { describeOnPostgres, type StorePlace } from '../support/store.ts'

const minute = 60_000
const hour = 60 * minute
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const { signal } = new AbortController()

/** A webhook receiver that says 503 while it is down. */
async function receiver() {
  const state = { isDown: false }
  const server = await startTinyServer(() => (state.isDown ? { status: 503 } : { status: 204 }))
  onTestFinished(() => server.close())
  return { server, state }
}

/** A run with a plan that came to this state. */
async function endRun(store: Store, state: RunState, patch: RunPatch = {}, connection = 'staff') {
  const run = await store.runs.create(sampleRun({ id: newId(Date.now()), connection }))
  const plan = samplePlan(run.id, { id: newId(Date.now()), connection, fingerprint: newId(Date.now()) })
  await store.plans.save(plan, [[change(1)]])
  await store.runs.update(run.id, { planId: plan.id })
  await store.runs.update(run.id, { state, endedAt: Date.now(), ...patch })
  return run
}

describeOnPostgres('notifications', (current) => {
  /** Channels of these settings, and the clock that decides when something is due. */
  const dispatching = async (
    written: Readonly<Record<string, unknown>>,
    clock: QuickClock = quickClock(Date.now()),
  ) => {
    const { notices } = current().store
    const settings: NotificationSettings = notificationsSchema.parse(written)
    const secrets: Readonly<Record<string, string>> = { hook: secret }
    const { channels, problems } = await openChannels({
      settings,
      secretOf: async (_channel, _field, reference) =>
        new Secret(secrets[String(reference)] ?? String((reference as { url?: string }).url ?? 'x')),
      consoleUrl: 'https://muster.example.test',
      clock,
    })
    expect(problems).toEqual([])
    const dispatcher = createDispatcher({ notices, channels: () => channels, clock, log: () => undefined })
    // A channel begins with what comes after it was first seen.
    await dispatcher.turn(signal)
    return { clock, turn: () => dispatcher.turn(signal) }
  }

  const error = { code: 'auth-failed', message: 'The token of anna@example.test was refused.' }

  it('tell what waits, fails and ends with failures, signed, and without names nobody asked for', async () => {
    const { store } = current()
    const { server } = await receiver()
    const { clock, turn } = await dispatching({
      hook: { type: 'webhook', url: `${server.url}/muster`, secret: 'hook' },
    })
    await endRun(store, 'applied', { outcomes: { applied: 3 } })
    await endRun(store, 'held')
    await endRun(store, 'failed', { error })
    await endRun(store, 'partial', { outcomes: { applied: 1, failed: 2 } })
    expect(await turn()).toBe(0)
    clock.advance(2 * minute)
    expect(await turn()).toBe(1)
    const [request] = server.seen
    expect(request?.body).toMatchObject({
      type: 'muster.notices',
      total: 3,
      summary: 'Muster: 3 things to look at (1 finished-with-failures, 1 held, 1 unhealthy)',
      notices: [
        { kind: 'held', connection: 'staff', run: 2 },
        { kind: 'unhealthy', connection: 'staff', run: 3, code: 'auth-failed' },
        { kind: 'finished-with-failures', run: 4, outcomes: { applied: 1, failed: 2 } },
      ],
    })
    expect(JSON.stringify(request?.body)).not.toContain('anna')
    const headers = request?.headers ?? {}
    const id = String(headers['webhook-id'])
    expect(headers['idempotency-key']).toBe(id)
    const expected = signatureOf(
      new Secret(secret),
      id,
      String(headers['webhook-timestamp']),
      JSON.stringify(request?.body),
    )
    expect(headers['webhook-signature']).toBe(`v1,${expected}`)
    clock.advance(hour)
    expect(await turn()).toBe(0)
  })

  it('tell names and what the other side said to whom asked for it, and nothing else than was subscribed', async () => {
    const { store } = current()
    const { server } = await receiver()
    const url = `${server.url}/services/T0/B0/x`
    const { clock, turn } = await dispatching({
      chat: { type: 'slack', url: { url }, details: true, tell: ['unhealthy'], connections: ['staff'] },
    })
    await endRun(store, 'failed', { error: { ...error, message: '<!channel> anna@example.test was refused & ended' } })
    await endRun(store, 'failed', { error }, 'guests')
    await endRun(store, 'held')
    clock.advance(2 * minute)
    await turn()
    const text = (server.seen[0]?.body as { text?: string } | undefined)?.text ?? ''
    expect(text).toContain('*Muster: staff, run 1: a source or a target could not be used')
    expect(text).toContain('&lt;!channel&gt; anna@example.test was refused &amp; ended')
    expect(text).toContain('started by os:anna')
    expect(text).toContain('https://muster.example.test/runs/1')
    expect(text).not.toContain('guests')
    expect(server.seen).toHaveLength(1)
  })

  it('tell the same trouble of a schedule once a day, unless something went well in between', async () => {
    const { store } = current()
    const { server } = await receiver()
    const { clock, turn } = await dispatching({ hook: { type: 'webhook', url: server.url, secret: 'hook' } })
    for (let each = 0; each < 3; each += 1) await endRun(store, 'failed', { error })
    await endRun(store, 'failed', { error: { code: 'bug', message: 'another cause' } })
    await endRun(store, 'applied')
    await endRun(store, 'failed', { error })
    clock.advance(2 * minute)
    await turn()
    const told = server.seen[0]?.body as { notices?: { run: number }[] } | undefined
    expect(told?.notices?.map(({ run }) => run)).toEqual([1, 4, 6])
  })

  it('turn a storm of 10,000 into one message', async () => {
    const { place } = current()
    const { server } = await receiver()
    const { clock, turn } = await dispatching({ hook: { type: 'webhook', url: server.url, secret: 'hook' } })
    const at = clock.now()
    await storm(place, 10_000, at)
    clock.advance(2 * minute)
    expect(await turn()).toBe(1)
    expect(server.seen).toHaveLength(1)
    const body = server.seen[0]?.body as { total: number; notices: unknown[]; counts: unknown[] }
    expect([body.total, body.notices.length, body.counts.length]).toEqual([10_000, 20, 1])
    expect(JSON.stringify(body).length).toBeLessThan(10_000)
  })

  it('lose nothing and repeat nothing when mail and webhook are down for an hour', async () => {
    const { store } = current()
    const { server, state } = await receiver()
    const mail = await startSmtpServer()
    onTestFinished(() => mail.close())
    const smtp = { type: 'smtp', host: '127.0.0.1', port: mail.port, security: 'none', from: 'muster@example.test' }
    const { clock, turn } = await dispatching({
      hook: { type: 'webhook', url: server.url, secret: 'hook' },
      mail: { ...smtp, to: ['oncall@example.test', 'admin@example.test'] },
    })
    mail.isDown = true
    state.isDown = true
    let refused = 0
    for (let passed = 0; passed < 60; passed += 15) {
      await endRun(store, 'held', {}, `c${passed}`)
      clock.advance(15 * minute)
      expect(await turn()).toBe(0)
      refused = server.seen.length
    }
    expect(refused).toBeGreaterThan(3)
    const { items } = await store.notices.deliveries({ state: 'pending' }, { limit: 10 })
    expect(items.map(({ channel, problem }) => [channel, problem]).sort()).toEqual([
      ['hook', expect.stringMatching(/^127\.0\.0\.1:\d+ answered 503\.$/)],
      ['mail', expect.stringContaining('did not take the message')],
    ])
    mail.isDown = false
    state.isDown = false
    for (let each = 0; each < 4; each += 1) {
      clock.advance(30 * minute)
      await turn()
    }
    const taken = server.seen
      .slice(refused)
      .map(({ body }) => body as { id: string; notices: { connection: string }[] })
    expect(taken.flatMap(({ notices }) => notices.map(({ connection }) => connection))).toEqual([
      'c0',
      'c15',
      'c30',
      'c45',
    ])
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length)
    // The message that was refused kept its id at every try.
    expect(new Set(server.seen.slice(0, refused + 1).map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const told = mail.mails.map(({ text }) => text.replaceAll('=\n', '')).join('\n')
    // The first mail is about one run alone, which its subject names too; the outage itself ends in one digest.
    expect(mail.mails).toHaveLength(2)
    expect(['c0', 'c15', 'c30', 'c45'].map((name) => told.split(`Z ${name}, run`).length - 1)).toEqual([1, 1, 1, 1])
    expect(mail.mails[0]?.to).toEqual(['oncall@example.test', 'admin@example.test'])
    expect((await store.notices.deliveries({ state: 'pending' }, { limit: 10 })).items).toEqual([])
  })

  it('that nobody took for a day wait for a person, who sends them again under the same id', async () => {
    const { store } = current()
    const { server, state } = await receiver()
    const { clock, turn } = await dispatching({ hook: { type: 'webhook', url: server.url, secret: 'hook' } })
    state.isDown = true
    await endRun(store, 'held')
    clock.advance(2 * minute)
    await turn()
    clock.advance(24 * hour)
    await turn()
    const dead = await store.notices.deliveries({ state: 'dead' }, { limit: 10 })
    expect(dead.items).toHaveLength(1)
    const tries = server.seen.length
    const id = dead.items[0]?.id ?? ''
    await endRun(store, 'held')
    state.isDown = false
    clock.advance(2 * minute)
    await turn()
    // What came later is not held up by it.
    expect(server.seen.slice(tries).map(({ headers }) => headers['webhook-id'] === id)).toEqual([false])
    expect(await store.notices.resend(id, clock.now())).toBe(true)
    expect(await store.notices.resend(id, clock.now())).toBe(false)
    await turn()
    expect(server.seen.at(-1)?.headers['webhook-id']).toBe(id)
    expect((await store.notices.deliveries({ state: 'dead' }, { limit: 10 })).items).toEqual([])
  })

  it('come also after a quiet month, in which everything that was told is forgotten', async () => {
    const { store } = current()
    const { server } = await receiver()
    const hook = { type: 'webhook', url: server.url, secret: 'hook' }
    const { clock, turn } = await dispatching({ hook, other: { ...hook, tell: ['held'], connections: ['guests'] } })
    for (const connection of ['staff', 'guests', 'more']) await endRun(store, 'held', {}, connection)
    clock.advance(2 * minute)
    expect(await turn()).toBe(2)
    clock.advance(61 * 24 * hour)
    await store.notices.prune(clock.now())
    // Before anybody looks again: numbers must not begin anew.
    await endRun(store, 'held', {}, 'guests')
    clock.advance(2 * minute)
    expect(await turn()).toBe(2)
    expect((await store.notices.deliveries({}, { limit: 10 })).items).toHaveLength(2)
  })

  it('are sent by one instance at a time, and by another when it dies in the middle', async () => {
    const { notices } = current().store
    const { server } = await receiver()
    const { clock, turn } = await dispatching({ hook: { type: 'webhook', url: server.url, secret: 'hook' } })
    await endRun(current().store, 'held')
    clock.advance(2 * minute)
    await notices.gather({ channel: 'hook', digestMs: 0 }, clock.now())
    expect(await notices.claim(['hook'], clock.now(), 2 * minute)).toMatchObject({ channel: 'hook', attempts: 1 })
    expect(await turn()).toBe(0)
    clock.advance(2 * minute)
    expect(await turn()).toBe(1)
    expect(server.seen).toHaveLength(1)
  })
})

describe('notifications over HTTP', () => {
  it('are tried and sent again by an administrator, looked at by an operator, and by nobody else', async () => {
    const { server, state } = await receiver()
    const clock = quickClock(Date.now())
    const { channels } = await openChannels({
      settings: notificationsSchema.parse({ oncall: { type: 'webhook', url: `${server.url}/x`, secret: 'hook' } }),
      secretOf: async () => new Secret(secret),
      consoleUrl: undefined,
      clock,
    })
    const problems = ['notifications.mail: the variable SMTP is not set']
    const { store, clientWith, client } = await startProgram({ channels: () => ({ channels, problems }) })
    const [viewer, operator, admin] = [
      await clientWith(['viewer']),
      await clientWith(['operator']),
      await clientWith(['admin']),
    ]
    const notAllowed = { code: 'not-allowed' }
    const test = { params: { channel: 'oncall' } }
    expect(await operator.notifications.list()).toMatchObject({ channels: [{ channel: 'oncall' }], problems })
    await expect(viewer.notifications.list()).rejects.toMatchObject(notAllowed)
    await expect(viewer.notifications.deliveries({ query: {} })).rejects.toMatchObject(notAllowed)
    await expect(operator.notifications.test(test)).rejects.toMatchObject(notAllowed)
    expect(server.seen).toHaveLength(0)

    expect(await admin.notifications.test(test)).toEqual({ done: true })
    expect(server.seen[0]?.body).toMatchObject({ type: 'muster.test', total: 0 })
    await expect(admin.notifications.test({ params: { channel: 'mail' } })).rejects.toMatchObject({
      code: 'not-found',
      message: problems[0],
    })
    server.handle(() => ({ status: 302, headers: { location: `${server.url}/elsewhere` } }))
    await expect(admin.notifications.test(test)).rejects.toMatchObject({ code: 'unreachable' })
    expect(server.seen.map(({ path }) => path)).toEqual(['/x', '/x'])
    server.handle(() => (state.isDown ? { status: 503 } : { status: 204 }))

    // One that was given up.
    const dispatcher = createDispatcher({
      notices: store.notices,
      channels: () => channels,
      clock,
      log: () => undefined,
    })
    await dispatcher.turn(signal)
    await endRun(store, 'held')
    state.isDown = true
    for (const passed of [2 * minute, 24 * hour]) {
      clock.advance(passed)
      await dispatcher.turn(signal)
    }
    const dead = { query: { state: 'dead' as const } }
    const [given] = (await operator.notifications.deliveries(dead)).items
    expect(given).toMatchObject({ channel: 'oncall', problem: expect.stringContaining('answered 503.') })
    const resend = { params: { delivery: given?.id ?? '' } }
    await expect(operator.notifications.resend(resend)).rejects.toMatchObject(notAllowed)
    expect(await admin.notifications.resend(resend)).toEqual({ done: true })
    await expect(admin.notifications.resend(resend)).rejects.toMatchObject({ code: 'not-found' })
    state.isDown = false
    await dispatcher.turn(signal)
    expect(server.seen.at(-1)?.headers['webhook-id']).toBe(given?.id)
    expect((await operator.notifications.deliveries({ query: {} })).items.map(({ state }) => state)).toEqual(['sent'])
    const acts = (await client.audit.list({ query: { limit: 5 } })).items.map(({ act }) => act)
    expect(acts.filter((act) => act.startsWith('notifications.'))).toEqual([
      'notifications.resend',
      'notifications.test',
    ])
  })
})

/** Many notices at once, as 10,000 transactions leave them. */
async function storm(place: StorePlace, count: number, at: number): Promise<void> {
  const database = await openDatabase(place.connection)
  try {
    await sql`insert into notice (no, at, kind, connection, about, facts)
      select no, ${new Date(at).toISOString()}::timestamptz, 'failed', 'staff', 'storm ' || no, '{"run":1,"code":"bug"}'::json
      from generate_series(1, ${count}::int) no`.execute(database.kysely)
  } finally {
    await database.close()
  }
}
