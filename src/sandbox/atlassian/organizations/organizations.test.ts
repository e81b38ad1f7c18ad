import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { quickClock } from '../../../../test/doubles/quick-clock.ts'
import { clientsOf, type Reply, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import { type Sandbox, startSandbox } from '../../start.ts'

const users = '/v2/orgs/:org/directories/:dir/users'
const groups = '/v2/orgs/:org/directories/:dir/groups'
const invite = '/v2/orgs/:org/users/invite'

let sandbox: Sandbox
let org: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest()
  ;({ org } = clientsOf(sandbox))
})

function idOf(email: string): string {
  return sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
}

async function groupId(name: string): Promise<string> {
  return (await org.admin('POST', `${groups}/search`, { body: { groupNames: [name] } })).body.data[0].id
}

async function search(body: object): Promise<Reply['body'][]> {
  return (await org.admin('POST', `${users}/search`, { body })).body.data
}

async function person(email: string, expand: string[] = []): Promise<Reply['body']> {
  return (await search({ emails: [email], ...(expand.length > 0 ? { expand } : {}) }))[0]
}

function codeOf(reply: Reply): string {
  return reply.body.errors[0].code
}

describe('keys', () => {
  it('refuses a wrong key, a missing one and a token of a person in the shape of the gateway', async () => {
    const { jira, anonymous } = clientsOf(sandbox)
    for (const client of [SandboxClient.bearer(sandbox, 'wrong'), anonymous, jira]) {
      const reply = await client.admin('GET', '/v1/orgs')
      expect([reply.status, reply.body]).toEqual([401, { code: 401, message: 'Unauthorized' }])
    }
  })

  it('holds a key with scopes to them, with a shape of its own for domains', async () => {
    const narrow = SandboxClient.bearer(sandbox, sandbox.credentials.narrowOrgKey)
    expect((await narrow.admin('GET', '/v1/orgs')).status).toBe(200)
    expect((await narrow.admin('GET', '/v1/orgs/:org')).status).toBe(200)
    const domains = await narrow.admin('GET', '/v1/orgs/:org/domains')
    expect(domains.status).toBe(403)
    expect(Object.keys(domains.body).sort()).toEqual(['error', 'message', 'path', 'requestId', 'status', 'timestamp'])
    const people = await narrow.admin('POST', `${users}/search`, { body: {} })
    expect([people.status, codeOf(people)]).toEqual([403, 'ADMIN-403-3'])
    const reader = SandboxClient.bearer(sandbox, sandbox.credentials.readOnlyOrgKey)
    expect((await reader.admin('POST', `${users}/search`, { body: {} })).status).toBe(200)
    expect((await reader.admin('POST', groups, { body: { name: 'x' } })).status).toBe(403)
  })

  it('knows its own organization and directories only', async () => {
    expect((await org.admin('GET', '/v1/orgs/another')).status).toBe(404)
    expect((await org.admin('POST', '/v2/orgs/:org/directories/another/users/search', { body: {} })).status).toBe(404)
  })
})

describe('what the organization is made of', () => {
  it('lists domains with their claim, directories and apps', async () => {
    const domains = (await org.admin('GET', '/v1/orgs/:org/domains')).body.data
    const claims = domains.map((each: Reply['body']) => [each.attributes.name, each.attributes.claim.status])
    expect(claims).toEqual([
      ['acme.example', 'verified'],
      ['acme-labs.example', 'unverified'],
    ])
    const directories = (await org.admin('GET', '/v2/orgs/:org/directories')).body.data
    expect(directories.map((each: Reply['body']) => each.directoryId)).toEqual([sandbox.directoryId])
    const apps = (await org.admin('POST', '/v2/orgs/:org/workspaces', { body: { limit: 50 } })).body
    expect(apps.data.map((each: Reply['body']) => each.attributes.typeKey)).toEqual([
      'jira-software',
      'jira-servicedesk',
      'confluence',
    ])
    expect(apps.data[0].attributes.hostUrl).toBe(sandbox.site)
  })

  it('goes on in the list of apps with the cursor alone', async () => {
    const path = '/v2/orgs/:org/workspaces'
    const first = (await org.admin('POST', path, { body: { limit: 2 } })).body
    const second = (await org.admin('POST', path, { body: { cursor: first.links.next } })).body
    expect([first.data.length, second.data.length, second.links.next]).toEqual([2, 1, undefined])
    expect((await org.admin('POST', path, { body: { cursor: first.links.next, limit: 2 } })).status).toBe(400)
  })
})

