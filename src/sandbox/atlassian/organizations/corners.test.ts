import { beforeEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { clientsOf, type SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'

const ruby = 'ruby.hughes@acme.example'
const users = '/v2/orgs/:org/directories/:dir/users'
const groups = '/v2/orgs/:org/directories/:dir/groups'

let sandbox: Sandbox
let org: SandboxClient
let clock: ReturnType<typeof quickClock>

beforeEach(async () => {
  clock = quickClock()
  sandbox = await sandboxForTest({ clock })
  ;({ org } = clientsOf(sandbox))
})

const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const groupId = (name: string) => sandbox.control.twin.state.groupByName(name)?.groupId ?? 'none'
const names = (body: { data: { name: string }[] }) => body.data.map(({ name }) => name)

describe('lists that will end', () => {
  it('work until the last day that was announced, page by page', async () => {
    const first = await org.admin('GET', users, { query: { limit: 10, claimStatus: 'managed' } })
    expect([first.status, first.body.data.length]).toEqual([200, 10])
    const query = { cursor: first.body.links.next, claimStatus: 'unmanaged', limit: 1 }
    const next = await org.admin('GET', users, { query })
    expect(next.body.data.length).toBeGreaterThan(1)
    expect(next.body.data.every((each: { claimStatus: string }) => each.claimStatus === 'managed')).toBe(true)
    const filled = await org.admin('GET', groups, { query: { searchTerm: 'dev', includeUsers: true } })
    expect(filled.body.data[0]).toMatchObject({ name: 'developers', counts: { users: 5 } })
    clock.advance(Date.parse('2027-07-01T00:00:00Z') - clock.now() - 1)
    expect((await org.admin('GET', groups)).status).toBe(200)
    clock.advance(1)
    expect((await org.admin('GET', groups)).status).toBe(404)
    expect((await org.admin('GET', users)).status).toBe(404)
    expect((await org.admin('POST', `${users}/search`, { body: {} })).status).toBe(200)
  })

  it('have gone in v1, but for the last visits', async () => {
    for (const [method, path] of [
      ['POST', 'users/search'],
      ['POST', 'users/invite'],
      ['POST', 'groups/search'],
      ['POST', `directory/users/${idOf(ruby)}/suspend-access`],
      ['POST', `directory/users/${idOf(ruby)}/restore-access`],
      ['DELETE', `directory/users/${idOf(ruby)}`],
      ['POST', `directory/groups/${groupId('developers')}/memberships`],
    ] as const) {
      const url = `${sandbox.apiBase}/admin/v1/orgs/${sandbox.orgId}/${path}`
      expect((await org.send(method, url, { body: {} })).status, path).toBe(404)
    }
    expect(sandbox.control.requests('org.removed')).toBe(7)
  })
})

describe('searches', () => {
  it('order people by nickname, page by page', async () => {
    const sortBy = [{ field: 'nick_name', direction: 'desc' }]
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const body = cursor === undefined ? { sortBy, limit: 7 } : { cursor }
      const { data, links } = (await org.admin('POST', `${users}/search`, { body })).body
      seen.push(...data.map((each: { nickname: string }) => each.nickname.toLowerCase()))
      cursor = links.next
    } while (cursor !== undefined)
    expect(seen).toEqual([...seen].sort().reverse())
    expect(seen).toHaveLength((await org.admin('GET', `${users}/count`)).body.count)
    for (const wrong of [[], [{ field: 'email', direction: 'asc' }], 'nick_name']) {
      expect((await org.admin('POST', `${users}/search`, { body: { sortBy: wrong } })).status).toBe(400)
    }
  })

  it('order and narrow groups', async () => {
    const search = async (body: object) => (await org.admin('POST', `${groups}/search`, { body })).body
    const asc = names(await search({ limit: 100 }))
    const sortBy = [{ field: 'name', direction: 'desc' }]
    const page = await search({ sortBy, limit: 4 })
    const rest = await search({ cursor: page.links.next, limit: 100 })
    expect([...names(page), ...names(rest)].slice(0, 8)).toEqual([...asc].reverse().slice(0, 8))
    expect(names(await search({ resourceOwners: ['confluence'] }))).toEqual(['confluence-users-acme'])
    expect(names(await search({ roleIds: ['atlassian/admin'] }))).toEqual(['jira-administrators-acme'])
    expect(names(await search({ accountIds: [idOf(ruby)] }))).toEqual(['jira-software-users-acme', 'Support'])
    const count = async (query: Record<string, string>) =>
      (await org.admin('GET', `${groups}/count`, { query })).body.count
    expect(await count({ accountIds: idOf(ruby) })).toBe(2)
    expect(await count({ resourceOwners: 'confluence', searchTerm: 'users' })).toBe(1)
  })

  it('tell who has two-step verification', async () => {
    sandbox.control.edit({ action: 'set-mfa', email: ruby, on: true })
    const { data } = (await org.admin('POST', `${users}/search`, { body: { mfaEnabled: true } })).body
    expect(data.map((each: { email: string }) => each.email.toLowerCase())).toEqual([ruby])
    expect((await org.admin('GET', `${users}/count`, { query: { mfaEnabled: true } })).body.count).toBe(1)
  })

  it('find workspaces', async () => {
    const search = async (body: object) => org.admin('POST', '/v2/orgs/:org/workspaces', { body })
    const keys = async (query: object) =>
      (await search({ query })).body.data.map((each: { attributes: { typeKey: string } }) => each.attributes.typeKey)
    const confluence = { field: { name: 'attributes.typeKey', values: ['confluence'] } }
    expect(await keys(confluence)).toEqual(['confluence'])
    expect(await keys({ nor: [confluence] })).toEqual(['jira-software', 'jira-servicedesk'])
    expect(await keys({ and: [confluence, { searchWorkspaces: 'ACM' }] })).toEqual(['confluence'])
    expect(await keys({ searchWorkspaces: 'nowhere' })).toEqual([])
    expect((await search({ query: { invented: 1 } })).body.code).toBe('ADMIN-400-4')
    const sort = [{ field: 'attributes.typeKey', order: 'desc' }]
    const first = (await search({ limit: 2, sort })).body
    const last = (await search({ cursor: first.links.next })).body
    const order = [...first.data, ...last.data].map((each) => each.attributes.typeKey)
    expect(order).toEqual(['jira-software', 'jira-servicedesk', 'confluence'])
  })

  it('page role assignments', async () => {
    const path = `${users}/${idOf(sandbox.credentials.email)}/role-assignments`
    const first = (await org.admin('GET', path, { query: { limit: 1 } })).body
    const second = (await org.admin('GET', path, { query: { cursor: first.links.next } })).body
    expect([first.data[0].resourceOwner, second.data[0].resourceOwner]).toEqual(['jira-software', 'platform'])
    const admins = (await org.admin('GET', path, { query: { roleIds: 'atlassian/org-admin' } })).body.data
    expect(admins).toHaveLength(1)
  })
})

describe('figures', () => {
  it('of groups and people', async () => {
    const ofGroups = (await org.admin('GET', `${groups}/stats`)).body
    expect(ofGroups.totals).toEqual({ all: 10, managed: 1, synced: 1 })
    const ofUsers = (await org.admin('GET', `${users}/stats`)).body
    expect(ofUsers.accountStatus).toContainEqual({ status: 'inactive', count: 1 })
    expect(ofUsers.roles).toContainEqual({ roleId: 'atlassian/org-admin', count: 1 })
  })

  it('of the last visits come a day late', async () => {
    const path = `/v1/orgs/:org/directory/users/${idOf(ruby)}/last-active-dates`
    sandbox.control.edit({ action: 'visit', email: ruby, product: 'jira-software' })
    expect((await org.admin('GET', path)).body.data.product_access).toEqual([])
    clock.advance(24 * 60 * 60 * 1000)
    expect((await org.admin('GET', path)).body.data.product_access[0]).toMatchObject({
      key: 'jira-software',
      last_active: '2026-11-21',
    })
    const body = { emails: [ruby], expand: ['productAccess'] }
    const { data } = (await org.admin('POST', `${users}/search`, { body })).body
    expect(data[0].productAccess[0].lastActiveTimestamp).toBe('2026-11-21T10:00:00.000Z')
  })

  it('and one domain', async () => {
    const [{ id }] = (await org.admin('GET', '/v1/orgs/:org/domains')).body.data
    expect((await org.admin('GET', `/v1/orgs/:org/domains/${id}`)).body.data.attributes.name).toBe('acme.example')
    expect((await org.admin('GET', '/v1/orgs/:org/domains/none')).body.errors[0].code).toBe('ADMIN-404-3')
  })
})

describe('roles', () => {
  it('that need no seat take none', async () => {
    const resource = `ari:cloud:confluence::site/${sandbox.cloudId}`
    const product = sandbox.control.twin.state.organizations.product(resource)
    for (const role of ['guest', 'contributor', 'basic', 'stakeholder', 'customer', 'user-access-admin']) {
      const body = { role: `atlassian/${role}`, resource }
      expect((await org.admin('POST', `/v1/orgs/:org/users/${idOf(ruby)}/roles/assign`, { body })).status).toBe(204)
    }
    expect(product?.used).toBe(0)
    const body = { role: 'atlassian/user', resource }
    await org.admin('POST', `/v1/orgs/:org/users/${idOf(ruby)}/roles/assign`, { body })
    expect(product?.used).toBe(1)
  })

  it('of the whole organization are seen after half a minute at most', async () => {
    sandbox.control.setVariants({ orgRoleDelay: '30-seconds' })
    const roles = async () =>
      (await org.admin('POST', `${users}/search`, { body: { emails: [ruby], expand: ['platformRoles'] } })).body.data[0]
        .platformRoles
    const path = `/v1/orgs/:org/users/${idOf(ruby)}/role-assignments`
    await org.admin('POST', `${path}/assign`, { body: { role: 'atlassian/org-admin' } })
    clock.advance(29_999)
    expect(await roles()).toEqual([])
    clock.advance(1)
    expect(await roles()).toEqual(['atlassian/org-admin'])
    await org.admin('POST', `${path}/revoke`, { body: { role: 'atlassian/org-admin' } })
    expect(await roles()).toEqual(['atlassian/org-admin'])
  })
})
