import { describe, expect, it } from 'vitest'
import {
  applyOne,
  errorOf,
  handMade,
  listed,
  myself,
  org,
  orgKey,
  orgRoutes,
  type Route,
  siteRoutes,
  token,
} from '../../../../test/doubles/atlassian-answers.ts'
import { Secret } from '../../../platform/secret.ts'
import type { Applied, Order, Target } from '../../../ports/target.ts'
import { jiraCloud } from './index.ts'

/** Small hand-made answers for what cannot be provoked on the twin: odd shapes, refusals, many organizations. */

const signal = new AbortController().signal
const { server, clock, logged, answer, open, withToken, withKey, withBoth, seen } = handMade()

describe('settings', () => {
  const problems = (settings: object) =>
    jiraCloud.config
      .safeParse({ site: 'https://acme.atlassian.net', ...settings })
      .error?.issues.map(({ path }) => path.join('.'))

  it('need one of the two credentials, and the e-mail beside the token', () => {
    expect(problems({})).toEqual(['apiToken'])
    expect(problems({ apiToken: new Secret('x') })).toEqual(['email'])
    expect(problems({ email: 'a@b.test', orgApiKey: new Secret('x') })).toEqual(['email'])
    expect(problems({ orgApiKey: new Secret('x') })).toBeUndefined()
  })

  it('take real dates, real addresses, and no link-local one', async () => {
    expect(problems({ orgApiKey: new Secret('x'), orgApiKeyExpires: '2027-13-01' })).toEqual(['orgApiKeyExpires'])
    expect(problems({ orgApiKey: new Secret('x'), apiBase: 'ftp://x.test' })).toEqual(['apiBase'])
    const error = await errorOf(withKey({ apiBase: 'http://169.254.169.254' }).identify(signal))
    expect(error.code).toBe('config-invalid')
  })
})

describe('who we are', () => {
  it('is the organization and its directory with a key, the site with a token alone', async () => {
    answer({ ...siteRoutes, ...orgRoutes })
    const both = withBoth()
    expect(await both.identify(signal)).toMatchObject({
      directoryKey: 'atlassian:o1/d1',
      ownAccountId: 'me',
      title: expect.stringContaining('Acme'),
    })
    expect(both.membershipsComeWith).toBe('users')
    expect(Object.keys(both.operations).toSorted()).toEqual([
      'access.grant',
      'access.revoke',
      'account.activate',
      'account.create',
      'account.deactivate',
      'account.delete',
      'custom.update',
      'group.create',
      'lead.handover',
      'membership.add',
      'membership.remove',
    ])
    const keyAlone = withKey()
    expect((await keyAlone.identify(signal)).notOffered['lead.handover']).toContain('API token')
    expect(keyAlone.operations['custom.update']).toBeUndefined()
    const alone = withToken()
    const identity = await alone.identify(signal)
    expect(identity.directoryKey).toBe('atlassian-site:cloud-1')
    expect(identity.notOffered['account.deactivate']).toContain('organization API key')
    expect(alone.membershipsComeWith).toBe('calls')
    expect(alone.operations['account.deactivate']).toBeUndefined()
  })

  it('is found through the gateway when the site refuses a token with scopes', async () => {
    answer({
      ...siteRoutes,
      'GET /rest/api/3/myself': { status: 401, body: 'Client must be authenticated to access this resource.' },
      'GET /ex/jira/cloud-1/rest/api/3/myself': { body: myself },
    })
    expect((await withToken().identify(signal)).directoryKey).toBe('atlassian-site:cloud-1')
    expect(seen('GET /_edge/tenant_info')[0]?.headers.authorization).toBeUndefined()
  })

  it('says what both addresses answered when neither accepts the token', async () => {
    answer({
      'GET /_edge/tenant_info': { body: { cloudId: 'cloud-1' } },
      'GET /rest/api/3/myself': { status: 401, body: 'plain words' },
      'GET /ex/jira/cloud-1/rest/api/3/myself': { status: 401, body: { code: 401, message: 'Unauthorized; scope' } },
    })
    const error = await errorOf(withToken().identify(signal))
    expect(error).toMatchObject({
      code: 'auth-failed',
      message: expect.stringMatching(/plain words.*Unauthorized; scope/),
    })
    expect(error.hint).toContain('expired')
  })

  it('is asked for when a key sees several organizations or directories', async () => {
    const two = {
      body: {
        data: [
          { id: 'o1', attributes: { name: 'Acme' } },
          { id: 'o2', attributes: { name: 'Beta' } },
        ],
      },
    }
    answer({ ...orgRoutes, 'GET /admin/v1/orgs': two })
    const error = await errorOf(withKey().identify(signal))
    expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('Acme (o1), Beta (o2)') })
    expect((await withKey({ organization: 'acme' }).identify(signal)).directoryKey).toBe('atlassian:o1/d1')
    expect((await errorOf(withKey({ organization: 'nope' }).identify(signal))).message).toContain('Beta (o2)')
    const dirs = {
      body: {
        data: [
          { directoryId: 'd1', name: 'Main' },
          { directoryId: 'd2', name: 'Guests' },
        ],
      },
    }
    answer({ ...orgRoutes, 'GET /admin/v2/orgs/o1/directories': dirs })
    expect((await errorOf(withKey().identify(signal))).message).toContain('Guests (d2)')
    expect((await withKey({ directory: 'd2' }).identify(signal)).directoryKey).toBe('atlassian:o1/d2')
  })

  it('follows the pages of a v1 list by cursor and never leaves the configured address', async () => {
    answer({
      ...orgRoutes,
      'GET /admin/v1/orgs': ({ query }) =>
        query.get('cursor') === 'c2'
          ? { body: { data: [{ id: 'o2', attributes: { name: 'Beta' } }] } }
          : {
              body: {
                data: [{ id: 'o1', attributes: { name: 'Acme' } }],
                links: { next: 'https://elsewhere.test/admin/v1/orgs?cursor=c2' },
              },
            },
    })
    expect((await errorOf(withKey().identify(signal))).message).toContain('Beta (o2)')
  })

  it('cannot be a web page that answers everything with 200', async () => {
    answer({ 'GET /rest/api/3/myself': { body: '<html>Log in</html>' } })
    expect((await errorOf(withToken().identify(signal))).code).toBe('config-invalid')
  })
})

