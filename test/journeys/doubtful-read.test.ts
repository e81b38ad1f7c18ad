import { describe, expect, it } from 'vitest'
import {
  configurationYaml,
  type Office,
  personOf,
  settle,
  sharedOffice,
  succeed,
  team,
  withoutEffect,
} from './office.ts'

const open = sharedOffice()

async function newestPlan(office: Office, connection: string) {
  const { items } = await office.client.runs.list({ query: { connection, limit: 1 } })
  return office.client.plans.get({ params: { plan: items[0]?.planId ?? '' } })
}

const firstOf = (size: number, key: string) => {
  const { people, groups } = team(key)
  const kept = people.slice(0, size)
  return JSON.stringify({
    people: kept,
    groups: groups.map((group) => ({ ...group, members: kept.map(({ id }) => ({ id })) })),
  })
}

describe('a read in doubt', () => {
  it('of another file makes nobody leave before a person looked, also when nothing else differs', async () => {
    const office = open()
    const yaml = (file: string) => configurationYaml(office.sandbox, { moved: `path: ${file}` })
    office.write('all.json', firstOf(3, 'moved'))
    office.write('part.json', firstOf(2, 'moved'))
    await settle(office, yaml('all.json'), ['moved'])
    office.write('settle.yaml', yaml('part.json'))
    await succeed(office, 'import {settle.yaml}')

    const held = await withoutEffect(office.sandbox, () => office.type('sync moved'))
    expect(held.code).toBe(5)
    expect(held.said).toContain(
      'missing since what the source delivers was changed (read-changed): moved 3 <moved-3@acme.example>.',
    )
    expect(held.said).toContain('1 person went missing with a changed read')
    expect(held.said).toContain('muster approve')
    const { guards, summary } = await newestPlan(office, 'moved')
    expect(guards.filter(({ tripped }) => tripped).map(({ guard }) => guard)).toContain('guard:read-changed')
    expect(summary.total).toBe(0)
    // Looking again proves nothing either.
    expect((await withoutEffect(office.sandbox, () => office.type('sync moved'))).code).toBe(5)

    await succeed(office, 'approve moved')
    await withoutEffect(office.sandbox, () => succeed(office, 'apply moved'))
    expect((await succeed(office, 'sync moved')).said).toContain('1 account deactivated')
    expect(personOf(office.sandbox, 'moved-3@acme.example')).toMatchObject({ status: 'suspended' })
  })

  it('that shrank stays in doubt while leavers are only frozen', async () => {
    const office = open()
    const guards = 'guards:\n      sourceUsers: { floor: 0, percent: 20 }'
    const yaml = configurationYaml(office.sandbox, { shrunk: 'path: shrunk.json' })
      .replace('onLeft: [{ after: 0d, action: deactivate }]', 'onLeft: [{ after: 7d, action: deactivate }]')
      .replace('guards:', guards)
    office.write('shrunk.json', firstOf(3, 'shrunk'))
    await settle(office, yaml, ['shrunk'])
    office.write('shrunk.json', firstOf(1, 'shrunk'))
    for (let round = 0; round < 2; round += 1) {
      await withoutEffect(office.sandbox, () => office.type('sync shrunk'))
      const plan = await newestPlan(office, 'shrunk')
      expect(plan.guards.filter(({ tripped }) => tripped).map(({ guard, about }) => `${guard} ${about}`)).toEqual([
        'guard:source-shrunk people',
        'guard:source-shrunk active people',
      ])
    }
  })
})
