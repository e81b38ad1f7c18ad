import { beforeAll, describe, expect, it } from 'vitest'
import { clientsOf } from '../support/sandbox-client.ts'
import { disabled, firstRun, personOf, sharedOffice, succeed, type Team, team, withoutMember } from './office.ts'

// People and groups go into a directory of Atlassian Guard, and come out of it again into a second one.

const office = sharedOffice()
const everybody = team('staff', 4)

function yaml(): string {
  const { guard, apiBase } = office().sandbox
  return `sources:
  staff: { type: file, path: staff.json }
  pulled: { type: scim-pull, baseUrl: "${guard.baseUrl}", token: { file: guard-key } }
targets:
  guard: { type: atlassian-scim, baseUrl: "${guard.baseUrl}", apiKey: { file: guard-key }, orgApiKey: { file: org-key }, apiBase: "${apiBase}", mailDomains: [acme.example] }
connections:
  staff:
    source: staff
    target: guard
    mode: automatic
    groups: { byName: {} }
    users: { onDisabled: [{ after: 0d, action: deactivate }] }
    guards:
      deactivations: { floor: 100, percent: 100, cap: 100 }
      membershipRemovals: { floor: 100, percent: 100, cap: 100 }
`
}

const save = (people: Team) => office().write('staff.json', JSON.stringify(people))

describe('a directory of Atlassian Guard', () => {
  beforeAll(async () => {
    const { guard } = office().sandbox
    office().write('guard-key', guard.apiKey)
    office().write('guard.yaml', yaml())
    save(everybody)
    await succeed(office(), 'import {guard.yaml}')
  })

  it('is found healthy, and takes people and groups, which everybody else sees as synced', async () => {
    const { said } = await succeed(office(), 'check guard')
    expect(said).toContain('acme.example')
    await firstRun(office(), 'staff')
    const { sandbox } = office()
    expect(personOf(sandbox, 'staff-1@acme.example')).toMatchObject({ name: 'staff 1', groups: ['staff-team'] })
    expect(sandbox.control.state().groups.find(({ name }) => name === 'staff-team')).toMatchObject({
      synced: true,
      members: 4,
    })
    const { org } = clientsOf(sandbox)
    const body = { emails: ['staff-1@acme.example'] }
    const found = await org.admin('POST', '/v2/orgs/:org/directories/:dir/users/search', { body })
    expect(found.body.data[0].managementSource).toBe('synced')
    expect(sandbox.control.counters().effects.accountsCreated).toBe(4)
  })

  it('has nothing to do the second time', async () => {
    expect((await succeed(office(), 'sync staff')).said).toContain('Nothing to do: the target is as it should be.')
  })

  it('ends whom the source disables, takes out who left a group, and shows a new name', async () => {
    const { sandbox } = office()
    const renamed = {
      ...everybody,
      people: everybody.people.map((each) => (each.id === 'staff-3' ? { ...each, displayName: 'Married Name' } : each)),
    }
    save(disabled(withoutMember(renamed, 'staff-2'), 'staff-1'))
    await succeed(office(), 'sync staff')
    expect(personOf(sandbox, 'staff-1@acme.example')?.status).toBe('deactivated')
    expect(personOf(sandbox, 'staff-2@acme.example')).toMatchObject({ status: 'active', groups: [] })
    expect(personOf(sandbox, 'staff-3@acme.example')?.name).toBe('Married Name')
    save(everybody)
    await succeed(office(), 'sync staff')
    expect(personOf(sandbox, 'staff-1@acme.example')?.status).toBe('active')
    expect((await succeed(office(), 'sync staff')).said).toContain('Nothing to do: the target is as it should be.')
  })

  it('can be read as a source: one person, and which attributes people have', async () => {
    const { said } = await succeed(office(), 'find pulled staff-2@acme.example')
    expect(said).toContain('staff-2@acme.example')
    expect((await succeed(office(), 'sources attributes pulled')).said).toContain('displayName')
  })
})
