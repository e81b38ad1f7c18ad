import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clientsOf, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import { type Sandbox, startSandbox } from '../../start.ts'

let sandbox: Sandbox
let jira: SandboxClient
let anonymous: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest()
  ;({ jira, anonymous } = clientsOf(sandbox))
})

async function groupId(name: string): Promise<string> {
  const reply = await jira.site('GET', '/group/bulk', { query: { groupName: name } })
  return reply.body.values[0].groupId
}

async function accountId(email: string): Promise<string> {
  return sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
}

describe('who may call', () => {
  it('refuses a wrong or missing credential in plain text', async () => {
    const wrong = SandboxClient.basic(sandbox, sandbox.credentials.email, 'not-the-token')
    for (const client of [wrong, anonymous]) {
      const reply = await client.site('GET', '/myself')
      expect(reply.status).toBe(401)
      expect(typeof reply.body).toBe('string')
    }
  })

  it('lets anybody ask for server facts and gives strangers empty searches', async () => {
    expect((await anonymous.site('GET', '/serverInfo')).body.deploymentType).toBe('Cloud')
    expect((await anonymous.site('GET', '/user/search', { query: { query: 'a' } })).body).toEqual([])
    expect((await anonymous.site('GET', '/groups/picker')).body.total).toBe(0)
    const mine = await anonymous.site('GET', '/mypermissions', { query: { permissions: 'ADMINISTER' } })
    expect(mine.body.permissions.ADMINISTER.havePermission).toBe(false)
    expect((await anonymous.site('GET', '/users/search')).status).toBe(401)
  })

  it('takes a token with scopes only through the gateway, whose id the edge tells everybody', async () => {
    const { email, scopedApiToken, readOnlyApiToken } = sandbox.credentials
    const scoped = SandboxClient.basic(sandbox, email, scopedApiToken)
    expect((await scoped.site('GET', '/myself')).status).toBe(401)
    const edge = await anonymous.send('GET', `${sandbox.site}/_edge/tenant_info`)
    expect(edge.body).toEqual({ cloudId: sandbox.cloudId })
    expect((await scoped.gateway('GET', '/myself')).status).toBe(200)
    const reader = SandboxClient.basic(sandbox, email, readOnlyApiToken)
    expect((await reader.gateway('GET', '/myself')).status).toBe(200)
    const refused = await reader.gateway('POST', '/group', { body: { name: 'x' } })
    expect(refused.status).toBe(401)
    expect(refused.body.message).toContain('scope does not match')
  })

  it('refuses an organization key, an expired token and a suspended owner', async () => {
    expect((await SandboxClient.bearer(sandbox, sandbox.credentials.orgApiKey).site('GET', '/myself')).status).toBe(401)
    sandbox.control.edit({ action: 'expire-credential', credential: 'apiToken' })
    expect((await jira.site('GET', '/myself')).status).toBe(401)
    sandbox.control.edit({ action: 'renew-credential', credential: 'apiToken' })
    sandbox.control.edit({ action: 'suspend', email: sandbox.credentials.email })
    expect((await jira.site('GET', '/myself')).status).toBe(401)
  })

  it('tells permissions apart and names an unknown one', async () => {
    const { viewer } = sandbox.credentials
    const plain = SandboxClient.basic(sandbox, viewer.email, viewer.apiToken)
    const query = { permissions: 'ADMINISTER,USER_PICKER' }
    const held = (await plain.site('GET', '/mypermissions', { query })).body.permissions
    expect([held.ADMINISTER.havePermission, held.USER_PICKER.havePermission]).toEqual([false, true])
    expect((await plain.site('GET', '/applicationrole')).status).toBe(403)
    expect((await plain.site('POST', '/group', { body: { name: 'x' } })).status).toBe(403)
    expect((await plain.site('POST', '/user', { body: { emailAddress: 'a@b.example', products: [] } })).status).toBe(
      403,
    )
    expect((await jira.site('GET', '/mypermissions', { query: { permissions: 'FLY' } })).status).toBe(400)
    expect((await jira.site('GET', '/mypermissions')).status).toBe(400)
  })

  it('takes a write that looks like a browser for a forgery', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0' }
    expect((await jira.site('POST', '/group', { body: { name: 'x' }, headers })).status).toBe(403)
    const marked = { ...headers, 'x-atlassian-token': 'no-check' }
    expect((await jira.site('POST', '/group', { body: { name: 'x' }, headers: marked })).status).toBe(201)
  })

  it('knows neither usernames nor another site', async () => {
    const reply = await jira.site('GET', '/user', { query: { username: 'mia' } })
    expect(reply.status).toBe(400)
    expect(reply.body.errorMessages[0]).toContain('GDPR strict mode')
    expect((await jira.send('GET', `${sandbox.apiBase}/site/other/rest/api/3/myself`)).status).toBe(404)
    expect((await jira.send('GET', `${sandbox.apiBase}/rest/api/3/myself`)).status).toBe(404)
  })
})

