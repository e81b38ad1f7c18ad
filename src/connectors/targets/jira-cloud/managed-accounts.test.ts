import { describe, expect, it } from 'vitest'
import {
  applyOne,
  handMade,
  org,
  orgRoutes,
  type Route,
  type Routes,
  shortly,
} from '../../../../test/doubles/atlassian-answers.ts'
import type { Attributes } from '../../../domain/identity.ts'

/** User management: what only accounts of verified domains take, and what it says when it refuses. */

const signal = new AbortController().signal
const { answer, withKey, withToken, seen } = handMade()

const nobody = '/users/00000000-0000-4000-8000-000000000000/manage'
const reached: Routes = {
  ...orgRoutes,
  [`GET ${nobody}`]: { status: 404, body: { key: 'accountNotFound' } },
  'GET /admin/v1/orgs/o1/domains': {
    body: {
      data: [
        { attributes: { name: 'Acme.test', claim: { status: 'verified' } } },
        { attributes: { name: 'lost.test', claim: { status: 'unverified' } } },
      ],
    },
  },
}

describe('a key', () => {
  it.each<[string, Route]>([
    ['an account that is not there', { status: 404, body: { key: 'accountNotFound' } }],
    ['an account that is not managed', { status: 403, body: { key: 'forbidden.targetUnverified' } }],
    ['an account it may not manage', { status: 403, body: { key: 'forbidden' } }],
    ['an account and its privileges', { status: 200, body: {} }],
  ])('without scopes shows itself by an answer about %s', async (_, route) => {
    answer({ ...reached, [`GET ${nobody}`]: route })
    const target = withKey()
    const identity = await target.identify(signal)
    expect(target.operations['account.update']).toBeDefined()
    expect(identity.emailDomains).toEqual(['acme.test'])
  })

  it.each<[string, Route]>([
    ['names a scope', { status: 403, body: { code: 403, message: 'Required scope: manage:org' } }],
    [
      'names a scope in the words of the API',
      { status: 403, body: { key: 'forbidden', context: { message: 'scope' } } },
    ],
    ['does not know the caller', { status: 401, body: { code: 401, message: 'Unauthorized' } }],
    ['knows no such address', { status: 404, body: 'Not Found' }],
  ])('with scopes reads but manages no account: the answer %s', async (_, route) => {
    answer({ ...reached, [`GET ${nobody}`]: route })
    const target = withKey()
    const identity = await target.identify(signal)
    expect(target.operations['account.update']).toBeUndefined()
    expect(identity.notOffered['account.update']).toContain('without scopes')
    expect(target.operations['account.deactivate']).toBeDefined()
  })

  it('that may not read the domains leaves it to Atlassian to refuse one', async () => {
    answer({ ...reached, 'GET /admin/v1/orgs/o1/domains': { status: 403, body: { message: 'no' } } })
    expect((await withKey().identify(signal)).emailDomains).toBeUndefined()
  })
})

