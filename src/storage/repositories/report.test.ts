import { expect, it } from 'vitest'
import {
  change,
  directoryKey,
  noon,
  sampleRun,
  savedPlan,
  takenFence,
  targetRead,
} from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { ReportFilter } from '../../ports/report.ts'

const hour = 3_600_000
const day = 24 * hour

describeOnBothStores('report', (current) => {
  const report = async (filter: ReportFilter = {}, limit = 100) =>
    (await current().store.report.changes(filter, { limit })).items.map(
      ({ connection, seq, kind }) => `${connection} ${seq} ${kind}`,
    )

  /** Two plans of two connections, each with changes of which all but the last were applied. */
  const done = async () => {
    const { store } = current()
    const fence = await takenFence(store)
    for (const [index, connection] of ['staff', 'partners'].entries()) {
      const changes = [
        change(1, { kind: 'account.create', accountLabel: 'Ann <ann@example.test>' }),
        change(2, { accountLabel: 'Bob <bob@example.test>', person: { key: 'key-bob', label: 'Bob' } }),
        change(3, {}),
      ]
      const { run, plan } = await savedPlan(store, changes, { connection, createdAt: noon + index * day })
      const outcomes = [1, 2].map((seq) => ({ seq, outcome: seq === 1 ? 'applied' : 'failed' }) as const)
      await store.plans.markSent(plan.id, fence, [1, 2])
      await store.plans.record(plan.id, run.id, fence, outcomes, [])
    }
  }

  it('tells what was done, the newest first, and what is open only when asked', async () => {
    await done()
    const all = [
      'partners 2 membership.add',
      'partners 1 account.create',
      'staff 2 membership.add',
      'staff 1 account.create',
    ]
    expect(await report()).toEqual(all)
    expect(await report({ outcomes: ['open'] })).toEqual(['partners 3 membership.add', 'staff 3 membership.add'])
    const [first] = (await current().store.report.changes({}, { limit: 1 })).items
    expect(first).toMatchObject({
      connection: 'partners',
      runNumber: 2,
      startedBy: 'os:anna',
      directoryKey,
      outcome: 'failed',
    })
  })

  it('finds people, accounts of nobody and groups by a part of their name, the nearest first', async () => {
    const { store } = current()
    await done()
    const found = async (text: string, limit = 5) =>
      (await store.report.named(text, limit)).map(({ is, label }) => `${is} ${label}`)
    expect(await found('BOB')).toEqual(['person Bob', 'person Bob', 'account Bob <bob@example.test>'])
    expect(await found('bob', 1)).toEqual(['person Bob'])
    expect(await found('%')).toEqual([])
    expect(await found(' ')).toEqual([])
    const [group] = await store.report.named('VELOPPEURS', 5)
    expect(group).toMatchObject({ is: 'group', in: directoryKey })
  })

  it('filters by connection, person, kind, outcome and time, all at once', async () => {
    await done()
    expect(await report({ connections: ['staff'] })).toEqual(['staff 2 membership.add', 'staff 1 account.create'])
    expect(await report({ person: 'key-bob' })).toEqual(['partners 2 membership.add', 'staff 2 membership.add'])
    expect(await report({ person: 'BOB', connections: ['partners'] })).toEqual(['partners 2 membership.add'])
    expect(await report({ person: 'nobody' })).toEqual([])
    expect(await report({ kinds: ['account.create'], outcomes: ['applied'] })).toHaveLength(2)
    expect(await report({ kinds: ['account.create'], outcomes: ['failed'] })).toEqual([])
    const [newest] = (await current().store.report.changes({}, { limit: 1 })).items
    const finished = newest?.at ?? 0
    expect(await report({ from: finished + 1 })).toEqual([])
    expect(await report({ until: noon })).toEqual([])
    expect(await report({ from: noon, until: finished + day })).toHaveLength(4)
  })

  it('pages without losing or repeating anything, with and without a person', async () => {
    await done()
    for (const filter of [{}, { person: 'person' }, { person: 'bob' }] as ReportFilter[]) {
      const whole = await report({ ...filter, outcomes: ['applied', 'failed', 'open'] })
      const paged: string[] = []
      let cursor: string | undefined
      do {
        const page = await current().store.report.changes(
          { ...filter, outcomes: ['applied', 'failed', 'open'] },
          { limit: 1, cursor },
        )
        paged.push(...page.items.map(({ connection, seq, kind }) => `${connection} ${seq} ${kind}`))
        cursor = page.next
      } while (cursor !== undefined)
      expect(paged).toEqual(whole)
      expect(whole.length).toBeGreaterThan(0)
    }
  })

  it('knows which groups administer, by the word of the target or by name', async () => {
    const { store } = current()
    const read = targetRead({ dev: ['ann'], 'site-admins': ['ann'], keys: ['ann'] })
    const groups = read.groups.map((group) => (group.name === 'keys' ? { ...group, grantsAdmin: true } : group))
    const run = await store.runs.create(sampleRun())
    await store.directories.observe(run.id, { ...read, groups })
    const { groups: held } = await store.report.accessOf(directoryKey, 'ann', noon)
    expect(held.map(({ name, administers }) => [name, administers])).toEqual([
      ['dev', false],
      ['keys', true],
      ['site-admins', true],
    ])
    const fence = await takenFence(store)
    const changes = ['group-dev', 'group-keys'].map((id, index) => change(index + 1, { group: { id } }))
    const { plan, run: planned } = await savedPlan(store, changes)
    await store.plans.record(
      plan.id,
      planned.id,
      fence,
      [1, 2].map((seq) => ({ seq, outcome: 'applied' })),
      [],
    )
    expect(await report({ administration: true })).toEqual(['staff 2 membership.add'])
  })

  it('tells what somebody had on a day, and who answers to a name', async () => {
    const { store } = current()
    const observed = async (groups: Record<string, string[]>, takenAt: number) => {
      const run = await store.runs.create(sampleRun())
      await store.directories.observe(run.id, targetRead(groups, { takenAt }))
    }
    await observed({ dev: ['ann', 'bob'], ops: ['ann'] }, noon)
    await observed({ dev: ['ann', 'bob'], ops: ['bob'] }, noon + day)
    const had = async (at: number) =>
      (await store.report.accessOf(directoryKey, 'ann', at)).groups.map(({ name }) => name)
    expect(await had(noon - 1)).toEqual([])
    expect(await had(noon + hour)).toEqual(['dev', 'ops'])
    expect(await had(noon + 2 * day)).toEqual(['dev'])
    expect((await store.report.accessOf(directoryKey, 'ann', noon + day)).state).toBe('active')
    expect(await store.report.accessOf(directoryKey, 'nobody', noon)).toEqual({ groups: [], access: [] })
    expect(await store.report.groupsNamed('DEV')).toEqual([{ directoryKey, id: 'group-dev', name: 'dev' }])
    expect(await store.report.accountsNamed('Ann@example.test')).toEqual([
      { directoryKey, id: 'ann', name: 'ann@example.test' },
    ])
    expect(await store.report.accountsNamed('an')).toEqual([])
  })

  it('remembers whom the last plan left alone and why, and what an account had in which run', async () => {
    const { store } = current()
    const run = await store.runs.create(sampleRun())
    const left = {
      sourceKey: 'key-ann',
      name: 'ann@example.test',
      reason: 'stage-not-due',
      rule: 'users.onLeft[0]',
    } as const
    const out = { sourceKey: 'key-bob', name: 'Bob@example.test', reason: 'out-of-scope' } as const
    await store.snapshots.noteStandstills('staff', run.id, [{ ...left, dueAt: noon + day }, out])
    expect(await store.snapshots.standstill('staff', 'key-ann')).toEqual({
      ...left,
      dueAt: noon + day,
      run: run.number,
    })
    expect(await store.snapshots.standstill('staff', 'BOB@example.test')).toMatchObject({ sourceKey: 'key-bob' })
    expect(await store.snapshots.standstill('partners', 'key-ann')).toBeUndefined()
    await store.snapshots.noteStandstills('staff', run.id, [])
    expect(await store.snapshots.standstill('staff', 'key-ann')).toBeUndefined()
  })

  it('finds a subject by key, address or account, and tells links, states and grants with their runs', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1, { account: { id: 'ann' }, group: { id: 'group-dev' } })])
    await store.directories.observe(run.id, targetRead({ dev: ['ann', 'bob'] }))
    const fence = await takenFence(store)
    await store.plans.record(
      plan.id,
      run.id,
      fence,
      [{ seq: 1, outcome: 'applied' }],
      [
        { lesson: 'link', source: 'hr', sourceKey: 'key-a', accountId: 'ann', how: 'email' },
        { lesson: 'grant', groupId: 'group-dev', accountId: 'ann', rule: 'groups.byName', how: 'adopted' },
      ],
    )
    for (const name of ['key-a', 'ann', 'ANN@example.test']) {
      expect(await store.report.subjects('hr', directoryKey, name)).toMatchObject([
        { source: 'hr', directoryKey, sourceKey: 'key-a', accountId: 'ann' },
      ])
    }
    const [subject] = await store.report.subjects('hr', directoryKey, 'ann')
    if (subject === undefined) throw new Error('Ann is not found.')
    expect(await store.report.remembered(subject)).toMatchObject({
      link: { how: 'email' },
      state: { is: 'active', since: noon },
      memberships: [
        {
          id: 'group-dev',
          run: run.number,
          grants: [{ connection: 'staff', rule: 'groups.byName', adopted: true, run: run.number }],
        },
      ],
    })
    expect((await store.report.remembered(subject, noon - 1)).memberships).toEqual([])
    const [bob] = await store.report.subjects('hr', directoryKey, 'bob')
    expect(bob).toEqual({ source: 'hr', directoryKey, accountId: 'bob', label: 'bob@example.test' })
    expect((await store.report.changes({ subject }, { limit: 5 })).items).toHaveLength(1)
    expect((await store.report.changes({ subject, run: run.number + 1 }, { limit: 5 })).items).toEqual([])
  })
})