describe('people', () => {
  it('mixes apps, customers and people who are not active into the list of all users', async () => {
    const all = (await jira.site('GET', '/users/search', { query: { maxResults: 1000 } })).body
    const types = new Set(all.map((each: { accountType: string }) => each.accountType))
    expect(types).toEqual(new Set(['atlassian', 'app', 'customer']))
    expect(all.some((each: { active: boolean }) => !each.active)).toBe(true)
  })

  it('ends the bare list with an empty page and no mark before', async () => {
    const ids = new Set<string>()
    let pages = 0
    for (let startAt = 0; ; pages++) {
      const page = (await jira.site('GET', '/users/search', { query: { startAt, maxResults: 7 } })).body
      if (page.length === 0) break
      for (const { accountId } of page) ids.add(accountId)
      startAt += page.length
    }
    expect(ids.size).toBe(
      sandbox.control.twin.state.accounts.items.filter((each) => each.email !== 'yuki.takahashi@acme-labs.example')
        .length,
    )
    expect(pages).toBe(Math.ceil(ids.size / 7))
    expect((await jira.site('GET', '/users/search')).body.length).toBeLessThanOrEqual(50)
  })

  it('hides the address of a person who is not managed and wants it so, and finds it only as a whole', async () => {
    const email = 'auditor@audit-partner.example'
    const exact = (await jira.site('GET', '/user/search', { query: { query: email } })).body
    expect(exact).toHaveLength(1)
    expect(exact[0].emailAddress).toBeUndefined()
    expect((await jira.site('GET', '/user/search', { query: { query: 'auditor@audit' } })).body).toEqual([])
    sandbox.control.edit({ action: 'hide-email', email: 'aoife.obrien@acme.example', hidden: true })
    const managed = (await jira.site('GET', '/user/search', { query: { query: 'aoife.obrien@' } })).body
    expect(managed[0].emailAddress).toBe('aoife.obrien@acme.example')
  })

  it('searches active people by the beginning of name or address, ignoring case', async () => {
    const find = async (query: string) => (await jira.site('GET', '/user/search', { query: { query } })).body
    expect((await find('AOIFE'))[0].displayName).toBe("Aoife O'Brien")
    expect((await find('tomáš'))[0].emailAddress).toBe('tomas.dvorak@acme.example')
    expect(await find('chloe.darcy@acme.example')).toEqual([])
    expect((await jira.site('GET', '/user/search')).status).toBe(400)
    const both = { query: 'a', accountId: 'b' }
    expect((await jira.site('GET', '/user/search', { query: both })).status).toBe(400)
  })

  it('reads several people at once, ten unless told, leaving out who does not exist', async () => {
    const all = (await jira.site('GET', '/users/search')).body.map((each: { accountId: string }) => each.accountId)
    const first = (await jira.site('GET', '/user/bulk', { query: { accountId: [...all, 'nobody'] } })).body
    expect([first.values.length, first.maxResults, first.total, first.isLast]).toEqual([10, 10, all.length, false])
    const next = await jira.send('GET', first.nextPage)
    expect(next.body.startAt).toBe(10)
    expect((await jira.site('GET', '/user', { query: { accountId: 'nobody' } })).status).toBe(404)
  })

  it('invites with a mail, needs products, and repeats as 201 without a second mail', async () => {
    const emailAddress = 'mia.new@acme.example'
    const missing = await jira.site('POST', '/user', { body: { emailAddress } })
    expect(missing.status).toBe(400)
    expect(missing.body.errorMessages).toEqual(['You must specify the products that user can access.'])
    const body = { emailAddress, products: ['jira-software'] }
    const first = await jira.site('POST', '/user', { body })
    const second = await jira.site('POST', '/user', { body })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.accountId).toBe(first.body.accountId)
    expect(sandbox.control.counters().invitations[emailAddress]).toEqual({ invitations: 1, mails: 1, calls: 2 })
    expect(sandbox.control.counters().effects).toMatchObject({ accountsCreated: 1, peopleAdded: 1 })
    const groups = await jira.site('GET', '/user/groups', { query: { accountId: first.body.accountId } })
    expect(groups.body.map((each: { name: string }) => each.name)).toEqual(['jira-software-users-acme'])
  })

  it('refuses to create who exists without access, is deactivated, or finds no seat', async () => {
    sandbox.control.edit({ action: 'add-person', email: 'no.access@acme.example' })
    const create = (emailAddress: string) =>
      jira.site('POST', '/user', { body: { emailAddress, products: ['jira-software'] } })
    expect((await create('no.access@acme.example')).status).toBe(400)
    const deactivated = await create('yousef.haddad@acme.example')
    expect(deactivated.status).toBe(400)
    expect(deactivated.body.errorMessages[0]).toContain('unable to invite deactivated accounts')
    sandbox.control.edit({ action: 'set-seats', product: 'jira-software', seats: 3 })
    expect((await create('late@acme.example')).status).toBe(400)
    expect(await accountId('late@acme.example')).toBe('nobody')
    expect((await create('not an address')).status).toBe(400)
  })

  it('keeps the account of somebody who has one elsewhere', async () => {
    const emailAddress = 'yuki.takahashi@acme-labs.example'
    const before = await accountId(emailAddress)
    const reply = await jira.site('POST', '/user', { body: { emailAddress, products: ['jira-software'] } })
    expect(reply.body).toMatchObject({ accountId: before, displayName: '高橋 雪' })
  })

  it('removes people from the site but lists them further as not active', async () => {
    const id = await accountId('wilma.stone@acme.example')
    expect((await jira.site('DELETE', '/user', { query: { accountId: id } })).status).toBe(204)
    expect((await jira.site('DELETE', '/user', { query: { accountId: id } })).status).toBe(404)
    const all = (await jira.site('GET', '/users/search', { query: { maxResults: 1000 } })).body
    expect(all.find((each: { accountId: string }) => each.accountId === id).active).toBe(false)
    const self = { accountId: await accountId(sandbox.credentials.email) }
    expect((await jira.site('DELETE', '/user', { query: self })).status).toBe(400)
  })
})

