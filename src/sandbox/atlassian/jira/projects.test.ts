import { beforeEach, describe, expect, it } from 'vitest'
import { clientsOf, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'

const ruby = 'ruby.hughes@acme.example'
const tomas = 'tomas.dvorak@acme.example'

let sandbox: Sandbox
let jira: SandboxClient
let anonymous: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest()
  ;({ jira, anonymous } = clientsOf(sandbox))
})

const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const keys = (body: { values: { key: string }[] }) => body.values.map(({ key }) => key)
const effects = () => sandbox.control.counters().effects

describe('projects', () => {
  it('are found with their leads where asked for, live ones unless told otherwise', async () => {
    const plain = (await jira.site('GET', '/project/search')).body
    expect(keys(plain)).toEqual(['NEWS', 'WEB'])
    expect(plain.values[0].lead).toBeUndefined()
    const query = { expand: 'lead', status: ['live', 'archived'], orderBy: '-key', maxResults: 2 }
    const led = (await jira.site('GET', '/project/search', { query })).body
    expect(keys(led)).toEqual(['WEB', 'OLD'])
    expect(led.values[0].lead.accountId).toBe(idOf(tomas))
    expect([led.isLast, led.total]).toEqual([false, 3])
    const rest = await jira.site('GET', '/project/search', { query: { ...query, startAt: 2 } })
    expect([keys(rest.body), rest.body.isLast]).toEqual([['NEWS'], true])
    expect((await jira.site('GET', '/project/search', { query: { maxResults: 500 } })).body.maxResults).toBe(100)
    expect((await jira.site('GET', '/project/search', { query: { status: 'gone' } })).status).toBe(400)
  })

  it('show anybody what is public, and nothing else', async () => {
    const found = await anonymous.site('GET', '/project/search')
    expect([found.status, keys(found.body)]).toEqual([200, ['NEWS']])
    expect((await anonymous.site('GET', '/project/NEWS')).status).toBe(200)
    expect((await anonymous.site('GET', '/project/WEB')).status).toBe(404)
    expect((await anonymous.site('GET', '/project/WEB/components')).status).toBe(404)
    expect((await anonymous.site('PUT', '/project/NEWS', { body: { name: 'N' } })).status).toBe(401)
  })

  it('change hands by account id, for somebody who can be assigned', async () => {
    const change = (body: object) => jira.site('PUT', '/project/WEB', { body })
    const done = await change({ leadAccountId: idOf(ruby) })
    expect([done.status, done.body.lead.accountId, done.body.assigneeType]).toEqual([200, idOf(ruby), 'PROJECT_LEAD'])
    expect((await change({ leadAccountId: idOf(ruby), assigneeType: 'UNASSIGNED' })).body.assigneeType).toBe(
      'UNASSIGNED',
    )
    expect(effects()).toMatchObject({ projectLeadsChanged: 1 })
    sandbox.control.edit({ action: 'suspend', email: tomas })
    for (const leadAccountId of [idOf(tomas), 'nobody', idOf('slack@connect.example'), 7]) {
      expect((await change({ leadAccountId })).status).toBe(400)
    }
    expect((await change({ lead: 'admin' })).body.errorMessages[0]).toContain('GDPR strict mode')
    expect((await change({ invented: 1 })).status).toBe(400)
    expect((await jira.site('GET', '/project/WEB')).body.lead.accountId).toBe(idOf(ruby))
  })

  it('keep an inactive lead, which everybody can see', async () => {
    sandbox.control.edit({ action: 'suspend', email: tomas })
    const { lead, components } = (await jira.site('GET', '/project/WEB')).body
    expect(lead.active).toBe(false)
    expect(components.map((each: { name: string }) => each.name)).toEqual(['Backend', 'Frontend', 'Imprint'])
  })

  it('are not to be changed by whom their permissions leave out', async () => {
    sandbox.control.edit({
      action: 'add-project',
      project: { key: 'SAFE', name: 'Safe', lead: tomas, isGuarded: true, components: [{ name: 'Lock' }] },
    })
    const [lock] = (await jira.site('GET', '/project/SAFE/components')).body
    const body = { leadAccountId: idOf(ruby) }
    expect((await jira.site('PUT', '/project/SAFE', { body })).status).toBe(403)
    expect((await jira.site('PUT', `/component/${lock.id}`, { body })).status).toBe(403)
    const { email, apiToken } = sandbox.credentials.viewer
    const viewer = SandboxClient.basic(sandbox, email, apiToken)
    expect((await viewer.site('GET', '/project/WEB')).status).toBe(200)
    expect((await viewer.site('PUT', '/project/WEB', { body })).status).toBe(403)
    const query = { permissions: 'ADMINISTER_PROJECTS,BROWSE_PROJECTS', projectKey: 'SAFE' }
    const { permissions } = (await jira.site('GET', '/mypermissions', { query })).body
    expect(permissions.ADMINISTER_PROJECTS.havePermission).toBe(false)
    expect(permissions.BROWSE_PROJECTS.havePermission).toBe(true)
  })

  it('go into the bin, or for good', async () => {
    expect((await jira.site('DELETE', '/project/NEWS')).status).toBe(204)
    expect((await jira.site('GET', '/project/NEWS')).status).toBe(404)
    expect(keys((await jira.site('GET', '/project/search', { query: { status: 'deleted' } })).body)).toEqual(['NEWS'])
    expect((await jira.site('DELETE', '/project/WEB', { query: { enableUndo: false } })).status).toBe(204)
    expect((await jira.site('DELETE', '/project/OLD')).status).toBe(404)
  })
})

