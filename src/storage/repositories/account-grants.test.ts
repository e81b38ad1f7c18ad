import { expect, it } from 'vitest'
import { change, directoryKey, noon, savedPlan, takenFence } from '../../../test/support/plans.ts'
import { describeOnBothStores } from '../../../test/support/store.ts'
import type { Lesson } from '../../domain/memory.ts'

describeOnBothStores('who vouches for an account', (current) => {
  const link = (accountId: string) => ({ source: 'corp', sourceKey: `key-${accountId}`, accountId })
  const vouch = (accountId: string): Lesson => ({ lesson: 'vouch', ...link(accountId) })
  const unvouch = (accountId: string): Lesson => ({ lesson: 'unvouch', accountId })

  /** Lessons of a run of one connection. */
  const learn = async (connection: string, ...lessons: readonly Lesson[]) => {
    const { store } = current()
    const { plan, run } = await savedPlan(store, [change(1)], { connection })
    await store.plans.record(plan.id, run.id, await takenFence(store), [], lessons)
  }
  const memory = () => current().store.directories.memory('staff', 'corp', directoryKey, noon)
  const vouchers = async () =>
    Object.fromEntries((await memory()).accountGrants.map(({ connection, accountIds }) => [connection, accountIds]))

  it('is remembered by connection, begins and ends, and begins again', async () => {
    await learn('staff', vouch('ann'), vouch('bob'))
    await learn('guests', vouch('bob'), vouch('bob'))
    expect(await vouchers()).toEqual({ guests: ['bob'], staff: ['ann', 'bob'] })
    await learn('staff', unvouch('bob'), unvouch('nobody'))
    expect(await vouchers()).toEqual({ guests: ['bob'], staff: ['ann'] })
    await learn('staff', unvouch('ann'), vouch('ann'), vouch('bob'), unvouch('bob'))
    expect(await vouchers()).toEqual({ guests: ['bob'], staff: ['ann'] })
    await learn('staff', vouch('bob'))
    expect(await vouchers()).toEqual({ guests: ['bob'], staff: ['ann', 'bob'] })
  })

  it('keeps a link that an undo takes back while another connection of the source rests on it', async () => {
    const links = async () => (await memory()).links.map(({ accountId }) => accountId).sort()
    const made = (accountId: string): Lesson => ({ ...link(accountId), lesson: 'link', how: 'email' })
    const takenBack = (accountId: string): Lesson => ({ lesson: 'unlink', ...link(accountId) })
    await learn('staff', made('ann'), vouch('ann'), made('bob'), vouch('bob'))
    await learn('contractors', vouch('ann'))
    await learn('staff', unvouch('ann'), takenBack('ann'), unvouch('bob'), takenBack('bob'))
    expect(await links()).toEqual(['ann'])
    await learn('contractors', unvouch('ann'), takenBack('ann'))
    expect(await links()).toEqual([])
  })

  it('forgets pending departures with the connection, so that one of the same name begins anew', async () => {
    const { store } = current()
    const departure = { sourceKey: 'key-ann', signal: 'left-source' as const, firstProvenAt: noon }
    const document = { source: 'corp', target: 'acme' }
    await store.configuration.save({ kind: 'connection', key: 'staff', document, owner: 'store', savedBy: 'os:anna' })
    await store.configuration.save({ kind: 'source', key: 'staff', document: {}, owner: 'store', savedBy: 'os:anna' })
    await store.departures.save('staff', [departure], [])
    await store.departures.save('guests', [departure], [])
    await store.configuration.remove('source', 'staff', 'os:anna')
    expect((await memory()).departures).toHaveLength(1)
    await store.configuration.remove('connection', 'staff', 'os:anna')
    expect((await memory()).departures).toEqual([])
    expect((await store.directories.memory('guests', 'corp', directoryKey, noon)).departures).toHaveLength(1)
  })
})
