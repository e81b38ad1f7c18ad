import { expect, it } from 'vitest'
import { fail } from '../../src/domain/errors.ts'
import type { ChangeRecord } from '../../src/domain/plan.ts'
import { execute } from '../../src/engine/executor.ts'
import { verify } from '../../src/engine/verify.ts'
import type { Order } from '../../src/ports/target.ts'
import { type Directory, directory, directoryTarget } from '../doubles/directory-target.ts'
import { directoryKey, noon } from '../support/plans.ts'
import { describeOnBothStores } from '../support/store.ts'
import { carriedOut, only, prepared } from './applying.ts'

const jira = { product: 'jira', role: 'user' }

/** Newcomers with the groups each receives; then everybody's memberships, and access where it is given. */
function newcomers(people: Record<string, string[]>, access: readonly string[] = []): ChangeRecord[] {
  const names = Object.keys(people)
  const riders: ChangeRecord[] = []
  let seq = names.length
  const joins = new Map<string, number[]>(names.map((name) => [name, []]))
  names.forEach((name, index) => {
    const rides = { account: { createdBy: index + 1 }, needs: [index + 1] }
    if (access.includes(name)) {
      seq += 1
      joins.get(name)!.push(seq)
      riders.push(only(seq, { kind: 'access.grant', ...rides, access: jira, rule: 'users.access[0]' }))
    }
    for (const group of people[name]!) {
      seq += 1
      joins.get(name)!.push(seq)
      riders.push(only(seq, { kind: 'membership.add', ...rides, group: { id: group } }))
    }
  })
  const creations = names.map((name, index) =>
    only(index + 1, {
      kind: 'account.create',
      after: { email: `${name}@x.test` },
      person: { key: name, label: name },
      accountLabel: name,
      joins: joins.get(name)!,
    }),
  )
  // Kinds stand together, as in every plan: grants before memberships.
  const kindsInOrder = [...riders].sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : a.seq - b.seq))
  const renumbered = new Map(kindsInOrder.map((rider, index) => [rider.seq, names.length + index + 1]))
  return [
    ...creations.map((each) => ({
      ...each,
      joins: each.joins!.map((old) => renumbered.get(old)!).sort((a, b) => a - b),
    })),
    ...kindsInOrder.map((rider, index) => ({ ...rider, seq: names.length + index + 1 })),
  ]
}

const calls = (held: Directory) =>
  held.sent.map(({ kind, orders }) => {
    const carried = orders[0]!.carried ?? []
    const what = carried.map(({ groupId, access }) => groupId ?? access?.product).sort()
    return `${kind} x${orders.length}${what.length === 0 ? '' : ` with ${what.join('+')}`}`
  })

const groups = () => new Map(['DEV', 'OPS', 'ALL'].map((id) => [id, { name: id.toLowerCase(), grants: [] }]))
const everywhere = { groups: 50, access: 5 }

