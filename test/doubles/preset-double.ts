import type { PresetName } from '../../src/connectors/sources/rest/presets/presets.ts'
import { type SeenRequest, startTinyServer, type TinyAnswer } from './tiny-server.ts'

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

export const presetSecret = 'secret-of-preset'

/** How the three people and their group are called. */
export interface PresetNames {
  readonly login: (id: string) => string
  readonly mail: (id: string) => string
  readonly team: string
}

/** What each vendor's documents show: the third person is inactive, the first two are in the only group. */
const vendorsWith = ({ login, mail, team }: PresetNames): Readonly<Record<PresetName, Vendor>> => ({
  onelogin: {
    own: { auth: { type: 'oauth2ClientCredentials', clientId: 'client' } },
    isLetIn: bearerIs('fetched'),
    answer: ({ path, query }) => {
      const from = numberIn(query, 'cursor')
      const users = three.map((id) => ({
        id: Number(id),
        username: login(id),
        email: mail(id),
        status: id === '3' ? 2 : 1,
      }))
      const all =
        path === '/api/2/users' ? users : path === '/api/2/roles' ? [{ id: 9, name: team }] : users.slice(0, 2)
      const more = from + atOnce < all.length ? { 'after-cursor': String(from + atOnce) } : {}
      return { body: cut<object>(all, from), headers: more }
    },
  },
  jumpcloud: {
    isLetIn: ({ headers }) => headers['x-api-key'] === presetSecret,
    answer: ({ path, query }) => {
      const from = numberIn(query, 'skip')
      const users = three.map((_id) => ({
        _id,
        username: login(_id),
        email: mail(_id),
        suspended: _id === '3',
      }))
      if (path === '/api/systemusers') return { body: { totalCount: 3, results: cut(users, from) } }
      if (path === '/api/v2/usergroups') return { body: cut([{ id: '9', name: team }], from) }
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
      const users = three.map((id) => ({ id, username: login(id), email: mail(id), enabled: id !== '3' }))
      const member = /^\/users\/([12])\//.test(path) ? [{ id: '9' }] : []
      const [name, all] =
        path === '/users'
          ? ['users', users]
          : path === '/groups'
            ? ['groups', [{ id: '9', name: team }]]
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
        email: mail(id),
        name: `P ${id}`,
        blocked: id === '3',
      }))
      if (path === '/api/v2/users') return { body: { start: from, total: 3, users: cut(users, from) } }
      if (path === '/api/v2/roles') return { body: { total: 1, roles: cut([{ id: '9', name: team }], from) } }
      const at = numberIn(query, 'from')
      return { body: { users: users.slice(at, at + 1), ...(at === 0 ? { next: '1' } : {}) } }
    },
  },
  authentik: {
    isLetIn: bearerIs(presetSecret),
    answer: ({ path, query }) => {
      const from = (numberIn(query, 'page', 1) - 1) * atOnce
      const users = three.map((id) => ({
        pk: Number(id),
        username: login(id),
        email: mail(id),
        is_active: id !== '3',
      }))
      const all = path === '/core/users/' ? users : [{ pk: '9', name: team, users: [1, 2] }]
      return {
        body: {
          pagination: { next: from + atOnce < all.length ? 2 : 0, count: all.length },
          results: cut<object>(all, from),
        },
      }
    },
  },
  gitlab: {
    isLetIn: ({ headers }) => headers['private-token'] === presetSecret,
    answer: ({ path, query, headers }) => {
      const from = numberIn(query, 'id_after')
      const users = three.map((id) => ({
        id: Number(id),
        username: login(id),
        email: mail(id),
        state: id === '3' ? 'blocked' : 'active',
      }))
      const all = path === '/users' ? users : path === '/groups' ? [{ id: 9, full_path: team }] : users.slice(0, 2)
      const link = `<http://${headers.host}${path}?id_after=${from + atOnce}>; rel="next"`
      return { body: cut<object>(all, from), headers: from + atOnce < all.length ? { link } : {} }
    },
  },
  zitadel: {
    isLetIn: bearerIs(presetSecret),
    answer: ({ body }) => {
      const { offset = 0 } = (body as { query: { offset?: number } }).query
      const users = three.map((userId) => ({
        userId,
        state: userId === '3' ? 'USER_STATE_INACTIVE' : 'USER_STATE_ACTIVE',
        preferredLoginName: login(userId),
        human: { email: { email: mail(userId) } },
      }))
      return { body: { details: { totalResult: '3' }, result: cut(users, offset) } }
    },
  },
  workday: {
    own: { auth: { type: 'basic', username: 'reader@acme' } },
    isLetIn: ({ headers }) =>
      headers.authorization === `Basic ${Buffer.from(`reader@acme:${presetSecret}`).toString('base64')}`,
    answer: () => ({
      body: {
        Report_Entry: three.map((id) => ({
          Employee_ID: id,
          Email: mail(id),
          Active: id === '3' ? '0' : '1',
          ...(id === '3' ? {} : { Department: team }),
        })),
      },
    }),
  },
})

export interface PresetDouble {
  readonly url: string
  /** Settings that this preset needs beside its address and secret. */
  readonly own: object
  close(): Promise<void>
}

/** A server that answers as the vendor of a preset documents. */
export async function startPresetDouble(preset: PresetName, names: PresetNames): Promise<PresetDouble> {
  const { own = {}, isLetIn, answer } = vendorsWith(names)[preset]
  const { url, close } = await startTinyServer((request) => {
    if (/token$/.test(request.path)) return { body: { access_token: 'fetched', expires_in: 3600 } }
    return isLetIn(request) ? answer(request) : { status: 401 }
  })
  return { url, own, close }
}
