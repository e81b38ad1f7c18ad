import { beforeEach, describe, expect, it } from 'vitest'
import { specs } from '../../../test/support/openapi.ts'
import { basic, type ProductClient, type ProductReply, productClient } from '../../../test/support/product-client.ts'
import { productForTest } from '../../../test/support/product-for-test.ts'
import { productDocuments } from '../../../test/support/product-judge.ts'
import type { ProductSandbox } from '../data-center/start.ts'
import { crowdOperations } from './operations.ts'
import type { CrowdTwin } from './twin.ts'
import { crowdVariants } from './variants.ts'

type Query = Readonly<Record<string, string | number | boolean>>

let sandbox: ProductSandbox
let crowd: ProductClient

beforeEach(async () => {
  sandbox = await productForTest('crowd')
  crowd = as(sandbox.credentials.application, sandbox.credentials.password)
})

function as(name: string | undefined, password: string | undefined): ProductClient {
  const client = productClient(sandbox, basic(name ?? '', password ?? ''))
  return (method, path, request = {}) =>
    client(method, `/rest/usermanagement/1${path}`, {
      ...request,
      headers: { accept: 'application/json', ...request.headers },
    })
}

const get = (path: string, query: Query = {}) => crowd('GET', path, { query })
const post = (path: string, query: Query, body: unknown) => crowd('POST', path, { query, body })
const put = (path: string, query: Query, body: unknown) => crowd('PUT', path, { query, body })
const remove = (path: string, query: Query) => crowd('DELETE', path, { query })
const statuses = async (answers: readonly (() => Promise<ProductReply>)[]) => {
  const seen: number[] = []
  for (const answer of answers) seen.push((await answer()).status)
  return seen
}
const mia = {
  name: 'mia',
  'first-name': 'Mia',
  'last-name': 'K',
  'display-name': 'Mia K',
  email: 'mia@acme.example',
  active: true,
  password: { value: 's3cret' },
}
const names = (answer: ProductReply) =>
  (answer.body.users ?? answer.body.groups).map((each: { name: string }) => each.name)

/** In none of the documents we have but the reference: section 8. */
const beyondTheDocument = [
  'PUT /user/password',
  'GET /user/attribute',
  'DELETE /user/attribute',
  'GET /user/group/direct',
  'POST /user/group/direct',
  'DELETE /user/group/direct',
  'GET /group/attribute',
  'POST /group/attribute',
  'DELETE /group/attribute',
  'GET /group/user/direct',
  'GET /group/child-group/direct',
  'POST /group/child-group/direct',
  'DELETE /group/child-group/direct',
  'GET /group/membership',
]

