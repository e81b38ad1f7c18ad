import { beforeEach, describe, expect, it } from 'vitest'
import { type QuickClock, quickClock } from '../../../test/doubles/quick-clock.ts'
import { clientsOf, SandboxClient } from '../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../start.ts'

const ruby = 'ruby.hughes@acme.example'
const auditor = 'auditor@audit-partner.example'

let sandbox: Sandbox
let jira: SandboxClient
let org: SandboxClient
let anonymous: SandboxClient
let clock: QuickClock

beforeEach(async () => {
  clock = quickClock()
  sandbox = await sandboxForTest({ clock })
  ;({ jira, org, anonymous } = clientsOf(sandbox))
})

const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const groupId = (name: string) => sandbox.control.twin.state.groupByName(name)?.groupId ?? 'none'
const add = (group: string, email: string) =>
  jira.site('POST', '/group/user', { query: { groupId: groupId(group) }, body: { accountId: idOf(email) } })
const create = (body: object, client = jira) => client.site('POST', '/user', { body })
const invitations = (email: string) => sandbox.control.counters().invitations[email]

/** The numbers are those of the list of traps in the API reference. */
describe('traps of a Jira Cloud site', () => {
  it('1: adding a member twice is 400 with the placeholder left in the text', async () => {
    expect((await add('developers', ruby)).status).toBe(201)
    const again = await add('developers', ruby)
    expect(again.status).toBe(400)
    expect(again.body.errorMessages).toEqual(["Cannot add user. User is already a member of '{1}'"])
  })

  it('3: user names and keys are gone, leads are account ids', async () => {
    for (const [path, name] of [
      ['/user', 'username'],
      ['/user', 'key'],
      ['/user/groups', 'username'],
      ['/user/search', 'username'],
      ['/user/properties', 'userKey'],
    ] as const) {
      const reply = await jira.site('GET', path, { query: { [name]: 'ruby' } })
      expect([reply.status, reply.body.errorMessages[0]], path).toEqual([400, expect.stringContaining('GDPR strict')])
    }
    expect((await jira.site('PUT', '/project/WEB', { body: { lead: 'ruby' } })).status).toBe(400)
    const [{ id }] = (await jira.site('GET', '/project/WEB/components')).body
    expect((await jira.site('PUT', `/component/${id}`, { body: { leadUserName: 'ruby' } })).status).toBe(400)
  })

  it('4: addresses are hidden from everybody who does not manage the account', async () => {
    const seen = async (email: string) => (await jira.site('GET', '/user', { query: { accountId: idOf(email) } })).body
    expect((await seen(auditor)).emailAddress).toBeUndefined()
    expect((await seen(ruby)).emailAddress.toLowerCase()).toBe(ruby)
    const found = async (query: string) => (await jira.site('GET', '/user/search', { query: { query } })).body
    expect(await found('auditor@audit')).toEqual([])
    const [exact, ...more] = await found(auditor)
    expect([exact.accountId, exact.emailAddress, more]).toEqual([idOf(auditor), undefined, []])
    expect((await jira.site('GET', '/user/email', { query: { accountId: idOf(auditor) } })).status).toBe(400)
  })

  it('5: without paging fifty come and nothing says there are more, or little does', async () => {
    for (let at = 0; at < 60; at++) {
      const email = `page${at}@acme.example`
      sandbox.control.edit({ action: 'add-person', email })
      sandbox.control.edit({ action: 'add-member', group: 'developers', email })
      sandbox.control.edit({ action: 'add-group', group: `page ${at}` })
    }
    expect((await jira.site('GET', '/users/search')).body).toHaveLength(50)
    const groups = (await jira.site('GET', '/group/bulk')).body
    expect([groups.values.length, groups.isLast, groups.total]).toEqual([50, false, 70])
    const query = { groupId: groupId('developers'), maxResults: 1000 }
    const members = (await jira.site('GET', '/group/member', { query })).body
    expect([members.values.length, members.maxResults, members.isLast]).toEqual([50, 50, false])
    expect((await jira.site('GET', '/user/bulk', { query: { accountId: bulk(30) } })).body.values).toHaveLength(10)
  })

  it('6: the list of all users has apps, customers, the suspended and the removed', async () => {
    await jira.site('DELETE', '/user', { query: { accountId: idOf('wilma.stone@acme.example') } })
    const all = (await jira.site('GET', '/users/search', { query: { maxResults: 1000 } })).body
    const types = new Set(all.map((each: { accountType: string }) => each.accountType))
    expect([...types].sort()).toEqual(['app', 'atlassian', 'customer'])
    const inactive = all.filter((each: { active: boolean }) => !each.active)
    expect(inactive.map((each: { displayName: string }) => each.displayName).sort()).toEqual([
      "Chloë D'Arcy",
      'Wilma Stone',
      'يوسف حداد',
    ])
  })

  it('7: the members of a group lack the inactive ones unless asked for', async () => {
    sandbox.control.edit({ action: 'add-member', group: 'developers', email: ruby })
    const members = async (query = {}) =>
      (await jira.site('GET', '/group/member', { query: { groupId: groupId('developers'), ...query } })).body.total
    const before = await members()
    sandbox.control.edit({ action: 'suspend', email: ruby })
    expect([await members(), await members({ includeInactiveUsers: true })]).toEqual([before - 1, before])
    expect((await add('developers', ruby)).status).toBe(400)
  })

  it('8: every person created gets a mail; an invitation through the organization is silent unless told', async () => {
    await create({ emailAddress: 'mailed@acme.example', products: ['jira-software'], notification: false })
    const invite = (emails: string[], more = {}) =>
      org.admin('POST', '/v2/orgs/:org/users/invite', { body: { emails, ...more } })
    await invite(['silent@acme.example'])
    await invite(['told@acme.example'], { sendNotification: true, notificationText: 'Welcome' })
    expect(['mailed', 'silent', 'told'].map((name) => invitations(`${name}@acme.example`)?.mails)).toEqual([1, 0, 1])
  })

  it('9: products have to be stated, and none at all is told as an error although it invited', async () => {
    const without = await create({ emailAddress: 'a@acme.example' })
    expect(without.body.errorMessages).toEqual(['You must specify the products that user can access.'])
    const none = await create({ emailAddress: 'b@acme.example', products: [] })
    expect([none.status, none.body.errorMessages[0]]).toEqual([400, expect.stringContaining('404 - User not found')])
    expect(invitations('b@acme.example')).toMatchObject({ invitations: 1, mails: 1 })
    expect((await jira.site('GET', '/user/search', { query: { query: 'b@acme.example' } })).body).toHaveLength(1)
  })

  it('10: a new person may get every default app, and each takes a seat', async () => {
    sandbox.control.setVariants({ defaultProductsOnCreate: 'all' })
    await create({ emailAddress: 'greedy@acme.example', products: ['jira-software'] })
    const groups = (await jira.site('GET', '/user/groups', { query: { accountId: idOf('greedy@acme.example') } })).body
    expect(groups.map(({ name }: { name: string }) => name)).toEqual([
      'confluence-users-acme',
      'jira-servicemanagement-users-acme',
      'jira-software-users-acme',
    ])
  })

  it('11: what a site admin creates who is no organization admin comes out suspended', async () => {
    sandbox.control.setVariants({ createByNonOrgAdmin: 'suspended' })
    const { email, apiToken } = sandbox.credentials.siteAdmin
    const admin = SandboxClient.basic(sandbox, email, apiToken)
    const made = await create({ emailAddress: 'odd@acme.example', products: ['jira-software'] }, admin)
    expect([made.status, made.body.active]).toEqual([201, false])
  })

  it('12: deactivated accounts cannot be invited by either door', async () => {
    const yousef = 'yousef.haddad@acme.example'
    const site = await create({ emailAddress: yousef, products: ['jira-software'] })
    expect([site.status, site.body.errorMessages[0]]).toEqual([400, expect.stringContaining('deactivated')])
    const invited = await org.admin('POST', '/v2/orgs/:org/users/invite', { body: { emails: [yousef] } })
    expect(invited.status).toBe(206)
  })

  it('16: groups of administrators and default groups cannot be deleted, administrators not removed', async () => {
    for (const name of ['site-admins', 'org-admins', 'jira-administrators-acme', 'jira-software-users-acme']) {
      expect((await jira.site('DELETE', '/group', { query: { groupId: groupId(name) } })).status, name).toBe(403)
    }
    const own = await jira.site('DELETE', '/user', { query: { accountId: idOf(sandbox.credentials.email) } })
    expect(own.status).toBe(400)
    const query = { accessType: 'site-admin' }
    const admins = (await jira.site('GET', '/group/bulk', { query })).body.values
    expect(admins.map(({ name }: { name: string }) => name)).toEqual(['org-admins', 'site-admins'])
  })

  it('18: the name of a group changes, its id does not, and no call renames it', async () => {
    const id = groupId('developers')
    sandbox.control.edit({ action: 'rename-group', group: 'developers', name: 'engineers' })
    const { values } = (await jira.site('GET', '/group/bulk', { query: { groupId: id } })).body
    expect(values).toEqual([{ name: 'engineers', groupId: id }])
    expect((await jira.site('GET', '/group/bulk', { query: { groupName: 'developers' } })).body.total).toBe(0)
    const url = `${sandbox.site}/rest/api/3/group?groupId=${id}`
    expect((await jira.send('PUT', url, { body: { name: 'x' } })).status).toBe(405)
  })

  it('21: a token with scopes is 401 at the site and at home at the gateway', async () => {
    const { email, scopedApiToken, readOnlyApiToken } = sandbox.credentials
    const scoped = SandboxClient.basic(sandbox, email, scopedApiToken)
    expect([(await scoped.site('GET', '/myself')).status, (await scoped.gateway('GET', '/myself')).status]).toEqual([
      401, 200,
    ])
    const reader = SandboxClient.basic(sandbox, email, readOnlyApiToken)
    expect((await reader.gateway('GET', '/applicationrole')).status).toBe(401)
    const tenant = await anonymous.send('GET', `${sandbox.site}/_edge/tenant_info`)
    expect(tenant.body).toEqual({ cloudId: sandbox.cloudId })
  })

  it('22: without a credential, and perhaps with a wrong one, much is answered 200 and empty', async () => {
    const all = async (client: SandboxClient) => {
      const search = await client.site('GET', '/user/search', { query: { query: 'a' } })
      const picker = await client.site('GET', '/groups/picker', { query: { query: 'a' } })
      const projects = await client.site('GET', '/project/search')
      return [search.status, picker.status, projects.status, (await client.site('GET', '/myself')).status]
    }
    expect(await all(anonymous)).toEqual([200, 200, 200, 401])
    const wrong = SandboxClient.basic(sandbox, sandbox.credentials.email, 'wrong')
    expect(await all(wrong)).toEqual([401, 401, 401, 401])
    sandbox.control.setVariants({ wrongCredentialOnAnonymousEndpoint: '200-empty' })
    expect(await all(wrong)).toEqual([200, 200, 200, 401])
    const people = await wrong.site('GET', '/users/search')
    expect([people.status, people.body]).toEqual([200, []])
  })

  it('28: pickers mind letter case, names of groups do not', async () => {
    const query = { query: 'support' }
    expect((await jira.site('GET', '/groupuserpicker', { query })).body.groups.total).toBe(0)
    expect((await jira.site('GET', '/group/bulk', { query: { groupName: 'SUPPORT' } })).body.total).toBe(1)
    expect((await jira.site('POST', '/group', { body: { name: 'DEVELOPERS' } })).status).toBe(400)
  })

  it('33: a write that looks like a browser needs the token header', async () => {
    const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }
    const body = { name: 'from a browser' }
    const refused = await jira.site('POST', '/group', { body, headers: browser })
    expect([refused.status, refused.body]).toEqual([403, 'XSRF check failed'])
    const headers = { ...browser, 'x-atlassian-token': 'no-check' }
    expect((await jira.site('POST', '/group', { body, headers })).status).toBe(201)
  })

  it('37: a group cannot take a person right after the invitation', async () => {
    sandbox.control.setDelays({ accounts: 30_000 })
    await org.admin('POST', '/v2/orgs/:org/users/invite', { body: { emails: ['fresh@acme.example'] } })
    expect((await add('developers', 'fresh@acme.example')).status).toBe(404)
    clock.advance(30_000)
    expect((await add('developers', 'fresh@acme.example')).status).toBe(201)
  })

  it('38: a write while one pages by offset hides somebody', async () => {
    const group = groupId('developers')
    const ids = async (startAt: number, maxResults = 2) =>
      (await jira.site('GET', '/group/member', { query: { groupId: group, startAt, maxResults } })).body.values.map(
        ({ accountId }: { accountId: string }) => accountId,
      )
    const all = await ids(0, 50)
    const seen = await ids(0)
    await jira.site('DELETE', '/group/user', { query: { groupId: group, accountId: seen[0] } })
    for (let startAt = 2; startAt < all.length; startAt += 2) seen.push(...(await ids(startAt)))
    expect(seen).not.toContain(all[2])
  })

  it('41: a token ends after a year, with 401 and not with nobody found', async () => {
    const query = { accountId: idOf(ruby) }
    clock.advance(365 * 24 * 60 * 60 * 1000 - 1)
    expect((await jira.site('GET', '/user', { query })).status).toBe(200)
    clock.advance(1)
    expect((await jira.site('GET', '/user', { query })).status).toBe(401)
    expect((await add('developers', ruby)).status).toBe(401)
  })
})

function bulk(count: number): string[] {
  return sandbox.control.twin.state.accounts.items.slice(0, count).map(({ accountId }) => accountId)
}
