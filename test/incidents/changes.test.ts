import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/storage/database.ts'
import { disabled, succeed, team, until, withoutEffect } from '../journeys/office.ts'
import { inWords, newestRun, onCall, settled, withGroup } from './on-call.ts'

// What is done to Muster itself: settings, upgrades, previews; and a site that says yes and does nothing.

const current = onCall()
const site = () => current().sandbox

describe('a change', { timeout: 240_000 }, () => {
  it('P3: was tried out in preview mode on a Friday night, and nothing was sent', async () => {
    const on = current()
    const { save } = await settled(on, 'try')
    await succeed(on, 'connections put try --merge --set mode=preview')
    save(disabled(withGroup('try', 'try-more', [2, 3]), 'try-1'))
    site().control.resetCounters()
    await withoutEffect(site(), async () => {
      for (const command of ['sync try', 'plan try', 'plan latest', 'check acme', 'check try --as source'])
        await succeed(on, command)
    })
    const { changes, run } = await newestRun(on, 'try')
    expect(run.state).toBe('planned')
    expect(changes.map(({ kind }) => kind)).toContain('account.deactivate')
    const { effects } = site().control.counters()
    expect(Object.values(effects).filter((count) => count > 0)).toEqual([])
    expect(await on.paged('try')).toEqual([])
  })

  it('P4: of the scope had a typing error that left nobody in it, and everybody stayed until a person looked', async () => {
    const on = current()
    await settled(on, 'scope')
    await succeed(on, 'connections put scope --merge --set users.scope.include=[{"memberOf":["scope-taem"]}]')
    const night = await withoutEffect(site(), () => on.type('sync scope'))
    expect(night.code).toBe(5)
    expect(night.said).toContain('users.scope: (not set) -> {"include":[{"memberOf":["scope-taem"]}]}')
    const { changes } = await newestRun(on, 'scope')
    expect(changes.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(
      Array(3).fill('account.deactivate left-by-rule'),
    )
    expect(await on.paged('scope')).toEqual(['held'])
  })

  it('P18: was answered with a yes by a site that did nothing, and is not called done', async () => {
    const on = current()
    const { save } = await settled(on, 'yes')
    save(withGroup('yes', 'yes-more', [1]))
    site().control.setDelays({ memberships: 600_000 })
    onTestFinished(() => site().control.setDelays({ memberships: 0 }))
    const syncing = on.type('sync yes')
    await until(async () => {
      const { run } = await newestRun(on, 'yes')
      return run.endedAt !== undefined || run.progress?.phase === 'verify'
    })
    on.pass(61_000)
    const night = await syncing
    expect(night.code).toBe(1)
    expect(night.said).toContain('1 applied and 1 sent but not seen yet')
    expect(night.said).toContain('The target accepted this and did not show it within 60 seconds.')
    expect(await on.paged('yes')).toEqual(['finished-with-failures'])
    const { changes } = await newestRun(on, 'yes')
    expect(changes.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'group.create applied',
      'membership.add unproven',
    ])
    // While it may still come nothing is sent a second time.
    await withoutEffect(site(), () => on.type('sync yes'))
  })

  it('P21: to a new version came in the night of an import, and the first run only showed what it would do', async () => {
    const on = current()
    const { save } = await settled(on, 'upgrade')
    // The last good read is one that a version before this one has left behind.
    const database = await openDatabase({ dataDir: on.folder })
    await sql`update source_read set summary = jsonb_set(summary::jsonb, '{semanticsVersion}', '1')::json
      where connection = 'upgrade'`.execute(database.kysely)
    await database.close()
    save(disabled(team('upgrade'), 'upgrade-1'))
    const night = await withoutEffect(site(), () => on.type('sync upgrade'))
    expect(night.said).toContain('Muster was upgraded and may plan differently.')
    expect(night.said).toContain('The rules of planning went from version 1 to')
    expect(inWords(await newestRun(on, 'upgrade'))).toEqual(['account.deactivate upgrade-1'])
    expect(await on.paged('upgrade')).toEqual(['held'])
    expect(night.code).toBe(5)
  })
})
