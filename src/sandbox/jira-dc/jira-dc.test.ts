import { beforeEach, describe, expect, it } from 'vitest'
import { basic, type ProductClient, productClient } from '../../../test/support/product-client.ts'
import { productForTest } from '../../../test/support/product-for-test.ts'
import type { ProductOptions, ProductSandbox } from '../data-center/start.ts'

let sandbox: ProductSandbox
let jira: ProductClient

async function start(options: ProductOptions = {}): Promise<void> {
  sandbox = await productForTest('jira-dc', options)
  jira = clientWith(sandbox.credentials.accessToken)
}

function clientWith(token: string | undefined): ProductClient {
  return productClient(sandbox, `Bearer ${token}`)
}

const api = '/rest/api/2'
const mia = {
  name: 'mia',
  emailAddress: 'mia@acme.example',
  displayName: 'Mia K',
  applicationKeys: [],
  password: 's3cret',
}
const call = (method: string, path: string, query?: Record<string, string | number | boolean>, body?: unknown) =>
  jira(method, `${api}${path}`, { ...(query === undefined ? {} : { query }), ...(body === undefined ? {} : { body }) })
const memberNames = async (groupname: string, more: Record<string, boolean> = { includeInactiveUsers: true }) =>
  (await call('GET', '/group/member', { groupname, ...more })).body.values.map((user: { name: string }) => user.name)

