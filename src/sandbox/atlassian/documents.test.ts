import { describe, expect, it } from 'vitest'
import { OpenApi, specs } from '../../../test/support/openapi.ts'
import { mended } from '../../../test/support/openapi-defects.ts'
import { clientsOf } from '../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../test/support/sandbox-for-test.ts'
import type { Operation } from '../server/call.ts'
import { jiraOperations } from './jira/operations.ts'
import { organizationOperations } from './organizations/operations.ts'
import { userManagementOperations } from './user-management/operations.ts'
import { userProvisioningOperations } from './user-provisioning/operations.ts'

describe.skipIf(!specs.present)(`the twin and the OpenAPI documents of the vendor${specs.skipReason}`, () => {
  it('serves only paths and methods the documents know', async () => {
    const sandbox = await sandboxForTest()
    const jira = new OpenApi('jira-cloud-platform-v3.json')
    const admin = new OpenApi('atlassian-admin-organizations.json')
    for (const { name, method, documented } of jiraOperations(sandbox.control.twin)) {
      // The edge answers this one, not Jira: it stands in no document.
      if (name === 'jira.tenantInfo') continue
      expect(jira.knows(method, documented), `${method} ${documented}`).toBe(true)
    }
    for (const { name, method, documented } of organizationOperations(sandbox.control.twin)) {
      // Gone from the document, and the twin says so.
      if (name === 'org.removed') continue
      expect(admin.knows(method, documented), `${method} ${documented}`).toBe(true)
    }
    const account = new OpenApi('atlassian-admin-user-management.json')
    for (const { method, documented } of userManagementOperations(sandbox.control.twin)) {
      expect(account.knows(method, documented), `${method} ${documented}`).toBe(true)
    }
    expect(userManagementOperations(sandbox.control.twin)).toHaveLength(account.operations.length)
    const scim = new OpenApi('atlassian-user-provisioning-scim.json')
    for (const { method, documented } of userProvisioningOperations(sandbox.control.twin)) {
      expect(scim.knows(method, documented), `${method} ${documented}`).toBe(true)
    }
  })

  it('leaves out of the documents what nobody of us calls, and only that', async () => {
    const { twin } = (await sandboxForTest()).control
    const leftOut = (file: string, operations: readonly Operation[]) => {
      const served = new Set(operations.map(({ method, documented }) => `${method} ${documented}`))
      return new OpenApi(file).operations.filter((each) => !served.has(each))
    }
    expect(leftOut('atlassian-admin-organizations.json', organizationOperations(twin))).toEqual([])
    expect(leftOut('atlassian-admin-user-management.json', userManagementOperations(twin))).toEqual([])
    expect(leftOut('atlassian-user-provisioning-scim.json', userProvisioningOperations(twin))).toEqual([])
    const ofJira = leftOut('jira-cloud-platform-v3.json', jiraOperations(twin))
    expect(ofJira.filter((each) => !/\/role(\/|$)/.test(each))).toEqual([])
    expect(ofJira).toHaveLength(11)
  })

  it('notices an answer that differs', () => {
    const jira = new OpenApi('jira-cloud-platform-v3.json')
    expect(jira.problems('GET', '/rest/api/3/myself', 200, { accountId: 5 })).not.toEqual([])
    expect(jira.problems('GET', '/rest/api/3/myself', 200, { accountId: 'x', invented: true })).not.toEqual([])
    expect(jira.problems('POST', '/rest/api/3/myself', 200, {})).not.toEqual([])
    expect(jira.problems('GET', '/rest/api/3/myself', 204, undefined)).not.toEqual([])
    expect(jira.problems('GET', '/rest/api/3/myself', 200, { accountId: 'x' })).toEqual([])
  })

  it('notices a request that differs', () => {
    const admin = new OpenApi('atlassian-admin-organizations.json')
    const users = new OpenApi('atlassian-admin-user-management.json')
    const invite = (body: object) => {
      const contentType = 'application/json'
      return admin.requestProblems({
        method: 'POST',
        path: '/v2/orgs/o/users/invite',
        contentType,
        body: JSON.stringify(body),
      })
    }
    expect(invite({ emails: ['a@b.example'] })).toEqual([])
    expect(invite({ emails: Array(26).fill('a@b.example') })[0]).toContain('more than 25 items')
    expect(invite({ emails: [] })).not.toEqual([])
    expect(invite({ emails: ['a@b.example'], permissionRule: [] })[0]).toContain('additional properties')
    expect(invite({})).not.toEqual([])
    const get = (path: string, query: string) =>
      admin.requestProblems({ method: 'GET', path, query: new URLSearchParams(query) })
    expect(get('/v2/orgs/o/directories', 'limit=100&searchTerm=a')).toEqual([])
    expect(get('/v2/orgs/o/directories', 'limit=101')).not.toEqual([])
    expect(get('/v2/orgs/o/directories', 'limit=many')).not.toEqual([])
    expect(get('/v2/orgs/o/directories', 'size=5')).toEqual([
      'GET /v2/orgs/{orgId}/directories has no query parameter size',
    ])
    expect(get('/v2/orgs/o/directories/-/groups', 'includeUsers=true')).toEqual([])
    const profile = (body: string, contentType = 'application/json') =>
      users.requestProblems({ method: 'PATCH', path: '/users/5b10a/manage/profile', contentType, body })
    expect(profile('{"name":"A","extended_profile":{"job_title":"B"}}')).toEqual([])
    expect(profile('{"email":"a@b.example"}')).not.toEqual([])
    expect(profile('{"name":"A"}', 'text/plain')).not.toEqual([])
    expect(profile('nonsense')).not.toEqual([])
    expect(profile('')).toEqual(['PATCH /users/{account_id}/manage/profile requires a body'])
    const suspend = {
      method: 'POST',
      path: '/v2/orgs/o/directories/d/users/u/suspend',
      contentType: 'application/json',
    }
    expect(admin.requestProblems({ ...suspend, body: '{}' })).toEqual([])
    expect(admin.requestProblems({ ...suspend, body: '{"reason":"x"}' })).not.toEqual([])
  })

  it('knows the defects of the documents, and notices one that was mended', () => {
    const file = 'atlassian-admin-user-management.json'
    expect(() => new OpenApi(file)).not.toThrow()
    const pattern = { components: { schemas: { AccountId: { pattern: 'another' } } } }
    expect(() => mended(file, pattern)).toThrow('the defect is gone or another')
  })

  it('answers every read of Jira as documented', async () => {
    const sandbox = await sandboxForTest()
    const { jira } = clientsOf(sandbox)
    const me = (await jira.site('GET', '/myself', { query: { expand: 'groups,applicationRoles' } })).body
    const group = (await jira.site('GET', '/group/bulk', { query: { groupName: 'site-admins' } })).body.values[0]
    const reads: [string, Record<string, string | number | boolean>?][] = [
      ['/mypermissions', { permissions: 'ADMINISTER,USER_PICKER' }],
      ['/serverInfo'],
      ['/applicationrole'],
      ['/user', { accountId: me.accountId, expand: 'groups,applicationRoles' }],
      ['/user/bulk', { accountId: me.accountId, maxResults: 100 }],
      ['/user/search', { query: 'a' }],
      ['/user/groups', { accountId: me.accountId }],
      ['/users/search', { maxResults: 1000 }],
      ['/users'],
      ['/group/bulk', { maxResults: 2 }],
      ['/group/member', { groupId: group.groupId, includeInactiveUsers: true }],
      ['/groups/picker', { query: 'users' }],
      ['/group', { groupId: group.groupId, expand: 'users' }],
      ['/groupuserpicker', { query: 'a' }],
      ['/user/picker', { query: 'a' }],
      ['/user/assignable/search', { project: 'WEB', query: '' }],
      ['/user/bulk/migration', { username: 'admin' }],
      ['/user/properties', { accountId: me.accountId }],
      ['/permissions'],
      ['/applicationrole/jira-software'],
      ['/project/search', { expand: 'lead,description', status: 'archived' }],
      ['/project/WEB'],
      ['/project/WEB/components'],
      ['/project/WEB/component', { maxResults: 2 }],
      ['/component', { projectIdsOrKeys: 'WEB' }],
    ]
    for (const [path, query] of reads) {
      expect((await jira.site('GET', path, query === undefined ? {} : { query })).status, path).toBe(200)
      expect((await jira.gateway('GET', path, query === undefined ? {} : { query })).status, path).toBe(200)
    }
    for (const operation of Object.keys(sandbox.control.counters().operations)) {
      expect(operation.startsWith('jira.')).toBe(true)
    }
  })

  it('answers every read of the organization as documented', async () => {
    const sandbox = await sandboxForTest()
    const { org } = clientsOf(sandbox)
    const users = '/v2/orgs/:org/directories/:dir/users'
    const groups = '/v2/orgs/:org/directories/-/groups'
    const everything = ['platformRoles', 'groups', 'productAccess', 'counts.resources']
    const found = await org.admin('POST', `${users}/search`, { body: { expand: everything } })
    const account = found.body.data[0].accountId
    const group = (await org.admin('POST', `${groups}/search`, { body: { expand: ['counts.users'] } })).body.data[0].id
    const reads: [string, string, unknown?][] = [
      ['GET', '/v1/orgs'],
      ['GET', '/v1/orgs/:org'],
      ['GET', '/v1/orgs/:org/domains'],
      ['GET', '/v1/orgs/:org/users'],
      ['GET', `/v1/orgs/:org/directory/users/${account}/last-active-dates`],
      ['GET', users],
      ['GET', `${users}/stats`],
      ['GET', groups],
      ['GET', `${groups}/stats`],
      ['GET', '/v2/orgs/:org/directories'],
      ['POST', '/v2/orgs/:org/workspaces', { limit: 50 }],
      ['GET', `${users}/count`],
      ['GET', `${users}/${account}`],
      ['GET', `${users}/${account}/role-assignments`],
      ['GET', `${groups}/count`],
      ['GET', `${groups}/${group}`],
      ['GET', `${groups}/${group}/role-assignments`],
    ]
    for (const [method, path, body] of reads) {
      expect((await org.admin(method, path, body === undefined ? {} : { body })).status, path).toBe(200)
    }
  })
})
