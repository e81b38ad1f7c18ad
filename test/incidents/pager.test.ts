import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { notificationsSchema } from '../../src/domain/notifications.ts'
import { createDispatcher } from '../../src/notify/dispatcher.ts'
import { openChannels } from '../../src/notify/open-channels.ts'
import { Secret } from '../../src/platform/secret.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { quickClock } from '../doubles/quick-clock.ts'
import { startSmtpServer } from '../doubles/smtp-server.ts'
import { startTinyServer } from '../doubles/tiny-server.ts'
import { describeOnBothStores, type StorePlace } from '../support/store.ts'

const minute = 60_000

/** Notices as the transactions of so many runs leave them, spread over one minute. */
async function happen(place: StorePlace, count: number, at: number): Promise<void> {
  const database = await openDatabase(place.connection)
  try {
    await sql`insert into notice (no, at, kind, connection, about, facts)
      select last.no + n, ${new Date(at).toISOString()}::timestamptz + n * interval '1 minute' / ${count}::int, 'failed', 'staff',
        'storm ' || last.no + n, '{"run":1,"code":"bug"}'::json
      from generate_series(1, ${count}::int) n, (select coalesce(max(no), 0) as no from notice) last`.execute(
      database.kysely,
    )
  } finally {
    await database.close()
  }
}

describeOnBothStores('a storm while nobody can be reached', (current) => {
  it('10,000 failures in a minute, mail and webhook down for an hour: one digest each, all told, nothing twice', async () => {
    const { store, place } = current()
    let isDown = true
    const hook = await startTinyServer(() => ({ status: isDown ? 503 : 204 }))
    const mail = await startSmtpServer()
    mail.isDown = true
    onTestFinished(async () => {
      await Promise.all([hook.close(), mail.close()])
    })
    const clock = quickClock(Date.now())
    const { channels } = await openChannels({
      settings: notificationsSchema.parse({
        hook: { type: 'webhook', url: hook.url, secret: 'hook' },
        mail: {
          type: 'smtp',
          host: '127.0.0.1',
          port: mail.port,
          security: 'none',
          from: 'm@x.test',
          to: ['oncall@x.test'],
        },
      }),
      secretOf: async () => new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'),
      consoleUrl: undefined,
      clock,
    })
    const { notices } = store
    const { signal } = new AbortController()
    const turn = () => createDispatcher({ notices, channels: () => channels, clock, log: () => undefined }).turn(signal)
    await turn()

    await happen(place, 10_000, clock.now())
    for (let passed = 0; passed < 60; passed += 5) {
      clock.advance(5 * minute)
      // Each turn is that of a process which was started anew: nothing is only remembered.
      expect(await turn()).toBe(0)
      if (passed % 15 === 0) await happen(place, 1, clock.now())
    }
    const refused = hook.seen.length
    isDown = false
    mail.isDown = false
    for (let each = 0; each < 6; each += 1) {
      clock.advance(30 * minute)
      await turn()
    }
    const taken = hook.seen.slice(refused).map(({ body }) => body as { readonly id: string; readonly total: number })
    // The storm, and then what came while it could not be told.
    expect(taken.map(({ total }) => total)).toEqual([10_000, 4])
    expect(new Set(taken.map(({ id }) => id)).size).toBe(2)
    // The message of the storm had the same id each time it was refused.
    expect(new Set(hook.seen.slice(0, refused + 1).map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const subjects = mail.mails.map(({ text }) => /^Subject: Muster: (\d+) things/m.exec(text)?.[1])
    expect(subjects).toEqual(['10000', '4'])
    expect((await notices.deliveries({ state: 'pending' }, { limit: 10 })).items).toEqual([])
    expect((await notices.deliveries({ state: 'dead' }, { limit: 10 })).items).toEqual([])
  })
})
