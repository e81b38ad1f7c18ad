import { beforeAll, describe, expect, it } from 'vitest'
import { basic, type ProductClient, type ProductReply, productClient } from '../../../test/support/product-client.ts'
import { type ProductSandbox, startProduct } from '../data-center/start.ts'
import { jiraDc } from './product.ts'
import { jiraDcVariants } from './variants.ts'

const api = '/rest/api/2'
let sandbox: ProductSandbox
let jira: ProductClient

/** One server for all: every case sets its variant, and names what it makes after itself. */
beforeAll(async () => {
  sandbox = await startProduct(jiraDc)
  jira = productClient(sandbox, `Bearer ${sandbox.credentials.accessToken}`)
  return () => sandbox.stop()
})

const get = (path: string, query = {}) => jira('GET', `${api}${path}`, { query })
const put = (path: string, query: object, body: unknown) => jira('PUT', `${api}${path}`, { query: { ...query }, body })
const post = (path: string, body: unknown) => jira('POST', `${api}${path}`, { body })
const removeStranger = () =>
  jira('DELETE', `${api}/group/user`, { query: { groupname: 'developers', username: 'viewer' } })
const setActive = (name: string, active: boolean) => put('/user', { username: name }, { name, active })
const person = (name: string, more = {}) => ({
  name,
  displayName: name,
  emailAddress: `${name}@acme.example`,
  applicationKeys: [],
  ...more,
})
const seatless = async (name: string) => {
  sandbox.control.edit({ action: 'set-seats', application: 'jira-software', seats: 0 })
  const answer = await post('/user', person(name, { applicationKeys: ['jira-software'] }))
  sandbox.control.edit({ action: 'set-seats', application: 'jira-software', seats: null })
  return answer
}
const rolesAfter = async (name: string) => {
  await post('/user', { name, displayName: name, emailAddress: `${name}@acme.example` })
  return (await get('/user', { username: name, expand: 'applicationRoles' })).body.applicationRoles.size
}
const locked = async () => {
  const wrong = productClient(sandbox, basic('viewer', 'wrong'))
  for (let attempt = 0; attempt < 3; attempt++) await wrong('GET', `${api}/myself`)
  const { status, headers } = await wrong('GET', `${api}/myself`)
  return [status, headers.has('x-authentication-denied-reason')]
}
const firstIsReadOnly = async (name: string) => {
  const [internal, ldap] = ['Internal Directory', 'Corporate LDAP']
  sandbox.control.edit({ action: 'set-directory', directory: internal, mode: 'read-only' })
  sandbox.control.edit({ action: 'set-directory', directory: ldap, mode: 'writable' })
  const { status } = await post('/user', person(name))
  sandbox.control.edit({ action: 'set-directory', directory: internal, mode: 'writable' })
  sandbox.control.edit({ action: 'set-directory', directory: ldap, mode: 'read-only' })
  return status
}
const inOrder = async (key: 'name' | 'key') => {
  const values = (await get('/user/list')).body.values.map((user: Record<string, string>) => user[key])
  return JSON.stringify(values) === JSON.stringify([...values].sort())
}
const statusOf = async (answer: Promise<ProductReply>) => (await answer).status
const nested = async () => {
  const groups = (await get('/user', { username: 'aoife.obrien', expand: 'groups' })).body.groups.items
  return groups.some(({ name }: { name: string }) => name === 'all-of-it')
}

