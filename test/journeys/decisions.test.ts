import { describe, expect, it } from 'vitest'
import type { WorkItemView } from '../../src/contract/work-items.ts'
import { configurationYaml, type Office, personOf, settle, sharedOffice, succeed, team } from './office.ts'

const open = sharedOffice()

async function settledTeam(key: string): Promise<Office> {
  const office = open()
  office.write(`${key}.json`, JSON.stringify(team(key)))
  await settle(office, configurationYaml(office.sandbox, { [key]: `path: ${key}.json` }), [key])
  return office
}

async function onlyItem(office: Office, connection: string): Promise<WorkItemView> {
  const { items } = await office.client.workItems.list({ query: { connection } })
  expect(items).toHaveLength(1)
  return items[0]!
}

describe('a look at what drifted', () => {
  it('tells what others did in the target, by whom it was seen first, and changes nothing', async () => {
    const office = await settledTeam('look')
    expect(await office.type('drift look --last')).toMatchObject({
      code: 2,
      said: expect.stringContaining('Nobody has looked yet'),
    })
    expect((await succeed(office, 'drift look')).said).toContain('everything is as it was left')
    const { control } = office.sandbox
    control.edit({ action: 'add-person', email: 'stranger@acme.example' })
    control.edit({ action: 'add-member', group: 'look-team', email: 'stranger@acme.example' })
    control.edit({ action: 'remove-member', group: 'look-team', email: address('look', 1) })
    control.edit({ action: 'suspend', email: address('look', 2) })
    const before = control.digest()

    const { said } = await succeed(office, 'drift look')
    expect(said).toContain('3 differences')
    for (const kind of ['membership-removed', 'membership-foreign', 'account-suspended']) expect(said).toContain(kind)
    expect(said).toContain('this look')
    expect(control.digest()).toBe(before)
    const { runs } = office.client
    const { items: known } = await runs.list({ query: { connection: 'look' } })

    // A run sees the stranger, leaves them, and gives back what the source says; the next look tells since when.
    await office.type('sync look')
    const [newest] = (await runs.list({ query: { connection: 'look' } })).items
    expect(newest?.number).toBeGreaterThan(known[0]?.number ?? 0)
    const listed = await succeed(office, 'drift look --kind membership-foreign --text STRANGER')
    expect(listed.said).toContain(`run ${newest?.number}`)
    const params = { key: 'look' }
    const page = await office.client.drift.list({ params, query: { limit: 1 } })
    expect(page.items).toHaveLength(1)
    const rest = await office.client.drift.list({
      params,
      query: { ...(page.next === undefined ? {} : { cursor: page.next }) },
    })
    expect([...page.items, ...rest.items].map(({ kind }) => kind)).toEqual(['account-suspended', 'membership-foreign'])
    // Looking again reads the target; what was found is kept until then.
    expect((await succeed(office, 'drift look --last')).said).toContain('2 differences')
  })
})