describe('groups', () => {
  it('creates a group with an answer that has the id, and refuses a name in use with 400', async () => {
    const made = await jira.site('POST', '/group', { body: { name: 'Ödland' } })
    expect(made.status).toBe(201)
    expect(made.body.groupId).toMatch(/^[0-9a-f-]{36}$/)
    expect((await jira.site('POST', '/group', { body: { name: 'ÖDLAND' } })).status).toBe(400)
    expect((await jira.site('POST', '/group', { body: { name: ' ' } })).status).toBe(400)
  })

  it('refuses a second add with 400 and the text whose placeholder nobody filled', async () => {
    const query = { groupId: await groupId('developers') }
    const body = { accountId: await accountId('ruby.hughes@acme.example') }
    expect((await jira.site('POST', '/group/user', { query, body })).status).toBe(201)
    const again = await jira.site('POST', '/group/user', { query, body })
    expect(again.status).toBe(400)
    expect(again.body.errorMessages).toEqual(["Cannot add user. User is already a member of '{1}'"])
    expect(sandbox.control.counters().effects.membershipsAdded).toBe(1)
  })

  it('answers 404 for a group or person that is not there and 400 for what is not said', async () => {
    const query = { groupId: await groupId('developers') }
    const body = { accountId: await accountId('ruby.hughes@acme.example') }
    const add = async (query: Record<string, string>, body: object) =>
      (await jira.site('POST', '/group/user', { query, body })).status
    expect(await add({ groupId: 'none' }, body)).toBe(404)
    expect(await add(query, { accountId: 'none' })).toBe(404)
    expect(await add(query, {})).toBe(400)
    expect(await add({}, body)).toBe(400)
    expect(await add({ ...query, groupname: 'developers' }, body)).toBe(400)
    expect(await add({ groupname: 'developers' }, body)).toBe(201)
  })

  it('hides people who are not active from the members unless asked', async () => {
    sandbox.control.edit({ action: 'suspend', email: 'aoife.obrien@acme.example' })
    const members = async (includeInactiveUsers: boolean) => {
      const query = { groupId: await groupId('developers'), includeInactiveUsers }
      return (await jira.site('GET', '/group/member', { query })).body
    }
    const [shown, all] = [await members(false), await members(true)]
    expect(all.total - shown.total).toBe(1)
    expect(all.values.filter((each: { active: boolean }) => !each.active)).toHaveLength(1)
  })

  it('leaves groups of an identity provider, default groups and administrators alone', async () => {
    const synced = await groupId('okta-everyone')
    const ruby = await accountId('ruby.hughes@acme.example')
    const henry = await accountId('henry.palmer@acme.example')
    expect(
      (await jira.site('POST', '/group/user', { query: { groupId: synced }, body: { accountId: ruby } })).status,
    ).toBe(403)
    expect((await jira.site('DELETE', '/group/user', { query: { groupId: synced, accountId: henry } })).status).toBe(
      403,
    )
    for (const name of ['okta-everyone', 'jira-software-users-acme', 'jira-administrators-acme', 'site-admins']) {
      const query = { groupId: await groupId(name) }
      expect((await jira.site('DELETE', '/group', { query })).status, name).toBe(403)
    }
    const old = { groupId: await groupId('old-project-x') }
    expect((await jira.site('DELETE', '/group', { query: old })).status).toBe(200)
    expect((await jira.site('DELETE', '/group', { query: old })).status).toBe(404)
  })

  it('filters groups by what they grant', async () => {
    const names = async (query: Record<string, string>) =>
      (await jira.site('GET', '/group/bulk', { query })).body.values.map((each: { name: string }) => each.name)
    expect(await names({ accessType: 'site-admin' })).toEqual(['org-admins', 'site-admins'])
    expect(await names({ accessType: 'admin' })).toEqual(['jira-administrators-acme'])
    expect(await names({ applicationKey: 'jira-software' })).toEqual([
      'jira-administrators-acme',
      'jira-software-users-acme',
    ])
    expect((await jira.site('GET', '/group/bulk', { query: { accessType: 'x' } })).status).toBe(400)
  })

  it('counts seats and takes nobody beyond them', async () => {
    const role = async () =>
      (await jira.site('GET', '/applicationrole')).body.find((each: { key: string }) => each.key === 'jira-software')
    const before = await role()
    expect(before.numberOfSeats - before.userCount).toBe(before.remainingSeats)
    sandbox.control.edit({ action: 'set-seats', product: 'jira-software', seats: before.userCount })
    expect((await role()).remainingSeats).toBe(0)
    const query = { groupId: await groupId('jira-software-users-acme') }
    const body = { accountId: await accountId('ines.castano@freelance.example') }
    expect((await jira.site('POST', '/group/user', { query, body })).status).toBe(400)
    sandbox.control.edit({ action: 'suspend', email: 'ruby.hughes@acme.example' })
    expect((await jira.site('POST', '/group/user', { query, body })).status).toBe(201)
    expect((await role()).userCount).toBe(before.userCount)
  })
})