describe('a read', () => {
  it('with a token alone that lacks our own account is not complete', async () => {
    answer({ ...siteRoutes, 'GET /rest/api/3/users/search': { body: [] } })
    expect((await errorOf(listed(withToken().users(signal)))).code).toBe('incomplete-read')
  })

  it('asks for smaller pages when the site takes too long', async () => {
    answer({
      ...siteRoutes,
      'GET /rest/api/3/users/search': ({ query }) =>
        Number(query.get('maxResults')) > 250
          ? { status: 409 }
          : { body: query.get('startAt') === '0' ? [myself] : [] },
    })
    expect(await listed(withToken().users(signal))).toHaveLength(1)
    expect(server().seen.some(({ query }) => query.get('maxResults') === '250')).toBe(true)
  })

  it('in which nobody has groups although they were asked for is not complete', async () => {
    const data = [{ accountId: 'a1', status: 'active' }]
    answer({ ...orgRoutes, [`POST ${org}/users/search`]: { body: { data } } })
    expect((await errorOf(listed(withKey().users(signal)))).code).toBe('incomplete-read')
  })

  it('of fewer accounts than the organization counts is not complete, after a second try', async () => {
    const data = [{ accountId: 'a1', status: 'active', groups: [] }]
    answer({
      ...orgRoutes,
      [`POST ${org}/users/search`]: { body: { data } },
      [`GET ${org}/users/count`]: { body: { count: 2 } },
    })
    expect((await errorOf(listed(withKey().users(signal)))).message).toContain('2 entries are counted, 1 came')
    expect(seen(`POST ${org}/users/search`)).toHaveLength(2)
  })

  it('goes without the count where the key may not ask for it', async () => {
    const data = [{ accountId: 'a1', status: 'active', groups: [] }]
    const refused = { status: 403, body: { timestamp: 't', status: 403, error: 'Forbidden', message: 'no', path: '/' } }
    answer({ ...orgRoutes, [`POST ${org}/users/search`]: { body: { data } }, [`GET ${org}/users/count`]: refused })
    expect(await listed(withKey().users(signal))).toHaveLength(1)
  })

  it('leaves out managed accounts that are in no directory', async () => {
    const data = [
      { accountId: 'a1', status: 'active', groups: [], email: 'a@acme.test' },
      { accountId: 'a2', status: 'not_invited', membershipStatus: 'no_membership', email: 'b@acme.test' },
    ]
    answer({
      ...orgRoutes,
      [`POST ${org}/users/search`]: { body: { data } },
      [`GET ${org}/users/count`]: { body: { count: 2 } },
    })
    expect((await listed(withKey().users(signal))).map(({ id }) => id)).toEqual(['a1'])
    expect((await withKey().accountsByEmail(['B@acme.test', 'A@acme.test'], signal)).has('b@acme.test')).toBe(false)
  })

  it('does not believe a server that nobody can tell which groups administer', async () => {
    answer({
      ...siteRoutes,
      'GET /rest/api/3/group/bulk': ({ query }) =>
        query.has('accessType')
          ? {
              status: 500,
              body: { errorMessages: ["Couldn't retrieve groups with the site-admin accessType."], errors: {} },
            }
          : { body: { values: [{ groupId: 'g1', name: 'x' }], total: 1, isLast: true } },
    })
    expect((await errorOf(listed(withToken().groups(signal)))).code).toBe('unreachable')
  })

  it('trap 42 with an answer of another shape is not complete, and a shape with new fields is', async () => {
    answer({ ...orgRoutes, [`POST ${org}/users/search`]: { body: { users: [] } } })
    expect((await errorOf(listed(withKey().users(signal)))).code).toBe('incomplete-read')
    const data = [{ accountId: 'a1', status: 'active', groups: [], shoeSize: 43 }]
    answer({ ...orgRoutes, [`POST ${org}/users/search`]: { body: { data, extra: {} } } })
    expect(await listed(withKey().users(signal))).toHaveLength(1)
  })
})