describe('searching people', () => {
  it('finds by exact address, whatever the case, managed or not', async () => {
    const emails = ['AOIFE.OBRIEN@acme.example', 'auditor@audit-partner.example', 'nobody@acme.example']
    const found = await search({ emails })
    expect(found.map((each) => each.claimStatus).sort()).toEqual(['managed', 'unmanaged'])
    const hidden = found.find((each) => each.claimStatus === 'unmanaged')
    expect(hidden).not.toHaveProperty('email')
  })

  it('filters by state, domain, group and term', async () => {
    const emails = async (body: object) => (await search(body)).map((each) => each.email).sort()
    expect(await emails({ status: ['suspended'] })).toEqual(['chloe.darcy@acme.example'])
    expect(await emails({ membershipStatus: ['suspended'] })).toEqual(['chloe.darcy@acme.example'])
    expect(await emails({ accountStatus: ['inactive'] })).toEqual(['yousef.haddad@acme.example'])
    expect(await emails({ status: ['deactivated'] })).toEqual(['yousef.haddad@acme.example'])
    expect(await emails({ groupIds: [await groupId('support')] })).toEqual([
      'Ruby.Hughes@acme.example',
      'eleni.nikolaou@acme.example',
      'peter.lawson@acme.example',
    ])
    expect(await emails({ searchTerm: 'lindqvist' })).toEqual(['margit.lindqvist@acme.example'])
    expect((await search({ emailDomains: ['audit-partner.example'] })).length).toBe(1)
    expect((await search({ claimStatus: 'unmanaged' })).length).toBe(2)
    expect((await search({ accountIds: [idOf('ruby.hughes@acme.example')] })).length).toBe(1)
    expect((await search({ roleIds: ['atlassian/org-admin'] })).length).toBe(1)
  })

  it('refuses what the document forbids', async () => {
    const refused: object[] = [
      { emails: ['a@b.example'], searchTerm: 'a' },
      { emails: Array.from({ length: 101 }, (_, at) => `p${at}@b.example`) },
      { emails: [] },
      { accountIds: Array.from({ length: 11 }, (_, at) => `${at}`) },
      { groupIds: Array.from({ length: 11 }, (_, at) => `${at}`) },
      { status: ['asleep'] },
      { limit: 101 },
      { limit: 0 },
      { expand: ['everything'] },
      { cursor: 'made-up' },
    ]
    for (const body of refused) {
      const reply = await org.admin('POST', `${users}/search`, { body })
      expect(reply.status, JSON.stringify(body).slice(0, 60)).toBe(400)
    }
    const wrong = { emails: ['a@b.example'], limit: 100 }
    expect((await org.admin('POST', `${users}/search`, { body: wrong })).status).toBe(200)
  })

  it('writes group ids as resource names in people and bare in groups', async () => {
    const aoife = await person('aoife.obrien@acme.example', ['groups'])
    const id = await groupId('developers')
    expect(aoife.groups.map((each: Reply['body']) => each.id)).toContain(`ari:cloud:identity::group/${id}`)
    expect(await person('aoife.obrien@acme.example')).not.toHaveProperty('groups')
    expect((await org.admin('GET', `${groups}/${id}`)).body.data.name).toBe('developers')
  })

  it('counts managed people who are in no directory only when asked for all directories', async () => {
    const account = idOf('wilma.stone@acme.example')
    const before = (await org.admin('GET', `${users}/count`)).body.count
    expect((await org.admin('DELETE', `${users}/${account}`)).status).toBe(204)
    expect((await org.admin('GET', `${users}/count`)).body.count).toBe(before - 1)
    const everywhere = '/v2/orgs/:org/directories/-/users'
    const left = await org.admin('POST', `${everywhere}/search`, { body: { emails: ['wilma.stone@acme.example'] } })
    expect(left.body.data[0]).toMatchObject({ status: 'not_invited', membershipStatus: 'no_membership' })
    expect((await org.admin('GET', `${everywhere}/${account}`)).status).toBe(200)
    expect((await org.admin('GET', `${users}/${account}`)).status).toBe(404)
    expect(codeOf(await org.admin('DELETE', `${users}/${account}`))).toBe('ADMIN-404-8')
    const managed = (await org.admin('GET', '/v1/orgs/:org/users')).body
    expect(managed.data.map((each: Reply['body']) => each.account_id)).toContain(account)
  })
})