describe('the twin of Crowd', () => {
  it.skipIf(!specs.present)(
    `serves every operation of the document, and beyond it what is listed${specs.skipReason}`,
    () => {
      const served = crowdOperations(sandbox.control.twin as CrowdTwin).map(
        (each) => `${each.method} ${each.documented}`,
      )
      const documented = productDocuments.crowd?.api.operations ?? []
      expect(documented.filter((each) => !served.includes(each))).toEqual([])
      expect(served.filter((each) => !documented.includes(each))).toEqual(beyondTheDocument)
    },
  )

  it('creates, changes, renames and deletes a user, and never tells a password', async () => {
    const made = await post('/user', {}, mia)
    expect(made).toMatchObject({ status: 201, body: { name: 'mia', email: mia.email, active: true } })
    expect(JSON.stringify([made.body, sandbox.control.export()])).not.toContain('s3cret')
    expect(
      await statuses([
        () => post('/user', {}, mia),
        () => post('/user', {}, { ...mia, name: 'MIA' }),
        () => post('/user', {}, { ...mia, name: 'new', password: undefined }),
        () => put('/user', { username: 'mia' }, { ...mia, active: false }),
        () => put('/user', { username: 'mia' }, { ...mia, name: 'other' }),
        () => put('/user', { username: 'nobody' }, { ...mia, name: 'nobody' }),
        () => post('/user/rename', { username: 'mia' }, { 'new-name': 'viewer' }),
        () => post('/user/rename', { username: 'mia' }, { 'new-name': 'mia.kay' }),
        () => put('/user/password', { username: 'mia.kay' }, { value: 'an0ther' }),
        () => post('/authentication', { username: 'mia.kay' }, { value: 'an0ther' }),
        () => post('/authentication', { username: 'viewer' }, { value: 'sandbox-password-viewer' }),
        () => get('/user', { key: made.body.key }),
        () => remove('/user', { username: 'mia.kay' }),
        () => remove('/user', { username: 'mia.kay' }),
      ]),
    ).toEqual([400, 400, 400, 204, 400, 404, 400, 200, 204, 400, 200, 200, 204, 404])
  })

  it('blanks what a change leaves out (trap 25)', async () => {
    expect((await put('/user', { username: 'viewer' }, { name: 'viewer', email: 'new@acme.example' })).status).toBe(204)
    expect((await get('/user', { username: 'viewer' })).body).toMatchObject({
      'display-name': '',
      email: 'new@acme.example',
    })
  })

  it('answers membership writes with statuses that swap by direction (traps 1 and 26)', async () => {
    const user = (groupname: string, name: string) => () => post('/group/user/direct', { groupname }, { name })
    const group = (username: string, name: string) => () => post('/user/group/direct', { username }, { name })
    const away = () => remove('/group/user/direct', { groupname: 'developers', username: 'viewer' })
    expect(
      await statuses([
        user('developers', 'viewer'),
        user('DEVELOPERS', 'VIEWER'),
        user('developers', 'nobody'),
        user('nowhere', 'viewer'),
        group('viewer', 'developers'),
        group('viewer', 'nowhere'),
        group('nobody', 'developers'),
        away,
        away,
        group('viewer', 'developers'),
      ]),
    ).toEqual([201, 409, 400, 404, 409, 400, 404, 204, 404, 201])
  })

  it('keeps groups: one that exists is a 400, a name does not change (trap 27)', async () => {
    expect(
      await statuses([
        () => post('/group', {}, { name: 'new', description: 'a', type: 'GROUP', active: true }),
        () => post('/group', {}, { name: 'NEW', type: 'GROUP' }),
        () => put('/group', { groupname: 'new' }, { name: 'new', description: 'b' }),
        () => put('/group', { groupname: 'new' }, { name: 'other' }),
        () => remove('/group', { groupname: 'new' }),
        () => remove('/group', { groupname: 'new' }),
      ]),
    ).toEqual([201, 400, 200, 400, 204, 404])
  })

  it('nests groups, tells direct members from nested ones, and refuses a circle (trap 29)', async () => {
    await post('/group', {}, { name: 'engineering', type: 'GROUP' })
    const nest = (groupname: string, name: string) => () => post('/group/child-group/direct', { groupname }, { name })
    const unnest = () =>
      remove('/group/child-group/direct', { groupname: 'engineering', 'child-groupname': 'developers' })
    expect(
      await statuses([
        nest('engineering', 'developers'),
        nest('engineering', 'developers'),
        nest('developers', 'engineering'),
      ]),
    ).toEqual([201, 409, 400])
    expect(names(await get('/group/user/direct', { groupname: 'engineering' }))).toEqual([])
    expect(names(await get('/group/user/nested', { groupname: 'engineering' }))).toContain('aoife.obrien')
    expect(names(await get('/user/group/nested', { username: 'aoife.obrien' }))).toContain('engineering')
    expect(names(await get('/user/group/direct', { username: 'aoife.obrien' }))).not.toContain('engineering')
    expect(names(await get('/group/child-group/direct', { groupname: 'engineering' }))).toEqual(['developers'])
    expect(await statuses([unnest, unnest])).toEqual([204, 404])
  })

  it('merges attributes, of several values each', async () => {
    const attributes = (name: string, ...values: string[]) => ({ attributes: [{ name, values }] })
    await post('/user/attribute', { username: 'viewer' }, attributes('department', 'R&D', 'Sales'))
    await post('/user/attribute', { username: 'viewer' }, attributes('room', '1'))
    await remove('/user/attribute', { username: 'viewer', attributename: 'room' })
    await post('/group/attribute', { groupname: 'developers' }, attributes('owner', 'ann'))
    const expected = [{ name: 'department', values: ['R&D', 'Sales'] }]
    expect((await get('/user/attribute', { username: 'viewer' })).body.attributes).toEqual(expected)
    expect((await get('/user', { username: 'viewer', expand: 'attributes' })).body.attributes.attributes).toEqual(
      expected,
    )
    expect((await get('/user', { username: 'viewer' })).body.attributes.attributes).toEqual([])
    expect(
      (await get('/group', { groupname: 'developers', expand: 'attributes' })).body.attributes.attributes,
    ).toHaveLength(1)
  })

  it.each([
    ['email = "VIEWER@acme.example"', ['viewer']],
    ['name = "support-*"', ['support-admin']],
    ['active = false', ['begona.munoz']],
    ['lastName = "Knight" and active = true', ['samuel.knight']],
    ['name = viewer or name = "admin"', ['admin', 'viewer']],
  ])('searches for %s', async (restriction, found) => {
    sandbox.control.edit({ action: 'add-user', user: 'begona.munoz', active: false })
    const hits = names(await get('/search', { 'entity-type': 'user', restriction }))
    expect(hits).toEqual(expect.arrayContaining(found))
    expect((await get('/search', { 'entity-type': 'user', restriction: 'nonsense' })).status).toBe(400)
  })

  it('lists in pages that say nothing of more, names only unless expanded (trap 5)', async () => {
    const page = (start: number) =>
      get('/search', { 'entity-type': 'user', 'start-index': start, 'max-results': 4, expand: 'user' })
    const [first, last] = [await page(0), await page(1000)]
    expect([first.body.users.length, last.body.users.length]).toEqual([4, 0])
    expect(first.body.users[0]).toMatchObject({ name: 'admin', email: 'admin@acme.example' })
    const groups = (await get('/search', { 'entity-type': 'group' })).body.groups
    expect(Object.keys(groups[0])).toEqual(['name'])
  })

  it('tells all memberships at once, in XML only', async () => {
    const xml = await crowd('GET', '/group/membership', { headers: { accept: 'application/xml' } })
    expect(xml.body).toContain('<membership group="developers"><users><user name="aoife.obrien"/>')
    expect((await get('/group/membership')).status).toBe(406)
    const user = await crowd('GET', '/user', { query: { username: 'viewer' }, headers: { accept: '*/*' } })
    expect([user.headers.get('content-type')?.slice(0, 15), user.body.includes('<name>viewer</name>')]).toEqual([
      'application/xml',
      true,
    ])
  })

  it('refuses what a directory or the application does not allow (trap 23)', async () => {
    const { control } = sandbox
    const reader = as(sandbox.credentials.readerApplication, sandbox.credentials.readerPassword)
    expect(
      await statuses([
        () => put('/user', { username: 'henry.palmer' }, { ...mia, name: 'henry.palmer' }),
        () => remove('/user', { username: 'henry.palmer' }),
        () => post('/group/user/direct', { groupname: 'developers' }, { name: 'henry.palmer' }),
        () => post('/group/user/direct', { groupname: 'okta-everyone' }, { name: 'viewer' }),
        () => reader('POST', '/user', { body: mia }),
        () => reader('GET', '/user', { query: { username: 'viewer' } }),
      ]),
    ).toEqual([403, 403, 403, 403, 403, 200])
    const directory = 'Internal Directory'
    control.edit({
      action: 'set-permission',
      application: 'muster',
      directory,
      permission: 'create-group',
      allowed: false,
    })
    expect((await post('/group', {}, { name: 'x', type: 'GROUP' })).status).toBe(403)
    control.edit({ action: 'set-remote-address', application: 'muster', known: false })
    expect((await get('/user', { username: 'viewer' })).status).toBe(403)
  })

  it('knows applications only: a person may not ask, and 401 tells bad credentials from an unknown path', async () => {
    expect(
      (await as('admin', 'sandbox-password-admin')('GET', '/search', { query: { 'entity-type': 'user' } })).status,
    ).toBe(401)
    expect((await get('/no-such-path')).status).toBe(404)
    sandbox.control.edit({ action: 'revoke-application', application: 'muster' })
    expect((await get('/search', { 'entity-type': 'user' })).status).toBe(401)
  })
})

