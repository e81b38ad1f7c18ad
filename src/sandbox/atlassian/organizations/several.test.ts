import { describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { clientsOf, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import { smallSite } from '../../company/small.ts'
import type { Sandbox } from '../../start.ts'
import type { TargetSeed } from '../seed/facts.ts'

const clock = quickClock()

/** The small company with a second directory and site, and a second organization that has one too. */
const seed: TargetSeed = {
  ...smallSite('ten-years'),
  directories: [
    {
      name: 'Subsidiary',
      site: { name: 'acme-sub', products: [{ key: 'jira-software', name: 'Jira', seats: 5 }] },
    },
  ],
  organizations: [
    {
      name: 'Globex',
      domains: [{ name: 'globex.example', verified: true }],
      directories: [{ name: 'Primary Directory', site: { name: 'globex', products: [] } }],
    },
  ],
  groups: [
    ...smallSite('ten-years').groups,
    { name: 'developers', directory: 'Subsidiary', roles: [{ product: 'jira-software', role: 'atlassian/user' }] },
  ],
  people: [
    ...smallSite('ten-years').people,
    { email: 'sub.only@acme.example', name: 'Sub Only', groups: ['developers'], directories: ['Subsidiary'] },
    {
      email: 'both@acme.example',
      name: 'In Both',
      groups: [],
      directories: ['Primary Directory', 'Subsidiary'],
      roles: [{ product: 'confluence', role: 'atlassian/guest' }],
    },
    { email: 'hank@globex.example', name: 'Hank', groups: [], directories: ['Globex/Primary Directory'] },
  ],
}

const start = (): Promise<Sandbox> => sandboxForTest({ target: seed, clock })

describe('several directories of one organization', () => {
  it('are listed, filtered by name, id and member', async () => {
    const sandbox = await start()
    const { org } = clientsOf(sandbox)
    const names = async (query: Record<string, string> = {}) =>
      (await org.admin('GET', '/v2/orgs/:org/directories', { query })).body.data.map(
        ({ name }: { name: string }) => name,
      )
    expect(await names()).toEqual(['Primary Directory', 'Subsidiary'])
    expect(await names({ searchTerm: 'sub' })).toEqual(['Subsidiary'])
    expect(await names({ directoryIds: sandbox.directoryId })).toEqual(['Primary Directory'])
    const both = sandbox.control.twin.state.accountByEmail('both@acme.example')?.accountId ?? ''
    expect(await names({ accountId: both })).toHaveLength(2)
    expect(await names({ accountId: 'nobody' })).toEqual([])
    const first = (await org.admin('GET', '/v2/orgs/:org/directories', { query: { limit: 1 } })).body
    const second = (await org.admin('GET', '/v2/orgs/:org/directories', { query: { cursor: first.links.next } })).body
    expect([second.data[0].name, second.links.next]).toEqual(['Subsidiary', undefined])
  })

  it('have people, groups of the same name and statuses of their own', async () => {
    const sandbox = await start()
    const { org, jira } = clientsOf(sandbox)
    const [, sub] = sandbox.organizations[0]?.directories ?? []
    const people = async (directory: string, body: object) =>
      (await org.admin('POST', `/v2/orgs/:org/directories/${directory}/users/search`, { body })).body.data
    const emails = ['sub.only@acme.example', 'both@acme.example']
    expect(await people(sandbox.directoryId, { emails })).toHaveLength(1)
    expect(await people(sub?.directoryId ?? '', { emails })).toHaveLength(2)
    expect(await people('-', { emails })).toHaveLength(2)
    const groups = '/v2/orgs/:org/directories/-/groups/search'
    const named = (await org.admin('POST', groups, { body: { groupNames: ['Developers'] } })).body.data
    expect(new Set(named.map(({ directoryId }: { directoryId: string }) => directoryId)).size).toBe(2)
    const id = sandbox.control.twin.state.accountByEmail('both@acme.example')?.accountId ?? ''
    const suspend = `/v2/orgs/:org/directories/${sub?.directoryId}/users/${id}/suspend`
    expect((await org.admin('POST', suspend, { body: {} })).status).toBe(204)
    expect((await people('-', { emails: [emails[1]] }))[0]).toMatchObject({
      status: 'active',
      membershipStatus: 'active',
    })
    expect((await jira.site('GET', '/user', { query: { accountId: id } })).body).toMatchObject({
      active: true,
      guest: true,
    })
    const roles = `/v2/orgs/:org/directories/-/users/${id}/role-assignments`
    expect((await org.admin('GET', roles)).body.data[0].userDirectoryStatus).toBe('active')
  })

  it('do not mix: a group takes people of its own directory only', async () => {
    const sandbox = await start()
    const { org, jira } = clientsOf(sandbox)
    const { state } = sandbox.control.twin
    const accountId = state.accountByEmail('sub.only@acme.example')?.accountId ?? ''
    const group = state.groupByName('old-project-x')?.groupId ?? ''
    const path = `/v2/orgs/:org/directories/:dir/groups/${group}/memberships`
    expect((await org.admin('POST', path, { body: { accountId } })).status).toBe(404)
    expect((await jira.site('POST', '/group/user', { query: { groupId: group }, body: { accountId } })).status).toBe(
      404,
    )
    expect((await jira.site('GET', '/user', { query: { accountId } })).status).toBe(404)
    const invited = await org.admin('POST', '/v2/orgs/:org/users/invite', {
      body: {
        emails: ['mixed@acme.example'],
        permissionRules: [
          {
            resource: `ari:cloud:jira-software::site/${sandbox.organizations[0]?.sites[1]?.cloudId}`,
            role: 'atlassian/user',
          },
        ],
        additionalGroups: [group],
      },
    })
    expect(invited.status).toBe(206)
    expect(invited.body.data[0].results[0].groupAssignmentResult[0].status).toBe('ERROR')
    expect(state.accountByEmail('mixed@acme.example')?.directories).toHaveLength(1)
  })

  it('let a token work at every site of its owner, and only there', async () => {
    const sandbox = await start()
    const { jira } = clientsOf(sandbox)
    const other = sandbox.organizations[0]?.sites[1]?.url ?? ''
    expect((await jira.send('GET', `${other}/rest/api/3/myself`)).status).toBe(401)
    sandbox.control.edit({ action: 'add-person', email: sandbox.credentials.email, directory: 'Subsidiary' })
    expect((await jira.send('GET', `${other}/rest/api/3/myself`)).status).toBe(200)
    expect((await jira.send('GET', `${other}/_edge/tenant_info`)).body.cloudId).not.toBe(sandbox.cloudId)
  })
})

describe('several organizations', () => {
  it('are seen by a key as far as it may', async () => {
    const sandbox = await start()
    const { orgApiKey, allOrgsKey, otherOrgKey } = sandbox.credentials
    const names = async (key: string) =>
      (await SandboxClient.bearer(sandbox, key).admin('GET', '/v1/orgs')).body.data.map(
        (each: { attributes: { name: string } }) => each.attributes.name,
      )
    expect([await names(orgApiKey), await names(allOrgsKey), await names(otherOrgKey)]).toEqual([
      ['Acme'],
      ['Acme', 'Globex'],
      ['Globex'],
    ])
    const other = SandboxClient.bearer(sandbox, otherOrgKey)
    const search = '/v2/orgs/:org/directories/-/users/search'
    expect((await other.admin('POST', search, { body: {} })).body.errors[0].code).toBe('ADMIN-404-2')
    const globex = search.replace(':org', sandbox.organizations[1]?.orgId ?? '')
    expect((await other.admin('POST', globex, { body: {} })).body.data).toHaveLength(1)
  })

  it('manage the accounts of their own domains', async () => {
    const sandbox = await start()
    const hank = sandbox.control.twin.state.accountByEmail('hank@globex.example')?.accountId ?? ''
    const { org } = clientsOf(sandbox)
    expect((await org.account('GET', hank, '')).status).toBe(403)
    const other = SandboxClient.bearer(sandbox, sandbox.credentials.otherOrgKey)
    expect((await other.account('POST', hank, '/lifecycle/disable', { body: {} })).status).toBe(204)
  })

  it('see a person of both, each with a state of its own', async () => {
    const sandbox = await start()
    const { org } = clientsOf(sandbox)
    const invite = { emails: ['hank@globex.example'] }
    expect((await org.admin('POST', '/v2/orgs/:org/users/invite', { body: invite })).status).toBe(200)
    const hank = sandbox.control.twin.state.accountByEmail('hank@globex.example')?.accountId ?? ''
    await org.admin('POST', `/v2/orgs/:org/directories/:dir/users/${hank}/suspend`, { body: {} })
    const search = { body: { emails: ['hank@globex.example'] } }
    const here = (await org.admin('POST', '/v2/orgs/:org/directories/-/users/search', search)).body.data[0]
    const other = SandboxClient.bearer(sandbox, sandbox.credentials.otherOrgKey)
    const path = `/v2/orgs/${sandbox.organizations[1]?.orgId}/directories/-/users/search`
    const there = (await other.admin('POST', path, search)).body.data[0]
    expect([here.status, here.claimStatus]).toEqual(['suspended', 'unmanaged'])
    expect([there.status, there.claimStatus]).toEqual(['active', 'managed'])
  })
})