describe('inviting', () => {
  it('creates silently, with groups and roles, and mails only when asked', async () => {
    const developers = await groupId('developers')
    const resource = `ari:cloud:jira-software::site/${sandbox.cloudId}`
    const body = {
      emails: ['a.new@acme.example', 'b.new@acme.example'],
      additionalGroups: [developers],
      permissionRules: [{ resource, role: 'atlassian/user' }],
    }
    const reply = await org.admin('POST', invite, { body })
    expect(reply.status).toBe(200)
    expect(reply.body.data[0].id).toBe(idOf('a.new@acme.example'))
    expect(reply.body.data[0].results[0].groupAssignmentResult[0].status).toBe('INVITED')
    const made = await person('a.new@acme.example', ['groups', 'productAccess'])
    expect(made).toMatchObject({ status: 'active', claimStatus: 'managed', managementSource: 'invited' })
    expect(made.groups.map((each: Reply['body']) => each.name)).toEqual(['developers'])
    expect(made.productAccess.map((each: Reply['body']) => each.key)).toEqual(['jira-software'])
    expect(sandbox.control.counters().invitations['a.new@acme.example']).toEqual({ invitations: 1, mails: 0, calls: 1 })
    await org.admin('POST', invite, { body: { emails: ['c.new@acme.example'], sendNotification: true } })
    expect(sandbox.control.counters().invitations['c.new@acme.example']?.mails).toBe(1)
  })

  it('answers 200 for who is there already, without inviting again', async () => {
    const body = { emails: ['twice@acme.example'], sendNotification: true }
    expect((await org.admin('POST', invite, { body })).status).toBe(200)
    expect((await org.admin('POST', invite, { body })).status).toBe(200)
    expect(sandbox.control.counters().invitations['twice@acme.example']).toEqual({ invitations: 1, mails: 1, calls: 2 })
    expect(sandbox.control.counters().effects.accountsCreated).toBe(1)
  })

  it('answers 206 when some fail and says which and why', async () => {
    const body = {
      emails: ['fine@acme.example', 'yousef.haddad@acme.example'],
      additionalGroups: [await groupId('developers')],
    }
    const reply = await org.admin('POST', invite, { body })
    expect(reply.status).toBe(206)
    const lines = reply.body.data.map((each: Reply['body']) => each.results[0].groupAssignmentResult[0])
    expect(lines.map((each: Reply['body']) => each.status)).toEqual(['INVITED', 'ERROR'])
    expect(lines[1].statusReason).toContain('deactivated accounts')
    const synced = { emails: ['synced@acme.example'], additionalGroups: [await groupId('okta-everyone')] }
    expect((await org.admin('POST', invite, { body: synced })).status).toBe(206)
  })

  it('refuses 26 addresses, no address, an unknown group, resource or role, and an unpaid organization', async () => {
    const status = async (body: object) => (await org.admin('POST', invite, { body })).status
    const many = Array.from({ length: 26 }, (_, at) => `m${at}@acme.example`)
    expect(await status({ emails: many.slice(0, 25) })).toBe(200)
    expect(await status({ emails: many })).toBe(400)
    expect(await status({})).toBe(400)
    expect(await status({ emails: ['no address'] })).toBe(400)
    expect(await status({ emails: ['x@acme.example'], additionalGroups: ['none'] })).toBe(404)
    const rule = (resource: string, role: string) => ({
      emails: ['x@acme.example'],
      permissionRules: [{ resource, role }],
    })
    expect(await status(rule('ari:cloud:jira::site/none', 'atlassian/user'))).toBe(404)
    expect(await status(rule(`ari:cloud:jira::site/${sandbox.cloudId}`, 'atlassian/king'))).toBe(400)
    expect(idOf('x@acme.example')).toBe('nobody')
    sandbox.control.edit({ action: 'set-subscription', paid: false })
    expect(await status({ emails: ['x@acme.example'] })).toBe(402)
  })

  it('keeps to the seats', async () => {
    sandbox.control.edit({ action: 'set-seats', product: 'confluence', seats: 1 })
    const rules = [{ resource: `ari:cloud:confluence::site/${sandbox.cloudId}`, role: 'atlassian/user' }]
    const reply = await org.admin('POST', invite, {
      body: { emails: ['s1@acme.example', 's2@acme.example'], permissionRules: rules },
    })
    expect([reply.status, codeOf(reply)]).toEqual([409, 'ADMIN-UAM-409-3'])
    expect(idOf('s1@acme.example')).toBe('nobody')
    expect(
      (await org.admin('POST', invite, { body: { emails: ['s1@acme.example'], permissionRules: rules } })).status,
    ).toBe(200)
  })
})

