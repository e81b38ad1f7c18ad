import { beforeEach, describe, expect, it } from 'vitest'
import { OpenApi, specs } from '../../../../test/support/openapi.ts'
import { type Reply, SandboxClient } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'
import { confluenceOperations } from './operations.ts'

type Query = Readonly<Record<string, string | number | boolean | readonly string[]>>

let sandbox: Sandbox
let client: SandboxClient

beforeEach(async () => {
  sandbox = await sandboxForTest({ confluenceOnly: true })
  client = SandboxClient.basic(sandbox, sandbox.credentials.email, sandbox.credentials.apiToken)
})

const call = (method: string, path: string, query: Query = {}, body?: unknown, as = client): Promise<Reply> =>
  as.send(method, `${sandbox.site}/wiki${path}`, { query, ...(body === undefined ? {} : { body }) })
const v1 = (method: string, path: string, query: Query = {}, body?: unknown) =>
  call(method, `/rest/api${path}`, query, body)
const v2 = (path: string, body: unknown) => call('POST', `/api/v2${path}`, {}, body)
const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const group = (name: string) => sandbox.control.twin.state.groupByName(name)?.groupId ?? 'none'
const ruby = 'ruby.hughes@acme.example'
const statuses = async (answers: readonly (() => Promise<Reply>)[]) => {
  const seen: number[] = []
  for (const answer of answers) seen.push((await answer()).status)
  return seen
}
const memberEmails = async (name: string) =>
  (await v1('GET', `/group/${group(name)}/membersByGroupId`)).body.results.map((each: { email: string }) => each.email)

