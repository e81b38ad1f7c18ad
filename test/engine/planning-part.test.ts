import { describe, expect, it } from 'vitest'
import { scimPush } from '../../src/connectors/sources/scim-push/index.ts'
import { connectionSchema } from '../../src/domain/connection.ts'
import type { ChangeRecord } from '../../src/domain/plan.ts'
import { createRunner } from '../../src/engine/runner.ts'
import type { OpenConnection } from '../../src/engine/setup.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import type { ConnectorContext } from '../../src/ports/connector-context.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Json, JsonObject } from '../../src/scim/json.ts'
import { createDocument, patchDocument } from '../../src/scim/resource.ts'
import { createRegistry } from '../../src/scim/schema/registry.ts'
import { directory, directoryTarget } from '../doubles/directory-target.ts'
import { quickClock } from '../doubles/quick-clock.ts'
import { withStore } from '../support/store.ts'
import { openGuards } from '../support/world.ts'

const [users, groups] = createRegistry().types
const rules = { refusesCycles: true, maxMembers: 1_000 }
const settings = {
  source: 'idp',
  target: 'acme',
  users: {
    onDisabled: [{ after: '0d', action: 'deactivate' }],
    onLeft: [{ after: '0d', action: 'remove-all-groups' }],
  },
  groups: { byName: {} },
  guards: openGuards,
}

/** A pushed directory, a target in memory, and a connection between them whose mode a test may change. */
function scene(store: Store, clock: Clock = quickClock(Date.now())) {
  const held = directory()
  const target = { ...directoryTarget(held), looksUp: ['email'] as const }
  let mode = 'automatic'
  const context = { key: 'idp', now: () => clock.now(), log: () => undefined, pushDirectory: store.push.directory }
  const open = async (): Promise<OpenConnection> => ({
    connection: { ...connectionSchema.parse({ ...settings, mode }), key: 'staff', version: 1 },
    settings: { connection: 1, source: { key: 'idp', version: 1 }, target: { key: 'acme', version: 1 } },
    connectors: { source: { type: 'scim-push', version: 1 }, target: { type: 'directory', version: 1 } },
    changedSince: async () => ({ changes: [] }),
    others: async () => [],
    openSource: () => scimPush.connect(scimPush.config.parse({}), context as unknown as ConnectorContext),
    openTarget: () => target,
  })
  const process = () => createRunner({ store, connections: { open }, clock, log: () => undefined, holder: 'test' })
  const runner = process()
  const another = process()
  const push = store.push.directory
  const make = async (type: typeof users, body: JsonObject) =>
    (await push.create('idp', type, createDocument(type, body), rules)).resource.id
  const asked = { trigger: 'push', startedBy: 'test' } as const
  return {
    held,
    review: () => {
      mode = 'review'
    },
    person: (key: string, more: JsonObject = {}) =>
      make(users, { userName: `${key}@x.test`, externalId: key, displayName: key, ...more }),
    group: (key: string, members: readonly string[]) =>
      make(groups, { displayName: key, externalId: key, members: members.map((value) => ({ value })) }),
    patch: (type: typeof users, id: string, operations: Json[]) =>
      push.update('idp', type, id, (now) => patchDocument(type, now, { Operations: operations }), rules),
    remove: (id: string) => push.remove('idp', users, id, () => undefined),
    whole: async (kind: 'full' | 'preview') => (await runner.start('staff', { kind, ...asked })).done,
    some: async (people: readonly string[]) => (await runner.startSome('staff', { people, groups: [] }, asked)).done,
    begin: (people: readonly string[]) => runner.startSome('staff', { people, groups: [] }, asked),
    someElsewhere: async (people: readonly string[]) =>
      (await another.startSome('staff', { people, groups: [] }, asked)).done,
  }
}

const [person, group] = [users, groups]

