import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyOne, errorOf, listed, shortly } from '../../../../test/doubles/atlassian-answers.ts'
import { filled, type GuardTwin, startGuard } from '../../../../test/doubles/guard-twin.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Order, Target } from '../../../ports/target.ts'

// Traps of a directory of Atlassian Guard. Each test says by its number which one; the list stands in
// docs/connectors/atlassian-scim.md.

const signal = new AbortController().signal
let twin: GuardTwin
let target: Target
let people: readonly string[]
let teams: readonly string[]
beforeAll(async () => {
  twin = await startGuard({ variants: { scimMaxCount: '10' } })
  ;({ people, teams } = await filled(twin))
  target = twin.open()
})
afterAll(() => twin.stop())

const apply = async (order: Omit<Order, 'seq'>) => shortly(await applyOne(target, order, true))
const membersOf = async (groupId: string) => (await listed(target.members({ id: groupId } as never, signal))).toSorted()

describe('a directory of Guard', () => {
  it('trap 1 a second add and a removal of somebody absent are true already', async () => {
    const pair = { accountId: people[23] ?? '', groupId: teams[0] ?? '' }
    const outcomes = []
    for (const kind of ['add', 'add', 'remove', 'remove'] as const)
      outcomes.push(await apply({ kind: `membership.${kind}`, ...pair }))
    expect(outcomes).toEqual(['applied', 'alreadyTrue', 'applied', 'alreadyTrue'])
    expect(await membersOf(pair.groupId)).toEqual(people.slice(0, 3).toSorted())
  })

  it('trap 5 lists are read to their end, ten at a time', async () => {
    expect((await listed(target.users(signal))).map(({ id }) => id).toSorted()).toEqual(people.toSorted())
    expect((await listed(target.groups(signal))).map(({ id }) => id).toSorted()).toEqual(teams.toSorted())
  })

  it('trap 7 who is not active stays in the lists of people and members', async () => {
    const off = people[8] ?? ''
    expect((await listed(target.users(signal))).find(({ id }) => id === off)).toMatchObject({ state: 'suspended' })
    expect(await membersOf(teams[7] ?? '')).toContain(off)
  })

  it('trap 8 nobody is mailed, also where mails are wished', async () => {
    expect(await apply({ kind: 'account.create', after: { email: 'quiet@acme.example' } })).toBe('applied')
    const { invitations } = twin.sandbox.control.counters()
    expect(Object.values(invitations).reduce((sum, { mails }) => sum + mails, 0)).toBe(0)
  })

  it('trap 17 a group of that name in the directory is taken over, and no second one is made', async () => {
    const before = twin.digest()
    const made = await applyOne(target, { kind: 'group.create', after: { name: 'TEAM 7' } })
    expect(made).toMatchObject({ outcome: 'alreadyTrue', createdId: teams[6] })
    expect(twin.digest()).toBe(before)
  })

  it('trap 18 nothing renames or deletes a group', () => {
    expect(Object.keys(target.operations).filter((kind) => kind.startsWith('group.'))).toEqual(['group.create'])
  })

  it('trap 28 an address is the same in any letter case', async () => {
    const { size } = await target.accountsByEmail(['P7@ACME.example'], signal)
    expect(size).toBe(1)
    expect(await apply({ kind: 'account.create', after: { email: 'P7@ACME.example' } })).toBe('alreadyTrue')
  })

  it('trap 41 a key that was replaced is told as such, and nothing is inferred from it', async () => {
    const replaced = twin.open({ apiKey: new Secret('replaced') })
    expect((await errorOf(listed(replaced.users(signal)))).code).toBe('auth-failed')
  })
})
