import { fold, type Group, type User } from '../data-center/model.ts'
import type { Answer, Call } from '../server/call.ts'
import { refuse } from './dialect.ts'
import type { ConfluenceDcTwin } from './twin.ts'

const picture = { path: '/images/icons/profilepics/default.svg', width: 48, height: 48, isDefault: true }

export function personView({ url, variants }: ConfluenceDcTwin, user: User, call: Call) {
  const withStatus = variants.is('userStatus', 'expanded') && isExpanded(call, 'status')
  return {
    type: 'known',
    username: user.name,
    userKey: user.key,
    profilePicture: picture,
    displayName: user.displayName,
    ...(variants.is('emailOnUser', 'shown') ? { email: user.email } : {}),
    ...(withStatus ? { status: user.active ? 'current' : 'deactivated' } : { _expandable: { status: '' } }),
    _links: { self: `${url}/rest/api/user?key=${user.key}` },
  }
}

/** How a guest looks. */
export const anonymousView = { type: 'anonymous', profilePicture: picture, displayName: 'Anonymous' }

export function groupView({ url }: ConfluenceDcTwin, { name }: Group) {
  return { type: 'group', name, _links: { self: `${url}/rest/api/group/${encodeURIComponent(name)}` } }
}

/** A page of a list: `start` and `limit`, the limit lowered silently, `_links.next` while more follow. */
export function pageOf<Item>(
  twin: ConfluenceDcTwin,
  call: Call,
  all: readonly Item[],
  usual: number,
  view: (item: Item) => unknown,
): Answer {
  const number = (name: string, fallback: number): number => {
    const text = call.query.get(name)
    if (text === null || text === '') return fallback
    return /^\d+$/.test(text) ? Number(text) : refuse(400, `${name} must be a whole number of 0 or more`)
  }
  const start = number('start', 0)
  const limit = Math.min(number('limit', usual), Number(twin.variants.get('largestPage')))
  const isCut = call.shortPage !== undefined
  const page = all.slice(start, start + limit).slice(0, call.shortPage?.keep)
  const path = call.path.slice(call.path.indexOf('/rest/'))
  const link = (from: number) => {
    const query = new URLSearchParams(call.query)
    query.set('limit', String(limit))
    query.set('start', String(from))
    return `${twin.variants.is('nextLink', 'absolute') ? twin.url : ''}${path}?${query}`
  }
  const hasMore = !isCut && start + page.length < all.length
  const total = call.shortPage?.totalIsTrue === false ? start + page.length : all.length
  return {
    status: 200,
    json: {
      results: page.map(view),
      start,
      limit,
      size: page.length,
      ...(twin.variants.is('totalCount', 'present') ? { totalCount: total } : {}),
      _links: {
        self: `${twin.url}${path}`,
        ...(hasMore ? { next: link(start + limit) } : {}),
        base: twin.url,
        context: '/confluence',
      },
    },
  }
}

/** By name without letter case. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return fold(a.name) < fold(b.name) ? -1 : 1
}

function isExpanded(call: Call, what: string): boolean {
  return (call.query.get('expand') ?? '').split(',').includes(what)
}