describe('an account by e-mail with a token alone', () => {
  const search = (hits: object[]) => answer({ ...siteRoutes, 'GET /rest/api/3/user/search': { body: hits } })
  const find = async () =>
    [...(await withToken().accountsByEmail(['Mia@acme.test'], signal)).entries()].map(([key, { id }]) => [key, id])

  it('is the one with the equal address, however spelled', async () => {
    search([
      { ...myself, accountId: 'a1', emailAddress: 'mia@acme.test.example' },
      { ...myself, accountId: 'a2', emailAddress: 'MIA@ACME.TEST' },
    ])
    expect(await find()).toEqual([['mia@acme.test', 'a2']])
  })

  it('is the only person found when the address is hidden, and nobody when there are two', async () => {
    search([
      { ...myself, accountId: 'a1' },
      { ...myself, accountId: 'bot', accountType: 'app' },
    ])
    expect(await find()).toEqual([['mia@acme.test', 'a1']])
    search([
      { ...myself, accountId: 'a1' },
      { ...myself, accountId: 'a2' },
    ])
    expect(await find()).toEqual([])
  })

  it('is not "nobody" when it was an anonymous caller who asked', async () => {
    let calls = 0
    answer({
      ...siteRoutes,
      'GET /rest/api/3/user/search': { body: [] },
      'GET /rest/api/3/myself': () => {
        calls += 1
        return calls === 1 ? { body: myself } : { status: 401 }
      },
    })
    expect((await errorOf(withToken().accountsByEmail(['mia@acme.test'], signal))).code).toBe('auth-failed')
  })
})

