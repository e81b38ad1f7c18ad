import { describe, expect, it } from 'vitest'
import { configurationYaml, type Office, settle, sharedOffice, succeed, team, withoutEffect } from './office.ts'

const open = sharedOffice()

async function newestPlan(office: Office, connection: string) {
  const { items } = await office.client.runs.list({ query: { connection, limit: 1 } })
  return office.client.plans.get({ params: { plan: items[0]?.planId ?? '' } })
}

describe('changed settings', () => {
  it('are told setting by setting before anything is sent, and what only they ask for stands apart', async () => {
    const office = open()
    const { people, groups } = team('rules')
    const save = (names: readonly string[]) =>
      office.write(
        'rules.json',
        JSON.stringify({ people: people.map((each, index) => ({ ...each, displayName: names[index] })), groups }),
      )
    save(['One', 'Two', 'Three'])
    await settle(office, configurationYaml(office.sandbox, { rules: 'path: rules.json' }), ['rules'])

    // When it runs is no rule.
    await succeed(office, 'connections put rules --merge --set schedule.every=6h')
    expect((await succeed(office, 'sync rules')).said).toContain('Nothing to do')

    const put = await succeed(
      office,
      'connections put rules --merge --set priority=7 --set groups.defaultsForAll=["rules-all"]',
    )
    expect(put.code).toBe(0)
    const held = await withoutEffect(office.sandbox, () => office.type('sync rules'))
    expect(held.code).toBe(5)
    expect(held.said).toContain('groups.defaultsForAll: (not set) -> ["rules-all"]')
    expect(held.said).toContain('priority: 0 -> 7')
    expect(held.said).toContain('only since the rules changed')
    expect(held.said).not.toContain('schedule')
    const plan = await newestPlan(office, 'rules')
    expect(plan.summary.rules).toEqual({ onlyNow: 4, noLonger: 0 })
    const { items } = await office.client.plans.changes({ params: { plan: plan.id } })
    expect(items.map(({ kind, cause }) => [kind, cause])).toEqual([
      ['group.create', 'rules'],
      ['membership.add', 'rules'],
      ['membership.add', 'rules'],
      ['membership.add', 'rules'],
    ])
    await succeed(office, 'approve rules')
    await succeed(office, 'apply rules')
    expect((await succeed(office, 'sync rules')).said).toContain('Nothing to do')

    // How many people look is no rule, but nobody takes the second one away alone, also while there is nothing to do.
    await succeed(office, 'connections put rules --merge --set review.fourEyes=true')
    expect((await succeed(office, 'sync rules')).said).toContain('Nothing to do')
    await succeed(office, 'connections put rules --merge --set review.fourEyes=false')
    const alone = await office.type('sync rules')
    expect([alone.code, alone.said]).toEqual([5, expect.stringContaining('review.fourEyes: true -> false')])
    expect((await office.type('approve rules')).said).toContain('asks for two people')
  })
})
