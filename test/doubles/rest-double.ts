import { createHash } from 'node:crypto'
import { type Company, company, type DirectoryDouble } from './directory-double.ts'
import { type SeenRequest, startTinyServer, type TinyAnswer } from './tiny-server.ts'

export const restSecret = 'rest-sesame-4711'

export interface RestOptions {
  readonly company?: Company
  /** How a request shows who it is. @default a bearer */
  readonly isLetIn?: (request: SeenRequest) => boolean
}

const withBearer = ({ headers }: SeenRequest) => headers.authorization === `Bearer ${restSecret}`

/**
 * An API as companies build them: the same people and groups below /offset, /numbered, /bare (numbered without a total),
 * /cursor, /next, /link and /plain, each with that way of paging.
 */
export async function startRestDouble({
  company: told = company(),
  isLetIn = withBearer,
}: RestOptions = {}): Promise<DirectoryDouble> {
  const groupsOf = (id: string) => told.groups.filter(({ people }) => people.includes(id))
  const person = ({ id, login, isActive }: Company['people'][number]) => ({
    id,
    login,
    mail: `${login}@acme.example`,
    name: { first: 'Pat', last: login },
    status: isActive ? 'ACTIVE' : 'LEFT',
    dept: { name: 'Sales' },
    password: 'never-shown-4711',
    groups: groupsOf(id).map(({ name }) => ({ name })),
  })
  const group = ({ id, name, people, groups }: Company['groups'][number]) => ({
    id,
    name,
    members: [
      ...people.map((value) => ({ value, type: 'user' })),
      ...groups.map((value) => ({ value, type: 'group' })),
    ],
  })

  const server = await startTinyServer((request) => {
    if (request.path === '/login') {
      const isRight = (request.body as { password?: string }).password === restSecret
      return isRight ? { body: { session: { id: 'session-1' } } } : { status: 403, body: { error: 'wrong password' } }
    }
    if (!isLetIn(request)) return { status: 401, body: { error: 'who are you' } }
    const [, way = '', kind, id, sub] = request.path.split('/').map(decodeURIComponent)
    const one = told.groups.find((each) => each.id === id)
    if (kind === 'users' && id === undefined) return paged(way, request, told.people.map(person))
    if (kind === 'users' && sub === 'groups') return paged(way, request, groupsOf(id ?? '').map(group))
    if (kind === 'users') return found(told.people.filter((each) => each.id === id).map(person))
    if (kind === 'groups' && id === undefined) return paged(way, request, told.groups.map(group))
    if (kind === 'groups' && sub === 'members' && one !== undefined) return paged(way, request, group(one).members)
    if (kind === 'groups') return found(one === undefined ? [] : [group(one)])
    if (kind === 'memberships') {
      const pairs = told.groups.flatMap((each) => each.people.map((user) => ({ user, group: each.id })))
      return paged(way, request, pairs)
    }
    return { status: 404, body: { error: 'no such place' } }
  })
  return { url: server.url, company: told, close: server.close }
}

function found([one]: readonly unknown[]): TinyAnswer {
  return one === undefined ? { status: 404, body: { error: 'no such entry' } } : { body: { data: one } }
}

function paged(way: string, { query, path, headers, body }: SeenRequest, items: readonly unknown[]): TinyAnswer {
  const asked = (name: string, otherwise: number) =>
    Number(query.get(name) ?? (body as Record<string, number> | undefined)?.[name] ?? otherwise)
  const size = asked('limit', 10)
  const slice = (from: number) => items.slice(from, from + size)
  const at = asked('after', 0)
  const isMore = at + size < items.length
  const next = `http://${headers.host}${path}?after=${at + size}&limit=${size}`
  switch (way) {
    case 'offset':
      return { body: { data: slice(asked('skip', 0)), total: items.length } }
    case 'numbered':
      return { body: { data: slice((asked('page', 1) - 1) * size), total: String(items.length) } }
    case 'bare':
      return { body: { data: slice((asked('page', 1) - 1) * size) } }
    case 'cursor':
      return { body: { data: slice(at), more: isMore, ...(isMore ? { next: at + size } : {}) } }
    case 'next':
      return { body: { data: slice(at), links: isMore ? { next } : {} } }
    case 'link':
      return {
        body: { data: slice(at) },
        headers: { 'x-total': String(items.length), ...(isMore ? { link: `<${next}>; rel="next"` } : {}) },
      }
    default:
      return { body: { data: items } }
  }
}

/** The check that miniOrange's documents describe, written from them alone. */
export function hasMiniorangeHash(customerKey: string, apiKey: string): (request: SeenRequest) => boolean {
  return ({ headers }) => {
    const timestamp = String(headers.timestamp)
    const hash = createHash('sha512')
      .update(customerKey + timestamp + apiKey)
      .digest('hex')
    return headers['customer-key'] === customerKey && /^\d{13}$/.test(timestamp) && headers.authorization === hash
  }
}
