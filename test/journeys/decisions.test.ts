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
    expect(await onlyItem(office, 'lift')).toMatchObject({ reason: 'suspended-outside' })
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
