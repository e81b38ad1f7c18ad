import { beforeEach, describe, expect, it } from 'vitest'
import { specs } from '../../../test/support/openapi.ts'
import { basic, type ProductClient, type ProductReply, productClient } from '../../../test/support/product-client.ts'
import { productForTest } from '../../../test/support/product-for-test.ts'
import { productDocuments } from '../../../test/support/product-judge.ts'
import type { ProductOptions, ProductSandbox } from '../data-center/start.ts'
import { confluenceDcOperations } from './operations.ts'
import type { ConfluenceDcTwin } from './twin.ts'
import { confluenceDcVariants } from './variants.ts'

type Query = Readonly<Record<string, string | number | boolean>>

let sandbox: ProductSandbox
let confluence: ProductClient

async function start(options: ProductOptions = {}): Promise<void> {
  sandbox = await productForTest('confluence-dc', options)
  confluence = as(`Bearer ${sandbox.credentials.accessToken}`)
}

function as(authorization?: string): ProductClient {
  const client = productClient(sandbox, authorization)
  return (method, path, request) => client(method, `/rest/api${path}`, request)
}

const get = (path: string, query: Query = {}) => confluence('GET', path, { query })
const send = (method: string, path: string, body?: unknown) =>
  confluence(method, path, body === undefined ? {} : { body })
const statusOf = async (answer: Promise<ProductReply>) => (await answer).status
const statuses = async (answers: readonly (() => Promise<ProductReply>)[]) => {
  const seen: number[] = []
  for (const answer of answers) seen.push((await answer()).status)
  return seen
}
const mia = { userName: 'mia', fullName: 'Mia K', email: 'mia@acme.example', password: 's3cret' }
const usernames = (answer: ProductReply) => answer.body.results.map((each: { username: string }) => each.username)
const names = (answer: ProductReply) => answer.body.results.map((each: { name: string }) => each.name)

/** Permissions of guests and single users, all permissions at once, personal spaces, one's own profile. */
const leftOut = [
  'POST /rest/api/admin/space/personal/{username}',
  'PUT /rest/api/permissions',
  'GET /rest/api/permissions/anonymous',
  'GET /rest/api/permissions/unlicensed',
  'GET /rest/api/permissions/user/{user}',
  'PUT /rest/api/permissions/anonymous/grant',
  'PUT /rest/api/permissions/unlicensed/grant',
  'PUT /rest/api/permissions/user/{user}/grant',
  'PUT /rest/api/permissions/anonymous/revoke',
  'PUT /rest/api/permissions/unlicensed/revoke',
  'PUT /rest/api/permissions/user/{user}/revoke',
  'POST /rest/api/user/current/password',
  'PUT /rest/api/user/current',
]

