import { type KyselyPlugin, sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import {
  change,
  directoryKey,
  noon,
  samplePlan,
  sampleRun,
  savedPlan,
  takenFence,
  targetRead,
} from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { ChangeRecord } from '../../domain/plan.ts'
import type { HoldReason } from '../../domain/reason.ts'
import { openDatabase } from '../database.ts'
import { inPlan, outcomeCodes, placeOf, readPage } from './plan-rows.ts'

const held = (...stateReasons: HoldReason[]) => ({ state: 'held', stateReasons }) as const

describeOnBothStores('plans', (current) => {
  it('gives back every field of a change as it was saved', async () => {
    const { store } = current()
    const changes: ChangeRecord[] = [
      change(1, {
        kind: 'account.create',
        account: undefined,
        group: undefined,
        groupLabel: undefined,
        sourceGroup: undefined,
        accountLabel: 'new@example.test',
        after: { email: 'new@example.test', displayName: null, tags: ['a', 'b'] },
        reason: 'joined-source',
        rule: 'users.create',
        ...held('guard:creates', 'guard:first-run'),
      } as unknown as Partial<ChangeRecord>),
      change(2, { account: { createdBy: 1 }, needs: [1], ...held('waits-for') }),
      change(3, { before: { email: 'a' }, after: { email: 'b' }, state: 'blocked', stateReasons: ['account-taken'] }),
    ].map(withoutAbsent)
    const { plan } = await savedPlan(store, changes)
    const { items } = await store.plans.changes(plan.id, {}, { limit: 10 })
    expect(items).toEqual(changes)
    expect(await store.plans.get(plan.id)).toEqual(plan)
    const { counts, read } = plan.summary
    expect([...(await store.plans.extents([plan.id, 'no such plan']))]).toEqual([[plan.id, { counts, read }]])
    expect(await store.plans.bySeq(plan.id, [3, 99, 1])).toEqual([changes[0], changes[2]])
  })

  it('shows no plan whose saving was interrupted, and lets it be saved again', async () => {
    const { store } = current()
    const run = await store.runs.create(sampleRun())
    const plan = samplePlan(run.id)
    const interrupted = function* () {
      yield [change(1)]
      throw new Error('the process was asked to stop')
    }
    await expect(store.plans.save(plan, interrupted())).rejects.toThrow('asked to stop')
    expect(await store.plans.get(plan.id)).toBeUndefined()
    expect((await store.plans.extents([plan.id])).size).toBe(0)
    await expect(store.plans.tally(plan.id)).rejects.toMatchObject({ code: 'not-found' })
    await store.plans.save(plan, [[change(1)]])
    expect(await store.plans.tally(plan.id)).toEqual([
      { kind: 'membership.add', state: 'ready', outcome: 'open', count: 1 },
    ])
  })

  it('counts every combination of kind, state and reasons, and finds changes by what holds them', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [
      change(1, held('guard:creates', 'guard:first-run')),
      change(2, held('guard:creates', 'guard:first-run')),
      change(3, { ...held('guard:first-run'), accountLabel: 'Zoe' }),
      change(4, { reason: 'default-for-all' }),
    ])
    const facets = await store.plans.facets(plan.id, undefined)
    expect(facets.map(({ state, reason, holds, count }) => [state, reason, holds.join(), count])).toEqual([
      ['ready', 'default-for-all', '', 1],
      ['held', 'member-at-source', 'guard:creates,guard:first-run', 2],
      ['held', 'member-at-source', 'guard:first-run', 1],
    ])
    expect(await store.plans.facets(plan.id, 'zoe')).toMatchObject([{ count: 1, holds: ['guard:first-run'] }])
    const seqs = async (filter: Parameters<typeof store.plans.changes>[1]) =>
      (await store.plans.changes(plan.id, filter, { limit: 10 })).items.map(({ seq }) => seq)
    expect(await seqs({ holds: ['guard:creates'] })).toEqual([1, 2])
    expect(await seqs({ holds: ['guard:creates', 'guard:first-run'], reasons: ['member-at-source'] })).toEqual([
      1, 2, 3,
    ])
    expect(await seqs({ reasons: ['default-for-all'] })).toEqual([4])
  })

  it('pages and filters changes by kind, state, outcome and folded text', async () => {
    const { store } = current()
    const changes = Array.from({ length: 25 }, (_, index) =>
      change(index + 1, index % 5 === 0 ? { kind: 'membership.remove', accountLabel: `ÉLODIE ${index}` } : {}),
    )
    const { plan } = await savedPlan(store, changes)
    const seqs: number[] = []
    let cursor: string | undefined
    do {
      const page = await store.plans.changes(plan.id, { kinds: ['membership.add'] }, { limit: 7, cursor })
      seqs.push(...page.items.map(({ seq }) => seq))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seqs).toEqual(changes.filter(({ kind }) => kind === 'membership.add').map(({ seq }) => seq))
    const matching = async (text: string) => (await store.plans.changes(plan.id, { text }, { limit: 100 })).items.length
    expect(await matching('élodie')).toBe(5)
    expect(await matching('développeurs')).toBe(25)
    expect(await matching('PERSON 25')).toBe(1)
    expect(await matching('100%')).toBe(0)
    expect((await store.plans.changes(plan.id, { states: ['held'] }, { limit: 9 })).items).toEqual([])
    expect((await store.plans.changes(plan.id, { outcomes: ['open'] }, { limit: 100 })).items).toHaveLength(25)
  })

  it('finds what stands far behind, page by page, also while a text is typed on', async () => {
    const { store } = current()
    const { plan } = await savedPlan(
      store,
      Array.from({ length: 1300 }, (_, index) => change(index + 1)),
    )
    const found = async (text: string, limit: number) => {
      const seqs: number[] = []
      let cursor: string | undefined
      do {
        const page = await store.plans.changes(plan.id, { text }, { limit, cursor })
        seqs.push(...page.items.map(({ seq }) => seq))
        cursor = page.next
      } while (cursor !== undefined)
      return seqs
    }
    const called = (text: string) =>
      Array.from({ length: 1300 }, (_, at) => at + 1).filter((n) => `${n}`.startsWith(text))
    for (const text of ['1', '12', '129', '1299']) expect(await found(`person ${text}`, 40)).toEqual(called(text))
    expect(await found('erson 1', 200)).toEqual(called('1'))
    expect(await found('person 1298x', 40)).toEqual([])
  })

  it('a page is not short because what it found was done before it was read', async () => {
    const { store, place } = current()
    const { plan } = await savedPlan(
      store,
      Array.from({ length: 1300 }, (_, index) => change(index + 1)),
    )
    const database = await openDatabase(place.connection)
    onTestFinished(() => database.close())
    const { kysely } = database
    const where = await placeOf(kysely, plan.id)
    const isDone = async (from: number, to: number) =>
      void (await sql`update plan_change c set outcome = ${outcomeCodes.applied}
        where ${inPlan(where)} and c.seq between ${from} and ${to}`.execute(kysely))
    await isDone(1, 600)
    let answers = 0
    const meanwhile: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        answers += 1
        // The end of the plan, the first stretch, the numbers; what belongs to them is asked for next.
        if (answers === 3) await isDone(601, 608)
        return result
      },
    }
    const isOpen = sql`c.outcome is null`
    const page = await readPage(kysely.withPlugin(meanwhile), where, 0, isOpen, 10)
    expect(page.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, index) => 609 + index))
  })

  it('hands out the next ready changes of one kind, in order', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [
      change(1, { kind: 'group.create' }),
      change(2, held('guard:creates')),
      change(3),
      change(4),
      change(5, { kind: 'membership.remove' }),
    ])
    const kindsAndSeqs = async (after: number, limit: number) =>
      (await store.plans.nextBatch(plan.id, after, limit)).map(({ seq }) => seq)
    expect(await kindsAndSeqs(0, 10)).toEqual([1])
    expect(await kindsAndSeqs(1, 10)).toEqual([3, 4])
    expect(await kindsAndSeqs(1, 1)).toEqual([3])
    expect(await kindsAndSeqs(5, 10)).toEqual([])
  })

  it('finds the few open changes of a large plan wherever they stand', async () => {
    const { store } = current()
    const open = new Set([1, 5_000, 5_001, 25_000, 25_001, 30_000])
    const changes = Array.from({ length: 30_000 }, (_, index) =>
      change(index + 1, {
        account: { id: 'a' },
        accountLabel: 'a',
        ...(open.has(index + 1) ? {} : held('guard:creates')),
      }),
    )
    const { plan } = await savedPlan(store, changes)
    const seqs = async (after: number, limit: number) =>
      (await store.plans.nextBatch(plan.id, after, limit)).map(({ seq }) => seq)
    expect(await seqs(0, 100)).toEqual([...open])
    expect(await seqs(0, 3)).toEqual([1, 5_000, 5_001])
    expect(await seqs(5_001, 2)).toEqual([25_000, 25_001])
    expect(await seqs(30_000, 2)).toEqual([])
    const first = await store.plans.changes(plan.id, { states: ['ready'] }, { limit: 5 })
    const rest = await store.plans.changes(plan.id, { states: ['ready'] }, { limit: 5, cursor: first.next })
    expect([...first.items, ...rest.items].map(({ seq }) => seq)).toEqual([...open])
    expect(rest).not.toHaveProperty('next')
  })

  it('writes outcomes and lessons together and remembers what it was told', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1), change(2), change(3)])
    const fence = await takenFence(store)
    await store.plans.markSent(plan.id, fence, [1, 2])
    await store.plans.record(
      plan.id,
      run.id,
      fence,
      [
        { seq: 1, outcome: 'applied' },
        { seq: 2, outcome: 'failed', errorCode: 'rejected', message: 'the target said no' },
      ],
      [
        { lesson: 'link', source: 'corp', sourceKey: 'key-1', accountId: 'account-1', how: 'email' },
        { lesson: 'grant', groupId: 'group-dev', accountId: 'account-1', rule: 'groups.byName', how: 'written' },
        { lesson: 'member', groupId: 'group-dev', accountId: 'account-1', present: true },
        {
          lesson: 'group-link',
          source: 'corp',
          groupKey: 'g-dev',
          rule: 'byName',
          groupId: 'group-dev',
          sourceName: 'dev',
          name: 'Développeurs',
        },
        { lesson: 'deactivated', accountId: 'account-9', how: 'suspended' },
      ],
    )
    const [first, second, third] = (await store.plans.changes(plan.id, {}, { limit: 10 })).items
    expect(first).toMatchObject({ outcome: 'applied', sentAt: expect.any(Number), finishedAt: expect.any(Number) })
    expect(second).toMatchObject({ outcome: 'failed', errorCode: 'rejected', message: 'the target said no' })
    expect(third).not.toHaveProperty('outcome')
    expect((await store.plans.unverified(plan.id, 0, 10)).map(({ seq }) => seq)).toEqual([1])
    const memory = await store.directories.memory('staff', 'corp', directoryKey, Date.now())
    expect(memory.links).toMatchObject([{ source: 'corp', sourceKey: 'key-1', accountId: 'account-1', how: 'email' }])
    expect(memory.grants).toEqual([
      { groupId: 'group-dev', connection: 'staff', rule: 'groups.byName', accountIds: ['account-1'] },
    ])
    expect(memory.groupLinks).toEqual([
      {
        source: 'corp',
        groupKey: 'g-dev',
        rule: 'byName',
        groupId: 'group-dev',
        sourceName: 'dev',
        name: 'Développeurs',
      },
    ])
    expect(memory.deactivations).toMatchObject([{ accountId: 'account-9', connection: 'staff', how: 'suspended' }])
    expect(memory.appliedLastDay).toEqual({ 'membership.add': 1, 'membership.add:group-dev': 1 })
    expect(await store.directories.members(directoryKey, 'group-dev')).toMatchObject([
      { accountId: 'account-1', label: 'person1@example.test', grantedBy: 'staff' },
    ])
  })

  it('does not count what a person approved against the limits of the next 24 hours', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    await store.plans.approve(plan.id, plan.fingerprint, 'os:anna')
    await store.plans.record(plan.id, run.id, await takenFence(store), [{ seq: 1, outcome: 'applied' }], [])
    const memory = await store.directories.memory('staff', 'corp', directoryKey, Date.now())
    expect(memory.appliedLastDay).toEqual({})
  })

  it('counts for the limits by kind, by group, and changes of identity apart from other updates', async () => {
    const { store } = current()
    const update = (seq: number, after: object) =>
      change(seq, { kind: 'account.update', group: undefined, after } as unknown as Partial<ChangeRecord>)
    const { plan, run } = await savedPlan(store, [
      change(1, { kind: 'group.create', group: undefined, account: undefined } as unknown as Partial<ChangeRecord>),
      change(2, { group: { createdBy: 1 }, needs: [1] }),
      change(3, { group: { id: 'group-ops' } }),
      change(4, { group: { id: 'group-ops' } }),
      change(5, { kind: 'membership.remove' }),
      update(6, { displayName: 'Ann' }),
      update(7, { displayName: 'Ann', email: 'ann@example.test' }),
      update(8, { userName: null }),
      // A new account is given an address; that is no change of one.
      change(9, { kind: 'account.create', group: undefined, after: { email: 'new@example.test' } } as never),
    ])
    const fence = await takenFence(store)
    const applied = (seq: number) => ({ seq, outcome: 'applied' as const })
    await store.plans.record(plan.id, run.id, fence, [{ ...applied(1), createdId: 'made-1' }], [])
    await store.plans.record(plan.id, run.id, fence, [2, 3, 4, 5, 6, 7, 8, 9].map(applied), [])
    const memory = await store.directories.memory('staff', 'corp', directoryKey, Date.now())
    expect(memory.appliedLastDay).toEqual({
      'account.create': 1,
      'account.update': 3,
      'account.update:identity': 2,
      'group.create': 1,
      'membership.add': 3,
      'membership.add:made-1': 1,
      'membership.add:group-ops': 2,
      'membership.remove': 1,
      'membership.remove:group-dev': 1,
    })
  })

  it('counts an applied change once, however often its outcome is written', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    const fence = await takenFence(store)
    for (const outcome of ['applied', 'unproven', 'applied'] as const) {
      await store.plans.record(plan.id, run.id, fence, [{ seq: 1, outcome }], [])
    }
    const memory = await store.directories.memory('staff', 'corp', directoryKey, Date.now())
    expect(memory.appliedLastDay).toEqual({ 'membership.add': 1, 'membership.add:group-dev': 1 })
    const tomorrow = await store.directories.memory('staff', 'corp', directoryKey, Date.now() + 86_500_000)
    expect(tomorrow.appliedLastDay).toEqual({})
  })

  it('tells what was refused for good, where the same kind of write worked for somebody else', async () => {
    const { store } = current()
    const alone = (seq: number) =>
      change(seq, { kind: 'account.update', group: undefined, after: { title: 'x' } } as never)
    const { plan, run } = await savedPlan(store, [change(1), change(2), change(3), alone(4)])
    const fence = await takenFence(store)
    const no = (seq: number, errorCode: 'not-writable' | 'rejected') =>
      ({ seq, outcome: 'failed', errorCode, message: 'read-only directory' }) as const
    const refused = [no(2, 'not-writable'), no(3, 'rejected'), no(4, 'not-writable')]
    await store.plans.record(plan.id, run.id, fence, refused, [])
    const told = async (version = 1) =>
      (await store.plans.refusals('staff', version, noon)).map(({ kind, accountId, groupId, message }) =>
        [kind, accountId, groupId, message].join(),
      )
    expect(await told(), 'as long as nothing of that kind worked').toEqual([])
    await store.plans.record(plan.id, run.id, fence, [{ seq: 1, outcome: 'applied' }], [])
    expect(await told()).toEqual(['membership.add,account-2,group-dev,read-only directory'])
    expect(await told(2), 'with other settings').toEqual([])

    const later = await savedPlan(store, [change(1, { account: { id: 'account-2' } })])
    await store.plans.record(later.plan.id, later.run.id, fence, [{ seq: 1, outcome: 'applied' }], [])
    expect(await told(), 'once it was taken').toEqual([])
  })

  it('names what settles until it is proven or five minutes old', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [
      change(1, { kind: 'account.create', group: undefined, account: undefined } as unknown as Partial<ChangeRecord>),
      change(2, { account: { createdBy: 1 }, needs: [1] }),
      change(3, { kind: 'membership.remove' }),
      change(4),
    ])
    const fence = await takenFence(store)
    await store.plans.markSent(plan.id, fence, [1, 2, 3])
    await store.plans.record(plan.id, run.id, fence, [{ seq: 1, outcome: 'applied', createdId: 'made-1' }], [])
    await store.plans.record(plan.id, run.id, fence, [{ seq: 3, outcome: 'applied', verifiedAt: Date.now() }], [])
    const settling = async (now: number) =>
      [...(await store.directories.memory('staff', 'corp', directoryKey, now)).settling].sort()
    expect(await settling(Date.now())).toEqual(['add:group-dev:made-1', 'create:key-1'])
    expect(await settling(Date.now() + 301_000)).toEqual([])
  })

  it('lets the last write about a membership settle, not one that was taken back since', async () => {
    const { store } = current()
    const write = async (kind: ChangeRecord['kind'], verified: object) => {
      const { plan, run } = await savedPlan(store, [change(1, { kind })])
      const fence = await takenFence(store)
      await store.plans.markSent(plan.id, fence, [1])
      await store.plans.record(plan.id, run.id, fence, [{ seq: 1, outcome: 'applied', ...verified }], [])
    }
    const settling = async () =>
      [...(await store.directories.memory('staff', 'corp', directoryKey, Date.now())).settling].map((name) =>
        name.slice(0, name.indexOf(':')),
      )
    await write('membership.remove', {})
    expect(await settling()).toEqual(['remove'])
    await write('membership.add', {})
    expect(await settling()).toEqual(['add'])
    await write('membership.add', { verifiedAt: Date.now() })
    expect(await settling()).toEqual([])
  })

  it('refuses the writes of a deposed holder and keeps nothing of them', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    const old = await store.leases.acquire(directoryKey, 'process-1', 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const taken = await takenFence(store, 'process-2')
    expect(taken.epoch).toBe((old?.epoch ?? 0) + 1)
    const late = store.plans.record(
      plan.id,
      run.id,
      old ?? taken,
      [{ seq: 1, outcome: 'applied' }],
      [{ lesson: 'deactivated', accountId: 'account-1', how: 'suspended' }],
    )
    await expect(late).rejects.toMatchObject({ code: 'usurped' })
    await expect(store.plans.markSent(plan.id, old ?? taken, [1])).rejects.toMatchObject({ code: 'usurped' })
    expect((await store.plans.bySeq(plan.id, [1]))[0]).not.toHaveProperty('outcome')
    const memory = await store.directories.memory('staff', 'corp', directoryKey, Date.now())
    expect(memory.deactivations).toEqual([])
    await store.plans.record(plan.id, run.id, taken, [{ seq: 1, outcome: 'applied' }], [])
  })

  it('releases what a person chose and what waited only for that', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [
      change(1, held('guard:creates')),
      change(2, { ...held('waits-for'), needs: [1] }),
      change(3, { ...held('guard:admin-grants', 'waits-for'), needs: [1] }),
      change(4, { ...held('waits-for'), needs: [2, 5] }),
      change(5, held('guard:first-run', 'guard:creates')),
      change(6, { state: 'blocked', stateReasons: ['account-taken'] }),
    ])
    const states = async () =>
      (await store.plans.changes(plan.id, {}, { limit: 10 })).items.map(({ state, stateReasons }) =>
        [state, ...stateReasons].join(' '),
      )
    expect(await store.plans.release(plan.id, plan.fingerprint, 'os:anna', { guards: ['guard:creates'] })).toBe(2)
    expect(await states()).toEqual([
      'ready',
      'ready',
      'held guard:admin-grants',
      'held waits-for',
      'held guard:first-run',
      'blocked account-taken',
    ])
    expect(await store.plans.release(plan.id, plan.fingerprint, 'os:anna', { seqs: [5] })).toBe(2)
    expect(await store.plans.release(plan.id, plan.fingerprint, 'os:anna')).toBe(1)
    expect(await states()).toEqual(['ready', 'ready', 'ready', 'ready', 'ready', 'blocked account-taken'])
  })

  it('binds release and approval to the reviewed fingerprint and the newest plan', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [change(1, held('guard:first-run'))])
    const stale = { code: 'stale-plan' }
    await expect(store.plans.release(plan.id, 'another', 'os:anna')).rejects.toMatchObject(stale)
    await expect(store.plans.approve(plan.id, 'another', 'os:anna')).rejects.toMatchObject(stale)
    await store.plans.approve(plan.id, plan.fingerprint, 'os:anna')
    expect(await store.plans.approval(plan.id)).toMatchObject({ by: 'os:anna', at: expect.any(Number) })
    await savedPlan(store, [change(1)], { connection: 'other' })
    expect(await store.plans.release(plan.id, plan.fingerprint, 'os:anna')).toBe(1)
    await savedPlan(store, [change(1)])
    await expect(store.plans.release(plan.id, plan.fingerprint, 'os:anna')).rejects.toMatchObject(stale)
    await expect(store.plans.approve(plan.id, plan.fingerprint, 'os:anna')).rejects.toMatchObject(stale)
  })

  it('tells whom and what a reviewer should look at twice', async () => {
    const { store } = current()
    const read = targetRead({ admins: ['root', 'ann'], dev: ['ben'], ops: ['ben', 'cid'] })
    const administering = {
      ...read,
      groups: read.groups.map((each) => ({ ...each, grantsAdmin: each.name === 'admins' })),
    }
    await store.directories.observe((await store.runs.create(sampleRun())).id, administering)
    const of = (seq: number, kind: ChangeRecord['kind'], account: string, more: Partial<ChangeRecord> = {}) =>
      change(seq, { kind, account: { id: account }, accountLabel: account, ...more })
    const inGroup = (name: string) => ({ group: { id: `group-${name}` }, groupLabel: name })
    const { plan } = await savedPlan(store, [
      of(1, 'account.deactivate', 'ann', { group: undefined } as never),
      of(2, 'account.update', 'ben', { group: undefined, after: { email: 'b@example.test' } } as never),
      of(3, 'account.update', 'cid', { group: undefined, after: { displayName: 'Cid' } } as never),
      of(4, 'membership.add', 'cid', inGroup('admins')),
      of(5, 'membership.remove', 'ben', inGroup('dev')),
      of(6, 'membership.remove', 'ben', inGroup('ops')),
      of(7, 'membership.remove', 'root', {
        ...inGroup('admins'),
        state: 'blocked',
        stateReasons: ['own-account'],
      } as never),
    ])
    expect(await store.plans.impact(plan.id)).toEqual({
      identityChanges: 1,
      groupsEmptied: [{ name: 'dev', members: 1 }],
      groupsEmptiedCount: 1,
      administrators: [
        { seq: 1, kind: 'account.deactivate', label: 'ann', group: 'admins' },
        { seq: 4, kind: 'membership.add', label: 'cid', group: 'admins' },
      ],
      administratorsCount: 2,
    })
  })

  it('saves plans of two months and a plan with hostile labels', async () => {
    const { store } = current()
    const { plan } = await savedPlan(store, [change(1, { accountLabel: "zero\0 'quote' \\ \u{1F600}" })])
    const { plan: later } = await savedPlan(store, [change(1)], { createdAt: Date.UTC(2027, 0, 3), connection: 'b' })
    expect((await store.plans.bySeq(plan.id, [1]))[0]?.accountLabel).toBe("zero\uFFFD 'quote' \\ \u{1F600}")
    expect(await store.plans.bySeq(later.id, [1])).toHaveLength(1)
    expect(await store.plans.get('no such plan')).toBeUndefined()
  })

  it('takes an account from its former record when a person is linked to it', async () => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)])
    const fence = await takenFence(store)
    const learn = async (sourceKey: string, accountId: string) =>
      await store.plans.record(
        plan.id,
        run.id,
        fence,
        [],
        [{ lesson: 'link', source: 'corp', sourceKey, accountId, how: 'decided' }],
      )
    await learn('ann', 'a1')
    await learn('bob', 'a2')
    await learn('new-ann', 'a1')
    await learn('bob', 'a3')
    const { links } = await store.directories.memory('staff', 'corp', directoryKey, noon)
    expect(links.map(({ sourceKey, accountId }) => `${sourceKey}=${accountId}`).sort()).toEqual([
      'bob=a3',
      'new-ann=a1',
    ])
  })
})

function withoutAbsent(record: ChangeRecord): ChangeRecord {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as ChangeRecord
}
