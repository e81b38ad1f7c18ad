import { beforeEach, describe, expect, it } from 'vitest'
import { specs } from '../../../test/support/openapi.ts'
import { basic, type ProductClient, type ProductReply, productClient } from '../../../test/support/product-client.ts'
import { productForTest } from '../../../test/support/product-for-test.ts'
import { productDocuments } from '../../../test/support/product-judge.ts'
import type { ProductSandbox } from '../data-center/start.ts'
import { bitbucketDcOperations } from './operations.ts'
import type { BitbucketDcTwin } from './twin.ts'
import { bitbucketDcVariants } from './variants.ts'

type Query = Readonly<Record<string, string | number | boolean>>

let sandbox: ProductSandbox
let bitbucket: ProductClient

beforeEach(async () => {
  sandbox = await productForTest('bitbucket-dc')
  bitbucket = as(`Bearer ${sandbox.credentials.accessToken}`)
})

function as(authorization?: string): ProductClient {
  const client = productClient(sandbox, authorization)
  return (method, path, request) => client(method, `/rest/api/latest${path}`, request)
}

const get = (path: string, query: Query = {}) => bitbucket('GET', path, { query })
const put = (path: string, body: unknown) => bitbucket('PUT', path, { body })
const post = (path: string, body: unknown) => bitbucket('POST', path, { body })
const withQuery = (method: string, path: string, query: Query) => bitbucket(method, path, { query })
const statusOf = async (answer: Promise<ProductReply>) => (await answer).status
const statuses = async (answers: readonly (() => Promise<ProductReply>)[]) => {
  const seen: number[] = []
  for (const answer of answers) seen.push((await answer()).status)
  return seen
}
const mia = { name: 'mia', displayName: 'Mia K', emailAddress: 'mia@acme.example' }
const create = (more: Query = { password: 's3cret' }) => withQuery('POST', '/admin/users', { ...mia, ...more })
const add = (group: string, ...users: string[]) => post('/admin/groups/add-users', { group, users })
const remove = (context: string, itemName: string) => post('/admin/users/remove-group', { context, itemName })
const names = (answer: ProductReply) => answer.body.values.map((each: { name: string }) => each.name)
const membersOf = async (context: string) => names(await get('/admin/groups/more-members', { context, limit: 1000 }))