describe('the twin of Confluence Data Center', () => {
  beforeEach(() => start())

  it.skipIf(!specs.present)(
    `serves the operations of the document but those nobody of us calls${specs.skipReason}`,
    () => {
      const served = confluenceDcOperations(sandbox.control.twin as ConfluenceDcTwin).map(
        ({ method, documented }) => `${method} ${documented}`,
      )
      const documented = productDocuments['confluence-dc']?.api.operations ?? []
      expect(documented.filter((each) => !served.includes(each))).toEqual(leftOut)
      expect(served.filter((each) => !documented.includes(each))).toEqual(['GET /rest/api/longtask/{id}'])
    },
  )

  it('answers every read as documented', async () => {
    const reads: [string, Query?][] = [
      ['/user/current'],
      ['/user/anonymous'],
      ['/user', { username: 'VIEWER' }],
      ['/user/list', { start: 1, limit: 2, expand: 'status' }],
      ['/admin/users/list/active', { limit: 2 }],
      ['/user/memberof', { username: 'viewer', limit: 1 }],
      ['/group', { limit: 2 }],
      ['/group/confluence-users'],
      ['/group/confluence-users/member', { limit: 2 }],
      ['/group/confluence-users/groupmember'],
      ['/group/confluence-users/groupparent'],
      ['/group/confluence-users/groupancestor'],
      ['/permissions'],
      ['/permissions/group/confluence-users'],
    ]
    for (const [path, query] of reads) expect((await get(path, query)).status, path).toBe(200)
  })

  it('creates, changes, disables, enables and deletes a user, and never tells a password', async () => {
    const made = await send('POST', '/admin/user', mia)
    expect([made.status, Object.keys(made.body)]).toEqual([201, ['userKey']])
    expect(
      await statuses([
        () => send('POST', '/admin/user', mia),
        () => send('PUT', '/admin/user/mia', { fullName: 'Mia Kay', email: 'mia.kay@acme.example' }),
        () => send('PUT', '/admin/user/mia', { email: 'no address' }),
        () => send('PUT', '/admin/user/mia/disable'),
        () => send('PUT', '/admin/user/mia/disable'),
        () => send('PUT', '/admin/user/mia/enable'),
        () => send('PUT', '/admin/user/nobody/enable'),
        () => send('POST', '/admin/user/mia/password', { password: 'an0ther' }),
        () => send('DELETE', '/admin/user/nobody'),
      ]),
    ).toEqual([409, 204, 400, 204, 204, 204, 404, 204, 404])
    expect(sandbox.control.export().join('\n')).not.toMatch(/s3cret|an0ther/)
    expect(sandbox.control.counters().effects).toMatchObject({ usersChanged: 1, usersDeactivated: 1, mailsSent: 0 })
  })

  it.each([
    ['upper case in the name (trap 28)', { ...mia, userName: 'Mia' }, 400],
    ['a blank in the name', { ...mia, userName: 'mia k' }, 400],
    ['a forbidden character', { ...mia, userName: "o'brien" }, 400],
    ['the name anonymous', { ...mia, userName: 'anonymous' }, 400],
    ['neither password nor mail', { ...mia, password: undefined }, 400],
    ['a password and a mail', { ...mia, notifyViaEmail: true }, 400],
    ['a mail', { ...mia, password: undefined, notifyViaEmail: true }, 201],
  ])('answers the creation of a user with %s', async (_, body, status) => {
    expect((await send('POST', '/admin/user', body)).status).toBe(status)
  })

  it('has a seat for nobody more than the licence allows', async () => {
    sandbox.control.edit({ action: 'set-seats', seats: 1 })
    expect((await send('POST', '/admin/user', mia)).status).toBe(402)
  })

  it('takes both writes of a membership twice (trap 1), and groups with blanks and slashes', async () => {
    await send('POST', '/admin/group', { name: 'a b/c', type: 'group' })
    const path = `/user/viewer/group/${encodeURIComponent('a b/c')}`
    const [add, remove] = [() => send('PUT', path), () => send('DELETE', path)]
    expect(await statuses([add, add, remove, remove])).toEqual([204, 204, 204, 204])
    expect(sandbox.control.counters().effects).toMatchObject({ membershipsAdded: 1, membershipsRemoved: 1 })
    expect(
      await statuses([
        () => send('POST', '/admin/group', { name: 'A B/C', type: 'group' }),
        () => send('POST', '/admin/group', { name: '', type: 'group' }),
        () => send('DELETE', `/admin/group/${encodeURIComponent('a b/c')}`),
        () => send('DELETE', '/admin/group/nowhere'),
      ]),
    ).toEqual([409, 400, 204, 404])
  })

  it('keeps the last group of administrators (trap 16)', async () => {
    sandbox.control.edit({ action: 'delete-group', group: 'confluence-helpdesk' })
    expect((await send('DELETE', '/admin/group/confluence-administrators')).status).toBe(400)
  })

  it('deletes after its answer (trap 37)', async () => {
    sandbox.control.setTaskDuration(600_000)
    const { status, body } = await send('DELETE', '/admin/user/viewer')
    expect([status, new URL(body.links.status).pathname]).toEqual([202, `/confluence/rest/api/longtask/${body.id}`])
    expect((await get(`/longtask/${body.id}`)).body).toMatchObject({ percentageComplete: 0, successful: false })
    expect((await get('/user', { username: 'viewer' })).status).toBe(200)
    sandbox.control.setTaskDuration(0)
    const quick = (await send('DELETE', '/admin/user/support-admin')).body.id
    expect((await get(`/longtask/${quick}`)).body).toMatchObject({ percentageComplete: 100, successful: true })
    expect((await get('/user', { username: 'support-admin' })).status).toBe(404)
  })

  it('pages with a limit it may lower, following next (trap 5)', async () => {
    sandbox.control.setVariants({ largestPage: '50' })
    for (let at = 0; at < 60; at++) sandbox.control.edit({ action: 'add-user', user: `many${at}` })
    const first = (await get('/user/list', { limit: 1000 })).body
    expect([first.limit, first.size]).toEqual([50, 50])
    const next = await confluence('GET', first._links.next.replace('/rest/api', ''))
    expect([next.body.start, next.body._links.next]).toEqual([50, undefined])
    expect(usernames(next)).not.toContain(usernames({ ...next, body: first })[0])
  })

  it('refuses writes to what a directory server keeps (trap 23)', async () => {
    expect(
      await statuses([
        () => send('PUT', '/admin/user/henry.palmer', { fullName: 'x' }),
        () => send('PUT', '/admin/user/henry.palmer/disable'),
        () => send('DELETE', '/admin/user/henry.palmer'),
        () => send('PUT', '/user/henry.palmer/group/developers'),
        () => send('PUT', '/user/viewer/group/okta-everyone'),
        () => send('DELETE', '/admin/group/okta-everyone'),
      ]),
    ).toEqual([403, 403, 403, 403, 403, 403])
  })

  it('takes a guest for a guest, and shows guests nothing else (trap 22)', async () => {
    const guest = as()
    expect((await guest('GET', '/user/current')).body.type).toBe('anonymous')
    expect((await guest('GET', '/user/list')).status).toBe(403)
    expect((await guest('POST', '/admin/user', { body: mia })).status).toBe(401)
    const refused = await as(`Bearer ${sandbox.credentials.viewerToken}`)('GET', '/group/developers/member')
    expect([refused.status, refused.body.reason]).toEqual([403, 'Forbidden'])
    const lesser = as(`Bearer ${sandbox.credentials.lesserAdminToken}`)
    expect((await lesser('POST', '/admin/user/viewer/password', { body: { password: 'x' } })).status).toBe(403)
  })

  it('gives and takes permissions of groups; without `use` nothing is left', async () => {
    const use = [{ targetType: 'application', operationKey: 'use' }]
    const create = [{ targetType: 'space', operationKey: 'create' }]
    const permissions = async () => (await get('/permissions/group/developers')).body.length
    expect((await send('PUT', '/permissions/group/developers/grant', [...use, ...create])).status).toBe(204)
    expect(await permissions()).toBe(2)
    expect((await send('PUT', '/permissions/group/developers/revoke', use)).status).toBe(204)
    expect(await permissions()).toBe(0)
    const nonsense = [{ targetType: 'moon', operationKey: 'walk' }]
    expect((await send('PUT', '/permissions/group/developers/grant', nonsense)).status).toBe(400)
    expect((await send('PUT', '/permissions/group/nowhere/grant', use)).status).toBe(404)
  })
})