describe('creating accounts by the organization', () => {
  const invitePath = '/admin/v2/orgs/o1/users/invite'
  const people = (...emails: string[]): Order[] =>
    emails.map((email, n) => ({ seq: n + 1, kind: 'account.create', after: { email } }))
  const create = async (orders: Order[]) => {
    const target = withKey()
    await target.identify(signal)
    return (await target.operations['account.create']?.apply(orders, { signal, notify: false })) ?? []
  }
  const short = (results: readonly Applied[]) =>
    results.map((each) =>
      each.outcome === 'failed'
        ? `${each.error.code}${each.error.mayHaveApplied ? '?' : ''}`
        : `${each.outcome} ${each.createdId}`,
    )
  /** A directory that remembers who was invited; `fate` decides per address. */
  function directory(fate: (email: string, emails: string[]) => 'ok' | 'error' | 'missing' | 'refuse' = () => 'ok') {
    const accounts = new Map<string, string>()
    answer({
      ...orgRoutes,
      [`POST ${org}/users/search`]: ({ body }) => {
        const { emails } = body as { emails: string[] }
        const data = emails.flatMap((email) =>
          accounts.has(email) ? [{ accountId: accounts.get(email), email, status: 'active' }] : [],
        )
        return { body: { data } }
      },
      [`POST ${invitePath}`]: ({ body }) => {
        const { emails } = body as { emails: string[] }
        if (emails.some((email) => fate(email, emails) === 'refuse')) {
          return { status: 400, body: { errors: [{ code: 'ADMIN-UAM-400-1', title: 'Bad Request' }] } }
        }
        const data = emails.flatMap((email) => {
          const outcome = fate(email, emails)
          if (outcome === 'missing') return []
          if (outcome === 'error') {
            return [
              { email, results: [{ roleAssignmentResult: [{ status: 'ERROR', statusReason: 'Inactive user' }] }] },
            ]
          }
          accounts.set(email, `id-${email}`)
          return [{ id: `id-${email}`, email, results: [] }]
        })
        return { status: data.length === emails.length ? 200 : 206, body: { data } }
      },
    })
    return accounts
  }

  it('is quiet, without product access, and answers address by address', async () => {
    directory((email) => (email.startsWith('bad') ? 'error' : 'ok'))
    const results = await create(people('a@x.test', 'bad@x.test', 'not-an-address', 'A@x.test'))
    expect(short(results)).toEqual(['applied id-a@x.test', 'rejected', 'rejected', 'conflict'])
    expect(seen(`POST ${invitePath}`)[0]?.body).toEqual({
      emails: ['a@x.test', 'bad@x.test'],
      permissionRules: [],
      sendNotification: false,
    })
  })

  it('finds who is to blame for a refused call without inviting anybody twice', async () => {
    directory((email) => (email === 'c@x.test' ? 'refuse' : 'ok'))
    const results = await create(people('a@x.test', 'b@x.test', 'c@x.test', 'd@x.test'))
    expect(short(results)).toEqual(['applied id-a@x.test', 'applied id-b@x.test', 'rejected', 'applied id-d@x.test'])
  })

  it('does not create who is there already, and never sends an address twice after an unclear answer', async () => {
    const accounts = directory()
    accounts.set('a@x.test', 'id-1')
    expect(short(await create(people('a@x.test')))).toEqual(['alreadyTrue id-1'])
    expect(seen(`POST ${invitePath}`)).toHaveLength(0)
    answer({ ...orgRoutes, [`POST ${invitePath}`]: { status: 504 } })
    const target = withKey()
    await target.identify(signal)
    const creation = target.operations['account.create']
    expect(short((await creation?.apply(people('b@x.test'), { signal, notify: false })) ?? [])).toEqual([
      'unreachable?',
    ])
    expect(short((await creation?.apply(people('b@x.test'), { signal, notify: false })) ?? [])).toEqual([
      'unreachable?',
    ])
    expect(seen(`POST ${invitePath}`)).toHaveLength(1)
  })

  it.each([
    [402, { errors: [{ code: 'ADMIN-UAM-402-1', title: 'Payment Required' }] }],
    [409, { errors: [{ code: 'ADMIN-UAM-409-3', title: 'Exceeded license limit' }] }],
    [409, undefined],
  ])('stops creations of the kind when the plan is full (%i)', async (status, body) => {
    answer({ ...orgRoutes, [`POST ${invitePath}`]: { status, body } })
    expect(short(await create(people('a@x.test', 'b@x.test')))).toEqual(['quota-exhausted', 'quota-exhausted'])
  })

  it('believes an address that the answer does not mention only when it is seen', async () => {
    directory((email) => (email === 'b@x.test' ? 'missing' : 'ok'))
    expect(short(await create(people('a@x.test', 'b@x.test')))).toEqual(['applied id-a@x.test', 'unreachable?'])
  })

  it('ends the call when the key may not invite at all', async () => {
    const refusal = {
      status: 403,
      body: { errors: [{ code: 'ADMIN-UAM-403-2', title: 'Not allowed to manage the org' }] },
    }
    answer({ ...orgRoutes, [`POST ${invitePath}`]: refusal })
    expect((await errorOf(create(people('a@x.test')))).code).toBe('forbidden')
  })
})