describe('the twin of Jira Data Center', () => {
  beforeEach(() => start())

  it('creates, changes, renames, deactivates, activates and deletes a user, and never tells a password', async () => {
    const made = await call('POST', '/user', undefined, mia)
    expect(made).toMatchObject({ status: 201, body: { name: 'mia', emailAddress: mia.emailAddress, active: true } })
    expect(JSON.stringify(made.body)).not.toContain('s3cret')
    const { key } = made.body
    expect(key).toMatch(/^JIRAUSER\d+$/)
    const steps: [string, Record<string, string>, unknown, number][] = [
      ['PUT', { key }, { displayName: 'Mia Kay', emailAddress: 'mia.kay@acme.example' }, 200],
      ['PUT', { key }, { name: 'mia.kay' }, 200],
      ['PUT', { username: 'mia' }, { displayName: 'x' }, 404],
      ['PUT', { username: 'mia.kay' }, { name: 'mia.kay', active: false }, 200],
      ['PUT', { username: 'MIA.KAY' }, { name: 'mia.kay', active: true }, 200],
      ['PUT', { key }, {}, 400],
      ['PUT', { key }, { name: 'viewer' }, 400],
      ['DELETE', { key }, undefined, 204],
      ['DELETE', { key }, undefined, 404],
    ]
    for (const [method, query, body, status] of steps) {
      expect((await call(method, '/user', query, body)).status, `${method} ${JSON.stringify(body)}`).toBe(status)
    }
    expect((await call('GET', '/user', { key, includeDeleted: true })).body).toMatchObject({ deleted: true, key })
    expect(sandbox.control.counters().effects).toMatchObject({
      usersCreated: 1,
      usersChanged: 1,
      usersRenamed: 1,
      usersDeactivated: 1,
      usersActivated: 1,
      usersDeleted: 1,
      mailsSent: 0,
    })
  })

  it.each([
    ['an existing name, in any letter case (traps 27 and 28)', { ...mia, name: 'VIEWER' }, 400],
    ['no address', { ...mia, emailAddress: '' }, 400],
    ['an unknown application', { ...mia, applicationKeys: ['jira-core'] }, 400],
    ['a new name', mia, 201],
  ])('answers the creation of a user with %s', async (_, body, status) => {
    expect((await call('POST', '/user', undefined, body)).status).toBe(status)
  })

  it('answers a second add and the removal of somebody who is not in the group with an error (trap 1)', async () => {
    const add = () => call('POST', '/group/user', { groupname: 'DEVELOPERS' }, { name: 'viewer' })
    const remove = () => call('DELETE', '/group/user', { groupname: 'developers', username: 'viewer' })
    const statuses = [(await add()).status, (await add()).status, (await remove()).status, (await remove()).status]
    expect(statuses).toEqual([201, 400, 200, 400])
    expect((await call('POST', '/group/user', { groupname: 'nowhere' }, { name: 'viewer' })).status).toBe(404)
    expect((await call('POST', '/group/user', { groupname: 'developers' }, { name: 'nobody' })).status).toBe(404)
    expect((await call('POST', '/group/user', { groupname: 'developers' }, { name: '' })).status).toBe(400)
  })

  it('makes and deletes groups; a name exists in any letter case (trap 28)', async () => {
    const made = [{ name: 'new' }, { name: 'NEW' }, { name: '' }].map((body) => call('POST', '/group', undefined, body))
    expect((await Promise.all(made)).map(({ status }) => status)).toEqual([201, 400, 400])
    expect((await call('DELETE', '/group', { groupname: 'new' })).status).toBe(200)
    expect((await call('DELETE', '/group', { groupname: 'new' })).status).toBe(404)
  })

  it('hides inactive members unless asked for, and shows pages of fifty at most (traps 5 and 7)', async () => {
    sandbox.control.edit({ action: 'set-active', user: 'juergen.weiss', active: false })
    const withoutFlag = await memberNames('developers', {})
    expect(withoutFlag).not.toContain('juergen.weiss')
    expect(await memberNames('developers')).toEqual([...withoutFlag, 'juergen.weiss'].sort())
    for (let at = 0; at < 60; at++) {
      sandbox.control.edit({ action: 'add-user', user: `many${at}` })
      sandbox.control.edit({ action: 'add-member', user: `many${at}`, group: 'old-project-x' })
    }
    const page = (await call('GET', '/group/member', { groupname: 'old-project-x', maxResults: 1000 })).body
    expect([page.values.length, page.isLast, page.total > 60]).toEqual([50, false, true])
  })

  it('shows members of nested groups, who cannot be taken out (trap 29)', async () => {
    sandbox.control.edit({ action: 'add-group', group: 'engineering' })
    sandbox.control.edit({ action: 'nest', group: 'developers', inside: 'engineering' })
    expect(await memberNames('engineering')).toContain('tomas.dvorak')
    const query = { groupname: 'engineering', username: 'tomas.dvorak' }
    expect((await call('DELETE', '/group/user', query)).status).toBe(400)
  })

  it('refuses writes to users and groups of a read-only directory (trap 23)', async () => {
    const writes = [
      call('PUT', '/user', { username: 'henry.palmer' }, { displayName: 'x' }),
      call('PUT', '/user', { username: 'henry.palmer' }, { name: 'henry.palmer', active: false }),
      call('DELETE', '/user', { username: 'henry.palmer' }),
      call('PUT', '/user/password', { username: 'henry.palmer' }, { password: 'x' }),
      call('POST', '/group/user', { groupname: 'developers' }, { name: 'henry.palmer' }),
      call('POST', '/group/user', { groupname: 'okta-everyone' }, { name: 'viewer' }),
    ]
    expect((await Promise.all(writes)).map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403])
    sandbox.control.edit({ action: 'set-directory', directory: 'Corporate LDAP', mode: 'local-groups' })
    const add = (groupname: string) => call('POST', '/group/user', { groupname }, { name: 'henry.palmer' })
    expect((await add('developers')).status).toBe(201)
    expect((await call('DELETE', '/group/user', { groupname: 'okta-everyone', username: 'henry.palmer' })).status).toBe(
      403,
    )
  })

  it('lets the first directory hide a namesake, and tells of it (trap 24)', async () => {
    sandbox.control.edit({ action: 'add-user', user: 'Tomas.Dvorak', directory: 'Corporate LDAP' })
    expect((await call('GET', '/user/duplicated/count')).body).toEqual({ count: 1 })
    expect(Object.keys((await call('GET', '/user/duplicated/list')).body)).toEqual(['tomas.dvorak'])
    expect((await call('GET', '/user', { username: 'TOMAS.DVORAK' })).body.displayName).toBe('Tomáš Dvořák')
    const leadsAProject = await call('DELETE', '/user', { username: 'tomas.dvorak' })
    expect(leadsAProject.status).toBe(204)
    expect((await call('GET', '/user', { username: 'tomas.dvorak' })).body.displayName).toBe('Tomas.Dvorak')
  })

  it('answers a stranger with an empty list of groups instead of 401 (trap 22)', async () => {
    const stranger = productClient(sandbox)
    expect((await stranger('GET', `${api}/groups/picker`)).body).toMatchObject({ total: 0, groups: [] })
    expect((await stranger('GET', `${api}/project`)).body.map((each: { key: string }) => each.key)).toEqual(['NEWS'])
    expect((await stranger('GET', `${api}/myself`)).status).toBe(401)
    sandbox.control.setVariants({ wrongCredentialOnAnonymousEndpoint: 'anonymous' })
    expect((await clientWith('wrong')('GET', `${api}/groups/picker`)).body.total).toBe(0)
  })

  it('locks a login with a password after three wrong ones, not a token', async () => {
    const { username = '', password = '' } = sandbox.credentials
    const wrong = productClient(sandbox, basic(username, 'wrong'))
    for (let attempt = 0; attempt < 3; attempt++) expect((await wrong('GET', `${api}/myself`)).status).toBe(401)
    const locked = await productClient(sandbox, basic(username, password))('GET', `${api}/myself`)
    expect([locked.status, locked.headers.get('x-authentication-denied-reason')?.split(';')[0]]).toEqual([
      403,
      'CAPTCHA_CHALLENGE',
    ])
    expect((await call('GET', '/myself')).status).toBe(200)
    sandbox.control.edit({ action: 'clear-captcha', user: username })
    expect((await productClient(sandbox, basic(username, password))('GET', `${api}/myself`)).status).toBe(200)
  })

  it('refuses a write that looks like a browser (trap 33)', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0' }
    const refused = await jira('POST', `${api}/group`, { body: { name: 'x' }, headers })
    expect([refused.status, refused.body]).toEqual([403, 'XSRF check failed'])
  })

  it('lists groups up to a limit, and tells how many there are (trap 32)', async () => {
    sandbox.control.setVariants({ groupsPickerLimit: '5' })
    const { total, groups } = (await call('GET', '/groups/picker', { maxResults: 1000 })).body
    expect([groups.length, total > 5]).toEqual([5, true])
    expect((await call('GET', '/groups/picker', { query: 'JIRA-SOFT' })).body.groups).toHaveLength(1)
  })

  it('gives and takes the access to an application, and counts its seats', async () => {
    const query = { username: 'viewer', applicationKey: 'jira-software' }
    expect((await call('DELETE', '/user/application', query)).status).toBe(204)
    expect(
      (await call('GET', '/user', { username: 'viewer', expand: 'applicationRoles' })).body.applicationRoles.size,
    ).toBe(0)
    const { userCount } = (await call('GET', '/applicationrole/jira-software')).body
    sandbox.control.edit({ action: 'set-seats', application: 'jira-software', seats: userCount })
    expect((await call('POST', '/user/application', query)).status).toBe(400)
    sandbox.control.edit({ action: 'set-seats', application: 'jira-software', seats: userCount + 1 })
    expect((await call('POST', '/user/application', query)).status).toBe(200)
    const role = await call('GET', '/applicationrole/jira-software')
    const update = (version: string | null) =>
      jira('PUT', `${api}/applicationrole/jira-software`, {
        body: { groups: ['jira-software-users', 'developers'] },
        headers: { 'if-match': version ?? '' },
      })
    expect((await update('another')).status).toBe(412)
    expect((await update(role.headers.get('etag'))).body.groups).toContain('developers')
  })

  it('keeps properties of users and refuses a large one', async () => {
    const property = (method: string, body?: unknown) =>
      call(method, '/user/properties/muster', { username: 'viewer' }, body)
    const big = { text: 'x'.repeat(33_000) }
    const statuses = [
      (await property('GET')).status,
      (await property('PUT', { a: 1 })).status,
      (await property('PUT', { a: 2 })).status,
      (await property('PUT', big)).status,
    ]
    expect(statuses).toEqual([404, 201, 200, 400])
    expect((await property('GET')).body).toEqual({ key: 'muster', value: { a: 2 } })
    expect([(await property('DELETE')).status, (await property('DELETE')).status]).toEqual([204, 404])
    expect((await call('PUT', `/user/properties/${'k'.repeat(256)}`, { username: 'viewer' }, 1)).status).toBe(400)
  })

  it('hands leads over by username, and by nothing else (trap 3)', async () => {
    expect((await call('PUT', '/project/WEB', undefined, { lead: 'aoife.obrien' })).body.lead.name).toBe('aoife.obrien')
    const { id } = (await call('GET', '/project/WEB/components')).body[0]
    expect((await call('PUT', `/component/${id}`, undefined, { leadUserName: 'viewer' })).body.lead.name).toBe('viewer')
    expect((await call('PUT', `/component/${id}`, undefined, { leadUserName: '' })).body.lead).toBeUndefined()
    sandbox.control.edit({ action: 'set-active', user: 'viewer', active: false })
    expect((await call('PUT', '/project/WEB', undefined, { lead: 'viewer' })).status).toBe(400)
    expect((await call('DELETE', '/user', { username: 'aoife.obrien' })).status).toBe(400)
    expect(sandbox.control.counters().effects).toMatchObject({ projectLeadsChanged: 1, componentLeadsChanged: 2 })
  })

  it('anonymises after its answer, one at a time, for a system administrator only (trap 37)', async () => {
    sandbox.control.setTaskDuration(600_000)
    const userKey = (await call('GET', '/user', { username: 'viewer' })).body.key
    const begin = () => call('POST', '/user/anonymization', undefined, { userKey })
    const started = await begin()
    expect([started.status, (await begin()).status]).toEqual([202, 409])
    const { taskId } = started.body
    expect((await call('GET', '/user/anonymization/progress', { taskId })).body.status).toBe('IN_PROGRESS')
    const lesser = clientWith(sandbox.credentials.lesserAdminToken)
    expect((await lesser('GET', `${api}/user/anonymization`, { query: { userKey } })).status).toBe(403)
    expect((await call('GET', '/user/anonymization/progress', { taskId: 1 })).status).toBe(404)
  })

  it('refuses whoever administers nothing, and a credential that has ended', async () => {
    const viewer = clientWith(sandbox.credentials.viewerToken)
    expect((await viewer('POST', `${api}/group`, { body: { name: 'x' } })).status).toBe(403)
    expect((await viewer('GET', `${api}/user/list`)).status).toBe(403)
    sandbox.control.edit({ action: 'expire-credential', credential: 'accessToken' })
    expect((await call('GET', '/myself')).status).toBe(401)
  })

  it('tells of its rate limit in the headers of Data Center products', async () => {
    sandbox.control.setLimit({ operations: '*', perSecond: 0.001, burst: 1 })
    expect((await call('GET', '/myself')).headers.get('x-ratelimit-remaining')).toBe('0')
    const refused = await call('GET', '/myself')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('x-ratelimit-interval-seconds')).toBe('1')
    expect(refused.headers.get('x-ratelimit-reset')).toBeNull()
  })

  it('takes faults: applied and not answered, a page cut short, nobody known', async () => {
    const { control } = sandbox
    control.addFault({ operations: 'jiradc.group.create', kind: 'close', when: 'after', times: 1 })
    await expect(call('POST', '/group', undefined, { name: 'lost' })).rejects.toThrow()
    expect(control.state().groups.map(({ group }) => group)).toContain('lost')
    control.addFault({ operations: 'jiradc.user.list', kind: 'short-page', keep: 2, times: 1 })
    expect((await call('GET', '/user/list')).body).toMatchObject({ isLast: true, values: [{}, {}] })
    control.addFault({ operations: 'jiradc.groups.picker', kind: 'anonymous', times: 1 })
    expect((await call('GET', '/groups/picker')).body.total).toBe(0)
    expect(() => control.addFault({ operations: '*', kind: 'late', ms: 1 })).toThrow('seen at once')
  })

  it('gives equal digests for the same doing in another order', async () => {
    const before = sandbox.control.digest()
    for (const name of ['one', 'two']) sandbox.control.edit({ action: 'add-group', group: name })
    const changed = sandbox.control.digest()
    for (const name of ['one', 'two']) sandbox.control.edit({ action: 'delete-group', group: name })
    expect([sandbox.control.digest(), changed === before]).toEqual([before, false])
    for (const name of ['two', 'one']) sandbox.control.edit({ action: 'add-group', group: name })
    expect(sandbox.control.digest()).toBe(changed)
    expect(sandbox.control.export().join('\n')).not.toContain('sandbox-password')
  })
})