describe('the twin of Confluence Cloud, on a site without Jira', () => {
  it.skipIf(!specs.present)(`serves both documents but the admin keys${specs.skipReason}`, () => {
    const served = confluenceOperations(sandbox.control.twin).map((each) => `${each.method} ${each.documented}`)
    const documents = ['confluence-cloud-v1-users-groups.json', 'confluence-cloud-v2-users.json']
    const documented = documents.flatMap((file) => new OpenApi(file).operations)
    expect(served.filter((each) => !documented.includes(each))).toEqual([])
    expect(documented.filter((each) => !served.includes(each))).toEqual([
      'GET /admin-key',
      'POST /admin-key',
      'DELETE /admin-key',
    ])
  })

  it('answers every read as documented, and has no Jira', async () => {
    const accountId = idOf(ruby)
    const reads: [string, Query?][] = [
      ['/user/current'],
      ['/user/anonymous'],
      ['/user', { accountId }],
      ['/user/bulk', { accountId: [accountId, 'nobody'] }],
      ['/user/memberof', { accountId }],
      ['/search/user', { cql: 'user.fullname ~ "ruby"' }],
      [`/user/${accountId}/property`],
      ['/group', { limit: 2, accessType: 'user' }],
      ['/group', { limit: 2 }],
      ['/group/by-id', { id: group('developers') }],
      ['/group/picker', { query: 'DEV', shouldReturnTotalSize: true }],
      [`/group/${group('developers')}/membersByGroupId`, { limit: 2 }],
    ]
    for (const [path, query] of reads) expect((await v1('GET', path, query)).status, path).toBe(200)
    expect((await client.send('GET', `${sandbox.site}/rest/api/3/myself`)).status).toBe(404)
    expect((await v1('GET', '/user/email', { accountId })).status).toBe(400)
  })

  it('invites by address, silently leaving out what is wrong or has access, and tells who has none', async () => {
    const emails = ['new@acme.example', ruby, 'no address']
    const check = async () => (await v2('/user/access/check-access-by-email', { emails })).body
    expect(await check()).toEqual({ emailsWithoutAccess: ['new@acme.example'], invalidEmails: ['no address'] })
    expect((await v2('/user/access/invite-by-email', { emails })).status).toBe(200)
    expect(await check()).toEqual({ emailsWithoutAccess: [], invalidEmails: ['no address'] })
    expect(sandbox.control.counters().effects.peopleAdded).toBe(1)
    expect(await memberEmails('confluence-users-acme')).toContain('new@acme.example')
    expect((await v2('/user/access/invite-by-email', { emails: [] })).status).toBe(400)
    const found = (await v2('/users-bulk', { accountIds: [idOf(ruby), 'nobody'] })).body.results
    expect(found.map((each: { accountStatus: string }) => each.accountStatus)).toEqual(['active'])
  })

  it('keeps groups by id; a second add and the removal of a stranger are no error (trap 1)', async () => {
    const made = await v1('POST', '/group', {}, { name: 'new' })
    expect([made.status, made.body.managedBy]).toEqual([201, 'ADMINS'])
    const groupId = made.body.id
    const accountId = idOf(ruby)
    const add = () => v1('POST', '/group/userByGroupId', { groupId }, { accountId })
    const remove = () => v1('DELETE', '/group/userByGroupId', { groupId, accountId })
    expect(
      await statuses([
        add,
        add,
        remove,
        remove,
        () => v1('POST', '/group/userByGroupId', { groupId: 'none' }, { accountId }),
        () => v1('POST', '/group/userByGroupId', { groupId }, { accountId: 'nobody' }),
        () => v1('POST', '/group', {}, { name: 'NEW' }),
        () => v1('DELETE', '/group/by-id', { id: groupId }),
        () => v1('DELETE', '/group/by-id', { id: groupId }),
      ]),
    ).toEqual([201, 201, 204, 204, 404, 404, 400, 204, 404])
  })

  it('marks synced groups and refuses to change them (trap 15)', async () => {
    const id = group('okta-everyone')
    expect((await v1('GET', '/group/by-id', { id })).body.managedBy).toBe('EXTERNAL')
    expect(
      await statuses([
        () => v1('POST', '/group/userByGroupId', { groupId: id }, { accountId: idOf(ruby) }),
        () => v1('DELETE', '/group/by-id', { id }),
        () => v1('DELETE', '/group/by-id', { id: group('site-admins') }),
      ]),
    ).toEqual([403, 403, 403])
  })

  it('hides suspended people from groups, and refuses pages of more than 200 (traps 5 and 7)', async () => {
    const before = await memberEmails('developers')
    sandbox.control.edit({ action: 'suspend', email: 'aoife.obrien@acme.example' })
    expect(before).toContain('aoife.obrien@acme.example')
    expect(await memberEmails('developers')).not.toContain('aoife.obrien@acme.example')
    expect((await v1('GET', `/group/${group('developers')}/membersByGroupId`, { limit: 201 })).status).toBe(400)
    const first = (await v1('GET', '/group', { limit: 2 })).body
    const next = await client.send('GET', `${first._links.base}${first._links.next}`)
    expect([next.status, next.body.start]).toEqual([200, 2])
  })

  it('tells a property that is new from one that is there, apart from those of Jira', async () => {
    const path = `/user/${idOf(ruby)}/property/muster`
    const value = { value: { a: 1 } }
    expect(
      await statuses([
        () => v1('PUT', path, {}, value),
        () => v1('POST', path, {}, value),
        () => v1('POST', path, {}, value),
        () => v1('PUT', path, {}, { value: { a: 2 } }),
        () => v1('PUT', path, {}, { value: 'text' }),
      ]),
    ).toEqual([404, 201, 409, 204, 400])
    expect((await v1('GET', path)).body).toMatchObject({ key: 'muster', value: { a: 2 } })
    expect([...sandbox.control.export()].join('\n')).toContain('"acme/wiki":{"muster":{"a":2}}')
    expect(await statuses([() => v1('DELETE', path), () => v1('DELETE', path), () => v1('GET', path)])).toEqual([
      204, 404, 404,
    ])
  })

  it('refuses strangers and people who administer nothing, each version in its way', async () => {
    const { viewer } = sandbox.credentials
    const asViewer = SandboxClient.basic(sandbox, viewer.email, viewer.apiToken)
    const stranger = new SandboxClient(sandbox, undefined)
    expect((await call('GET', '/rest/api/user/current', {}, undefined, stranger)).body.type).toBe('anonymous')
    expect((await call('GET', '/rest/api/group', {}, undefined, stranger)).status).toBe(401)
    const refused = await call('POST', '/rest/api/group', {}, { name: 'x' }, asViewer)
    expect([refused.status, refused.body.statusCode]).toEqual([403, 403])
    expect((await v2('/users-bulk', { accountIds: [] })).body.errors[0].status).toBe(400)
    expect((await v1('GET', '/search/user', { cql: 'space = X' })).status).toBe(400)
  })
})