describe('creating accounts with a token alone', () => {
  const order = { kind: 'account.create', after: { email: 'mia@x.test' } } as const

  it('would send mail and is refused unless mail is wanted', async () => {
    answer({ ...siteRoutes, 'GET /rest/api/3/user/search': { body: [] } })
    expect(await applyOne(withToken(), order)).toMatchObject({
      outcome: 'failed',
      error: { code: 'rejected', message: expect.stringContaining('would send mail') },
    })
    expect(seen('POST /rest/api/3/user')).toHaveLength(0)
  })

  it('invites without product access when mail is wanted', async () => {
    answer({
      ...siteRoutes,
      'GET /rest/api/3/user/search': { body: [] },
      'POST /rest/api/3/user': { status: 201, body: { accountId: 'new', active: true } },
    })
    expect(await applyOne(withToken(), order, true)).toMatchObject({ outcome: 'applied', createdId: 'new' })
    expect(seen('POST /rest/api/3/user')[0]?.body).toEqual({ emailAddress: 'mia@x.test', products: [] })
  })

  it('searches after the 400 that is known to come although the invitation went out', async () => {
    let invited = false
    answer({
      ...siteRoutes,
      'GET /rest/api/3/user/search': () => ({ body: invited ? [{ ...myself, accountId: 'new' }] : [] }),
      'POST /rest/api/3/user': () => {
        invited = true
        return {
          status: 400,
          body: { errorMessages: ['User could not be created: Failed to add user HttpErrorCode 404 - User not found'] },
        }
      },
    })
    expect(await applyOne(withToken(), order, true)).toMatchObject({ outcome: 'applied', createdId: 'new' })
    expect(seen('POST /rest/api/3/user')).toHaveLength(1)
  })
})

