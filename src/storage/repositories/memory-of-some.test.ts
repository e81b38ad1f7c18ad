import type { KyselyPlugin } from 'kysely'
import { expect, it } from 'vitest'
import {
  change,
  directoryKey,
  noon,
  samplePlan,
  sampleRun,
  savedPlan,
  takenFence,
} from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { Lesson, Memory } from '../../domain/memory.ts'
import type { Concerned } from '../../ports/directories.ts'
import { openDatabase } from '../database.ts'
import { readMemory } from './memory.ts'

const source = 'corp'
const access = { product: 'jira', role: 'user' } as const

/** Everything that can be remembered about one person. */
function everythingAbout(no: number): readonly Lesson[] {
  const [accountId, sourceKey] = [`account-${no}`, `key-${no}`]
  return [
    { lesson: 'link', source, sourceKey, accountId, how: 'created' },
    { lesson: 'vouch', source, sourceKey, accountId },
    { lesson: 'grant', groupId: 'group-dev', accountId, rule: 'groups.byName', how: 'written' },
    { lesson: 'grant', groupId: 'group-all', accountId, rule: 'groups.defaultsForAll', how: 'written' },
    { lesson: 'member', groupId: 'group-dev', accountId, present: true },
    { lesson: 'taken', groupId: 'group-old', accountId },
    { lesson: 'access', accountId, access, rule: 'users.access[0]', how: 'written' },
    { lesson: 'value', accountId, attribute: 'title', value: 'Dev', how: 'written' },
    { lesson: 'custom', accountId, values: { cost: 'A' } },
    { lesson: 'deactivated', accountId, how: 'suspended' },
  ]
}

const about = (no: number): Concerned => ({ people: [`key-${no}`], accounts: [`account-${no}`] })

/** Of a memory of everybody what is about one person. */
function only({ people, accounts }: Concerned, memory: Memory): Omit<Memory, 'totals'> {
  const theirs = <Row extends { readonly accountIds: readonly string[] }>(rows: readonly Row[]) =>
    rows.flatMap((row) => {
      const accountIds = row.accountIds.filter((id) => accounts.includes(id))
      return accountIds.length === 0 ? [] : [{ ...row, accountIds }]
    })
  const isTheirs = ({ accountId }: { readonly accountId: string }) => accounts.includes(accountId)
  return {
    ...memory,
    links: memory.links.filter(isTheirs),
    grants: theirs(memory.grants),
    accountGrants: theirs(memory.accountGrants),
    taken: theirs(memory.taken),
    access: theirs(memory.access),
    custom: memory.custom.filter(isTheirs),
    deactivations: memory.deactivations.filter(isTheirs),
    departures: memory.departures.filter(({ sourceKey }) => people.includes(sourceKey)),
    deliveries: memory.deliveries.map(({ connection, accountIds: all }) => ({
      connection,
      accountIds: Object.fromEntries(
        Object.entries(all).flatMap(([name, ids]) => {
          const kept = ids.filter((id) => accounts.includes(id))
          return kept.length === 0 ? [] : [[name, kept]]
        }),
      ),
    })),
    written: memory.written.flatMap((row) => {
      const at = row.accountIds.findIndex((id) => accounts.includes(id))
      return at < 0 ? [] : [{ ...row, accountIds: [row.accountIds[at]!], marks: [row.marks[at]!] }]
    }),
    settling: new Set([...memory.settling].filter((name) => accounts.some((id) => name.endsWith(`:${id}`)))),
  }
}