describe('components', () => {
  const components = async (query: Record<string, string> = {}) =>
    (await jira.site('GET', '/project/WEB/components', { query })).body

  it('are listed at once, in pages, and over projects', async () => {
    expect((await components()).map(({ name }: { name: string }) => name)).toEqual(['Backend', 'Frontend', 'Imprint'])
    const paged = await jira.site('GET', '/project/WEB/component', { query: { maxResults: 2, orderBy: 'lead' } })
    expect(paged.body.values.map(({ name }: { name: string }) => name)).toEqual(['Imprint', 'Frontend'])
    expect(paged.body.isLast).toBe(false)
    const found = await jira.site('GET', '/component', { query: { projectIdsOrKeys: ['WEB', 'NEWS'], query: 'end' } })
    expect(found.body.values.map(({ name }: { name: string }) => name)).toEqual(['Backend', 'Frontend'])
  })

  it('change leads; an empty id takes the lead away', async () => {
    const [backend] = await components()
    const put = (body: object) => jira.site('PUT', `/component/${backend.id}`, { body })
    const changed = await put({ leadAccountId: idOf(ruby) })
    expect([changed.status, changed.body.lead.accountId, changed.body.name]).toEqual([200, idOf(ruby), 'Backend'])
    expect((await put({ leadAccountId: '' })).body.lead).toBeUndefined()
    expect((await put({ leadAccountId: 'nobody' })).status).toBe(400)
    expect((await put({ leadUserName: 'admin' })).body.errorMessages[0]).toContain('GDPR strict mode')
    expect((await put({ assigneeType: 'ANYBODY' })).status).toBe(400)
    expect((await jira.site('PUT', '/component/1', { body: {} })).status).toBe(404)
    expect(effects()).toMatchObject({ componentLeadsChanged: 2 })
  })

  it('tell that an inactive lead gets no issues', async () => {
    const frontend = async () => (await components())[1]
    expect(await frontend()).toMatchObject({ isAssigneeTypeValid: true, realAssigneeType: 'COMPONENT_LEAD' })
    sandbox.control.edit({ action: 'suspend', email: 'aoife.obrien@acme.example' })
    const orphaned = await frontend()
    expect(orphaned).toMatchObject({ isAssigneeTypeValid: false, realAssigneeType: 'PROJECT_DEFAULT' })
    expect([orphaned.lead.active, orphaned.realAssignee.accountId]).toEqual([false, idOf(tomas)])
  })

  it('of Compass are apart', async () => {
    sandbox.control.edit({
      action: 'add-component',
      project: 'WEB',
      component: { name: 'Gateway', isFromCompass: true },
    })
    expect(await components()).toHaveLength(3)
    for (const componentSource of ['compass', 'auto']) {
      const [gateway, ...more] = await components({ componentSource })
      expect([gateway.name, gateway.ari.startsWith('ari:cloud:compass:'), more]).toEqual(['Gateway', true, []])
    }
  })

  it('are made and deleted', async () => {
    const made = await jira.site('POST', '/component', {
      body: { project: 'WEB', name: 'Search', leadAccountId: idOf(ruby) },
    })
    expect([made.status, made.body.lead.accountId]).toEqual([201, idOf(ruby)])
    expect((await jira.site('POST', '/component', { body: { project: 'WEB', name: 'search' } })).status).toBe(400)
    expect((await jira.site('POST', '/component', { body: { name: 'Search' } })).status).toBe(400)
    expect((await jira.site('DELETE', `/component/${made.body.id}`)).status).toBe(204)
    expect((await jira.site('GET', `/component/${made.body.id}`)).status).toBe(404)
  })
})

describe('who can be assigned', () => {
  const assignable = async (query: Record<string, string | number>) =>
    jira.site('GET', '/user/assignable/search', { query })

  it('is asked about one person, or about a page of people that is filtered afterwards', async () => {
    expect((await assignable({ project: 'WEB', accountId: idOf(ruby) })).body).toHaveLength(1)
    sandbox.control.edit({ action: 'suspend', email: ruby })
    expect((await assignable({ project: 'WEB', accountId: idOf(ruby) })).body).toEqual([])
    const everybody = (await assignable({ project: 'WEB', query: '', maxResults: 1000 })).body
    const firstTwo = (await assignable({ project: 'WEB', query: '', maxResults: 2 })).body
    expect(everybody.length).toBeGreaterThan(8)
    expect(firstTwo.length).toBeLessThan(2)
  })

  it('needs a project and exactly one question', async () => {
    expect((await assignable({ accountId: idOf(ruby) })).status).toBe(400)
    expect((await assignable({ project: 'WEB' })).status).toBe(400)
    expect((await assignable({ project: 'WEB', query: 'a', accountId: idOf(ruby) })).status).toBe(400)
    expect((await assignable({ project: 'NONE', query: 'a' })).status).toBe(404)
    expect((await assignable({ issueKey: 'WEB-1', query: 'a' })).status).toBe(404)
  })

  it('depends on the app of the project', async () => {
    sandbox.control.edit({
      action: 'add-project',
      project: { key: 'HELP', name: 'Help desk', lead: tomas, typeKey: 'service_desk' },
    })
    expect((await assignable({ project: 'HELP', accountId: idOf(ruby) })).body).toEqual([])
    sandbox.control.edit({ action: 'add-member', group: 'jira-servicemanagement-users-acme', email: ruby })
    expect((await assignable({ project: 'HELP', accountId: idOf(ruby) })).body).toHaveLength(1)
  })
})