describe('pages of Jira at their limits', () => {
  let large: Sandbox
  let client: SandboxClient

  beforeAll(async () => {
    large = await startSandbox({ company: 2500, target: 'ten-years' })
    client = clientsOf(large).jira
  })
  afterAll(() => large.stop())

  it('gives members in pages of at most 50, whatever is asked', async () => {
    const group = (await client.site('GET', '/group/bulk', { query: { groupName: 'jira-software-users-acme' } })).body
      .values[0]
    const seen = new Set<string>()
    let pages = 0
    for (let startAt = 0, isLast = false; !isLast; pages++) {
      const query = { groupId: group.groupId, startAt, maxResults: 500, includeInactiveUsers: true }
      const page = (await client.site('GET', '/group/member', { query })).body
      expect(page.maxResults).toBe(50)
      for (const { accountId } of page.values) seen.add(accountId)
      startAt += page.values.length
      isLast = page.isLast
    }
    expect(seen.size).toBe(large.control.twin.state.groupByName('jira-software-users-acme')?.members.size)
    expect(pages).toBe(Math.ceil(seen.size / 50))
  })

  it('gives users in pages of at most 1000 and search hits up to the thousandth', async () => {
    const all = await client.site('GET', '/users/search', { query: { maxResults: 5000 } })
    expect(all.body).toHaveLength(1000)
    const found = new Set<string>()
    for (let startAt = 0; ; ) {
      const page = (await client.site('GET', '/user/search', { query: { query: '', startAt, maxResults: 400 } })).body
      if (page.length === 0) break
      for (const { accountId } of page) found.add(accountId)
      startAt += page.length
    }
    expect(found.size).toBe(1000)
  })

  it('gives groups in pages of 50', async () => {
    const page = (await client.site('GET', '/group/bulk', { query: { maxResults: 1000 } })).body
    expect([page.values.length, page.maxResults, page.isLast]).toEqual([50, 50, false])
  })
})
