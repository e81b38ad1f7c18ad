import { describe, expect, it } from 'vitest'
import { quickClock } from '../../../../../test/doubles/quick-clock.ts'
import { contextOn } from '../../../../../test/doubles/scim-target.ts'
import { type SeenRequest, startTinyServer, type TinyAnswer } from '../../../../../test/doubles/tiny-server.ts'
import { Secret } from '../../../../platform/secret.ts'
import { rest } from '../index.ts'
import type { PresetName } from './presets.ts'

const three = ['1', '2', '3']
/** Servers give fewer than they are asked for: two at a time. */
const atOnce = 2

interface Vendor {
  readonly own?: object
  readonly isLetIn: (request: SeenRequest) => boolean
  readonly answer: (request: SeenRequest) => TinyAnswer
}

const bearerIs = (token: string) => (request: SeenRequest) => request.headers.authorization === `Bearer ${token}`
const numberIn = (query: URLSearchParams, name: string, otherwise = 0) => Number(query.get(name) ?? otherwise)
const cut = <Item>(items: readonly Item[], from: number) => items.slice(from, from + atOnce)

/** What each vendor's documents show: the third person is inactive, the first two are in the only group. */
const vendors: Readonly<Record<PresetName, Vendor>> = {
  onelogin: {
    own: { auth: { type: 'oauth2ClientCredentials', clientId: 'client' } },
    isLetIn: bearerIs('fetched'),
    answer: ({ path, query }) => {
      const from = numberIn(query, 'cursor')
      const users = three.map((id) => ({
        id: Number(id),
        username: `p${id}`,
        email: `p${id}@a.example`,
        status: id === '3' ? 2 : 1,
      }))
      const all =
        path === '/api/2/users' ? users : path === '/api/2/roles' ? [{ id: 9, name: 'team' }] : users.slice(0, 2)
      const more = from + atOnce < all.length ? { 'after-cursor': String(from + atOnce) } : {}
      return { body: cut<object>(all, from), headers: more }
    },
  },
  jumpcloud: {
    isLetIn: ({ headers }) => headers['x-api-key'] === 'secret-of-preset',
    answer: ({ path, query }) => {
      const from = numberIn(query, 'skip')
      const users = three.map((_id) => ({
        _id,
        username: `p${_id}`,
        email: `p${_id}@a.example`,
        suspended: _id === '3',
      }))
      if (path === '/api/systemusers') return { body: { totalCount: 3, results: cut(users, from) } }
      if (path === '/api/v2/usergroups') return { body: cut([{ id: '9', name: 'team' }], from) }
      return {
        body: cut(
          ['1', '2'].map((id) => ({ to: { id, type: 'user' } })),
          from,
        ),
      }
    },
  },
  pingone: {
    own: { auth: { type: 'oauth2ClientCredentials', clientId: 'client', tokenUrl: '/as/token' } },
    isLetIn: bearerIs('fetched'),
    answer: ({ path, query, headers }) => {
      const from = numberIn(query, 'cursor')
      const users = three.map((id) => ({ id, username: `p${id}`, email: `p${id}@a.example`, enabled: id !== '3' }))
      const member = /^\/users\/([12])\//.test(path) ? [{ id: '9' }] : []
      const [name, all] =
        path === '/users'
          ? ['users', users]
          : path === '/groups'
            ? ['groups', [{ id: '9', name: 'team' }]]
            : ['groupMemberships', member]
      const isMore = from + atOnce < (all as object[]).length
      const next = isMore ? { next: { href: `http://${headers.host}${path}?cursor=${from + atOnce}` } } : {}
      return { body: { _links: next, _embedded: { [name as string]: cut(all as object[], from) } } }
    },
  },
  auth0: {
    own: { auth: { type: 'oauth2ClientCredentials', clientId: 'client', audience: 'https://a.auth0.com/api/v2/' } },
    isLetIn: bearerIs('fetched'),
    answer: ({ path, query }) => {
      const from = numberIn(query, 'page') * atOnce
      const users = three.map((id) => ({
        user_id: id,
        email: `p${id}@a.example`,
        name: `P ${id}`,
        blocked: id === '3',
      }))
      if (path === '/api/v2/users') return { body: { start: from, total: 3, users: cut(users, from) } }
      if (path === '/api/v2/roles') return { body: { total: 1, roles: cut([{ id: '9', name: 'team' }], from) } }
      const at = numberIn(query, 'from')
      return { body: { users: users.slice(at, at + 1), ...(at === 0 ? { next: '1' } : {}) } }
    },
  },
  authentik: {
    isLetIn: bearerIs('secret-of-preset'),
    answer: ({ path, query }) => {
      const from = (numberIn(query, 'page', 1) - 1) * atOnce
      const users = three.map((id) => ({
        pk: Number(id),
        username: `p${id}`,
        email: `p${id}@a.example`,
        is_active: id !== '3',
      }))
      const all = path === '/core/users/' ? users : [{ pk: '9', name: 'team', users: [1, 2] }]
      return {
        body: {
          pagination: { next: from + atOnce < all.length ? 2 : 0, count: all.length },
          results: cut<object>(all, from),
        },
      }
    },
  },
  gitlab: {
    isLetIn: ({ headers }) => headers['private-token'] === 'secret-of-preset',
    answer: ({ path, query, headers }) => {
      const from = numberIn(query, 'id_after')
      const users = three.map((id) => ({
        id: Number(id),
        username: `p${id}`,
        email: `p${id}@a.example`,
        state: id === '3' ? 'blocked' : 'active',
      }))
      const all = path === '/users' ? users : path === '/groups' ? [{ id: 9, full_path: 'team' }] : users.slice(0, 2)
      const link = `<http://${headers.host}${path}?id_after=${from + atOnce}>; rel="next"`
      return { body: cut<object>(all, from), headers: from + atOnce < all.length ? { link } : {} }
    },
  },
  zitadel: {
    isLetIn: bearerIs('secret-of-preset'),
    answer: ({ body }) => {
      const { offset = 0 } = (body as { query: { offset?: number } }).query
      const users = three.map((userId) => ({
        userId,
        state: userId === '3' ? 'USER_STATE_INACTIVE' : 'USER_STATE_ACTIVE',
        preferredLoginName: `p${userId}`,
        human: { email: { email: `p${userId}@a.example` } },
      }))
      return { body: { details: { totalResult: '3' }, result: cut(users, offset) } }
    },
  },
  workday: {
    own: { auth: { type: 'basic', username: 'reader@acme' } },
    isLetIn: ({ headers }) =>
      headers.authorization === `Basic ${Buffer.from('reader@acme:secret-of-preset').toString('base64')}`,
    answer: () => ({
      body: {
        Report_Entry: three.map((id) => ({
          Employee_ID: id,
          Email: `p${id}@a.example`,
          Active: id === '3' ? '0' : '1',
          ...(id === '3' ? {} : { Department: 'team' }),
        })),
      },
    }),
  },
}

