import { beforeEach, describe, expect, it } from 'vitest'
import { clientsOf, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'

const ruby = 'ruby.hughes@acme.example'
const auditor = 'auditor@audit-partner.example'

let sandbox: Sandbox
let jira: SandboxClient
let anonymous: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest()
  ;({ jira, anonymous } = clientsOf(sandbox))
})

const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const userOf = async (accountId: string) => (await jira.site('GET', '/user', { query: { accountId } })).body

describe('pickers', () => {
  it('find people by the beginning of a name or address', async () => {
    const { body } = await jira.site('GET', '/user/picker', { query: { query: 'ruby' } })
    expect([body.total, body.users[0].accountId, body.users[0].displayName]).toEqual([1, idOf(ruby), 'Ruby Hughes'])
    const without = { query: 'ruby', excludeAccountIds: `${idOf(ruby)},x` }
    expect((await jira.site('GET', '/user/picker', { query: without })).body.total).toBe(0)
    expect((await jira.site('GET', '/user/picker')).status).toBe(400)
    expect((await jira.site('GET', '/user/picker', { query: { query: 'a', exclude: 'b' } })).status).toBe(400)
  })

  it('show strangers exact names only', async () => {
    expect((await anonymous.site('GET', '/user/picker', { query: { query: 'ruby' } })).body.total).toBe(0)
    expect((await anonymous.site('GET', '/user/picker', { query: { query: 'Ruby Hughes' } })).body.total).toBe(1)
    const both = await anonymous.site('GET', '/groupuserpicker', { query: { query: 'ruby' } })
    expect([both.status, both.body.users.total, both.body.groups.total]).toEqual([200, 0, 0])
  })

  it('match groups by letter case unless told otherwise', async () => {
    const groups = async (query: Record<string, string>) =>
      (await jira.site('GET', '/groupuserpicker', { query })).body.groups.total
    expect(await groups({ query: 'support' })).toBe(0)
    expect(await groups({ query: 'support', caseInsensitive: 'true' })).toBe(1)
    const { body } = await jira.site('GET', '/groupuserpicker', { query: { query: 'S', excludeConnectAddons: true } })
    expect(body.users.users.every((each: { accountType: string }) => each.accountType !== 'app')).toBe(true)
  })
})

describe('permissions', () => {
  it('are checked for oneself, for others by administrators, and in projects', async () => {
    const check = (client: SandboxClient, body: object) => client.site('POST', '/permissions/check', { body })
    const project = Number((await jira.site('GET', '/project/WEB')).body.id)
    const projectPermissions = [{ permissions: ['ADMINISTER_PROJECTS', 'BROWSE_PROJECTS'], projects: [project, 1] }]
    const own = (await check(jira, { globalPermissions: ['ADMINISTER', 'SYSTEM_ADMIN'], projectPermissions })).body
    expect(own.globalPermissions).toEqual(['ADMINISTER', 'SYSTEM_ADMIN'])
    expect(own.projectPermissions.map((each: { projects: number[] }) => each.projects)).toEqual([[project], [project]])
    const hers = await check(jira, { accountId: idOf(ruby), globalPermissions: ['ADMINISTER', 'USER_PICKER'] })
    expect(hers.body.globalPermissions).toEqual(['USER_PICKER'])
    const { email, apiToken } = sandbox.credentials.viewer
    const viewer = SandboxClient.basic(sandbox, email, apiToken)
    expect((await check(viewer, { accountId: idOf(ruby), globalPermissions: [] })).status).toBe(403)
    expect((await check(jira, { globalPermissions: ['BROWSE_PROJECTS'] })).status).toBe(400)
    expect((await check(jira, { accountId: 'nobody' })).status).toBe(400)
    expect((await check(jira, { projectPermissions: [{ permissions: [] }] })).status).toBe(400)
    expect((await jira.site('GET', '/permissions')).body.permissions.ADMINISTER.type).toBe('GLOBAL')
    expect((await viewer.site('GET', '/permissions')).status).toBe(403)
  })
})

describe('what is left of former times', () => {
  it('lists at most fifty members of a group', async () => {
    const query = { groupname: 'developers', expand: 'users' }
    const { body } = await jira.site('GET', '/group', { query })
    expect([body.name, body.users.size, body.users.items.length]).toEqual(['developers', 5, 5])
    expect((await jira.site('GET', '/group', { query: { groupname: 'developers' } })).body.users.items).toEqual([])
    expect((await jira.site('GET', '/group')).status).toBe(400)
  })

  it('translates user names', async () => {
    const reply = await jira.site('GET', '/user/bulk/migration', { query: { username: ['ruby.hughes', 'nobody'] } })
    expect(reply.body).toEqual([{ username: 'ruby.hughes', accountId: idOf(ruby) }])
    expect((await jira.site('GET', '/user/bulk/migration')).status).toBe(400)
  })
})

describe('records of people', () => {
  it('tell service accounts, other apps and guests apart', async () => {
    expect((await userOf(idOf('sync-bot@serviceaccount.example'))).appType).toBe('service')
    expect((await userOf(idOf('slack@connect.example'))).appType).toBe('unknown')
    expect((await userOf(idOf(ruby))).guest).toBe(false)
  })

  it('have the nickname for a name that its owner hides', async () => {
    sandbox.control.edit({ action: 'hide-name', email: auditor, hidden: true })
    sandbox.control.edit({ action: 'hide-name', email: ruby, hidden: true })
    expect((await userOf(idOf(auditor))).displayName).toBe('Rasmus')
    expect((await userOf(idOf(ruby))).displayName).toBe('Ruby Hughes')
  })

  it('mean nothing during an outage: a person looks as if deactivated', async () => {
    sandbox.control.edit({ action: 'record-outage', email: ruby, down: true })
    const down = await userOf(idOf(ruby))
    expect(down).toMatchObject({ accountId: idOf(ruby), accountType: 'unknown', active: false })
    expect(down.emailAddress).toBeUndefined()
    sandbox.control.edit({ action: 'record-outage', email: ruby, down: false })
    expect((await userOf(idOf(ruby))).active).toBe(true)
  })

  it('lose their id when an import broke them', async () => {
    sandbox.control.edit({ action: 'lose-record', email: idOf(ruby) })
    const all = (await jira.site('GET', '/users/search', { query: { maxResults: 1000 } })).body
    expect(all.filter((each: { accountId: string }) => each.accountId === 'unknown')).toHaveLength(1)
  })
})
