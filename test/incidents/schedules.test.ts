import { describe, expect, it, onTestFinished } from 'vitest'
import { scheduledConnections } from '../../src/app/setups.ts'
import { startRunWorker } from '../../src/engine/run-worker.ts'
import { startScheduler } from '../../src/engine/scheduler.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { openRunQueue } from '../../src/storage/run-queue.ts'
import { configurationYaml, disabled, personOf, succeed, until, withoutEffect } from '../journeys/office.ts'
import { day, hour, newestRun, type OnCall, onCall, settled, withGroup } from './on-call.ts'

// What nobody watches: the nightly schedule, and what an identity provider pushed while nobody was there to follow it.

const current = onCall()
const site = () => current().sandbox

/** What a server does by itself: looks what is due, and runs it. */
async function onSchedule({ program, clock, folder }: OnCall): Promise<void> {
  const { store, runner, installation } = program
  const database = await openDatabase({ dataDir: folder })
  const queue = await openRunQueue(database, () => undefined)
  const log = () => undefined
  const worker = await startRunWorker({ queue, runner, clock, log, concurrency: 1 })
  const scheduler = startScheduler({
    scheduled: () => scheduledConnections(installation),
    queue,
    runner,
    runs: store.runs,
    leases: store.leases,
    clock,
    log,
    holder: 'night',
  })
  onTestFinished(async () => {
    worker.stop()
    await scheduler.stop()
    await queue.close()
    await database.close()
  })
}

async function finished(on: OnCall, connection: string, trigger: string) {
  const look = async () => {
    const { items } = await on.client.runs.list({ query: { connection, limit: 20 } })
    return items.find((run) => run.trigger === trigger)
  }
  const isUnderWay = (state: string) => state === 'planning' || state === 'applying'
  await until(async () => !isUnderWay((await look())?.state ?? 'planning'), 120_000)
  return (await look())!
}

describe('the night', { timeout: 240_000 }, () => {
  it('P5: decides what the morning would have decided: schedule, command line and API made one plan', async () => {
    const on = current()
    const { save } = await settled(on, 'three')
    await succeed(on, 'connections put three --merge --set mode=review --set schedule.every=6h')
    save(disabled(withGroup('three', 'three-more', [2, 3]), 'three-1'))
    on.pass(7 * hour)
    await withoutEffect(site(), async () => {
      await onSchedule(on)
      await finished(on, 'three', 'schedule')
      const night = (await newestRun(on, 'three')).plan!
      expect(night.run).toMatchObject({ trigger: 'schedule', startedBy: 'schedule', state: 'waiting' })
      expect(night.summary.total).toBe(4)
      await succeed(on, 'plan three --quiet')
      const typed = (await newestRun(on, 'three')).plan!
      await on.client.connections.run({ params: { key: 'three' }, body: { kind: 'full' } })
      await until(async () => (await newestRun(on, 'three')).run.state === 'waiting', 120_000)
      const called = (await newestRun(on, 'three')).plan!
      for (const { fingerprint, guards, summary } of [typed, called]) {
        expect(fingerprint).toBe(night.fingerprint)
        expect(guards).toEqual(night.guards)
        expect(summary).toEqual(night.summary)
      }
    })
    expect(await on.paged('three')).toEqual(['held'])
  })

  it('P19: a leaver was pushed in the minute in which Muster was restarted; the daily comparison found the account', async () => {
    const on = current()
    const yaml = configurationYaml(site(), { idp: 'path: none.json' }).replace(
      'type: file, path: none.json',
      'type: scim-push',
    )
    on.write('idp.yaml', yaml)
    await succeed(on, 'import {idp.yaml}')
    const { value } = await on.client.push.createToken({ params: { key: 'idp' }, body: {} })
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${on.url}/scim/idp/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${value}`, 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      expect(response.ok).toBe(true)
      return response.status === 204 ? { id: '' } : ((await response.json()) as { readonly id: string })
    }
    const people = await Promise.all(
      ['ida', 'max', 'tim'].map((login) =>
        call('POST', '/Users', { userName: `${login}@acme.example`, displayName: login }),
      ),
    )
    await succeed(on, 'sources baseline idp')
    await succeed(on, 'plan idp --quiet')
    await succeed(on, 'approve idp --all')
    await succeed(on, 'apply idp')
    expect(personOf(site(), 'ida@acme.example')?.status).toBe('active')
    // Acknowledged and stored, and then the process was gone before anything followed.
    await call('DELETE', `/Users/${people[0]!.id}`)
    on.pass(day)
    // Somebody looks at a plan meanwhile: that compares nobody for good.
    await succeed(on, 'plan idp --quiet')
    expect(personOf(site(), 'ida@acme.example')?.status).toBe('active')
    await onSchedule(on)
    const run = await finished(on, 'idp', 'schedule')
    expect(run).toMatchObject({ kind: 'full', state: 'applied', outcomes: { applied: 1 } })
    expect(personOf(site(), 'ida@acme.example')?.status).toBe('suspended')
    expect(personOf(site(), 'max@acme.example')?.status).toBe('active')
  })
})