describe('what was decided about drift', () => {
  it('counts in every plan until it is taken back', async () => {
    const office = await settledTeam('kept')
    const { control } = office.sandbox
    control.edit({ action: 'add-person', email: 'visitor@acme.example' })
    control.edit({ action: 'add-member', group: 'kept-team', email: 'visitor@acme.example' })
    control.edit({ action: 'remove-member', group: 'kept-team', email: address('kept', 1) })
    await succeed(office, 'drift kept')
    const params = { key: 'kept' }
    const { items } = await office.client.drift.list({ params })
    const out = items.find(({ kind }) => kind === 'membership-removed')
    expect(out?.possible.map(({ decision }) => decision)).toEqual(['keep', 'revert'])

    // A plan that was made before the decision leaves the account alone.
    expect((await succeed(office, 'plan kept')).said).toContain('1 membership added')
    await succeed(office, `drift decide kept keep ${out?.id} --comment leave-of-absence`)
    await office.type('apply kept')
    expect(personOf(office.sandbox, address('kept', 1))?.groups).toEqual([])
    await succeed(office, 'drift decide kept revert --kind membership-foreign --text visitor')
    expect((await succeed(office, 'sync kept')).said).toContain('1 membership removed')
    expect(personOf(office.sandbox, address('kept', 1))?.groups).toEqual([])
    expect(personOf(office.sandbox, 'visitor@acme.example')?.groups).toEqual([])
    const planned = await succeed(office, 'plan kept')
    expect(planned.said).toContain('1 difference is left as a person decided (kept-by-decision)')
    const why = await succeed(office, `why ${address('kept', 1)} kept-team --fresh`)
    expect(why.said).toContain('a person decided that this stays as it is')

    // What was carried out is over; what is kept stands, with who and why, and is told apart in the next look.
    const standing = await succeed(office, 'drift decisions kept')
    expect(standing.said).toMatch(/keep +membership-removed .*leave-of-absence/)
    const { items: left } = await office.client.exceptions.list({ params })
    expect(left).toHaveLength(1)
    expect((await succeed(office, 'drift kept')).said).toContain('1 decided about')
    expect((await office.client.drift.list({ params, query: { decided: 'no' } })).items).toEqual([])

    await succeed(office, `drift revoke kept ${left[0]?.id}`)
    expect((await succeed(office, 'sync kept')).said).toContain('1 membership added')
    const log = (await succeed(office, 'audit list --limit 50')).said
    for (const act of ['exception.decide', 'exception.revoke']) expect(log).toContain(act)
    const impossible = await office.type(`drift decide kept adopt ${out?.id}`)
    expect([impossible.code, impossible.said]).toEqual([2, expect.stringContaining('Possible: keep, revert')])
    expect((await office.type('drift decide kept keep 0123')).said).toContain('did not find 0123')
  })

  it('lists whom no record stands behind, ends what a person says, and gives an account to somebody once it is released', async () => {
    const office = await settledTeam('lists')
    const { control } = office.sandbox
    for (const name of ['robot', 'leftover', 'second']) {
      control.edit({ action: 'add-person', email: `${name}-lists@acme.example` })
    }
    await office.type('sync lists')
    const idOf = async (name: string) => {
      const { items } = await office.client.accountLists.list({
        params: { key: 'lists', list: 'unmanaged' },
        query: { text: `${name}-lists` },
      })
      return items[0]?.accountId
    }
    await succeed(office, `accounts decide lists unmanaged keep ${await idOf('robot')} --comment robot`)
    await succeed(office, `accounts decide lists unmanaged deactivate ${await idOf('leftover')}`)
    const open = await succeed(office, 'accounts unmanaged lists --text lists@ --csv')
    expect(open.said).toContain('second-lists@acme.example')
    expect(open.said).not.toMatch(/robot-lists|leftover-lists|lists-1@/)
    expect((await succeed(office, 'sync lists')).said).toContain('1 account deactivated')
    expect(personOf(office.sandbox, 'leftover-lists@acme.example')).toMatchObject({ status: 'suspended' })
    expect(personOf(office.sandbox, 'robot-lists@acme.example')).toMatchObject({ status: 'active' })

    // Another account for somebody: held, and nothing happens to either before it is released.
    const linked = await succeed(office, 'people link lists lists-1 second-lists@acme.example')
    expect(linked.said).toContain('instead of')
    const twice = await office.type('people link lists lists-2 second-lists@acme.example')
    expect(twice.said).toContain('is to become that of lists-1 already')
    expect((await office.type('sync lists')).code).toBe(5)
    expect(personOf(office.sandbox, address('lists', 1))?.groups).toEqual(['lists-team'])
    await succeed(office, 'approve lists --all')
    await succeed(office, 'apply lists')
    // Her address at the source still belongs to the earlier account: that alone waits for somebody to correct it.
    await office.type('sync lists')
    expect(personOf(office.sandbox, 'second-lists@acme.example')?.groups).toEqual(['lists-team'])
    expect(personOf(office.sandbox, address('lists', 1))?.groups).toEqual([])
    expect((await office.client.exceptions.list({ params: { key: 'lists' } })).items.map(({ kind }) => kind)).toEqual([
      'account-unmanaged',
    ])

    const people = team('lists')
    office.write('lists.json', JSON.stringify({ ...people, people: people.people.slice(0, 2) }))
    await office.type('sync lists')
    expect((await succeed(office, 'accounts orphaned lists --all')).said).toContain(address('lists', 3))
    expect((await succeed(office, 'accounts orphaned lists')).said).toContain('No account here is orphaned')
  })
})

const address = (key: string, number: number) => `${key}-${number}@acme.example`

