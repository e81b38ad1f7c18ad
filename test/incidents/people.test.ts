import { describe, expect, it } from 'vitest'
import { disabled, member, succeed, type Team, team, withoutEffect } from '../journeys/office.ts'
import { day, everything, inWords, newestRun, onCall, settled, without, withRecord } from './on-call.ts'

// What happens to people in the HR system, and what would have happened to their accounts.

const current = onCall()
const site = () => current().sandbox

describe('the HR system', { timeout: 240_000 }, () => {
  it('P6: was replaced over the weekend with a new id for everybody, and nobody was removed and invited again', async () => {
    const on = current()
    const { save } = await settled(on, 'moved')
    const { people, groups } = team('moved')
    const anew = <Each extends { readonly id: string }>(list: readonly Each[]) =>
      list.map((each) => ({ ...each, id: `new-${each.id}` }))
    save({ people: anew(people), groups: groups.map((group) => ({ ...group, members: anew(group.members) })) })
    await withoutEffect(site(), () => on.type('sync moved'))
    expect(inWords(await newestRun(on, 'moved'))).toEqual([])
    // Each is a question to a person, who says once that it is the same one.
    const asked = (await succeed(on, 'items --connection moved')).said
    for (const { mail } of people)
      expect(asked).toContain(`Could be ${mail.replace('@acme.example', '').replace('-', ' ')}`)
    expect(asked).toContain('the account belongs to the record of somebody who left')
  })

  it('P10: lost somebody by a slip of the hand for eight days, and every group was there again', async () => {
    const on = current()
    const users = 'onLeft: [{ after: 7d, action: deactivate }]'
    const { save, account } = await settled(on, 'slip', { users, groups: 'byName: {}, ownership: all' })
    site().control.edit({ action: 'add-group', group: 'slip-by-hand' })
    save(without(team('slip'), 'slip-2'))
    const friday = await withoutEffect(site(), () => succeed(on, 'sync slip'))
    expect(friday.said).toContain('Nothing to do')
    // Meanwhile somebody puts the account into a group that no source knows.
    site().control.edit({ action: 'add-member', group: 'slip-by-hand', email: member('slip', 2).mail })
    const before = everything(on)
    on.pass(8 * day)
    const nextWeek = await succeed(on, 'sync slip')
    expect(nextWeek.said).toContain('1 account deactivated and 2 memberships removed')
    expect(account(2)).toMatchObject({ status: 'suspended', groups: [] })

    save(team('slip'))
    expect((await succeed(on, 'sync slip')).said).toContain('1 account reactivated and 1 membership added')
    expect(account(2)).toMatchObject({ status: 'active', groups: ['slip-team'] })
    // What no source gives is offered, and given back when a person says so.
    const items = JSON.parse((await succeed(on, 'items --connection slip --json')).stdout).items
    expect(items).toMatchObject([{ reason: 'memberships-taken', candidates: ['slip-by-hand'] }])
    await succeed(on, `items decide ${items[0].number} give-back`)
    await succeed(on, 'sync slip')
    expect(everything(on)).toEqual(before)
  })

  it('P13: had a wedding, and a newcomer who was given the old address; nobody got the account of another', async () => {
    const on = current()
    const { save } = await settled(on, 'bride')
    const wed = { mail: 'bride-1-wed@acme.example', login: 'bride-1-wed', displayName: 'Bride Wed' }
    const { people, groups } = withRecord(team('bride'), 'bride-1', wed)
    save({ people: [...people, { ...member('bride', 4), mail: member('bride', 1).mail }], groups })
    const night = await withoutEffect(site(), () => on.type('sync bride'))
    expect(night.code).toBe(1)
    // The account is still that of the bride; what this site does not let us write to it is said.
    expect(inWords(await newestRun(on, 'bride'))).toEqual(['account.update bride-1 (not-writable)'])
    const asked = (await succeed(on, 'items --connection bride')).said
    expect(asked).toContain('bride 4 <bride-1@acme.example>')
    expect(asked).toContain('which is linked to Bride Wed <bride-1-wed@acme.example>')
  })

  it('P14: wrote LEFT over the names of leavers, and their accounts still say who they were', async () => {
    const on = current()
    const { save, account } = await settled(on, 'gone', { users: 'onDisabled: [{ after: 0d, action: deactivate }]' })
    const left = { mail: 'left@acme.example', login: 'left', displayName: 'LEFT 2026' }
    save(disabled(withRecord(team('gone'), 'gone-1', left), 'gone-1'))
    const night = await succeed(on, 'sync gone')
    expect(night.said).toContain('Done: 1 account deactivated.')
    expect(inWords(await newestRun(on, 'gone'))).toEqual(['account.deactivate gone-1'])
    expect(account(1)).toMatchObject({ name: 'gone 1', status: 'suspended', groups: ['gone-team'] })
    save(team('gone'))
    await succeed(on, 'sync gone')
    expect(account(1)).toMatchObject({ name: 'gone 1', status: 'active', groups: ['gone-team'] })
  })

  it('P20: dropped the last administrator, the account for emergencies and our own; all three could come in', async () => {
    const on = current()
    const guards = { neverTouch: '[root-3@acme.example]' }
    const rules = { groups: 'byName: {}, ownership: mapped', guards }
    const { save, account } = await settled(on, 'root', rules, team('root', 4))
    const byHand = site().control
    byHand.edit({ action: 'add-member', group: 'root-team', email: 'admin@acme.example' })
    const administrators = 'jira-administrators-acme'
    byHand.edit({ action: 'add-member', group: administrators, email: member('root', 1).mail })
    for (const { email, groups } of byHand.state().people) {
      const isOther = email !== 'admin@acme.example' && email !== member('root', 1).mail
      if (isOther && groups.includes(administrators))
        byHand.edit({ action: 'remove-member', group: administrators, email })
    }
    const rest: Team = without(without(team('root', 4), 'root-1'), 'root-3')
    save(rest)
    const night = await withoutEffect(site(), () => on.type('sync root'))
    expect(night.code).toBe(5)
    expect(night.said).toContain('"jira-administrators-acme" would be left without an active administrator.')
    expect(inWords(await newestRun(on, 'root'))).toEqual(['account.deactivate root-1 (guard:last-administrator)'])
    expect([1, 3].map((number) => account(number)?.status)).toEqual(['active', 'active'])
    expect(await on.paged('root')).toEqual(['held'])
  })
})