describeOnBothStores('what is remembered about some people', (current) => {
  const learn = async (connection: string, from: number, to: number) => {
    const { store } = current()
    const numbers = Array.from({ length: to - from }, (_, index) => from + index)
    const changes = numbers.map((no, index) => ({ ...change(no), seq: index + 1 }))
    const { plan, run } = await savedPlan(store, changes, { connection })
    const fence = await takenFence(store)
    await store.plans.markSent(
      plan.id,
      fence,
      changes.map(({ seq }) => seq),
    )
    await store.plans.record(plan.id, run.id, fence, [], numbers.flatMap(everythingAbout))
    const departures = numbers.map(
      (no) => ({ sourceKey: `key-${no}`, signal: 'disabled', firstProvenAt: noon }) as const,
    )
    await store.departures.save(connection, departures, [])
  }
  const deliver = async (to: number) => {
    const { store } = current()
    const keys = Array.from({ length: to }, (_, no) => `key-${no}`)
    const read = { takenAt: noon, readFingerprint: 'all', connectionVersion: 1, semanticsVersion: 1, users: to }
    const summary = { ...read, snapshotId: `read-${to}`, activeUsers: to, groupMembers: {}, filled: {} }
    await store.snapshots.save('guests', `run-${to}`, summary, { source, keysByAttribute: { title: keys } })
    await store.snapshots.accept('guests', `read-${to}`)
  }
  /** Reads, and says how much the store answered, in characters. */
  const memory = async (concerned?: Concerned) => {
    const database = await openDatabase(current().place.connection)
    let answered = 0
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        answered += JSON.stringify(result.rows).length
        return result
      },
    }
    try {
      const counted = { ...database, kysely: database.kysely.withPlugin(counting) }
      const read = await readMemory(counted, 'staff', source, directoryKey, Date.now(), concerned)
      return { read, answered }
    } finally {
      await database.close()
    }
  }

  it('is what the memory of everybody holds about them, with the totals of everybody', async () => {
    const { store } = current()
    await learn('staff', 0, 6)
    await learn('guests', 3, 9)
    await deliver(9)
    const everybody = (await memory()).read
    for (const no of [1, 4, 8]) {
      const { totals, ...some } = (await memory(about(no))).read
      expect(some).toEqual(only(about(no), everybody))
      expect(some.settling.size).toBe(1)
      expect(totals).toEqual({
        links: 9,
        grants: 12,
        groupsByRule: new Map([
          ['groups.byName', ['group-dev']],
          ['groups.defaultsForAll', ['group-all']],
        ]),
      })
    }
    const links = await store.directories.links(directoryKey, source, { people: ['key-1'], accounts: ['account-4'] })
    expect(links.map(({ sourceKey }) => sourceKey).sort()).toEqual(['key-1', 'key-4'])
  })

  it('keeps its totals when grants and links end', async () => {
    const { store } = current()
    await learn('staff', 0, 4)
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.plans.record(
      plan.id,
      run.id,
      await takenFence(store),
      [],
      [
        { lesson: 'ungrant', groupId: 'group-all', accountId: 'account-0' },
        { lesson: 'ungrant', groupId: 'group-dev', accountId: 'account-0' },
        { lesson: 'grant', groupId: 'group-dev', accountId: 'account-1', rule: 'groups.byTable', how: 'written' },
        { lesson: 'unvouch', accountId: 'account-0' },
        { lesson: 'unlink', source, sourceKey: 'key-0', accountId: 'account-0' },
      ],
    )
    const { totals } = (await memory(about(2))).read
    expect(totals).toEqual({
      links: 3,
      grants: 6,
      groupsByRule: new Map([
        ['groups.byName', ['group-dev']],
        ['groups.byTable', ['group-dev']],
        ['groups.defaultsForAll', ['group-all']],
      ]),
    })
  })

  it('counts for the limits what runs for some people are about to do, each change once', async () => {
    const { store } = current()
    const run = await store.runs.create(sampleRun({ kind: 'incremental', state: 'planning' }))
    const plan = samplePlan(run.id)
    const { group: _, ...leaver } = change(1, { kind: 'account.deactivate' })
    await store.plans.save(plan, [[leaver, change(2), change(3, { state: 'held' })]])
    // A whole run is judged by itself, and counts as far as it was carried out.
    const whole = await savedPlan(store, [{ ...leaver, seq: 1 }])
    await store.runs.update(whole.run.id, { state: 'applying' })
    const counted = async () => (await memory(about(9))).read.appliedLastDay
    const both = { 'account.deactivate': 1, 'membership.add': 1, 'membership.add:group-dev': 1 }
    expect(await counted()).toEqual(both)
    await store.runs.update(run.id, { state: 'applying' })
    await store.plans.record(plan.id, run.id, await takenFence(store), [{ seq: 1, outcome: 'applied' }], [])
    expect(await counted()).toEqual(both)
    await store.runs.update(run.id, { state: 'failed' })
    expect(await counted()).toEqual({ 'account.deactivate': 1 })
  })

  it('costs no more where more people are remembered', async () => {
    await learn('staff', 0, 10)
    await deliver(10)
    const few = (await memory(about(1))).answered
    await learn('staff', 10, 410)
    await deliver(410)
    const many = (await memory(about(1))).answered
    expect(many).toBeLessThan(few * 1.05)
    expect((await memory()).answered).toBeGreaterThan(many * 10)
  })
})