async function changesOf(store: Store, planId: string | undefined): Promise<readonly string[]> {
  const { items } = await store.plans.changes(planId ?? '', {}, { limit: 1_000 })
  const id = (ref: ChangeRecord['account']) => (ref === undefined ? '' : 'id' in ref ? ref.id : 'new')
  return items
    .map(({ kind, account, group: of, person: who, reason, rule, state, stateReasons }) =>
      [kind, id(account), id(of), who?.key ?? '', reason, rule, state, ...stateReasons].join(' '),
    )
    .sort()
}

describe('looking at some people', () => {
  it('plans what a read of everything plans for them, and what it plans is enough', { timeout: 300_000 }, async () => {
    await withStore('embedded', async ({ store }) => {
      const s = scene(store)
      const ids = new Map<string, string>()
      for (const key of ['ann', 'bob', 'cid', 'dan', 'eve', 'fay']) ids.set(key, await s.person(key))
      const id = (key: string) => ids.get(key)!
      const dev = await s.group('dev', [id('ann'), id('bob'), id('cid')])
      await s.group('all', [dev, id('dan')])
      await store.push.directory.declareBaseline('idp', 'test')
      expect((await s.whole('full')).state).toBe('applied')
      expect(s.held.people.size).toBe(6)

      await s.patch(person, id('ann'), [{ op: 'replace', value: { active: false } }])
      await s.patch(group, dev, [{ op: 'remove', path: `members[value eq "${id('bob')}"]` }])
      await s.patch(group, dev, [{ op: 'add', path: 'members', value: [{ value: id('eve') }] }])
      await s.remove(id('cid'))
      await s.person('new')
      // Somebody else with the address of a leaver: nothing is done to that account (D9).
      await s.remove(id('fay'))
      await s.person('fay-again', { userName: 'fay@x.test' })

      s.review()
      const whole = await s.whole('preview')
      const dirty = ['ann', 'bob', 'cid', 'eve', 'fay', 'new', 'fay-again']
      s.held.reads.splice(0)
      const some = await s.some(dirty)
      expect([whole.state, some.state]).toEqual(['planned', 'waiting'])
      expect(await changesOf(store, some.planId)).toEqual(await changesOf(store, whole.planId))
      expect((await changesOf(store, some.planId)).length).toBeGreaterThan(5)
      expect(s.held.reads).not.toContain('users')
      expect((await store.workItems.list({}, { limit: 10 })).items.map(({ reason }) => reason)).toEqual(['rehire'])
    })
  })

  it('sees a group that another process made after this one had read the list', { timeout: 300_000 }, async () => {
    await withStore('embedded', async ({ store }) => {
      // Not the quick clock: a list is kept for minutes.
      const s = scene(store, systemClock)
      const [ann, bob] = [await s.person('ann'), await s.person('bob')]
      await store.push.directory.declareBaseline('idp', 'test')
      expect((await s.whole('full')).state).toBe('applied')
      expect((await s.some(['ann', 'bob'])).state).toBe('applied')
      const ops = await s.group('ops', [ann])
      expect((await s.someElsewhere(['ann'])).state).toBe('applied')
      await s.patch(group, ops, [{ op: 'add', path: 'members', value: [{ value: bob }] }])
      const run = await s.some(['bob'])
      expect([run.state, s.held.people.get('A-bob')?.groups.size]).toEqual(['applied', 1])
      expect((await store.workItems.list({}, { limit: 10 })).items).toEqual([])
    })
  })

  it('leaves a group that is linked and not seen to a run for everybody', { timeout: 300_000 }, async () => {
    await withStore('embedded', async ({ store }) => {
      const s = scene(store)
      const ann = await s.person('ann')
      const ops = await s.group('ops', [])
      await store.push.directory.declareBaseline('idp', 'test')
      expect((await s.whole('full')).state).toBe('applied')
      s.held.groups.clear()
      await s.patch(group, ops, [{ op: 'add', path: 'members', value: [{ value: ann }] }])
      const begun = await s.begin(['ann'])
      expect((await begun.written).leftOut.join()).toContain('ops')
    })
  })
})