describe('a decision of a person', () => {
  it('lifts a foreign suspension once, and the next one is asked about again', async () => {
    const office = await settledTeam('lift')
    const suspend = () => office.sandbox.control.edit({ action: 'suspend', email: address('lift', 2) })
    suspend()
    await office.type('sync lift')
    const item = await onlyItem(office, 'lift')
    const listed = await succeed(office, 'items --connection lift')
    expect(listed.said).toContain('somebody else suspended this account')
    expect(listed.said).toContain(`muster items decide ${item.number} reactivate --to`)
    expect((await succeed(office, `items decide ${item.number} reactivate`)).said).toContain('Decided: lift 2')
    expect((await succeed(office, 'sync lift')).said).toContain('1 account reactivated')
    expect(personOf(office.sandbox, address('lift', 2))).toMatchObject({ status: 'active' })

    suspend()
    await office.type('sync lift')
    expect(personOf(office.sandbox, address('lift', 2))).toMatchObject({ status: 'suspended' })
    const again = await onlyItem(office, 'lift')
    expect(again).toMatchObject({ reason: 'suspended-outside' })
    // Left as it is, nobody is asked again, and it stands among the decisions of the connection.
    await succeed(office, `items decide ${again.number} leave-suspended`)
    await office.type('sync lift')
    expect(personOf(office.sandbox, address('lift', 2))).toMatchObject({ status: 'suspended' })
    expect((await office.client.workItems.list({ query: { connection: 'lift' } })).items).toEqual([])
    expect((await succeed(office, 'drift decisions lift')).said).toContain('account-suspended')
  })

  it('makes an account that vanished anew, or leaves it', async () => {
    const office = await settledTeam('gone')
    for (const number of [1, 2])
      office.sandbox.control.edit({ action: 'remove-person', email: address('gone', number) })
    await office.type('sync gone')
    const { items } = await office.client.workItems.list({ query: { connection: 'gone' } })
    expect(items.map(({ reason, choices }) => [reason, choices.map(({ decision }) => decision)])).toEqual([
      ['account-gone', ['recreate', 'forget']],
      ['account-gone', ['recreate', 'forget']],
    ])
    await succeed(office, `items decide ${items[0]!.number} recreate`)
    await succeed(office, `items decide ${items[1]!.number} forget`)
    await office.type('sync gone')
    const there = [1, 2].map((number) => personOf(office.sandbox, address('gone', number))?.groups ?? [])
    expect(there).toEqual([['gone-team'], []])
    expect((await office.client.workItems.list({ query: { connection: 'gone' } })).items).toEqual([])

    // What was decided can be looked at and taken back; then it is asked, and made, like for anybody new.
    const decisions = await succeed(office, 'items decisions')
    expect(decisions.said).toMatch(/gone 2.* forget /)
    const { items: remembered } = await office.client.workItems.decisions()
    await succeed(office, `items revoke ${remembered[0]!.id}`)
    await office.type('sync gone')
    expect(personOf(office.sandbox, address('gone', 2))?.groups).toEqual(['gone-team'])
    const log = (await succeed(office, 'audit list --limit 50')).said
    expect(log).toContain('item.decide')
    expect(log).toContain('decision.revoke')
  })

  it('makes a group anew that somebody deleted by hand, and never without being asked', async () => {
    const office = await settledTeam('group')
    office.sandbox.control.edit({ action: 'delete-group', group: 'group-team' })
    await office.type('sync group')
    const groups = () => office.sandbox.control.state().groups.map(({ name }) => name)
    expect(groups()).not.toContain('group-team')
    const item = await onlyItem(office, 'group')
    expect(item).toMatchObject({ reason: 'group-gone-in-target', label: 'group-team' })
    await succeed(office, `items decide ${item.number} recreate`)
    expect((await succeed(office, 'sync group')).said).toContain('1 group created')
    expect(groups()).toContain('group-team')
    expect(personOf(office.sandbox, address('group', 1))?.groups).toEqual(['group-team'])
  })

  it('is refused where it is none of the choices', async () => {
    const office = await settledTeam('wrong')
    office.sandbox.control.edit({ action: 'suspend', email: address('wrong', 1) })
    await office.type('sync wrong')
    const { number } = await onlyItem(office, 'wrong')
    const other = await office.type(`items decide ${number} forget`)
    expect(other.code).toBe(2)
    expect(other.said).toContain(`Work item ${number} cannot be answered with "forget"`)
    expect(other.said).toContain('Possible: reactivate ')
    const another = await office.type(`items decide ${number} reactivate --to somebody`)
    expect(another.said).toContain('"somebody" is none of the choices')
    expect((await office.type('items decide 99999 forget')).said).toContain('There is no open work item 99999')
    expect(await onlyItem(office, 'wrong')).toMatchObject({ number })
  })
})