describe('a membership', () => {
  const add = { kind: 'membership.add', accountId: 'a1', groupId: 'g1' } as const
  const remove = { ...add, kind: 'membership.remove' } as const
  const memberships = `${org}/groups/g1/memberships`
  const devs = { id: 'g1', name: 'devs', externalSynced: false, managementAccess: { modifiable: true } }

  function inOrg(write: Route, facts: { groups?: string[] | 'no account'; group?: object | null } = {}) {
    const { groups = [], group = devs } = facts
    const data =
      groups === 'no account'
        ? []
        : [
            {
              accountId: 'a1',
              status: 'active',
              groups: groups.map((id) => ({ id: `ari:cloud:identity::group/${id}` })),
            },
          ]
    answer({
      ...orgRoutes,
      [`POST ${org}/users/search`]: { body: { data } },
      [`POST ${org}/groups/search`]: ({ body }) => ({
        body: { data: group && (body as { groupIds?: string[] }).groupIds ? [group] : [] },
      }),
      [`POST ${memberships}`]: write,
      [`DELETE ${memberships}/a1`]: write,
    })
  }

  it.each([
    ['409 and in the group', { status: 409 }, { groups: ['g1'] }, 'alreadyTrue'],
    ['400 and in the group', { status: 400 }, { groups: ['g1'] }, 'alreadyTrue'],
    ['409 and not in the group', { status: 409 }, {}, 'quota-exhausted'],
    [
      '409 of an unknown kind, seats named',
      { status: 409, body: { errors: [{ code: 'ADMIN-409-3' }] } },
      {},
      'quota-exhausted',
    ],
    ['403 on a synced group', { status: 403 }, { group: { ...devs, externalSynced: true } }, 'not-writable'],
    [
      '403 that speaks of an identity provider',
      { status: 403, body: { errors: [{ title: 'synced from an identity provider' }] } },
      {},
      'not-writable',
    ],
    ['403 although the key reads', { status: 403 }, {}, 'not-writable'],
    ['404 and no account', { status: 404 }, { groups: 'no account' as const }, 'gone'],
    ['404 and no group', { status: 404 }, { group: null }, 'gone'],
    ['404 for good although both are there', { status: 404 }, {}, 'rejected'],
    ['400 for another reason', { status: 400, body: { errors: [{ title: 'nope' }] } }, {}, 'rejected'],
    ['204', { status: 204 }, {}, 'applied'],
  ])('added with %s', async (_, write, facts, expected) => {
    inOrg(write, facts)
    const result = await applyOne(withKey(), add)
    expect(result?.outcome === 'failed' ? result.error.code : result?.outcome).toBe(expected)
  })

  it.each([
    ['204', { status: 204 }, { groups: ['g1'] }, 'applied'],
    ['404 and not in the group', { status: 404 }, {}, 'alreadyTrue'],
    ['400 and not in the group', { status: 400 }, {}, 'alreadyTrue'],
    [
      '403 on a synced group',
      { status: 403 },
      { groups: ['g1'], group: { ...devs, externalSynced: true } },
      'not-writable',
    ],
    ['404 and no account', { status: 404 }, { groups: 'no account' as const }, 'gone'],
  ])('removed with %s', async (_, write, facts, expected) => {
    inOrg(write, facts)
    const result = await applyOne(withKey(), remove)
    expect(result?.outcome === 'failed' ? result.error.code : result?.outcome).toBe(expected)
  })

  it('that is not found at first is tried for up to a minute, since new accounts show late', async () => {
    let calls = 0
    inOrg(() => {
      calls += 1
      return { status: calls < 4 ? 404 : 204 }
    })
    const start = clock().now()
    expect((await applyOne(withKey(), add))?.outcome).toBe('applied')
    expect(clock().now() - start).toBeLessThanOrEqual(60_000)
  })

  it('written by a request without clear answer counts as ours', async () => {
    let calls = 0
    inOrg(
      () => {
        calls += 1
        return { status: calls === 1 ? 502 : 409 }
      },
      { groups: ['g1'] },
    )
    expect((await applyOne(withKey(), add))?.outcome).toBe('applied')
  })

  it('is written to Jira with a token alone; a second addition is 400 there and means success', async () => {
    answer({
      ...siteRoutes,
      'POST /rest/api/3/group/user': {
        status: 400,
        body: { errorMessages: ["Cannot add user. User is already a member of '{1}'"] },
      },
      'GET /rest/api/3/user': {
        body: { ...myself, accountId: 'a1', groups: { size: 1, items: [{ groupId: 'g1', name: 'devs' }] } },
      },
    })
    expect((await applyOne(withToken(), add))?.outcome).toBe('alreadyTrue')
    const [written] = seen('POST /rest/api/3/group/user')
    expect(written?.query.get('groupId')).toBe('g1')
    expect(written?.headers['x-atlassian-token']).toBe('no-check')
  })

  it('of an account whose expanded groups are cut is judged by the whole list', async () => {
    answer({
      ...siteRoutes,
      'DELETE /rest/api/3/group/user': { status: 404 },
      'GET /rest/api/3/user': { body: { ...myself, accountId: 'a1', groups: { size: 3, items: [{ name: 'devs' }] } } },
      'GET /rest/api/3/user/groups': { body: [{ groupId: 'g2', name: 'other' }] },
    })
    expect((await applyOne(withToken(), remove))?.outcome).toBe('alreadyTrue')
  })

  it('of our own account is never removed', async () => {
    answer(siteRoutes)
    const result = await applyOne(withToken(), { ...remove, accountId: 'me' })
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'not-writable' } })
    expect(seen('DELETE /rest/api/3/group/user')).toHaveLength(0)
  })
})

describe('an account', () => {
  const suspend = { kind: 'account.deactivate', accountId: 'a1' } as const
  const path = `${org}/users/a1/suspend`
  const withState = (write: Route, user?: object) =>
    answer({
      ...orgRoutes,
      [`POST ${path}`]: write,
      [`POST ${org}/users/a1/restore`]: write,
      [`POST ${org}/users/search`]: {
        body: { data: user === undefined ? [] : [{ accountId: 'a1', groups: [], ...user }] },
      },
    })

  it.each([
    ['204', { status: 204 }, { status: 'active' }, 'applied'],
    ['409 and is suspended', { status: 409 }, { status: 'suspended' }, 'alreadyTrue'],
    ['400 and is disabled', { status: 400 }, { status: 'deactivated' }, 'alreadyTrue'],
    ['400 and is still active', { status: 400, body: { errors: [{ title: 'no' }] } }, { status: 'active' }, 'rejected'],
    ['404 and is not there', { status: 404 }, undefined, 'gone'],
  ])('is deactivated with %s', async (_, write, user, expected) => {
    withState(write, user)
    const result = await applyOne(withKey(), suspend)
    expect(result?.outcome === 'failed' ? result.error.code : result?.outcome).toBe(expected)
    expect(seen(`POST ${path}`)[0]?.body).toEqual({})
  })

  it('whose whole account is switched off cannot be reactivated here', async () => {
    withState({ status: 400 }, { status: 'deactivated' })
    const result = await applyOne(withKey(), { ...suspend, kind: 'account.activate' })
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'rejected' } })
  })
})