describe('suspending', () => {
  it('cuts access, remembers groups and gives them back', async () => {
    const account = idOf('aoife.obrien@acme.example')
    const used = () => sandbox.control.twin.state.sites[0]?.products[0]?.used
    const before = used() ?? 0
    expect((await org.admin('POST', `${users}/${account}/suspend`, { body: {} })).status).toBe(204)
    expect(await person('aoife.obrien@acme.example')).toMatchObject({ status: 'suspended', accountStatus: 'active' })
    expect(used()).toBe(before - 1)
    expect((await org.admin('POST', `${users}/${account}/restore`, { body: {} })).status).toBe(204)
    expect(used()).toBe(before)
    const back = await person('aoife.obrien@acme.example', ['groups'])
    expect(back.groups.map((each: Reply['body']) => each.name)).toContain('developers')
  })

  it('wants a JSON body and says 415 without', async () => {
    const path = `${users}/${idOf('aoife.obrien@acme.example')}/suspend`
    expect((await org.admin('POST', path)).status).toBe(415)
    expect((await org.admin('POST', path, { body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(415)
    expect((await org.admin('POST', path, { body: '{}' })).status).toBe(204)
  })

  it('spares the last organization admin', async () => {
    const admin = idOf(sandbox.credentials.email)
    expect((await org.admin('POST', `${users}/${admin}/suspend`, { body: {} })).status).toBe(403)
    expect((await org.admin('DELETE', `${users}/${admin}`)).status).toBe(403)
  })

  it('takes groups and roles for good when a person is removed and invited again', async () => {
    const email = 'aoife.obrien@acme.example'
    const account = idOf(email)
    expect((await org.admin('DELETE', `${users}/${account}`)).status).toBe(204)
    expect((await org.admin('POST', invite, { body: { emails: [email] } })).body.data[0].id).toBe(account)
    expect((await person(email, ['groups'])).groups).toEqual([])
  })
})

describe('groups', () => {
  it('creates without an answer; the id is found by name, whatever the case', async () => {
    const made = await org.admin('POST', groups, { body: { name: 'Neue Gruppe', description: 'neu' } })
    expect([made.status, made.body]).toEqual([201, undefined])
    const found = (
      await org.admin('POST', `${groups}/search`, { body: { groupNames: ['NEUE gruppe'], expand: ['counts.users'] } })
    ).body.data
    expect(found[0]).toMatchObject({
      name: 'Neue Gruppe',
      description: 'neu',
      externalSynced: false,
      counts: { users: 0 },
    })
    const again = await org.admin('POST', groups, { body: { name: 'neue gruppe' } })
    expect([again.status, codeOf(again)]).toEqual([409, 'ADMIN-409-28'])
    expect((await org.admin('POST', groups, { body: {} })).status).toBe(400)
  })

  it('says 409 for two things: a member already, and no seat left', async () => {
    const developers = await groupId('developers')
    const add = (group: string, email: string) =>
      org.admin('POST', `${groups}/${group}/memberships`, { body: { accountId: idOf(email) } })
    expect((await add(developers, 'ruby.hughes@acme.example')).status).toBe(204)
    expect(codeOf(await add(developers, 'ruby.hughes@acme.example'))).toBe('ADMIN-409-28')
    sandbox.control.edit({ action: 'set-seats', product: 'confluence', seats: 0 })
    const full = await add(await groupId('confluence-users-acme'), 'ruby.hughes@acme.example')
    expect([full.status, codeOf(full)]).toEqual([409, 'ADMIN-409-3'])
  })

  it('takes only people of the same directory', async () => {
    const developers = await groupId('developers')
    const body = { accountId: idOf('yuki.takahashi@acme-labs.example') }
    expect((await org.admin('POST', `${groups}/${developers}/memberships`, { body })).status).toBe(404)
    expect((await org.admin('POST', `${groups}/none/memberships`, { body })).status).toBe(404)
  })

  it('shows and keeps what is read-only', async () => {
    const synced = (await org.admin('POST', `${groups}/search`, { body: { groupNames: ['okta-everyone'] } })).body
      .data[0]
    expect(synced).toMatchObject({
      externalSynced: true,
      managedBy: 'external',
      managementAccess: { modifiable: false, deletable: false },
    })
    const body = { accountId: idOf('ruby.hughes@acme.example') }
    expect((await org.admin('POST', `${groups}/${synced.id}/memberships`, { body })).status).toBe(403)
    const henry = idOf('henry.palmer@acme.example')
    expect((await org.admin('DELETE', `${groups}/${synced.id}/memberships/${henry}`)).status).toBe(403)
    const cases = [
      ['okta-everyone', 'ADMIN-403-5'],
      ['jira-software-users-acme', 'ADMIN-403-6'],
      ['site-admins', 'ADMIN-403-7'],
    ]
    for (const [name = '', code] of cases) {
      expect(codeOf(await org.admin('DELETE', `${groups}/${await groupId(name)}`))).toBe(code)
    }
    expect((await org.admin('DELETE', `${groups}/${await groupId('old-project-x')}`)).status).toBe(204)
  })

  it('gives and takes roles of groups and people', async () => {
    const support = await groupId('support')
    const confluence = `ari:cloud:confluence::site/${sandbox.cloudId}`
    const body = { roleId: 'atlassian/user', resourceId: confluence }
    const path = `${groups}/${support}/role-assignments`
    expect((await org.admin('POST', `${path}/assign`, { body })).status).toBe(200)
    expect((await org.admin('GET', path)).body.data).toMatchObject([
      { resourceId: confluence, roles: ['atlassian/user'] },
    ])
    const ruby = idOf('ruby.hughes@acme.example')
    const held = (await org.admin('GET', `${users}/${ruby}/role-assignments`)).body.data
    expect(held.map((each: Reply['body']) => each.resourceOwner)).toEqual(['jira-software', 'confluence'])
    expect((await org.admin('POST', `${path}/revoke`, { body })).status).toBe(204)
    const own = { role: 'atlassian/guest', resource: confluence }
    expect((await org.admin('POST', `/v1/orgs/:org/users/${ruby}/roles/assign`, { body: own })).status).toBe(204)
    expect((await org.admin('POST', `/v1/orgs/:org/users/${ruby}/roles/revoke`, { body: own })).status).toBe(204)
    const admin = { role: 'atlassian/org-admin' }
    expect(
      (await org.admin('POST', `/v1/orgs/:org/users/${ruby}/role-assignments/assign`, { body: admin })).status,
    ).toBe(204)
    expect((await person('ruby.hughes@acme.example', ['platformRoles'])).platformRoles).toEqual(['atlassian/org-admin'])
  })
})

describe('what reads show after writes', () => {
  it('lags as long as told, refusing repeats at once and additions until then', async () => {
    const clock = quickClock()
    sandbox = await sandboxForTest({ clock })
    ;({ org } = clientsOf(sandbox))
    sandbox.control.setDelays({ accounts: 150, groups: 150, memberships: 150, platformRoles: 150 })
    await org.admin('POST', invite, { body: { emails: ['slow@acme.example'] } })
    const account = idOf('slow@acme.example')
    expect(await search({ emails: ['slow@acme.example'] })).toEqual([])
    const developers = await groupId('developers')
    const add = () => org.admin('POST', `${groups}/${developers}/memberships`, { body: { accountId: account } })
    expect((await add()).status).toBe(404)
    await org.admin('POST', groups, { body: { name: 'late' } })
    expect((await org.admin('POST', `${groups}/search`, { body: { groupNames: ['late'] } })).body.data).toEqual([])
    expect((await org.admin('POST', groups, { body: { name: 'late' } })).status).toBe(409)
    clock.advance(151)
    expect(await search({ emails: ['slow@acme.example'] })).toHaveLength(1)
    expect((await add()).status).toBe(204)
    expect((await add()).status).toBe(409)
    expect((await person('slow@acme.example', ['groups'])).groups).toEqual([])
    clock.advance(151)
    expect((await person('slow@acme.example', ['groups'])).groups).toHaveLength(1)
    await org.admin('DELETE', `${groups}/${developers}/memberships/${account}`)
    expect((await search({ groupIds: [developers] })).map((each) => each.accountId)).toContain(account)
    clock.advance(151)
    expect((await person('slow@acme.example', ['groups'])).groups).toEqual([])
  })
})

describe('pages of the organization at their limits', () => {
  let large: Sandbox
  let client: SandboxClient

  beforeAll(async () => {
    large = await startSandbox({ company: 2500, target: 'ten-years', peoplePerGroup: 10 })
    client = clientsOf(large).org
  })
  afterAll(() => large.stop())

  async function pages(path: string, body: object): Promise<Reply['body'][][]> {
    const found: Reply['body'][][] = []
    let cursor: string | undefined
    do {
      const reply = await client.admin('POST', path, { body: { ...body, ...(cursor === undefined ? {} : { cursor }) } })
      found.push(reply.body.data)
      cursor = reply.body.links.next
    } while (cursor !== undefined && found.length < 1000)
    return found
  }

  it('reads everybody once, 50 at a time unless told and 100 at most', async () => {
    const { count } = (await client.admin('GET', `${users}/count`)).body
    const everybody = await pages(`${users}/search`, { limit: 100, expand: ['groups'] })
    expect(everybody.length).toBe(Math.ceil(count / 100))
    expect(new Set(everybody.flat().map((each) => each.accountId)).size).toBe(count)
    expect((await client.admin('POST', `${users}/search`, { body: {} })).body.data.length).toBe(50)
    expect((await client.admin('POST', `${users}/search`)).body.data.length).toBe(50)
  })

  it('reads all groups once, 20 at a time unless told', async () => {
    const { count } = (await client.admin('GET', `${groups}/count`)).body
    const all = await pages(`${groups}/search`, { limit: 100 })
    expect(new Set(all.flat().map((each) => each.id)).size).toBe(count)
    expect((await client.admin('POST', `${groups}/search`, { body: {} })).body.data.length).toBe(20)
  })

  it('loses nobody when people are added between two pages', async () => {
    const first = (await client.admin('POST', `${users}/search`, { body: { limit: 100 } })).body
    for (let at = 0; at < 20; at++) large.control.edit({ action: 'add-person', email: `between${at}@acme.example` })
    const rest = await pages(`${users}/search`, { limit: 100 })
    const seen = new Set([...first.data, ...rest.flat()].map((each) => each.accountId))
    expect(seen.size).toBeGreaterThanOrEqual((await client.admin('GET', `${users}/count`)).body.count)
  })

  it('follows whole URLs in v1', async () => {
    const seen = new Set<string>()
    let total = 0
    for (let url: string | undefined = `${large.apiBase}/admin/v1/orgs/${large.orgId}/users`; url !== undefined; ) {
      const page: Reply = await client.send('GET', url)
      for (const each of page.body.data) seen.add(each.account_id)
      total = page.body.meta.total
      url = page.body.links.next
    }
    expect(seen.size).toBe(total)
    expect(total).toBeGreaterThan(1000)
  })
})
