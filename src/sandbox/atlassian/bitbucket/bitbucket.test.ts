import { beforeEach, describe, expect, it } from 'vitest'
import { OpenApi, specs } from '../../../../test/support/openapi.ts'
import { type Reply, SandboxClient, type SendOptions } from '../../../../test/support/sandbox-client.ts'
import { sandboxForTest } from '../../../../test/support/sandbox-for-test.ts'
import type { Sandbox } from '../../start.ts'
import type { BitbucketCredentials } from '../issue-credentials.ts'
import { bitbucketVariants } from '../variants/bitbucket.ts'
import { bitbucketOperations } from './operations.ts'

let sandbox: Sandbox
let admin: SandboxClient
let secrets: BitbucketCredentials

beforeEach(async () => {
  sandbox = await sandboxForTest({ bitbucketOnly: true })
  secrets = sandbox.credentials.bitbucket as BitbucketCredentials
  admin = SandboxClient.basic(sandbox, sandbox.credentials.email, secrets.apiToken)
})

const ruby = 'ruby.hughes@acme.example'
const viewerEmail = 'viewer@acme.example'
const workspace = '/workspaces/acme'
const send = (method: string, path: string, options: SendOptions = {}, as = admin): Promise<Reply> =>
  as.send(method, `${sandbox.url}${path}`, options)