describe('the twin of Bitbucket Data Center', () => {
  it.skipIf(!specs.present)(
    `serves the operations of the document but those nobody of us calls${specs.skipReason}`,
    () => {
      const served = bitbucketDcOperations(sandbox.control.twin as BitbucketDcTwin).map(
        ({ method, documented }) => `${method} ${documented}`,
      )
      const documented = productDocuments['bitbucket-dc']?.api.operations ?? []
      expect(documented.filter((each) => !served.includes(each))).toEqual([
        'POST /api/latest/admin/license',
        'PUT /api/latest/users',
      ])
      expect(served.filter((each) => !documented.includes(each))).toEqual([])
    },
  )

  it('answers every read as documented', async () => {
    await bitbucket('PUT', '/admin/permissions/users', { query: { name: 'viewer', permission: 'PROJECT_CREATE' } })
    const reads: [string, Query?][] = [
      ['/application-properties'],
      ['/admin/license'],
      ['/admin/user-directories', { includeInactive: true }],
      ['/users', { filter: 'a', group: 'developers' }],
      ['/users/tomas.dvorak'],
      ['/admin/users', { filter: 'VIEWER', start: 0, limit: 1 }],
      ['/admin/users/more-members', { context: 'viewer' }],
      ['/admin/users/more-non-members', { context: 'viewer', filter: 'dev' }],
      ['/groups', { filter: 'dev' }],
      ['/admin/groups', { limit: 2 }],
      ['/admin/groups/more-members', { context: 'developers', filter: 'a' }],
      ['/admin/groups/more-non-members', { context: 'developers' }],
      ['/admin/permissions/groups'],
      ['/admin/permissions/groups/none'],
      ['/admin/permissions/users'],
      ['/admin/permissions/users/none'],
    ]
    for (const [path, query] of reads) expect((await get(path, query)).status, path).toBe(200)
  })

  it('creates with everything in the query, changes, renames, deletes and erases, and never tells a password', async () => {
    const made = await create()
    expect([made.status, made.body]).toEqual([204, undefined])
    expect(await membersOf('stash-users')).toContain('mia')
    expect(
      await statuses([
        () => create(),
        () => create({ name: 'new' }),
        () => create({ name: 'new', password: 'x', emailAddress: 'none' }),
        () => create({ name: 'mailed', notify: true }),
        () => put('/admin/users', { name: 'mia', displayName: 'Mia Kay', email: 'mia.kay@acme.example' }),
        () => put('/admin/users', { name: 'nobody', displayName: 'x' }),
        () => post('/admin/users/rename', { name: 'mia', newName: 'mia.kay' }),
        () => put('/admin/users/credentials', { name: 'mia.kay', password: 'an0ther', passwordConfirm: 'an0ther' }),
        () => put('/admin/users/credentials', { name: 'mia.kay', password: 'an0ther', passwordConfirm: 'x' }),
        () => withQuery('GET', '/admin/users/erasure', { name: 'mia.kay' }),
        () => withQuery('DELETE', '/admin/users', { name: 'mia.kay' }),
        () => withQuery('GET', '/admin/users/erasure', { name: 'mia.kay' }),
        () => withQuery('POST', '/admin/users/erasure', { name: 'mia.kay' }),
        () => withQuery('POST', '/admin/users/erasure', { name: 'mia.kay' }),
        () => withQuery('DELETE', '/admin/users', { name: 'admin' }),
      ]),
    ).toEqual([409, 400, 400, 204, 200, 404, 200, 204, 400, 409, 200, 204, 200, 404, 409])
    expect(sandbox.control.export().join('\n')).not.toMatch(/s3cret|an0ther/)
    expect(sandbox.control.counters().effects).toMatchObject({ mailsSent: 1, usersRenamed: 1, usersAnonymized: 1 })
  })

  it('adds several at once and removes one, in either direction', async () => {
    expect(
      await statuses([
        () => add('developers', 'viewer', 'admin'),
        () => post('/admin/users/add-groups', { user: 'viewer', groups: ['quality', 'nowhere'] }),
        () => post('/admin/users/add-groups', { user: 'viewer', groups: ['old-project-x'] }),
        () => post('/admin/groups/add-user', { context: 'old-project-x', itemName: 'admin' }),
        () => post('/admin/users/add-group', { context: 'support-admin', itemName: 'old-project-x' }),
        () => remove('viewer', 'developers'),
        () => post('/admin/groups/remove-user', { context: 'developers', itemName: 'admin' }),
        () => remove('viewer', 'nowhere'),
        () => add('developers', 'viewer', 'nobody'),
        () => post('/admin/groups/add-users', { group: 'developers' }),
      ]),
    ).toEqual([200, 404, 200, 200, 200, 200, 200, 404, 404, 400])
    expect(await membersOf('old-project-x')).toEqual(expect.arrayContaining(['admin', 'support-admin', 'viewer']))
    expect(await membersOf('developers')).not.toContain('viewer')
  })

  it('makes and deletes groups; a name exists in any letter case (trap 28)', async () => {
    const group = (method: string, name: string) => () => withQuery(method, '/admin/groups', { name })
    expect(
      await statuses([group('POST', 'new'), group('POST', 'NEW'), group('DELETE', 'new'), group('DELETE', 'new')]),
    ).toEqual([200, 409, 200, 404])
  })

  it('tells of every user what may be changed, and refuses the rest (trap 23)', async () => {
    const shown = (await get('/admin/users', { filter: 'henry.palmer' })).body.values[0]
    expect(shown).toMatchObject({
      directoryName: 'Corporate LDAP',
      mutableDetails: false,
      mutableGroups: false,
      deletable: false,
    })
    expect(
      await statuses([
        () => put('/admin/users', { name: 'henry.palmer', displayName: 'x' }),
        () => withQuery('DELETE', '/admin/users', { name: 'henry.palmer' }),
        () => add('developers', 'henry.palmer'),
        () => add('okta-everyone', 'viewer'),
      ]),
    ).toEqual([403, 403, 403, 403])
    sandbox.control.edit({ action: 'set-directory', directory: 'Corporate LDAP', mode: 'local-groups' })
    expect((await get('/admin/users', { filter: 'henry.palmer' })).body.values[0].mutableGroups).toBe(true)
    expect((await add('developers', 'henry.palmer')).status).toBe(200)
  })

  it('keeps the caller from lowering their own rights, and from touching higher ones (trap 16)', async () => {
    const lesser = as(`Bearer ${sandbox.credentials.lesserAdminToken}`)
    expect(
      await statuses([
        () => withQuery('DELETE', '/admin/groups', { name: 'stash-administrators' }),
        () => remove('admin', 'stash-administrators'),
        () => withQuery('DELETE', '/admin/permissions/groups', { name: 'stash-administrators' }),
        () => lesser('DELETE', '/admin/groups', { query: { name: 'stash-administrators' } }),
        () => lesser('POST', '/admin/groups/add-users', { body: { group: 'stash-administrators', users: ['viewer'] } }),
        () => lesser('DELETE', '/admin/users', { query: { name: 'admin' } }),
        () => lesser('PUT', '/admin/permissions/groups', { query: { name: 'developers', permission: 'SYS_ADMIN' } }),
        () => lesser('PUT', '/admin/users', { body: { name: 'admin', displayName: 'x' } }),
      ]),
    ).toEqual([409, 409, 409, 403, 403, 403, 401, 401])
  })

  it('answers 401 to strangers and to people without the permission', async () => {
    const viewer = as(`Bearer ${sandbox.credentials.viewerToken}`)
    expect((await as()('GET', '/application-properties')).body.version).toBe('9.2.0')
    expect(
      await statuses([
        () => as()('GET', '/admin/users'),
        () => viewer('GET', '/admin/users'),
        () => viewer('POST', '/admin/groups', { query: { name: 'x' } }),
        () => viewer('GET', '/admin/license'),
      ]),
    ).toEqual([401, 200, 401, 401])
  })

  it('counts seats at creation, membership and permission', async () => {
    const used = (await get('/admin/license')).body.status.currentNumberOfUsers
    sandbox.control.edit({ action: 'set-seats', seats: used })
    sandbox.control.edit({ action: 'add-user', user: 'newcomer' })
    expect(
      await statuses([
        () => create(),
        () => create({ password: 'x', addToDefaultGroup: false }),
        () => add('stash-users', 'mia'),
        () => add('developers', 'mia'),
        () => withQuery('PUT', '/admin/permissions/groups', { name: 'developers', permission: 'LICENSED_USER' }),
        () => withQuery('PUT', '/admin/permissions/users', { name: 'newcomer', permission: 'LICENSED_USER' }),
      ]),
    ).toEqual([403, 204, 403, 200, 403, 403])
    expect(sandbox.control.counters().effects.membershipsAdded).toBe(1)
  })

  it('pages to the end only by nextPageStart, 25 at a time (trap 5)', async () => {
    sandbox.control.setVariants({ nextPageStart: 'stretched' })
    for (let at = 0; at < 30; at++) sandbox.control.edit({ action: 'add-user', user: `many${at}` })
    const first = (await get('/admin/users')).body
    expect([first.size, first.isLastPage, first.nextPageStart]).toEqual([25, false, 75])
    const second = (await get('/admin/users', { start: first.nextPageStart })).body
    const all = sandbox.control.state().users.length
    expect(new Set([...first.values, ...second.values].map((user) => user.name)).size).toBe(Math.min(50, all))
  })
})

