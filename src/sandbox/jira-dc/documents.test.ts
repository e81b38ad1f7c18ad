import { describe, expect, it } from 'vitest'
import { specs } from '../../../test/support/openapi.ts'
import { basic, productClient } from '../../../test/support/product-client.ts'
import { productForTest } from '../../../test/support/product-for-test.ts'
import { productDocuments } from '../../../test/support/product-judge.ts'
import { jiraDcOperations } from './operations.ts'
import type { JiraDcTwin } from './twin.ts'

/** Roles of projects, making and deleting projects, one's own profile, what a cluster needs: nobody of us calls them. */
const leftOut = [
  'PUT /api/2/applicationrole',
  'GET /api/2/configuration',
  'PUT /api/2/myself',
  'POST /api/2/project',
  'DELETE /api/2/project/{projectIdOrKey}',
  'GET /api/2/project/{projectIdOrKey}/role',
  'GET /api/2/project/{projectIdOrKey}/role/{id}',
  'PUT /api/2/project/{projectIdOrKey}/role/{id}',
  'POST /api/2/project/{projectIdOrKey}/role/{id}',
  'DELETE /api/2/project/{projectIdOrKey}/role/{id}',
  'GET /api/2/role',
  'POST /api/2/role',
  'GET /api/2/role/{id}',
  'PUT /api/2/role/{id}',
  'POST /api/2/role/{id}',
  'DELETE /api/2/role/{id}',
  'GET /api/2/user/anonymization/rerun',
  'POST /api/2/user/anonymization/rerun',
  'DELETE /api/2/user/anonymization/unlock',
]

describe.skipIf(!specs.present)(`the twin of Jira Data Center and the vendor's document${specs.skipReason}`, () => {
  it('serves every operation of the document but those nobody of us calls, and no other', async () => {
    const { control } = await productForTest('jira-dc')
    const served = jiraDcOperations(control.twin as JiraDcTwin).map(
      ({ method, documented }) => `${method} ${documented}`,
    )
    const documented = productDocuments['jira-dc']?.api.operations ?? []
    expect(served.filter((each) => !documented.includes(each))).toEqual([])
    expect(documented.filter((each) => !served.includes(each))).toEqual(leftOut)
  })

  it('answers every read as documented', async () => {
    const sandbox = await productForTest('jira-dc')
    const { username, password } = sandbox.credentials as { username: string; password: string }
    const jira = productClient(sandbox, basic(username, password))
    sandbox.control.edit({ action: 'set-property', user: 'admin', key: 'colour', value: 'blue' })
    const { key } = (await jira('GET', '/rest/api/2/myself')).body
    const component = (await jira('GET', '/rest/api/2/component/page')).body.values[0]
    const reads: [string, Record<string, string | number | boolean>?][] = [
      ['/serverInfo'],
      ['/mypermissions'],
      ['/permissions'],
      ['/user', { username: 'ADMIN', expand: 'groups,applicationRoles', includeDeleted: true }],
      ['/user', { key }],
      ['/user/search', { username: 'a', includeInactive: true, startAt: 1, maxResults: 3 }],
      ['/user/list', { maxResults: 2 }],
      ['/user/list', { maxResults: 2, cursor: 2 }],
      ['/user/picker', { query: 'a' }],
      ['/user/duplicated/count'],
      ['/user/duplicated/list'],
      ['/user/properties', { username: 'admin' }],
      ['/user/properties/colour', { userKey: key }],
      ['/user/anonymization', { userKey: key }],
      ['/applicationrole'],
      ['/applicationrole/jira-software'],
      ['/group/member', { groupname: 'jira-software-users', includeInactiveUsers: true, maxResults: 2 }],
      ['/groups/picker', { query: 'jira', maxResults: 1000 }],
      ['/groupuserpicker', { query: 'a' }],
      ['/project', { expand: 'lead', includeArchived: true }],
      ['/project/WEB'],
      ['/project/WEB/components'],
      [`/component/${component.id}`],
    ]
    for (const [path, query = {}] of reads) {
      expect((await jira('GET', `/rest/api/2${path}`, { query })).status, path).toBe(200)
      expect((await jira('GET', `/rest/api/latest${path}`, { query })).status, path).toBe(200)
    }
  })
})
