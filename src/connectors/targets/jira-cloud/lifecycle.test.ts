import { describe, expect, it } from 'vitest'
import {
  applyOne,
  handMade,
  org,
  orgRoutes,
  type Route,
  type Routes,
  shortly,
  siteRoutes,
} from '../../../../test/doubles/atlassian-answers.ts'

/** Whole accounts: switched off, switched on, deleted, or only taken out of the directory. */

const signal = new AbortController().signal
const { answer, withKey, withBoth, withToken, seen } = handMade()

const nobody = '/users/00000000-0000-4000-8000-000000000000/manage'
const lifecycle = (act: string) => `POST /users/a1/manage/lifecycle/${act}`

const states = {
  active: { status: 'active', accountStatus: 'active', membershipStatus: 'active' },
  disabled: { status: 'deactivated', accountStatus: 'inactive', membershipStatus: 'active' },
  leaving: { status: 'for_deletion', accountStatus: 'active', membershipStatus: 'active' },
} as const

/** One account in the directory, or none; `more` are the answers of the writes. */
function routes(user: object | undefined, more: Routes): Routes {
  return {
    ...orgRoutes,
    [`GET ${nobody}`]: { status: 404, body: { key: 'accountNotFound' } },
    [`POST ${org}/users/search`]: {
      body: { data: user === undefined ? [] : [{ accountId: 'a1', groups: [], ...user }] },
    },
    ...more,
  }
}
const managed = (state: object) => ({ ...state, claimStatus: 'managed' })

describe('an account switched off as a whole', () => {
  const disable = { kind: 'account.disable', accountId: 'a1' } as const
  const refused = {
    status: 403,
    body: { key: 'forbidden.action', context: { allowed: false, reason: { key: 'externalDirectory.scim' } } },
  }
  const conflict = {
    status: 409,
    body: {
      key: 'conflict.lifecycleErrors',
      context: { accountId: 'a1', message: 'It is the last admin', errorCodes: [{ code: 'X' }] },
    },
  }

  it.each<[string, Route, object | undefined, string]>([
    ['204', { status: 204 }, managed(states.active), 'applied'],
    ['409 and it is off already', conflict, managed(states.disabled), 'alreadyTrue'],
    ['409 and it is not', conflict, managed(states.active), 'rejected'],
    ['403, kept by a directory', refused, managed(states.active), 'not-writable'],
    ['404 and it is gone', { status: 404, body: { key: 'accountNotFound' } }, undefined, 'gone'],
    ['503', { status: 503 }, managed(states.active), 'unreachable?'],
  ])('answers %s', async (_, route, user, expected) => {
    answer(routes(user, { [lifecycle('disable')]: route }))
    expect(shortly(await applyOne(withKey(), disable))).toBe(expected)
  })

  it('is switched on again, unless it is going to be deleted', async () => {
    answer(routes(managed(states.active), { [lifecycle('enable')]: { status: 204 } }))
    expect(shortly(await applyOne(withKey(), { ...disable, kind: 'account.enable' }))).toBe('applied')
    answer(routes(managed(states.leaving), { [lifecycle('enable')]: conflict }))
    const result = await applyOne(withKey(), { ...disable, kind: 'account.enable' })
    expect(shortly(result)).toBe('rejected')
    expect(result?.outcome === 'failed' && result.error.message).toContain('going to be deleted')
  })

  it('is never the one our own token belongs to', async () => {
    answer({ ...siteRoutes, ...routes(managed(states.active), { 'GET /users/me/manage': { body: {} } }) })
    for (const kind of ['account.disable', 'account.delete', 'account.deactivate'] as const) {
      expect(shortly(await applyOne(withBoth(), { kind, accountId: 'me' })), kind).toBe('not-writable')
    }
  })
})

describe('deleting', () => {
  const remove = { kind: 'account.delete', accountId: 'a1' } as const
  const user = `DELETE ${org}/users/a1`

  it('an account of the organization asks for its deletion, final after 14 days', async () => {
    answer(routes(managed(states.active), { [lifecycle('delete')]: { status: 200, body: { message: 'Success' } } }))
    expect(shortly(await applyOne(withKey(), remove))).toBe('applied')
    expect(seen(user)).toHaveLength(0)
  })

  it('trap 14 any other account only leaves the directory', async () => {
    answer(routes({ ...states.active, claimStatus: 'unmanaged' }, { [user]: { status: 204 } }))
    expect(shortly(await applyOne(withKey(), remove))).toBe('applied')
    expect(seen(lifecycle('delete'))).toHaveLength(0)
  })

  it('is done already for an account that is gone or going', async () => {
    for (const state of [undefined, managed(states.leaving)]) {
      answer(routes(state, {}))
      expect(shortly(await applyOne(withKey(), remove))).toBe('alreadyTrue')
    }
  })

  it('is not possible with a key that does not reach the account, which is told before anything is planned', async () => {
    answer({
      ...routes(managed(states.active), {}),
      [`GET ${nobody}`]: { status: 403, body: { code: 403, message: 'scope' } },
    })
    const target = withKey()
    expect(shortly(await applyOne(target, remove))).toBe('not-writable')
    const account = (await target.accountsNow(['a1'], signal)).get('a1')?.account
    expect(account?.refuses?.['account.delete']).toContain('does not reach')
  })

  it.each<[Route, string]>([
    [{ status: 403 }, 'not-writable'],
    [{ status: 400 }, 'rejected'],
    [{ status: 404 }, 'gone'],
  ])('refused with %j is no success', async (route, expected) => {
    answer(routes({ ...states.active, claimStatus: 'unmanaged' }, { [user]: route }))
    expect(shortly(await applyOne(withKey(), remove))).toBe(expected)
  })

  it('is not offered with a token alone, which could not prove it', async () => {
    answer(siteRoutes)
    const target = withToken()
    expect((await target.identify(signal)).notOffered['account.delete']).toContain('organization API key')
    expect(target.operations['account.delete']).toBeUndefined()
  })
})