const nest = () => {
  sandbox.control.edit({ action: 'add-group', group: 'engineering' })
  sandbox.control.edit({ action: 'nest', group: 'developers', inside: 'engineering' })
  return get('/group/engineering/member')
}
const firstOfGroups = async () => (await get('/group', { limit: 1 })).body
const statusShown = async () => (await get('/user', { username: 'viewer', expand: 'status' })).body.status
const createdGroup = () => send('POST', '/admin/group', { name: 'Loud', type: 'group' })
const limitOf = async () => (await get('/group', { limit: 5000 })).body.limit
const membersWhenDisabled = async () => {
  sandbox.control.edit({ action: 'set-active', user: 'aoife.obrien', active: false })
  return usernames(await get('/group/developers/member')).includes('aoife.obrien')
}
const locked = async () => {
  const wrong = as(basic('viewer', 'wrong'))
  for (let attempt = 0; attempt < 3; attempt++) await wrong('GET', '/user/current')
  const { status, headers } = await wrong('GET', '/user/current')
  return [status, headers.has('x-authentication-denied-reason')]
}
const groupsOfNew = async () => {
  await send('POST', '/admin/user', mia)
  return names(await get('/user/memberof', { username: 'mia' }))
}
const change = () => send('PUT', '/admin/user/viewer', { fullName: 'Other' })