/** Variant, value, what is done, what comes back. */
const cases: [keyof typeof crowdVariants, string, () => unknown, unknown][] = [
  [
    'errorReason',
    'present',
    async () => Object.keys((await get('/user', { username: 'x' })).body),
    ['reason', 'message'],
  ],
  ['errorReason', 'absent', async () => Object.keys((await get('/user', { username: 'x' })).body), ['message']],
  ['unknownAddressStatus', '403', () => fromElsewhere(), 403],
  ['unknownAddressStatus', '401', () => fromElsewhere(), 401],
  ['lowerCaseOutput', 'off', () => shownName(), 'Loud'],
  ['lowerCaseOutput', 'on', () => shownName(), 'loud'],
  ['activeOmitted', 'true', () => activeAfterOmission(), true],
  ['activeOmitted', 'false', () => activeAfterOmission(), false],
  ['attributesOnCreate', 'ignored', () => attributesAfterCreation(), 0],
  ['attributesOnCreate', 'stored', () => attributesAfterCreation(), 1],
  ['deleteMissingAttribute', '204', async () => (await deleteAttribute()).status, 204],
  ['deleteMissingAttribute', '404', async () => (await deleteAttribute()).status, 404],
  ['nestAgain', '409', () => nestTwice(), 409],
  ['nestAgain', '201', () => nestTwice(), 201],
  ['largestPage', 'unlimited', () => pageOfThousands(), 1005],
  ['largestPage', '1000', () => pageOfThousands(), 1000],
  ['searchEmailCase', 'insensitive', () => hitsFor('email = "VIEWER@acme.example"'), 1],
  ['searchEmailCase', 'sensitive', () => hitsFor('email = "VIEWER@acme.example"'), 0],
]