describe('a preset, on a server that answers as the vendor documents', () => {
  for (const [preset, { own = {}, isLetIn, answer }] of Object.entries(vendors)) {
    it(`${preset} tells people, who is inactive, and who is in which group`, async () => {
      const server = await startTinyServer((request) => {
        if (/token$/.test(request.path)) return { body: { access_token: 'fetched', expires_in: 3600 } }
        return isLetIn(request) ? answer(request) : { status: 401 }
      })
      const settings = { preset, baseUrl: server.url, secret: new Secret('secret-of-preset'), ...own }
      const source = rest.connect(rest.config.parse(settings), contextOn(quickClock(), []))
      const signal = AbortSignal.timeout(120_000)
      const people: string[] = []
      for await (const { items } of source.users(signal)) {
        people.push(...items.map(({ key, active, attributes }) => `${key} ${active} ${attributes.email}`))
      }
      expect(people).toEqual(['1 true p1@a.example', '2 true p2@a.example', '3 false p3@a.example'])
      const members: string[] = []
      for await (const { items } of source.groups(signal)) {
        for (const group of items) {
          for await (const page of source.members(group, signal))
            members.push(...page.items.map(({ key }) => `${group.name} ${key}`))
        }
      }
      expect(members).toEqual(preset === 'zitadel' ? [] : ['team 1', 'team 2'])
      await source.close()
      await server.close()
    })
  }
})