/** Variant, value, what is done, what comes back, and at which version. */
const cases: [keyof typeof confluenceDcVariants, string, () => unknown, unknown, string?][] = [
  ['wrongCredential', '401', () => statusOf(as('Bearer x')('GET', '/user/current')), 401],
  ['wrongCredential', 'anonymous', async () => (await as('Bearer x')('GET', '/user/current')).body.type, 'anonymous'],
  ['anonymousAccess', 'on', () => statusOf(as()('GET', '/user/current')), 200],
  ['anonymousAccess', 'off', () => statusOf(as()('GET', '/user/current')), 403],
  ['emailOnUser', 'absent', async () => (await get('/user', { username: 'viewer' })).body.email, undefined],
  ['emailOnUser', 'shown', async () => (await get('/user', { username: 'viewer' })).body.email, 'viewer@acme.example'],
  ['userStatus', 'expanded', statusShown, 'current'],
  ['userStatus', 'absent', statusShown, undefined],
  ['groupMembers', 'direct', async () => usernames(await nest()).length, 0],
  ['groupMembers', 'nested', async () => usernames(await nest()).includes('aoife.obrien'), true],
  ['inactiveMembers', 'shown', membersWhenDisabled, true],
  ['inactiveMembers', 'hidden', membersWhenDisabled, false],
  ['largestPage', '200', limitOf, 200],
  ['largestPage', '50', limitOf, 50],
  ['largestPage', '1000', limitOf, 1000],
  ['nextLink', 'relative', async () => (await firstOfGroups())._links.next.startsWith('/rest/api/group?'), true],
  ['nextLink', 'absolute', async () => (await firstOfGroups())._links.next.startsWith(sandbox.baseUrl), true],
  ['totalCount', 'present', async () => (await firstOfGroups()).totalCount > 1, true],
  ['totalCount', 'absent', async () => (await firstOfGroups()).totalCount, undefined],
  ['adminSince', '7.0', () => statusOf(change()), 204, '8.5'],
  ['adminSince', '9.0', () => statusOf(change()), 404, '8.5'],
  ['updateUserSince', '8.0', () => statusOf(change()), 204, '9.2'],
  ['updateUserSince', '10.0', () => statusOf(change()), 405, '9.2'],
  ['newUserGroup', 'confluence-users', groupsOfNew, ['confluence-users']],
  ['newUserGroup', 'none', groupsOfNew, []],
  ['groupNameCase', 'kept', async () => (await createdGroup()).body.name, 'Loud'],
  ['groupNameCase', 'lowered', async () => (await createdGroup()).body.name, 'loud'],
  ['groupNameCase', 'refused', () => statusOf(createdGroup()), 400],
  ['readOnlyStatus', '403', () => statusOf(send('PUT', '/admin/user/henry.palmer/disable')), 403],
  ['readOnlyStatus', '400', () => statusOf(send('PUT', '/admin/user/henry.palmer/disable')), 400],
  ['unknownOnWrite', '404', () => statusOf(send('PUT', '/user/nobody/group/developers')), 404],
  ['unknownOnWrite', '400', () => statusOf(send('PUT', '/user/viewer/group/nowhere')), 400],
  ['captcha', '403', locked, [403, true]],
  ['captcha', '401', locked, [401, true]],
  ['captcha', 'without-header', locked, [401, false]],
  ['xsrf', 'browser-agents', () => statusOf(createdGroup()), 200],
  ['xsrf', 'token-demanded', () => statusOf(createdGroup()), 403],
  ['unauthorizedBody', 'json', async () => (await as('Bearer x')('GET', '/user/current')).body.statusCode, 401],
  ['unauthorizedBody', 'html', async () => (await as('Bearer x')('GET', '/user/current')).body.slice(0, 6), '<html>'],
]

describe('variants of Confluence Data Center', () => {
  it.each(cases)('%s = %s', async (name, value, act, expected, version) => {
    await start({ variants: { [name]: value }, ...(version === undefined ? {} : { version }) })
    expect(await act()).toEqual(expected)
  })

  it('covers every value of every line', () => {
    const covered = new Set(cases.map(([name, value]) => `${name}=${value}`))
    const all = Object.entries(confluenceDcVariants).flatMap(([name, { values }]) =>
      values.map((each) => `${name}=${each}`),
    )
    expect(all.filter((each) => !covered.has(each))).toEqual([])
  })
})