/** Variant, value, what is done, what comes back. */
const cases: [keyof typeof jiraDcVariants, string, () => unknown, unknown][] = [
  ['removeNonMember', '400', () => statusOf(removeStranger()), 400],
  ['removeNonMember', '404', () => statusOf(removeStranger()), 404],
  ['removeNonMember', '200', () => statusOf(removeStranger()), 200],
  ['readOnlyStatus', '403', () => statusOf(setActive('henry.palmer', false)), 403],
  ['readOnlyStatus', '400', () => statusOf(setActive('henry.palmer', false)), 400],
  ['createDirectory', 'first-writable', () => firstIsReadOnly('by-order'), 201],
  ['createDirectory', 'first-only', () => firstIsReadOnly('by-order-2'), 403],
  ['deactivateAgain', '200', () => statusOf(setActive('viewer', true)), 200],
  ['deactivateAgain', '400', () => statusOf(setActive('viewer', true)), 400],
  ['deactivateLead', '400', () => statusOf(setActive('tomas.dvorak', false)), 400],
  ['deactivateLead', '200', () => statusOf(setActive('tomas.dvorak', false)), 200],
  ['leadInactive', '400', () => statusOf(put('/project/OLD', {}, { lead: 'tomas.dvorak' })), 400],
  ['leadInactive', '200', () => statusOf(put('/project/OLD', {}, { lead: 'tomas.dvorak' })), 200],
  ['captcha', '403', locked, [403, true]],
  ['captcha', '401', locked, [401, true]],
  ['captcha', 'without-header', locked, [401, false]],
  ['userListSince', '10.3', () => statusOf(get('/user/list')), 200],
  ['userListSince', '10.0', () => statusOf(get('/user/list')), 200],
  ['userListOrder', 'by-name', () => inOrder('name'), true],
  ['userListOrder', 'by-id', () => inOrder('key'), true],
  ['userListOrder', 'scattered', () => inOrder('name'), false],
  ['groupsPickerLimit', '1000', async () => (await get('/groups/picker', { maxResults: 6 })).body.groups.length, 6],
  ['groupsPickerLimit', '100', async () => (await get('/groups/picker', { maxResults: 6 })).body.groups.length, 6],
  ['groupsPickerLimit', '20', async () => (await get('/groups/picker', { maxResults: 6 })).body.groups.length, 6],
  ['groupsPickerLimit', '5', async () => (await get('/groups/picker', { maxResults: 6 })).body.groups.length, 5],
  ['groupNameMatch', 'case-insensitive', async () => (await get('/groups/picker', { query: 'DEVEL' })).body.total, 1],
  ['groupNameMatch', 'case-sensitive', async () => (await get('/groups/picker', { query: 'DEVEL' })).body.total, 0],
  ['nameCase', 'kept', async () => (await post('/group', { name: 'Kept' })).body.name, 'Kept'],
  ['nameCase', 'lowered', async () => (await post('/user', person('Lowered'))).body.name, 'lowered'],
  ['groupsOfUser', 'direct', nested, false],
  ['groupsOfUser', 'effective', nested, true],
  ['applicationsUnstated', 'default', () => rolesAfter('unstated'), 1],
  ['applicationsUnstated', 'none', () => rolesAfter('unstated-2'), 0],
  ['seatsExceeded', '400', async () => (await seatless('seatless')).status, 400],
  ['seatsExceeded', '201-without', async () => (await seatless('seatless')).status, 201],
  ['xsrf', 'browser-agents', () => statusOf(post('/group', { name: 'plain' })), 201],
  ['xsrf', 'token-demanded', () => statusOf(post('/group', { name: 'plain-2' })), 403],
  ['unauthorizedBody', 'json', async () => (await productClient(sandbox)('GET', `${api}/myself`)).body.errors, {}],
  [
    'unauthorizedBody',
    'html',
    async () => (await productClient(sandbox)('GET', `${api}/myself`)).body.slice(0, 6),
    '<html>',
  ],
  ['errorTexts', 'sentences', async () => (await get('/user', { username: 'nobody' })).body.errorMessages.length, 1],
  [
    'errorTexts',
    'none',
    async () => (await get('/user', { username: 'nobody' })).body,
    { errorMessages: [], errors: {} },
  ],
  [
    'wrongCredentialOnAnonymousEndpoint',
    '401',
    () => statusOf(productClient(sandbox, 'Bearer x')('GET', `${api}/project`)),
    401,
  ],
  [
    'wrongCredentialOnAnonymousEndpoint',
    'anonymous',
    () => statusOf(productClient(sandbox, 'Bearer x')('GET', `${api}/project`)),
    200,
  ],
]

describe('variants of Jira Data Center', () => {
  it.each(cases)('%s = %s', async (name, value, act, expected) => {
    if (name === 'groupsOfUser' && value === 'direct') {
      sandbox.control.edit({ action: 'add-group', group: 'all-of-it' })
      sandbox.control.edit({ action: 'nest', group: 'developers', inside: 'all-of-it' })
    }
    sandbox.control.setVariants({ [name]: value })
    try {
      expect(await act()).toEqual(expected)
    } finally {
      sandbox.control.setVariants({ [name]: jiraDcVariants[name].values[0] })
    }
  })

  it('covers every value of every line', () => {
    const covered = new Set(cases.map(([name, value]) => `${name}=${value}`))
    const all = Object.entries(jiraDcVariants).flatMap(([name, { values }]) => values.map((each) => `${name}=${each}`))
    expect(all.filter((each) => !covered.has(each))).toEqual([])
  })
})
