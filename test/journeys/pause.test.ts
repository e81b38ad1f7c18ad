import { describe, expect, it } from 'vitest'
import { configurationYaml, member, personOf, settle, sharedOffice, succeed, team, until } from './office.ts'

const current = sharedOffice()

describe('a connection that is paused', () => {
  it('begins nothing by schedule or hand, plans on, and catches up once when it is resumed', async () => {
    const office = current()
    office.write('staff.json', JSON.stringify(team('staff')))
    const yaml = configurationYaml(office.sandbox, { staff: 'path: staff.json' })
    await settle(office, yaml, ['staff'])
    const paused = await succeed(office, 'pause staff --why maintenance')
    expect(paused.said).toContain('Paused: staff')

    // Overdue from the first moment: the last run is older than the schedule.
    await succeed(office, 'connections put staff --merge --set schedule.every=1m')
    office.write('staff.json', JSON.stringify(team('staff', 4)))
    const refused = await office.type('sync staff')
    expect(refused.code).not.toBe(0)
    expect(refused.said).toContain('is paused since')
    expect(refused.said).toContain('maintenance')
    expect(refused.said).toContain('muster resume staff')
    const preview = await office.type('plan staff')
    expect(preview.said).toContain('staff-4@acme.example')
    const list = await succeed(office, 'connections list')
    expect(list.said).toContain('paused')
    const { nextRunAt, paused: pause } = await office.client.connections.get({ params: { key: 'staff' } })
    expect(nextRunAt).toBeUndefined()
    expect(pause).toMatchObject({ why: 'maintenance' })

    // The plan of before the pause does not go on either.
    const plan = (await office.client.runs.list({ query: { connection: 'staff' } })).items[0]?.planId
    await succeed(office, `approve ${plan} --all`)
    const apply = await office.type(`apply ${plan}`)
    expect(apply.said).toContain('is paused since')
    expect(personOf(office.sandbox, member('staff', 4).mail)).toBeUndefined()

    await succeed(office, 'resume staff')
    await until(async () => {
      const { items } = await office.client.runs.list({ query: { connection: 'staff' } })
      return items.some(({ trigger, planId }) => trigger === 'schedule' && planId !== undefined)
    })
    const detail = await office.client.connections.get({ params: { key: 'staff' } })
    expect(detail.nextRuns).toHaveLength(5)
    const gaps = detail.nextRuns.map((time, index) => Date.parse(time) - Date.parse(detail.nextRuns[index - 1] ?? time))
    expect(gaps.slice(1)).toEqual([60_000, 60_000, 60_000, 60_000])
    const audit = await office.client.audit.list({ query: { limit: 50 } })
    expect(audit.items.map(({ act }) => act)).toEqual(expect.arrayContaining(['connection.pause', 'connection.resume']))
  }, 300_000)

  it('says so for a connection that is none', async () => {
    const answer = await current().type('pause nobody')
    expect(answer.code).not.toBe(0)
    expect(answer.said).toContain('no connection "nobody"')
  })
})
