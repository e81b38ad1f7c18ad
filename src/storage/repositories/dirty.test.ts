import { expect, it } from 'vitest'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { Json, JsonObject } from '../../scim/json.ts'
import { createDocument, patchDocument } from '../../scim/resource.ts'
import { createRegistry } from '../../scim/schema/registry.ts'

const [users, groups] = createRegistry().types
const rules = { refusesCycles: true, maxMembers: 1_000 }

describeOnBothStores('what was pushed and is to be delivered', (current) => {
  const directory = () => current().store.push.directory
  const dirty = () => current().store.dirty
  const make = async (type: typeof users, body: JsonObject) =>
    (await directory().create('entra', type, createDocument(type, body), rules)).resource
  const patch = async (type: typeof users, id: string, operations: Json[]) =>
    await directory().update('entra', type, id, (now) => patchDocument(type, now, { Operations: operations }), rules)
  const gather = async () => await dirty().gather([{ key: 'staff', source: 'entra' }])
  const listed = async () => {
    await gather()
    const text = async (urgent: boolean) =>
      (await dirty().list('staff', urgent, 100)).map(({ kind, key }) => `${kind} ${key}`).sort()
    return { urgent: await text(true), others: await text(false) }
  }
  /** As if everything so far had been delivered. */
  const settle = async () => {
    await gather()
    for (const urgent of [true, false]) await dirty().done('staff', await dirty().list('staff', urgent, 100))
  }

  it('is noted by the push itself: people, groups, and each member that comes or goes', async () => {
    const ann = await make(users, { userName: 'ann', externalId: 'ann' })
    const bob = await make(users, { userName: 'bob', externalId: 'bob' })
    const dev = await make(groups, { displayName: 'dev', externalId: 'dev', members: [{ value: ann.id }] })
    expect(await listed()).toEqual({ urgent: [], others: ['group dev', 'user ann', 'user bob'] })
    await settle()

    await patch(groups, dev.id, [{ op: 'add', path: 'members', value: [{ value: bob.id }] }])
    expect(await listed()).toEqual({ urgent: [], others: ['user bob'] })
    await patch(groups, dev.id, [{ op: 'remove', path: `members[value eq "${ann.id}"]` }])
    expect(await listed()).toEqual({ urgent: ['user ann'], others: ['user bob'] })
    await settle()

    await patch(users, ann.id, [{ op: 'replace', value: { title: 'Chief' } }])
    await patch(users, bob.id, [{ op: 'replace', value: { active: false } }])
    expect(await listed()).toEqual({ urgent: ['user bob'], others: ['user ann'] })
    await settle()

    await patch(groups, dev.id, [{ op: 'replace', value: { displayName: 'development' } }])
    expect(await listed()).toEqual({ urgent: [], others: ['group dev'] })
    await settle()

    await directory().remove('entra', users, bob.id, () => undefined)
    await directory().remove('entra', groups, dev.id, () => undefined)
    await make(users, { userName: 'bob', externalId: 'bob' })
    expect(await listed()).toEqual({ urgent: ['group dev', 'user bob'], others: [] })
    await settle()

    await patch(users, ann.id, [{ op: 'replace', value: { title: 'Chief' } }])
    expect(await listed()).toEqual({ urgent: [], others: [] })
    await directory().declareBaseline('entra', 'os:ann')
    expect(await listed()).toEqual({ urgent: ['all '], others: [] })
  })

  it('is gathered once, stays when it changes meanwhile, and is left to a run that read everything', async () => {
    const ann = await make(users, { userName: 'ann' })
    expect(await gather()).toBe(1)
    expect(await gather()).toBe(0)
    const seen = await dirty().list('staff', false, 10)
    await patch(users, ann.id, [{ op: 'replace', value: { title: 'Chief' } }])
    await gather()
    await dirty().done('staff', seen)
    const [left] = await dirty().tally()
    expect(left).toMatchObject({ connection: 'staff', urgent: 0, others: 1 })
    await dirty().readAsAWhole('staff', { last: (left?.last ?? 0) - 1 })
    expect(await dirty().tally()).toHaveLength(1)
    await dirty().readAsAWhole('staff', { last: left?.last ?? 0 })
    expect(await dirty().tally()).toEqual([])
    await make(users, { userName: 'stranger' })
    expect(await dirty().gather([{ key: 'other', source: 'okta' }])).toBe(0)
    expect(await gather()).toBe(0)
  })

  it('knows who was planned by themselves since', async () => {
    await dirty().planned('staff', ['person:ann', 'account:1'], 1_000)
    await dirty().planned('staff', ['person:ann'], 500)
    const since = async (at: number) => [...(await dirty().plannedSince('staff', ['person:ann', 'person:bob'], at))]
    expect(await since(999)).toEqual(['person:ann'])
    expect(await since(1_000)).toEqual([])
  })
})