const fromElsewhere = async () => {
  sandbox.control.edit({ action: 'set-remote-address', application: 'muster', known: false })
  return (await get('/user', { username: 'viewer' })).status
}
const shownName = async () => {
  sandbox.control.edit({ action: 'add-user', user: 'Loud' })
  return (await get('/user', { username: 'loud' })).body.name
}
const activeAfterOmission = async () => {
  await put('/user', { username: 'viewer' }, { name: 'viewer' })
  return (await get('/user', { username: 'viewer' })).body.active
}
const attributesAfterCreation = async () => {
  await post('/user', {}, { ...mia, attributes: { attributes: [{ name: 'a', values: ['b'] }] } })
  return (await get('/user/attribute', { username: 'mia' })).body.attributes.length
}
const deleteAttribute = () => remove('/user/attribute', { username: 'viewer', attributename: 'x' })
const nestTwice = async () => {
  sandbox.control.edit({ action: 'nest', group: 'developers', inside: 'staff' })
  return (await post('/group/child-group/direct', { groupname: 'staff' }, { name: 'developers' })).status
}
const pageOfThousands = async () => {
  for (let at = 0; at < 1000; at++) sandbox.control.edit({ action: 'add-user', user: `many${at}` })
  const known = sandbox.control.state().users.length
  for (let at = known; at < 1005; at++) sandbox.control.edit({ action: 'add-user', user: `more${at}` })
  const query = { 'entity-type': 'user', 'max-results': 1005 }
  return (await get('/search', query)).body.users.length
}
const hitsFor = async (restriction: string) =>
  (await get('/search', { 'entity-type': 'user', restriction })).body.users.length

describe('variants of Crowd', () => {
  it.each(cases)('%s = %s', async (name, value, act, expected) => {
    sandbox.control.setVariants({ [name]: value })
    expect(await act()).toEqual(expected)
  })

  it('covers every value of every line', () => {
    const covered = new Set(cases.map(([name, value]) => `${name}=${value}`))
    const all = Object.entries(crowdVariants).flatMap(([name, { values }]) => values.map((each) => `${name}=${each}`))
    expect(all.filter((each) => !covered.has(each))).toEqual([])
  })
})