describe('a group', () => {
  const create = { kind: 'group.create', after: { name: 'devs' } } as const

  it('created without an answer body is found by name, as soon as it shows', async () => {
    let asked = 0
    answer({
      ...orgRoutes,
      [`POST ${org}/groups`]: { status: 201 },
      [`POST ${org}/groups/search`]: ({ body }) => {
        if (!(body as { groupNames?: string[] }).groupNames) return { body: { data: [] } }
        asked += 1
        return { body: { data: asked < 3 ? [] : [{ id: 'g7', name: 'Devs' }] } }
      },
    })
    expect(await applyOne(withKey(), create)).toMatchObject({ outcome: 'applied', createdId: 'g7' })
  })

  it('that exists is found although Jira compares names exactly and ours is spelled otherwise', async () => {
    answer({
      ...siteRoutes,
      'POST /rest/api/3/group': { status: 400, body: { errorMessages: ['A group with this name already exists.'] } },
      'GET /rest/api/3/group/bulk': ({ query }) => {
        const values = query.has('groupName') || query.has('accessType') ? [] : [{ groupId: 'g7', name: 'DEVS' }]
        return { body: { values, total: values.length, isLast: true } }
      },
    })
    expect(await applyOne(withToken(), create)).toMatchObject({ outcome: 'alreadyTrue', createdId: 'g7' })
  })
})

describe('the doctor', () => {
  const lines = async (target: Target) => {
    const steps = []
    for await (const step of target.check(signal)) steps.push(step)
    return steps
  }

  it('stops at a refused sign-in and says what to do', async () => {
    answer({ 'GET /_edge/tenant_info': { status: 404 }, 'GET /rest/api/3/myself': { status: 401, body: 'no' } })
    const steps = await lines(withToken())
    expect(steps.at(-1)).toMatchObject({
      name: 'sign-in',
      status: 'failed',
      code: 'auth-failed',
      remedy: expect.any(String),
    })
  })

  it.each([
    ['2026-11-20', 'failed'],
    ['2026-11-22', 'warning'],
    ['2026-12-20', 'warning'],
    ['2027-03-01', 'ok'],
  ])('judges a token that ends on %s: %s', async (apiTokenExpires, status) => {
    answer(siteRoutes)
    const steps = await lines(open({ email: 'a@b.test', apiToken: new Secret(token), apiTokenExpires }))
    expect(steps.find(({ name }) => name === 'token-expiry')?.status).toBe(status)
  })

  it('notices a site that does not belong to the organization of the key', async () => {
    const elsewhere = {
      body: { data: [{ id: 'ari:cloud:jira::site/other', attributes: { hostUrl: 'https://other.test' } }] },
    }
    answer({ ...siteRoutes, ...orgRoutes, 'POST /admin/v2/orgs/o1/workspaces': elsewhere })
    const steps = await lines(withKey())
    expect(steps.find(({ name }) => name === 'site-in-organization')?.status).toBe('failed')
  })
})

describe('secrets', () => {
  it('are in no error, no line of the doctor and no log, even when the other side echoes them', async () => {
    let echoed = [token, orgKey]
    server().handle(({ headers, path }) => ({
      status: path.endsWith('myself') ? 401 : 502,
      body: { errorMessages: [`bad header ${headers.authorization}`, ...echoed] },
    }))
    const target = withBoth()
    const error = await errorOf(target.identify(signal))
    let text = `${error.message} ${error.hint} ${error.stack} ${(error.cause as Error | undefined)?.message}`
    for await (const step of target.check(signal)) text += JSON.stringify(step)
    echoed = [orgKey]
    const keyError = await errorOf(withKey().identify(signal))
    text += `${keyError.message} ${(keyError.cause as Error | undefined)?.message} ${logged()}`
    expect(text).not.toMatch(/sesame/)
    expect(text).not.toContain(Buffer.from(`sync@acme.test:${token}`).toString('base64'))
    expect(logged()).toContain('request repeated')
  })
})