const last = async () => (await get('/admin/groups', { limit: 1000 })).body.nextPageStart
const limitOf = async () => (await get('/admin/groups', { limit: 5000 })).body.limit
const nested = async () => {
  sandbox.control.edit({ action: 'add-group', group: 'engineering' })
  sandbox.control.edit({ action: 'nest', group: 'developers', inside: 'engineering' })
  return (await membersOf('engineering')).includes('aoife.obrien')
}
const inactive = async () => {
  sandbox.control.edit({ action: 'set-active', user: 'viewer', active: false })
  return names(await get('/admin/users', { filter: 'viewer' }))
}
const partly = async () => {
  await add('developers', 'viewer', 'nobody')
  return (await membersOf('developers')).includes('viewer')
}
const mailless = async () => {
  sandbox.control.edit({ action: 'set-mail-server', present: false })
  return (await create({ notify: true })).status
}
const locked = async () => {
  const wrong = as(basic('viewer', 'wrong'))
  for (let attempt = 0; attempt < 3; attempt++) await wrong('GET', '/users')
  const { status, headers } = await wrong('GET', '/users')
  await withQuery('DELETE', '/admin/users/captcha', { name: 'viewer' })
  const again = await as(basic('viewer', 'sandbox-password-viewer'))('GET', '/users')
  return [status, headers.has('x-authentication-denied-reason'), again.status]
}
const calledBy = async () => (await get('/admin/license')).headers.get('x-ausername')
const makeGroup = () => statusOf(withQuery('POST', '/admin/groups', { name: 'x' }))