describeOnBothStores('creations that carry groups and access', (current) => {
  it('creates people who receive the same in one call, with everything they receive', async () => {
    const held = directory({ groups: groups(), carries: everywhere, batchSizes: { 'account.create': 25 } })
    const people = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`p${String(index).padStart(2, '0')}`, ['ALL', 'DEV']]),
    )
    const { store } = current()
    const changes = newcomers(people, Object.keys(people))
    const { outcomes } = await carriedOut(store, held, changes)
    expect(calls(held)).toEqual(['account.create x25 with ALL+DEV+jira', 'account.create x25 with ALL+DEV+jira'])
    expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['applied!']))
    const { grants, access, links } = await store.directories.memory('staff', 'hr', directoryKey, noon)
    expect(grants.map(({ groupId, accountIds }) => [groupId, accountIds.length]).sort()).toEqual([
      ['ALL', 50],
      ['DEV', 50],
    ])
    expect(access).toMatchObject([{ ...jira, connection: 'staff', rule: 'users.access[0]' }])
    expect(access[0]!.accountIds).toHaveLength(50)
    expect(links).toHaveLength(50)
  })

  it('sends the memberships of people with groups of their own in bulk, where the target can', async () => {
    const people = { ann: ['ALL', 'DEV'], bob: ['ALL', 'OPS'], cid: ['ALL'] }
    const held = directory({
      groups: groups(),
      carries: everywhere,
      batchSizes: { 'account.create': 25, 'membership.add': 25 },
    })
    const { outcomes } = await carriedOut(current().store, held, newcomers(people, Object.keys(people)))
    expect(calls(held).sort()).toEqual([
      'account.create x3 with jira',
      'membership.add x1',
      'membership.add x1',
      'membership.add x3',
    ])
    expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['applied!']))
  })

  it('carries the groups of each newcomer where additions are single calls', async () => {
    const held = directory({ groups: groups(), carries: everywhere, batchSizes: { 'account.create': 25 } })
    await carriedOut(current().store, held, newcomers({ ann: ['ALL', 'DEV'], bob: ['ALL', 'OPS'], cid: ['ALL'] }))
    expect(calls(held).sort()).toEqual([
      'account.create x1 with ALL',
      'account.create x1 with ALL+DEV',
      'account.create x1 with ALL+OPS',
    ])
    expect(held.people.get('A-bob')!.groups).toEqual(new Set(['ALL', 'OPS']))
  })

  it('carries no more groups than the target takes; the rest follows by itself', async () => {
    const held = directory({ groups: groups(), carries: { groups: 1, access: 0 } })
    const { outcomes } = await carriedOut(current().store, held, newcomers({ ann: ['ALL', 'DEV'] }, ['ann']))
    expect(calls(held)).toEqual(['account.create x1 with ALL', 'access.grant x1', 'membership.add x1'])
    expect(await outcomes()).toEqual({ 1: 'applied!', 2: 'applied!', 3: 'applied!', 4: 'applied!' })
  })

  it('records a refusal of one carried group for itself', async () => {
    const refuse = ({ groupId, kind }: Order) =>
      kind === 'membership.add' && groupId === 'DEV' ? fail.notWritable('The group is synced.') : undefined
    const held = directory({ groups: groups(), carries: everywhere, trouble: refuse })
    const { outcomes } = await carriedOut(current().store, held, newcomers({ ann: ['ALL', 'DEV'] }))
    expect(await outcomes()).toEqual({ 1: 'applied!', 2: 'applied!', 3: 'failed' })
    expect(held.sent).toHaveLength(1)
  })

  it('sends by itself what a creation left without an answer', async () => {
    const held = directory({
      groups: groups(),
      carries: everywhere,
      trouble: (order) => (order.accountId === undefined && order.groupId === 'DEV' ? 'unanswered' : undefined),
    })
    const { outcomes } = await carriedOut(current().store, held, newcomers({ ann: ['ALL', 'DEV'] }))
    expect(calls(held)).toEqual(['account.create x1 with ALL+DEV', 'membership.add x1'])
    expect(await outcomes()).toEqual({ 1: 'applied!', 2: 'applied!', 3: 'applied!' })
  })

  it('does not carry what is held, nor into a group that could not be created', async () => {
    const held = directory({
      groups: groups(),
      carries: everywhere,
      trouble: ({ kind }) => (kind === 'group.create' ? fail.rejected('No such name.') : undefined),
    })
    const ann = { account: { createdBy: 2 }, kind: 'membership.add' } as const
    const { outcomes } = await carriedOut(current().store, held, [
      only(1, { kind: 'group.create', groupLabel: 'new', after: { name: 'new' } }),
      only(2, { after: { email: 'ann@x.test' }, person: { key: 'ann', label: 'ann' }, joins: [3, 4, 5] }),
      only(3, { ...ann, group: { createdBy: 1 }, needs: [1, 2] }),
      only(4, { ...ann, group: { id: 'DEV' }, needs: [2] }),
      only(5, { ...ann, group: { id: 'OPS' }, needs: [2], state: 'held', stateReasons: ['guard:admin-grants'] }),
    ])
    expect(calls(held)).toEqual(['group.create x1', 'account.create x1 with DEV'])
    expect(await outcomes()).toEqual({ 1: 'failed', 2: 'applied!', 3: 'skipped', 4: 'applied!', 5: 'open' })
  })

  it('looks up what rode on a creation whose answer was lost, and sends nothing twice', async () => {
    let lost = true
    const held = directory({
      groups: groups(),
      carries: everywhere,
      trouble: ({ kind }) => {
        if (kind !== 'account.create' || !lost) return undefined
        lost = false
        return 'lost'
      },
    })
    const { store } = current()
    const { execution, outcomes } = await prepared(store, held, newcomers({ ann: ['ALL', 'DEV'] }))
    await execute(execution)
    await verify(execution, 1)
    expect(await outcomes()).toEqual({ 1: 'applied!', 2: 'applied!', 3: 'applied!' })
    expect(calls(held)).toEqual(['account.create x1 with ALL+DEV', 'membership.add x1', 'membership.add x1'])
    expect(held.people.size).toBe(1)
  })

  it('goes on after a crash between the creation and the record of its answer', async () => {
    const held = directory({ groups: groups(), carries: everywhere })
    const { store } = current()
    const { execution, outcomes } = await prepared(store, held, newcomers({ ann: ['ALL', 'DEV'] }))
    const dying = new Error('killed')
    const record = async () => {
      throw dying
    }
    await expect(execute({ ...execution, plans: { ...store.plans, record } })).rejects.toThrow('killed')
    expect(held.people.get('A-ann')!.groups).toEqual(new Set(['ALL', 'DEV']))
    await execute({ ...execution, target: directoryTarget(held) })
    expect(calls(held)).toEqual(['account.create x1 with ALL+DEV'])
    await verify(execution, 1)
    expect(await outcomes()).toEqual({ 1: 'applied!', 2: 'applied!', 3: 'applied!' })
  })

  it('stops the product or group whose seats are used up, and nothing else', async () => {
    const full = ({ kind, groupId, access }: Order) =>
      (kind === 'membership.add' && groupId === 'DEV') || access?.product === 'jira'
        ? fail.quotaExhausted('No seat is left.')
        : undefined
    const held = directory({ groups: groups(), trouble: full })
    const { outcomes } = await carriedOut(
      current().store,
      held,
      newcomers({ ann: ['ALL', 'DEV'], bob: ['DEV'], cid: ['ALL'] }, ['ann', 'bob']),
    )
    const ends = await outcomes()
    expect(Object.values(ends).filter((outcome) => outcome === 'failed')).toHaveLength(4)
    expect(Object.values(ends).filter((outcome) => outcome === 'applied!')).toHaveLength(5)
    // Each used-up product or group is asked once or, side by side, at most by two lanes.
    expect(held.sent.filter(({ kind }) => kind === 'access.grant').length).toBeLessThanOrEqual(2)
    expect(held.sent.filter(({ orders }) => orders[0]!.groupId === 'DEV')).toHaveLength(1)
  })
})