describe('versions of Jira Data Center', () => {
  const many = { company: 150, target: 'ten-years' } as const
  const search = async (query: Record<string, string | number | boolean>) =>
    (await call('GET', '/user/search', { includeInactive: true, ...query })).body.length

  it('10 stops searching for users at a hundred, whatever the page, and lists them instead (trap 31)', async () => {
    await start({ ...many, version: '10.3.24' })
    const all = sandbox.control.state().users.length
    expect([await search({ username: '.', maxResults: 1000 }), await search({ username: '.', startAt: 100 })]).toEqual([
      100, 0,
    ])
    expect((await call('GET', '/user/list')).body.values).toHaveLength(all)
  })

  it('9.12 pages a search to its end and has no list (trap 31)', async () => {
    await start({ ...many, version: '9.12' })
    const all = sandbox.control.state().users.length
    expect(await search({ username: '.', maxResults: 1000 })).toBe(all)
    expect(await search({ username: '.', startAt: 100, maxResults: 1000 })).toBe(all - 100)
    expect((await call('GET', '/user/list')).status).toBe(404)
  })

  it('8.2 knows no token and does not look at `active` (trap 30)', async () => {
    await start({ version: '8.2' })
    expect((await call('GET', '/myself')).status).toBe(401)
    const { username = '', password = '' } = sandbox.credentials
    jira = productClient(sandbox, basic(username, password))
    const refused = await call('PUT', '/user', { username: 'viewer' }, { name: 'viewer', active: false })
    expect([refused.status, refused.body.errorMessages]).toEqual([400, ['error.no.value.found.to.be.changed']])
  })

  it('refuses a version that is none', async () => {
    await expect(start({ version: 'ten' })).rejects.toThrow('is no version')
  })
})
