import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { sharedProgram } from '../support/program.ts'
import { settledDesk, short } from './desk.ts'
import { disabled, member, personOf, team } from './office.ts'

const current = sharedProgram()
let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
})

const here = () => ({ program: current(), site: sandbox })
const person = (key: string, number: number) => personOf(sandbox, member(key, number).mail)
const stateOf = (key: string, number: number) => Object.values(person(key, number)?.directories ?? {})[0]

describe('a leaver whose groups and account are due on one day', () => {
  it('loses the groups first, proven, although the site hides the groups of suspended people', async () => {
    const users = 'onDisabled: [{ after: 0d, action: deactivate }, { after: 0d, action: remove-managed-groups }]'
    const desk = await settledDesk(here(), 'both', { users })
    sandbox.control.setVariants({ suspendedGroupsInOrgSearch: 'hidden' })
    desk.save(disabled(team('both'), 'both-1'))
    const left = await desk.sync()
    expect(short(left)).toEqual(['membership.remove applied', 'account.deactivate applied'])
    expect(left.changes.every(({ verifiedAt }) => verifiedAt !== undefined)).toBe(true)
    expect(left.run.state).toBe('applied')
    expect([stateOf('both', 1), person('both', 1)?.groups]).toEqual(['suspended', []])
    expect((await desk.sync()).changes).toEqual([])
  })
})

describe('somebody who comes back to a connection that owns every membership', () => {
  it('is offered what was taken, and gets it back when a person says so', async () => {
    const users = 'onDisabled: [{ after: 0d, action: deactivate }]'
    const desk = await settledDesk(here(), 'back', { users, groups: 'byName: {}, ownership: all' })
    const { client } = desk.program
    // Somebody else made a group and put a member of the team into it just before they leave..
    const state = sandbox.control.twin.state
    const account = state.accounts.items.find(({ email }) => email === member('back', 1).mail)!
    const hand = state.groups.create({ name: 'back-by-hand', directoryId: account.directories[0]!.directoryId })
    state.groups.addMember(hand, account)
    desk.save(disabled(team('back'), 'back-1'))
    expect(short(await desk.sync())).toEqual([
      'membership.remove applied',
      'membership.remove applied',
      'account.deactivate applied',
    ])
    expect([stateOf('back', 1), person('back', 1)?.groups]).toEqual(['suspended', []])

    desk.save(team('back'))
    expect(short(await desk.sync())).toEqual(['account.activate applied', 'membership.add applied'])
    expect(person('back', 1)?.groups).toEqual(['back-team'])
    const { items } = await client.workItems.list({ query: { limit: 50, connection: 'back' } })
    expect(items).toMatchObject([{ reason: 'memberships-taken', candidates: ['back-by-hand'] }])
    await client.workItems.decide({ params: { item: String(items[0]!.number) }, body: { decision: 'give-back' } })
    expect(short(await desk.sync())).toEqual(['membership.add applied'])
    expect(person('back', 1)?.groups).toEqual(['back-by-hand', 'back-team'])

    // It stays, although the connection owns every membership and no source names that group.
    expect((await desk.sync()).changes).toEqual([])
    expect((await client.workItems.list({ query: { limit: 50, connection: 'back' } })).items).toEqual([])
    expect((await client.workItems.decisions({ query: { limit: 50 } })).items).toEqual([])
  })
})