const get = (path: string, query: SendOptions['query'] = {}, as = admin) => send('GET', `/2.0${path}`, { query }, as)
const own = () => sandbox.control.setVariants({ bitbucketAdministration: 'own' })
const idOf = (email: string) => sandbox.control.twin.state.accountByEmail(email)?.accountId ?? 'nobody'
const form = (name: string) => ({
  body: new URLSearchParams({ name }).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const createGroup = (name: string) => send('POST', '/1.0/groups/acme', form(name))
const member = (method: string, slug: string, email: string) =>
  send(method, `/1.0/groups/acme/${slug}/members/${idOf(email)}`, method === 'PUT' ? { body: {} } : {})
const statuses = async (answers: readonly (() => Promise<Reply>)[]) => {
  const seen: number[] = []
  for (const answer of answers) seen.push((await answer()).status)
  return seen
}
const statusOf = async (reply: Promise<Reply>) => (await reply).status
const everybody = async (path: string) => {
  const found: Reply['body'][] = []
  let url: string | undefined = `${sandbox.url}/2.0${path}`
  while (url !== undefined) {
    const page: Reply = await admin.send('GET', url)
    found.push(...page.body.values)
    url = page.body.next
  }
  return found
}
const byEmails = (emails: readonly string[], as = admin) =>
  get(
    `${workspace}/members`,
    { q: `user.email IN (${emails.map((email) => `"${email}"`).join()})`, fields: '+values.user.email' },
    as,
  )
const groupPermission = `/2.0${workspace}/projects/CORE/permissions-config/groups/developers`

describe('the twin of Bitbucket Cloud', () => {
  it.skipIf(!specs.present)(
    `serves the operations of the document but those nobody of us calls${specs.skipReason}`,
    () => {
      const served = bitbucketOperations(sandbox.control.twin)
        .filter(({ name }) => name.startsWith('bitbucket.'))
        .map(({ method, documented }) => `${method} ${documented}`)
      const documented = new OpenApi('bitbucket-cloud-workspaces.json').operations
      expect(served.filter((each) => !documented.includes(each))).toEqual([])
      expect(documented.filter((each) => !served.includes(each)).sort()).toEqual([
        'GET /user/emails',
        'GET /user/emails/{email}',
        'GET /user/workspaces/{workspace}/permissions/repositories',
        'GET /workspaces/{workspace}/permissions/repositories',
        'GET /workspaces/{workspace}/permissions/repositories/{repo_slug}',
        'POST /workspaces/{workspace}/projects',
      ])
    },
  )

  it('answers every read as documented, by slug and by uuid, and has no Jira', async () => {
    const accountId = idOf(ruby)
    const uuid = (await get(`/users/${accountId}`)).body.uuid
    const places = [`${workspace}/projects/CORE`, '/repositories/acme/shop'].map((each) => `${each}/permissions-config`)
    const reads: [string, SendOptions['query']?][] = [
      ['/user'],
      [`/users/${encodeURIComponent(uuid)}`],
      ['/user/workspaces', { administrator: 'true' }],
      ['/user/workspaces/acme/permission'],
      [workspace],
      [`/workspaces/${encodeURIComponent(sandbox.bitbucket?.uuid ?? '')}`],
      [`${workspace}/members`, { pagelen: 2 }],
      [`${workspace}/members/${accountId}`],
      [`${workspace}/permissions`, { q: 'permission="owner"' }],
      [`${workspace}/projects`],
      ...places.flatMap((each): [string][] => [
        [`${each}/groups`],
        [`${each}/groups/bitbucket-users-acme`],
        [`${each}/users`],
        [`${each}/users/${accountId}`],
      ]),
    ]
    for (const [path, query] of reads) expect((await get(path, query)).status, path).toBe(200)
    expect((await admin.send('GET', `${sandbox.site}/rest/api/3/myself`)).status).toBe(404)
  })

  it('is an app of the organization: its groups and roles make members, as 1.0 shows, which only reads', async () => {
    const org = SandboxClient.bearer(sandbox, sandbox.credentials.orgApiKey)
    const found = (await org.admin('POST', '/v2/orgs/:org/workspaces', { body: {} })).body.data
    expect(found.map((each: Reply['body']) => [each.attributes.typeKey, each.attributes.name])).toEqual([
      ['bitbucket', 'acme'],
    ])
    const permissionRules = [{ resource: found[0].id, role: 'atlassian/user' }]
    const invited = { emails: ['new@acme.example'], permissionRules }
    expect((await org.admin('POST', '/v2/orgs/:org/users/invite', { body: invited })).status).toBe(200)
    expect(
      (await byEmails(['NEW@acme.example', 'none@acme.example'])).body.values.map(
        (each: Reply['body']) => each.user.email,
      ),
    ).toEqual(['new@acme.example'])
    sandbox.control.edit({ action: 'suspend', email: 'new@acme.example' })
    expect((await byEmails(['new@acme.example'])).body.size).toBe(0)
    const groups = (await send('GET', '/1.0/groups/acme/')).body
    expect(groups.map((each: Reply['body']) => [each.slug, each.permission])).toEqual([
      ['bitbucket-admins-acme', 'admin'],
      ['bitbucket-users-acme', null],
    ])
    expect(
      await statuses([
        () => createGroup('new'),
        () => member('PUT', 'bitbucket-users-acme', ruby),
        () => send('GET', '/1.0/users/acme/invitations'),
        () => send('GET', '/1.0/groups/acme/bitbucket-users-acme/members'),
      ]),
    ).toEqual([403, 403, 403, 200])
  })

  it('keeps groups of its own before the move: 1.0 writes them, and invites', async () => {
    own()
    sandbox.control.resetCounters()
    const made = await createGroup('Release Management')
    expect([made.status, made.body.slug]).toEqual([200, 'release-management'])
    const rename = { body: { name: 'Releases', permission: 'write', auto_add: true } }
    const invitation = '/1.0/users/acme/invitations/guest@partner.example'
    expect(
      await statuses([
        () => send('PUT', '/1.0/groups/acme/release-management/', rename),
        () => member('PUT', 'release-management', ruby),
        () => member('PUT', 'release-management', ruby),
        () => member('DELETE', 'release-management', ruby),
        () => member('DELETE', 'release-management', ruby),
        () => member('PUT', 'nowhere', ruby),
        () => member('PUT', 'release-management', 'nobody@acme.example'),
        () => send('PUT', `${invitation}/acme/release-management`, { body: {} }),
        () => send('GET', invitation),
        () => createGroup('releases'),
        () => createGroup(' '),
      ]),
    ).toEqual([200, 200, 409, 204, 404, 404, 404, 200, 200, 400, 400])
    expect((await byEmails(['guest@partner.example'])).body.size).toBe(0)
    sandbox.control.edit({ action: 'accept-invitation', email: 'guest@partner.example' })
    expect((await byEmails(['guest@partner.example'])).body.size).toBe(1)
    expect((await send('GET', '/1.0/users/acme/invitations')).body).toEqual([])
    expect([...sandbox.control.export(['workspaces'])].join()).toContain(
      '"slug":"release-management","permission":"write","members":["guest@partner.example"]',
    )
    const { effects, invitations } = sandbox.control.counters()
    expect(effects).toMatchObject({ groupsCreated: 1, membershipsAdded: 2, membershipsRemoved: 1 })
    expect(invitations['guest@partner.example']).toEqual({ invitations: 1, mails: 1, calls: 1 })
    expect((await send('DELETE', '/1.0/groups/acme/release-management')).status).toBe(204)
  })

  it('pages by next, ten at a time and a hundred at most (trap 5)', async () => {
    const first = (await get(`${workspace}/members`)).body
    expect([first.pagelen, first.values.length, first.page]).toEqual([10, 10, 1])
    for (const bitbucketNext of ['page-numbers', 'opaque']) {
      sandbox.control.setVariants({ bitbucketNext })
      const all = await everybody(`${workspace}/members?pagelen=7`)
      expect(new Set(all.map((each) => each.user.uuid)).size).toBe(first.size)
    }
    expect(await statuses([() => get(`${workspace}/members`, { page: 0 }), () => get('/workspaces/none')])).toEqual([
      400, 404,
    ])
  })

  it('filters members by at most 90 addresses, for administrators, and names no others', async () => {
    const many = Array.from({ length: 91 }, (_, at) => `a${at}@acme.example`)
    const asViewer = SandboxClient.basic(sandbox, secrets.viewer.email, secrets.viewer.apiToken)
    expect(
      await statuses([
        () => byEmails(many),
        () => byEmails([ruby], asViewer),
        () => get(`${workspace}/members`, { q: 'nonsense' }),
        () => send('GET', '/1.0/groups/acme', {}, asViewer),
      ]),
    ).toEqual([400, 400, 400, 403])
    expect((await get(`${workspace}/members`)).body.values[0].user.email).toBeUndefined()
  })

  it('takes API tokens with scopes by address, and tokens of apps and workspaces as Bearer', async () => {
    const { email } = sandbox.credentials
    const readOnly = SandboxClient.basic(sandbox, email, secrets.readOnlyApiToken)
    const oauth = SandboxClient.bearer(sandbox, secrets.oauthToken)
    const ofWorkspace = SandboxClient.bearer(sandbox, secrets.workspaceToken)
    const body = { permission: 'write' }
    expect(
      await statuses([
        () => get(workspace, {}, readOnly),
        () => send('PUT', groupPermission, { body }, readOnly),
        () => get('/user', {}, oauth),
        () => send('PUT', groupPermission, { body }, oauth),
        () => get(`${workspace}/members`, {}, ofWorkspace),
        () => get('/user', {}, ofWorkspace),
        () => get('/user', {}, new SandboxClient(sandbox, undefined)),
        () => get('/user', {}, SandboxClient.bearer(sandbox, secrets.apiToken)),
        () => get('/user', {}, SandboxClient.basic(sandbox, email, sandbox.credentials.orgApiKey)),
      ]),
    ).toEqual([200, 403, 200, 403, 200, 401, 401, 401, 401])
    sandbox.control.edit({ action: 'expire-credential', credential: 'bitbucketToken' })
    expect((await get('/user')).status).toBe(401)
  })

  it('keeps permissions of groups and people on projects and repositories', async () => {
    sandbox.control.setVariants({ bitbucketGroups1: 'all' })
    const users = '/2.0/repositories/acme/shop/permissions-config/users'
    expect(
      await statuses([
        () => send('PUT', groupPermission, { body: { permission: 'create-repo' } }),
        () => send('PUT', groupPermission, { body: { permission: 'king' } }),
        () => send('PUT', `${users}/${idOf(ruby)}`, { body: { permission: 'write' } }),
        () => send('PUT', `${users}/${idOf(sandbox.credentials.email)}`, { body: { permission: 'write' } }),
        () => send('DELETE', `${users}/${idOf(ruby)}`),
        () => get('/repositories/acme/none/permissions-config/groups'),
      ]),
    ).toEqual([200, 400, 200, 400, 204, 404])
    expect((await get(`${workspace}/projects/CORE/permissions-config/groups`)).body.values[0].permission).toBe(
      'create-repo',
    )
    expect((await send('DELETE', groupPermission)).status).toBe(204)
    expect((await send('GET', groupPermission)).body.permission).toBe('none')
  })

  it('can be slow, cut, out of order and limited like the others', async () => {
    sandbox.control.addFault({ kind: 'short-page', operations: 'bitbucket.workspace.members', keep: 3, times: 1 })
    const cut = (await get(`${workspace}/members`)).body
    expect([cut.values.length, cut.next, cut.size > 3]).toEqual([3, undefined, true])
    sandbox.control.addFault({ kind: 'status', operations: 'bitbucket.*', status: 500, when: 'before', times: 1 })
    expect((await get(workspace)).status).toBe(500)
    sandbox.control.setLimit({ operations: 'bitbucket.*', perSecond: 1, windowSeconds: 60 })
    let last = await get(workspace)
    for (let at = 0; at < 60 && last.status === 200; at++) last = await get(workspace)
    expect([last.status, last.headers.get('x-ratelimit-resource')]).toEqual([429, 'api'])
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

const permissionWriter = () => statusOf(send('PUT', groupPermission, { body: { permission: 'read' } }))
const limited = async () => {
  sandbox.control.setLimit({ operations: 'bitbucket.*', perSecond: 1, windowSeconds: 60 })
  let last = await get(workspace)
  for (let at = 0; at < 60 && last.status === 200; at++) last = await get(workspace)
  return last.headers.has('retry-after')
}
const suspendedSeen = async () => {
  sandbox.control.edit({ action: 'suspend', email: ruby })
  return (await everybody(`${workspace}/members`)).some((each) => each.user.account_id === idOf(ruby))
}
const inOwn = (act: () => unknown) => () => {
  own()
  return act()
}
const asAppPassword = () =>
  statusOf(get('/user', {}, SandboxClient.basic(sandbox, secrets.appPassword.username, secrets.appPassword.password)))
const atStranger = () => {
  sandbox.control.edit({ action: 'remove-member', email: viewerEmail, group: 'bitbucket-users-acme' })
  const asViewer = SandboxClient.basic(sandbox, secrets.viewer.email, secrets.viewer.apiToken)
  return statusOf(get(workspace, {}, asViewer))
}
const emailsByViewer = () =>
  statusOf(byEmails([ruby], SandboxClient.basic(sandbox, secrets.viewer.email, secrets.viewer.apiToken)))
const unscoped = () =>
  statusOf(get('/user', {}, SandboxClient.basic(sandbox, sandbox.credentials.email, sandbox.credentials.apiToken)))
const withoutScope = () =>
  statusOf(
    send(
      'POST',
      '/1.0/groups/acme',
      form('x'),
      SandboxClient.basic(sandbox, sandbox.credentials.email, secrets.readOnlyApiToken),
    ),
  )

/** Variant, value, what is done, what comes back. */
const cases: [keyof typeof bitbucketVariants, string, () => unknown, unknown][] = [
  ['bitbucketAdministration', 'moved', () => statusOf(createGroup('x')), 403],
  ['bitbucketAdministration', 'own', () => statusOf(createGroup('x')), 200],
  ...(['403', '404', '405', '410'] as const).map((status): (typeof cases)[number] => [
    'bitbucketDisabled1',
    status,
    () => statusOf(send('GET', '/1.0/users/acme/invitations')),
    Number(status),
  ]),
  ['bitbucketGroups1', 'with-access', async () => (await send('GET', '/1.0/groups/acme')).body.length, 2],
  ['bitbucketGroups1', 'all', async () => (await send('GET', '/1.0/groups/acme')).body.length > 5, true],
  ['bitbucketAddAgain', '409', inOwn(() => statusOf(member('PUT', 'developers', 'aoife.obrien@acme.example'))), 409],
  ['bitbucketAddAgain', '200', inOwn(() => statusOf(member('PUT', 'developers', 'aoife.obrien@acme.example'))), 200],
  ['bitbucketRemoveNonMember', '404', inOwn(() => statusOf(member('DELETE', 'developers', viewerEmail))), 404],
  ['bitbucketRemoveNonMember', '204', inOwn(() => statusOf(member('DELETE', 'developers', viewerEmail))), 204],
  ['bitbucketGroupExists', '400', inOwn(() => statusOf(createGroup('Developers'))), 400],
  ['bitbucketGroupExists', '409', inOwn(() => statusOf(createGroup('Developers'))), 409],
  [
    'bitbucketGroupExists',
    '200-suffixed',
    inOwn(async () => (await createGroup('Developers')).body.slug),
    'developers-1',
  ],
  ['bitbucketPermissionWrites', 'api-token', inOwn(permissionWriter), 200],
  ['bitbucketPermissionWrites', 'app-password-only', inOwn(permissionWriter), 403],
  ['bitbucketAppPasswords', 'until-june-2026', asAppPassword, 401],
  ['bitbucketAppPasswords', 'still-work', asAppPassword, 200],
  ['bitbucketUnscopedToken', '401', unscoped, 401],
  ['bitbucketUnscopedToken', '200', unscoped, 200],
  ['bitbucketMissingScope', '403', withoutScope, 403],
  ['bitbucketMissingScope', '401', withoutScope, 401],
  [
    'bitbucketNext',
    'page-numbers',
    async () => new URL((await get(`${workspace}/members`)).body.next).searchParams.get('page'),
    '2',
  ],
  ['bitbucketNext', 'opaque', async () => (await get(`${workspace}/members`)).body.page, undefined],
  ['bitbucketSize', 'told', async () => typeof (await get(`${workspace}/members`)).body.size, 'number'],
  ['bitbucketSize', 'absent', async () => typeof (await get(`${workspace}/members`)).body.size, 'undefined'],
  [
    'bitbucketLargePage',
    'lowered',
    async () => (await get(`${workspace}/members`, { pagelen: 500 })).body.pagelen,
    100,
  ],
  ['bitbucketLargePage', '400', () => statusOf(get(`${workspace}/members`, { pagelen: 500 })), 400],
  ['bitbucketSuspendedMembers', 'hidden', suspendedSeen, false],
  ['bitbucketSuspendedMembers', 'shown', suspendedSeen, true],
  ['bitbucketForeignWorkspace', '404', atStranger, 404],
  ['bitbucketForeignWorkspace', '403', atStranger, 403],
  ['bitbucketMembersEmailByOthers', '400', emailsByViewer, 400],
  ['bitbucketMembersEmailByOthers', 'ignored', emailsByViewer, 200],
  ['bitbucketRetryAfter', 'present', limited, true],
  ['bitbucketRetryAfter', 'absent', limited, false],
]

describe('variants of Bitbucket Cloud', () => {
  it.each(cases)('%s = %s', async (name, value, act, expected) => {
    sandbox.control.setVariants({ [name]: value })
    expect(await act()).toEqual(expected)
  })

  it('covers every value of every line', () => {
    const covered = new Set(cases.map(([name, value]) => `${name}=${value}`))
    const all = Object.entries(bitbucketVariants).flatMap(([name, { values }]) =>
      values.map((each) => `${name}=${each}`),
    )
    expect(all.filter((each) => !covered.has(each))).toEqual([])
  })
})
