import { sql } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDatabase } from '../../src/storage/database.ts'
import { member, succeed, type Team, team, withoutEffect, withoutMember } from '../journeys/office.ts'
import { everything, inWords, newestRun, onCall, settled, withGroup, without } from './on-call.ts'

// What people do to groups, at the source and on the site, and what would have been lost by it.

const current = onCall()
const site = () => current().sandbox
const groupNames = () =>
  site()
    .control.state()
    .groups.map(({ name }) => name)

describe('groups', { timeout: 240_000 }, () => {
  it('P7: a contractor put into the team by hand was still there after the night', async () => {
    const on = current()
    const { save } = await settled(on, 'hand')
    site().control.edit({ action: 'add-person', email: 'contractor@acme.example' })
    site().control.edit({ action: 'add-member', group: 'hand-team', email: 'contractor@acme.example' })
    save(withoutMember(team('hand'), 'hand-1'))
    const night = await succeed(on, 'sync hand')
    expect(night.said).toContain('Done: 1 membership removed.')
    expect(inWords(await newestRun(on, 'hand'))).toEqual(['membership.remove hand-1 hand-team'])
    const { people } = site().control.state()
    expect(people.find(({ email }) => email === 'contractor@acme.example')?.groups).toEqual(['hand-team'])
  })

  it('P9: somebody renamed the marketing group to the name of the administrators, and nobody became one', async () => {
    const on = current()
    const { save } = await settled(on, 'market')
    const { people, groups } = team('market')
    save({ people, groups: groups.map((group) => ({ ...group, name: 'jira-administrators-acme' })) })
    const night = await withoutEffect(site(), () => on.type('sync market'))
    expect(night.code).toBe(0)
    const { plan, changes } = await newestRun(on, 'market')
    expect(changes).toEqual([])
    expect(plan?.summary.notices).toEqual([expect.stringContaining('it stays linked to "market-team" (name-differs)')])
  })

  it('P11: a group was deleted at the source; on the site it stayed, and so did what was put into it by hand', async () => {
    const on = current()
    const { save } = await settled(on, 'away', {}, withGroup('away', 'away-more', [1, 2]))
    site().control.edit({ action: 'add-member', group: 'away-more', email: member('away', 3).mail })
    const before = everything(on)
    save(team('away'))
    const night = await succeed(on, 'sync away')
    expect(night.said).toContain('Done: 2 memberships removed.')
    expect(groupNames()).toContain('away-more')
    expect(
      site()
        .control.state()
        .groups.find(({ name }) => name === 'away-more')?.members,
    ).toBe(1)
    save(withGroup('away', 'away-more', [1, 2]))
    await succeed(on, 'sync away')
    expect(everything(on)).toEqual(before)
  })

  it('P12: two things were asked for that the site refuses; they are told beforehand, and the rest was done', async () => {
    const on = current()
    const { save, account } = await settled(on, 'refuse', { guards: { groupAdoption: 'allow' } })
    const { control } = site()
    const product = control.twin.state.sites[0]?.products.find(({ key }) => key === 'jira-software')
    control.edit({ action: 'set-seats', product: 'jira-software', seats: product?.used ?? 0 })
    onTestFinished(() => control.edit({ action: 'set-seats', product: 'jira-software', seats: null }))
    const { people, groups } = withGroup('refuse', 'okta-everyone', [1])
    const users = { id: 'refuse-users', name: 'jira-software-users-acme', members: [{ id: 'refuse-2' }] }
    save({ people: [...people, member('refuse', 4)], groups: [...groups, users] })
    control.resetCounters()
    const night = await on.type('sync refuse')
    expect([night.code, night.said]).toEqual([1, expect.stringContaining('Left: 2 changes blocked.')])
    expect(inWords(await newestRun(on, 'refuse')).filter((change) => change.includes('('))).toEqual([
      'membership.add refuse-1 okta-everyone (not-writable)',
      'membership.add refuse-2 jira-software-users-acme (seats)',
    ])
    expect(account(4)).toMatchObject({ status: 'active' })
    expect(control.log().filter(({ status }) => status >= 400)).toEqual([])
  })

  it('P16: leavers came in two portions on one day, each below the limit, and the limit counted them together', async () => {
    const on = current()
    const guards = { deactivations: '{ floor: 3, percent: 0, cap: 3 }' }
    const all = team('wave', 8)
    const { save, account } = await settled(on, 'wave', { guards }, all)
    const left = (upTo: number): Team =>
      Array.from({ length: upTo }, (_, index) => `wave-${index + 1}`).reduce(without, all)
    save(left(2))
    expect((await succeed(on, 'sync wave')).said).toContain('Done: 2 accounts deactivated')
    save(left(4))
    const second = await withoutEffect(site(), () => on.type('sync wave'))
    expect(second.code).toBe(5)
    expect(second.said).toContain('4 deactivations (2 of them in the last 24 hours); 3 pass without a person.')
    expect(inWords(await newestRun(on, 'wave'))).toEqual(
      [4, 3].map((n) => `account.deactivate wave-${n} (guard:deactivations)`),
    )
    expect(await on.paged('wave')).toEqual(['held'])
    expect([1, 2, 3, 4].map((number) => account(number)?.status)).toEqual([
      'suspended',
      'suspended',
      'active',
      'active',
    ])
  })

  it('P17: the disk of the store was full in the middle of a run; what it knows afterwards is whole', async () => {
    const on = current()
    const { save, account } = await settled(on, 'disk')
    const before = { ...team('disk'), people: [...team('disk').people, member('disk', 4)] }
    save(withGroup('disk', 'disk-more', [1, 2, 3], before))
    const database = await openDatabase({ dataDir: on.folder })
    const execute = (statement: string) => sql.raw(statement).execute(database.kysely)
    await execute(`create function disk_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`)
    await execute(
      'create trigger full_disk before insert on membership_grant for each row execute function disk_full()',
    )
    const night = await on.type('sync disk')
    expect([night.code, night.said]).toEqual([6, expect.stringContaining('Error (disk-full): The store refused')])
    expect(await on.paged('disk')).toEqual(['failed'])
    const { run, changes } = await newestRun(on, 'disk')
    expect(changes.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'group.create applied',
      'account.create applied',
      ...Array(3).fill('membership.add open'),
    ])

    await execute('drop trigger full_disk on membership_grant')
    await execute('drop function disk_full')
    await database.close()
    await succeed(on, `apply ${run.number}`)
    expect([1, 2, 3].map((number) => account(number)?.groups)).toEqual(Array(3).fill(['disk-more', 'disk-team']))
    // All of them are ours, so all of them can end.
    save(before)
    expect((await succeed(on, 'sync disk')).said).toContain('Done: 3 memberships removed.')
  })
})