/** Variant, value, what is done, what comes back. */
const cases: [keyof typeof bitbucketDcVariants, string, () => unknown, unknown][] = [
  ['largestPage', '1000', limitOf, 1000],
  ['largestPage', '100', limitOf, 100],
  ['largestPage', '25', limitOf, 25],
  ['nextPageStart', 'plain', async () => (await get('/admin/groups', { limit: 2 })).body.nextPageStart, 2],
  ['nextPageStart', 'stretched', async () => (await get('/admin/groups', { limit: 2 })).body.nextPageStart, 6],
  ['lastPageStart', 'null', last, null],
  ['lastPageStart', 'absent', last, undefined],
  ['addUsersMissing', 'all-or-nothing', partly, false],
  ['addUsersMissing', 'partial', partly, true],
  ['addAgain', '200', () => statusOf(add('developers', 'aoife.obrien')), 200],
  ['addAgain', '409', () => statusOf(add('developers', 'aoife.obrien')), 409],
  ['removeNonMember', '200', () => statusOf(remove('viewer', 'developers')), 200],
  ['removeNonMember', '404', () => statusOf(remove('viewer', 'developers')), 404],
  ['readOnlyStatus', '403', () => statusOf(add('developers', 'henry.palmer')), 403],
  ['readOnlyStatus', '400', () => statusOf(add('developers', 'henry.palmer')), 400],
  ['groupMembers', 'direct', nested, false],
  ['groupMembers', 'nested', nested, true],
  ['inactiveUsers', 'shown', inactive, ['viewer']],
  ['inactiveUsers', 'hidden', inactive, []],
  ['unknownContext', '404', () => statusOf(get('/admin/groups/more-members', { context: 'nowhere' })), 404],
  ['unknownContext', '200-empty', () => membersOf('nowhere'), []],
  ['renameTaken', '400', () => statusOf(post('/admin/users/rename', { name: 'viewer', newName: 'ADMIN' })), 400],
  ['renameTaken', '409', () => statusOf(post('/admin/users/rename', { name: 'viewer', newName: 'ADMIN' })), 409],
  ['notifyWithoutMail', '400', mailless, 400],
  ['notifyWithoutMail', '204', mailless, 204],
  ['callerHeader', 'told', calledBy, 'admin'],
  ['callerHeader', 'absent', calledBy, null],
  ['captcha', '403', locked, [403, true, 200]],
  ['captcha', '401', locked, [401, true, 200]],
  ['captcha', 'without-header', locked, [401, false, 200]],
  ['xsrf', 'browser-agents', makeGroup, 200],
  ['xsrf', 'token-demanded', makeGroup, 403],
]

describe('variants of Bitbucket Data Center', () => {
  it.each(cases)('%s = %s', async (name, value, act, expected) => {
    sandbox.control.setVariants({ [name]: value })
    expect(await act()).toEqual(expected)
  })

  it('covers every value of every line', () => {
    const covered = new Set(cases.map(([name, value]) => `${name}=${value}`))
    const all = Object.entries(bitbucketDcVariants).flatMap(([name, { values }]) =>
      values.map((each) => `${name}=${each}`),
    )
    expect(all.filter((each) => !covered.has(each))).toEqual([])
  })
})