describe('an update', () => {
  const profile = '/users/a1/manage/profile'
  const email = '/users/a1/manage/email'
  const update = (after: Attributes, before: Attributes = {}) =>
    ({ kind: 'account.update', accountId: 'a1', before, after }) as const

  it('is one request for the profile and one for the address, the address last', async () => {
    answer({ ...reached, [`PATCH ${profile}`]: { body: { account: {} } }, [`PUT ${email}`]: { status: 204 } })
    const after = {
      displayName: 'Mia K',
      department: 'R&D',
      jobTitle: 'Smith',
      timeZone: 'Europe/Berlin',
      location: null,
    }
    const result = await applyOne(withKey(), update({ ...after, email: 'mia@acme.test' }, { email: 'old@acme.test' }))
    expect(shortly(result)).toBe('applied')
    expect(seen(`PATCH ${profile}`)[0]?.body).toEqual({
      name: 'Mia K',
      zoneinfo: 'Europe/Berlin',
      extended_profile: { department: 'R&D', job_title: 'Smith', location: '' },
    })
    expect(seen(`PUT ${email}`)[0]?.body).toEqual({ email: 'mia@acme.test' })
  })

  it('trap 35 does not sign anybody out for an address that differs in letter case only', async () => {
    answer({ ...reached, [`PATCH ${profile}`]: { body: { account: {} } } })
    const order = update({ displayName: 'Mia', email: 'MIA@acme.test' }, { email: 'mia@acme.test' })
    expect(shortly(await applyOne(withKey(), order))).toBe('applied')
    expect(seen(`PUT ${email}`)).toHaveLength(0)
  })

  it.each<[string, Route, string, RegExp]>([
    [
      'trap 34 kept in sync by Google Workspace',
      {
        status: 403,
        body: { key: 'forbidden.action', context: { allowed: false, reason: { key: 'externalDirectory.google' } } },
      },
      'not-writable',
      /Google Workspace keeps this account in sync/,
    ],
    [
      'set by single sign-on',
      {
        status: 403,
        body: {
          key: 'forbidden.fieldMutation',
          context: { name: { allowed: false, reason: { key: 'authPolicy.saml' } } },
        },
      },
      'not-writable',
      /name: single sign-on sets this/,
    ],
    ['not managed', { status: 403, body: { key: 'forbidden.targetUnverified' } }, 'not-writable', /not managed/],
    [
      'too long for a field',
      {
        status: 400,
        body: {
          key: 'fieldConstraintsViolated',
          context: { fieldViolations: [{ field: 'name', violations: [{ key: 'maxLength' }] }] },
        },
      },
      'rejected',
      /name: maxLength/,
    ],
    ['of an account that is gone', { status: 404, body: { key: 'accountNotFound' } }, 'gone', /no longer there/],
    ['of unknown fate', { status: 503 }, 'unreachable?', /HTTP 503/],
  ])('%s fails with the reason', async (_, route, code, words) => {
    answer({ ...reached, [`PATCH ${profile}`]: route })
    const result = await applyOne(withKey(), update({ displayName: 'Mia' }))
    expect(shortly(result)).toBe(code)
    expect(result?.outcome === 'failed' && result.error.message).toMatch(words)
  })

  it('to a domain that is not verified says which', async () => {
    const body = { key: 'forbidden.unclaimedDomain', context: { domain: 'else.test' } }
    answer({ ...reached, [`PUT ${email}`]: { status: 403, body } })
    const result = await applyOne(withKey(), update({ email: 'mia@else.test' }))
    expect(shortly(result)).toBe('not-writable')
    expect(result?.outcome === 'failed' && result.error.message).toContain('not verified the domain else.test')
  })

  it('trap 21 ends the run when the key turns out to reach no account at all', async () => {
    let asked = 0
    answer({
      ...reached,
      [`GET ${nobody}`]: () => {
        asked += 1
        return asked === 1
          ? { status: 404, body: { key: 'accountNotFound' } }
          : { status: 403, body: { code: 403, message: 'scope' } }
      },
      [`PATCH ${profile}`]: { status: 403, body: { code: 403, message: 'scope' } },
    })
    await expect(applyOne(withKey(), update({ displayName: 'Mia' }))).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('the profile of an account that was just created', () => {
  const routes = (patch: Route): Routes => ({
    ...reached,
    'POST /admin/v2/orgs/o1/users/invite': ({ body }) => ({
      body: {
        data: (body as { emails: string[] }).emails.map((email) => ({
          id: `id-${email.split('@')[0]}`,
          email,
          results: [],
        })),
      },
    }),
    'PATCH /users/id-mia/manage/profile': patch,
  })
  const create = (email: string) => ({ kind: 'account.create', after: { email, displayName: 'Mia K' } }) as const

  it('is filled in where the organization owns the domain, and only there', async () => {
    answer(routes({ body: { account: {} } }))
    const target = withKey()
    expect(shortly(await applyOne(target, create('mia@acme.test')))).toBe('applied')
    expect(shortly(await applyOne(target, create('guest@else.test')))).toBe('applied')
    expect(seen('PATCH /users/id-mia/manage/profile')[0]?.body).toEqual({ name: 'Mia K' })
    expect(seen('PATCH /users/id-guest/manage/profile')).toHaveLength(0)
  })

  it.each([[403], [503]])('that is refused (%i) is no reason to call the creation failed', async (status) => {
    answer(routes({ status, body: { key: 'forbidden' } }))
    expect(shortly(await applyOne(withKey(), create('mia@acme.test')))).toBe('applied')
  })
})

describe('an address no account is made for', () => {
  const everywhere = 'POST /admin/v2/orgs/o1/directories/-/users/search'
  const people = [
    { accountId: 'a1', email: 'here@acme.test', status: 'active', membershipStatus: 'active' },
    { accountId: 'a2', email: 'Other@acme.test', status: 'active', membershipStatus: 'active' },
    {
      accountId: 'a3',
      email: 'off@acme.test',
      status: 'deactivated',
      accountStatus: 'inactive',
      membershipStatus: 'no_membership',
    },
    { accountId: 'a4', email: 'free@acme.test', status: 'not_invited', membershipStatus: 'no_membership' },
  ]
  const search =
    (list: typeof people): Route =>
    ({ body }) => {
      const { emails = [] } = body as { emails?: string[] }
      return { body: { data: list.filter(({ email }) => emails.some((each) => each === email.toLowerCase())) } }
    }
  const asked = ['here@acme.test', 'OTHER@acme.test', 'off@acme.test', 'free@acme.test', 'new@acme.test']
  const directories = (...ids: string[]): Routes => ({
    'GET /admin/v2/orgs/o1/directories': {
      body: { data: ids.map((directoryId) => ({ directoryId, name: directoryId })) },
    },
  })

  it('is in another directory, or switched off as a whole', async () => {
    answer({
      ...reached,
      ...directories('d1', 'd2'),
      [everywhere]: search(people),
      [`POST ${org}/users/search`]: search(people.slice(0, 1)),
    })
    const why = await withKey({ directory: 'd1' }).notCreatable?.(asked, signal)
    expect([...(why ?? [])]).toEqual([
      ['other@acme.test', 'other-directory'],
      ['off@acme.test', 'account-switched-off'],
    ])
  })

  it('is never in another directory where there is only one', async () => {
    answer({ ...reached, [everywhere]: search(people) })
    expect([...((await withKey().notCreatable?.(asked, signal)) ?? [])]).toEqual([
      ['off@acme.test', 'account-switched-off'],
    ])
  })

  it('cannot be told with a token alone, which asks nothing', async () => {
    answer({
      'GET /rest/api/3/myself': { body: { accountId: 'me', active: true } },
      'GET /_edge/tenant_info': { body: { cloudId: 'c' } },
    })
    expect((await withToken().notCreatable?.(asked, signal))?.size).toBe(0)
  })
})
